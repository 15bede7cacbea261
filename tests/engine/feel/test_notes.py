"""Why something is null, in words for people: each reason in Chinese and English, made only when somebody asks."""

from __future__ import annotations

import re

import pytest

from engine import feel
from engine.errors import Text
from engine.feel import notes, reasons
from engine.feel.notes import Note
from engine.value import Context, Person, Value, number

SCOPE: dict[str, Value] = {
    "amount": number(7),
    "name": "王",
    "empty": None,
    "rows": (Context({"n": number(1)}), "x"),
    "loan": Context({"score": number(1)}),
    "person": Person("p1"),
}
CASES = [
    ('amount > "5"', "> 只能比较同类且有大小的两个值,此处为数字和文本",
     "expected two values of one ordered kind for >, but found a number and a text"),
    ("empty >= 1", ">= 只能比较同类且有大小的两个值,此处为空值和数字",
     "expected two values of one ordered kind for >=, but found nothing (null) and a number"),
    ("amount = name", "= 只能比较同类的两个值,此处为数字和文本",
     "expected two values of one kind for =, but found a number and a text"),
    ("person < 1", "< 只能比较同类且有大小的两个值,此处为人员和数字",
     "expected two values of one ordered kind for <, but found a person and a number"),
    ("amount + name", "+ 和 - 用于数字、文本(仅 +),或日期时间与时长,此处为数字和文本",
     "expected numbers, texts (for + only), or a moment and a duration for + and -, but found a number and a text"),
    ("name * 2", "* 和 / 用于两个数字,或时长与数字,此处为文本和数字", None),
    ('@"P1D" * name', "* 用于两个数字,或时长与数字,此处为天和时间的时长和文本", None),
    ("name / 2", "* 和 / 用于两个数字,或时长与数字,此处为文本和数字",
     "expected two numbers, or a duration and a number for * and /, but found a text and a number"),
    ("1 / 0", "除数为零", "expected a divisor other than zero"),
    ("modulo(1, 0)", "除数为零", "expected a divisor other than zero"),
    ("2 ** name", "** 用于两个数字,此处为数字和文本", "expected two numbers for **, but found a number and a text"),
    ("-name", "负号用于数字或时长,此处为文本", "expected a number or a duration after the sign -, but found a text"),
    ("9 ** 9999", "数字超出可表示的范围", None),
    ("loan.sum", "没有名为 sum 的项", "expected an entry named sum, but there is none"),
    ("amount.year", "数字没有 year", "expected something that has year, but found a number"),
    ("rows[3]", "列表没有第 3 项", "expected a list with an item 3, but there is none"),
    ("for x in empty return x", "应为可逐项处理的列表,此处为空值", "expected a list to go through, but found nothing (null)"),
    ('for x in 1.."a" return x', "起止应为两个整数或两个日期,此处为数字和文本", None),
    ('[1.."a"]', "区间的两端应为同类且有大小的值,此处为数字和文本", None),
    ("amount(1)", "只能调用函数,此处为数字", None),
    ("(function(a, b) a)(1)", "函数应有 2 个参数,此处为 1 个", "expected 2 arguments, but found 1"),
    ("(function(a, b) a)(a: 1, c: 2)", "参数名与函数的不符,应为 a, b", "expected arguments named a, b"),
    ('(function(a: number) a)("x")', "参数 a 的类型应为数字", "expected the argument a to be a number"),
    ('substring("abc")', "substring 的参数个数或名称不符",
     "expected other arguments for substring: their number or names do not fit"),
    ("string length(1)", "string length 不能用于数字", "expected other values for string length, but found a number"),
    ("contains(name, empty)", "contains 不能用于文本和空值", None),
    ('replace("a", "b", 1)', "replace 不能用于文本、文本和数字", "expected other values for replace, but found a text, a text and a number"),
    ("sum([])", "sum 不能用于空列表", "expected at least one item for sum, but the list is empty"),
    ('sum([1, "2"])', "sum 不能用于文本", "expected other values for sum, but found a text"),
    ("stddev(1)", "stddev 至少需要两个数字", "expected at least two numbers for stddev"),
    ("all([true, 1])", "all 的各项应为真假值", "expected items that are true or false for all"),
    ('sort([1, "a"])', "sort 的各项应为同类且有大小的值", "expected items of one ordered kind for sort"),
    ("sort([1, 2], function(a) a)", "sort 的函数应对两个参数得出真假值", None),
    ('substring("abc", 9)', "substring 中没有这个位置", "expected a position and length for substring that are there"),
    ("remove([1], 2)", "remove 中没有这个位置", None),
    ('number("十")', "number 读不懂文本“十”", "expected a text that number can read, but found 十"),
    ('date("2026-02-30")', "date 读不懂文本“2026-02-30”", "expected a text that date can read, but found 2026-02-30"),
    ("date(2026, 2, 30)", "date 的参数不构成存在的日期或时间", None),
    ("sqrt(-1)", "sqrt 对这个数字没有结果", "expected a number for which sqrt has a result"),
    ("odd(1.5)", "odd 对这个数字没有结果", None),
    ('matches("a", "(")', "matches:正则表达式 '(' 在第 1 个字符处不成立",
     "matches: expected a regular expression, but '(' is none at character 1"),
    ('split("a", "b*")', "split 的正则表达式不应匹配空文本:b*", None),
    ('replace("a", "a", "$")', "替换文本中 $ 后面应为组的编号,单独的 $ 写作 \\$", None),
    ("now()", "此处没有当前时间,now 没有结果", "expected a present time for now, but there is none here"),
    ('get value(loan, "sum")', "没有名为 sum 的项", None),
    ('range("1")', "range 读不懂文本“1”", None),
]  # fmt: skip


