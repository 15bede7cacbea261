"""Re-execution of whole streams, spread over processes: do the same commands still make the same events?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeAlias

from sqlalchemy import Connection

from engine import replay
from engine.case import Case
from engine.errors import EngineError, Refused, Text
from engine.instance import Instance
from engine.journal import Entry
from engine.milestone import Milestone
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.publication import Publications
from engine.replay import Comparison, Verdict
from engine.role import Surroundings
from engine.stream import ORGANISATION, State
from engine.words import StreamKind
from storage import derived, journal
from storage.attempt import OF_VERSION
from storage.database import Database
from storage.derived import Followed
from storage.report import of_entry, of_stream, quoted, said
from storage.shelf import Recent, StreamShelf
from storage.states import States
from storage.submission import Store

CHUNK = 25
WORTH_IT = 8
"""From so many chunks on, other processes are started: each needs about a second to begin."""

Stream: TypeAlias = tuple[int, StreamKind, int]
"""Number, kind, and the revision up to which it is whole."""


@dataclass(kw_only=True)
class Executed:
    """What re-execution found in some streams."""

    streams: int = 0
    entries: int = 0
    findings: list[Text] = field(default_factory=list)
    needs_release: list[Text] = field(default_factory=list)


def run(store: Store, streams: Sequence[Stream], processes: int = 1) -> Iterator[Executed]:
    """Execute streams again, up to the revision given for each; results come part by part, in the order of the streams."""
    chunks = [streams[start : start + CHUNK] for start in range(0, len(streams), CHUNK)]
    if processes < 2 or len(chunks) < WORTH_IT:
        states = from_entries()
        yield from (_executed(store, states, chunk) for chunk in chunks)
        return
    url = store.database.url.render_as_string(hide_password=False)
    workers = min(processes, len(chunks))
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(url,)) as pool:
        yield from pool.map(_executed_elsewhere, chunks)


def from_entries() -> States:
    """States for re-execution: what decides is made from entries, and shared with nobody who believes rows."""
    return States(Recent(), rows=False)


def re_execute(
    store: Store, connection: Connection, kind: StreamKind, number: int, *, states: States | None = None
) -> Comparison:
    """Execute a stream's commands again and compare; `states` are those `from_entries` that several streams share."""
    states = states or from_entries()
    entries = journal.read(connection, number, StreamShelf(connection, number, states.recent))
    return _again(store, states, connection, (number, kind), entries)


def _again(
    store: Store, states: States, connection: Connection, stream: tuple[int, StreamKind], entries: Iterable[Entry]
) -> Comparison:
    number, kind = stream

    def procedure(entry: Entry, state: State) -> Procedure | None:
        command = entry.command
        if isinstance(command, OF_VERSION):
            return store.procedures.get(command.version, connection)
        if isinstance(state, Instance | Case | Milestone) and state.version:
            return store.procedures.get(state.version, connection)
        for stream, revision in entry.consulted.items() if kind is StreamKind.ORGANISATION else ():
            published = states.at(connection, StreamKind.PROCEDURE, stream, revision)
            if isinstance(published, Publications) and (version := published.in_force(entry.at)) is not None:
                return store.procedures.get(version.digest, connection)
        return None

    def surroundings(entry: Entry) -> Surroundings:
        organisation: State = Organisation(stream=ORGANISATION)
        case: State | None = None
        for other, revision in entry.consulted.items():
            if other == ORGANISATION:
                organisation = states.at(connection, StreamKind.ORGANISATION, other, revision)
            elif kind is not StreamKind.ORGANISATION:
                case = states.at(connection, StreamKind.CASE, other, revision)
        assert isinstance(organisation, Organisation)
        return Surroundings(
            organisation=organisation,
            case=case if isinstance(case, Case) else None,
            performers=entry.performers,
        )

    return replay.re_execute(kind, number, entries, procedure=procedure, surroundings=surroundings)


def _executed(store: Store, states: States, streams: Sequence[Stream]) -> Executed:
    made = Executed(streams=len(streams))
    with store.database.read() as connection:
        for stream in streams:
            _one(store, states, connection, stream, made)
    return made


def _one(store: Store, states: States, connection: Connection, stream: Stream, made: Executed) -> None:
    number, kind, revision = stream
    shelf = StreamShelf(connection, number, states.recent)
    followed = Followed(kind, number, journal.read(connection, number, shelf, until=revision))
    try:
        compared = _again(store, states, connection, (number, kind), followed.entries)
        if compared.verdict is not Verdict.DIFFERENT:
            made.findings += derived.differences(connection, number, followed, shelf)
    except (EngineError, KeyError) as error:
        why = error.text if isinstance(error, Refused) else quoted(error)
        made.findings.append(
            said(_unreadable(states, connection, stream), f"无法读取:{why.zh}", f" cannot be read: {why.en}")
        )
        return
    made.entries += compared.entries
    reason = compared.reason or Text("", "")
    if compared.verdict is Verdict.DIFFERENT:
        made.findings.append(said(of_entry(number, compared.revision), f":{reason.zh}", f" {reason.en}"))
    elif compared.verdict is Verdict.NEEDS_RELEASE:
        since = Text(
            f"流 {number} 从第 {compared.revision} 条起", f"stream {number}: from entry {compared.revision} on"
        )
        made.needs_release.append(said(since, f":{reason.zh}", f": {reason.en}"))


def _unreadable(states: States, connection: Connection, stream: Stream) -> Text:
    """The first entry that cannot be read; the stream, when something that it needs elsewhere cannot."""
    number, _, revision = stream
    reached = 0
    with suppress(EngineError, KeyError):
        for entry in journal.read(connection, number, StreamShelf(connection, number, states.recent), until=revision):
            reached = entry.revision
    return of_stream(number) if reached == revision else of_entry(number, reached + 1)


_elsewhere: list[tuple[Store, States]] = []
"""The store of a process that only re-executes."""


def _begin(url: str) -> None:
    _elsewhere.append((Store(Database(url)), from_entries()))


def _executed_elsewhere(streams: Sequence[Stream]) -> Executed:
    return _executed(*_elsewhere[0], streams)
