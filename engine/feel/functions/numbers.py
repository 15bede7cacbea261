"""Built-ins on numbers. DMN 1.5 table 76."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal

from engine.feel import reasons
from engine.feel.budget import Budget
from engine.feel.functions.registry import Registry, nothing, told
from engine.value import DECIMAL, DaysDuration, MonthsDuration, Value, number

NUMBERS = Registry()
MIN_SCALE, MAX_SCALE = -6_111, 6_176
EXACT = decimal.Context(prec=13_000, rounding=decimal.ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
"""Holds every place of any number, and the whole quotient of any two."""
PLACES_A_STEP = 64


def _rounded(name: str, rounding: str, *, optional: int = 0) -> None:
    def call(budget: Budget, n: Value, scale: Value = Decimal(0)) -> Value:
        if not isinstance(n, Decimal) or not isinstance(scale, Decimal) or not MIN_SCALE <= scale <= MAX_SCALE:
            return nothing(budget, name, n, scale)
        if not scale:
            return number(n.to_integral_value(rounding))
        exponent = n.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= int(scale):
            return n
        try:
            return number(n.quantize(Decimal((0, (1,), -int(scale))), rounding, EXACT))
        except ValueError:
            return told(budget, reasons.NUMBER_RANGE, name)

    NUMBERS.add(name, "n", "scale", optional=optional)(call)


_rounded("decimal", decimal.ROUND_HALF_EVEN)
_rounded("floor", decimal.ROUND_FLOOR, optional=1)
_rounded("ceiling", decimal.ROUND_CEILING, optional=1)
_rounded("round up", decimal.ROUND_UP)
_rounded("round down", decimal.ROUND_DOWN)
_rounded("round half up", decimal.ROUND_HALF_UP)
_rounded("round half down", decimal.ROUND_HALF_DOWN)


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
    if not isinstance(dividend, Decimal) or not isinstance(divisor, Decimal):
        return nothing(budget, "modulo", dividend, divisor)
    if not divisor:
        return told(budget, reasons.BY_ZERO, "modulo")
    budget.spend(abs(dividend.adjusted() - divisor.adjusted()) // PLACES_A_STEP)
    rest = EXACT.remainder(dividend, divisor)
    if rest and (rest < 0) is not (divisor < 0):
        rest = EXACT.add(rest, divisor)
    return number(rest)


def _computed(name: str, compute: Callable[[Decimal], Decimal]) -> None:
    def call(budget: Budget, n: Value) -> Value:
        if not isinstance(n, Decimal):
            return nothing(budget, name, n)
        budget.spend(100)
        try:
            return number(compute(n))
        except (decimal.DecimalException, ValueError):
            return told(budget, reasons.UNDEFINED, name)

    NUMBERS.add(name, "number")(call)


_computed("sqrt", DECIMAL.sqrt)
_computed("exp", DECIMAL.exp)
_computed("log", DECIMAL.ln)


def _parity(name: str, rest: int) -> None:
    def call(budget: Budget, n: Value) -> Value:
        if not isinstance(n, Decimal):
            return nothing(budget, name, n)
        if n != n.to_integral_value():
            return told(budget, reasons.UNDEFINED, name)
        return EXACT.remainder(n, Decimal(2)) == (rest if n >= 0 else -rest)

    NUMBERS.add(name, "number")(call)


_parity("odd", 1)
_parity("even", 0)
