"""Escalation: steps relative to due, watchers and a record, nothing reassigned; and a calendar that moves what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import replay, temporal
from engine.calendar import Calendar
from engine.check import check
from engine.commands import ChangeCalendar, ClaimTask, CompleteTask, Envelope, FireTimer, ReckonTimers
from engine.errors import Refused
from engine.escalation_class import EscalationClass, Step, before, classes
from engine.events import Event, TaskDueMoved, TaskEscalated, TimerCancelled, TimerMoved
from engine.replay import Verdict
from engine.stream import ORGANISATION
from engine.value import Context, Date, DateTime
from engine.words import Channel, StreamKind, TimerKind
from tests.engine.world import MANIFEST, World, chain, lane, process, trial

CLASSES = """
[roles.GM]
zh = "总经理"
en = "General manager"
[escalation.C]
zh = "合同类"
en = "Contractual"
before = ["50 %", "80 %"]
steps = [{ after = 0, to = ["SMO"] }, { after = 1, to = ["MR"] }, { after = 3, to = ["GM"] }]
[escalation.M]
zh = "里程碑类"
en = "Milestone"
before = ["2 wd"]
steps = [{ after = 0, to = [] }, { after = 2, to = ["SMO"] }]
[escalation.N]
zh = "一般类"
en = "Normal"
before = ["1 wd"]
pauses = true
steps = [{ after = 0, to = [] }, { after = 1, to = ["SMO", "MR"] }]
[escalation.W]
zh = "窗口内"
en = "Within a window"
before = ["50 %"]
calendar = "5x8"
steps = []
"""
# Monday in the week before the national holiday of 2026; the 10th of October is a Saturday that is worked
BEGIN = temporal.to_datetime(temporal.parse_date_time("2026-09-28T09:00:00@Asia/Shanghai"))


def world(due: str, kind: str = "C", more: str = "") -> World:
    """People of every role, and a process with one task."""
    due = due.replace('"', "&quot;")
    body = (
        f'<bpmn:startEvent id="s"/><bpmn:userTask id="write" zx:due="{due}" zx:escalation="{kind}" {more}/>'
        '<bpmn:endEvent id="e"/>' + chain("s", "write", "e")
    )
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "e")}</bpmn:laneSet>'
    made = World(trial(process(body, lanes=lanes), MANIFEST + CLASSES))
    made.now = BEGIN - timedelta(hours=1)
    for name, role in (("wang", "SALES"), ("chen", "SMO"), ("mr", "MR"), ("gm", "GM")):
        made.hire(name, role)
    made.now = BEGIN - timedelta(minutes=1)
    return made


def timers(made: World, stream: int) -> list[tuple[str, str]]:
    """Kind and moment of each timer, on the organisation's clocks."""
    return [(timer.kind, shown(timer.due)) for timer in made.instance(stream).timers.values()]


def shown(due: DateTime) -> str:
    return temporal.format_date_time(temporal.in_zone(due, "Asia/Shanghai"))[:16]


def clock(made: World, stream: int, key: str, at: datetime) -> tuple[Event, ...]:
    """A timer fires at a moment."""
    made.now = at
    envelope = Envelope(id=f"f{key}{at}", stream=stream, at=at, channel=Channel.CLOCK)
    return made.journal.submit(FireTimer(envelope=envelope, timer=key)).events


def escalate(made: World, stream: int) -> list[tuple[str, TaskEscalated]]:
    """All steps, each when it is due."""
    found = []
    while waiting := made.instance(stream).timers:
        (timer,) = waiting.values()
        (told,) = [
            event
            for event in clock(made, stream, timer.id, temporal.to_datetime(timer.due))
            if isinstance(event, TaskEscalated)
        ]
        found.append((shown(timer.due), told))
    return found


