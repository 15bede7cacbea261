"""The values that may be stored: one Python type for each type of FEEL, and five references.

Every value is immutable. `engine/encoding.py` gives each exactly one sequence of bytes; `engine/temporal.py` reads,
writes and calculates with dates, times and durations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException
from decimal import Context as DecimalContext
from typing import NoReturn, TypeAlias, Union

NANOSECONDS = 1_000_000_000
DECIMAL = DecimalContext(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
"""IEEE 754 decimal128, the number of DMN 1.5 §10.3.2.3."""


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day of the proleptic Gregorian calendar; year from -999,999,999 to 999,999,999."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `offset` in seconds east of UTC, or `zone` an IANA name, or neither (local)."""

    hour: int
    minute: int
    second: int
    nanosecond: int = 0
    offset: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date with a time of day; comparable as instants when both have an offset or zone."""

    date: Date
    time: Time


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A years and months duration, in months."""

    months: int


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """A days and time duration, in nanoseconds."""

    nanoseconds: int


@dataclass(frozen=True, slots=True)
class Range:
    """Low and high end; None means unbounded. `*_closed` says whether the end belongs to it."""

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the organisation, by opaque id (`stream.revision.n`); the name is a personal value elsewhere."""

    id: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing kept elsewhere: its kind (customer, contract, document …) and its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class File:
    """An attached file: SHA-256 of its bytes in hex, name, media type, size in bytes."""

    digest: str
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Personal:
    """A value about a natural person, kept in an erasable table; here only its reference and salted SHA-256.

    `present` is False when the field was left empty. The digest is over salt, 0x00 and the value's encoding.
    """

    reference: str
    present: bool
    digest: str


class Context(dict[str, "Value"]):
    """A FEEL context: entries by name, always in code point order, never changed after it is made."""

    __slots__ = ()

    def __init__(self, entries: Mapping[str, Value] | Iterable[tuple[str, Value]] = ()) -> None:
        super().__init__(sorted(dict(entries).items(), key=_name))

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a context is never changed; make a new one with `with_entries`")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def with_entries(self, entries: Mapping[str, Value]) -> Context:
        """A new context with these entries added or replaced."""
        return Context({**self, **entries})

    def __hash__(self) -> int:  # type: ignore[override]  # immutable, so hashable
        return hash(tuple(self.items()))


def _name(entry: tuple[str, Value]) -> str:
    return entry[0]


Scalar: TypeAlias = Union[None, bool, str, Decimal, Date, Time, DateTime, MonthsDuration, DaysDuration]
Value: TypeAlias = Union[Scalar, Range, Person, Ref, File, Personal, tuple["Value", ...], Context]


def number(digits: int | str | Decimal) -> Decimal:
    """A FEEL number: rounded half-even to 34 digits, without trailing zeros or negative zero.

    Raises ValueError for NaN, infinities and numbers outside decimal128.
    """
    if isinstance(digits, str) and "_" in digits:
        raise ValueError(f"expected a number, but found {digits[:60]!r}")
    try:
        found = DECIMAL.create_decimal(digits)
        if not found.is_finite():
            raise ValueError(f"expected a finite number, but found {found}")
        found = DECIMAL.normalize(found)
    except DecimalException as error:
        raise ValueError(
            f"expected a number of at most 34 digits within ±1E6144, but found {str(digits)[:60]!r}"
        ) from error
    return found if found else Decimal(0)
