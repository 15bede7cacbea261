"""The open database of a command line, with what every command needs of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from engine import temporal
from engine.case import Case
from engine.commands import Envelope
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.stream import ORGANISATION, State
from engine.task import Task
from engine.value import Date, Person
from engine.words import StreamKind
from storage import people, schema
from storage.database import Database
from storage.migrations import is_current, upgrade
from storage.shelf import StreamShelf
from storage.submission import Store
from web.settings import Settings

Clock = Callable[[], datetime]


def right_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


@contextmanager
def opened(settings: Settings, clock: Clock = right_now) -> Iterator[Store]:
    """The store of the settings' database, with its tables brought up to date."""
    database = Database(settings.database)
    try:
        if not is_current(database):
            upgrade(database)
        yield Store(database, clock)
    finally:
        database.close()


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a procedure that belong to its version; scenarios stand beside it."""
    if not (folder / "procedure.toml").exists():
        raise Refused(
            Reason.NOT_FOUND, f"{folder} 中没有 procedure.toml", f"expected a file procedure.toml in {folder}"
        )
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    inside = ((path.relative_to(folder), path) for path in found)
    return {name.as_posix(): path.read_bytes() for name, path in inside if name.parts[0] != "scenarios"}


def envelope(store: Store, stream: int, actor: Person | None = None, key: str | None = None) -> Envelope:
    """An envelope of now; without a key every call is a new command."""
    return Envelope(id=key or f"cli:{uuid.uuid4().hex}", stream=stream, at=store.now(), actor=actor)


def state_of(store: Store, stream: int) -> State:
    """The state of a stream. Raises Refused when there is none."""
    with store.database.read() as connection:
        row = connection.execute(select(schema.stream).where(schema.stream.c.stream_no == stream)).one_or_none()
        if row is None or row.revision == 0:
            raise Refused(Reason.NOT_FOUND, f"没有编号为 {stream} 的流", f"there is no stream {stream}")
        shelf = StreamShelf(connection, stream, store.recent)
        return store.states.decode(StreamKind(row.kind), stream, row.revision, bytes(row.state), shelf)


def instance_of(store: Store, stream: int) -> Instance:
    """An instance. Raises Refused."""
    found = state_of(store, stream)
    if not isinstance(found, Instance):
        raise Refused(Reason.NOT_FOUND, f"{stream} 不是流程实例", f"expected an instance, but {stream} is none")
    return found


def organisation_of(store: Store) -> Organisation:
    """The organisation, perhaps still empty."""
    try:
        found = state_of(store, ORGANISATION)
    except Refused:
        return Organisation(stream=ORGANISATION)
    assert isinstance(found, Organisation)
    return found


def case_of(store: Store, instance: Instance) -> Case | None:
    """The case of an instance."""
    found = None if instance.case is None else state_of(store, instance.case)
    return found if isinstance(found, Case) else None


def stream_of(task: str) -> int:
    """The stream a counted id belongs to. Raises Refused."""
    first = task.split(".")[0]
    if not first.isdigit():
        raise Refused(Reason.NOT_FOUND, f"没有任务 {task}", f"expected a task id such as 3.1.4, but found {task!r}")
    return int(first)


def open_task(store: Store, task: str) -> tuple[Instance, Task]:
    """An open task with its instance. Raises Refused."""
    instance = instance_of(store, stream_of(task))
    if task not in instance.tasks:
        raise Refused(Reason.NOT_FOUND, f"没有待办任务 {task}", f"there is no open task {task}")
    return instance, instance.tasks[task]


def procedure_of(store: Store, digest: str) -> Procedure:
    """A published version."""
    with store.database.read() as connection:
        return store.procedures.get(digest, connection)


def today(store: Store) -> Date:
    """The day on the organisation's clocks."""
    zone = organisation_of(store).working.zone
    return temporal.in_zone(temporal.from_datetime(store.now()), zone).date


def names_of(store: Store) -> Mapping[str, str]:
    """The names of people by id."""
    with store.database.read() as connection:
        return people.names(connection)
