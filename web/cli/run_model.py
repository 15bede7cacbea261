"""Any BPMN file, tried in memory: started, its tasks answered from a file or at the prompt, its events printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from engine import procedure as procedures
from engine import temporal
from engine.commands import (
    AddPerson,
    AnswerService,
    CompleteTask,
    DeliverMessage,
    Envelope,
    FireTimer,
    GrantRole,
    StartInstance,
)
from engine.errors import Reason, Refused
from engine.events import Event
from engine.instance import Instance, counted
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.value import Context, Person, Personal, Value
from engine.words import StreamKind
from storage.memory import MemoryJournal
from web.cli import plain
from web.cli.output import Exit, Output

BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
STEPS = 1_000


class Trial:
    """One model in memory, one person who holds every role, a clock that jumps to the next timer."""

    def __init__(self, procedure: Procedure, answers: dict[str, object], output: Output) -> None:
        self.procedure = procedure
        self.answers = {key: list(found) if isinstance(found, list) else [found] for key, found in answers.items()}
        self.repeated = {key for key, found in answers.items() if not isinstance(found, list)}
        self.output = output
        self.journal = MemoryJournal(procedure)
        self.now = BEGIN
        self.sent = 0
        self.printed: list[dict[str, object]] = []
        self.person = self._person()

    def run(self, process: str, values: Context) -> Instance:
        """Start the process and answer what it asks until it ends or nobody answers."""
        self.stream = self.journal.new_stream(StreamKind.INSTANCE)
        self._do(
            StartInstance(
                envelope=self._envelope(self.stream),
                case=None,
                version=self.procedure.digest,
                process=process,
                input=values,
            )
        )
        for _ in range(STEPS):
            if not self._answer_one():
                break
        return self.instance

    @property
    def instance(self) -> Instance:
        """The instance as it is now."""
        found = self.journal.states[self.stream]
        assert isinstance(found, Instance)
        return found

    def _answer_one(self) -> bool:
        state = self.instance
        for key in sorted(state.tasks, key=counted):
            found = self._answer(state.tasks[key].element)
            if found is not None:
                self._do(CompleteTask(envelope=self._envelope(self.stream, self.person), task=key, data=found))
                return True
        for key in sorted(state.requests, key=counted):
            found = self._answer(state.activities[state.requests[key].activity].element)
            self._do(AnswerService(envelope=self._envelope(self.stream), request=key, result=found))
            return True
        for key in sorted(state.subscriptions, key=counted):
            found = self._answer(state.subscriptions[key].name, ask=False)
            if found is not None:
                self._do(DeliverMessage(envelope=self._envelope(self.stream), subscription=key, payload=found))
                return True
        return self._fire_next()

    def _fire_next(self) -> bool:
        timers = self.instance.timers.values()
        if not timers:
            return False
        due, key = min((temporal.to_datetime(timer.due), timer.id) for timer in timers)
        self.now = max(self.now, due)
        self._do(FireTimer(envelope=self._envelope(self.stream), timer=key))
        return True

    def _answer(self, element: str, *, ask: bool = True) -> Context | None:
        waiting = self.answers.get(element)
        if waiting:
            found = waiting[0] if element in self.repeated else waiting.pop(0)
            return plain.context(found)
        if ask and sys.stdin.isatty() and not self.output.json:
            text = click.prompt(f"{element} (JSON)", default="{}")
            return plain.context(plain.read(text))
        return None

    def _do(self, command: object) -> None:
        entry = self.journal.submit(command)  # type: ignore[arg-type]  # every caller passes a command
        for event in entry.events:
            self._print(event)

    def _print(self, event: Event) -> None:
        told = {field.name: _told(getattr(event, field.name)) for field in fields(event)}
        self.printed.append({"event": type(event).__name__, **told})
        line = " ".join(f"{key}={found}" for key, found in told.items() if found not in (None, [], {}))
        self.output.say(f"{type(event).__name__:18} {line}", f"{type(event).__name__:18} {line}")

    def _envelope(self, stream: int, actor: Person | None = None) -> Envelope:
        self.sent += 1
        self.now += timedelta(seconds=1)
        return Envelope(id=f"trial-{self.sent}", stream=stream, at=self.now, actor=actor)

    def _person(self) -> Person:
        nobody = Personal(reference="you", present=False, digest="0" * 64)
        entry = self.journal.submit(AddPerson(envelope=self._envelope(ORGANISATION), name=nobody, handle=nobody))
        person = Person(f"{ORGANISATION}.{entry.revision}.1")
        for role in self.procedure.roles:
            self.journal.submit(GrantRole(envelope=self._envelope(ORGANISATION), person=person, role=role))
        return person


def as_procedure(path: Path) -> Procedure:
    """A procedure around one BPMN file; its lanes are its roles, files beside it are its forms."""
    files = {f"processes/{path.name}": path.read_bytes()}
    for form in sorted(path.parent.rglob("*.form")):
        files[form.relative_to(path.parent).as_posix()] = form.read_bytes()
    bare = 'key = "trial"\nlabel = "trial"\nowner = "owner"\n[title]\nzh = "试行"\nen = "Trial"\n'
    found = procedures.load({**files, procedures.MANIFEST: bare.encode()})
    roles = sorted({role for role in _roles(found)} | {"owner"})
    rows = "".join(f'[roles."{role}"]\nzh = "{role}"\nen = "{role}"\n' for role in roles if '"' not in role)
    return procedures.load({**files, procedures.MANIFEST: (bare + rows).encode()})


def _roles(procedure: Procedure) -> Iterator[str]:
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if element.role:
                yield element.role


def _told(found: object) -> object:
    if isinstance(found, tuple) and found and isinstance(found[0], str):
        return list(found)
    try:
        return plain.shown(found)  # type: ignore[arg-type]  # fields that are no values fall through
    except (TypeError, AttributeError):
        return str(found)


@click.command("run-model")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--process", help="Id of the process; the first one by default.")
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON by element id.")
@click.option("--input", "values", default="{}", help="Variables at the start, as a JSON object.")
@click.pass_obj
def run_model(output: Output, path: Path, process: str | None, answers: Path | None, values: str) -> None:
    """Try a BPMN file in memory, without a database."""
    procedure = as_procedure(path)
    processes = list(procedure.model.processes)
    if process is None and not processes:
        raise Refused(Reason.INVALID_MODEL, f"{path.name} 中没有流程", f"expected a process in {path.name}")
    given = plain.read(answers.read_bytes()) if answers else {}
    if not isinstance(given, dict):
        raise Refused(Reason.INVALID_DATA, "答案应为 JSON 对象", "expected the answers to be a JSON object")
    trial = Trial(procedure, given, output)
    instance = trial.run(process or processes[0], plain.context(plain.read(values)))
    waiting = sorted({task.element for task in instance.tasks.values()})
    variables: dict[str, Value] = {}
    output.result(
        {"status": instance.status, "ends": list(instance.ends), "waiting": waiting, "events": trial.printed}
        | ({"variables": variables} if variables else {})
    )
    if waiting:
        output.say(f"等待办理:{'、'.join(waiting)}", f"waiting for: {', '.join(waiting)}")
        raise click.exceptions.Exit(Exit.OK)
    ends = ", ".join(instance.ends)
    output.say(f"状态:{instance.status};结束于 {ends}", f"status: {instance.status}; ended at {ends}")
