"""The only path by which anything changes: one command, one entry, one transaction, one commit."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from engine import encoding, record
from engine import stream as streams
from engine.case import Case
from engine.commands import Command, OpenCase, PublishVersion, ReviewMilestone, StartInstance
from engine.errors import EngineError, MalformedValue, Reason, Refused
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
from storage.batch import Batch, Prepared, Values, find
from storage.database import Database
from storage.files import Files
from storage.moments import micros, moment
from storage.procedures import Place, Procedures
from storage.shelf import Recent, StreamShelf
from storage.states import States

ATTEMPTS = 8
LONGEST_ID = 200
LAST_STREAM = 2**63 - 1
IN_CASE = (StartInstance, ReviewMilestone)
"""Commands that say to which case a new stream belongs."""

OF_VERSION = (StartInstance, OpenCase, PublishVersion, ReviewMilestone)
"""Commands that say by which version they are executed."""

Also = Callable[[Connection, "Receipt"], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The first answer to a command, and every later one: where its entry stands. Without events nothing was written."""

    stream: int
    revision: int
    events: tuple[Event, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A stream as the one query of a submission finds it."""

    kind: StreamKind
    revision: int
    digest: bytes
    at: int
    case_no: int | None
    organisation: int
    case_revision: int | None
    state: bytes
    window: bytes


class Store:
    """The journal of one database, with the caches of this process; all of them hold immutable values."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        files: Files | None = None,
    ) -> None:
        self.database = database
        self.files = files or Files.beside(database)
        self.now = now
        self.recent = Recent()
        self.states = States(self.recent)
        self.procedures = Procedures(database, now)

    def submit(self, command: Command, personal_rows: Sequence[personal.Row] = (), also: Also | None = None) -> Receipt:
        """Execute a command and write what it makes, once. Raises Refused, after the refusal was kept."""
        return self._attempt(command.envelope.id, lambda _: command, None, personal_rows, also)

    def open_stream(
        self,
        kind: StreamKind,
        key: str,
        build: Callable[[int], Command],
        personal_rows: Sequence[personal.Row] = (),
        also: Also | None = None,
    ) -> Receipt:
        """A new stream with its first entry; `key` is the id of the command that `build` makes for its number."""
        return self._attempt(key, build, kind, personal_rows, also)

    def _attempt(
        self,
        key: str,
        build: Callable[[int], Command],
        kind: StreamKind | None,
        rows: Sequence[personal.Row],
        also: Also | None,
    ) -> Receipt:
        _readable(key)
        for attempt in range(ATTEMPTS):
            submission = Submission(self, rows, also)
            try:
                with self.database.write() as connection:
                    receipt = submission.run(connection, key, build, kind)
            except Refused as refused:
                if submission.is_decided and not self._keep(submission, refused):
                    continue  # the same command was answered meanwhile: give the first answer
                raise
            except (MalformedValue, UnicodeEncodeError) as error:
                raise Refused(
                    Reason.INVALID_DATA,
                    f"应只含可以保存的值:{error}",
                    f"expected only values that may be stored, but {error}",
                ) from error
            except DataError as error:  # a text or number that no column of this database keeps
                log.exception("command %s", key)
                raise Refused(
                    Reason.INVALID_DATA,
                    "有的文字或数值数据库无法保存",
                    "expected only values that the database keeps, but found a text or number that it does not",
                ) from error
            except (IntegrityError, OperationalError):
                if attempt == ATTEMPTS - 1:
                    raise
                continue  # somebody was faster: read and decide again
            submission.committed()
            return receipt
        raise EngineError("expected an answer to the command, but others were faster each time")

    def _keep(self, submission: Submission, refused: Refused) -> bool:
        assert submission.command is not None
        command, nowhere = submission.command, submission.nowhere
        return refusals.keep(self.database, command, refused, self.now(), nowhere=nowhere)


