"""What is written reads well, and reading it gives the same again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from engine import feel
from engine.feel.printer import write, write_type, write_value
from engine.value import Context, Person, Range, Value, number
from tests.engine.feel.test_language import NAMES, SCOPED, TABLES, UNARY
from tests.engine.value_strategies import DATE_TIMES, DATES, DAYS, NUMBERS, TEXTS, TIMES

SOURCES = [source for source, _ in TABLES + SCOPED]


@pytest.mark.parametrize("source", SOURCES)
def test_every_form_of_the_language_is_written_and_read_again(source: str) -> None:
    names = frozenset(NAMES)
    tree = feel.compile(source, names).tree
    assert feel.compile(write(tree, names), names).tree == tree


@pytest.mark.parametrize("source", [source for source, _, _ in UNARY] + ["not(true), 1", "not(1) or ? = 2"])
def test_a_cell_is_written_and_read_again(source: str) -> None:
    tree = feel.compile_unary(source).tree
    assert feel.compile_unary(write(tree)).tree == tree


WRITTEN = [
    ("(1+2)*3", "(1 + 2) * 3"),
    ("1+(2*3)", "1 + 2 * 3"),
    ("((a))", "a"),
    ("1 - (2 - 3)", "1 - (2 - 3)"),
    ("a  and(b or c)", "a and (b or c)"),
    ("if a then b else if b then c else d", "if a then b else if b then c else d"),
    ("if a then b else (if b then c else d)", "if a then b else (if b then c else d)"),
    ('{"a":1,"b c":2, "d-e": 3}', '{a: 1, b c: 2, "d-e": 3}'),
    ("for x in[1,2],y in 1..x return x+y", "for x in [1, 2], y in 1..x return x + y"),
    ("a in <5", "a in (< 5)"),
    ("]1..5[", "(1..5)"),
    ("count(a)[1].b", "count(a)[1].b"),
    ("function(x:list<number>,y)x", "function(x: list<number>, y) x"),
    ("substring( string:a,start position:2)", "substring(string: a, start position: 2)"),
    ("1e2 + 1.50", "100 + 1.5"),
    ('"a\\u000a"', '"a\\n"'),
    ("a instance of context<a:number,b:function<string>->Any>", "a instance of context<a: number, b: function<string> -> Any>"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), WRITTEN)
def test_a_source_is_written_in_one_way(source: str, expected: str) -> None:
    names = frozenset("abcd")
    assert write(feel.compile(source, names).tree, names) == expected


def test_a_name_that_could_swallow_others_puts_them_in_brackets() -> None:
    names = frozenset({"a", "b"})
    tree = feel.compile("a - b", names).tree
    wide = frozenset({"a", "b", "a-b"})
    assert write(tree, names) == "a - b"
    assert feel.compile(write(tree, wide), wide).tree == tree


@settings(max_examples=200, deadline=None)
@given(NUMBERS | TEXTS | DATES | TIMES | DATE_TIMES | DAYS)
def test_a_value_is_written_as_what_yields_it(value: Value) -> None:
    assert feel.evaluate(write_value(value)) == value


SHOWN: list[tuple[Value, str]] = [
    (Context({"b c": (number(1), None), "1": "x"}), '{"1": "x", b c: [1, null]}'),
    (Range(None, number(3), False, True), "(<= 3)"),
    (Range(number(3), None, False, False), "(> 3)"),
    (Range(number(1), number(3), True, False), "[1..3)"),
    (Person("1.2.3"), "<person>"),
    (number("1e40"), "1E+40"),
]


@pytest.mark.parametrize(("value", "expected"), SHOWN, ids=[row[1] for row in SHOWN])
def test_a_value_of_parts_is_shown(value: Value, expected: str) -> None:
    assert write_value(value) == expected


def test_a_type_is_written_as_it_is_read() -> None:
    source = "1 instance of list<context<a: number, b c: range<date and time>>>"
    assert write_type(feel.compile(source).tree.type) == source.removeprefix("1 instance of ")  # type: ignore[union-attr]  # an InstanceOf