@pytest.mark.parametrize(("source", "zh", "en"), CASES, ids=[source for source, _, _ in CASES])
def test_a_null_says_why(source: str, zh: str, en: str | None) -> None:
    budget = feel.Budget()
    assert feel.compile(source, frozenset(SCOPE)).evaluate(SCOPE, budget=budget) is None
    note = budget.notes[-1]
    assert note.zh == zh
    assert en is None or note.en == en


def test_each_reason_is_told_once_and_only_the_first_are_kept() -> None:
    budget = feel.Budget()
    feel.compile('for i in 1..1000 return i > "a"').evaluate({}, budget=budget)
    assert len(budget.kept) == notes.MOST
    assert [note.zh for note in budget.notes] == ["> 只能比较同类且有大小的两个值,此处为数字和文本"]


def test_nothing_is_put_into_words_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    worded: list[Note] = []

    def text(note: Note) -> Text:
        worded.append(note)
        return Text("", "")

    monkeypatch.setattr(Note, "text", property(text))
    budget = feel.Budget()
    feel.compile('sum("a")').evaluate({}, budget=budget)
    assert (len(budget.kept), worded) == (1, [])
    assert budget.notes == (Text("", ""),)
    assert worded == budget.kept


def test_long_pieces_of_a_text_are_cut_and_braces_stay() -> None:
    budget = feel.Budget()
    feel.compile("number(t)", frozenset("t")).evaluate({"t": "{0}" * 100}, budget=budget)
    assert budget.notes[0].zh == f"number 读不懂文本“{('{0}' * 100)[: notes.LONGEST]}…”"


REASONS = {name: reason for name, reason in vars(reasons).items() if isinstance(reason, Text)}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
def test_both_languages_of_a_reason_have_the_same_places(reason: Text) -> None:
    places = [set(re.findall(r"\{\w+\}", sentence)) for sentence in (reason.zh, reason.en)]
    assert places[0] == places[1]
    assert re.search(r"[\u4e00-\u9fff]", reason.zh) or reason is reasons.PATTERN
    assert not re.search(r"[\u4e00-\u9fff]", reason.en)
