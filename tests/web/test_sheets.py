"""Sheets from outside: what is read of Excel and CSV, and what is refused before anything reads it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from engine.errors import Reason, Refused, Text
from engine.form import Field, FieldType
from engine.value import Date
from web.forms.look import Item
from web.forms.shown import Teller
from web.sheets import making, taking, workbook

MOMENT = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001  # a cell has no zone
PEOPLE = {"1.1.1": "李强", "1.2.1": "王芳", "1.3.1": "王芳"}


def _column(key: str, kind: FieldType, zh: str, en: str, **more: Any) -> Item:
    options = more.pop("options", ())
    return Item(field=Field(key=key, type=kind, **more), label=Text(zh, en), options=options)


COLUMNS = (
    _column("no", FieldType.COMPUTED, "序号", "No."),
    _column("name", FieldType.TEXT, "名称", "Name", required=True),
    _column("price", FieldType.MONEY, "单价", "Price"),
    _column("share", FieldType.PCT, "比例(%)", "Share"),
    _column("day", FieldType.DATE, "日期", "Day"),
    _column("at", FieldType.DATE_TIME, "时间", "At"),
    _column("kept", FieldType.BOOL, "保留", "Kept"),
    _column(
        "kind", FieldType.ENUM, "类别", "Kind", options=(("net", Text("网络", "Network")), ("pc", Text("终端", "PC")))
    ),
    _column("who", FieldType.USER, "负责人", "Owner"),
    _column("papers", FieldType.FILES, "附件", "Files"),
)
TABLE = Item(field=Field(key="items", type=FieldType.TABLE), label=Text("明细", "Items"), columns=COLUMNS)


def _book(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The workbook with other parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return kept.getvalue()


def _refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        taking.take(TABLE, content, PEOPLE)
    assert caught.value.reason is Reason.INVALID_DATA
    return caught.value.text.zh


def test_cells_become_what_somebody_would_type() -> None:
    head = ["序号", "名称", "单价", "比例(%)", "日期", "时间", "保留", "类别", "负责人"]
    row = [7, 13700030003, 1234.5, 15, date(2026, 3, 2), MOMENT, True, "网络", "李强"]
    (found,) = taking.take(TABLE, _book(head, row), PEOPLE).rows
    assert found == {
        "name": ("13700030003",),
        "price": ("1234.5",),
        "share": ("15",),
        "day": ("2026-03-02",),
        "at": ("2026-03-02 09:30",),
        "kept": ("true",),
        "kind": ("net",),
        "who": ("1.1.1",),
    }


def test_a_cell_shown_in_percent_is_read_as_it_is_shown() -> None:
    book = Workbook()
    book.active.append(["名称", "比例(%)"])
    book.active.append(["甲", 0.155])
    book.active["B2"].number_format = "0.0%"
    kept = io.BytesIO()
    book.save(kept)
    (found,) = taking.take(TABLE, kept.getvalue(), PEOPLE).rows
    assert found["share"] == ("15.5%",)


def test_what_no_column_knows_stays_as_it_was_written() -> None:
    row = ["甲", "三百", "下周", "也许", "飞船", "王芳"]
    (found,) = taking.take(TABLE, _book(["名称", "单价", "日期", "保留", "类别", "负责人"], row), PEOPLE).rows
    assert [found[key] for key in ("price", "day", "kept", "kind", "who")] == [
        ("三百",),
        ("下周",),
        ("也许",),
        ("飞船",),
        ("王芳",),  # two people are called so
    ]


def test_the_head_is_found_below_a_title_in_either_language_and_any_order() -> None:
    content = _book(["设备明细 2026"], [], [" Price* ", "名 称"], [5, "甲"], [], [6, "乙"])
    found = taking.take(TABLE, content, PEOPLE)
    assert [row["name"] for row in found.rows] == [("甲",), ("乙",)]
    assert [row["price"] for row in found.rows] == [("5",), ("6",)]


def test_what_was_left_out_is_told() -> None:
    notes = [note.zh for note in taking.take(TABLE, _book(["单价", "颜色"], [1, "红"]), PEOPLE).notes]
    assert notes == ["没有采用的列:“颜色”", "文件里没有必填的列:“名称”"]


def test_a_formula_counts_as_what_it_shows_and_one_that_shows_nothing_is_told() -> None:
    content = _book(["名称", "单价"], ["甲", "=1+1"], ["乙", 3])
    found = taking.take(TABLE, content, PEOPLE)
    assert [row.get("price") for row in found.rows] == [None, ("3",)]
    assert "B2(=1+1)" in found.notes[0].zh

    def shows(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = (
            sheet.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
        )

    (first, _second) = taking.take(TABLE, _changed(content, shows), PEOPLE).rows
    assert first["price"] == ("2",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_as_excel_saves_it(encoding: str, sign: str) -> None:
    text = sign.join(("名称", "单价")) + "\r\n" + sign.join(('"甲,乙;丙"', "1.5")) + "\r\n"
    (found,) = taking.take(TABLE, text.encode(encoding), PEOPLE).rows
    assert found == {"name": ("甲,乙;丙",), "price": ("1.5",)}


def test_a_sheet_without_a_known_head_is_refused_with_what_is_expected() -> None:
    assert "应有一行表头,如“名称”、“单价”" in _refusal(_book(["颜色", "大小"], ["红", "大"]))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("xl/vbaProject.bin", "宏"),
        ("xl/externalLinks/externalLink1.xml", "外部链接"),
        ("xl/embeddings/oleObject1.bin", "嵌入"),
        ("xl/activeX/activeX1.xml", "宏"),
        ("xl/connections.xml", "数据连接"),
    ],
)
def test_a_workbook_that_could_do_something_is_refused(part: str, said: str) -> None:
    content = _changed(_book(["名称"], ["甲"]), lambda parts: parts.update({part: b"<x/>"}))
    assert said in _refusal(content)


def test_a_workbook_with_entities_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    content = _changed(_book(["名称"], ["甲"]), lambda parts: parts.update({"xl/sharedStrings.xml": bomb}))
    assert "不能读取" in _refusal(content)
    wide = _changed(
        _book(["名称"], ["甲"]), lambda parts: parts.update({"xl/sharedStrings.xml": bomb.decode().encode("utf-16")})
    )
    assert "不能读取" in _refusal(wide)


def test_a_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked() -> None:
    large = b" " * (workbook.UNPACKED + 1)
    content = _changed(_book(["名称"], ["甲"]), lambda parts: parts.update({"xl/media/large.xml": large}))
    assert len(content) < workbook.LARGEST
    assert "解开后太大" in _refusal(content)


def test_too_many_rows_or_bytes_are_refused() -> None:
    rows = [["甲", 1]] * (workbook.MOST_ROWS + 1)
    assert f"不超过 {workbook.MOST_ROWS} 行" in _refusal(_book(["名称", "单价"], *rows))
    assert f"不超过 {workbook.MOST_ROWS} 行" in _refusal(("名称\n" + "甲\n" * 10_001).encode())
    assert "5 MB" in _refusal(b"x" * (workbook.LARGEST + 1))


def test_blank_rows_without_end_are_not_walked() -> None:
    def far(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<row r="2">', b'<row r="1048576">').replace(
            b'"A2"', b'"A1048576"'
        )

    assert taking.take(TABLE, _changed(_book(["名称"], ["甲"]), far), PEOPLE).rows == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        b"%PDF-1.7\0\0",
        b"\xff" * 50,
        _book(["名称"], ["甲"])[:-200],
        _changed(_book(["名称"], ["甲"]), lambda parts: parts.pop("[Content_Types].xml")),
        _changed(_book(["名称"], ["甲"]), lambda parts: parts.pop("xl/workbook.xml")),
        _changed(
            _book(["名称"], ["甲"]), lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"})
        ),
        b'\xe5\x90\x8d,"\n',
    ],
    ids=lambda content: content[:4].hex() or "empty",
)
def test_what_is_no_sheet_is_refused_in_a_sentence(content: bytes) -> None:
    assert len(_refusal(content)) > 5


def test_a_table_written_and_read_again_is_the_same() -> None:
    from flask import Flask
    from flask_babel import Babel

    app = Flask("web")
    Babel(app, default_locale="zh", locale_selector=lambda: "zh")
    rows = [
        {
            "no": Decimal(1),
            "name": "=1+1",
            "price": Decimal("1234.50"),
            "day": Date(2026, 3, 2),
            "kind": "net",
            "kept": True,
        },
        {"no": Decimal(2), "name": "乙", "price": "三百", "share": Decimal("12.5")},
    ]
    with app.test_request_context():
        content = making.make(TABLE, rows, Teller(names=PEOPLE, zone="Asia/Shanghai"))
    book = load_workbook(io.BytesIO(content))
    first = book.worksheets[0]
    assert [cell.value for cell in first[1]] == [
        "序号",
        "名称",
        "单价",
        "比例(%)",
        "日期",
        "时间",
        "保留",
        "类别",
        "负责人",
    ]
    assert (first["B2"].value, first["B2"].data_type) == ("=1+1", "s"), "a text is no formula"
    assert (first["C2"].value, first["C2"].number_format) == (1234.5, "#,##0.00")
    assert first["E2"].is_date
    assert any("网络,终端" in rule.formula1 for rule in first.data_validations.dataValidation)
    found = taking.take(TABLE, content, PEOPLE)
    assert found.rows == [
        {"name": ("=1+1",), "price": ("1234.5",), "day": ("2026-03-02",), "kind": ("net",), "kept": ("true",)},
        {"name": ("乙",), "price": ("三百",), "share": ("12.5",)},
    ]
    assert found.notes == []
