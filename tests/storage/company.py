"""A small company in a database: people, one trial procedure with two tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from lxml import etree
from sqlalchemy import func, select

from engine.case import Case
from engine.commands import CompleteTask, Envelope, OpenCase, PublishVersion, StartInstance, TerminateInstance
from engine.instance import Instance
from engine.value import Context, Person, Value
from engine.words import StreamKind
from storage import people, personal, schema
from storage.attempt import Receipt
from storage.database import Database
from storage.submission import Store
from tests.engine.world import MANIFEST, chain, lane, process
from web.cli import company as companies

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write"/>'
    '<bpmn:userTask id="review" zx:separateFrom="write"/><bpmn:endEvent id="e"/>' + chain("s", "write", "review", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write")}{lane("SMO", "review", "e")}</bpmn:laneSet>'
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def english(model: bytes) -> bytes:
    """The English texts of a model whose names are English already."""
    named = list(etree.fromstring(model).iterfind(".//{*}process//*[@id][@name]"))
    return json.dumps({"elements": {node.get("id"): {"name": node.get("name")} for node in named}}).encode()


class Company:
    """The store, people by handle, and the procedure in force."""

    def __init__(
        self,
        database: Database,
        body: str = BODY,
        lanes: str = LANES,
        more: Mapping[str, bytes] | None = None,
        head: str = "<bpmn:process",
    ) -> None:
        self.database = database
        self.now = NOW
        self.store = Store(database, lambda: self.now)
        self.numbers = count(1)
        self.people: dict[str, Person] = {}
        for handle, roles in (("wang", ["SALES"]), ("chen", ["SMO"]), ("mr", ["MR"]), ("guest", [])):
            self.people[handle] = people.add(self.store, f"p:{handle}", handle, handle, roles)
        model = process(body, lanes=lanes).replace(b"<bpmn:process", head.encode(), 1)
        files = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": model, "texts/en.json": english(model)}
        files |= more or {}
        self.procedure = self.store.procedures.keep(files)
        self.published = self.store.open_stream(StreamKind.PROCEDURE, "publish", self._publish).stream

    @classmethod
    def again(cls, other: Company) -> Company:
        """The same company as another process sees it: without anything cached."""
        made = cls.__new__(cls)
        made.__dict__ |= other.__dict__
        made.store = Store(other.database, lambda: made.now)
        return made

    def start(self, process: str = "p", case: int | None = None) -> int:
        """A new instance; returns its stream."""
        key = f"s{next(self.numbers)}"
        envelope = {"id": key, "at": self.now, "actor": self.people["wang"]}
        receipt = self.store.open_stream(
            StreamKind.INSTANCE,
            key,
            lambda number: StartInstance(
                envelope=Envelope(stream=number, **envelope),  # type: ignore[arg-type]  # fields of an envelope
                case=case,
                version=self.procedure.digest,
                process=process,
                input=Context(),
            ),
        )
        return receipt.stream

    def open_case(self) -> int:
        """A new case without a root instance; returns its stream."""
        key = f"case{next(self.numbers)}"
        envelope = {"id": key, "at": self.now, "actor": self.people["chen"]}
        receipt = self.store.open_stream(
            StreamKind.CASE,
            key,
            lambda number: OpenCase(
                envelope=Envelope(stream=number, **envelope),  # type: ignore[arg-type]  # fields of an envelope
                procedure="trial",
                version=self.procedure.digest,
                data=Context(),
                process=None,
                input=Context(),
            ),
        )
        return receipt.stream

    def publish(self, label: str, effective: datetime | None = None) -> Receipt:
        """Put `procedure` in force as the next version, at once or from a moment on."""
        first = self._publish(self.published)
        envelope = Envelope(id=f"publish:{label}", stream=self.published, at=self.now, actor=self.people["chen"])
        return self.store.submit(
            replace(first, envelope=envelope, label=label, version=self.procedure.digest, effective=effective)
        )

    def jobs(self) -> int:
        """How many jobs there are, parked ones included."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(schema.job)).scalar_one()

    def later(self, **after: float) -> None:
        """Time goes by."""
        self.now += timedelta(**after)

    def instance(self, stream: int) -> Instance:
        """The instance as its row has it."""
        return companies.instance_of(self.store, stream)

    def case(self, stream: int) -> Case:
        """The case as its row has it."""
        return companies.case_at(self.store, stream)

    def task(self, stream: int, element: str) -> str:
        """The open task of an element."""
        (found,) = [task.id for task in self.instance(stream).tasks.values() if task.element == element]
        return found

    def complete(
        self,
        stream: int,
        task: str,
        who: str,
        data: Mapping[str, Value] | None = None,
        kept: Sequence[personal.Row] = (),
    ) -> Receipt:
        """Hand in a task, with the personal values in it."""
        envelope = Envelope(id=f"c{next(self.numbers)}", stream=stream, at=self.now, actor=self.people[who])
        return self.store.submit(CompleteTask(envelope=envelope, task=task, data=Context(data or {})), kept)

    def terminate(self, stream: int) -> Receipt:
        """End an instance."""
        envelope = Envelope(id=f"t{next(self.numbers)}", stream=stream, at=self.now, actor=self.people["chen"])
        return self.store.submit(TerminateInstance(envelope=envelope, reason="不再需要"))

    def _publish(self, stream: int) -> PublishVersion:
        return PublishVersion(
            envelope=Envelope(id="publish", stream=stream, at=NOW),
            procedure="trial",
            version=self.procedure.digest,
            label="A/0",
            reason="试行",
        )
