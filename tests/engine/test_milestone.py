"""A milestone by its rules: which keys, when next, what is caught up, who waives; and what the check says of the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import milestone as milestones
from engine import milestone_rule as rules
from engine import procedure as procedures
from engine import stream as streams
from engine import temporal
from engine.case import Case
from engine.commands import Envelope, ReviewMilestone, WaiveMilestone
from engine.errors import Reason, Refused
from engine.events import (
    Event,
    FollowUpScheduled,
    MilestoneEnded,
    MilestoneFailed,
    MilestoneFollowed,
    MilestoneOccurred,
    MilestoneOpened,
    MilestonePlanned,
    MilestonesPassed,
    MilestoneWaived,
)
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.value import Context, DateTime, Person, Value, number
from engine.words import Channel, Status, StreamKind
from tests.engine.world import MANIFEST, chain, lane, process

MR, CHEN = Person("1.1.1"), Person("1.2.1")
OPENED = temporal.to_datetime(temporal.parse_date_time("2026-09-28T09:00:00@Asia/Shanghai"))
ONCE = '@"2026-10-01T09:00:00@Asia/Shanghai"'
DAILY = 'duration("P1D")'
NEXT_WORKING_DAY = "working days after(if last = null then opened else last, 1)"


def model(timer: str, kind: str = "timeDate", extensions: str = "", more: str = "") -> bytes:
    """A process that begins with the clock."""
    timer = timer.replace("&", "&amp;").replace("<", "&lt;")
    body = (
        f'<bpmn:startEvent id="tick" {extensions}><bpmn:timerEventDefinition><bpmn:{kind}>{timer}</bpmn:{kind}>'
        f'</bpmn:timerEventDefinition></bpmn:startEvent><bpmn:userTask id="write" {more}/><bpmn:endEvent id="e"/>'
    )
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "tick", "write", "e")}</bpmn:laneSet>'
    return process(body + chain("tick", "write", "e"), lanes=lanes)


def load(timer: str, kind: str = "timeDate", extensions: str = "") -> Procedure:
    more = '[case.rows]\ntype = "text"\nzh = "行"\nen = "Rows"\n'
    return procedures.load(
        {"procedure.toml": (MANIFEST + more).encode(), "processes/p.bpmn": model(timer, kind, extensions)}
    )


class Row:
    """One milestone, with what is around it, and a clock."""

    def __init__(self, procedure: Procedure, key: str = "organisation", case: Case | None = None) -> None:
        self.procedure, self.key = procedure, key
        roles = {"MR": (MR,), "SMO": (CHEN,)}
        self.around = Surroundings(
            organisation=Organisation(stream=1, persons=(MR, CHEN), roles=roles), case=case, performers={}
        )
        self.state = Milestone(stream=7)
        self.now = OPENED

    def look(self, **after: float) -> tuple[Event, ...]:
        """The clock looks, so much later."""
        self.now += timedelta(**after)
        envelope = Envelope(id="x", stream=7, at=self.now, channel=Channel.CLOCK)
        return self.do(
            ReviewMilestone(
                envelope=envelope,
                procedure=self.procedure.key,
                version=self.procedure.digest,
                process="p",
                start="tick",
                case=None if self.around.case is None else self.around.case.stream,
                key=self.key,
            )
        )

    def waive(self, planned: DateTime, who: Person | None = MR, reason: str = "不需要") -> tuple[Event, ...]:
        """A person waives."""
        envelope = Envelope(id="x", stream=7, at=self.now, actor=who)
        return self.do(WaiveMilestone(envelope=envelope, planned=planned, reason=reason))

    def do(self, command: ReviewMilestone | WaiveMilestone) -> tuple[Event, ...]:
        """Execute and apply."""
        step = streams.execute(self.procedure, self.state, b"", command, self.around)
        assert isinstance(step.state, Milestone)
        if step.events:
            self.state = step.state
        return step.events

    def all(self) -> list[Event]:
        """Everything that happens until nothing is left to do."""
        found: list[Event] = []
        while events := self.look():
            found += events
        return found


def local(text: str) -> DateTime:
    return temporal.parse_date_time(f"{text}@Asia/Shanghai")


def kinds(events: tuple[Event, ...] | list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def moments(events: list[Event]) -> list[str]:
    """When occurrences were planned."""
    return [temporal.format_date_time(e.planned)[:16] for e in events if isinstance(e, MilestoneOccurred)]


# ------------------------------------------------------------------ one row


def test_it_opens_follows_and_plans_and_then_stays_as_it_is() -> None:
    row = Row(load(ONCE))
    assert kinds(row.look()) == ["MilestoneOpened", "MilestoneFollowed", "MilestonePlanned"]
    assert row.state.due == local("2026-10-01T09:00:00")
    assert row.look(hours=1) == ()


def test_what_is_due_is_recorded_with_the_job_that_starts_it_and_the_next_moment() -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    occurred, job, planned = row.look(days=1)
    assert isinstance(occurred, MilestoneOccurred)
    assert isinstance(job, FollowUpScheduled)
    assert isinstance(planned, MilestonePlanned)
    assert (occurred.number, occurred.planned, occurred.job) == (1, local("2026-09-29T09:00:00"), job.job)
    assert (job.kind, job.stream, job.fields["process"], job.fields["start"]) == ("StartInstance", None, "p", "tick")
    payload = job.fields["payload"]
    assert payload == Context({"key": "organisation", "planned": occurred.planned, "number": number(1)})
    assert planned.due == local("2026-09-30T09:00:00")


def test_a_date_that_moves_to_later_comes_again_and_one_that_does_not_is_done() -> None:
    row = Row(
        load('date and time(date(case.rows), time("09:00:00"))', extensions='zx:per="case"'),
        "3",
        the_case("2026-10-09"),
    )
    row.look()
    row.look(days=30)
    assert (row.state.count, row.state.due) == (1, None)
    assert row.look(days=1) == ()
    row.around = replace(row.around, case=the_case("2026-12-01"))
    assert kinds(row.look()) == ["MilestonePlanned"]
    assert row.state.due == local("2026-12-01T09:00:00")


def the_case(rows: Value, status: Status = Status.RUNNING) -> Case:
    return Case(stream=3, status=status, procedure="trial", version="v", data=Context({"rows": rows}))


def test_each_missed_moment_is_caught_up_in_order_each_in_its_own_entry() -> None:
    row = Row(load(DAILY, "timeCycle", 'zx:catchUp="each"'))
    row.look()
    row.now += timedelta(days=3, hours=2)
    assert kinds(row.look()) == ["MilestoneOccurred", "FollowUpScheduled", "MilestonePlanned"]
    assert moments(row.all()) == ["2026-09-30T09:00", "2026-10-01T09:00"]
    assert (row.state.count, row.state.due) == (3, local("2026-10-02T09:00:00"))


def test_only_the_latest_is_caught_up_and_the_others_are_recorded_as_passed() -> None:
    row = Row(load(DAILY, "timeCycle", 'zx:catchUp="latest"'))
    row.look()
    passed, occurred, _, planned = row.look(days=3, hours=2)
    assert isinstance(passed, MilestonesPassed)
    assert isinstance(occurred, MilestoneOccurred)
    assert passed.planned == (local("2026-09-29T09:00:00"), local("2026-09-30T09:00:00"))
    assert (passed.number, occurred.number, occurred.planned) == (1, 3, local("2026-10-01T09:00:00"))
    assert planned == MilestonePlanned(due=local("2026-10-02T09:00:00"))


def test_more_missed_moments_than_one_command_passes_over_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milestones, "AT_ONCE", 4)
    row = Row(load(DAILY, "timeCycle", 'zx:catchUp="latest"'))
    row.look()
    row.now += timedelta(days=10)
    found = row.all()
    passed = [moment for event in found if isinstance(event, MilestonesPassed) for moment in event.planned]
    assert len(passed) == 9
    assert moments(found) == ["2026-10-08T09:00"]
    assert row.state.count == 10


@given(
    st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=1, max_size=12),
    st.sampled_from(["each", "latest"]),
    st.sampled_from([(DAILY, "timeCycle"), (NEXT_WORKING_DAY, "timeCycle"), ('duration("P1M")', "timeCycle")]),
)
@settings(max_examples=60, deadline=None)
def test_whenever_the_clock_looks_every_moment_is_told_once_and_in_order(
    waits: list[timedelta], way: str, timer: tuple[str, str]
) -> None:
    """A clock that stands still, or is away for days: the moments are those that a clock without a break would meet."""
    row, steady = Row(load(*timer, f'zx:catchUp="{way}"')), Row(load(*timer))
    seen: list[DateTime] = []
    row.look()
    steady.look()
    for wait in waits:
        row.now += wait
        for event in row.all():
            seen += [event.planned] if isinstance(event, MilestoneOccurred) else []
            seen += event.planned if isinstance(event, MilestonesPassed) else ()
    steady.now = row.now
    expected = [event.planned for event in steady.all() if isinstance(event, MilestoneOccurred)]
    assert seen == expected
    assert row.state.count == len(expected)


def test_a_clock_that_goes_back_does_nothing_again() -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    row.look(days=1)
    assert row.look(days=-1) == ()
    assert row.look(days=1) == ()
    assert moments(list(row.look(days=1))) == ["2026-09-30T09:00"]


def test_the_holiday_week_and_the_saturday_that_makes_up_for_it() -> None:
    row = Row(load(NEXT_WORKING_DAY, "timeCycle"))
    row.look()
    row.now += timedelta(days=15)
    found = moments(row.all())
    assert found == [
        "2026-09-29T09:00", "2026-09-30T09:00", "2026-10-08T09:00", "2026-10-09T09:00", "2026-10-10T09:00",
        "2026-10-12T09:00", "2026-10-13T09:00",
    ]  # fmt: skip


def test_a_duration_in_a_service_window_and_a_moment_outside_of_one() -> None:
    row = Row(load('duration("PT20H")', "timeDuration", 'zx:calendar="5x8"'))
    row.look()
    assert row.state.due == local("2026-09-30T11:00:00")
    row.look(days=3)
    assert (row.state.count, row.state.due) == (1, None)
    closed = Row(load(ONCE, extensions='zx:calendar="5x8"'))
    closed.look()
    assert closed.state.due == local("2026-10-08T09:00:00")


def test_the_last_day_of_a_month_does_not_wander() -> None:
    row = Row(load('@"P1M"', "timeCycle"))
    row.now = temporal.to_datetime(local("2027-01-31T09:00:00"))
    row.look()
    row.now += timedelta(days=95)
    assert [text[:10] for text in moments(row.all())] == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_a_day_is_due_at_its_end_and_a_local_moment_on_the_organisations_clocks() -> None:
    row = Row(load('@"2026-10-01"'))
    row.look()
    assert row.state.due == local("2026-10-01T23:59:59")
    row = Row(load('@"2026-10-01T09:00:00"'))
    row.look()
    assert row.state.due == local("2026-10-01T09:00:00")


# ------------------------------------------------------------------ keys

KEYS: list[tuple[str, list[str]]] = [
    ("", ["organisation"]),
    ("case", ["3"]),
    ("member", ["1.1.1", "1.2.1"]),
    ('persons in role("MR")', ["1.1.1"]),
    ('["月", "季"]', ["月", "季"]),
    ("for row in case.rows return {id: row, of: case.id}", ["a", "b"]),
    ("null", []),
    ("if case.rows = null then [] else case.rows", ["a", "b"]),
]


@pytest.mark.parametrize(("per", "expected"), KEYS)
def test_the_keys_are_names_persons_or_things_with_an_id(per: str, expected: list[str]) -> None:
    extension = f"zx:per='{per}'" if per else ""
    procedure = load(DAILY, "timeCycle", extension)
    (start,) = rules.timed_starts(procedure)
    case = the_case(("a", "b")) if "case" in per else None
    assert list(rules.keys(procedure, start, Row(procedure, case=case).around)) == expected
    assert rules.is_of_cases(start) is ("case" in per)


def test_a_rule_about_cases_has_no_keys_outside_of_a_running_case_of_the_procedure() -> None:
    procedure = load(DAILY, "timeCycle", 'zx:per="case"')
    (start,) = rules.timed_starts(procedure)
    for case in (None, the_case("x", Status.COMPLETED), replace(the_case("x"), procedure="other")):
        assert rules.keys(procedure, start, Row(procedure, case=case).around) == {}


def test_the_rule_sees_the_key_with_what_belongs_to_it() -> None:
    timer = 'date and time(key.due, time("09:00:00"))'
    row = Row(load(timer, extensions='zx:per=\'{id: "a", due: @"2026-11-01"}\''), "a")
    row.look()
    assert row.state.due == local("2026-11-01T09:00:00")


def test_a_key_that_goes_ends_the_row_and_one_that_returns_opens_it_again() -> None:
    row = Row(load(DAILY, "timeCycle", 'zx:per="member"'), "1.1.1")
    row.look()
    row.look(days=1)
    row.around = replace(row.around, organisation=replace(row.around.organisation, persons=(CHEN,)))
    assert row.look(days=5) == (MilestoneEnded(),)
    assert (row.state.status, row.state.due) == (Status.COMPLETED, None)
    assert row.look(days=1) == ()
    row.around = replace(row.around, organisation=replace(row.around.organisation, persons=(MR, CHEN)))
    assert kinds(row.look()) == ["MilestoneOpened", "MilestonePlanned"]
    assert row.state.due == temporal.in_zone(temporal.from_datetime(row.now + timedelta(days=1)), "Asia/Shanghai")
    assert row.state.count == 1


def test_a_key_that_is_not_there_opens_nothing() -> None:
    with pytest.raises(Refused, match="expected a key of tick, but 9 is none"):
        Row(load(DAILY, "timeCycle", 'zx:per="member"'), "9").look()


def test_keys_that_are_no_names_say_so_once_on_the_rows_that_are_there() -> None:
    row = Row(load(DAILY, "timeCycle", 'zx:per="case.rows"'), "a", the_case(("a",)))
    row.look()
    row.around = replace(row.around, case=the_case((number(1),)))
    (failed,) = row.look()
    assert isinstance(failed, MilestoneFailed)
    assert "expected texts, persons, or contexts with an id" in failed.message_en
    assert row.look() == ()
    row.around = replace(row.around, case=the_case(("a", "b")))
    assert kinds(row.look()) == ["MilestonePlanned"]
    assert row.state.problem_en == ""


# ------------------------------------------------------------------ rules that change, fail, or do not move on


def test_a_new_version_is_followed_and_recorded_also_where_it_changes_nothing() -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    row.procedure = load(DAILY, "timeCycle", 'zx:catchUp="latest"')
    assert row.look() == (MilestoneFollowed(version=row.procedure.digest),)
    row.procedure = load('duration("P2D")', "timeCycle")
    assert kinds(row.look()) == ["MilestoneFollowed", "MilestonePlanned"]
    assert row.state.due == local("2026-09-30T09:00:00")


def test_a_version_without_the_start_event_ends_the_row() -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    plain = model(DAILY, "timeCycle").replace(b'id="tick"', b'id="tock"').replace(b'"tick"', b'"tock"')
    row.procedure = procedures.load({"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": plain})
    assert row.look() == (MilestoneEnded(),)


@pytest.mark.parametrize(
    ("timer", "kind", "said"),
    [
        ("if last = null then opened else last", "timeCycle", "a moment after the last one"),
        ('duration("PT0S")', "timeCycle", "a positive duration"),
        ('"tomorrow"', "timeDate", "a date and time, a duration or null"),
        ("working days after(opened, 99999)", "timeDate", "at most 3660 working days"),
    ],
)
def test_a_rule_that_fails_is_told_once_and_nothing_is_due(timer: str, kind: str, said: str) -> None:
    row = Row(load(timer, kind))
    events = [*row.look(), *row.look(days=1)]
    (failed,) = [event for event in events if isinstance(event, MilestoneFailed)]
    assert said in failed.message_en
    assert failed.message_zh
    assert row.state.due is None
    assert row.look(days=1) == ()


def test_an_unknown_window_is_told() -> None:
    row = Row(load(DAILY, "timeCycle", 'zx:calendar="9x9"'))
    (failed,) = [event for event in row.look() if isinstance(event, MilestoneFailed)]
    assert "expected one of 5×8, 5×12, 7×24, but found 9x9" in failed.message_en


# ------------------------------------------------------------------ waiver and plan


def test_whoever_has_the_right_waives_the_next_moment_with_a_reason() -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    due = local("2026-09-29T09:00:00")
    waived, planned = row.waive(due)
    assert waived == MilestoneWaived(number=1, planned=due, person=MR, on_behalf_of=None, reason="不需要")
    assert planned == MilestonePlanned(due=local("2026-09-30T09:00:00"))
    assert row.look(days=1) == ()


@pytest.mark.parametrize(
    ("planned", "who", "reason", "why"),
    [
        ("2026-09-29T09:00:00", CHEN, "不需要", Reason.NOT_ALLOWED),
        ("2026-09-29T09:00:00", None, "不需要", Reason.NOT_ALLOWED),
        ("2026-09-30T09:00:00", MR, "不需要", Reason.WRONG_STATE),
        ("2026-09-29T09:00:00", MR, " ", Reason.INVALID_DATA),
    ],
)
def test_nobody_else_no_other_moment_and_not_without_reason(
    planned: str, who: Person | None, reason: str, why: Reason
) -> None:
    row = Row(load(DAILY, "timeCycle"))
    row.look()
    with pytest.raises(Refused) as refused:
        row.waive(local(planned), who, reason)
    assert refused.value.reason is why


def test_no_person_says_that_a_milestone_is_due() -> None:
    row = Row(load(DAILY, "timeCycle"))
    envelope = Envelope(id="x", stream=7, at=OPENED, actor=MR)
    command = ReviewMilestone(
        envelope=envelope,
        procedure="trial",
        version=row.procedure.digest,
        process="p",
        start="tick",
        case=None,
        key="organisation",
    )
    with pytest.raises(Refused, match="expected the clock to ask for this"):
        row.do(command)


def test_the_plan_of_the_coming_year_is_what_happens_then() -> None:
    row = Row(load(NEXT_WORKING_DAY, "timeCycle"))
    row.look()
    until = local("2026-10-13T09:00:00")
    plan = milestones.planned(row.procedure, row.state, row.around, until)
    row.now = temporal.to_datetime(until)
    assert [temporal.format_date_time(moment)[:16] for moment in plan] == moments(row.all())
    assert len(plan) == 7


def test_the_state_before_the_first_entry_is_empty() -> None:
    assert streams.empty(StreamKind.MILESTONE, 7) == Milestone(stream=7)
    opened = MilestoneOpened(procedure="trial", process="p", start="tick", case=3, key="a")
    at: datetime = OPENED
    assert milestones.apply(Milestone(stream=7), opened, at).case == 3
