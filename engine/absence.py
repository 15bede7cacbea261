"""Somebody is not there for some days: who says so, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine import temporal
from engine.commands import EndAbsence, ReportAbsence
from engine.errors import Reason, Refused
from engine.events import AbsenceEnded, AbsenceReported, Event
from engine.value import Date, Person

LONGEST = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """`person` is not there from the first to the last day, both included."""

    person: Person
    first: Date
    last: Date


def told(absences: Sequence[Absence], command: ReportAbsence | EndAbsence, today: Date) -> tuple[Event, ...]:
    """What a report makes happen; `absences` are those that are known. Raises Refused."""
    person = command.person
    mine = [one for one in absences if one.person == person]
    if isinstance(command, EndAbsence):
        ended = next((one for one in mine if _is_meant(one, command, today)), None)
        return () if ended is None else (AbsenceEnded(person=person, first=ended.first),)
    days = temporal.ordinal(command.last) - temporal.ordinal(command.first)
    if not 0 <= days < LONGEST:
        raise Refused(
            Reason.INVALID_DATA,
            f"缺勤的最后一天应不早于第一天,且不超过 {LONGEST} 天",
            f"expected the last day of the absence not before its first, and at most {LONGEST} days",
        )
    if Absence(person=person, first=command.first, last=command.last) in mine:
        return ()
    if any(one.first <= command.last and command.first <= one.last for one in mine):
        raise Refused(
            Reason.WRONG_STATE,
            "这些日子里已有缺勤登记,请先结束它",
            "expected days without an absence, but one is known already: end it first",
        )
    return (AbsenceReported(person=person, first=command.first, last=command.last),)


def _is_meant(one: Absence, command: EndAbsence, today: Date) -> bool:
    return one.first <= today <= one.last if command.first is None else one.first == command.first
