"""Texts in the language of whoever asks: `_` now, `lazy` when the text is shown. The Chinese is the key, English stands in the catalogue."""

from __future__ import annotations

import re
from functools import lru_cache

from flask import g, has_app_context
from flask_babel import format_decimal, get_locale, gettext, speaklater

ENGLISH = "en"
KEPT = 4_096
"""So many texts of the catalogue used last are kept as they are shown."""

WIDE = {",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"}
BESIDE_HANZI = re.compile("(?<=[\u3400-\u9fff\u201d\u300b\uff09])[,;:?!]|[,;:?!](?=[\u3400-\u9fff\u201c\u300a\uff08])")
BRACKETS = re.compile("\\(([^()]*[\u3400-\u9fff][^()]*)\\)")


def _(text: str, **values: object) -> str:
    """The text in the language of whoever asks."""
    english = is_english()
    if not values:
        return _printed(text, english=english)
    found = _found(text, english=english) % values
    return found if english else _wide(found)


def lazy(text: str) -> str:
    """The same, found when the text is shown: for what is declared once for everybody."""
    found: str = speaklater.LazyString(_, text)
    return found


def typeset(text: str) -> str:
    """A text as it is printed: in Chinese, punctuation beside Chinese characters is as wide as these."""
    return text if is_english() else _wide(text)


@lru_cache(maxsize=KEPT)
def _found(text: str, *, english: bool) -> str:
    """What the catalogue has for it; a page asks hundreds of times."""
    return str(gettext(text))


@lru_cache(maxsize=KEPT)
def _printed(text: str, *, english: bool) -> str:
    """A text without values as it is shown; one with values may hold a secret, and is not kept."""
    return _found(text, english=english) if english else _wide(_found(text, english=english))


def _wide(text: str) -> str:
    wide = BRACKETS.sub("\uff08\\1\uff09", text)
    return BESIDE_HANZI.sub(lambda found: WIDE[found[0]], wide)


def is_english() -> bool:
    """Whoever asks reads English. A page asks a thousand times: found out once for each request."""
    if not has_app_context():
        return False
    found: bool | None = g.get("english")
    if found is None:
        locale = get_locale()
        found = g.english = locale is not None and locale.language == ENGLISH
    return found


def number(found: float) -> str:
    """A number as people of the language write it."""
    return str(format_decimal(found))
