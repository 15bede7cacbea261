"""A table as an Excel workbook: labels as the head, typed cells, choices as lists, and a sheet that explains the columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engine import temporal
from engine.form import FieldType
from engine.value import Date, DateTime
from web import texts
from web.forms import writing
from web.forms.look import Item
from web.forms.shown import Teller
from web.sheets import columns
from web.sheets.workbook import MOST_ROWS
from web.translation import _

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = PatternFill("solid", fgColor="E0F0EE")
FIXED = PatternFill("solid", fgColor="EEEEEE")
FORMATS = {
    FieldType.INT: "0",
    FieldType.MONEY: "#,##0.00",
    FieldType.DATE: "yyyy-mm-dd",
    FieldType.DATE_TIME: "yyyy-mm-dd hh:mm",
    FieldType.TEXT: "@",
    FieldType.LONG: "@",
}
WIDTHS = {FieldType.LONG: 40, FieldType.DATE_TIME: 18, FieldType.TEXT: 20, FieldType.COMPUTED: 10}
WIDTH = 14
LONGEST_LIST = 250
"""Signs of a list of choices that Excel takes in place."""

MOST_SHEET_NAME = 31
FIRST_YEAR = 1901
"""Excel knows no days before."""

FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


def make(table: Item, rows: Sequence[Mapping[str, object]], teller: Teller) -> bytes:
    """The workbook of a table with these rows; without rows it is a template."""
    book, found = Workbook(write_only=True), columns.of(table)
    sheet = book.create_sheet((texts.said(table.label).translate(FORBIDDEN) or "1")[:MOST_SHEET_NAME])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(found, 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column.field.type, WIDTH)
        _choices(sheet, column, get_column_letter(place))
    sheet.append([_head(sheet, column) for column in found])
    for row in rows:
        sheet.append([_cell(sheet, column, row.get(column.field.key), teller) for column in found])
    _explained(book.create_sheet(_("说明")), found)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _head(sheet: Any, column: Item) -> Any:
    cell = WriteOnlyCell(sheet, value=texts.said(column.label))
    cell.font = Font(bold=True, color="B02A1A" if column.field.required else None)
    cell.fill = FIXED if column.field.type is FieldType.COMPUTED else HEAD
    cell.alignment = Alignment(vertical="center")
    return cell


def _cell(sheet: Any, column: Item, found: object, teller: Teller) -> Any:
    """A typed cell; a text is never read as a formula."""
    value = _value(column, found, teller)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=column.field.type is FieldType.LONG, vertical="top")
    if (form := FORMATS.get(column.field.type)) is not None:
        cell.number_format = form
    return cell


def _value(column: Item, found: object, teller: Teller) -> object:
    match found:
        case None | "":
            return None
        case Decimal():
            return found
        case Date() if found.year >= FIRST_YEAR:
            return date(found.year, found.month, found.day)
        case DateTime() if found.date.year >= FIRST_YEAR:
            here = temporal.in_zone(found, teller.zone)
            return datetime(  # noqa: DTZ001  # a cell has no zone: it holds what clocks here say
                here.date.year, here.date.month, here.date.day, here.time.hour, here.time.minute
            )
        case str() if column.field.type in writing.NUMBERS:
            return _figure(found)
        case _:
            return teller.said(column, found)


def _figure(text: str) -> object:
    """What was typed for a number and not checked yet: the number where it is one."""
    try:
        found = Decimal(text.replace(",", ""))
    except ArithmeticError:
        return text
    return found if found.is_finite() else text


def _choices(sheet: Any, column: Item, letter: str) -> None:
    labels = [texts.said(label) for _value_, label in column.options]
    if column.field.type is FieldType.BOOL:
        labels = [_("是"), _("否")]
    whole = ",".join(labels)
    if (
        not labels
        or column.field.type is FieldType.ENUMS
        or len(whole) > LONGEST_LIST
        or any("," in one for one in labels)
    ):
        return
    rule = DataValidation(type="list", formula1='"' + whole.replace('"', '""') + '"', allow_blank=True)
    rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
    sheet.data_validations.append(rule)


def _explained(sheet: Any, found: Iterable[Item]) -> None:
    """What each column expects."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 60
    sheet.append([_("列"), _("怎样填写")])
    for column in found:
        sheet.append([texts.said(column.label), _expects(column)])


def _expects(column: Item) -> str:
    words = {
        FieldType.INT: _("整数"),
        FieldType.DEC: _("数字"),
        FieldType.MONEY: _("金额,如 1,234.50"),
        FieldType.PCT: _("百分数,如 15"),
        FieldType.DATE: _("日期,如 2026-03-02"),
        FieldType.DATE_TIME: _("日期时间,如 2026-03-02 09:30"),
        FieldType.DURATION: _("时长,如 2 天 4 小时"),
        FieldType.BOOL: _("是或否"),
        FieldType.USER: _("人员的姓名"),
        FieldType.COMPUTED: _("自动计算,导入时不读取"),
    }
    said = words.get(column.field.type, _("文字"))
    if column.options:
        said = _(
            "从这些中选择:%(options)s", options=_("、").join(texts.said(label) for _value_, label in column.options)
        )
    return _("必填") + " · " + said if column.field.required else said
