"""Every form of every built-in, called with anything: it yields what can be stored, or tells what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import feel
from engine.encoding import encode
from engine.feel.functions import FUNCTIONS
from engine.feel.functions.registry import Function
from engine.value import Context, Value, number
from tests.engine.value_strategies import DATE_TIMES, DATES, DAYS, MONTHS, NUMBERS, RANGES, TEXTS, TIMES, VALUES

FORMS = [form for forms in FUNCTIONS.values() for form in forms]
LIKELY = st.one_of(
    NUMBERS,
    st.integers(-3, 3).map(number),
    TEXTS,
    st.sampled_from(("[1..2]", "a|b", "(a)*", "[a-[b]]", "$1", "i", "2026-03-02", "P1D", "1,5", "Asia/Shanghai", "[")),
    DATES,
    TIMES,
    DATE_TIMES,
    DAYS,
    MONTHS,
    RANGES,
    st.lists(NUMBERS, max_size=4).map(tuple),
    st.lists(VALUES, max_size=4).map(tuple),
    VALUES,
)


@given(st.sampled_from(FORMS), st.lists(LIKELY, max_size=5), st.booleans())
def test_no_call_of_a_built_in_fails_in_another_way_than_told(form: Function, values: list[Value], named: bool) -> None:
    scope = {f"v{place}": value for place, value in enumerate(values)}
    names = [f"{name}: " for name in form.parameters] if named else [""] * len(values)
    source = f"{form.name}({', '.join(name + value for name, value in zip(names, scope, strict=False))})"
    found = tried(partial(feel.evaluate, source, scope))
    assert isinstance(found, feel.FeelError | bytes)


@given(st.sampled_from(FORMS), st.lists(LIKELY, max_size=4), st.sampled_from(["true", "a < b", "a", "b", "null"]))
def test_no_call_with_a_function_fails_in_another_way_than_told(form: Function, values: list[Value], body: str) -> None:
    scope: dict[str, Value] = {f"v{place}": value for place, value in enumerate(values)}
    source = f"{form.name}({', '.join([*scope, f'function(a, b) {body}'])})"
    found = tried(partial(feel.evaluate, source, scope))
    assert isinstance(found, feel.FeelError | bytes)


def tried(run: Callable[[], Value]) -> feel.FeelError | bytes:
    """What is told, or what the value would be stored as."""
    try:
        return encode(run())
    except feel.FeelError as error:
        return error


GROWING = [
    *(f"{name}(t)" for name in ("upper case", "lower case", "trim", "string length", "number")),
    *(f'{name}(t, "b")' for name in ("contains", "substring before", "substring after", "starts with", "split")),
    *('matches(t, "b")', 'replace(t, "b", "")', "string([t])", "string join([t, t])", "range(t)"),
    *(f"{name}(n)" for name in ("min", "max", "sum", "mean", "median", "stddev", "mode", "product", "count")),
    *(f"{name}(n)" for name in ("distinct values", "duplicate values", "flatten", "reverse", "sort", "all", "any")),
    *(f"{name}(n, 1)" for name in ("list contains", "index of", "append", "concatenate", "union", "remove", "sublist")),
    *("insert before(n, 1, 1)", "list replace(n, 1, 1)", "list replace(n, function(a, b) true, 1)"),
    *("count(get entries(c))", "context(e)", "context merge([c])", 'context put(c, "a", 1)', 'get value(c, "a")'),
]


@pytest.mark.parametrize("source", GROWING)
def test_what_grows_with_its_input_costs_more_steps_for_more(source: str) -> None:
    assert steps(source, 20_000) - steps(source, 200) > 100


def steps(source: str, size: int) -> int:
    numbers = tuple(map(number, range(size)))
    entries = tuple(Context({"key": str(place), "value": value}) for place, value in enumerate(numbers))
    scope: dict[str, Value] = {"t": "a" * size * 10, "n": numbers, "e": entries}
    scope["c"] = Context((str(place), value) for place, value in enumerate(numbers))
    budget = feel.Budget()
    feel.compile(source, frozenset(scope)).evaluate(scope, budget=budget)
    return feel.Budget().steps - budget.steps


def test_each_other_pattern_costs_once_what_it_takes_to_read_it() -> None:
    one = steps('for i in 1..50 return matches("a", "[a-z-[b]]")', 1)
    assert steps('for i in 1..10 return matches("a", "[a-z-[" + string(i) + "]]")', 1) > 9 * one
    with pytest.raises(feel.FeelError, match="fewer steps"):
        steps('for i in 1..50 return matches("a", "[a-z-[" + string(i) + "]]")', 1)
