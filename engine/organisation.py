"""The organisation: people, their roles and deputies, own setting values, the working calendar."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from engine.calendar import Calendar
from engine.commands import (
    AddPerson,
    AppointDeputy,
    ChangeCalendar,
    ChangeSetting,
    Command,
    DismissDeputy,
    GrantRole,
    RevokeRole,
)
from engine.errors import Reason, Refused, UnknownKind
from engine.events import (
    CalendarChanged,
    DeputyAppointed,
    DeputyDismissed,
    Event,
    PersonAdded,
    RoleGranted,
    RoleRevoked,
    SettingChanged,
)
from engine.procedure import Procedure
from engine.value import Context, Date, Person
from engine.words import Channel

ADMINISTRATOR = "SYS"
"""The role whose holders keep people and roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputyship:
    """`deputy` may act for `person` from the first to the last day, both included."""

    person: Person
    deputy: Person
    first: Date
    last: Date


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """People are opaque ids here; their names are personal values kept by storage."""

    stream: int
    revision: int = 0
    persons: tuple[Person, ...] = ()
    roles: dict[str, tuple[Person, ...]] = field(default_factory=dict)
    deputies: tuple[Deputyship, ...] = ()
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
        return tuple(d.person for d in self.deputies if d.deputy == deputy and d.first <= day <= d.last)


def execute(procedure: Procedure | None, organisation: Organisation, command: Command) -> tuple[Event, ...]:
    """What the command makes happen. Raises Refused."""
    _may_administer(organisation, command)
    match command:
        case AddPerson():
            person = Person(f"{organisation.stream}.{organisation.revision + 1}.1")
            return (PersonAdded(person=person, name=command.name, handle=command.handle),)
        case GrantRole() | RevokeRole():
            return _role(organisation, command)
        case AppointDeputy() | DismissDeputy():
            return _deputy(organisation, command)
        case ChangeSetting():
            return (_setting(procedure, command),)
        case ChangeCalendar():
            _readable(command.calendar)
            return (CalendarChanged(calendar=command.calendar),)
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
        case SettingChanged():
            return _with_setting(organisation, event)
        case CalendarChanged():
            return replace(organisation, calendar=event.calendar)
        case _:
            raise UnknownKind(type(event).__name__, event.VERSION)


def known(organisation: Organisation, person: Person) -> Person:
    """The person, or a refusal."""
    if person not in organisation.persons:
        raise Refused(
            Reason.NOT_FOUND,
            f"应为本组织的人员,但没有编号为 {person.id} 的人员",
            f"expected a person of this organisation, but there is none with id {person.id}",
        )
    return person


def _may_administer(organisation: Organisation, command: Command) -> None:
    actor = command.envelope.actor
    if actor is None and command.envelope.channel is Channel.CLI:
        return  # the operator at the machine itself
    if actor is None or not organisation.holds(actor, ADMINISTRATOR):
        raise Refused(
            Reason.NOT_ALLOWED,
            f"人员与组织数据只能由 {ADMINISTRATOR}(系统管理员)修改",
            f"people and organisation data are changed by holders of {ADMINISTRATOR} only",
        )


def _role(organisation: Organisation, command: GrantRole | RevokeRole) -> tuple[Event, ...]:
    person = known(organisation, command.person)
    held = organisation.holds(person, command.role)
    if isinstance(command, GrantRole):
        return () if held else (RoleGranted(person=person, role=command.role),)
    return (RoleRevoked(person=person, role=command.role),) if held else ()


def _deputy(organisation: Organisation, command: AppointDeputy | DismissDeputy) -> tuple[Event, ...]:
    person, deputy = known(organisation, command.person), known(organisation, command.deputy)
    if isinstance(command, DismissDeputy):
        return (DeputyDismissed(person=person, deputy=deputy),)
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
    return (DeputyAppointed(person=person, deputy=deputy, first=command.first, last=command.last),)


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
            f"设置项 {command.key} 应为 {setting.type} 类型的值",
            f"expected a value of type {setting.type} for setting {command.key}",
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


def _with_setting(organisation: Organisation, event: SettingChanged) -> Organisation:
    own = dict(organisation.settings.get(event.procedure, Context()))
    own.pop(event.key, None)
    if event.value is not None:
        own[event.key] = event.value
    return replace(organisation, settings={**organisation.settings, event.procedure: Context(own)})
