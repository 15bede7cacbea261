"""Working days and working time around the Chinese holidays and the days that make up for them."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as published
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import calendar_seed, encoding, feel, temporal
from engine.calendar import MAX_DAYS, Calendar
from engine.service_window import WINDOWS, Window
from engine.value import NANOSECONDS, Context, Date, DateTime, DaysDuration, Time, Value, number
from engine.working_time import calendar_functions

SHIPPED = Calendar.shipped()
HOUR = 3_600 * NANOSECONDS


def day(text: str) -> Date:
    return temporal.parse_date(text)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=number) for number in range(366 if temporal.is_leap(year) else 365)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_seed_has_the_holidays_and_make_up_days_that_are_published(year: int) -> None:
    table = published.country_holidays("CN", years=year)
    made_up = {text for text in calendar_seed.MAKE_UP_DAYS if text.startswith(str(year))}
    for found in days_of(year):
        text = found.isoformat()
        assert (day(text) in SHIPPED.holidays) is (found in table), text
        works = text in made_up or (found.isoweekday() <= 5 and found not in table)
        assert SHIPPED.is_working_day(day(text)) is works, text


def test_what_is_not_decreed_yet_is_told() -> None:
    assert SHIPPED.complete_until == 2026
    assert not any(text.startswith("2027") for text in calendar_seed.MAKE_UP_DAYS)
    assert not SHIPPED.is_working_day(day("2027-02-08"))


NOTICES = [
    ("2025-01-27", "2025-01-28 2025-02-04", "2025-01-26 2025-02-08"),
    ("2025-04-30", "2025-05-01 2025-05-05", "2025-04-27"),
    ("2025-05-30", "2025-05-31 2025-06-02", ""),
    ("2025-09-30", "2025-10-01 2025-10-08", "2025-09-28 2025-10-11"),
    ("2025-12-31", "2026-01-01 2026-01-03", "2026-01-04"),
    ("2026-02-14", "2026-02-15 2026-02-23", "2026-02-14 2026-02-28"),
    ("2026-04-03", "2026-04-04 2026-04-06", ""),
    ("2026-04-30", "2026-05-01 2026-05-05", "2026-05-09"),
    ("2026-06-18", "2026-06-19 2026-06-21", ""),
    ("2026-09-24", "2026-09-25 2026-09-27", ""),
    ("2026-09-30", "2026-10-01 2026-10-07", "2026-09-20 2026-10-10"),
]


@pytest.mark.parametrize(("last", "off", "worked"), NOTICES, ids=[row[1] for row in NOTICES])
def test_the_notices_of_the_state_council_are_kept(last: str, off: str, worked: str) -> None:
    first, end = (temporal.ordinal(day(text)) for text in off.split())
    assert SHIPPED.is_working_day(day(last))
    for place in range(first, end + 1):
        assert not SHIPPED.is_working_day(temporal.from_ordinal(place))
    for text in worked.split():
        assert SHIPPED.is_working_day(day(text))
        assert temporal.weekday(day(text)) >= 6


ADDED = [
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-09-26", 1, "2025-09-28"),
    ("2025-10-09", 2, "2025-10-11"),
    ("2025-10-11", 1, "2025-10-13"),
    ("2025-10-09", -1, "2025-09-30"),
    ("2025-10-04", 1, "2025-10-09"),
    ("2025-10-04", -1, "2025-09-30"),
    ("2025-10-04", 0, "2025-10-09"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-14", 1, "2026-02-24"),
    ("2026-02-27", 1, "2026-02-28"),
    ("2026-02-28", 1, "2026-03-02"),
    ("2026-03-02", -10, "2026-02-10"),
    ("2026-01-03", 0, "2026-01-04"),
    ("2026-12-31", 1, "2027-01-04"),
]


@pytest.mark.parametrize(("start", "count", "expected"), ADDED)
def test_working_days_are_added_across_holidays_and_make_up_days(start: str, count: int, expected: str) -> None:
    assert temporal.format_date(SHIPPED.add_working_days(day(start), count)) == expected


DAYS = st.integers(temporal.ordinal(day("2024-01-01")), temporal.ordinal(day("2027-12-31"))).map(temporal.from_ordinal)
WORKING_DAYS = DAYS.filter(SHIPPED.is_working_day)


@given(WORKING_DAYS, st.integers(0, 300))
def test_what_is_added_to_a_working_day_can_be_taken_away(start: Date, count: int) -> None:
    later = SHIPPED.add_working_days(start, count)
    assert SHIPPED.is_working_day(later)
    assert SHIPPED.add_working_days(later, -count) == start


@given(WORKING_DAYS, st.integers(-300, 300))
def test_between_counts_what_was_added(start: Date, count: int) -> None:
    assert SHIPPED.working_days_between(start, SHIPPED.add_working_days(start, count)) == count


@given(DAYS, DAYS)
def test_between_changes_its_sign_with_the_direction(one: Date, other: Date) -> None:
    forward = SHIPPED.working_days_between(one, other)
    assert SHIPPED.working_days_between(other, one) == -forward


@given(DAYS, st.integers(1, 200), st.integers(1, 200))
def test_working_days_are_added_in_parts(start: Date, first: int, second: int) -> None:
    at_once = SHIPPED.add_working_days(start, first + second)
    assert SHIPPED.add_working_days(SHIPPED.add_working_days(start, first), second) == at_once


def walked(calendar: Calendar, start: Date, count: int) -> Date:
    """Day by day, as one does with a finger on a wall calendar."""
    at, left, step = temporal.ordinal(start), abs(count), -1 if count < 0 else 1
    while left == 0 and not calendar.is_working_day(temporal.from_ordinal(at)):
        at += 1
    while left:
        at += step
        left -= calendar.is_working_day(temporal.from_ordinal(at))
    return temporal.from_ordinal(at)


NEAR = st.integers(-20, 60).map(lambda number: temporal.from_ordinal(temporal.ordinal(day("2026-01-01")) + number))


@given(st.frozensets(NEAR, max_size=60), st.frozensets(NEAR, max_size=20), NEAR, st.integers(-40, 40))
def test_what_is_reckoned_is_what_is_walked(
    off: frozenset[Date], made_up: frozenset[Date], start: Date, by: int
) -> None:
    calendar = Calendar(holidays=dict.fromkeys(off, "假"), make_up_days=made_up)
    assert calendar.add_working_days(start, by) == walked(calendar, start, by)
    low, high = temporal.ordinal(start), temporal.ordinal(start) + abs(by)
    between = [temporal.from_ordinal(at) for at in range(low + 1, high + 1)]
    expected = sum(calendar.is_working_day(found) for found in between)
    assert calendar.working_days_between(start, temporal.from_ordinal(high)) == expected


def test_far_days_cost_an_expression_what_near_ones_do() -> None:
    asked: list[Date] = []

    class Watched(Calendar):
        def is_working_day(self, day: Date) -> bool:
            asked.append(day)
            return super().is_working_day(day)

    calendar = Watched(holidays=SHIPPED.holidays, make_up_days=SHIPPED.make_up_days)
    functions = calendar_functions(calendar)
    source = (
        'for i in 1..500 return [working days after(date("2026-01-01"), 2500), '
        'working days between(date("2026-01-01"), date("2036-01-01"))]'
    )
    expression = feel.compile(source, frozenset(), frozenset(functions))
    found = expression.evaluate({}, functions=functions)
    assert isinstance(found, tuple)
    assert len(found) == 500
    assert len(asked) == len(SHIPPED.holidays.keys() | SHIPPED.make_up_days)


def test_more_than_ten_years_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 3660"):
        SHIPPED.add_working_days(day("2026-01-05"), MAX_DAYS + 1)
    with pytest.raises(ValueError, match="twenty years"):
        SHIPPED.working_days_between(day("1026-01-05"), day("2026-01-05"))
    with pytest.raises(ValueError, match="not negative"):
        SHIPPED.add_working_time(moment("2026-03-02T09:00:00"), DaysDuration(-1))
    with pytest.raises(ValueError, match="shorter"):
        SHIPPED.add_working_time(moment("2026-03-02T09:00:00"), DaysDuration(100_000 * HOUR))
    with pytest.raises(ValueError, match="expected"):
        SHIPPED.add_working_days(Date(temporal.MAX_YEAR, 12, 31), 1)


def moment(text: str) -> DateTime:
    found = temporal.parse_date_time(text)
    clock = found.time
    return DateTime(found.date, Time(clock.hour, clock.minute, clock.second, clock.nanosecond, zone=SHIPPED.zone))


WORKED = [
    (0, "2026-03-02T09:00:00", 8, "2026-03-02T17:00:00"),
    (0, "2026-03-02T09:00:00", 9, "2026-03-02T18:00:00"),
    (0, "2026-03-02T09:00:00", 10, "2026-03-03T10:00:00"),
    (0, "2026-03-02T20:00:00", 1, "2026-03-03T10:00:00"),
    (0, "2026-03-06T17:00:00", 2, "2026-03-09T10:00:00"),
    (0, "2026-09-30T17:30:00", 1, "2026-10-08T09:30:00"),
    (0, "2026-10-10T17:30:00", 1, "2026-10-12T09:30:00"),
    (0, "2026-10-09T17:30:00", 1, "2026-10-10T09:30:00"),
    (0, "2026-10-03T12:00:00", 0, "2026-10-08T09:00:00"),
    (1, "2026-09-30T19:00:00", 2, "2026-10-08T09:00:00"),
    (2, "2026-09-30T23:00:00", 48, "2026-10-02T23:00:00"),
    (2, "2026-03-02T00:00:00", 24, "2026-03-03T00:00:00"),
]


@pytest.mark.parametrize(("window", "start", "hours", "expected"), WORKED)
def test_time_passes_in_the_service_window_only(window: int, start: str, hours: int, expected: str) -> None:
    found = SHIPPED.add_working_time(moment(start), DaysDuration(hours * HOUR), WINDOWS[window])
    assert found == moment(expected)


def test_a_window_of_six_days_is_open_on_saturdays_but_not_on_holidays() -> None:
    window = Window(name="6×8", days=(1, 2, 3, 4, 5, 6))
    after = SHIPPED.add_working_time(moment("2026-03-06T17:00:00"), DaysDuration(2 * HOUR), window)
    assert after == moment("2026-03-07T10:00:00")
    after = SHIPPED.add_working_time(moment("2026-09-30T17:00:00"), DaysDuration(2 * HOUR), window)
    assert after == moment("2026-10-08T10:00:00")


@given(
    st.sampled_from(WINDOWS),
    DAYS,
    st.integers(0, 24 * HOUR - 1),
    st.integers(0, 100 * HOUR),
    st.integers(0, 100 * HOUR),
)
@settings(max_examples=60)
def test_working_time_is_added_in_parts(window: Window, start: Date, clock: int, first: int, second: int) -> None:
    begin = temporal.add(DateTime(start, Time(0, 0, 0, zone=SHIPPED.zone)), DaysDuration(clock))
    at_once = SHIPPED.add_working_time(begin, DaysDuration(first + second), window)
    halfway = SHIPPED.add_working_time(begin, DaysDuration(first), window)
    assert SHIPPED.add_working_time(halfway, DaysDuration(second), window) == at_once


def test_an_instant_is_taken_on_the_clocks_of_the_organisation() -> None:
    late = temporal.parse_date_time("2026-03-02T20:00:00Z")
    assert SHIPPED.after(late, 1) == moment("2026-03-04T04:00:00")
    assert SHIPPED.add_working_time(late, DaysDuration(HOUR)) == moment("2026-03-03T10:00:00")
    local = temporal.parse_date_time("2026-03-02T20:00:00")
    assert SHIPPED.after(local, 1) == temporal.parse_date_time("2026-03-03T20:00:00")


@pytest.mark.parametrize("until", [0, 2_026, 2_030, 3_000])
def test_a_calendar_comes_back_from_its_value(until: int) -> None:
    edited = Calendar(
        zone="Asia/Shanghai",
        holidays={day("2030-01-01"): "元旦"},
        make_up_days=frozenset({day("2030-01-05")}),
        complete_until=until,
    )
    stored = encoding.decode(encoding.encode(edited.to_value()))
    assert isinstance(stored, Context)
    assert Calendar.from_value(stored) == edited


@pytest.mark.parametrize(
    "change",
    [
        {"zone": None},
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"holidays": ("2026-01-01",)},
        {"holidays": Context({"2026-02-30": "x"})},
        {"make up days": ("2026-01-01",)},
        {"make up days": None},
        {"complete until": "2026"},
        {"complete until": number("2026.5")},
        {"complete until": True},
        {"windows": Context({})},
        {"windows": "5x8"},
        {"windows": Context({"5x8": SHIPPED.windows["5×8"].to_value(), "5×8": SHIPPED.windows["5×8"].to_value()})},
        {"windows": Context({"a": Context({"days": (), "from": "09:00", "to": "18:00"})})},
        {"windows": Context({"a": Context({"days": (number(8),), "from": "09:00", "to": "18:00"})})},
        {"windows": Context({"a": Context({"days": (number(1),), "from": "18:00", "to": "09:00"})})},
        {"windows": Context({"a": Context({"days": (number(1),), "from": "9", "to": "18:00"})})},
        {"windows": Context({"a": Context({"days": (number(1),), "from": "09:60", "to": "18:00"})})},
        {"windows": Context({"a": Context({"days": (number(1),), "from": "09:00", "to": "24:01"})})},
        {"windows": Context({"a": Context({"days": (number(1),), "from": "09:00", "to": "18:00", "holidays": "no"})})},
    ],
    ids=repr,
)
def test_what_is_no_calendar_is_refused(change: dict[str, Value]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Calendar.from_value(SHIPPED.to_value().with_entries(change))


FEEL = [
    ('working days after(@"2026-09-30", 1)', '@"2026-10-08"'),
    ('working days after(count: 1, from: @"2026-09-30")', '@"2026-10-08"'),
    ('working days after(@"2026-09-30T16:00:00Z", 1)', '@"2026-10-08T00:00:00@Asia/Shanghai"'),
    ('working days after(@"2026-10-09T16:00:00Z", 1)', '@"2026-10-12T00:00:00@Asia/Shanghai"'),
    ('working days between(@"2026-09-30", @"2026-10-10")', "3"),
    ('working days between(@"2026-09-30T20:00:00Z", @"2026-10-08T01:00:00Z")', "1"),
    ('working days after("2026-09-30", 1)', "null"),
    ('working days after(@"2026-09-30", null)', "null"),
    ('working days between(null, @"2026-09-30")', "null"),
    (
        'working time after(@"2026-09-30T17:00:00@Asia/Shanghai", duration("PT2H"), "5x8")',
        '@"2026-10-08T10:00:00@Asia/Shanghai"',
    ),
    (
        'working time after(@"2026-09-30T09:00:00Z", duration("PT2H"), "7×24")',
        '@"2026-09-30T19:00:00@Asia/Shanghai"',
    ),
    (
        'working time between(@"2026-10-09T17:00:00@Asia/Shanghai", @"2026-10-10T10:00:00@Asia/Shanghai", "5X8")',
        'duration("PT2H")',
    ),
    (
        'working time between(@"2026-10-10T10:00:00@Asia/Shanghai", @"2026-10-09T17:00:00@Asia/Shanghai", "5x8")',
        'duration("-PT2H")',
    ),
    ('is working day(@"2026-10-10")', "true"),
    ('is working day(@"2026-10-01T12:00:00@Asia/Shanghai")', "false"),
    ('working time after(@"2026-09-30", duration("PT2H"), "5x8")', "null"),
    ('working time after(@"2026-09-30T09:00:00Z", duration("P1M"), "5x8")', "null"),
    ('working time between(@"2026-09-30T09:00:00Z", null, "5x8")', "null"),
    ('is working day("today")', "null"),
]


@pytest.mark.parametrize(("source", "expected"), FEEL)
def test_rules_count_working_days(source: str, expected: str) -> None:
    functions = calendar_functions(SHIPPED)
    found = feel.compile(source, frozenset(), frozenset(functions)).evaluate({}, functions=functions)
    wanted = feel.evaluate(expected)
    assert (type(found), found) == (type(wanted), wanted)


def test_a_window_that_there_is_not_is_told_with_those_that_there_are() -> None:
    functions = calendar_functions(SHIPPED)
    source = 'working time after(@"2026-09-30T09:00:00Z", duration("PT2H"), "6x9")'
    with pytest.raises(ValueError, match="expected one of 5×8, 5×12, 7×24, but found 6x9"):
        feel.compile(source, frozenset(), frozenset(functions)).evaluate({}, functions=functions)


def test_an_organisation_names_its_own_windows() -> None:
    night = Window(name="night", days=(6, 7), start=0, end=6 * 3_600, holidays=True)
    own = Calendar(windows={"night": night})
    stored = encoding.decode(encoding.encode(own.to_value()))
    assert isinstance(stored, Context)
    found = Calendar.from_value(stored)
    assert found.windows == {"night": night}
    assert found.add_working_time(moment("2026-03-02T09:00:00"), DaysDuration(HOUR), found.window("Night")) == moment(
        "2026-03-07T01:00:00"
    )


def test_a_calendar_of_before_there_were_windows_has_those_that_ship() -> None:
    before = Context({name: value for name, value in SHIPPED.to_value().items() if name != "windows"})
    assert Calendar.from_value(before) == SHIPPED


@given(st.sampled_from(WINDOWS), DAYS, st.integers(0, 24 * HOUR - 1), st.integers(0, 100 * HOUR))
@settings(max_examples=60)
def test_the_working_time_between_is_what_was_added(window: Window, start: Date, clock: int, hours: int) -> None:
    begin = temporal.add(DateTime(start, Time(0, 0, 0, zone=SHIPPED.zone)), DaysDuration(clock))
    end = SHIPPED.add_working_time(begin, DaysDuration(hours), window)
    assert SHIPPED.working_time_between(begin, end, window).nanoseconds == hours


def test_the_week_of_the_national_holiday_and_the_saturday_that_makes_up_for_it_on_a_server_in_utc() -> None:
    """16:30 in UTC on the day before is half past midnight of the first of October in Shanghai: a day off."""
    window = SHIPPED.window("5x8")
    opens = SHIPPED.opening(temporal.parse_date_time("2026-09-30T16:30:00Z"), window)
    assert opens == moment("2026-10-08T09:00:00")
    saturday = SHIPPED.opening(temporal.parse_date_time("2026-10-10T02:00:00Z"), window)
    assert saturday == moment("2026-10-10T10:00:00")
