"""A model tried in memory: one person who holds every role, and a clock that jumps to the next timer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import procedure as procedures
from engine import temporal
from engine.commands import (
    AddPerson,
    AnswerService,
    Command,
    CompleteTask,
    DeliverMessage,
    Envelope,
    FireTimer,
    GrantRole,
    ReceiveSignal,
    StartActivity,
    StartInstance,
)
from engine.errors import Refused
from engine.events import Event
from engine.flow import Model
from engine.flow.elements import Element, Kind, Process
from engine.flow.level import begun_by, starts
from engine.instance import Instance, counted
from engine.procedure import MANIFEST, Procedure
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Context, Person, Personal, Value
from engine.words import Proof, StreamKind
from storage.memory import MemoryJournal
from web.cli import company
from web.telling import plain

BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
STEPS = 1_000
OWNER = "owner"

Ask = Callable[[str, Task | None], object]
"""The answer somebody gives for an element, or None for no answer."""


class Trial:
    """One model and the answers to its tasks."""

    def __init__(
        self, procedure: Procedure, answers: Mapping[str, object], ask: Ask, heard: Callable[[Event], None]
    ) -> None:
        self.procedure, self.ask, self.heard = procedure, ask, heard
        self.answers = {key: list(found) if isinstance(found, list) else [found] for key, found in answers.items()}
        self.repeated = {key for key, found in answers.items() if not isinstance(found, list)}
        self.journal = MemoryJournal(procedure)
        self.now = BEGIN
        self.sent = self.steps = 0
        self.person = self._person()

    def run(self, process: str, values: object) -> Instance:
        """Start the process and answer what it asks until it ends, nobody answers, or it took too many steps."""
        self.stream = self.journal.new_stream(StreamKind.INSTANCE)
        begun, payload = self._begun(process)
        self._do(
            StartInstance(
                envelope=self._envelope(self.stream),
                case=None,
                version=self.procedure.digest,
                process=process,
                input=self._context(values),
                start=begun,
                payload=payload,
            )
        )
        while self.steps < STEPS and self._answer_one():
            self.steps += 1
        return self.instance

    def _begun(self, process: str) -> tuple[str | None, Value]:
        """The first event that begins a process which does not begin by itself, with what is prepared for it."""
        model = self.procedure.model.processes.get(process)
        if model is None or starts(model, None):
            return None, None
        first = next((e for e in model.elements.values() if begun_by(model, e.id) is not None), None)
        if first is None:
            return None, None
        return first.id, self._context(self._prepared(first.message or first.code or first.id) or {})

    @property
    def instance(self) -> Instance:
        """The instance as it is now."""
        found = self.journal.states[self.stream]
        assert isinstance(found, Instance)
        return found

    def _answer_one(self) -> bool:
        command = (
            self._person_answers()
            or self._worker_answers()
            or self._person_begins()
            or self._message_comes()
            or self._signal_comes()
            or self._time_passes()
        )
        if command is None:
            return False
        self._do(command)
        return True

    def _person_answers(self) -> Command | None:
        tasks = self.instance.tasks
        for key in sorted(tasks, key=counted):
            found = self._answer(tasks[key].element, tasks[key])
            if found is not None:
                return CompleteTask(
                    envelope=self._envelope(self.stream, self.person), task=key, data=self._context(found)
                )
        return None

    def _person_begins(self) -> Command | None:
        """What an answer is prepared for is started in an ad-hoc sub-process."""
        activities = self.instance.activities
        for key in sorted(activities, key=counted):
            for element in activities[key].enabled:
                if self.answers.get(element):
                    envelope = self._envelope(self.stream, self.person)
                    return StartActivity(envelope=envelope, activity=key, element=element)
        return None

    def _worker_answers(self) -> Command | None:
        state = self.instance
        for key in sorted(state.requests, key=counted):
            found = self._answer(state.activities[state.requests[key].activity].element, None)
            return AnswerService(envelope=self._envelope(self.stream), request=key, result=self._value(found))
        return None

    def _message_comes(self) -> Command | None:
        waiting = self.instance.subscriptions
        for key in sorted(waiting, key=counted):
            if (found := self._prepared(waiting[key].name)) is not None:
                payload = self._context(found)
                return DeliverMessage(envelope=self._envelope(self.stream), subscription=key, payload=payload)
        return None

    def _signal_comes(self) -> Command | None:
        waiting = self.instance.signals
        for key in sorted(waiting, key=counted):
            if (found := self._prepared(waiting[key].name)) is not None:
                payload = self._context(found)
                return ReceiveSignal(envelope=self._envelope(self.stream), subscription=key, payload=payload)
        return None

    def _time_passes(self) -> Command | None:
        timers = self.instance.timers.values()
        if not timers:
            return None
        due, key = min((temporal.to_datetime(timer.due), timer.id) for timer in timers)
        self.now = max(self.now, due)
        return FireTimer(envelope=self._envelope(self.stream), timer=key)

    def _answer(self, element: str, task: Task | None) -> object:
        found = self._prepared(element)
        return self.ask(element, task) if found is None else found

    def _prepared(self, name: str) -> object:
        waiting = self.answers.get(name)
        if not waiting:
            return None
        return waiting[0] if name in self.repeated else waiting.pop(0)

    def _value(self, found: object) -> Value:
        return plain.value(plain.resolved(found, lambda _: self.person))

    def _context(self, found: object) -> Context:
        return plain.context(plain.resolved(found, lambda _: self.person))

    def _do(self, command: Command) -> None:
        for event in self.journal.submit(command).events:
            self.heard(event)

    def _envelope(self, stream: int, actor: Person | None = None) -> Envelope:
        self.sent += 1
        self.now += timedelta(seconds=1)
        proof = None if actor is None else Proof.PASSWORD  # who tries a model signs for everybody in it
        return Envelope(id=f"trial-{self.sent}", stream=stream, at=self.now, actor=actor, proof=proof)

    def _person(self) -> Person:
        nobody = Personal(reference="you", present=False, digest="0" * 64)
        entry = self.journal.submit(AddPerson(envelope=self._envelope(ORGANISATION), name=nobody, handle=nobody))
        person = Person(f"{ORGANISATION}.{entry.revision}.1")
        for role in self.procedure.roles:
            self.journal.submit(GrantRole(envelope=self._envelope(ORGANISATION), person=person, role=role))
        return person


def files_around(path: Path) -> dict[str, bytes]:
    """The files of the procedure that a BPMN file belongs to, or a bare procedure around the file."""
    folder = path.resolve().parent.parent
    if path.resolve().parent.name == "processes" and (folder / MANIFEST).is_file():
        return company.files_of(folder)
    files = {f"processes/{path.name}": path.read_bytes()}
    for form in sorted(path.parent.rglob("*.form")):
        files[form.relative_to(path.parent).as_posix()] = form.read_bytes()
    for decisions in sorted(path.parent.rglob("*.dmn")):
        files[f"decisions/{decisions.name}"] = decisions.read_bytes()
    bare = f'key = "trial"\nlabel = "trial"\nowner = "{OWNER}"\n[title]\nzh = "试行"\nen = "Trial"\n'
    try:
        found = list(_roles(procedures.load({**files, MANIFEST: bare.encode()})))
    except Refused:
        found = []  # told by the check, with all that is wrong
    roles = sorted({role for role in found if role.isprintable() and not {'"', "\\"} & set(role)} | {OWNER})
    rows = "".join(f'[roles."{role}"]\nzh = "{role}"\nen = "{role}"\n' for role in roles)
    return {**files, MANIFEST: (bare + rows).encode()}


def for_everybody(procedure: Procedure) -> Procedure:
    """The procedure with tasks that are offered to nobody offered to its owner, so that they can be tried."""
    processes = {key: _offered(process, procedure.owner) for key, process in procedure.model.processes.items()}
    return replace(procedure, model=Model(processes))


def _offered(process: Process, owner: str) -> Process:
    def offer(element: Element) -> Element:
        alone = element.role is None and not {"assignee", "candidates"} & element.extensions.keys()
        people = element.kind in (Kind.USER_TASK, Kind.MANUAL_TASK)
        return replace(element, role=owner) if people and alone else element

    return replace(process, elements={key: offer(element) for key, element in process.elements.items()})


def _roles(procedure: Procedure) -> Iterator[str]:
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.role:
                yield element.role
