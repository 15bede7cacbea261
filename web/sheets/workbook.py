"""The cells of a file from outside, as text: Excel workbooks and CSV, of which nothing is run, followed or unpacked without bound."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from openpyxl import load_workbook

from engine.errors import Reason, Refused

LARGEST = 5 * 1024 * 1024
"""Bytes of a file."""

UNPACKED = 40 * 1024 * 1024
"""Bytes of all parts of a workbook together."""

MOST_PARTS = 500
MOST_ROWS = 2_000
"""Rows below the head: as many as stay usable in a form on a page."""

ABOVE = 20
"""Rows of the head, and of what may stand above it."""

MOST_COLUMNS = 200
LONGEST = 100_000
EMPTY_ROWS = 1_000
"""Blank rows in a row, after which nothing more is expected."""

PARTS = re.compile(
    r"vbaproject|macrosheets|activex|externallinks|embeddings|oleobject|connections\.xml|querytables", re.I
)
OLD = b"\xd0\xcf\x11\xe0"
PACKED = b"PK\x03\x04"
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell: `text` as somebody would type it, `trouble` when nothing usable stands there."""

    text: str = ""
    trouble: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing stands in it."""
        return not self.text.strip() and not self.trouble


BLANK = Cell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that is not blank, with its number in the file, from 1."""

    number: int
    cells: Sequence[Cell]


def lines(content: bytes) -> list[Line]:
    """The rows of the first sheet that are not blank. Raises Refused."""
    if len(content) > LARGEST:
        raise refused("文件应不超过 5 MB", "expected a file of at most 5 MB")
    if content.startswith(OLD):
        raise refused(
            "不能读取旧格式(.xls)或加了密码的工作簿;请在 Excel 中另存为“Excel 工作簿(.xlsx)”,不设密码",
            "expected a workbook without a password, saved as .xlsx, but found an old or protected one",
        )
    found = list(_bounded(_of_workbook(content) if content.startswith(PACKED) else _of_text(content)))
    if not found:
        raise refused("文件里没有内容", "expected a sheet with rows, but it is empty")
    return found


def refused(zh: str, en: str) -> Refused:
    """The refusal of a file."""
    return Refused(Reason.INVALID_DATA, zh, en)


def _bounded(rows: Iterator[Line]) -> Iterator[Line]:
    for count, row in enumerate(rows):
        if count > MOST_ROWS + ABOVE:
            raise too_many()
        yield row


def too_many() -> Refused:
    """The refusal of a sheet with too many rows."""
    return refused(
        f"表格应不超过 {MOST_ROWS} 行;请只保留需要的行,更多的内容请作为附件",
        f"expected at most {MOST_ROWS} rows; keep those that are needed, and attach the rest as a file",
    )


# ------------------------------------------------------------ Excel


def _of_workbook(content: bytes) -> Iterator[Line]:
    has_formulas = _inspected(content)
    shown = _sheet(content, values=True)
    written = _sheet(content, values=False) if has_formulas else None
    blank = 0
    for number, row in enumerate(shown, 1):
        behind = next(written, ()) if written is not None else ()
        cells = [_cell(cell, behind[place] if place < len(behind) else None) for place, cell in enumerate(row)]
        length = max((place for place, cell in enumerate(cells, 1) if not cell.is_blank), default=0)
        blank = 0 if length else blank + 1
        if length:
            yield Line(number=number, cells=cells[:length])
        elif blank > EMPTY_ROWS:
            return


def _inspected(content: bytes) -> bool:
    """The parts of a package are looked at before anything reads them; says whether there are formulas. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
                raise refused(
                    "工作簿解开后太大;请只保留要导入的那张表,另存后再试",
                    "expected a smaller workbook; keep the sheet to be imported and save it anew",
                )
            _known(parts)
            found = [
                _part(package, part) for part in parts if part.filename.lower().endswith((".xml", ".rels", ".vml"))
            ]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        raise _unreadable() from None
    return any(found)


def _known(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if any(PARTS.search(name) for name in names):
        raise refused(
            "工作簿含有宏、外部链接、数据连接或嵌入的对象;请把内容复制到新的工作簿,只粘贴数值,再导入",
            "expected a plain workbook, but it has macros, external links, connections or embedded objects",
        )
    if any(part.flag_bits & 1 or PurePosixPath(part.filename).is_absolute() or ".." in part.filename for part in parts):
        raise _unreadable()
    if "[Content_Types].xml" not in names:
        raise refused(
            "应为 Excel 工作簿(.xlsx)或 CSV 文件", "expected an Excel workbook (.xlsx) or a CSV file, but found another"
        )


def _part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    text = package.read(part)
    if text.startswith(WIDE) or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _unreadable()
    if part.filename == "[Content_Types].xml" and b"macroEnabled" in text:
        raise refused("不能读取含宏的工作簿;请另存为 .xlsx", "expected a workbook without macros, saved as .xlsx")
    return part.filename.startswith("xl/worksheets/") and FORMULA.search(text) is not None


def _sheet(content: bytes, *, values: bool) -> Iterator[Sequence[Any]]:
    """The rows of the first sheet that is shown. Raises Refused."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            return
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_col=MOST_COLUMNS)
    except Refused:
        raise
    except Exception:  # whatever a broken workbook makes of its reader, it is refused in one sentence
        raise _unreadable() from None


def _cell(shown: Any, written: Any) -> Cell:
    value = shown.value
    if isinstance(value, str) and value in ERRORS:
        return Cell(trouble=value)
    if value is None:
        formula = getattr(written, "value", None)
        return Cell(trouble=str(formula)[:60]) if getattr(written, "data_type", "") == "f" else BLANK
    return Cell(text=_typed(value, str(getattr(shown, "number_format", "") or ""))[:LONGEST])


def _typed(value: object, number_format: str) -> str:
    """A value as somebody would type it."""
    match value:
        case bool():
            return "是" if value else "否"
        case int() | float() | Decimal():
            return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), number_format)
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M") if value.time() != time() else value.strftime("%Y-%m-%d")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case _:
            return str(value)


def _number(value: Decimal, number_format: str) -> str:
    if not value.is_finite():
        return str(value)
    if "%" in number_format:
        return f"{_plain(value * 100)}%"
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unreadable() -> Refused:
    return refused(
        "不能读取这个工作簿,它可能已损坏;请在 Excel 中打开后另存为新的 .xlsx 文件再试",
        "expected a workbook that can be read, but this one is damaged; open it in Excel and save it anew as .xlsx",
    )


# ------------------------------------------------------------ CSV


def _of_text(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    head = text[: text.find("\n")] if "\n" in text else text
    sign = max("\t,;", key=head.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True), 1):
            cells = [Cell(text=cell[:LONGEST]) for cell in row[:MOST_COLUMNS]]
            if not all(cell.is_blank for cell in cells):
                yield Line(number=number, cells=cells)
    except csv.Error:
        raise refused(
            "CSV 文件的引号或分隔符不完整;请在 Excel 中另存为 .xlsx 再试",
            "expected a CSV file with closed quotes; save it as .xlsx in Excel and try again",
        ) from None


def _decoded(content: bytes) -> str:
    """UTF-8, or as Chinese Excel saves CSV. Raises Refused."""
    if b"\0" not in content:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise refused("应为 Excel 工作簿(.xlsx)或 CSV 文件", "expected an Excel workbook (.xlsx) or a CSV file")
