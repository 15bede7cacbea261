"""What an operator finds: a step that cannot go on, a job that is parked, something that recurs."""

from __future__ import annotations

from sqlalchemy import insert

from engine import commands, encoding
from engine.commands import Envelope
from engine.value import Context
from engine.words import Channel, StreamKind
from jobs import clock
from jobs.worker import Worker
from storage import people, schema
from tests.engine.test_milestone import model
from tests.engine.world import MANIFEST, chain, lane, process
from tests.storage.company import english
from tests.web.pages.browser import House
from web.cli import company

BODY = (
    '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g" name="Which way" default="fb"/>'
    '<bpmn:userTask id="a" name="Left"/><bpmn:userTask id="b" name="Right"/><bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/>'
    + chain("s", "g")
    + chain("a", "e1")
    + chain("b", "e2")
)


def stuck(house: House) -> str:
    """An instance at a gateway that knows no way; the id of its incident."""
    flows = (
        '<bpmn:sequenceFlow id="fa" sourceRef="g" targetRef="a"><bpmn:conditionExpression>number("7")</bpmn:conditionExpression>'
        '</bpmn:sequenceFlow><bpmn:sequenceFlow id="fb" sourceRef="g" targetRef="b"/>'
    )
    lanes = f'<bpmn:laneSet id="ls">{lane("SMO", "s", "g", "a", "b", "e1", "e2")}</bpmn:laneSet>'
    version = _published(house, process(BODY + flows, lanes=lanes))
    li = people.known(house.store, "li")

    def begin(number: int) -> commands.StartInstance:
        return commands.StartInstance(
            envelope=Envelope(id="start-stuck", stream=number, at=house.clock.now, actor=li, channel=Channel.WEB),
            case=None,
            version=version,
            process="p",
            input=Context(),
        )

    stream = house.store.open_stream(StreamKind.INSTANCE, "start-stuck", begin).stream
    Worker(house.store).run()
    (incident,) = company.instance_of(house.store, stream).incidents
    return incident


def parked(house: House, case: int = 9) -> str:
    """The key of a job that was given up: it was to issue a document which the case does not have."""
    fields = encoding.to_json(Context({"document": "none", "number": "1"}))
    payload = encoding.write({"kind": "IssueDocument", "fields": fields})
    row = {"job": f"{case}.1.99", "stream_no": case, "revision": 1, "kind": "command", "target": case, "due": 0}
    with house.store.database.write() as connection:
        connection.execute(insert(schema.job).values(**row, payload=payload))
    Worker(house.store).run()
    return str(row["job"])


def recurring(house: House) -> None:
    """Something that begins every day, planned by a pass of the clock."""
    _published(house, model('@"P1D"', "timeCycle"))
    clock.tick(house.store)


def _published(house: House, drawing: bytes) -> str:
    """The digest of a procedure with one process, in force."""
    files = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": drawing, "texts/en.json": english(drawing)}
    procedure = house.store.procedures.keep(files)

    def publish(number: int) -> commands.PublishVersion:
        return commands.PublishVersion(
            envelope=Envelope(id="publish-trial", stream=number, at=house.clock.now),
            procedure=procedure.key,
            version=procedure.digest,
            label="1",
            reason="trial",
        )

    house.store.open_stream(StreamKind.PROCEDURE, "publish-trial", publish)
    return procedure.digest
