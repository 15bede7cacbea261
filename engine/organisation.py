"""The organisation: people, their roles and deputies, own setting values, the working calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from engine import temporal
from engine.absence import Absence, told
from engine.calendar import Calendar
from engine.commands import (
    AddPerson,
    AppointDeputy,
    ChangeCalendar,
    ChangeSetting,
    Command,
    DismissDeputy,
    DisposeStream,
    EndAbsence,
    Envelope,
    EraseCase,
    ErasePerson,
    GrantRole,
    ReportAbsence,
    RevokeRole,
)
from engine.errors import Reason, Refused, UnknownKind
from engine.events import (
    AbsenceEnded,
    AbsenceReported,
    CalendarChanged,
    CaseErased,
    DeputyAppointed,
    DeputyDismissed,
    Event,
    MessageThrown,
    PersonAdded,
    PersonErased,
    RoleGranted,
    RoleRevoked,
    SettingChanged,
    StreamDisposed,
)
from engine.procedure import Procedure
from engine.remark import reason_given
from engine.value import Context, Date, Person
from engine.words import Channel

ADMINISTRATOR = "SYS"
"""The role whose holders keep people, roles, deputies and the calendar."""

LONGEST_DEPUTYSHIP = 366
LONGEST_ROLE = 64
OWN = (AppointDeputy, DismissDeputy, ReportAbsence, EndAbsence)
"""What everybody may say about themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputyship:
    """`deputy` may act for `person` from the first to the last day, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date

    def overlaps(self, other: Deputyship) -> bool:
        """The same person acts for the same other person on a day of both."""
        same = (self.person, self.deputy) == (other.person, other.deputy)
        return same and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """People are opaque ids here; their names are personal values kept by storage."""

    stream: int
    revision: int = 0
    persons: tuple[Person, ...] = ()
    erased: tuple[Person, ...] = ()
    roles: dict[str, tuple[Person, ...]] = field(default_factory=dict)
    deputies: tuple[Deputyship, ...] = ()
    absences: tuple[Absence, ...] = ()
    settings: dict[str, Context] = field(default_factory=dict)
    calendar: Context = field(default_factory=Context)

    @cached_property
    def working(self) -> Calendar:
        """The calendar to reckon with: the organisation's own, or the one that ships."""
        return Calendar.from_value(self.calendar) if self.calendar else Calendar.shipped()

    def holds(self, person: Person, role: str) -> bool:
        """The person holds the role company-wide."""
        return person in self.roles.get(role, ())

    def principals(self, deputy: Person, day: Date) -> tuple[Person, ...]:
        """Those for whom this person may act on the day."""
        found = (d.person for d in self.deputies if d.deputy == deputy and d.first <= day <= d.last)
        return tuple(dict.fromkeys(found))

    def has_deputy(self, person: Person, day: Date) -> bool:
        """Somebody may act for this person on the day."""
        return any(d.person == person and d.first <= day <= d.last for d in self.deputies)

    def absence(self, person: Person, day: Date) -> Absence | None:
        """The absence of a person on a day."""
        return next((a for a in self.absences if a.person == person and a.first <= day <= a.last), None)

    def today(self, at: datetime) -> Date:
        """The day on the organisation's clocks."""
        return temporal.in_zone(temporal.from_datetime(at), self.working.zone).date

    def acts(self, person: Person, roles: Iterable[str], at: datetime) -> bool:
        """The person holds one of the roles company-wide, or is the deputy of somebody who does."""
        acting = (person, *self.principals(person, self.today(at)))
        return any(self.holds(someone, role) for role in roles for someone in acting)

    def counting(self, person: Person, roles: Iterable[str], at: datetime) -> set[Person]:
        """Who acts when the person does: those they deputise for count as one with them, unless they hold a role themselves."""
        if any(self.holds(person, role) for role in roles):
            return {person}
        return {person, *self.principals(person, self.today(at))}


def execute(procedure: Procedure | None, organisation: Organisation, command: Command) -> tuple[Event, ...]:
    """What the command makes happen. Raises Refused."""
    _may(procedure, organisation, command)
    match command:
        case AddPerson():
            person = Person(f"{organisation.stream}.{organisation.revision + 1}.1")
            return (PersonAdded(person=person, name=command.name, handle=command.handle),)
        case GrantRole() | RevokeRole():
            return _role(organisation, command)
        case AppointDeputy() | DismissDeputy():
            return _deputy(organisation, command)
        case ReportAbsence() | EndAbsence():
            known(organisation, command.person)
            return told(organisation.absences, command, organisation.today(command.envelope.at))
        case ChangeSetting():
            return (_setting(procedure, command),)
        case ChangeCalendar():
            _readable(command.calendar)
            return (CalendarChanged(calendar=command.calendar),)
        case ErasePerson() | EraseCase() | DisposeStream():
            return _gone(organisation, command)
        case _:
            raise UnknownKind(type(command).__name__, command.VERSION)


