"""Somebody is not there: who says so, and to whom a task goes that is for them while nobody acts for them."""

from __future__ import annotations

import pytest

from engine.absence import Absence
from engine.commands import AppointDeputy, CompleteTask, EndAbsence, ReportAbsence
from engine.errors import Reason, Refused
from engine.events import AbsenceEnded, AssigneePassed, TaskOffered
from engine.journal import Entry
from engine.organisation import Organisation
from engine.replay import at as state_at
from engine.stream import ORGANISATION
from engine.value import Context, Date
from engine.words import StreamKind
from tests.engine.world import MANIFEST, World, chain, lane, process, trial

ESCALATION = '[escalation.N]\nzh = "一般"\nen = "Normal"\nsteps = [{ after = 0, to = ["MR"] }]\n'
BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="first" zx:result="chosen"/>'
    '<bpmn:userTask id="theirs" zx:assignee="chosen.who" zx:escalation="N"/><bpmn:endEvent id="e"/>'
    + chain("s", "first", "theirs", "e")
)
FIRST, LAST = Date(2026, 3, 1), Date(2026, 3, 5)


def world(*sellers: str) -> World:
    """Wang and others of sales, Chen who owns the procedure, Li of the management; the lane is that of sales."""
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "first", "theirs")}</bpmn:laneSet>'
    made = World(trial(process(BODY, lanes=lanes), MANIFEST + ESCALATION))
    for name in ("wang", *sellers):
        made.hire(name, "SALES")
    made.hire("chen", "SMO")
    return made


def away(made: World, who: str, first: Date = FIRST, last: Date = LAST, by: str | None = None) -> Entry:
    return made.do(ReportAbsence, by, ORGANISATION, person=made.people[who], first=first, last=last)


def absences(made: World) -> tuple[Absence, ...]:
    found = made.journal.states[ORGANISATION]
    assert isinstance(found, Organisation)
    return found.absences


def offered(made: World, who: str = "wang") -> tuple[TaskOffered, list[AssigneePassed]]:
    """How the task for a person is offered."""
    stream = made.start(None)
    choosing = made.task(stream, "first").id
    actor = next(name for name in made.people if name != who)
    if made.people[actor] not in made.journal.states[ORGANISATION].roles["SALES"]:  # type: ignore[union-attr]  # it is the organisation
        actor = who
    data = Context({"who": made.people[who]})
    entry = made.do(CompleteTask, actor, stream, task=choosing, data=data)
    (offer,) = [event for event in entry.events if isinstance(event, TaskOffered)]
    replayed = state_at(StreamKind.INSTANCE, stream, made.journal.kept[stream], made.instance(stream).revision)
    assert replayed == made.instance(stream)
    return offer, [event for event in entry.events if isinstance(event, AssigneePassed)]


def test_whoever_is_there_has_their_task() -> None:
    made = world("liu")
    offer, passed = offered(made)
    assert (offer.assignee, offer.roles, passed) == (made.people["wang"], (), [])


def test_without_a_deputy_it_goes_to_the_role_of_the_lane_and_the_entry_says_so() -> None:
    made = world("liu")
    away(made, "wang")
    offer, (passed,) = offered(made)
    assert (offer.assignee, offer.persons, offer.roles) == (None, (), ("SALES",))
    assert (passed.task, passed.person, passed.until, passed.roles) == (
        offer.task,
        made.people["wang"],
        LAST,
        ("SALES",),
    )


def test_with_a_deputy_it_stays_theirs() -> None:
    made = world("liu")
    away(made, "wang")
    made.deputise("wang", "liu")
    offer, passed = offered(made)
    assert (offer.assignee, passed) == (made.people["wang"], [])


def test_where_the_role_has_nobody_else_it_goes_to_whom_the_escalation_tells_then_to_the_owner() -> None:
    made = world()
    away(made, "wang")
    assert offered(made)[0].roles == ("SMO",)
    made.hire("li", "MR")
    assert offered(made)[0].roles == ("MR",)
    made.hire("liu", "SALES")
    away(made, "liu")
    assert offered(made)[0].roles == ("MR",)


def test_where_nobody_is_there_at_all_it_waits() -> None:
    made = world()
    away(made, "wang")
    away(made, "chen")
    offer, passed = offered(made)
    assert (offer.assignee, passed) == (made.people["wang"], [])


@pytest.mark.parametrize(
    ("first", "last"), [(Date(2026, 2, 1), Date(2026, 3, 1)), (Date(2026, 3, 3), Date(2026, 3, 9))]
)
def test_before_and_after_the_days_it_is_theirs(first: Date, last: Date) -> None:
    made = world("liu")
    away(made, "wang", first, last)
    assert offered(made)[0].assignee == made.people["wang"]


def test_whoever_is_back_has_their_tasks_again() -> None:
    made = world("liu")
    away(made, "wang")
    made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"])
    assert offered(made)[0].assignee == made.people["wang"]
    assert made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"]).events == ()


COMING = (Date(2026, 3, 9), Date(2026, 3, 11))


def test_whoever_is_back_is_still_away_on_the_days_to_come() -> None:
    made = world("liu")
    away(made, "wang")
    away(made, "wang", *COMING)
    (ended,) = made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"]).events
    assert ended == AbsenceEnded(person=made.people["wang"], first=FIRST)
    assert [(one.first, one.last) for one in absences(made)] == [COMING]
    assert made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"]).events == ()


def test_days_to_come_are_cancelled_by_their_first_day() -> None:
    made = world("liu")
    for who in ("wang", "liu"):
        away(made, who)
        away(made, who, *COMING)
    made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"], first=COMING[0])
    assert [(one.person, one.first) for one in absences(made)] == [
        (made.people["wang"], FIRST),
        (made.people["liu"], FIRST),
        (made.people["liu"], COMING[0]),
    ]
    nothing = made.do(EndAbsence, "wang", ORGANISATION, person=made.people["wang"], first=Date(2026, 3, 10))
    assert nothing.events == ()


def test_everybody_says_it_of_themselves_and_an_administrator_of_others() -> None:
    made = world("liu")
    made.hire("admin", "SYS")
    away(made, "wang", by="wang")
    away(made, "liu", by="admin")
    for command, more in ((ReportAbsence, {"first": FIRST, "last": LAST}), (EndAbsence, {})):
        with pytest.raises(Refused) as refused:
            made.do(command, "liu", ORGANISATION, person=made.people["wang"], **more)
        assert refused.value.reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (LAST, FIRST, Reason.INVALID_DATA),
        (Date(2026, 1, 1), Date(2027, 1, 2), Reason.INVALID_DATA),
        (LAST, Date(2026, 3, 9), Reason.WRONG_STATE),
    ],
)
def test_days_that_cannot_be_or_are_known_already_are_refused(first: Date, last: Date, reason: Reason) -> None:
    made = world()
    away(made, "wang")
    with pytest.raises(Refused) as refused:
        away(made, "wang", first, last)
    assert refused.value.reason is reason


def test_the_same_absence_said_twice_is_one() -> None:
    made = world()
    away(made, "wang")
    assert away(made, "wang").events == ()


def test_a_deputyship_may_be_made_during_an_absence() -> None:
    made = world("liu")
    away(made, "wang")
    more = {"person": made.people["wang"], "deputy": made.people["liu"], "first": FIRST, "last": LAST}
    assert len(made.do(AppointDeputy, "wang", ORGANISATION, **more).events) == 1
