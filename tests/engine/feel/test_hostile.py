"""Sources and values made to break things: a sentence within the budget, never a crash, never Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import encoding, feel
from engine.feel.budget import Budget
from engine.value import Context, Personal, Value, number
from tests.engine.value_strategies import VALUES

A_STEP = 60
"""Calls of Python functions, ours and built in, that one step of the budget may take."""
FEW = 100_000
"""A budget that is soon used up."""
SCOPE: dict[str, Value] = {
    "a": number(1),
    "list": tuple(number(n) for n in range(20)),
    "rows": tuple(Context({"name": str(n), "n": number(n)}) for n in range(20)),
    "text": "知行合一",
    "nothing": None,
    "单价": number("2.5"),
}
NAMES = frozenset(SCOPE)


def outcome(source: str, scope: dict[str, Value] | None = None) -> Value | feel.FeelError:
    """The value or the error."""
    found = SCOPE if scope is None else scope
    try:
        return feel.compile(source, frozenset(found)).evaluate(found)
    except feel.FeelError as error:
        return error


class TooMuchWork(BaseException):
    """More calls than allowed: no `except Exception` on the way may swallow it."""


@contextmanager
def counted(most: int) -> Iterator[None]:
    """Count calls of functions, and stop what takes too many: the machine's speed has no say."""
    left = most

    def watch(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal left
        if event in ("call", "c_call"):
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise TooMuchWork(f"expected at most {most} calls")

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)


def test_work_beyond_its_count_is_stopped() -> None:
    with pytest.raises(TooMuchWork), counted(1_000):
        feel.evaluate("count(for a in 1..1000 return a * a)")


def refusal(source: str, scope: dict[str, Value] | None = None) -> feel.FeelError:
    """The error, which has a sentence in both languages."""
    found = outcome(source, scope)
    assert isinstance(found, feel.FeelError)
    assert found.text.zh
    assert found.text.en
    return found


