"""Moments as the tables keep them: whole microseconds of UTC since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine import temporal
from engine.value import DateTime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = 9_000_000_000_000_000


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def moment(found: int) -> datetime:
    """The moment of so many microseconds."""
    return EPOCH + found * MICROSECOND


def due(found: DateTime | None) -> int:
    """Microseconds of a due moment, rounded up so that it has come by then.

    What is never due sorts last, with all that lies centuries ahead: a table has no room for every year that FEEL knows.
    """
    nanoseconds = None if found is None else temporal.nanoseconds_utc(found)
    return NEVER if nanoseconds is None else max(-NEVER, min(-(-nanoseconds // 1_000), NEVER))
