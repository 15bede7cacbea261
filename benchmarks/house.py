"""Our whole path: commands through the store, as the product's pages and command line use it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from itertools import count
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from engine.commands import CompleteTask, Envelope, PublishVersion, StartInstance
from engine.events import Event, TaskOffered
from engine.stream import ORGANISATION, State
from engine.value import Context, Value
from engine.words import StreamKind
from storage import people, schema
from storage.attempt import Receipt
from storage.database import Database
from storage.submission import Store

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)

MANIFEST = """
key = "benchmark"
label = "A/0"
owner = "WORK"
[title]
zh = "测量用程序"
en = "Measured procedure"
[roles.WORK]
zh = "办理人"
en = "Worker"
"""
NO_TEXTS = b'{"elements": {}}'
"""No element of a measured model has a name."""


class House:
    """A store with one published model and one person who may do its tasks."""

    def __init__(self, database: Database, bpmn: bytes, *, texts: bytes = NO_TEXTS, **files: bytes) -> None:
        self.numbers = count(1)
        self.store = Store(database, lambda: NOW)
        self.person = people.add(self.store, "person", "worker", "Worker", ["WORK"])
        found = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": bpmn, "texts/en.json": texts}
        self.procedure = self.store.procedures.keep({**found, **{f"forms/{k}.form": v for k, v in files.items()}})
        self.store.open_stream(StreamKind.PROCEDURE, "publish", self._publish)
        self.organisation = self._organisation()

    def start(self, data: Mapping[str, Value]) -> tuple[int, str]:
        """A new instance: its stream and its task `work`."""
        key = self.key()
        receipt = self.store.open_stream(StreamKind.INSTANCE, key, lambda number: self.starting(key, number, data))
        return receipt.stream, work_of(receipt.events)

    def complete(self, stream: int, task: str, form: Context) -> Receipt:
        """Hand in a task."""
        envelope = Envelope(id=self.key(), stream=stream, at=NOW, actor=self.person)
        return self.store.submit(CompleteTask(envelope=envelope, task=task, data=form))

    def turn(self, stream: int, task: str, form: Context) -> str:
        """Complete the task `work` of a loop; returns the next one."""
        return self.next(self.complete(stream, task, form))

    def next(self, receipt: Receipt) -> str:
        """The task `work` that an entry offered."""
        return work_of(receipt.events)

    def forgetful(self) -> House:
        """The same as a process sees it that has the procedure and the organisation at hand, and no instance."""
        other = copy(self)
        other.store = Store(self.store.database, lambda: NOW)
        other.store.procedures = self.store.procedures
        other.store.states.remember(self.organisation)
        return other

    def key(self) -> str:
        """A command's id as the command line makes them: as long, and in no order."""
        return f"cli:{uuid5(NAMESPACE_OID, str(next(self.numbers))).hex}"

    def _organisation(self) -> State:
        stream = schema.stream.c
        with self.store.database.read() as connection:
            revision = connection.execute(select(stream.revision).where(stream.stream_no == ORGANISATION)).scalar_one()
            return self.store.states.at(connection, StreamKind.ORGANISATION, ORGANISATION, revision)

    def starting(self, key: str, number: int, data: Mapping[str, Value]) -> StartInstance:
        """The command that begins an instance of the measured process."""
        return StartInstance(
            envelope=Envelope(
                id=key, stream=number, at=NOW
            ),  # as a job starts it: a person gives only what is asked for
            case=None,
            version=self.procedure.digest,
            process="p",
            input=Context(dict(data)),
        )

    def _publish(self, number: int) -> PublishVersion:
        return PublishVersion(
            envelope=Envelope(id="publish", stream=number, at=NOW),
            procedure=self.procedure.key,
            version=self.procedure.digest,
            label=self.procedure.label,
            reason="测量",
        )


def work_of(events: tuple[Event, ...]) -> str:
    """The task `work` that was just offered."""
    return next(event.task for event in events if isinstance(event, TaskOffered) and event.element == "work")