DEEP = {
    "parentheses": "(" * 9_000,
    "closed parentheses": "(" * 4_000 + "1" + ")" * 4_000,
    "lists": "[" * 9_000,
    "contexts": "{a:" * 3_000,
    "not": "not(" * 2_000 + "true" + ")" * 2_000,
    "minus": "-" * 9_000 + "1",
    "tests in parentheses": "(<" * 4_500,
    "tests in lists": "[<" * 4_500,
    "tests in calls": "count(<" * 1_200,
    "if in if": "if if " * 1_500,
    "then if": "if true then " * 700,
    "for in for": "for i in " * 1_000,
    "for return for": "for i in [1] return " * 400,
    "functions": "function(x) " * 700,
    "types": "1 instance of " + "list<" * 1_900,
    "context types": "1 instance of " + "context<a:" * 900,
    "filters in filters": "list[" * 1_900,
    "filters in a row": "list" + "[1]" * 3_000,
    "paths": "a" + ".a" * 4_500,
    "calls in a row": "count" + "(1)" * 3_000,
    "instance of in a row": "1" + " instance of number" * 500,
    "in in a row": "1" + " in (1)" * 1_300,
    "between in a row": "1" + " between 1 and 2" * 600,
    "in within in": "1 in (" * 1_600,
    "iteration names": "for " + ",".join(f"x{n} in [1]" for n in range(900)) + " return 1",
    "too long": "1+" * 10_001 + "1",
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_refused_with_a_sentence(source: str) -> None:
    assert refusal(source).text.en != "expected an expression with less nesting"


LONG = {
    "sum": ("+".join(["1"] * 5_000), number(5_000)),
    "sum of products": ("+".join(["1*2"] * 2_500), number(5_000)),
    "difference": ("-".join(["1"] * 5_000), number(-4_998)),
    "powers": ("**".join(["1"] * 3_000), number(1)),
    "comparisons": ("=".join(["true"] * 3_001), True),
    "and": (" and ".join(["true"] * 2_000), True),
    "or": (" or ".join(["false"] * 2_000), False),
    "and of nulls": (" and ".join(["true"] * 1_000 + ["null"]), None),
    "else if": ("if false then 1 else " * 900 + "2", number(2)),
    "text": ("+".join(['"a"'] * 4_000), "a" * 4_000),
    "list": ("count([" + ",".join(["1"] * 5_000) + "])", number(5_000)),
    "context": ("{a0: 1, " + ",".join(f"a{n}: a{n - 1}" for n in range(1, 1_400)) + "}.a1399", number(1)),
    "arguments": ("sum(" + ",".join(["1"] * 5_000) + ")", number(5_000)),
    "tests": ("1 in (" + ",".join(["2"] * 5_000) + ")", False),
    "ranges within in": ("1 in (" * 15 + "1" + "..2)" * 15, None),
    "31 levels": ("(" * 31 + "1" + ")" * 31, number(1)),
}


@pytest.mark.parametrize(("source", "expected"), LONG.values(), ids=LONG)
def test_long_chains_are_evaluated(source: str, expected: Value) -> None:
    assert outcome(source) == expected


def test_the_outcome_does_not_depend_on_how_deep_the_caller_stands() -> None:
    nested = "(1 + 2 * -" * 20 + "1" + ")" * 20
    recursive = "{f: function(g, n) if n = 0 then 0 else 1 + g(g, n - 1), r: f(f, %d)}.r"
    sources = [nested, recursive % 20, recursive % 60, "(" * 40, "not(" * 31 + "true" + ")" * 31]

    def all_of_them(depth: int) -> list[str]:
        return all_of_them(depth - 1) if depth else [repr(outcome(source)) for source in sources]

    cache_free = [repr(outcome(source)) for source in sources]
    assert all_of_them(sys.getrecursionlimit() // 3) == cache_free


HUGE_TEXT = "a" * 900_000
EXPLOSIONS = {
    "text doubled": "{" + "t0: text," + ",".join(f"t{n}: t{n - 1} + t{n - 1}" for n in range(1, 30)) + "}.t29",
    "list doubled": "{"
    + "t0: list,"
    + ",".join(f"t{n}: concatenate(t{n - 1}, t{n - 1})" for n in range(1, 30))
    + "}.t29",
    "shared lists": "{" + "t0: list," + ",".join(f"t{n}: [t{n - 1}, t{n - 1}]" for n in range(1, 40)) + "}.t39",
    "shared lists as text": "string({"
    + "t0: list,"
    + ",".join(f"t{n}: [t{n - 1}, t{n - 1}]" for n in range(1, 40))
    + "}.t39)",
    "shared lists flattened": "count(flatten({"
    + "t0: list,"
    + ",".join(f"t{n}: [t{n - 1}, t{n - 1}]" for n in range(1, 40))
    + "}.t39))",
    "shared lists compared": "{"
    + "t0: list, u0: list,"
    + ",".join(f"t{n}: [t{n - 1}, t{n - 1}], u{n}: [u{n - 1}, u{n - 1}]" for n in range(1, 30))
    + ", r: t29 = u29}.r",
    "shared lists of a type": "{t0: list,"
    + ",".join(f"t{n}: [t{n - 1}, t{n - 1}]" for n in range(1, 29))
    + f", r: t28 instance of {'list<' * 29}Any{'>' * 29}}}.r",
    "shared lists as arguments": "{t0: list,"
    + ",".join(f"t{n}: [t{n - 1}, t{n - 1}]" for n in range(1, 28))
    + f", f: function(x: {'list<' * 28}Any{'>' * 28}) 1, r: f(t27)}}.r",
    "a type again and again": "count((for i in 1..50000 return i)[(for j in 1..50000 return j) instance of list<number>])",
    "shared contexts": "{"
    + "t0: {a: 1},"
    + ",".join(f"t{n}: {{a: t{n - 1}, b: t{n - 1}}}" for n in range(1, 40))
    + "}.t39",
    "joined": "string join(for i in 1..1000 return huge)",
    "shown": "string(for i in 1..1000 return huge)",
    "kept": "for i in 1..1000 return huge",
    "counted": "for i in 1..1e9 return 1",
    "counted far": "for i in 1..1e6000 return 1",
    "nested": "for i in 1..1000, j in 1..1000, k in 1..1000 return 1",
    "nested quantifiers": "some i in 1..5000 satisfies some j in 1..5000 satisfies false",
    "deep results": "for i in 1..200 return [partial]",
    "replaced": 'replace(huge, "a", huge)',
    "replaced by groups": 'replace(huge, "(a)", "$1$1$1$1")',
    "recursion": "{f: function(g) g(g), r: f(f)}.r",
    "recursion that doubles": "{f: function(g, n) if n = 0 then 1 else g(g, n - 1) + g(g, n - 1), r: f(f, 50)}.r",
    "long bodies": "count(for i in 1..100000 return " + "+".join(["1"] * 2_000) + ")",
    "long conditions": "count((for i in 1..90000 return i)[" + " and ".join(["item > 0"] * 500) + "])",
    "duplicates": "count(duplicate values(for i in 1..90000 return [i]))",
    "search again and again": 'count(for i in 1..100000 return contains(huge, "b"))',
    "match again and again": 'count(for i in 1..100000 return matches(huge, "(a|b|aa)*c"))',
    "compared again and again": "count(for i in 1..100000 return huge = other)",
    "sorted again and again": "count(for i in 1..1000 return sort(for j in 1..10000 return -j))",
    "growing": "for i in 1..100000 return insert before(partial, 1, i)",
}


@pytest.mark.parametrize("source", EXPLOSIONS.values(), ids=EXPLOSIONS)
def test_what_would_grow_without_bound_meets_the_budget(source: str) -> None:
    scope: dict[str, Value] = {**SCOPE, "huge": HUGE_TEXT, "other": HUGE_TEXT[:-1] + "b"}
    compiled = feel.compile(source, frozenset(scope))
    with counted(FEW * A_STEP), pytest.raises(feel.FeelError) as told:
        compiled.evaluate(scope, budget=Budget(FEW))
    assert told.value.text.zh != told.value.text.en


BOUNDED = {
    "distinct": ("count(distinct values(for i in 1..50000 return i))", number(50_000)),
    "duplicates": ("count(duplicate values(for i in 1..50000 return 1))", number(1)),
    "mode": ("count(mode(for i in 1..50000 return i))", number(50_000)),
    "sort": ("sort(for i in 1..50000 return -i)[1]", number(-50_000)),
    "power": ("10 ** 6000", number("1e6000")),
    "root": ("sqrt(1e6000)", number("1e3000")),
    "exponential": ("exp(1e6000)", None),
    "logarithm": ("log(0)", None),
    "modulo": ("modulo(1e6000, 7e-6000)", number("1e-6000")),
    "rounded far": ("round up(1.5, 6000)", number("1.5")),
    "rounded away": ("round up(1.5, -6000)", number("1e6000")),
    "split": ('count(split(string join(for i in 1..50000 return "a", ","), ","))', number(50_000)),
    "years": ('date("2026-01-01") + duration("P1Y") * 1e6000', None),
    "hours": ("time(1e6000, 1e6000, 1e6000)", None),
    "index": ("list[1e6000]", None),
    "part": ("substring(text, 1, 1e6000)", "知行合一"),
}


@pytest.mark.parametrize(("source", "expected"), BOUNDED.values(), ids=BOUNDED)
def test_large_but_bounded_work_is_done(source: str, expected: Value) -> None:
    assert outcome(source) == expected


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(a|a)*b", "(.*)*b", "(a?){100}b", "^(a+)+$b"], ids=str)
def test_a_pattern_takes_linear_time(pattern: str) -> None:
    for size in (10_000, 500_000):
        assert outcome("matches(x, p)", {"x": "a" * size, "p": pattern}) is False


@pytest.mark.parametrize("pattern", ["(a*)\\\\1", "(?=a)", "(?<!a)b", "a{2000}", "(?P<n>a)(?P=n)"])
def test_a_pattern_that_the_linear_matcher_cannot_run_is_refused(pattern: str) -> None:
    told = refusal(f'matches("aa", "{pattern}")')
    assert "正则表达式" in told.text.zh
    assert "regular expression" in told.text.en


@pytest.mark.parametrize(
    "source",
    [
        "__import__",
        '__import__("os")',
        "a.__class__",
        "a.__class__.__mro__",
        'text.format("a")',
        "text.upper()",
        "list.append(1)",
        "list.__len__()",
        "rows[1].keys",
        "rows[1].items()",
        "rows.__class__",
        "count.__globals__",
        "(function(x) x).__code__",
        "{f: function(x) x}.f.__closure__",
        'open("/etc/passwd")',
        'eval("1")',
        'exec("1")',
        "lambda: 1",
        "globals()",
        "print(1)",
        'get value(rows[1], "__class__")',
        'get value(rows[1], "keys")',
        "[1][__class__ = 1]",
        "rows[__init__]",
        "rows[item.__class__]",
        "a.real",
        "a.as_tuple",
        '@"2026-01-01".__class__',
        '@"2026-01-01".ordinal',
        "for __class__ in [1] return __class__.mro",
        "None",
        "True",
        "self",
        "frame",
        "budget",
    ],
)
def test_nothing_reaches_python(source: str) -> None:
    found = outcome(source)
    nothing = found is None or (isinstance(found, tuple) and set(found) <= {None})
    assert nothing or isinstance(found, feel.FeelError)


def test_a_name_of_python_is_only_a_name() -> None:
    scope: dict[str, Value] = {"__class__": number(1), "len": number(2), "typename": Context({"__dict__": "x"})}
    assert outcome("__class__ + len", scope) == number(3)
    assert outcome("typename.__dict__", scope) == "x"
    assert outcome("{__init__: 1, constructor: __init__ + 1}.constructor", scope) == number(2)


FRAGMENTS = st.sampled_from(
    (
        *"()[]{},:.+-*/<>=\"@?'& \n",
        *("a", "list", "rows", "text", "单价", "nothing", "item", "name", "n", "x", "partial"),
        *("1", "0.5", "-3", "1e30", '"a"', "true", "false", "null", '@"2026-03-02"', '@"P1D"', "[1..3]", "(1..3]"),
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "not(", "between"),
        *("instance of", "number", "function(x)", "..", "**", "!=", "<=", ">="),
        *(f"{name}(" for name in sorted(feel.BUILT_IN)),
    )
)
SEEDS = st.sampled_from(
    (
        'for x in rows return {n: x.n * 2, name: upper case(x.name) + "!"}',
        "if count(list[item > 3]) > 2 and some x in list satisfies x = 5 then sum(list) else -1",
        'sort(rows, function(p, q) p.n > q.n)[1].name + string(@"2026-03-02" + @"P1D")',
        "a in ([1..3], > 5, list) or not(text = null) and a between 0 and 2",
        '{f: function(x: number) x ** 2, r: f(a) / 3, "s t": substring(text, 2, 1)}.s t',
        'replace("abc", "(b)", "[$1]") = "a[b]c" and matches(text, "^知") and split("a,b", ",")[2] = "b"',
    )
)


def mutated(seed: str, cuts: list[tuple[int, int]], pieces: list[str]) -> str:
    """A source with some parts replaced by fragments."""
    for (start, length), piece in zip(cuts, pieces, strict=False):
        at = start % (len(seed) + 1)
        seed = seed[:at] + piece + seed[at + length :]
    return seed


MUTANTS = st.builds(
    mutated,
    SEEDS,
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6)), min_size=1, max_size=8),
    st.lists(FRAGMENTS, min_size=8, max_size=8),
)
SOURCES = st.one_of(
    MUTANTS,
    st.lists(FRAGMENTS, max_size=40).map(" ".join),
    st.lists(FRAGMENTS, max_size=12).map("".join),
    st.text(max_size=60),
    st.builds(lambda piece, times: (piece * times)[:10_000], st.text(max_size=6), st.integers(1, 3_000)),
    st.builds(lambda piece, times: (f"{piece} " * times)[:10_000], FRAGMENTS, st.integers(1, 3_000)),
)


