"""One attempt to answer a command, within one transaction: read under a lock, decided by the engine, written at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update

from engine import encoding, record
from engine import stream as streams
from engine.case import Case
from engine.commands import Command, OpenCase, PublishVersion, ReviewMilestone, StartInstance
from engine.errors import Reason, Refused
from engine.events import Event
from engine.instance import Instance
from engine.journal import Entry
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.semantics import SEMANTICS
from engine.stream import ORGANISATION, State
from engine.value import Person
from engine.words import Channel, StreamKind
from storage import file_use, journal, personal, projection, refusals, schema, staffing
from storage.batch import Batch, Prepared
from storage.current import Current, find_current
from storage.moments import micros, moment
from storage.procedures import Place, Procedures
from storage.shelf import StreamShelf
from storage.states import States

IN_CASE = (StartInstance, ReviewMilestone)
"""Commands that say to which case a new stream belongs."""

OF_VERSION = (StartInstance, OpenCase, PublishVersion, ReviewMilestone)
"""Commands that say by which version they are executed."""

Also = Callable[[Connection, "Receipt"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The first answer to a command, and every later one: where its entry stands. Without events nothing was written."""

    stream: int
    revision: int
    events: tuple[Event, ...] = ()
    repeated: bool = False


class Attempt:
    """An attempt; `rows` are the personal values handed in with the command, `also` is done in the same transaction."""

    def __init__(
        self,
        states: States,
        procedures: Procedures,
        now: Callable[[], datetime],
        rows: Sequence[personal.Row],
        also: Also | None,
    ) -> None:
        self.states, self.procedures, self.now = states, procedures, now
        self.rows, self.also = rows, also
        self.command: Command | None = None
        self.repeated = False
        self.nowhere = True
        self.build: Callable[[int], Command] | None = None
        self.after: State | None = None
        self.published: Place | None = None
        self.shelf: StreamShelf | None = None

    def run(
        self, connection: Connection, key: str, build: Callable[[int], Command], kind: StreamKind | None
    ) -> Receipt:
        """The answer to the command; everything it changes is in this transaction."""
        if kind is not None:
            if (answer := self._answer(connection, key, build)) is not None:
                return answer
            number = connection.execute(insert(schema.stream).values(kind=kind)).inserted_primary_key
            assert number is not None
            self.build, self.command = build, build(int(number[0]))
        else:
            self.command = build(0)
        return self._execute(connection, self.command)

    @property
    def is_decided(self) -> bool:
        """A refusal of it is the answer to its command id. What clock and worker are refused they try again."""
        channel = None if self.command is None else self.command.envelope.channel
        return not self.repeated and channel not in (None, Channel.CLOCK, Channel.WORKER)

    def committed(self) -> None:
        """The transaction holds: what it made may be shared."""
        if self.after is not None and self.shelf is not None:
            self.shelf.committed()
            self.states.remember(self.after)

    def _execute(self, connection: Connection, command: Command) -> Receipt:
        number, case = command.envelope.stream, command.case if isinstance(command, IN_CASE) else None
        current = find_current(connection, number, command.envelope.id, case)
        if current is None:
            raise Refused(Reason.NOT_FOUND, f"没有编号为 {number} 的流", f"there is no stream {number}")
        if current.is_answered:
            return self._repeat(connection, command)
        self.nowhere = self.build is not None
        at = moment(max(min(micros(command.envelope.at), micros(self.now())), current.at))
        command = replace(command, envelope=replace(command.envelope, at=at))
        self.shelf = StreamShelf(connection, command.envelope.stream, self.states.recent)
        if isinstance(command, IN_CASE) and command.case is not None and current.case_revision is None:
            raise Refused(Reason.NOT_FOUND, f"没有服务项目 {command.case}", f"there is no case {command.case}")
        before, window = self._before(current, command), current.window
        procedure = self._procedure(connection, command, before)
        around = self._around(connection, current, command, procedure, before)
        if isinstance(command, personal.HANDED_IN) and isinstance(before, Instance) and procedure is not None:
            personal.guard(procedure, before, command, {row.personal for row in self.rows})
        file_use.guard(connection, command, current.case_no, self.rows)
        step = streams.execute(procedure, before, window, command, around)
        if not step.events:
            return Receipt(stream=command.envelope.stream, revision=current.revision)
        entry = _entry(command, step, around, self._consulted(current, command, around))
        self._write(connection, current, entry, before, step, staffing.of(around.case))
        receipt = Receipt(stream=entry.stream, revision=entry.revision, events=entry.events)
        if self.also is not None:
            self.also(connection, receipt)
        self.after = step.state
        return receipt

    def _answer(self, connection: Connection, key: str, build: Callable[[int], Command]) -> Receipt | None:
        found = connection.execute(_FIRST, {"key": key}).one_or_none()
        return None if found is None else self._repeat(connection, build(found.stream_no))

    def _repeat(self, connection: Connection, command: Command) -> Receipt:
        """The first answer to a command. Raises Refused when its id was another command's."""
        self.repeated = True
        row = connection.execute(_FIRST, {"key": command.envelope.id}).one()
        if row.refusal_no is not None:
            raise refusals.read(connection, row.refusal_no, command) or _anothers(command)
        if self.build is not None:
            command = self.build(row.stream_no)
        shelf = StreamShelf(connection, row.stream_no, self.states.recent)
        (entry,) = journal.read(connection, row.stream_no, shelf, after=row.revision - 1, until=row.revision)
        if _asked(entry.command) != _asked(command):
            raise _anothers(command)
        return Receipt(stream=entry.stream, revision=entry.revision, events=entry.events, repeated=True)

    def _before(self, current: Current, command: Command) -> State:
        assert self.shelf is not None
        number = command.envelope.stream
        return self.states.decode(current.kind, number, current.revision, current.state, self.shelf)

    def _procedure(self, connection: Connection, command: Command, state: State) -> Procedure | None:
        if isinstance(command, OF_VERSION):
            return self.procedures.get(command.version, connection)
        if isinstance(state, Instance | Case | Milestone) and state.version:
            return self.procedures.get(state.version, connection)
        if hasattr(command, "procedure"):
            self.published = self.procedures.place(str(command.procedure), connection, command.envelope.at)
        return None if self.published is None else self.procedures.get(self.published.version, connection)

    def _around(
        self, connection: Connection, current: Current, command: Command, procedure: Procedure | None, state: State
    ) -> Surroundings:
        organisation = self.states.at(connection, StreamKind.ORGANISATION, ORGANISATION, current.organisation)
        case = None
        if current.case_no is not None and current.case_revision is not None:
            case = self.states.at(connection, StreamKind.CASE, current.case_no, current.case_revision)
        performers = self._performers(connection, current.case_no, streams.consults(procedure, state, command))
        assert isinstance(organisation, Organisation)
        return Surroundings(
            organisation=organisation, case=case if isinstance(case, Case) else None, performers=performers
        )

    def _performers(
        self, connection: Connection, case: int | None, keys: tuple[str, ...]
    ) -> dict[str, tuple[Person, ...]]:
        """Who did these elements anywhere in the case; a lock keeps two instances from deciding at once."""
        if case is None or not keys:
            return {}
        if connection.dialect.name == "postgresql":
            # negative: the positive keys are those of `LOCK` in other modules
            connection.execute(text("SELECT pg_advisory_xact_lock(:case)"), {"case": -case})
        table = schema.performer
        query = select(table.c.element, table.c.person).where(table.c.case_no == case, table.c.element.in_(keys))
        found: dict[str, tuple[Person, ...]] = {}
        for element, person in connection.execute(query.order_by(table.c.element, table.c.person)):
            found[element] = (*found.get(element, ()), Person(person))
        return found

    def _consulted(self, current: Current, command: Command, around: Surroundings) -> dict[int, int]:
        found = {ORGANISATION: current.organisation}
        if around.case is not None:
            found[around.case.stream] = around.case.revision
        if self.published is not None:
            found[self.published.stream] = self.published.revision
        return {key: revision for key, revision in found.items() if key != command.envelope.stream}

    def _write(
        self,
        connection: Connection,
        current: Current,
        entry: Entry,
        before: State,
        step: streams.Step,
        staff: staffing.Team,
    ) -> None:
        assert self.shelf is not None
        state = encoding.write(record.write(step.state, self.shelf))
        version = getattr(step.state, "version", None) or None
        written = journal.write(entry, current.digest, self.now(), version, self.shelf)
        self.shelf.flush()
        personal.keep(connection, self.rows)
        file_use.keep_personal(connection, self.rows, entry, step.state)
        batch = Batch(connection)
        journal.add(batch, entry.stream, entry.revision, written)
        case = step.state.case if isinstance(step.state, Instance | Milestone) else None
        place = {"stream_no": entry.stream, "revision": entry.revision}
        moved = {"number": entry.stream, "revision": entry.revision, "digest": written.digest, "at": micros(entry.at)}
        batch.add(_MOVE, {**moved, "case_no": case, "state": state, "window": step.window})
        batch.add(_RECEIVE, {"key": entry.command.envelope.id, **place})
        batch.add(_LEAVE_UNSEALED, place)
        projection.project(batch, entry, before, step.state, staff)
        batch.send(is_last=self.also is None)


