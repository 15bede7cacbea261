"""Generators of every kind of value that may be stored."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from engine import duration, temporal
from engine.value import (
    NANOSECONDS,
    Context,
    Date,
    DateTime,
    DaysDuration,
    File,
    MonthsDuration,
    Person,
    Personal,
    Range,
    Ref,
    Time,
    Value,
    number,
)

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu")
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
KEYS = st.one_of(TEXTS, st.sampled_from(("$n", "$", "$$", "$date", "name", "姓名", "__class__", "")))
ODD_TEXTS = st.sampled_from(("\x00", "\u2028\u2029", "\U0001f600", "\x7f", "\x1f", '"\\/', "\ufeff", "\ufffe"))

_COEFFICIENTS = st.integers(min_value=0, max_value=10**34 - 1)
NUMBERS = st.builds(
    lambda sign, digits, exponent: number(Decimal((sign, tuple(map(int, str(digits))), exponent))),
    st.integers(0, 1),
    st.one_of(_COEFFICIENTS, st.integers(0, 1_000)),
    st.one_of(st.integers(-40, 40), st.integers(-6_176, 6_111)),
)
YEARS = st.one_of(st.integers(1_990, 2_040), st.integers(-temporal.MAX_YEAR, temporal.MAX_YEAR))
DATES = st.builds(
    lambda year, month, day: Date(year, month, min(day, temporal.days_in_month(year, month))),
    YEARS,
    st.integers(1, 12),
    st.integers(1, 31),
)
_PLACES = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(-temporal.MAX_OFFSET, temporal.MAX_OFFSET), st.none()),
    st.tuples(st.none(), st.sampled_from(ZONES)),
)
TIMES = st.builds(
    lambda hour, minute, second, nanosecond, place: Time(hour, minute, second, nanosecond, *place),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.one_of(st.just(0), st.integers(0, NANOSECONDS - 1)),
    _PLACES,
)
DATE_TIMES = st.builds(DateTime, DATES, TIMES)
DAYS = st.builds(
    DaysDuration,
    st.one_of(
        st.integers(-(10**15), 10**15),
        st.integers(-duration.MAX_NANOSECONDS + 1, duration.MAX_NANOSECONDS - 1),
    ),
)
MONTHS = st.builds(MonthsDuration, st.integers(-duration.MAX_MONTHS + 1, duration.MAX_MONTHS - 1))
REFERENCES = st.one_of(
    st.builds(Person, TEXTS),
    st.builds(Ref, TEXTS, TEXTS),
    st.builds(File, TEXTS, TEXTS, TEXTS, st.integers(0, 10**18 - 1)),
    st.builds(Personal, TEXTS, st.booleans(), TEXTS),
)
SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), TEXTS, ODD_TEXTS, NUMBERS, DATES, TIMES, DATE_TIMES, DAYS, MONTHS, REFERENCES
)
RANGES = st.builds(Range, SCALARS, SCALARS, st.booleans(), st.booleans())
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(SCALARS, RANGES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(tuple), st.dictionaries(KEYS, inner, max_size=4).map(Context)
    ),
    max_leaves=12,
)
