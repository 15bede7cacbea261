"""A milestone: what recurs for one key of a timer start event; the next due moment, and what has happened so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine import milestone_rule as rules
from engine import temporal
from engine.commands import Command, ReviewMilestone, WaiveMilestone
from engine.errors import Reason, Refused, Text, UnknownKind
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
from engine.flow.elements import Element
from engine.flow.host import ExpressionFailed
from engine.milestone_rule import CatchUp
from engine.organisation import unattended
from engine.procedure import Procedure
from engine.remark import reason_given
from engine.role import Surroundings, authority
from engine.value import Context, DateTime, Value, number
from engine.words import Status

AT_ONCE = 500
"""How many missed moments one command passes over; the next one goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One key of a timer start event. `last` is the moment planned for the newest occurrence, of `count` so far."""

    stream: int
    revision: int = 0
    status: Status | None = None
    procedure: str = ""
    version: str = ""
    process: str = ""
    start: str = ""
    case: int | None = None
    key: str = ""
    opened: datetime | None = None
    due: DateTime | None = None
    last: DateTime | None = None
    count: int = 0
    problem_zh: str = ""
    problem_en: str = ""


def execute(
    procedure: Procedure | None, milestone: Milestone, command: Command, around: Surroundings
) -> tuple[Event, ...]:
    """What the command makes happen; nothing when the milestone is as it should be. Raises Refused."""
    if procedure is None:
        raise Refused(Reason.NOT_FOUND, "没有该程序版本", "the procedure version is not known")
    review = _Review(procedure, milestone, command, around)
    match command:
        case ReviewMilestone():
            _unattended(command)
            review.look(command)
        case WaiveMilestone():
            review.waive(command)
        case _:
            raise UnknownKind(type(command).__name__, command.VERSION)
    return tuple(review.events)


def apply(milestone: Milestone, event: Event, at: datetime) -> Milestone:
    """The milestone after the event."""
    match event:
        case MilestoneOpened():
            place = replace(milestone, procedure=event.procedure, process=event.process, start=event.start)
            return replace(place, case=event.case, key=event.key, status=Status.RUNNING, opened=at)
        case MilestoneFollowed():
            return replace(milestone, version=event.version)
        case MilestonePlanned():
            return replace(milestone, due=event.due, problem_zh="", problem_en="")
        case MilestoneOccurred() | MilestoneWaived():
            return replace(milestone, due=None, last=event.planned, count=event.number)
        case MilestonesPassed():
            return replace(milestone, due=None, last=event.planned[-1], count=event.number + len(event.planned) - 1)
        case MilestoneFailed():
            return replace(milestone, due=None, problem_zh=event.message_zh, problem_en=event.message_en)
        case MilestoneEnded():
            return replace(milestone, due=None, status=Status.COMPLETED, problem_zh="", problem_en="")
        case FollowUpScheduled():
            return milestone
        case _:
            raise UnknownKind(type(event).__name__, event.VERSION)


def planned(
    procedure: Procedure, milestone: Milestone, around: Surroundings, until: DateTime, most: int = 400
) -> list[DateTime]:
    """The moments of the milestone up to one, by the rules as they are now. Raises ExpressionFailed."""
    start = rules.timed_start(procedure, milestone.process, milestone.start)
    found: list[DateTime] = []
    if start is None or milestone.status is not Status.RUNNING or milestone.opened is None:
        return found
    items = rules.keys(procedure, start, around)
    opened = _local(milestone.opened, around)
    due = milestone.due
    while due is not None and rules.has_come(due, until) and len(found) < most:
        found.append(due)
        due = rules.next_due(procedure, start, around, items.get(milestone.key), opened, due)
    return found


class _Review:
    """The milestone during one command: every event is applied as it is emitted."""

    def __init__(self, procedure: Procedure, milestone: Milestone, command: Command, around: Surroundings) -> None:
        self.procedure = procedure
        self.milestone = milestone
        self.around = around
        self.at = command.envelope.at
        self.command = command
        self.now = _local(self.at, around)
        self.events: list[Event] = []

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self.milestone = apply(self.milestone, event, self.at)

    def look(self, command: ReviewMilestone) -> None:
        """Open, follow, plan, let happen, or end."""
        self._same(command)
        start = rules.timed_start(self.procedure, command.process, command.start)
        try:
            items = {} if start is None else rules.keys(self.procedure, start, self.around)
        except ExpressionFailed as error:
            if self.milestone.status is None:
                raise Refused(Reason.INVALID_DATA, error.text.zh, error.text.en) from error
            self._fail(error.text)
            return
        if start is None or command.key not in items:
            self._end(command)
            return
        if self.milestone.status is not Status.RUNNING:
            place = (command.procedure, command.process, command.start, command.case, command.key)
            self._open(*place)
        if self.milestone.version != self.procedure.digest:
            self.emit(MilestoneFollowed(version=self.procedure.digest))
        item = items[command.key]
        if self._plan(start, item):
            self._happen(start, item)

    def waive(self, command: WaiveMilestone) -> None:
        """A person lets the next occurrence pass."""
        reason_given(command.reason)
        actor = command.envelope.actor
        roles = self.procedure.may("waive")
        company = replace(self.around, case=None)
        right = None if actor is None else authority(company, actor, self.now.date, persons=(), roles=roles)
        if actor is None or right is None:
            raise Refused(
                Reason.NOT_ALLOWED,
                f"里程碑应由 {'、'.join(roles)} 豁免",
                f"expected a holder of {', '.join(roles)} to waive a milestone",
            )
        if self.milestone.due is None or self.milestone.due != command.planned:
            zh, en = self._next()
            raise Refused(
                Reason.WRONG_STATE, f"只能豁免下一次,{zh}", f"expected the next occurrence to be waived, {en}"
            )
        count = self.milestone.count + 1
        self.emit(
            MilestoneWaived(
                number=count,
                planned=command.planned,
                person=actor,
                on_behalf_of=right.on_behalf_of,
                reason=command.reason,
            )
        )
        start = rules.timed_start(self.procedure, self.milestone.process, self.milestone.start)
        try:
            items = {} if start is None else rules.keys(self.procedure, start, self.around)
        except ExpressionFailed as error:
            self._fail(error.text)
            return
        if start is not None and self.milestone.key in items:
            self._plan(start, items[self.milestone.key], anew=True)

    def _same(self, command: ReviewMilestone) -> None:
        known = self.milestone
        asked = (command.procedure, command.process, command.start, command.case, command.key)
        if known.status is not None and asked != (known.procedure, known.process, known.start, known.case, known.key):
            raise Refused(
                Reason.WRONG_STATE, "此流属于另一个里程碑", "expected the stream of this milestone, but it is another's"
            )
        case = self.around.case
        if command.procedure != self.procedure.key or command.case != (None if case is None else case.stream):
            raise Refused(
                Reason.INVALID_DATA,
                "里程碑应按其程序和服务项目查看",
                "expected the milestone's own procedure and case",
            )

    def _open(self, procedure: str, process: str, start: str, case: int | None, key: str) -> None:
        self.emit(MilestoneOpened(procedure=procedure, process=process, start=start, case=case, key=key))

    def _end(self, command: ReviewMilestone) -> None:
        if self.milestone.status is None:
            raise Refused(
                Reason.WRONG_STATE,
                f"开始事件 {command.start} 没有键 {command.key}",
                f"expected a key of {command.start}, but {command.key} is none",
            )
        if self.milestone.status is Status.RUNNING:
            self.emit(MilestoneEnded())

    def _plan(self, start: Element, item: Value, *, anew: bool = False) -> bool:
        """The next due moment as the rules say it now; False when they fail."""
        known = self.milestone
        assert known.opened is not None
        opened = _local(known.opened, self.around)
        try:
            due = rules.next_due(self.procedure, start, self.around, item, opened, known.last)
        except ExpressionFailed as error:
            self._fail(error.text)
            return False
        is_new = known.revision == 0 and not any(isinstance(event, MilestonePlanned) for event in self.events)
        if anew or is_new or due != known.due or known.problem_en:
            self.emit(MilestonePlanned(due=due))
        return True

    def _happen(self, start: Element, item: Value) -> None:
        """What is due occurs: once in a command, so that each occurrence is an entry of its own."""
        passed: list[DateTime] = []
        while (due := self.milestone.due) is not None and rules.has_come(due, self.now):
            if rules.catch_up(start) is CatchUp.EACH:
                self._occur(start, due)
                self._plan(start, item, anew=True)
                return
            after = self._after(start, item, due)
            if after is None or not rules.has_come(after, self.now):
                self._pass(passed)
                self._occur(start, due)
                self._plan(start, item, anew=True)
                return
            passed.append(due)
            self.milestone = replace(self.milestone, due=after)
            if len(passed) == AT_ONCE:
                break
        if passed:
            self._pass(passed)
            self._plan(start, item, anew=True)

    def _after(self, start: Element, item: Value, due: DateTime) -> DateTime | None:
        assert self.milestone.opened is not None
        opened = _local(self.milestone.opened, self.around)
        try:
            return rules.next_due(self.procedure, start, self.around, item, opened, due)
        except ExpressionFailed:
            return None  # told when it is planned

    def _pass(self, passed: list[DateTime]) -> None:
        if passed:
            self.emit(MilestonesPassed(number=self.milestone.count + 1, planned=tuple(passed)))

    def _occur(self, start: Element, due: DateTime) -> None:
        known, count = self.milestone, self.milestone.count + 1
        job = f"{known.stream}.{known.revision + 1}.1"
        self.emit(MilestoneOccurred(number=count, planned=due, job=job))
        payload = Context({"key": known.key, "planned": due, "number": number(count)})
        fields = {
            "case": None if known.case is None else str(known.case),
            "version": self.procedure.digest,
            "process": known.process,
            "input": Context(),
            "start": start.id,
            "payload": payload,
        }
        self.emit(FollowUpScheduled(job=job, stream=None, kind="StartInstance", fields=Context(fields)))

    def _fail(self, text: Text) -> None:
        if (self.milestone.problem_zh, self.milestone.problem_en) != (text.zh, text.en):
            self.emit(MilestoneFailed(message_zh=text.zh, message_en=text.en))

    def _next(self) -> tuple[str, str]:
        due = self.milestone.due
        if due is None:
            return "但没有下一次", "but there is none"
        shown = temporal.format_date_time(due)
        return f"即 {shown}", f"which is {shown}"


def _unattended(command: Command) -> None:
    if not unattended(command.envelope):
        raise Refused(
            Reason.NOT_ALLOWED,
            "此命令由时钟发出,不由人员发出",
            "expected the clock to ask for this, not a person",
        )


def _local(at: datetime, around: Surroundings) -> DateTime:
    return temporal.in_zone(temporal.from_datetime(at), around.organisation.working.zone)
