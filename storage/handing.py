"""Who handed a task on, when and with which words: read from the entry that offered it, or last gave it to another; entries never change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from sqlalchemy import Connection

from engine.commands import AddSigner, Command, CompleteTask, DelegateTask, ResolveTask, TransferTask
from engine.errors import EngineError
from engine.journal import Entry
from storage import journal
from storage.moments import micros
from storage.shelf import Recent, StreamShelf

KEPT = 20_000
LONGEST = 200
OPINION = "opinion"
GIVING = (TransferTask, DelegateTask, ResolveTask, AddSigner)
"""What gives an open task to somebody else."""

Spot: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """The person whose work led to a task, or who gave it to another by a command, and their words."""

    person: str | None
    at: int
    opinion: str = ""
    by: type[Command] | None = None


class Hands:
    """Who handed on the tasks that were looked at last; what is kept never changes."""

    def __init__(self, recent: Recent) -> None:
        self.recent = recent
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Spot], Handed] = OrderedDict()

    def of(
        self, connection: Connection, tasks: Sequence[str], given: Mapping[str, int | None] | None = None
    ) -> dict[str, Handed]:
        """Who handed on these tasks, by the entries that last gave them to another where there are; those are missing whose entry cannot be read."""
        spots = {task: _spot(task, (given or {}).get(task)) for task in tasks}
        with self._lock:
            found = {task: self._kept[task, spot] for task, spot in spots.items() if (task, spot) in self._kept}
        if missing := {task: spot for task, spot in spots.items() if task not in found}:
            new = dict(self._read(connection, missing))
            found |= new
            with self._lock:
                self._kept.update({(task, spots[task]): handed for task, handed in new.items()})
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found

    def _read(self, connection: Connection, spots: Mapping[str, Spot]) -> Iterator[tuple[str, Handed]]:
        """What clock and worker did has a cause: the entry of the person whose work led to it."""
        found = self._entries(connection, set(spots.values()))
        causes = {spot: cause for spot, entry in found.items() if (cause := _cause(entry)) is not None}
        before = self._entries(connection, set(causes.values()) - found.keys())
        for task, spot in spots.items():
            entry = found.get(causes.get(spot, spot)) or before.get(causes.get(spot, spot)) or found.get(spot)
            if entry is not None:
                yield task, _handed(entry)

    def _entries(self, connection: Connection, spots: set[Spot]) -> dict[Spot, Entry]:
        found: dict[Spot, Entry] = {}
        if not spots:
            return found
        for row in journal.rows_at(connection, spots):
            try:
                shelf = StreamShelf(connection, row.stream_no, self.recent)
                found[(row.stream_no, row.revision)] = journal.decode(row, shelf)
            except EngineError:
                continue  # verification says what is wrong with it; a list does not fail for it
        return found


def spot_of(counted: str) -> Spot:
    """Stream and revision of the entry that made a counted id."""
    stream, revision, _ = counted.split(".")
    return int(stream), int(revision)


def _spot(task: str, given: int | None) -> Spot:
    stream, revision = spot_of(task)
    return stream, revision if given is None else given


def _cause(entry: Entry) -> Spot | None:
    cause = entry.command.envelope.cause
    return None if entry.command.envelope.actor is not None or cause is None else (cause.stream, cause.revision)


def _handed(entry: Entry) -> Handed:
    actor, command = entry.command.envelope.actor, entry.command
    return Handed(
        person=None if actor is None else actor.id,
        at=micros(entry.at),
        opinion=_opinion(command)[:LONGEST],
        by=type(command) if isinstance(command, GIVING) else None,
    )


def _opinion(command: Command) -> str:
    """What the person said with it: the field of a form that is called so, an opinion, or a reason."""
    said = command.data.get(OPINION) if isinstance(command, CompleteTask) else None
    said = said or getattr(command, OPINION, None) or getattr(command, "reason", None)
    return said if isinstance(said, str) else ""