class Submission:
    """One attempt, within one transaction."""

    def __init__(self, store: Store, rows: Sequence[personal.Row], also: Also | None) -> None:
        self.store, self.rows, self.also = store, rows, also
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
            self.store.states.remember(self.after)

    def _execute(self, connection: Connection, command: Command) -> Receipt:
        current = self._current(connection, command)
        if current is None:
            number = command.envelope.stream
            raise Refused(Reason.NOT_FOUND, f"没有编号为 {number} 的流", f"there is no stream {number}")
        if isinstance(current, Receipt):
            return current
        self.nowhere = self.build is not None
        at = moment(max(min(micros(command.envelope.at), micros(self.store.now())), current.at))
        command = replace(command, envelope=replace(command.envelope, at=at))
        self.shelf = StreamShelf(connection, command.envelope.stream, self.store.recent)
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

    def _current(self, connection: Connection, command: Command) -> Current | Receipt | None:
        """The stream, locked, with what belongs to it as it is under the lock; or the first answer to a repeat."""
        number, key = command.envelope.stream, command.envelope.id
        case = command.case if isinstance(command, IN_CASE) else None
        if not 0 < number <= LAST_STREAM:
            return None
        asked: list[tuple[Prepared, Values]] = [(_FIND, {"stream": number, "key": key, "case": case})]
        if connection.dialect.name == "postgresql":  # what is read in the locking statement may be of before
            # whoever changes the case next sees what this one makes, or this one sees the change
            share = (_SHARE_ITS, {"stream": number}) if case is None else (_SHARE, {"stream": case})
            asked[:0] = [(_LOCK, {"stream": number}), share]
        row = find(connection, *asked)
        if row is None:
            return None
        kind, revision, digest, at, case_no, state, window, known, organisation, case_revision = row
        if known is not None:
            return self._repeat(connection, command)
        return Current(
            kind=StreamKind(kind),
            revision=revision,
            digest=digest,
            at=at,
            case_no=case_no if case is None else case,
            organisation=organisation or 0,
            case_revision=case_revision,
            state=state,
            window=window,
        )

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
        shelf = StreamShelf(connection, row.stream_no, self.store.recent)
        (entry,) = journal.read(connection, row.stream_no, shelf, after=row.revision - 1, until=row.revision)
        if _asked(entry.command) != _asked(command):
            raise _anothers(command)
        return Receipt(stream=entry.stream, revision=entry.revision, events=entry.events, repeated=True)

    def _before(self, current: Current, command: Command) -> State:
        assert self.shelf is not None
        number = command.envelope.stream
        return self.store.states.decode(current.kind, number, current.revision, current.state, self.shelf)

    def _procedure(self, connection: Connection, command: Command, state: State) -> Procedure | None:
        if isinstance(command, OF_VERSION):
            return self.store.procedures.get(command.version, connection)
        if isinstance(state, Instance | Case | Milestone) and state.version:
            return self.store.procedures.get(state.version, connection)
        if hasattr(command, "procedure"):
            self.published = self.store.procedures.place(str(command.procedure), connection, command.envelope.at)
        return None if self.published is None else self.store.procedures.get(self.published.version, connection)

    def _around(
        self, connection: Connection, current: Current, command: Command, procedure: Procedure | None, state: State
    ) -> Surroundings:
        states = self.store.states
        organisation = states.at(connection, StreamKind.ORGANISATION, ORGANISATION, current.organisation)
        case = None
        if current.case_no is not None and current.case_revision is not None:
            case = states.at(connection, StreamKind.CASE, current.case_no, current.case_revision)
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
        written = journal.write(entry, current.digest, self.store.now(), version, self.shelf)
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
        batch.send()


def _readable(key: str) -> None:
    if not 0 < len(key) <= LONGEST_ID or not key.isprintable():
        raise Refused(
            Reason.INVALID_DATA,
            f"命令编号应为 1 到 {LONGEST_ID} 个可见字符",
            f"expected a command id of 1 to {LONGEST_ID} characters that can be printed, but found {len(key)}",
        )


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
_QUERY = text(
    'SELECT s.kind, s.revision, s.digest, s.at, s.case_no, s.state, s."window", r.key AS known, '
    f"(SELECT o.revision FROM stream o WHERE o.stream_no = {ORGANISATION}) AS organisation, "
    "(SELECT c.revision FROM stream c WHERE c.stream_no = COALESCE(CAST(:case AS BIGINT), s.case_no) AND c.kind = 'case') AS case_revision "
    "FROM stream s LEFT JOIN received r ON r.key = :key WHERE s.stream_no = :stream"
)
_FIND = Prepared(_QUERY)
_LOCK = Prepared(text("SELECT 1 FROM stream WHERE stream_no = :stream FOR UPDATE"))
_SHARE = Prepared(text("SELECT 1 FROM stream WHERE stream_no = :stream FOR SHARE"))
_SHARE_ITS = Prepared(
    text(
        "SELECT 1 FROM stream WHERE stream_no = (SELECT i.case_no FROM stream i WHERE i.stream_no = :stream) FOR SHARE"
    )
)
