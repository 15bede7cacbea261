"""A small company in a database: people, one trial procedure with two tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from engine.commands import CompleteTask, Envelope, PublishVersion, StartInstance
from engine.instance import Instance
from engine.value import Context, Person
from engine.words import StreamKind
from storage import people
from storage.database import Database
from storage.submission import Receipt, Store
from tests.engine.world import MANIFEST, chain, lane, process
from web.cli import company as companies

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write"/>'
    '<bpmn:userTask id="review" zx:separateFrom="write"/><bpmn:endEvent id="e"/>' + chain("s", "write", "review", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write")}{lane("SMO", "review", "e")}</bpmn:laneSet>'
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Company:
    """The store, people by handle, and the procedure in force."""

    def __init__(self, database: Database, body: str = BODY, lanes: str = LANES) -> None:
        self.database = database
        self.store = Store(database, lambda: NOW)
        self.numbers = count(1)
        self.people: dict[str, Person] = {}
        for handle, roles in (("wang", ["SALES"]), ("chen", ["SMO"]), ("mr", ["MR"]), ("guest", [])):
            self.people[handle] = people.add(self.store, f"p:{handle}", handle, handle, roles)
        files = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": process(body, lanes=lanes)}
        self.procedure = self.store.procedures.keep(files)
        self.store.open_stream(StreamKind.PROCEDURE, "publish", self._publish)

    @classmethod
    def again(cls, other: Company) -> Company:
        """The same company as another process sees it: without anything cached."""
        made = cls.__new__(cls)
        made.__dict__ |= other.__dict__
        made.store = Store(other.database, lambda: NOW)
        return made

    def start(self) -> int:
        """A new instance; returns its stream."""
        key = f"s{next(self.numbers)}"
        envelope = {"id": key, "at": NOW, "actor": self.people["wang"]}
        receipt = self.store.open_stream(
            StreamKind.INSTANCE,
            key,
            lambda number: StartInstance(
                envelope=Envelope(stream=number, **envelope),  # type: ignore[arg-type]  # fields of an envelope
                case=None,
                version=self.procedure.digest,
                process="p",
                input=Context(),
            ),
        )
        return receipt.stream

    def instance(self, stream: int) -> Instance:
        """The instance as its row has it."""
        return companies.instance_of(self.store, stream)

    def task(self, stream: int, element: str) -> str:
        """The open task of an element."""
        (found,) = [task.id for task in self.instance(stream).tasks.values() if task.element == element]
        return found

    def complete(self, stream: int, task: str, who: str, data: dict[str, str] | None = None) -> Receipt:
        """Hand in a task."""
        envelope = Envelope(id=f"c{next(self.numbers)}", stream=stream, at=NOW, actor=self.people[who])
        return self.store.submit(CompleteTask(envelope=envelope, task=task, data=Context(data or {})))

    def _publish(self, stream: int) -> PublishVersion:
        return PublishVersion(
            envelope=Envelope(id="publish", stream=stream, at=NOW),
            procedure="trial",
            version=self.procedure.digest,
            label="A/0",
            reason="试行",
        )