def survives(source: str) -> None:
    for names in (NAMES, frozenset[str]()):
        try:
            expression = feel.compile(source, names)
        except feel.FeelError:
            continue
        budget = Budget(20_000)
        try:
            found = expression.evaluate(SCOPE, budget=budget)
        except feel.FeelError:
            continue
        assert encoding.decode(encoding.encode(found)) == found


@given(SOURCES)
@settings(max_examples=600, deadline=None)
@example("some some some -")
@example("{a -")
@example("for x")
@example("count(a b")
@example("{a: function(x) x}.a")
@example("[function(x) x]")
@example("sort([1, 2], count)")
@example("list replace([1], function(x) x, 2)")
@example("-1234567890123456789012345678901234")
@example('"\ud800"')
@example("get value({a: 1}, [[[1]]])")
def test_any_source_yields_a_value_or_a_sentence(source: str) -> None:
    survives(source)


@pytest.mark.soak
@given(SOURCES)
@settings(max_examples=100_000, deadline=None)
def test_any_source_yields_a_value_or_a_sentence_at_length(source: str) -> None:
    survives(source)


CALLS = st.builds(
    lambda name, count: f"{name}({', '.join(f'x{place}' for place in range(count))})",
    st.sampled_from(sorted(feel.BUILT_IN)),
    st.integers(0, 4),
)