def _asked(command: Command) -> tuple[object, ...]:
    """What a repeat has in common with the first; its moment and the references of its personal values are its own."""
    envelope = command.envelope
    return type(command), envelope.stream, envelope.actor, getattr(command, "task", None)


def _anothers(command: Command) -> Refused:
    return Refused(
        Reason.INVALID_DATA,
        f"命令编号 {command.envelope.id} 已被另一条命令使用",
        f"expected a new command id, but {command.envelope.id} belongs to another command",
    )


def _entry(command: Command, step: streams.Step, around: Surroundings, consulted: dict[int, int]) -> Entry:
    window = hashlib.sha256(step.window).hexdigest() if isinstance(step.state, Instance) else None
    return Entry(
        stream=command.envelope.stream,
        revision=step.state.revision,
        at=command.envelope.at,
        command=command,
        events=step.events,
        window=window,
        consulted=consulted,
        performers=around.performers,
        semantics=SEMANTICS,
    )


_stream = schema.stream.c
_MOVE = Prepared(
    update(schema.stream)
    .where(_stream.stream_no == bindparam("number"))
    .values({name: bindparam(name) for name in ("revision", "digest", "at", "case_no", "state", "window")})
)
_RECEIVE = Prepared(insert(schema.received), "key", "stream_no", "revision")
_FIRST = select(schema.received).where(schema.received.c.key == bindparam("key"))
_LEAVE_UNSEALED = Prepared(insert(schema.unsealed), "stream_no", "revision")
