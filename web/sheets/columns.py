"""Which columns of a table stand in a sheet, and how a cell of one becomes what a control of the form holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.form import FieldType
from web.forms.look import Item

LEFT_OUT = frozenset({FieldType.FILE, FieldType.FILES, FieldType.USERS, FieldType.TABLE})
"""What no cell can hold."""

YES = frozenset({"1", "y", "yes", "true", "是", "√", "✓", "✔", "有"})
NO = frozenset({"0", "n", "no", "false", "否", "×", "x", "无"})
SEVERAL = re.compile(r"[、,,;;\n]")
MARK = re.compile(r"[\s**]+")
Texts = Sequence[str]


def of(table: Item) -> tuple[Item, ...]:
    """The columns that a sheet has, in the order drawn."""
    return tuple(column for column in table.columns if column.field.type not in LEFT_OUT)


def spelled(text: str) -> str:
    """A label in one spelling of widths and letters, without blanks and the star of what must be filled in."""
    return MARK.sub("", unicodedata.normalize("NFKC", text)).casefold()


def names(column: Item) -> set[str]:
    """All names by which a head may call a column."""
    return {spelled(name) for name in (column.label.zh, column.label.en, column.field.key)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """Turns the text of a cell into the texts of a control; what it does not know stays as it was written."""

    people: Mapping[str, str]
    ids: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Turn the names of people around."""
        found: dict[str, list[str]] = {}
        for key, name in self.people.items():
            found.setdefault(spelled(name), []).append(key)
        object.__setattr__(self, "ids", found)

    def texts(self, column: Item, text: str) -> Texts:
        """What the controls of a column hold."""
        plain = text.strip()
        if not plain:
            return ()
        match column.field.type:
            case FieldType.BOOL:
                return _truth(plain)
            case FieldType.ENUM:
                return (_option(column, plain),)
            case FieldType.ENUMS:
                return tuple(_option(column, one.strip()) for one in SEVERAL.split(plain) if one.strip())
            case FieldType.USER:
                known = self.ids.get(spelled(plain), ())
                return (known[0] if len(known) == 1 else plain,)
            case FieldType.DATE_TIME if re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
                return (f"{plain} 00:00",)
            case _:
                return (text.strip(" \u3000"),)


def _truth(text: str) -> Texts:
    wanted = spelled(text)
    return ("true",) if wanted in YES else () if wanted in NO else (text,)


def _option(column: Item, text: str) -> str:
    """The value of an option by its value or what it is called."""
    wanted = spelled(text)
    found = (value for value, label in column.options if wanted in _spellings((value, label.zh, label.en)))
    return next(found, text)


def _spellings(texts: Iterable[str]) -> set[str]:
    return {spelled(text) for text in texts}