def apply(organisation: Organisation, event: Event) -> Organisation:
    """The organisation after the event."""
    match event:
        case PersonAdded():
            return replace(organisation, persons=(*organisation.persons, event.person))
        case RoleGranted():
            return _with_role(organisation, event.role, (*organisation.roles.get(event.role, ()), event.person))
        case RoleRevoked():
            left = tuple(p for p in organisation.roles.get(event.role, ()) if p != event.person)
            return _with_role(organisation, event.role, left)
        case DeputyAppointed():
            added = Deputyship(person=event.person, deputy=event.deputy, first=event.first, last=event.last)
            return replace(organisation, deputies=(*organisation.deputies, added))
        case DeputyDismissed():
            kept = tuple(d for d in organisation.deputies if (d.person, d.deputy) != (event.person, event.deputy))
            return replace(organisation, deputies=kept)
        case AbsenceReported() | AbsenceEnded():
            return replace(organisation, absences=_absences(organisation, event))
        case SettingChanged():
            return _with_setting(organisation, event)
        case CalendarChanged():
            return replace(organisation, calendar=event.calendar)
        case PersonErased():
            return _without(organisation, event.person)
        case CaseErased() | StreamDisposed() | MessageThrown():
            return organisation
        case _:
            raise UnknownKind(type(event).__name__, event.VERSION)


def known(organisation: Organisation, person: Person) -> Person:
    """The person, or a refusal."""
    if person in organisation.erased:
        raise Refused(
            Reason.NOT_FOUND,
            f"应为本组织的人员,但 {person.id} 已被删除",
            f"expected a person of this organisation, but {person.id} was erased",
        )
    if person not in organisation.persons:
        raise Refused(
            Reason.NOT_FOUND,
            f"应为本组织的人员,但没有编号为 {person.id} 的人员",
            f"expected a person of this organisation, but there is none with id {person.id}",
        )
    return person


def unattended(envelope: Envelope) -> bool:
    """No person asks, but the operator at the machine itself, the clock or the worker."""
    return envelope.actor is None and envelope.channel in (Channel.CLI, Channel.CLOCK, Channel.WORKER)


def _may(procedure: Procedure | None, organisation: Organisation, command: Command) -> None:
    """Settings belong to the procedure's owner, one's own deputy to oneself, everything else to the administrator."""
    actor = command.envelope.actor
    if actor is None and command.envelope.channel is Channel.CLI:
        return  # the operator at the machine itself
    if isinstance(command, ChangeSetting) and procedure is not None:
        roles = procedure.may("settings")
    elif isinstance(command, OWN) and actor == command.person:
        return
    else:
        roles = (ADMINISTRATOR,)
    if actor is None or not organisation.acts(actor, roles, command.envelope.at):
        raise Refused(
            Reason.NOT_ALLOWED,
            f"此项组织数据只能由 {'、'.join(roles)} 修改",
            f"expected a holder of {', '.join(roles)} to change this",
        )
    if isinstance(command, GrantRole) and command.person == actor:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            "不能给自己授予角色",
            "expected somebody other than the person concerned to grant a role",
        )
    if isinstance(command, ErasePerson) and command.person == actor:
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            "不能删除自己",
            "expected somebody other than the person concerned to erase a person",
        )


def _role(organisation: Organisation, command: GrantRole | RevokeRole) -> tuple[Event, ...]:
    person = known(organisation, command.person)
    if command.reason is not None:
        reason_given(command.reason)
    held = organisation.holds(person, command.role)
    if isinstance(command, GrantRole):
        _role_code(command.role)
        return () if held else (RoleGranted(person=person, role=command.role),)
    if held and command.role == ADMINISTRATOR:
        _somebody_is_left(organisation, command)
    return (RoleRevoked(person=person, role=command.role),) if held else ()


def _somebody_is_left(organisation: Organisation, command: RevokeRole) -> None:
    """Without an administrator nobody could appoint one again, except at the machine."""
    if not unattended(command.envelope) and len(organisation.roles[ADMINISTRATOR]) == 1:
        raise Refused(
            Reason.WRONG_STATE,
            "应至少保留一位系统管理员,但这是最后一位。请先授予另一人系统管理员角色",
            "expected an administrator to be left, but this is the last one; grant the role to somebody else first",
        )


def _role_code(role: str) -> None:
    if not 0 < len(role) <= LONGEST_ROLE or not role.isprintable() or role.strip() != role:
        raise Refused(
            Reason.INVALID_DATA,
            f"角色代码应为 1 到 {LONGEST_ROLE} 个可见字符",
            f"expected a role code of 1 to {LONGEST_ROLE} visible characters",
        )


