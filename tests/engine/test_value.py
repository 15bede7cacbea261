"""Values: numbers as decimal128, contexts that never change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.value import Context, number


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-inf", "1E6145", "1_000", "", "one", "1,000", "0x10"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a"):
        number(text)


def test_a_number_is_rounded_half_even_to_34_digits() -> None:
    assert number("1" * 33 + "25") == Decimal("1" * 33 + "20")
    assert number("1" * 33 + "35") == Decimal("1" * 33 + "40")
    assert number("0.1") + number("0.2") == number("0.3")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_has_no_trailing_zeros_and_no_negative_zero(found: Decimal) -> None:
    made = number(found)
    digits = made.as_tuple().digits
    assert digits[-1] != 0 or made == 0
    assert str(number("-0.00")) == "0"
    assert number(made) == made


def test_a_context_never_changes() -> None:
    context = Context({"b": number(1), "a": None})
    for change in (
        lambda: context.__setitem__("c", None),
        lambda: context.__delitem__("a"),
        lambda: context.__ior__({"c": None}),
        lambda: context.clear(),
        lambda: context.pop("a"),
        lambda: context.popitem(),
        lambda: context.setdefault("c", None),
        lambda: context.update({"c": None}),
    ):
        with pytest.raises(TypeError, match="never changed"):
            change()
    assert context == Context({"a": None, "b": number(1)})
    assert context.with_entries({"c": "x"}) == {"a": None, "b": number(1), "c": "x"}
    assert "c" not in context


@given(st.dictionaries(st.text(), st.booleans()))
def test_a_context_has_its_entries_in_code_point_order_and_one_hash(entries: dict[str, bool]) -> None:
    context = Context(entries)
    assert list(context) == sorted(entries)
    assert hash(context) == hash(Context(reversed(list(entries.items()))))
