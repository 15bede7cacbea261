"""The name of an uploaded file, as people may read it and any system may save it."""

from __future__ import annotations

import re
import unicodedata

from engine.errors import Reason, Refused

LONGEST = 200
"""Characters, so that with what systems add to it a name can be saved anywhere."""

_NOT_ANYWHERE = re.compile(r'[<>:"|?*]')
_OF_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cn", "Zl", "Zp"))
"""Categories of Unicode: controls, marks that turn the direction of text, and what has no meaning."""


def clean(given: str) -> str:
    """The name without folders, invisible characters and signs that some system refuses. Raises Refused when none is left."""
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise _unusable("文件名应为完整的文字", "expected a file name of whole characters") from error
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _INVISIBLE)
    name = _NOT_ANYWHERE.sub("_", seen).strip().rstrip(". ")
    if not name.strip("._ "):
        raise _unusable(f"应有文件名,但为 {given[:60]!r}", f"expected the name of a file, but found {given[:60]!r}")
    if len(name) > LONGEST:
        raise _unusable(
            f"文件名应不超过 {LONGEST} 个字,现有 {len(name)} 个",
            f"expected a file name of at most {LONGEST} characters, but found {len(name)}",
        )
    return f"_{name}" if _OF_DEVICES.fullmatch(name) else name


def ending(name: str) -> str:
    """What a name ends with, in small letters: `.pdf`; empty without a dot."""
    stem, dot, rest = name.rpartition(".")
    return f".{rest.lower()}" if dot and stem and rest else ""


def _unusable(zh: str, en: str) -> Refused:
    return Refused(Reason.INVALID_DATA, zh, en)
