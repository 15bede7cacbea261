"""What is typed into a form: as Chinese users write it, row by row, by right of each section, and back again."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from engine import duration
from engine import form as forms
from engine.errors import Text
from engine.form import Field, FieldType, Form, Right
from engine.value import NANOSECONDS, Context, Date, DaysDuration, File, Person, Personal, Ref
from storage import drafts
from tests.web.pages.browser import House
from web.forms import entry, evaluation, shown, writing
from web.forms.look import Item, Look, Section
from web.forms.shown import Part, Teller

DIGEST = "ab" * 32
FIELDS = [
    {"type": "textfield", "key": "name", "label": "名称", "validate": {"required": True}},
    {"type": "checkbox", "key": "urgent", "label": "加急"},
    {
        "type": "checklist",
        "key": "kinds",
        "label": "类别",
        "values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
    },
    {"type": "select", "key": "who", "label": "负责人", "properties": {"type": "user"}},
    {"type": "taglist", "key": "team", "label": "成员", "properties": {"type": "users"}},
    {"type": "select", "key": "contract", "label": "合同", "properties": {"type": "ref", "kind": "contract"}},
    {"type": "number", "key": "count", "label": "数量", "decimalDigits": 0},
    {"type": "number", "key": "days", "label": "人天"},
    {"type": "number", "key": "rate", "label": "税率", "properties": {"type": "pct"}},
    {"type": "number", "key": "fee", "label": "金额", "properties": {"type": "money"}},
    {"type": "datetime", "subtype": "datetime", "key": "at", "label": "时间"},
    {"type": "radio", "key": "level", "label": "级别", "values": [{"value": "A", "label": "甲级"}]},
    {"type": "select", "key": "unit", "label": "部门", "properties": {"type": "org"}},
    {"type": "filepicker", "key": "scan", "label": "扫描件"},
    {"type": "textfield", "key": "lasts", "label": "时长", "properties": {"type": "dur"}},
    {"type": "filepicker", "key": "proof", "label": "证据", "multiple": True},
    {"type": "datetime", "subtype": "date", "key": "on", "label": "日期"},
    {
        "type": "dynamiclist",
        "path": "items",
        "label": "明细",
        "components": [
            {"type": "textfield", "key": "what", "label": "内容"},
            {"type": "number", "key": "price", "label": "单价", "properties": {"type": "money"}},
            {"type": "checkbox", "key": "kept", "label": "保留"},
        ],
    },
    {
        "type": "expression",
        "key": "total",
        "label": "合计",
        "expression": "=if items = null then 0 else sum(items.price)",
    },
    {"type": "textarea", "key": "why", "label": "原因", "conditional": {"hide": "=urgent != true"}},
]


@pytest.fixture(scope="module")
def form() -> Form:
    groups = [{"type": "group", "id": "all", "label": "全部", "components": FIELDS}]
    return forms.parse(json.dumps({"type": "default", "id": "f", "components": groups}).encode(), "f.form")


def _typed(form: Form, *pairs: tuple[str, str]) -> entry.Typed:
    return entry.read(form, pairs, {"1.2.1", "1.3.1"}.__contains__, 2026)


@pytest.mark.parametrize(
    ("type_", "typed", "read"),
    [
        (FieldType.MONEY, "12.5万", "125000"),
        (FieldType.MONEY, "1.5亿元", "150000000"),
        (FieldType.MONEY, "¥1,200.50", "1,200.50"),
        (FieldType.INT, "\uff11\uff12\uff0c\uff13\uff14\uff15", "12,345"),
        (FieldType.PCT, "95%", "95"),
        (FieldType.DEC, "-3 000.5", "-3000.5"),
        (FieldType.DEC, "万", "万"),
        (FieldType.DEC, "十二", "十二"),
        (FieldType.DEC, "9" * 101, "9" * 101),
        (FieldType.DATE, "2026年3月2日", "2026-03-02"),
        (FieldType.DATE, "2026/3/2", "2026-03-02"),
        (FieldType.DATE, "20260302", "2026-03-02"),
        (FieldType.DATE, "3月2日", "2026-03-02"),
        (FieldType.DATE, "明天", "明天"),
        (FieldType.DATE, "2026-03-02 09:30", "2026-03-02 09:30"),
        (FieldType.DATE_TIME, "3月2日 下午2:30", "2026-03-02T14:30"),
        (FieldType.DATE_TIME, "2026.3.2 9点5分", "2026-03-02T09:05"),
        (FieldType.DATE_TIME, "2026-03-02 09:30:15", "2026-03-02T09:30:15"),
        (FieldType.DATE_TIME, "2026-03-02", "2026-03-02"),
        (FieldType.TEXT, "1\uff0c2", "1\uff0c2"),
    ],
)
def test_numbers_and_days_are_read_as_chinese_users_write_them(type_: FieldType, typed: str, read: str) -> None:
    assert writing.entered(Field(key="x", type=type_), typed, 2026) == read


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("20304", "贰万零叁佰零肆元整"),
        ("100000", "壹拾万元整"),
        ("1000001", "壹佰万零壹元整"),
        ("100100100", "壹亿零壹拾万零壹佰元整"),
        ("1000500000", "壹拾亿零伍拾万元整"),
        ("120000.50", "壹拾贰万元伍角整"),
        ("100.05", "壹佰元零伍分"),
        ("0.05", "伍分"),
        ("0", ""),
        ("-1", ""),
        ("0.001", ""),
        ("10000000000000000", ""),
    ],
)
def test_amounts_are_written_in_capital_characters(amount: str, words: str) -> None:
    assert writing.capital(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2天", "P2D"),
        ("4小时", "PT4H"),
        ("2 天 4 小时", "P2DT4H"),
        ("2天零4个小时", "P2DT4H"),
        ("半天", "PT12H"),
        ("1.5 小时", "PT1H30M"),
        ("90分钟", "PT1H30M"),
        ("2 周", "P14D"),
        ("30秒", "PT30S"),
        ("2 days, 4 hours", "P2DT4H"),
        ("1 week", "P7D"),
        ("90 min", "PT1H30M"),
        ("8h", "PT8H"),
        ("P1DT2H", "P1DT2H"),
        ("2 个工作日", "2 个工作日"),
        ("两天", "两天"),
        ("4", "4"),
        ("2天左右", "2天左右"),
        ("999999999999 周 999999999999 周", "P13999999999986D"),
        ("", ""),
    ],
)
def test_durations_are_read_as_people_write_them(typed: str, read: str) -> None:
    field = Field(key="f", type=FieldType.DURATION)
    assert writing.entered(field, typed, 2026) == read


@pytest.mark.parametrize("iso", ["P2DT4H", "PT1H30M", "PT1S", "P1D", "PT0S", "PT0.5S", "P365DT23H59M59S"])
@pytest.mark.parametrize("english", [True, False])
def test_durations_are_told_as_they_can_be_typed(iso: str, english: bool) -> None:
    told = writing.lasting(duration.parse_days_duration(iso), english=english)
    assert writing.entered(Field(key="f", type=FieldType.DURATION), told, 2026) == iso


def test_every_type_of_field_is_read_from_its_controls(form: Form) -> None:
    file = {"digest": DIGEST, "name": "合同.pdf", "type": "application/pdf", "size": 3}
    found = _typed(
        form,
        ("csrf", "x"),
        ("data.name", "  项目 "),
        ("data.urgent", ""),
        ("data.urgent", "true"),
        ("data.kinds", ""),
        ("data.kinds", "a"),
        ("data.kinds", "b"),
        ("data.who", "1.2.1"),
        ("data.team", "1.3.1"),
        ("data.team", ""),
        ("data.contract", "C-1"),
        ("data.count", "1,234"),
        ("data.days", "2.5"),
        ("data.rate", "6%"),
        ("data.fee", "¥1.2万"),
        ("data.at", "2026年3月2日 下午2:30"),
        ("data.level", "A"),
        ("data.unit", "系统集成部"),
        ("data.scan", json.dumps(file)),
        ("data.on", "3月2日"),
        ("data.items[0].what", "驻场"),
        ("data.why", "一\r\n二"),
        ("data.lasts", " 2 天 4 小时 "),
        ("data.proof", ""),
        ("data.proof", json.dumps(file)),
        ("data.total", "99"),
    ).entries
    assert found == {
        "name": "  项目 ",
        "urgent": True,
        "kinds": ["a", "b"],
        "who": Person("1.2.1"),
        "team": [Person("1.3.1")],
        "contract": Ref("contract", "C-1"),
        "count": "1,234",
        "days": "2.5",
        "rate": "6",
        "fee": "12000",
        "at": "2026-03-02T14:30",
        "level": "A",
        "unit": "系统集成部",
        "scan": file,
        "on": "2026-03-02",
        "items": [{"what": "驻场"}],
        "why": "一\n二",
        "lasts": "P2DT4H",
        "proof": [file],
        "total": None,
    }
    assert {field.type for _path, field in form.walk()} == set(FieldType)
    assert evaluation.evaluate(form, found, forms.surrounding()).faults == ()
    (fault,) = evaluation.evaluate(form, {**found, "name": "项目\n"}, forms.surrounding()).faults
    assert (fault.path, "应为一行文字" in fault.text.zh) == ("name", True)


def test_rows_keep_the_numbers_of_the_page_and_blank_ones_are_left_out(form: Form) -> None:
    found = _typed(
        form,
        ("data.items[7].what", "甲"),
        ("data.items[7].price", "1,000"),
        ("data.items[2].what", " "),
        ("data.items[2].kept", ""),
        ("data.items[9].price", "许多"),
        ("data.name", "x"),
    )
    assert found.entries["items"] == [{"what": "甲", "price": "1,000"}, {"price": "许多"}]
    assert found.rows == {"items": [7, 9]}
    faults = evaluation.evaluate(form, found.entries, forms.surrounding()).faults
    assert [found.on_page(fault.path) for fault in faults] == ["items[9].price"]
    assert found.on_page("items[99].price") == "items[99].price"
    assert found.on_page("name") == "name"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("data.who", "1.9.1", "应选择一个人员"),
        ("data.contract", "x" * 300, "应选择"),
        ("data.kinds", "c", "应从"),
        ("data.urgent", "perhaps", "应为是或否"),
        ("data.nothing", "x", "没有这个字段"),
        ("data.name[0].x", "y", "应为文本"),
        ("data.proof", "{}", "应为已上传的文件"),
    ],
)
def test_what_suits_no_field_is_left_for_the_check_to_refuse(form: Form, name: str, value: str, expected: str) -> None:
    found = _typed(form, ("data.name", "x"), (name, value)) if name[:9] != "data.name" else _typed(form, (name, value))
    faults = evaluation.evaluate(form, found.entries, forms.surrounding()).faults
    assert expected in "".join(fault.text.zh for fault in faults)


def test_what_a_condition_hides_is_told_and_what_is_computed(form: Form) -> None:
    found = _typed(form, ("data.name", "x"), ("data.items[0].price", "2万"))
    evaluated = evaluation.evaluate(form, found.entries, forms.surrounding())
    assert evaluated.hidden == {"why"}
    assert evaluated.computed(form) == {"total": Decimal("2E4")}
    shown_now = evaluation.evaluate(form, {**found.entries, "urgent": True}, forms.surrounding())
    assert shown_now.hidden == frozenset()


def test_too_much_is_refused_as_a_whole(form: Form) -> None:
    evaluated = evaluation.evaluate(form, {"name": ["x"] * 600_000}, forms.surrounding())
    assert [fault.text.zh for fault in evaluated.faults] == ["表单内容过大或嵌套过深"]
    assert evaluated.values == {}


@pytest.mark.parametrize("right", list(Right))
def test_a_section_is_drawn_as_its_right_says(house: House, form: Form, right: Right) -> None:
    earlier = Context({"name": "旧", "on": Date(2026, 3, 2), "who": Person("1.2.1"), "urgent": True})
    around = forms.surrounding(rights={"all": right}, earlier=earlier)
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        parts = _parts(form, around, {"name": "新"})
    if right is Right.HIDDEN:
        assert parts == []
        return
    (part,) = parts
    controls = {control.path: control for control in part.controls}
    assert part.is_fixed == (right is Right.READ)
    assert controls["name"].text == ("旧" if right is Right.READ else "新")
    assert controls["on"].is_demanded == (right is Right.REQUIRED)
    if right is Right.READ:
        assert [controls[key].said for key in ("on", "who", "urgent")] == ["2026年3月2日", "李强", "是"]


def test_a_section_that_a_condition_hides_is_drawn_hidden_and_comes_with_what_is_entered(house: House) -> None:
    whole = {"type": "checkbox", "key": "renewal", "label": "续签"}
    inside = [
        {"type": "textfield", "key": "contract", "label": "原合同", "validate": {"required": True}},
        {"type": "textarea", "key": "change", "label": "变化", "conditional": {"hide": '=contract = "HT1"'}},
    ]
    groups = [
        {"type": "group", "id": "all", "label": "全部", "components": [whole]},
        {
            "type": "group",
            "id": "before",
            "label": "前期",
            "components": inside,
            "conditional": {"hide": "=renewal != true"},
        },
    ]
    form = forms.parse(json.dumps({"type": "default", "id": "f", "components": groups}).encode(), "f.form")
    around, drawn = forms.surrounding(), []
    for entries in ({}, {"renewal": True}, {"renewal": True, "contract": "HT1"}, {"renewal": False, "contract": "HT1"}):
        with house.app.test_request_context(headers={"Accept-Language": "zh"}):
            evaluated = evaluation.evaluate(form, entries, around)
            teller = Teller(names={}, zone="Asia/Shanghai")
            look = Look(title=None, sections=tuple(_section(form, key) for key in ("all", "before")))
            parts = shown.parts(form, look, around, entries, evaluated, teller, evaluated.faults)
        before = next(part for part in parts if part.section.name == "before")
        hidden = {control.path for part in parts for control in part.controls if control.is_hidden}
        drawn.append((before.is_hidden, hidden, [fault.path for fault in evaluated.faults]))
    assert drawn == [
        (True, {"contract", "change"}, []),
        (False, set(), ["contract"]),
        (False, {"change"}, []),
        (True, {"contract", "change"}, []),
    ]


def test_values_are_told_in_words_and_held_as_they_are_typed(house: House, form: Form) -> None:
    items = {item.field.key: item for item in _look(form).items()}
    teller = Teller(names={"1.2.1": "李强"}, zone="Asia/Shanghai", reveal=lambda _: "张三")
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert teller.said(items["kinds"], ("a", "b")) == "甲、乙"
        assert teller.said(items["lasts"], DaysDuration(187_200 * NANOSECONDS)) == "2 天 4 小时"
        assert teller.texts(items["lasts"], "P1DT30M") == ("1 天 30 分钟",)
        assert teller.texts(items["lasts"], "不久") == ("不久",)
        assert teller.said(items["contract"], Ref("contract", "C-1")) == "C-1"
        assert teller.said(items["name"], Personal("r", True, DIGEST)) == "张三"
        assert teller.said(items["who"], Person("9.9.9")) == "已删除的人员"
        assert teller.said(items["proof"], (File(DIGEST, "合同.pdf", "application/pdf", 2048),)) == "合同.pdf · 2 KB"
        assert teller.texts(items["items"].columns[1], Decimal("1234.5")) == ("1,234.5",)
        assert teller.said(items["items"].columns[1], Decimal("1234.5")) == "¥1,234.50"


def test_entries_are_kept_as_they_are_however_wrong(house: House, form: Form) -> None:
    found = _typed(form, ("data.on", "明天"), ("data.items[0].price", "许多"), ("data.who", "1.2.1"), ("data.odd", "x"))
    kept = entry.context(found.entries)
    assert kept["on"] == "明天"
    assert kept["items"] == (Context({"price": "许多"}),)
    assert kept["who"] == Person("1.2.1")
    assert len(repr(kept)) < drafts.LONGEST


def _look(form: Form) -> Look:
    def item(field: Field) -> Item:
        options = tuple((value, Text(label, label)) for value, label in field.options)
        columns = tuple(item(column) for column in field.columns)
        currency = "CNY" if field.type is FieldType.MONEY else ""
        return Item(field=field, label=Text(field.label, ""), options=options, columns=columns, currency=currency)

    section = Section(name="all", label=Text("全部", "All"), items=tuple(item(field) for field in form.fields))
    return Look(title=None, sections=(section,))


def _section(form: Form, name: str) -> Section:
    """One section of a form, as it is looked at."""
    items = tuple(
        Item(field=field, label=Text(field.label, ""), options=(), columns=(), currency="")
        for field in form.fields
        if field.section == name
    )
    return Section(name=name, label=Text(name, name), items=items)


def _parts(form: Form, around: forms.Surrounding, entries: dict[str, object]) -> list[Part]:
    teller = Teller(names={"1.2.1": "李强"}, zone="Asia/Shanghai")
    evaluated = evaluation.evaluate(form, entries, around)
    return shown.parts(form, _look(form), around, entries, evaluated, teller, evaluated.faults)