@given(CALLS, st.lists(VALUES, min_size=4, max_size=4))
@settings(max_examples=600, deadline=None)
@example("get value()", [None] * 4)
@example("abs(x0)", [number("1234567890123456789012345678901234")] * 4)
@example("stddev(x0, x1)", [number("9.99E6144")] * 4)
def test_a_built_in_takes_any_values(call: str, values: list[Value]) -> None:
    scope = {f"x{place}": value for place, value in enumerate(values)}
    try:
        found = feel.compile(call, frozenset(scope)).evaluate(scope)
    except feel.FeelError:
        return
    assert encoding.decode(encoding.encode(found)) == found


@given(st.sampled_from(("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in")), VALUES, VALUES)
@settings(max_examples=400)
def test_an_operator_takes_any_values(sign: str, one: Value, other: Value) -> None:
    try:
        found = feel.evaluate(f"a {sign} b", {"a": one, "b": other})
    except feel.FeelError:
        return
    assert encoding.decode(encoding.encode(found)) == found


@given(st.text(max_size=200))
def test_a_text_with_numbers_is_never_calculated_in_the_precision_of_the_thread(text: str) -> None:
    from decimal import localcontext

    digits = "".join(sign for sign in text if sign in "0123456789")[:34] or "1"
    source = f"abs(-{digits}.5) + 0 * stddev(1, {digits}) - -{digits}"
    with localcontext(prec=5):
        narrow = outcome(source)
    assert narrow == outcome(source)


