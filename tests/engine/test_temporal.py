"""Dates, times and durations, beyond the years of Python and down to the nanosecond."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import duration, temporal
from engine.value import NANOSECONDS, Date, DateTime, DaysDuration, MonthsDuration, Time
from tests.engine.value_strategies import DATE_TIMES, DATES, DAYS, MONTHS, TIMES, ZONES

PYTHON_DATES = st.dates(min_value=date(2, 1, 1), max_value=date(9_998, 12, 31))
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 2),  # noqa: DTZ001  # Hypothesis wants them naive and adds the zone
    max_value=datetime(9_998, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(DATES)
def test_a_date_is_the_day_of_its_ordinal(day: Date) -> None:
    assert temporal.from_ordinal(temporal.ordinal(day)) == day
    assert temporal.parse_date(temporal.format_date(day)) == day


@given(PYTHON_DATES)
def test_ordinal_weekday_and_week_are_those_of_python(day: date) -> None:
    ours = Date(day.year, day.month, day.day)
    assert temporal.ordinal(ours) == day.toordinal() - date(1970, 1, 1).toordinal()
    assert temporal.weekday(ours) == day.isoweekday()
    assert temporal.week_of_year(ours) == day.isocalendar().week
    assert temporal.day_of_year(ours) == day.timetuple().tm_yday


@given(DATES)
def test_the_next_day_of_the_last_of_february_is_the_29th_in_leap_years_only(day: Date) -> None:
    following = temporal.from_ordinal(temporal.ordinal(Date(day.year, 2, 28)) + 1)
    assert (following.day == 29) is temporal.is_leap(day.year)


@given(TIMES)
def test_a_time_is_read_as_it_was_written(clock: Time) -> None:
    assert temporal.parse_time(temporal.format_time(clock)) == clock


@given(DATE_TIMES)
def test_a_date_time_is_read_as_it_was_written(moment: DateTime) -> None:
    assert temporal.parse_date_time(temporal.format_date_time(moment)) == moment


@given(DAYS, MONTHS)
def test_durations_are_read_as_they_were_written(days: DaysDuration, months: MonthsDuration) -> None:
    assert duration.parse_days_duration(duration.format_days_duration(days)) == days
    assert duration.parse_months_duration(duration.format_months_duration(months)) == months


@given(MOMENTS, st.sampled_from(ZONES))
def test_an_instant_comes_back_from_the_clocks_of_a_zone(moment: datetime, zone: str) -> None:
    ours = temporal.in_zone(temporal.from_datetime(moment), zone)
    clock = moment.astimezone(temporal.zone(zone))
    assert (ours.date.year, ours.date.month, ours.date.day, ours.time.hour, ours.time.minute) == (
        clock.year,
        clock.month,
        clock.day,
        clock.hour,
        clock.minute,
    )
    assume(not clock.fold)  # the second of two equal hours in autumn has no text of its own
    assert temporal.to_datetime(ours) == moment


@given(DATE_TIMES)
def test_every_moment_with_an_offset_has_an_instant(moment: DateTime) -> None:
    instant = temporal.nanoseconds_utc(moment)
    if moment.time.offset is None and moment.time.zone is None:
        assert instant is None
    else:
        assert instant is not None
        assert abs(instant - temporal.nanoseconds_local(moment)) <= 16 * 3_600 * NANOSECONDS


@pytest.mark.parametrize("year", [-400, 0, 1, 9_999, 10_000, 12_026, 999_999_999])
def test_a_zone_has_an_offset_in_every_year(year: int) -> None:
    winter = temporal.offset_of(DateTime(Date(year, 1, 15), Time(12, 0, 0, zone="Europe/Berlin")))
    summer = temporal.offset_of(DateTime(Date(year, 7, 15), Time(12, 0, 0, zone="Europe/Berlin")))
    expected = (3_600, 7_200) if year > 1_000 else (3_208, 3_208)
    assert (winter, summer) == expected


def test_the_leap_day_beyond_pythons_years_is_not_moved() -> None:
    before = DateTime(Date(10_000, 2, 29), Time(23, 0, 0, zone="Asia/Shanghai"))
    assert temporal.add(before, DaysDuration(2 * 3_600 * NANOSECONDS)).date == Date(10_000, 3, 1)
    assert temporal.in_zone(before, "UTC").date == Date(10_000, 2, 29)


@given(MOMENTS, st.integers(-(10**12), 10**12))
def test_a_duration_added_is_the_difference(moment: datetime, seconds: int) -> None:
    start = temporal.from_datetime(moment)
    later = temporal.add(start, DaysDuration(seconds * NANOSECONDS))
    one, other = temporal.nanoseconds_utc(later), temporal.nanoseconds_utc(start)
    assert one is not None
    assert other is not None
    assert one - other == seconds * NANOSECONDS
    assert (temporal.compare(later, start) or 0) * seconds >= 0


@given(DATES, st.integers(-5_000, 5_000))
def test_months_added_keep_the_day_or_take_the_last_of_the_month(day: Date, months: int) -> None:
    assume(abs(day.year) < temporal.MAX_YEAR - 500)
    later = temporal.add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == min(day.day, temporal.days_in_month(later.year, later.month))


def test_an_hour_lost_in_spring_is_elapsed_time() -> None:
    before = DateTime(Date(2026, 3, 29), Time(1, 30, 0, zone="Europe/Berlin"))
    after = temporal.add(before, DaysDuration(3_600 * NANOSECONDS))
    assert temporal.format_date_time(after) == "2026-03-29T03:30:00@Europe/Berlin"


def test_local_moments_are_not_compared_with_instants() -> None:
    local = DateTime(Date(2026, 1, 1), Time(0, 0, 0))
    instant = DateTime(Date(2026, 1, 1), Time(0, 0, 0, 0, 0))
    assert temporal.compare(local, instant) is None
    assert temporal.compare(local, local) == 0
    assert temporal.compare(instant, DateTime(Date(2026, 1, 1), Time(8, 0, 0, zone="Asia/Shanghai"))) == 0


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (temporal.parse_date, "2026-02-29"),
        (temporal.parse_date, "2026-2-1"),
        (temporal.parse_date, "20260201"),
        (temporal.parse_date, "２０２６-02-01"),
        (temporal.parse_date, "2026-02-01\n"),
        (temporal.parse_date, ""),
        (temporal.parse_time, "9:30:00"),
        (temporal.parse_time, "09:60:00"),
        (temporal.parse_time, "09:30:60"),
        (temporal.parse_time, "09:30:00+15:00"),
        (temporal.parse_time, "09:30:00+08:60"),
        (temporal.parse_time, "09:30:00@../../etc/passwd"),
        (temporal.parse_time, "09:30:00+08:00@Asia/Shanghai"),
        (temporal.parse_date_time, "2026-03-02"),
        (temporal.parse_date_time, "2026-03-02t09:30:00"),
        (duration.parse_duration, "P1Y1D"),
        (duration.parse_duration, "PT"),
        (duration.parse_duration, "P1DT"),
        (duration.parse_duration, "P-1D"),
        (duration.parse_duration, "1D"),
        (duration.parse_duration, "P1000000000000Y"),
        (duration.parse_duration, "P999999999999Y12M"),
    ],
)
def test_what_is_no_moment_is_refused_with_an_example(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match="expected"):
        read(text)


def test_a_local_moment_has_no_datetime() -> None:
    with pytest.raises(ValueError, match="offset or a zone"):
        temporal.to_datetime(DateTime(Date(2026, 1, 1), Time(0, 0, 0)))
    with pytest.raises(ValueError, match="year"):
        temporal.to_datetime(DateTime(Date(10_000, 1, 1), Time(0, 0, 0, 0, 0)))
    assert temporal.to_datetime(DateTime(Date(2026, 1, 1), Time(8, 0, 0, 5_999, zone="Asia/Shanghai"))) == datetime(
        2026, 1, 1, tzinfo=UTC
    ) + timedelta(microseconds=5)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("PT0.S", 0),
        ("PT1.S", NANOSECONDS),
        ("PT1.5S", 1_500_000_000),
        ("-PT0.0000000019S", -1),
        ("P1DT1S", 86_401 * NANOSECONDS),
    ],
)
def test_seconds_may_have_a_fraction_of_any_length(text: str, nanoseconds: int) -> None:
    assert duration.parse_days_duration(text) == DaysDuration(nanoseconds)
