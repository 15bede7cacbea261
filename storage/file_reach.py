"""Where somebody may find a file, asked by what they have a part in: its cost does not depend on where else the file is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, or_, select

from engine.words import Stage
from storage import registers, schema
from storage.registers import Reader
from storage.schema import inbox, task
from storage.staffing import ROLE, TEAM

SEVERAL = 20
"""Of so many tasks in which somebody may find a file, whoever asks looks whether they may."""

Use: TypeAlias = Row[Any]
_use, _personal, _case = schema.file_use.c, schema.personal_file.c, schema.case.c


def in_cases(connection: Connection, reader: Reader, digest: str, name: str) -> Use | None:
    """A use of the file in a case that this person may read, rather under this name."""
    query = select(schema.file_use).join(schema.case, _case.stream_no == _use.case_no)
    mine = query.where(_use.digest == digest, registers.readable(reader))
    return connection.execute(mine.order_by(_use.name != name).limit(1)).first()


def in_tasks(connection: Connection, reader: Reader, owned: Sequence[str], digest: str, name: str) -> Sequence[Use]:
    """Uses in tasks that this person may know of without their case, or that run without one.

    They may: who has to do with the task or did one of its process, and who answers for one of the `owned` procedures.
    Of whom only the process itself knows, any of its tasks are uses; they come behind those that are certain.
    """
    sure = or_(*_parts(reader), *(_of_procedures(owned) if owned else ()))
    query = select(schema.file_use).where(_use.digest == digest, _use.task != "", or_(sure, _passed_on()))
    return connection.execute(query.order_by(case((sure, 0), else_=1), _use.name != name).limit(SEVERAL)).all()


def in_personal_values(connection: Connection, reader: Reader, digest: str) -> Sequence[Use]:
    """Uses in what is personal, of tasks this person closed or of processes in which one waits for them."""
    closed = select(task.c.task).where(task.c.closed_by == reader.person)
    running = select(task.c.stream_no).where(task.c.task.in_(_waiting(reader)))
    mine = or_(_personal.task.in_(closed), _personal.stream_no.in_(running))
    query = select(schema.personal_file).where(_personal.digest == digest, mine)
    return connection.execute(query.limit(SEVERAL)).all()


def _parts(reader: Reader) -> Sequence[ColumnElement[bool]]:
    """It waits for this person, they were told of it, or they worked on its process or in its case."""
    persons, copy, performed = reader.persons, schema.task_copy.c, schema.performer.c
    did = select(task.c.stream_no).where(task.c.closed_by.in_(persons))
    return (
        _use.stream_no.in_(did),
        _use.task.in_(_waiting(reader)),
        _use.task.in_(select(copy.task).where(copy.person.in_(persons))),
        _use.case_no.in_(select(performed.case_no).where(performed.person.in_(persons))),
    )


def _passed_on() -> ColumnElement[bool]:
    """Tasks that somebody may have given away, has signed or will sign, or had in hand until they were cancelled."""
    passed = task.c.stage.in_((Stage.DELEGATED, Stage.SIGNING))
    cancelled = and_(task.c.closed_at.is_not(None), task.c.closed_by.is_(None))
    return select(task.c.task).where(task.c.task == _use.task, or_(passed, cancelled)).exists()


def _of_procedures(owned: Sequence[str]) -> Sequence[ColumnElement[bool]]:
    """What runs by a version of these procedures."""
    published, instance = schema.published.c, schema.instance.c
    versions = select(published.version).where(published.procedure.in_(owned))
    return (_use.stream_no.in_(select(instance.stream_no).where(instance.version.in_(versions))),)


def _waiting(reader: Reader) -> Select[Any]:
    """What waits for this person or a role of theirs, or is watched by them."""
    named = and_(inbox.c.kind.in_(("person", "holder", "watcher", TEAM)), inbox.c.key.in_(reader.persons))
    offered = and_(inbox.c.kind == ROLE, inbox.c.key.in_(reader.roles))
    return select(inbox.c.task).where(or_(named, offered))