PERSONAL = Personal("r1", True, "ab" * 32)


@pytest.mark.parametrize(
    "source",
    [
        'p = "x"',
        "p != null or true",
        "p < 1",
        "p + 1",
        "string(p)",
        "string([p])",
        "string({a: p})",
        "count(p)",
        "is defined(p)",
        "string length(p)",
        "p.reference",
        "p.digest",
        "[p] = [p]",
        "p in [1..2]",
        "p between 1 and 2",
        "distinct values([p, p])",
        "list contains([p], 1)",
        "sort([p, p])",
        "-p",
    ],
)
def test_personal_data_never_enters_a_rule(source: str) -> None:
    assert "个人信息" in refusal(source, {"p": PERSONAL}).text.zh


def test_a_reference_to_personal_data_may_be_handed_on() -> None:
    assert outcome("{contact: p}", {"p": PERSONAL}) == Context({"contact": PERSONAL})


def test_a_function_of_the_host_is_given_what_it_declares() -> None:
    host = {"twice": feel.HostFunction(("what", "by"), lambda what, by: (what, by))}
    functions = frozenset(host)

    def run(source: str) -> Value:
        return feel.compile(source, frozenset({"p"}), functions).evaluate({"p": PERSONAL}, functions=host)

    assert run("twice(1, 2)") == (number(1), number(2))
    assert run("twice(by: 1, what: 2)") == (number(2), number(1))
    for source in ("twice(1)", "twice()", "twice(1, 2, 3)", "twice(what: 1)", "twice(a: 1, b: 2)"):
        with pytest.raises(feel.FeelError, match="expected twice to be given what, by"):
            run(source)
    with pytest.raises(feel.FeelError, match="personal"):
        run("twice(p, 1)")
