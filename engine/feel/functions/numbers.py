"""Built-ins on numbers. DMN 1.5 table 76."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing
from engine.value import DECIMAL, DaysDuration, MonthsDuration, Value, number

NUMBERS = Registry()
MAX_SCALE = 6_176
EXACT = 13_000
"""Digits that hold the whole quotient of any two numbers."""


def _rounded(name: str, rounding: str) -> Callable[..., Value]:
    def call(budget: Budget, n: Value, scale: Value = Decimal(0)) -> Value:
        if not isinstance(n, Decimal) or not isinstance(scale, Decimal) or not -6_111 <= scale <= MAX_SCALE:
            return nothing(budget, name, n, scale)
        exponent = n.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= int(scale):
            return n
        with decimal.localcontext(prec=EXACT, Emax=999_999, Emin=-999_999):
            return number(n.quantize(Decimal((0, (1,), -int(scale))), rounding=rounding))

    return call


for _name, _rounding in (
    ("round up", decimal.ROUND_UP),
    ("round down", decimal.ROUND_DOWN),
    ("round half up", decimal.ROUND_HALF_UP),
    ("round half down", decimal.ROUND_HALF_DOWN),
):
    NUMBERS.add(_name, "n", "scale")(_rounded(_name, _rounding))
NUMBERS.add("decimal", "n", "scale")(_rounded("decimal", decimal.ROUND_HALF_EVEN))
NUMBERS.add("floor", "n", "scale", optional=1)(_rounded("floor", decimal.ROUND_FLOOR))
NUMBERS.add("ceiling", "n", "scale", optional=1)(_rounded("ceiling", decimal.ROUND_CEILING))


@NUMBERS.add("abs", "n")
def absolute(budget: Budget, n: Value) -> Value:
    """The number or duration without its sign."""
    if isinstance(n, Decimal):
        return n.copy_abs()
    if isinstance(n, DaysDuration):
        return DaysDuration(abs(n.nanoseconds))
    return MonthsDuration(abs(n.months)) if isinstance(n, MonthsDuration) else nothing(budget, "abs", n)


@NUMBERS.add("modulo", "dividend", "divisor")
def modulo(budget: Budget, dividend: Value, divisor: Value) -> Value:
    """The rest of a division; it has the sign of the divisor."""
    if not isinstance(dividend, Decimal) or not isinstance(divisor, Decimal) or not divisor:
        return nothing(budget, "modulo", dividend, divisor)
    try:
        budget.spend(max(0, dividend.adjusted() - divisor.adjusted()))
        with decimal.localcontext(prec=EXACT, Emax=999_999, Emin=-999_999):
            quotient = (dividend / divisor).to_integral_value(rounding=decimal.ROUND_FLOOR)
            return number(dividend - divisor * quotient)
    except decimal.DecimalException:
        return nothing(budget, "modulo", dividend, divisor)


def _computed(name: str, compute: Callable[[Decimal], Decimal]) -> None:
    def call(budget: Budget, n: Value) -> Value:
        budget.spend(100)
        try:
            return number(compute(n)) if isinstance(n, Decimal) else nothing(budget, name, n)
        except (decimal.DecimalException, ValueError):
            return nothing(budget, name, n)

    NUMBERS.add(name, "number")(call)


_computed("sqrt", DECIMAL.sqrt)
_computed("exp", DECIMAL.exp)
_computed("log", DECIMAL.ln)


def _parity(name: str, rest: int) -> None:
    def call(budget: Budget, n: Value) -> Value:
        whole = isinstance(n, Decimal) and n == n.to_integral_value()
        return int(n) % 2 == rest if whole and isinstance(n, Decimal) else nothing(budget, name, n)

    NUMBERS.add(name, "number")(call)


_parity("odd", 1)
_parity("even", 0)
