"""Tables of a task's form as Excel workbooks, written and read; what is read is not kept."""

from __future__ import annotations

import base64
import binascii

from marshmallow import fields, validate
from werkzeug.wrappers import Response

from engine.errors import Fault, Reason, Refused, Text
from web.acting import sheet
from web.api import values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.once import harmless
from web.api.shapes import Said, Shape
from web.bounds import FORM, takes
from web.sheets import making, taking, workbook
from web.sight import desk as desks

pages = resource("table", "Tables of forms from Excel and to Excel")

LONGEST = workbook.LARGEST * 4 // 3 + 4
EXPECTED = Text("应为 Base64 编码的文件内容", "expected the bytes of a file in Base64")


class Sent(Shape):
    """The bytes of an Excel workbook (.xlsx) or of a CSV file."""

    content = fields.String(required=True, validate=validate.Length(max=LONGEST), metadata={"description": "Base64"})


class Rows(Shape):
    """What a file says, by column: texts as somebody would type them; what was left out is told."""

    items = fields.List(
        fields.Dict(keys=fields.String(), values=fields.List(fields.String())),
        required=True,
        metadata={"description": "As the controls of a form hold it: nothing is checked yet"},
    )
    notes = fields.List(fields.Nested(Said), required=True)


@pages.route("/tasks/<counted:task>/tables/<name:field>", zh="把表单中的一张表导出为 Excel")
@reads
@pages.response(200, {"type": "string", "format": "binary"}, content_type=making.KIND)
def give(task: str, field: str) -> Response:
    """A table of the form as an Excel workbook, with the rows of one's draft or of what was handed in."""
    desk = desks.open_for_me(task)
    table = sheet.readable(desk, field)
    return sheet.workbook_of(desk, table, sheet.rows(desk, table))


@pages.route("/tasks/<counted:task>/tables/<name:field>", methods=["POST"], zh="读取 Excel 或 CSV 文件中的行,不保存")
@harmless
@works
@takes(FORM)
@pages.arguments(Sent)
@pages.response(200, Rows)
def take(asked: dict[str, str], task: str, field: str) -> dict[str, object]:
    """Read an Excel or CSV file as rows of a table of the form; nothing of it is kept."""
    desk = desks.open_for_me(task)
    table = sheet.writable(desk, field)
    try:
        content = base64.b64decode(asked["content"], validate=True)
    except (binascii.Error, ValueError):
        fault = Fault("content", EXPECTED)
        raise Refused(Reason.INVALID_DATA, EXPECTED.zh, EXPECTED.en, (fault,)) from None
    found = taking.take(table, content, desk.names.people)
    items = [{key: list(texts) for key, texts in row.items()} for row in found.rows]
    return {"items": items, "notes": [values.said(note) for note in found.notes]}