def _deputy(organisation: Organisation, command: AppointDeputy | DismissDeputy) -> tuple[Event, ...]:
    person, deputy = known(organisation, command.person), known(organisation, command.deputy)
    if isinstance(command, DismissDeputy):
        appointed = any((d.person, d.deputy) == (person, deputy) for d in organisation.deputies)
        return (DeputyDismissed(person=person, deputy=deputy),) if appointed else ()
    if person == deputy:
        raise Refused(
            Reason.INVALID_DATA,
            "代理人应为另一个人,但与本人相同",
            "expected another person as deputy, but found the same",
        )
    if command.last < command.first:
        raise Refused(
            Reason.INVALID_DATA,
            "代理的最后一天应不早于第一天",
            "expected the last day of the deputyship not before its first",
        )
    if temporal.ordinal(command.last) - temporal.ordinal(command.first) >= LONGEST_DEPUTYSHIP:
        raise Refused(
            Reason.INVALID_DATA,
            f"代理应不超过 {LONGEST_DEPUTYSHIP} 天",
            f"expected a deputyship of at most {LONGEST_DEPUTYSHIP} days",
        )
    wanted = Deputyship(person=person, deputy=deputy, first=command.first, last=command.last)
    if wanted in organisation.deputies:
        return ()
    if any(wanted.overlaps(other) for other in organisation.deputies):
        raise Refused(
            Reason.WRONG_STATE,
            "这些日子里,此人已是代理人,请先结束原来的代理",
            "expected days on which this person is not the deputy yet, but found some: end that deputyship first",
        )
    return (DeputyAppointed(person=person, deputy=deputy, first=command.first, last=command.last),)


def _gone(organisation: Organisation, command: ErasePerson | EraseCase | DisposeStream) -> tuple[Event, ...]:
    """What is erased or disposed of, as facts; storage does it in the same commit, and refuses what is not there."""
    reason = command.reason
    reason_given(reason)
    match command:
        case ErasePerson():
            return (PersonErased(person=known(organisation, command.person), reason=reason),)
        case EraseCase():
            return (CaseErased(case=command.case, reason=reason),)
        case DisposeStream() if not command.ends:
            number = command.disposed
            raise Refused(Reason.NOT_FOUND, f"没有编号为 {number} 的流", f"there is no stream {number}")
        case DisposeStream():
            return tuple(
                StreamDisposed(disposed=end.stream, revision=end.revision, digest=end.digest, reason=reason)
                for end in command.ends
            )


def _setting(procedure: Procedure | None, command: ChangeSetting) -> SettingChanged:
    if procedure is None or command.key not in procedure.settings:
        raise Refused(
            Reason.NOT_FOUND,
            f"程序 {command.procedure} 没有设置项 {command.key}",
            f"procedure {command.procedure} has no setting {command.key}",
        )
    setting = procedure.settings[command.key]
    if command.value is not None and not setting.accepts(command.value):
        raise Refused(
            Reason.INVALID_DATA,
            f"设置项 {command.key} 应为{setting.wanted.zh}",
            f"expected a value {setting.wanted.en} for setting {command.key}",
        )
    return SettingChanged(procedure=command.procedure, key=command.key, value=command.value)


def _readable(calendar: Context) -> None:
    try:
        Calendar.from_value(calendar)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(
            Reason.INVALID_DATA, f"工作日历无法读取:{error}", f"expected a working calendar, but {error}"
        ) from error


def _with_role(organisation: Organisation, role: str, persons: tuple[Person, ...]) -> Organisation:
    return replace(organisation, roles={**organisation.roles, role: persons})


def _without(organisation: Organisation, person: Person) -> Organisation:
    """Who was erased holds no role, deputises for nobody and has no deputy."""
    return replace(
        organisation,
        persons=tuple(p for p in organisation.persons if p != person),
        erased=(*organisation.erased, person),
        roles={role: tuple(p for p in held if p != person) for role, held in organisation.roles.items()},
        deputies=tuple(d for d in organisation.deputies if person not in (d.person, d.deputy)),
        absences=tuple(a for a in organisation.absences if a.person != person),
    )


def _absences(organisation: Organisation, event: AbsenceReported | AbsenceEnded) -> tuple[Absence, ...]:
    if isinstance(event, AbsenceReported):
        return (*organisation.absences, Absence(person=event.person, first=event.first, last=event.last))
    ended = [one for one in organisation.absences if one.person == event.person and event.first in (None, one.first)]
    return tuple(one for one in organisation.absences if one not in ended)


def _with_setting(organisation: Organisation, event: SettingChanged) -> Organisation:
    own = dict(organisation.settings.get(event.procedure, Context()))
    own.pop(event.key, None)
    if event.value is not None:
        own[event.key] = event.value
    return replace(organisation, settings={**organisation.settings, event.procedure: Context(own)})
