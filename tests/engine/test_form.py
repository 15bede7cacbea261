"""What a person enters, checked by its form: values or sentences, and nothing in between."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest

from engine import encoding
from engine import form as forms
from engine.calendar import Calendar
from engine.expression import calendar_functions
from engine.form import Form, Right
from engine.value import (
    NANOSECONDS,
    Context,
    Date,
    DateTime,
    DaysDuration,
    File,
    Person,
    Personal,
    Ref,
    Time,
    Value,
    number,
)

DIGEST = "ab" * 32
FILE = {"digest": DIGEST, "name": "a.pdf", "type": "application/pdf", "size": 1_000}
PERSONAL = Personal("r1", True, DIGEST)


def component(kind: str, key: str, **attributes: object) -> dict[str, object]:
    where = "path" if kind == "dynamiclist" else "key"
    return {"type": kind, where: key, "label": key, **attributes}


def form(*components: dict[str, object]) -> Form:
    source = {"type": "default", "id": "F", "components": list(components)}
    return forms.parse(json.dumps(source).encode(), "forms/F.form")


OPTIONS = [{"value": "A", "label": "甲"}, {"value": "B", "label": "乙"}]
EVERY = form(
    component("textfield", "text", validate={"maxLength": 10}),
    component("textarea", "long"),
    component("number", "int", decimalDigits=0),
    component("number", "dec"),
    component("number", "money", properties={"type": "money", "currency": "CNY"}),
    component("number", "pct", properties={"type": "pct"}, validate={"min": 0, "max": 100}),
    component("datetime", "date", subtype="date", validate={"min": "2026-01-01"}),
    component("datetime", "dt", subtype="datetime", validate={"min": "2026-01-01T00:00:00"}),
    component("textfield", "dur", properties={"type": "dur"}),
    component("checkbox", "bool"),
    component("radio", "enum", values=OPTIONS),
    component("checklist", "enums", values=OPTIONS),
    component("select", "user", properties={"type": "user"}),
    component("taglist", "users", properties={"type": "users"}),
    component("select", "org", properties={"type": "org"}),
    component("select", "ref", properties={"type": "ref", "kind": "customer"}),
    component("filepicker", "file", accept=".pdf, image/*"),
    component("filepicker", "files", multiple=True),
    component("textfield", "mobile", validate={"pattern": "1[3-9][0-9]{9}"}, properties={"personal": "true"}),
    component("textfield", "email", validate={"validationType": "email"}),
    component("textfield", "phone", validate={"validationType": "phone"}),
    component(
        "dynamiclist",
        "rows",
        components=[
            component("textfield", "name", validate={"required": True}),
            component("number", "n", decimalDigits=0),
            component("expression", "double", expression="=n * 2"),
            component("textfield", "why", properties={"requiredWhen": "=n > 5", "check": '=why != "no"'}),
            component("textfield", "only", conditional={"hide": "=n < 3"}),
        ],
    ),
    component("expression", "total", expression="=if rows = null then 0 else sum(rows.n)"),
)


def check(found: Form, data: dict[str, object], **around: object) -> forms.Checked:
    checked = forms.check(found, data, forms.surrounding(**around))  # type: ignore[arg-type]  # as the caller says
    if not checked.faults:
        again = forms.check(found, checked.values, forms.surrounding(**around))  # type: ignore[arg-type]  # as above
        assert (again.values, again.faults) == (checked.values, ())
        assert encoding.decode(encoding.encode(checked.values)) == checked.values
    for fault in checked.faults:
        assert fault.text.zh
        assert fault.text.en
        fault.path.encode()
    return checked


def fault(found: Form, data: dict[str, object], **around: object) -> tuple[str, str, str]:
    """The only thing that is wrong."""
    (only,) = check(found, data, **around).faults
    return only.path, only.text.zh, only.text.en


ACCEPTED: list[tuple[str, object, Value]] = [
    ("text", "知行", "知行"),
    ("long", "line\nline\t😀", "line\nline\t😀"),
    ("int", 5, number(5)),
    ("int", "1,234", number(1234)),
    ("int", Decimal("5.0"), number(5)),
    ("dec", " 0.10 ", number("0.1")),
    ("dec", "-1,234,567.5", number("-1234567.5")),
    ("dec", Decimal("1" * 34), number("1" * 34)),
    ("money", "12.30", number("12.3")),
    ("pct", 100, number(100)),
    ("date", "2026-03-02", Date(2026, 3, 2)),
    ("date", Date(2026, 1, 1), Date(2026, 1, 1)),
    ("dt", "2026-03-02T09:30", DateTime(Date(2026, 3, 2), Time(9, 30, 0, zone="Asia/Shanghai"))),
    ("dt", "2026-03-02 09:30:15", DateTime(Date(2026, 3, 2), Time(9, 30, 15, zone="Asia/Shanghai"))),
    ("dt", "2026-03-02T09:30+08:00", DateTime(Date(2026, 3, 2), Time(9, 30, 0, 0, 28_800))),
    ("dt", "2026-03-02T09:30Z", DateTime(Date(2026, 3, 2), Time(9, 30, 0, 0, 0))),
    ("dt", "2025-12-31T16:00Z", DateTime(Date(2025, 12, 31), Time(16, 0, 0, 0, 0))),
    ("dur", "P2DT4H", DaysDuration(187_200 * NANOSECONDS)),
    ("dur", " PT0.5S ", DaysDuration(NANOSECONDS // 2)),
    ("dur", "PT0S", DaysDuration(0)),
    ("dur", "P36525D", DaysDuration(36_525 * 86_400 * NANOSECONDS)),
    ("dur", DaysDuration(NANOSECONDS), DaysDuration(NANOSECONDS)),
    ("bool", False, False),
    ("enum", "A", "A"),
    ("enums", ["B", "A"], ("B", "A")),
    ("user", Person("1.2.3"), Person("1.2.3")),
    ("users", [Person("1"), Person("2")], (Person("1"), Person("2"))),
    ("org", "服务部", "服务部"),
    ("ref", {"kind": "customer", "id": "7"}, Ref("customer", "7")),
    ("file", FILE, File(DIGEST, "a.pdf", "application/pdf", 1_000)),
    ("file", {**FILE, "size": Decimal("1E+3")}, File(DIGEST, "a.pdf", "application/pdf", 1_000)),
    ("file", {**FILE, "name": "照片", "type": "image/png"}, File(DIGEST, "照片", "image/png", 1_000)),
    ("files", [FILE], (File(DIGEST, "a.pdf", "application/pdf", 1_000),)),
    ("mobile", "13800138000", "13800138000"),
    ("mobile", PERSONAL, PERSONAL),
    ("email", "a@b.cn", "a@b.cn"),
    ("phone", "+86 10-12345678", "+86 10-12345678"),
]


@pytest.mark.parametrize(("key", "entered", "value"), ACCEPTED, ids=lambda part: str(part)[:30])
def test_an_entry_becomes_the_value_of_its_type(key: str, entered: object, value: Value) -> None:
    checked = check(EVERY, {key: entered})
    assert not checked.faults
    assert checked.values == Context({key: value, "total": number(0)})


@pytest.mark.parametrize("key", [field.key for field in EVERY.fields if field.compute is None])
def test_what_is_left_empty_has_no_value(key: str) -> None:
    for empty in (None, "", [], ()):
        assert check(EVERY, {key: empty}).values == Context({"total": number(0)})


REFUSED: list[tuple[str, object, str, str]] = [
    ("text", 5, "应为文本", "expected text"),
    ("text", "a" * 11, "10 个字,现有 11", "at most 10"),
    ("text", "a" * 1_000_000, "10 个字", "at most 10"),
    ("text", "\ud800", "无效字符", "Unicode"),
    ("text", "a\x00b", "控制字符", "control"),
    ("text", "a\nb", "一行文字", "one line"),
    ("text", "a\u202eb", "一行文字", "one line"),
    ("long", "a" * 1_000_000, "100000", "100000"),
    ("long", "\udfff", "无效字符", "Unicode"),
    ("dur", "2 天", "应为时长", "expected a duration"),
    ("dur", "P1M", "应为时长", "expected a duration"),
    ("dur", "P", "应为时长", "expected a duration"),
    ("dur", 5, "应为时长", "expected a duration"),
    ("dur", "-PT1H", "不超过 36525 天", "at most 36525 days"),
    ("dur", "P36526D", "不超过 36525 天", "at most 36525 days"),
    ("dur", "P99999999999999999999D", "应为时长", "expected a duration"),
    ("int", "1.5", "整数", "whole"),
    ("int", True, "数字", "number"),
    ("int", 10**40, "34 位", "34 digits"),
    ("int", 10**100_000, "34 位", "34 digits"),
    ("int", 1.0, "数字", "number"),
    ("dec", "NaN", "数字", "number"),
    ("dec", Decimal("NaN"), "34 位", "34 digits"),
    ("dec", Decimal("Infinity"), "34 位", "34 digits"),
    ("dec", Decimal("sNaN"), "34 位", "34 digits"),
    ("dec", Decimal("1E+999999"), "34 位", "34 digits"),
    ("dec", Decimal("1E-999999"), "34 位", "34 digits"),
    ("dec", "1" * 35, "34 位", "34 digits"),
    ("dec", "1" * 1_000_000, "数字", "number"),
    ("dec", "1,2,3", "数字", "number"),
    ("dec", "1e5", "数字", "number"),
    ("dec", "0x10", "数字", "number"),
    ("dec", {"$n": "1"}, "数字", "number"),
    ("money", "1.234", "2 位小数", "2 decimal"),
    ("pct", 101, "不大于 100", "at most 100"),
    ("pct", "-1", "不小于 0", "at least 0"),
    ("date", "2026-02-30", "日期", "date"),
    ("date", "2.3.2026", "日期", "date"),
    ("date", 20_260_302, "日期", "date"),
    ("date", "2025-12-31", "不小于 2026-01-01", "at least 2026-01-01"),
    ("date", "10000-01-01", "年份", "year"),
    ("date", Date(-5, 1, 1), "年份", "year"),
    ("dt", "2026-03-02", "日期时间", "date and time"),
    ("dt", "2025-12-31T23:59", "不小于", "at least"),
    ("dt", "2025-12-31T15:59Z", "不小于", "at least"),
    ("dt", "2026-03-02T09:30@Mars/Olympus", "日期时间", "date and time"),
    ("bool", "true", "是或否", "true or false"),
    ("bool", 1, "是或否", "true or false"),
    ("enum", "C", "A、B", "A, B"),
    ("enum", ["A"], "A、B", "A, B"),
    ("enum", True, "A、B", "A, B"),
    ("enums", "A", "列表", "list"),
    ("enums", ["A", "A"], "重复", "once"),
    ("enums", ["A"] * 501, "500", "500"),
    ("enums", [["A"]], "A、B", "A, B"),
    ("user", "1.2.3", "人员", "person"),
    ("user", {"id": "1.2.3"}, "人员", "person"),
    ("users", [Person("1"), Person("1")], "重复", "once"),
    ("ref", {"kind": "contract", "id": "7"}, "customer", "customer"),
    ("ref", {"kind": "customer", "id": ""}, "customer", "customer"),
    ("ref", {"kind": "customer", "id": 7}, "customer", "customer"),
    ("ref", {"kind": "customer", "id": "7", "__class__": "x"}, "customer", "customer"),
    ("ref", {"kind": "customer", "id": "\ud800"}, "无效字符", "Unicode"),
    ("ref", "7", "customer", "customer"),
    ("file", {**FILE, "digest": "x" * 64}, "文件", "file"),
    ("file", {**FILE, "size": -1}, "文件", "file"),
    ("file", {**FILE, "size": True}, "文件", "file"),
    ("file", {**FILE, "size": Decimal("NaN")}, "文件", "file"),
    ("file", {**FILE, "size": Decimal("Infinity")}, "文件", "file"),
    ("file", {**FILE, "size": Decimal("1E+999999")}, "文件", "file"),
    ("file", {**FILE, "name": "../../etc/passwd"}, "文件", "file"),
    ("file", {**FILE, "name": ""}, "文件", "file"),
    ("file", {**FILE, "name": "a.exe", "type": "application/x"}, ".pdf、image/*", ".pdf, image/*"),
    ("files", FILE, "列表", "list"),
    ("mobile", "12345", "格式", "of the form"),
    ("mobile", "13800138000\n", "格式", "of the form"),
    ("email", "a.b.cn", "name@example.com", "name@example.com"),
    ("phone", "call me", "电话号码", "telephone"),
    ("text", PERSONAL, "文本", "text"),
    ("rows", "x", "表格", "table"),
    ("rows", [{}] * 10_001, "10000 行", "10000 rows"),
]


@pytest.mark.parametrize(
    ("key", "entered", "zh", "en"), REFUSED, ids=lambda part: str(part)[:24] if isinstance(part, str) else ""
)
def test_an_entry_of_another_type_is_told(key: str, entered: object, zh: str, en: str) -> None:
    path, told_zh, told_en = fault(EVERY, {key: entered})
    assert path == key
    assert zh in told_zh
    assert en in told_en


HOSTILE_KEYS = [
    "typename",
    "__class__",
    "len",
    "constructor",
    "__proto__",
    "",
    "x" * 1_000_000,
    "\ud800",
    "text ",
    "case",
    "rows.name",
    "$n",
]


@pytest.mark.parametrize("key", HOSTILE_KEYS, ids=lambda key: ascii(key[:12]))
def test_unknown_fields_and_columns_are_refused_whatever_their_name(key: str) -> None:
    path, zh, en = fault(EVERY, {key: "x"})
    assert "没有这个字段" in zh
    assert "no such field" in en
    assert len(path) < 100
    path, zh, _ = fault(EVERY, {"rows": [{"name": "a", key: "x"}]})
    assert path.startswith("rows[0].")
    assert "没有这个字段" in zh


def test_a_table_tells_row_and_column() -> None:
    checked = check(EVERY, {"rows": [{"name": "a", "n": 1}, {"n": "x"}, "no row", {"name": ["a"]}]})
    assert [found.path for found in checked.faults] == ["rows[1].n", "rows[1].name", "rows[2]", "rows[3].name"]


def test_the_rules_of_columns_hold_in_every_row() -> None:
    checked = check(
        EVERY,
        {"rows": [{"name": "a", "n": 6}, {"name": "b", "n": 6, "why": "no"}, {"name": "c", "n": 1, "only": "hidden"}]},
    )
    assert [(found.path, found.text.zh) for found in checked.faults] == [
        ("rows[0].why", "必填"),
        ("rows[1].why", "不符合规则"),
    ]
    kept = check(EVERY, {"rows": [{"name": "c", "n": 1, "only": "hidden"}]}).values["rows"]
    assert kept == (Context({"name": "c", "n": number(1), "double": number(2)}),)


def test_computed_fields_are_computed_and_cannot_be_set() -> None:
    rows = [{"name": "a", "n": 1}, {"name": "b", "n": 2}]
    values = check(EVERY, {"rows": rows}).values
    assert values["total"] == number(3)
    assert not check(EVERY, {"rows": rows, "total": 3}).faults
    assert fault(EVERY, {"rows": rows, "total": 4})[0] == "total"
    assert fault(EVERY, {"rows": rows, "total": "3"})[1] == "该字段由系统计算,不能填写"
    assert fault(EVERY, {"rows": [{"name": "a", "n": 1, "double": 3}]})[0] == "rows[0].double"
    assert fault(EVERY, {"total": Decimal("sNaN")})[0] == "total"


def test_a_computed_field_that_looks_around_is_computed_anew() -> None:
    found = form(component("expression", "days", expression='=working days between(date(now), @"2026-10-10")'))
    functions = calendar_functions(Calendar.shipped())

    def at(day: int) -> dict[str, object]:
        names = {"now": DateTime(Date(2026, 9, day), Time(9, 0, 0, zone="Asia/Shanghai"))}
        return {"names": names, "functions": functions}

    first = check(found, {}, **at(29)).values
    assert first == Context({"days": number(4)})
    assert check(found, dict(first), **at(30)).values == Context({"days": number(3)})


RIGHTS = form(
    {
        "type": "group",
        "id": "head",
        "label": "抬头",
        "components": [
            component("textfield", "title", validate={"required": True}),
            component("datetime", "day", subtype="date"),
            component("textfield", "secret", conditional={"hide": "=true"}),
        ],
    },
    {"type": "group", "id": "review", "label": "审核", "components": [component("textfield", "opinion")]},
    component("textfield", "free", readonly=True),
)
EARLIER = {"title": "标题", "day": Date(2026, 3, 2), "secret": "s", "free": "f"}


@pytest.mark.parametrize("right", [Right.READ, Right.HIDDEN])
def test_a_section_that_may_only_be_read_keeps_its_values(right: Right) -> None:
    around = {"rights": {"head": right}, "earlier": EARLIER}
    assert check(RIGHTS, {}, **around).values == Context(EARLIER)
    assert check(RIGHTS, {"title": "标题", "day": "2026-03-02"}, **around).values == Context(EARLIER)
    for change in ({"title": "anders"}, {"title": 5}, {"day": "2026-03-03"}, {"secret": "x"}):
        path, zh, en = fault(RIGHTS, change, **around)
        assert path in change
        assert "不得修改" in zh
        assert "may only read" in en


def test_a_required_section_requires_every_field_and_a_written_one_its_own() -> None:
    assert [found.path for found in check(RIGHTS, {}, rights={"review": Right.REQUIRED}).faults] == ["title", "opinion"]
    assert [found.path for found in check(RIGHTS, {}, rights={"review": Right.WRITE}).faults] == ["title"]


def test_a_readonly_field_keeps_its_value() -> None:
    assert check(RIGHTS, {"title": "t"}, earlier={"free": "f"}).values["free"] == "f"
    assert fault(RIGHTS, {"title": "t", "free": "x"}, earlier={"free": "f"})[:2] == ("free", "该字段只读")
    assert fault(RIGHTS, {"title": "t", "free": "x"})[0] == "free"


def test_rights_are_read_from_the_model() -> None:
    assert forms.rights("head:read review:required") == {"head": Right.READ, "review": Right.REQUIRED}
    with pytest.raises(ValueError, match="maybe"):
        forms.rights("head:maybe")


CONDITIONS = form(
    component("radio", "accept", values=OPTIONS, validate={"required": True}),
    component(
        "textfield", "reason", properties={"requiredWhen": '=accept = "B"'}, conditional={"hide": '=accept = "A"'}
    ),
    {
        "type": "group",
        "id": "more",
        "conditional": {"hide": '=accept = "B"'},
        "components": [
            component("number", "days", decimalDigits=0, validate={"required": True}),
            component("number", "hours", validate={"required": True}, conditional={"hide": "=days > 1"}),
        ],
    },
)


def test_conditions_hide_and_require() -> None:
    assert [found.path for found in check(CONDITIONS, {}).faults] == ["accept", "days", "hours"]
    assert fault(CONDITIONS, {"accept": "B"})[:2] == ("reason", "必填")
    assert check(CONDITIONS, {"accept": "B", "reason": "x"}).values == Context({"accept": "B", "reason": "x"})
    assert check(CONDITIONS, {"accept": "A", "days": 2}).values == Context({"accept": "A", "days": number(2)})
    assert fault(CONDITIONS, {"accept": "A", "days": 1})[0] == "hours"


def test_what_is_hidden_is_not_kept_and_cannot_be_wrong() -> None:
    data: dict[str, object] = {"accept": "B", "reason": "x", "days": "many", "hours": Decimal("NaN")}
    assert check(CONDITIONS, data).values == Context({"accept": "B", "reason": "x"})


def test_a_hidden_field_is_empty_for_the_conditions_of_others() -> None:
    chain = form(
        component("checkbox", "a"),
        component("textfield", "b", conditional={"hide": "=a = true"}),
        component("textfield", "c", conditional={"hide": "=b = null"}),
        component("expression", "d", expression='=if c = null then "none" else c'),
    )
    assert check(chain, {"b": "x", "c": "y"}).values == Context({"b": "x", "c": "y", "d": "y"})
    assert check(chain, {"a": True, "b": "x", "c": "y"}).values == Context({"a": True, "d": "none"})


def test_conditions_that_hide_each_other_in_turn_are_told() -> None:
    circular = form(
        component("textfield", "a", conditional={"hide": "=b != null"}),
        component("textfield", "b", conditional={"hide": "=a = null"}),
    )
    _, zh, en = fault(circular, {"a": "x", "b": "y"})
    assert "互相矛盾" in zh
    assert "in turn" in en


def test_a_rule_of_a_field_has_a_message_in_both_languages() -> None:
    checked = form(
        component("number", "a"),
        component(
            "number",
            "b",
            properties={"check": "=b > a", "checkMessage": "应大于 a", "checkMessage:en": "expected more than a"},
        ),
    )
    assert fault(checked, {"a": 2, "b": 1}) == ("b", "应大于 a", "expected more than a")
    assert not check(checked, {"a": 2, "b": 3}).faults
    assert fault(checked, {"b": 3})[0] == "b"
    assert not check(checked, {"a": 2}).faults


def deep(levels: int) -> object:
    found: object = "x"
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    "data",
    [
        {"text": deep(100_000)},
        {"rows": deep(100_000)},
        {"rows": [{"name": deep(100_000)}]},
        {"long": ["x" * 1_000] * 5_000},
        {f"key{place}": None for place in range(300_000)},
        {"rows": [{"name": "a", **{f"c{place}": 1 for place in range(100)}}] * 9_000},
    ],
    ids=["deep field", "deep table", "deep column", "much text", "many keys", "many columns"],
)
def test_too_much_is_refused_at_once(data: dict[str, object]) -> None:
    before = time.process_time()
    path, zh, en = fault(EVERY, data)
    assert time.process_time() - before < 2
    assert path == ""
    assert "过大" in zh
    assert "less" in en


def test_a_large_table_with_mistakes_in_every_row_is_told_in_time() -> None:
    before = time.process_time()
    checked = check(EVERY, {"rows": [{"n": "x"}] * 10_000})
    assert time.process_time() - before < 6
    assert len(checked.faults) == 200
