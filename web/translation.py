"""Texts in the language of whoever asks: `_` now, `lazy` when the text is shown. The Chinese is the key, English stands in the catalogue."""

from __future__ import annotations

from flask_babel import format_decimal, get_locale, gettext, lazy_gettext

ENGLISH = "en"


def _(text: str, **values: object) -> str:
    """The text in the language of whoever asks."""
    return str(gettext(text, **values))


def lazy(text: str) -> str:
    """The same, found when the text is shown: for what is declared once for everybody."""
    found: str = lazy_gettext(text)
    return found


def is_english() -> bool:
    """Whoever asks reads English."""
    return str(get_locale()) == ENGLISH


def number(found: float) -> str:
    """A number as people of the language write it."""
    return str(format_decimal(found))
