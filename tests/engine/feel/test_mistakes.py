"""Typical mistakes of people who are no programmers, each with the place and the sentences it gives."""

from __future__ import annotations

import pytest

from engine import feel
from engine.feel import Type

NUMBER, STRING = Type("number"), Type("string")
NAMES = frozenset({"a", "b", "customer", "name", "price"})

UNREADABLE = [
    # source, column, length, Chinese, English, what could stand there
    ("(1 + 2", 7, 1, "第 1 个字符的 ( 没有对应的 )", "expected ) for the ( at character 1", (")",)),
    ("count([1, 2)", 12, 1, "此处应为 ],但写的是 )", "expected ], but found )", ("]",)),
    ("1 + 2)", 6, 1, "多了一个 ),前面没有与之对应的括号", "there is one ) too many: no bracket before it is open", ()),
    ("a == 1", 3, 2, "比较相等用一个等号 =", "expected one = to compare", ("=",)),
    ("a && b", 3, 2, "“并且”写作 and", "expected the word and instead of &&", ("and",)),
    ("a || b", 3, 2, "“或者”写作 or", "expected the word or instead of ||", ("or",)),
    ("!a", 1, 1, "“非”写作 not(…),不等于写作 !=", "expected not(…) or != instead of !", ("not(",)),
    ("a <> b", 4, 1, "不等于写作 !=", "expected != instead of <>", ("!=",)),
    ("a => b", 3, 2, "“大于或等于”写作 >=", "expected >= for at least", (">=",)),
    ("a ≥ b", 3, 1, "≥ 写作 >=", "expected >= instead of ≥", (">=",)),
    ("a × b", 3, 1, "× 写作 *", "expected * instead of ×", ("*",)),
    ("a := 1", 3, 2, "表达式不给变量赋值;比较相等写作 =", "expected = to compare: an expression sets no variable", ("=",)),
    ("name = 'x'", 8, 1, '文本用双引号 "…"', 'expected text in double quotes "…"', ('"',)),
    ("name = “x”", 8, 1, '文本用半角双引号 "…"', 'expected straight double quotes "…"', ('"',)),
    ('name = "x', 8, 2, '文本缺少结尾的双引号 "', 'expected a closing " of the text', ('"',)),
    ("count（a）", 6, 1, "应写作半角的“(”,而不是“（”", "expected the half-width ( instead of （", ()),
    ("max(a、b)", 6, 1, "应写作半角的“,”,而不是“、”", "expected the half-width , instead of 、", ()),
    ("count(【a】)", 7, 1, "应写作半角的“[”,而不是“【”", "expected the half-width [ instead of 【", ()),
    ("max(a，b)", 6, 1, "应写作半角的“,”,而不是“，”", "expected the half-width , instead of ，", ()),
    ("custmer = 1", 1, 7, "没有名为 custmer 的变量(文本请加双引号),是否为 customer?",
     "there is no name custmer here (text needs quotes); did you mean customer?", ("customer",)),
    ("cuont(a)", 1, 5, "没有名为 cuont 的函数,是否为 count?", "there is no function named cuont; did you mean count?", ("count",)),
    ("approved = name", 1, 8, "没有名为 approved 的变量(文本请加双引号)",
     "there is no name approved here (text needs quotes)", ()),
    ('@"2026-02-30"', 1, 1, "不存在的日期或时长 '2026-02-30'",
     "expected a date, time or duration that exists, but found '2026-02-30'", ()),
    ("if a > 1 b else 2", 10, 1, "此处应为 then(if … then … else …),但写的是 b", "expected then (if … then … else …), but found b", ("then",)),
    ("if a > 1 then b", 16, 1, "此处应为 else(if … then … else …),但表达式到此结束",
     "expected else (if … then … else …), but the expression ends here", ("else",)),
    ("if a > 1 { b }", 10, 1, "if 的写法为 if 条件 then 值 else 值,不用大括号",
     "expected if condition then value else value, without braces", ("then",)),
    ("if a then 1 elseif b then 2 else 3", 13, 6, "应写作 else if,而不是 elseif", "expected else if instead of elseif", ("else if",)),
    ("for x in a x + 1", 12, 1, "此处应为 return(for … in … return …),但写的是 x",
     "expected return (for … in … return …), but found x", ("return",)),
    ("some x in a", 12, 1, "此处应为 satisfies(some … in … satisfies …),但表达式到此结束",
     "expected satisfies (some … in … satisfies …), but the expression ends here", ("satisfies",)),
    ("price > 1,5", 10, 1, "小数点写作 .,应写作 1.5", "expected a point in a decimal: 1.5", ("1.5",)),
    ("price > 10,000", 11, 1, "数字中不写千位分隔符,应写作 10000", "expected a number without separators: 10000", ("10000",)),
    ("price > 1.000.000", 14, 4, "数字中不写千位分隔符,应写作 1000000", "expected a number without separators: 1000000", ("1000000",)),
    ("price > 10 000", 12, 3, "数字中不写千位分隔符,应写作 10000", "expected a number without separators: 10000", ("10000",)),
    ("price 100", 7, 3, "price 和 100 之间缺少运算符,如 +、= 或 and",
     "expected an operator such as +, = or and between price and 100", ()),
    ("a is null", 3, 2, "判断写作 =,如 a = null", "expected = instead of the word is, such as a = null", ("=",)),
    ("a is not null", 3, 2, "判断写作 !=,如 a != null", "expected != instead of the word is, such as a != null", ("!=",)),
    ("not a", 5, 1, "“非”要加括号:not(a)", "expected brackets after not: not(a)", ("(",)),
    ('name contains "x"', 6, 8, 'contains 是函数,写作 contains(name, "x")', 'contains is a function: expected contains(name, "x")', ("contains(",)),
    ('name starts with "x"', 6, 6, 'starts with 是函数,写作 starts with(name, "x")',
     'starts with is a function: expected starts with(name, "x")', ("starts with(",)),
    ("price > 5 %", 11, 1, "百分数写作小数,如 5% 写作 0.05;取余写作 modulo(a, b)",
     "expected a decimal, such as 0.05 for 5%, or modulo(a, b) for a remainder", ()),
    ("price +", 8, 1, "+ 后面缺少一个值", "expected a value after +", ()),
    ("a and", 6, 1, "and 后面缺少一个值", "expected a value after and", ()),
    ("a in 1..5", 7, 2, "区间要加括号,如 [1..5]", "expected brackets around a range, such as [1..5]", ("[1..5]",)),
    ("customer.", 9, 1, ". 后面缺少名称", "expected a name after .", ()),
    ("1 + * 2", 5, 1, "此处应为一个值、名称或括号,但写的是 *", "expected a value, a name or a bracket, but found *", ()),
    ("then = 1", 1, 4, "此处应为一个值或名称,但 then 是 FEEL 的关键字", "expected a value or a name, but found then, a word of FEEL", ()),
    ("a;", 2, 1, "表达式中不用分号;各项之间用半角逗号", "expected no semicolon: commas stand between items", ()),
    ("", 1, 1, "表达式是空的,应为一个值或条件", "expected a value or a condition, but the expression is empty", ()),
    ("{a: 1, a: 2}", 8, 1, "名称 a 重复,各项的名称应不同", "expected different names, but a repeats", ()),
    ("1 instance of text", 15, 4, "此处应为类型名称,如 number,但写的是 text", "expected the name of a type, such as number, but found text", None),
    ("a /* why", 3, 2, "注释缺少结尾的 */", "expected a closing */ of the comment", ("*/",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "column", "length", "zh", "en", "expected"),
    UNREADABLE,
    ids=[row[0] for row in UNREADABLE],
)
def test_what_cannot_be_read_says_what_to_write(
    source: str, column: int, length: int, zh: str, en: str, expected: tuple[str, ...] | None
) -> None:
    with pytest.raises(feel.FeelError) as told:
        feel.compile(source, NAMES)
    error = told.value
    assert (error.sentence.zh, error.sentence.en) == (zh, en)
    assert (error.line, error.column, error.length) == (1, column, length)
    assert error.text.zh == f"第 1 行第 {column} 列:{zh}"
    assert error.text.en == f"line 1, column {column}: {en}"
    assert expected is None or error.expected == expected
    (found,) = feel.check(source, NAMES)
    assert found.error
    assert (found.text, found.column, found.length) == (error.sentence, column, length)


VARIABLES = frozenset(
    {
        ("amount", NUMBER),
        ("name", STRING),
        ("due", Type("date")),
        ("ok", Type("boolean")),
        ("loan", Type("context", (("score", NUMBER), ("first name", STRING)))),
        ("rows", Type("list", (("", Type("context", (("key", STRING), ("n", NUMBER)))),))),
    }
)
MEANINGLESS = [
    ('amount > "10000"', 10, 7, 'amount 是数字,"10000" 是文本,比较没有结果;数字不加引号:10000',
     'amount is a number and "10000" is a text: expected two of one type; a number has no quotes: 10000'),
    ('"10000" < amount', 1, 7, 'amount 是数字,"10000" 是文本,比较没有结果;数字不加引号:10000',
     'amount is a number and "10000" is a text: expected two of one type; a number has no quotes: 10000'),
    ("name = 1", 8, 1, "name 是文本,1 是数字,比较没有结果", "name is a text and 1 is a number: expected two of one type"),
    ('due > "2026-01-01"', 7, 12, 'due 是日期,"2026-01-01" 是文本,比较没有结果;日期和时长写作 @"2026-01-01"',
     'due is a date and "2026-01-01" is a text: expected two of one type; a date or duration is written @"2026-01-01"'),
    ('amount in ("1", 2)', 12, 3, 'amount 是数字,"1" 是文本,比较没有结果;数字不加引号:1',
     'amount is a number and "1" is a text: expected two of one type; a number has no quotes: 1'),
    ('amount between 1 and "5"', 22, 3, 'amount 是数字,"5" 是文本,比较没有结果;数字不加引号:5',
     'amount is a number and "5" is a text: expected two of one type; a number has no quotes: 5'),
    ("name + amount", 8, 6, "文本不能加数字;要连接文本,写作 string(amount)",
     "a text and a number cannot be added; to join texts write string(amount)"),
    ("name * 2", 1, 4, "* 需要数字,name 是文本", "expected a number for *, but name is a text"),
    ('name = "a" or "b"', 15, 3, 'or 的两边应为真假值,"b" 是文本;几个值之一写作 name in ("a", "b")',
     'expected true or false on both sides of or, but "b" is a text; one of several values is written name in ("a", "b")'),
    ("amount and ok", 1, 6, "and 的两边应为真假值,amount 是数字",
     "expected true or false on both sides of and, but amount is a number"),
    ("if amount then 1 else 2", 4, 6, "if 的条件应为真假值,amount 是数字",
     "expected a condition after if, but amount is a number"),
    ("loan.frist name", 6, 5, "loan 没有 frist name,是否为 first name?", "loan has no frist name; did you mean first name?"),
    ("loan.x", 6, 1, "loan 没有 x,只有 score、first name", "loan has no x, only score, first name"),
    ("due.hours", 5, 5, "due 没有 hours,只有 year、month、day、weekday", "due has no hours, only year, month, day, weekday"),
    ('rows[kye = "a"]', 6, 3, "列表的项没有 kye,是否为 key?", "the items of the list have no kye; did you mean key?"),
    ('rows[n > "1"]', 10, 3, 'n 是数字,"1" 是文本,比较没有结果;数字不加引号:1',
     'n is a number and "1" is a text: expected two of one type; a number has no quotes: 1'),
    ('substring("abc")', 1, 9, "substring 的参数不符:应写作 substring(string, start position, length?)(带 ? 的可以不写)",
     "substring takes other arguments: expected substring(string, start position, length?) (what has a ? may be left out)"),
    ('substring(text: "abc", start position: 1)', 1, 9,
     "substring 没有名为 text 的参数;应写作 substring(string, start position, length?)(带 ? 的可以不写)",
     "substring has no parameter text; expected substring(string, start position, length?) (what has a ? may be left out)"),
    ('date("2026-02-30")', 6, 12, 'date 读不懂 "2026-02-30",应写作如 "2026-03-02"',
     'expected a text that date can read, such as "2026-03-02", but found "2026-02-30"'),
    ("due(1)", 1, 3, "due 在此是日期,不能调用", "expected a function before the brackets, but due is a date here"),
    ("not(amount)", 5, 6, "not 应用于真假值,amount 是数字", "expected true or false in not(…), but amount is a number"),
    ('duration("3 days")', 10, 8, 'duration 读不懂 "3 days",应写作如 "P3D"',
     'expected a text that duration can read, such as "P3D", but found "3 days"'),
]  # fmt: skip


@pytest.mark.parametrize(("source", "column", "length", "zh", "en"), MEANINGLESS, ids=[row[0] for row in MEANINGLESS])
def test_what_cannot_be_meant_is_found_before_it_runs(source: str, column: int, length: int, zh: str, en: str) -> None:
    (found,) = feel.check(source, variables=VARIABLES)
    assert (found.text.zh, found.text.en) == (zh, en)
    assert (found.line, found.column, found.length, found.error) == (1, column, length, False)


SENSIBLE = [
    'amount > 10000 and name = "a" or not(ok)',
    "amount = null or name != null",
    "if ok then 1 else null",
    'due + duration("P1D") > date("2026-01-01")',
    'rows[key = "a" and n > 1].n[1] + 1',
    "rows[item.n = 1].key",
    "for r in rows return r.key + string(r.n)",
    'loan.first name in ("a", "b")',
    "amount in ([1..5], > 10, null)",
    "sort(rows, function(x, y) x.n < y.n)[1].key",
    "{a: amount, b: a + 1}.b * 2",
    'number("1,000", ",", ".") + amount',
    "-amount ** 2 / 3",
    'due - @"2026-01-01" > @"P1D"',
    "amount > 1 = true",
    "max(1, 2) + min([amount])",
    "loan[score > 1]",
]


@pytest.mark.parametrize("source", SENSIBLE)
def test_what_can_be_meant_is_not_complained_of(source: str) -> None:
    assert feel.check(source, variables=VARIABLES) == ()


def test_a_cell_is_compared_with_what_it_tests() -> None:
    known = frozenset({("?", NUMBER)})
    (found,) = feel.check('"A", 5, > 3', variables=known, unary=True)
    assert (found.column, found.text.zh) == (1, '? 是数字,"A" 是文本,比较没有结果')
    assert feel.check("[1..5], not(? = 3), null", variables=known, unary=True) == ()


CELLS = [
    # type, cell, column, Chinese, English
    ("number", "1-5", 1, "1 - 5 是减法;区间写作 [1..5]", "expected a range such as [1..5], but 1 - 5 is a difference"),
    ("number", "1,000", 3, '数字 000 以 0 开头:千位不写分隔符,如 1000;日期写作 @"2026-03-02"',
     'expected no number that begins with 0, but found 000: thousands are written 1000, dates @"2026-03-02"'),
    ("number", "count", 1, "count 是函数:应写括号,文本请加双引号,什么都可以写作 -",
     "expected a condition, but count is a function: brackets follow it, text needs quotes, anything is written -"),
    ("string", '"a" or "b"', 1, '几个值之一写作 "a", "b"', 'expected commas between values of which one may match: "a", "b"'),
    ("string", 'not("a"), "b"', 5, 'not 应用于真假值,"a" 是文本', 'expected true or false in not(…), but "a" is a text'),
    ("string", 'contains("a")', 1, "contains 的参数不符:应写作 contains(string, match)",
     "contains takes other arguments: expected contains(string, match)"),
    ("date", "> 2026-3-2", 3, "? 是日期,2026 - 3 - 2 是数字,比较没有结果",
     "? is a date and 2026 - 3 - 2 is a number: expected two of one type"),
]  # fmt: skip
FINE_CELLS = [
    ("number", "?-1 > 5, 5-1"),
    ("number", "not(1, 2)"),
    ("number", "0, 0.5, 10, 100"),
    ("boolean", "not(true), ? or false"),
    ("date", "< today()"),
    ("string", 'starts with(?, "a") or ? = "b"'),
]


@pytest.mark.parametrize(("kind", "cell", "column", "zh", "en"), CELLS, ids=[row[1] for row in CELLS])
def test_a_cell_that_never_says_what_is_meant_is_told(kind: str, cell: str, column: int, zh: str, en: str) -> None:
    found = feel.check(cell, variables=frozenset({("?", Type(kind))}), unary=True)
    assert (found[0].column, found[0].text.zh, found[0].text.en) == (column, zh, en)


@pytest.mark.parametrize(("kind", "cell"), FINE_CELLS)
def test_a_cell_that_says_what_is_meant_is_not_told(kind: str, cell: str) -> None:
    assert feel.check(cell, variables=frozenset({("?", Type(kind))}), unary=True) == ()


def test_a_variable_that_hides_a_function_is_told_where_it_is_called() -> None:
    (found,) = feel.check("count(count) > 1", variables=frozenset({("count", NUMBER)}))
    assert found.text.zh == "count 在此是数字,不能调用:变量遮住了同名的函数,请改名"
    assert found.text.en.endswith("a variable hides the function; give it another name")


def test_several_mistakes_are_told_in_the_order_of_places() -> None:
    source = 'amount = "1" and\n  loan.scor > 1'
    found = feel.check(source, variables=VARIABLES)
    assert [(one.line, one.column, one.found, one.expected) for one in found] == [
        (1, 10, '"1"', ("1",)),
        (2, 8, "scor", ("score",)),
    ]


def test_an_expression_tells_which_functions_it_uses() -> None:
    found = feel.compile("count(a) + twice(b) + sum([1])", frozenset("ab"), frozenset({"twice"}))
    assert found.functions == {"count", "twice", "sum"}
    assert found.names == {"a", "b"}


def test_an_error_on_a_later_line_has_its_place_there() -> None:
    with pytest.raises(feel.FeelError) as told:
        feel.compile("a +\n  custmer", NAMES)
    assert (told.value.line, told.value.column, told.value.length, told.value.found) == (2, 3, 7, "custmer")


WIDE = "{" + ",".join(f"k{n}: 1" for n in range(900)) + "}"
MISTAKEN = {
    "many names that are nearly there": "{w: " + WIDE + ", r: [" + ",".join(f"w.j{n}" for n in range(900)) + "]}",
    "a long side of many comparisons": "(" + "+".join(["1"] * 4_000) + ")" + ' = "a"' * 1_000,
    "many brackets": "[" * 20 + "1" + "]" * 19,
    "many texts that are no numbers": "[" + ",".join(['1 > "1"'] * 1_500) + "]",
}


@pytest.mark.parametrize("source", MISTAKEN.values(), ids=MISTAKEN)
def test_many_mistakes_are_told_up_to_a_number(source: str) -> None:
    assert 1 <= len(feel.check(source)) <= 50
