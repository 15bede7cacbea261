"""Every form of every built-in, called with anything: it yields what can be stored, or tells what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from engine import feel
from engine.encoding import encode
from engine.feel.functions import FUNCTIONS
from engine.feel.functions.registry import Function
from engine.value import Value, number
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