TEN_DAYS = 'date and time("2026-10-10T09:00:00@Asia/Shanghai")'
SERIES = [
    # due, class, attributes: the moments of the steps
    (TEN_DAYS, "C", "", ["2026-10-04T09:00", "2026-10-07T23:24", "2026-10-10T09:00", "2026-10-12T09:00", "2026-10-14T09:00"]),
    (TEN_DAYS, "M", "", ["2026-10-08T09:00", "2026-10-10T09:00", "2026-10-13T09:00"]),
    (TEN_DAYS, "N", "", ["2026-10-09T09:00", "2026-10-10T09:00", "2026-10-12T09:00"]),
    ('date and time("2026-10-04T20:00:00@Asia/Shanghai")', "N", "", ["2026-10-08T09:00", "2026-10-08T09:00", "2026-10-09T09:00"]),
    ('date and time("2026-10-04T20:00:00@Asia/Shanghai")', "M", "", ["2026-09-29T20:00", "2026-10-04T20:00", "2026-10-09T20:00"]),
    (TEN_DAYS, "W", "", ["2026-09-30T13:30"]),
    (TEN_DAYS, "W", 'zx:calendar="7x24"', ["2026-10-04T09:00"]),
    ("@\"2026-09-28\"", "M", "", ["2026-09-28T23:59", "2026-09-30T23:59"]),
    ("null", "C", "", []),
    (TEN_DAYS, "", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("due", "kind", "more", "expected"), SERIES)
def test_the_steps_come_relative_to_due_in_working_days_or_shares_of_the_time(
    due: str, kind: str, more: str, expected: list[str]
) -> None:
    made = world(due, kind, more)
    stream = made.start("wang")
    assert [moment for moment, _ in escalate(made, stream)] == expected


def test_a_step_adds_watchers_and_a_record_and_reassigns_nothing() -> None:
    made = world(TEN_DAYS)
    stream = made.start("wang")
    task = made.task(stream, "write")
    made.do(ClaimTask, "wang", stream, task=task.id)
    told = [event for _, event in escalate(made, stream)]
    wang, chen, mr, gm = (made.people[name] for name in ("wang", "chen", "mr", "gm"))
    assert [event.persons for event in told] == [(wang,), (wang,), (wang, chen), (wang, mr), (wang, gm)]
    assert [event.overdue for event in told] == [False, False, True, True, True]
    assert [event.step for event in told] == [1, 2, 3, 4, 5]
    after = made.task(stream, "write")
    assert (after.holder, after.stage, after.roles) == (wang, "claimed", task.roles)
    assert (after.watchers, after.escalated) == ((wang, chen, mr, gm), 5)
    with pytest.raises(Refused):
        made.do(CompleteTask, "gm", stream, task=task.id, data=Context())


def test_only_one_step_waits_at_a_time_and_none_once_the_task_is_done() -> None:
    made = world(TEN_DAYS)
    stream = made.start("wang")
    assert timers(made, stream) == [(TimerKind.ESCALATION, "2026-10-04T09:00")]
    entry = made.do(CompleteTask, "wang", stream, task=made.task(stream, "write").id, data=Context())
    assert any(isinstance(event, TimerCancelled) for event in entry.events)
    assert made.instance(stream).timers == {}


def test_an_unknown_window_of_a_task_is_an_incident_and_no_task_without_its_steps() -> None:
    made = world(TEN_DAYS, "C", 'zx:calendar="9x9"')
    stream = made.start("wang")
    (incident,) = made.instance(stream).incidents.values()
    assert "zx:calendar of write: expected one of 5×8" in incident.message_en
    assert made.instance(stream).tasks == {}


def test_a_window_that_the_organisation_has_no_longer_holds_no_step_up() -> None:
    made = world(TEN_DAYS, "N")
    stream = made.start("wang")
    calendar = Calendar(windows={"7×24": Calendar.shipped().window("7x24")})
    made.do(ChangeCalendar, None, ORGANISATION, calendar=calendar.to_value())
    assert [event.step for _, event in escalate(made, stream)] == [1, 2, 3]


# ------------------------------------------------------------------ a calendar that changes


def changed(made: World, *holidays: str) -> None:
    """More days off."""
    shipped = Calendar.shipped()
    days = {**shipped.holidays, **{temporal.parse_date(day): "台风" for day in holidays}}
    own = Calendar(holidays=days, make_up_days=shipped.make_up_days, complete_until=2026)
    made.do(ChangeCalendar, None, ORGANISATION, calendar=own.to_value())


def reckon(made: World, stream: int) -> tuple[Event, ...]:
    made.now += timedelta(minutes=1)
    envelope = Envelope(id=f"r{made.now}", stream=stream, at=made.now, channel=Channel.CLOCK)
    return made.journal.submit(ReckonTimers(envelope=envelope)).events


def test_due_and_steps_move_with_the_calendar_as_reckoned_on_the_day_they_began() -> None:
    made = world("working days after(task.created, 3)", "M", 'zx:remind="working days after(task.created, 2)"')
    stream = made.start("wang")
    assert shown_due(made, stream) == "2026-10-08T09:00"
    before_change = timers(made, stream)
    assert before_change == [("reminder", "2026-09-30T09:00"), ("escalation", "2026-09-29T09:00")]
    changed(made, "2026-09-30")
    made.now += timedelta(hours=5)
    events = reckon(made, stream)
    assert sorted(type(event).__name__ for event in events) == ["TaskDueMoved", "TimerMoved"]
    assert shown_due(made, stream) == "2026-10-09T09:00"
    assert timers(made, stream) == [("reminder", "2026-10-08T09:00"), ("escalation", "2026-09-29T09:00")]


def shown_due(made: World, stream: int) -> str:
    due = made.task(stream, "write").due
    assert due is not None
    return shown(due)


def test_what_the_calendar_does_not_say_stays_as_it_is() -> None:
    made = world(TEN_DAYS, "C")
    stream = made.start("wang")
    changed(made, "2026-10-08", "2026-10-09")
    made.now += timedelta(minutes=1)
    envelope = Envelope(id="r", stream=stream, at=made.now, channel=Channel.CLOCK)
    assert made.journal.submit(ReckonTimers(envelope=envelope)).events == ()


TIMERS = [
    ("timeDuration", 'duration("PT12H")', 'zx:calendar="5x8"', "2026-09-29T12:00", "2026-09-30T12:00"),
    ("timeDuration", 'duration("PT12H")', "", "2026-09-28T21:00", "2026-09-28T21:00"),
    ("timeDate", "working days after(now, 1)", "", "2026-09-29T09:00", "2026-09-30T09:00"),
    ("timeDate", '@"2026-09-29T20:00:00@Asia/Shanghai"', 'zx:calendar="5x8"', "2026-09-30T09:00", "2026-09-30T09:00"),
]


@pytest.mark.parametrize(("kind", "source", "more", "at_first", "afterwards"), TIMERS)
def test_a_timer_runs_in_its_window_and_moves_with_the_calendar(
    kind: str, source: str, more: str, at_first: str, afterwards: str
) -> None:
    body = (
        f'<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="wait" {more}><bpmn:timerEventDefinition>'
        f"<bpmn:{kind}>{source}</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        '<bpmn:endEvent id="e"/>' + chain("s", "wait", "e")
    )
    made = World(trial(process(body)))
    made.now = BEGIN - timedelta(minutes=1)
    stream = made.start()
    assert [moment for _, moment in timers(made, stream)] == [at_first]
    changed(made, "2026-09-29")
    moved = [event for event in reckon(made, stream) if isinstance(event, TimerMoved)]
    assert [moment for _, moment in timers(made, stream)] == [afterwards]
    assert len(moved) == (at_first != afterwards)


def test_a_window_that_never_opens_is_an_incident_for_a_timer_and_holds_no_escalation_up() -> None:
    made = world('@"9999-01-01"', "W")
    stream = made.start("wang")
    ((kind, moment),) = timers(made, stream)
    assert kind == TimerKind.ESCALATION
    assert moment[:4] > "5000"
    body = (
        '<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="wait" zx:calendar="5x8"><bpmn:timerEventDefinition>'
        '<bpmn:timeDuration>duration("PT999999H")</bpmn:timeDuration></bpmn:timerEventDefinition>'
        '</bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/>' + chain("s", "wait", "e")
    )
    far = World(trial(process(body)))
    (incident,) = far.instance(far.start()).incidents.values()
    assert "the timer of wait: expected a shorter duration" in incident.message_en


def test_no_person_reckons_timers_anew() -> None:
    made = world(TEN_DAYS)
    stream = made.start("wang")
    with pytest.raises(Refused, match="not a person"):
        made.do(ReckonTimers, "chen", stream)


def test_escalation_and_moved_moments_are_executed_again_alike() -> None:
    made = world("working days after(task.created, 3)", "N")
    stream = made.start("wang")
    changed(made, "2026-09-30")
    assert any(isinstance(event, TaskDueMoved) for event in reckon(made, stream))
    escalate(made, stream)
    journal = made.journal
    compared = replay.re_execute(
        StreamKind.INSTANCE,
        stream,
        journal.entries(stream),
        procedure=lambda entry, state: made.procedure,
        surroundings=journal.surroundings,
    )
    assert (compared.verdict, compared.entries) == (Verdict.IDENTICAL, 5)


# ------------------------------------------------------------------ the manifest


def test_classes_are_read_as_the_manifest_says_them() -> None:
    found = world(TEN_DAYS).procedure.escalations
    assert found["N"] == EscalationClass(
        code="N", steps=(Step(days=-1), Step(), Step(days=1, to=("SMO", "MR"))), pauses=True
    )
    assert found["C"].steps[:2] == (Step(share=50), Step(share=80))
    assert found["W"].calendar == "5x8"
    assert classes("nonsense") == {}


@pytest.mark.parametrize("text", ["0 %", "100 %", "50", "wd", "-1 wd", "1 d", 50, None])
def test_what_is_no_step_in_advance_is_none(text: object) -> None:
    assert before(text) is None


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('before = ["50 %", "80 %"]', 'before = ["half"]', "expected before as a list"),
        ('before = ["50 %", "80 %"]', "before = 50", "expected before as a list"),
        ("pauses = true", 'pauses = "yes"', "expected pauses to be true or false"),
        ('calendar = "5x8"', "calendar = 5", "expected pauses to be true or false, and calendar"),
        ('{ after = 1, to = ["MR"] }', '{ after = -1, to = ["MR"] }', "expected steps"),
    ],
)
def test_a_class_that_cannot_be_read_is_found(good: str, bad: str, said: str) -> None:
    def findings(manifest: str) -> list[str]:
        found = check({"procedure.toml": manifest.encode()})
        return [finding.text.en for finding in found if finding.element.startswith("escalation.")]

    assert findings(MANIFEST + CLASSES) == []
    (told,) = findings(MANIFEST + CLASSES.replace(good, bad))
    assert said in told


def test_the_days_of_the_test_are_those_of_the_calendar() -> None:
    shipped = Calendar.shipped()
    assert not shipped.is_working_day(Date(2026, 10, 5))
    assert shipped.is_working_day(Date(2026, 10, 10))
