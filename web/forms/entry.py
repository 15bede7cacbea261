"""What was typed into a form on a page, as entries that the engine's check takes.

A control is called `data.` and the path of its field: `data.title`, `data.items[0].price`. Rows keep the numbers a page
gave them; blank rows are left out, and `rows` says which number a row that stays had.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.form import Field, FieldType, Form
from engine.value import Context, File, Person, Ref, Value
from web.forms import writing

PREFIX = "data."
CELL = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63})\[(\d{1,6})\]\.([A-Za-z][A-Za-z0-9_]{0,63})")
MOST_CELLS = 500_000
Known = Callable[[str], bool]
Entry = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Entries by field, and the number on the page of each row of each table."""

    entries: dict[str, Entry]
    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def on_page(self, path: str) -> str:
        """The path of a fault as the page calls it."""
        table, bracket, rest = path.partition("[")
        number, _, more = rest.partition("]")
        if not bracket or not number.isdigit() or int(number) >= len(self.rows.get(table, ())):
            return path
        return f"{table}[{self.rows[table][int(number)]}]{more}"


def read(form: Form, pairs: Iterable[tuple[str, str]], known: Known, year: int) -> Typed:
    """The entries in the controls of a page; `known` says of an id whether it is a person's. Others' names are kept as found."""
    single: dict[str, list[str]] = {}
    cells: dict[str, dict[int, dict[str, list[str]]]] = {}
    for number, (name, value) in enumerate(pairs):
        if not name.startswith(PREFIX) or number > MOST_CELLS:
            continue
        path = name.removeprefix(PREFIX)
        cell = CELL.fullmatch(path)
        if cell is None:
            single.setdefault(path, []).append(value)
        else:
            cells.setdefault(cell[1], {}).setdefault(int(cell[2]), {}).setdefault(cell[3], []).append(value)
    fields = {one.key: one for one in form.fields}
    entries = {key: _entry(fields.get(key), found, known, year) for key, found in single.items()}
    rows: dict[str, list[int]] = {}
    for key, found_rows in cells.items():
        columns = {column.key: column for column in fields[key].columns} if key in fields else {}
        made = {number: _row(columns, row, known, year) for number, row in found_rows.items()}
        kept = {number: row for number, row in made.items() if any(not _is_blank(cell) for cell in row.values())}
        entries[key], rows[key] = list(kept.values()), list(kept)
    return Typed(entries=entries, rows=rows)


def context(entries: Mapping[str, Entry]) -> Context:
    """The entries as they are kept in a draft, also those that are no values yet."""
    return Context({key: _kept(found) for key, found in entries.items()})


def _kept(found: Entry) -> Value:
    match found:
        case list() | tuple():
            return tuple(_kept(item) for item in found)
        case Context():
            return found
        case dict():
            return Context({str(key): _kept(item) for key, item in found.items()})
        case None | bool() | str() | Person() | Ref() | File():
            return found
        case _:
            return str(found)


def _row(columns: Mapping[str, Field], row: Mapping[str, list[str]], known: Known, year: int) -> dict[str, Entry]:
    return {key: _entry(columns.get(key), found, known, year) for key, found in row.items()}


def _is_blank(found: Entry) -> bool:
    return found is None or found is False or found in ([], ()) or (isinstance(found, str) and not found.strip())


def _entry(field: Field | None, found: list[str], known: Known, year: int) -> Entry:
    """One entry; what does not suit the field is left as it came, so that the check says what is expected."""
    last = found[-1]
    if field is None:
        return last
    filled = [one for one in found if one.strip()]
    match field.type:
        case FieldType.BOOL:
            return {"true": True, "": False}.get(last, last)
        case FieldType.ENUMS:
            return filled
        case FieldType.USER:
            return _person(filled[-1], known) if filled else None
        case FieldType.USERS:
            return [_person(one, known) for one in filled]
        case FieldType.REF:
            return _reference(field, filled[-1]) if filled else None
        case FieldType.FILE:
            return _file(filled[-1]) if filled else None
        case FieldType.FILES:
            return [_file(one) for one in filled]
        case FieldType.COMPUTED:
            return None
        case _:
            return writing.entered(field, last, year).replace("\r\n", "\n")


def _person(found: str, known: Known) -> Entry:
    return Person(found) if known(found) else found


def _reference(field: Field, found: str) -> Entry:
    kind, colon, key = (field.kind, ":", found) if field.kind else found.partition(":")
    return Ref(kind.strip(), key.strip()) if colon and kind.strip() and key.strip() and len(found) <= 255 else found


def _file(found: str) -> Entry:
    try:
        read: Entry = json.loads(found)
    except (ValueError, RecursionError):
        return found
    if not isinstance(read, dict) or set(read) != {"digest", "name", "type", "size"}:
        return found
    return {key: value if isinstance(value, str | int) else "" for key, value in read.items()}
