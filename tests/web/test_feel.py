"""An expression tried at the terminal: its value, why it is null, and the place of a mistake."""

import pytest

from tests.web.terminal import Terminal


def test_the_value_is_told_as_feel_writes_it(terminal: Terminal) -> None:
    assert terminal.ok("feel", "1 + 2").strip() == "3"
    assert terminal.ok("feel", '{a: "x", "b c": [1..3), d: @"P1D"}').strip() == '{a: "x", b c: [1..3), d: @"P1D"}'
    assert terminal.ok("feel", "-1").strip() == "-1"


def test_variables_come_from_a_file_or_are_typed(terminal: Terminal) -> None:
    path = terminal.folder / "names.json"
    path.write_text('{"客户": {"信用-等级": "A"}, "first name": "王"}', encoding="utf-8")
    assert terminal.ok("feel", "客户.信用-等级 + first name", "--context", path).strip() == '"A王"'
    assert terminal.ok("feel", "a.b-c", "--context", '{"a": {"b-c": 1.50}}').strip() == "1.5"


def test_a_cell_tests_a_value(terminal: Terminal) -> None:
    assert terminal.ok("feel", "[1..3], > limit", "--unary", "4 + 6", "--context", '{"limit": 9}').strip() == "true"
    assert terminal.ok("feel", "-", "--unary", "null").strip() == "true"
    assert terminal.ok("feel", "not(1)", "--unary", "1").strip() == "false"


def test_why_a_value_is_null_is_told(terminal: Terminal) -> None:
    told = terminal.ok("feel", 'amount > "5"', "--context", '{"amount": 7}')
    assert told.splitlines()[0] == "null"
    assert '注意:amount 是数字,"5" 是文本,比较没有结果;数字不加引号:5' in told
    assert told.splitlines()[2:4] == ['amount > "5"', "         ^^^"]
    assert "note: expected a divisor other than zero" in terminal.ok("--language", "en", "feel", "1 / 0")


def test_programs_get_value_notes_and_findings(terminal: Terminal) -> None:
    found = terminal.json("feel", 'amount > "5"', "--context", '{"amount": 7}')
    assert (found["value"], found["feel"]) == (None, "null")
    assert found["notes"] == [{
        "zh": "> 只能比较同类且有大小的两个值,此处为数字和文本",
        "en": "expected two values of one ordered kind for >, but found a number and a text",
    }]  # fmt: skip
    (finding,) = found["findings"]
    assert (finding["line"], finding["column"], finding["length"], finding["expected"]) == (1, 10, 3, ["5"])
    assert terminal.json("feel", '[@"2026-03-02"]') == {
        "value": ["2026-03-02"], "feel": '[@"2026-03-02"]', "notes": [], "findings": [],
    }  # fmt: skip


def test_a_mistake_is_shown_at_its_place(terminal: Terminal) -> None:
    ran = terminal.run("feel", "客户 = 客护", "--context", '{"客户": "x"}')
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "第 1 行第 6 列:没有名为 客护 的变量(文本请加双引号),是否为 客户?",
        "  客户 = 客护",
        "         ^^^^",
    ]
    later = terminal.run("--language", "en", "feel", "1 +\n  2 == 3")
    assert later.err.splitlines() == ["line 2, column 5: expected one = to compare", "    2 == 3", "      ^^"]
    far = terminal.run("feel", "1 + " * 60 + "x").err.splitlines()
    assert far[1][2:][far[2].index("^") - 2] == "x"
    assert len(far[1]) <= 102


def test_a_mistake_is_told_to_programs_with_its_place(terminal: Terminal) -> None:
    ran = terminal.run("feel", "cuont(1)", "--json")
    assert ran.code == 3
    assert (ran.error["code"], ran.error["faults"][0]["path"]) == (3, "1:1")
    assert ran.error["faults"][0]["en"] == "there is no function named cuont; did you mean count?"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["for i in 1..1000, j in 1..10000 return 1"], 1, "步数超出限制"),
        (["function(a) a"], 1, "不能是函数"),
        (["1", "--context", "none.json"], 2, "没有文件 none.json"),
        (["1", "--context", "[1]"], 1, "应为 JSON 对象"),
        (["1", "--unary", "1 +"], 3, "+ 后面缺少一个值"),
        ([], 2, "缺少"),
    ],
)
def test_what_cannot_be_done_is_said(terminal: Terminal, words: list[str], code: int, sentence: str) -> None:
    ran = terminal.run("feel", *words)
    assert ran.code == code
    assert sentence in ran.err
