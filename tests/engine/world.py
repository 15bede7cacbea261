"""A small company in memory: procedures made of a few lines of BPMN, people with roles, a clock that only moves on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from engine import procedure as procedures
from engine.commands import (
    AddPerson,
    AppointDeputy,
    Command,
    Envelope,
    GrantRole,
    StartInstance,
)
from engine.instance import Instance
from engine.journal import Entry
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Context, Date, Person, Personal
from engine.words import StreamKind
from storage.memory import MemoryJournal

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)

MANIFEST = """
key = "trial"
label = "A/0"
owner = "SMO"
[title]
zh = "试行程序"
en = "Trial procedure"
[roles.SALES]
zh = "销售"
en = "Sales"
[roles.SMO]
zh = "服务管理负责人"
en = "Service management"
[roles.MR]
zh = "管理者代表"
en = "Management representative"
[rights]
terminate = ["SMO"]
waive = ["MR"]
resolve = ["SMO"]
[documents.plan]
zh = "计划"
en = "Plan"
[settings.review_days]
type = "int"
default = 2
zh = "审核天数"
en = "Days for a review"
"""

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zx="urn:zhixing:bpmn:1" id="d" targetNamespace="t">'
)


MESSAGES = '<bpmn:message id="called" name="called"/>'


def process(body: str, *, lanes: str = "", key: str = "p") -> bytes:
    """A model with one process of these elements."""
    return f'{HEAD}{MESSAGES}<bpmn:process id="{key}" isExecutable="true">{lanes}{body}</bpmn:process></bpmn:definitions>'.encode()


def chain(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    return "".join(f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids))


def lane(role: str, *elements: str) -> str:
    """A lane of a role with its elements."""
    inner = "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in elements)
    return f'<bpmn:lane id="lane_{role}" name="{role}" zx:role="{role}">{inner}</bpmn:lane>'


def trial(bpmn: bytes, manifest: str = MANIFEST, **files: bytes) -> Procedure:
    """A procedure around one model."""
    found = {"procedure.toml": manifest.encode(), "processes/p.bpmn": bpmn}
    return procedures.load({**found, **{f"forms/{name}.form": data for name, data in files.items()}})


@dataclass
class World:
    """The journal, the people by name, and the clock."""

    procedure: Procedure
    journal: MemoryJournal = field(init=False)
    people: dict[str, Person] = field(default_factory=dict)
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.journal = MemoryJournal(self.procedure)
        self.numbers = count(1)

    def envelope(self, stream: int, who: str | None) -> Envelope:
        """An envelope of the next minute."""
        self.now += timedelta(minutes=1)
        actor = None if who is None else self.people[who]
        return Envelope(id=f"c{next(self.numbers)}", stream=stream, at=self.now, actor=actor)

    def hire(self, name: str, *roles: str) -> Person:
        """A new person with roles."""
        personal = Personal(reference=name, present=True, digest="0" * 64)
        entry = self.journal.submit(
            AddPerson(envelope=self.envelope(ORGANISATION, None), name=personal, handle=personal)
        )
        person = Person(f"{ORGANISATION}.{entry.revision}.1")
        self.people[name] = person
        for role in roles:
            self.journal.submit(GrantRole(envelope=self.envelope(ORGANISATION, None), person=person, role=role))
        return person

    def deputise(self, principal: str, deputy: str) -> None:
        """The deputy acts for the principal all year."""
        self.journal.submit(
            AppointDeputy(
                envelope=self.envelope(ORGANISATION, None),
                person=self.people[principal],
                deputy=self.people[deputy],
                first=Date(2026, 1, 1),
                last=Date(2026, 12, 31),
            )
        )

    def start(self, who: str | None = None, process: str = "p", **values: object) -> int:
        """Start a process; returns the instance's stream."""
        stream = self.journal.new_stream(StreamKind.INSTANCE)
        self.journal.submit(
            StartInstance(
                envelope=self.envelope(stream, who),
                case=None,
                version=self.procedure.digest,
                process=process,
                input=Context(values),  # type: ignore[arg-type]  # tests pass values only
            )
        )
        return stream

    def do(self, command: type[Command], who: str | None, stream: int, **fields: object) -> Entry:
        """Submit a command."""
        return self.journal.submit(command(envelope=self.envelope(stream, who), **fields))  # type: ignore[call-arg]  # fields of the command

    def instance(self, stream: int) -> Instance:
        """The instance as it is now."""
        found = self.journal.states[stream]
        assert isinstance(found, Instance)
        return found

    def task(self, stream: int, element: str) -> Task:
        """The one open task of an element."""
        (found,) = [task for task in self.instance(stream).tasks.values() if task.element == element]
        return found
