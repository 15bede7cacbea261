"""What a sheet says for a table: rows of texts for the controls of the form, and what of the sheet was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Refused, Text
from engine.form import FieldType
from web.forms.look import Item
from web.sheets import columns, workbook
from web.sheets.columns import Converter, Texts
from web.sheets.workbook import Cell, Line

SOUGHT = 10
"""Among so many rows from the top the head is looked for."""

SHOWN = 8
LETTERS = 26
Head = Mapping[int, Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Rows by column, as the controls of a form hold them; what was left out, in sentences."""

    rows: Sequence[Mapping[str, Texts]]
    notes: Sequence[Text]


def take(table: Item, content: bytes, people: Mapping[str, str]) -> Taken:
    """Read a file as rows of a table. Raises Refused, and then nothing was taken."""
    found = workbook.lines(content)
    place, head = _head(table, found)
    below = found[place + 1 :]
    if len(below) > workbook.MOST_ROWS:
        raise workbook.too_many()
    converter = Converter(people=people)
    written = {key: column for key, column in head.items() if column.field.type is not FieldType.COMPUTED}
    rows = [_row(written, line, converter) for line in below]
    notes = [*_unknown(found[place], head), *_missing(table, head), *_troubles(written, below)]
    return Taken(rows=[row for row in rows if row], notes=notes)


def _head(table: Item, found: Sequence[Line]) -> tuple[int, Head]:
    """The row that names most columns, and which column stands where. Raises Refused."""
    known = columns.of(table)
    best = max(range(min(SOUGHT, len(found))), key=lambda place: len(_named(known, found[place])))
    head = _named(known, found[best])
    if not any(column.field.type is not FieldType.COMPUTED for column in head.values()):
        raise _without_head(known, found[0])
    return best, head


def _named(known: Sequence[Item], line: Line) -> dict[int, Item]:
    """Which columns a row names, each once."""
    found: dict[int, Item] = {}
    for place, cell in enumerate(line.cells):
        wanted = columns.spelled(cell.text)
        column = next((one for one in known if wanted and wanted in columns.names(one)), None)
        if column is not None and column not in found.values():
            found[place] = column
    return found


def _without_head(known: Sequence[Item], first: Line) -> Refused:
    labels = [column.label for column in known if column.field.type is not FieldType.COMPUTED]
    there = [cell.text for cell in first.cells if not cell.is_blank][:SHOWN]
    return workbook.refused(
        f"应有一行表头,如{_quoted([label.zh for label in labels])},但第一行是{_quoted(there)};可以先下载模板",
        f"expected a head such as {', '.join(label.en for label in labels[:SHOWN])}, but found {', '.join(there)}",
    )


def _quoted(texts: Sequence[str]) -> str:
    return "、".join(f"“{text[:20]}”" for text in texts[:SHOWN])


def _row(head: Head, line: Line, converter: Converter) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for place, column in head.items():
        cell = line.cells[place] if place < len(line.cells) else Cell()
        if texts := converter.texts(column, cell.text):
            found[column.field.key] = texts
    return found


def _unknown(line: Line, head: Head) -> list[Text]:
    names = [cell.text.strip() for place, cell in enumerate(line.cells) if not cell.is_blank and place not in head]
    if not names:
        return []
    return [Text(f"没有采用的列:{_quoted(names)}", f"columns that were left out: {', '.join(names[:SHOWN])}")]


def _missing(table: Item, head: Head) -> list[Text]:
    """Columns that must be filled in, which the sheet does not have."""
    there = {column.field.key for column in head.values()}
    names = [column.label for column in columns.of(table) if column.field.required and column.field.key not in there]
    if not names:
        return []
    return [
        Text(
            f"文件里没有必填的列:{_quoted([name.zh for name in names])}",
            f"required columns that the file does not have: {', '.join(name.en for name in names[:SHOWN])}",
        )
    ]


def _troubles(head: Head, below: Sequence[Line]) -> list[Text]:
    """Cells with an error, or a formula whose value was not saved."""
    found = [
        f"{letters(place)}{line.number}({line.cells[place].trouble})"
        for line in below
        for place in head
        if place < len(line.cells) and line.cells[place].trouble
    ]
    if not found:
        return []
    shown, more = "、".join(found[:SHOWN]), "…" if len(found) > SHOWN else ""
    return [
        Text(
            f"{len(found)} 个单元格是错误值或没有算出的公式,没有采用:{shown}{more}",
            f"{len(found)} cells hold an error or a formula without its value, and were left out: {shown}{more}",
        )
    ]


def letters(place: int) -> str:
    """The name of a column as spreadsheets have it, from 0: A, B, …, AA."""
    text, rest = "", place + 1
    while rest:
        rest, figure = divmod(rest - 1, LETTERS)
        text = chr(ord("A") + figure) + text
    return text
