"""The open database of a command line, with what every command needs of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from engine import temporal
from engine.case import Case
from engine.commands import Envelope
from engine.errors import Reason, Refused, Text
from engine.instance import Instance
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.stream import ORGANISATION, State
from engine.task import Task
from engine.value import Date, Person
from engine.words import StreamKind
from storage import people, procedures, schema
from storage.database import Database
from storage.invitations import WithContacts
from storage.migrations import is_current, upgrade
from storage.shelf import StreamShelf
from storage.submission import Store
from storage.working_copies import TAKEN
from web.cli.output import Exit, Failed, Output
from web.settings import place_of_files
from web.telling.naming import COUNTED, Names, same

BESIDE = ("scenarios", TAKEN)
"""What stands in the folder of a procedure and is no part of a version."""

Clock = Callable[[], datetime]


def right_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


@contextmanager
def opened(
    output: Output, clock: Clock | None = None, *, create: bool = False, believed: bool = True
) -> Iterator[Store]:
    """The store of the settings' database, with its tables brought up to date; made only when asked for."""
    if not create:
        _is_there(output.settings.database)
    database = Database(output.settings.database)
    try:
        _brought_up_to_date(database, create=create)
        store = Store(database, clock or right_now, place_of_files(output.settings))
        if believed:  # the proof opens what may not be readable, and shows no moments
            output.zone = organisation_of(store).working.zone
        try:
            yield store
        except Refused as refused:
            text = _named(store, refused.text, output.zone)
            raise Refused(refused.reason, text.zh, text.en, refused.faults) from refused
    finally:
        database.close()


def _named(store: Store, text: Text, zone: str) -> Text:
    """A refusal with the names that the history of the task it speaks of will give it."""
    known = names_of(store)
    task = next((key for key in COUNTED.findall(text.zh) if key not in known), None)
    try:
        version = newest(store) if task is None else instance_of(store, stream_of(task)).version
    except Refused:  # it speaks of a task that is none
        version = newest(store)
    names = Names(None if version is None else procedure_of(store, version), known, zone)

    def step(key: str) -> Text:
        try:
            return names.step(*place_of(store, key))
        except Refused:
            return same(key)

    return names.sentence(text, step)


def _brought_up_to_date(database: Database, *, create: bool) -> None:
    try:
        if not is_current(database):
            _is_ours(database, create=create)
            upgrade(database)
    except Refused as refused:  # the tables of a newer release
        raise Failed(Exit.UNAVAILABLE, refused.text.zh, refused.text.en) from refused


def _is_there(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise _none(str(parsed.database))


def _is_ours(database: Database, *, create: bool) -> None:
    """Refuse to make our tables in somebody else's database, or unasked in an empty one."""
    tables = set(inspect(database.writer).get_table_names())
    where = database.url.database or ""
    if not tables:
        if create:
            return
        raise _none(where)
    if "entry" not in tables:
        raise Failed(
            Exit.UNAVAILABLE,
            f"{where} 是其他程序的数据库({len(tables)} 张表),未作任何改动",
            f"{where} is the database of another program ({len(tables)} tables); nothing was changed",
        )


def _none(where: str) -> Failed:
    return Failed(
        Exit.UNAVAILABLE,
        f"{where} 还没有数据库;zhixing publish 或 zhixing add-person 会建立它",
        f"there is no database at {where} yet; `zhixing publish` or `zhixing add-person` makes it",
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a procedure that belong to its version."""
    if not (folder / "procedure.toml").is_file():
        raise Failed(Exit.USAGE, f"{folder} 中没有 procedure.toml", f"expected a file procedure.toml in {folder}")
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    inside = ((path.relative_to(folder), path) for path in found)
    return {name.as_posix(): path.read_bytes() for name, path in inside if name.parts[0] not in BESIDE}


def envelope(store: Store, stream: int, actor: Person | None = None, key: str | None = None) -> Envelope:
    """An envelope of now; without a key every call is a new command."""
    return Envelope(id=key or f"cli:{uuid.uuid4().hex}", stream=stream, at=store.now(), actor=actor)


def state_of(store: Store, stream: int) -> State:
    """The state of a stream. Raises Refused when there is none."""
    return standing(store, stream)[0]


def standing(store: Store, stream: int) -> tuple[State, bytes]:
    """The state of a stream, and of an instance its window, both of one moment. Raises Refused when there is none."""
    with store.database.read() as connection:
        row = connection.execute(select(schema.stream).where(schema.stream.c.stream_no == stream)).one_or_none()
        if row is None or row.revision == 0:
            raise Refused(Reason.NOT_FOUND, f"没有编号为 {stream} 的记录", f"there is nothing with number {stream}")
        shelf = StreamShelf(connection, stream, store.recent)
        state = store.states.decode(StreamKind(row.kind), stream, row.revision, bytes(row.state), shelf)
        return state, bytes(row.window or b"")


def instance_of(store: Store, stream: int) -> Instance:
    """An instance. Raises Refused."""
    found = state_of(store, stream)
    if not isinstance(found, Instance):
        raise Refused(Reason.NOT_FOUND, f"{stream} 不是流程实例", f"expected an instance, but {stream} is none")
    return found


def case_at(store: Store, stream: int) -> Case:
    """A case. Raises Refused."""
    found = state_of(store, stream)
    if not isinstance(found, Case):
        raise Refused(Reason.NOT_FOUND, f"{stream} 不是服务项目", f"expected a case, but {stream} is none")
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
    return None if instance.case is None else case_at(store, instance.case)


def instances_of(store: Store, case: int) -> list[int]:
    """The instances of a case, oldest first."""
    table = schema.instance
    query = select(table.c.stream_no).where(table.c.case_no == case).order_by(table.c.stream_no)
    with store.database.read() as connection:
        return list(connection.execute(query).scalars())


def stream_of(counted: str) -> int:
    """The stream a counted id belongs to."""
    return int(counted.split(".")[0])


def place_of(store: Store, task: str) -> tuple[str, str]:
    """The process and element of a task, open or closed. Raises Refused."""
    table = schema.task
    with store.database.read() as connection:
        row = connection.execute(select(table.c.process, table.c.element).where(table.c.task == task)).one_or_none()
    if row is None:
        raise Refused(Reason.NOT_FOUND, f"没有任务 {task}", f"there is no task {task}")
    return row.process, row.element


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


def newest(store: Store) -> str | None:
    """A version in force, for the names of roles; None before the first is published."""
    found = procedures.in_force(store.now()).subquery().c
    query = select(found.version).order_by(found.procedure).limit(1)
    with store.database.read() as connection:
        return connection.execute(query).scalar_one_or_none()


def in_force(store: Store, key: str) -> Procedure:
    """The version of a procedure that is in force. Raises Refused."""
    with store.database.read() as connection:
        found = store.procedures.in_force(key, connection)
    if found is None:
        raise Refused(Reason.NOT_FOUND, f"没有生效的程序 {key}", f"no version of {key} is in force")
    return found


def today(store: Store) -> Date:
    """The day on the organisation's clocks."""
    zone = organisation_of(store).working.zone
    return temporal.in_zone(temporal.from_datetime(store.now()), zone).date


def names_of(store: Store) -> Mapping[str, str]:
    """The names of people by id, and of contacts who did a task."""
    with store.database.read() as connection:
        return WithContacts(people.names(connection), store.database.read)


def acting(store: Store, handle: str | None) -> Person | None:
    """The person who acts, or None for the operator at the machine. Raises Refused."""
    return None if handle is None else people.known(store, handle)
