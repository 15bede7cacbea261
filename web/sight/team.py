"""The parts that people have in a case: roles held in it and persons named in its data, and how each is given to somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import Text
from engine.instance import Subscription
from engine.procedure import Procedure
from engine.value import Person
from engine.words import Status
from web import reading
from web.identity import me
from web.sight import underway
from web.sight.dossier import Dossier
from web.sight.replacing import Replacing, replacing
from web.telling.naming import Names

CHANGE, SEND = "case", "message"
"""The rights by which parts are given to others: at once, or by a message that the procedure waits for."""

FIELD = "data."
"""Before the name of a field of case data that names a person."""

DRAWN = ("processes/", "decisions/")
QUOTED = re.compile(r"""(?:"|&quot;)([^"&<>\s]+)(?=["&])""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A role in the case, or a field of its data; `company`: who has the role where the case names nobody.

    `way` is how the procedure replaces them, and `awaited` the message that begins it, while an instance waits for it.
    Half given, the data still names somebody else than the role.
    """

    key: str
    name: Text
    held: tuple[Person, ...]
    company: tuple[Person, ...] = ()
    way: Replacing | None = None
    awaited: Subscription | None = None
    is_under_way: bool = False
    is_half_given: bool = False
    may: bool = False

    @property
    def field(self) -> str:
        """The field of case data; nothing for a role."""
        return self.key.removeprefix(FIELD) if self.key.startswith(FIELD) else ""

    @property
    def is_one(self) -> bool:
        """It is for one person: a field, or a role that the data names a person for, too."""
        return bool(self.field) or self.way is not None

    @property
    def is_appointed(self) -> bool:
        """Nobody has it yet, and steps of a process that still runs are to appoint somebody."""
        return self.awaited is not None and not self.held

    @property
    def is_open(self) -> bool:
        """Whoever asks may give it to somebody else now."""
        return self.may and not self.is_under_way and not self.is_appointed


def may_change(found: Dossier) -> bool:
    """Whoever asks may give some part to somebody else."""
    return any(part.may for part in parts(found))


def parts(found: Dossier) -> list[Part]:
    """Every part, those that somebody has in the case first."""
    if found.case.status is not Status.RUNNING or not found.is_now:
        return []
    with_holders = [*_roles(found), *_fields(found)]
    return sorted(with_holders, key=lambda part: not part.held)


def part_of(found: Dossier, key: str) -> Part | None:
    """The part that a key names, if whoever asks may give it to somebody else, now or at another time."""
    return next((part for part in parts(found) if part.key == key and part.may), None)


def moving(found: Dossier, part: Part) -> list[Text]:
    """The steps waiting for the role, each once: they go to whoever has it next."""
    return list(
        dict.fromkeys(
            found.names(instance.stream).step(task.process, task.element)
            for instance in found.instances
            for task in instance.tasks.values()
            if part.key in task.roles
        )
    )


def to_come(found: Dossier, part: Part) -> list[Text]:
    """The steps by which the procedure replaces somebody."""
    names: Names = found.names(found.number)
    return [] if part.way is None else [names.step(step.process, step.id) for step in part.way.steps]


def _roles(found: Dossier) -> Iterator[Part]:
    procedure, company = found.procedure(found.case.version), reading.organisation(found.connection)
    ways, acting = replacing(procedure), me().acting_roles
    for code in _used(procedure, found.case.roles):
        way, awaited, is_under_way = ways.get(code), None, False
        if way is not None:
            awaited, is_under_way = underway.standing(found.instances, way)
        if awaited is not None and not is_under_way:
            is_under_way = underway.is_sent(found.connection, found.number, awaited)
        held = found.case.roles.get(code, ())
        yield Part(
            key=code,
            name=found.names(found.number).role(code),
            held=held,
            company=company.roles.get(code, ()),
            way=way,
            awaited=awaited,
            is_under_way=is_under_way,
            is_half_given=way is not None and awaited is None and _is_half_given(found, way, held),
            may=bool(acting & _may(procedure, way, awaited)),
        )


def _fields(found: Dossier) -> Iterator[Part]:
    """Persons in the data, but for those that follow a role."""
    procedure = found.procedure(found.case.version)
    following = {name for way in replacing(procedure).values() for name in way.data}
    may = bool(me().acting_roles & set(procedure.may(CHANGE)))
    for name, field in procedure.case_fields.items():
        value = found.case.data.get(name)
        if field.type == "user" and name not in following:
            held = (value,) if isinstance(value, Person) else ()
            yield Part(key=f"{FIELD}{name}", name=field.title, held=held, may=may)


def _may(procedure: Procedure, way: Replacing | None, awaited: Subscription | None) -> set[str]:
    """The roles that give the part to others: as the engine asks it."""
    if way is None or awaited is None:
        return set(procedure.may(CHANGE))
    return {*procedure.may(SEND), *((way.start.role,) if way.start.role else ())}


def _is_half_given(found: Dossier, way: Replacing, held: tuple[Person, ...]) -> bool:
    """One person has the role, and a field that follows it names somebody else."""
    return len(held) == 1 and any(found.case.data.get(name) != held[0] for name in way.data)


def _used(procedure: Procedure, team: Iterable[str]) -> list[str]:
    """The roles that the procedure's drawings and decisions speak of, in its order, and those of the team."""
    drawn = (source for path, source in procedure.files.items() if path.startswith(DRAWN))
    spoken = {*team}.union(*(_quoted(source) for source in drawn))
    return [code for code in procedure.roles if code in spoken]


@lru_cache(maxsize=64)
def _quoted(source: bytes) -> frozenset[str]:
    """What stands in quotes in a file."""
    return frozenset(QUOTED.findall(source.decode(errors="replace")))
