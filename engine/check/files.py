"""The files of a draft: how they are named, where they stand, how much there is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from engine.check.finding import Finding, Rule
from engine.errors import Text

MOST_FILES = 2_000
MOST_BYTES = 50_000_000
LONGEST_PATH = 200
PLACES = re.compile(r"procedure\.toml|processes/.+\.bpmn|forms/.+\.form|decisions/.+\.dmn|documents/.+|texts/en\.json")
"""Every file that a version may have."""


def readable(draft: Mapping[str, bytes]) -> bool:
    """There is not too much of it, and every path can be written."""
    return _is_bounded(draft) and all(_is_plain(path) for path in draft)


def findings(draft: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is wrong with paths and sizes, before anything is read."""
    if not _is_bounded(draft):
        total = sum(map(len, draft.values()))
        yield _found(
            "",
            f"程序应不超过 {MOST_FILES} 个文件、{MOST_BYTES} 字节,但有 {len(draft)} 个文件、{total} 字节",
            f"expected at most {MOST_FILES} files of {MOST_BYTES} bytes, but found {len(draft)} of {total}",
            Rule.UNREADABLE,
        )
        return
    spelt: dict[str, str] = {}
    for path in sorted(draft):
        shown = path.encode(errors="replace").decode()[:LONGEST_PATH]
        if not _is_plain(path):
            yield _found(
                shown,
                f"文件路径应为相对路径,不含“..”、反斜线和控制字符,不超过 {LONGEST_PATH} 个字符,采用 NFC",
                f"expected a relative path without '..', backslashes or control characters, of at most {LONGEST_PATH} "
                "characters, in NFC",
            )
        elif not PLACES.fullmatch(path):
            yield _found(
                shown,
                "程序只有 procedure.toml、processes/*.bpmn、forms/*.form、decisions/*.dmn、documents/*、texts/en.json",
                "expected procedure.toml, processes/*.bpmn, forms/*.form, decisions/*.dmn, documents/* or texts/en.json only",
            )
        other = spelt.setdefault(path.casefold(), path)
        if other != path:
            yield _found(shown, f"与 {other} 只有大小写不同", f"expected more than a difference of case from {other}")


def _is_bounded(draft: Mapping[str, bytes]) -> bool:
    return len(draft) <= MOST_FILES and sum(map(len, draft.values())) <= MOST_BYTES


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return (
        0 < len(path) <= LONGEST_PATH
        and path.isprintable()
        and "\\" not in path
        and ":" not in path
        and unicodedata.is_normalized("NFC", path)
        and all(part not in ("", ".", "..") and part == part.strip() for part in parts)
    )


def _found(file: str, zh: str, en: str, rule: Rule = Rule.FILE) -> Finding:
    return Finding(file=file, element="", rule=rule, text=Text(zh, en))
