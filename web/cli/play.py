"""A scenario in simulated time: a clock of its own that ends by now, people of the scenario, every step checked.

The format of scenarios stands in `bpmn/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import temporal
from engine.commands import (
    AppointDeputy,
    ClaimTask,
    Command,
    CompleteTask,
    DelegateTask,
    DeliverMessage,
    OpenCase,
    OpenTask,
    PublishVersion,
    ReleaseTask,
    ResolveTask,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
)
from engine.errors import Refused, Text
from engine.instance import Instance
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Person, Ref
from engine.words import StreamKind
from jobs import clock as clocks
from jobs.worker import Worker
from storage import files, intake, people, schema, uploads
from storage.submission import Store
from web.cli import company, sample_file
from web.cli.timetable import OPENED_AT, Timetable
from web.telling import plain
from web.telling.naming import Names

SIMPLE: dict[str, Callable[..., Command]] = {
    "claim": ClaimTask,
    "open": OpenTask,
    "release": ReleaseTask,
    "transfer": TransferTask,
    "delegate": DelegateTask,
    "resolve": ResolveTask,
    "urge": UrgeTask,
    "waive": WaiveSeparation,
}
"""What people do with a task besides completing it."""
VERBS = {
    "complete": ("完成", "completed"),
    "claim": ("认领", "claimed"),
    "open": ("打开", "opened"),
    "release": ("退回待办", "released"),
    "transfer": ("转办", "transferred"),
    "delegate": ("委派", "delegated"),
    "resolve": ("交回", "handed back"),
    "urge": ("催办", "urged"),
    "waive": ("豁免", "waived the separation of duties for"),
}


class Unexpected(Exception):
    """The case went another way than the scenario says."""


class SimulatedClock:
    """A clock that only a scenario moves."""

    def __init__(self, begin: datetime) -> None:
        self.now = begin

    def __call__(self) -> datetime:
        """The simulated moment."""
        return self.now


@dataclass(kw_only=True)
class Played:
    """What a scenario left behind."""

    case: int
    instance: int
    steps: int = 0
    ended: str | None = None
    told: list[Text] = field(default_factory=list)


Say = Callable[[Text], None]
Moved = Callable[[int, int], None]


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


def play(
    store: Store, clock: SimulatedClock, scenario: dict[str, Any], version: str, say: Say, moved: Moved = silent
) -> Played:
    """Play a scenario on a published version; `moved` hears of every step. Raises Unexpected, Refused."""
    player = Player(store, clock, scenario, version, say)
    player.moved = moved
    return player.play()


class Player:
    """One run of one scenario."""

    def __init__(self, store: Store, clock: SimulatedClock, scenario: dict[str, Any], version: str, say: Say) -> None:
        self.store, self.clock, self.scenario, self.version, self.say = store, clock, scenario, version, say
        self.moved: Moved = silent
        self.timetable = Timetable.on(clock.now)
        self.worker = Worker(store)
        self.run = f"{scenario['key']}:{clock.now.isoformat()}"
        self.persons: dict[str, Person] = {}
        self.people_names = {row["handle"]: row["name"] for row in scenario["people"]}
        self.people_roles = {row["handle"]: frozenset(row["roles"]) for row in scenario["people"]}
        self.procedure = company.procedure_of(store, version)
        self.count = 0
        self.owner: Person | None = None

    def play(self) -> Played:
        """All steps in order."""
        for number, row in enumerate(self.scenario["people"]):
            key = f"person:{number}:{self.run}"  # not the handle: command ids are never erased
            self.persons[row["handle"]] = people.add(self.store, key, row["handle"], row["name"], row["roles"])
        zone = company.organisation_of(self.store).working.zone
        self.names = Names(self.procedure, company.names_of(self.store), zone)
        self.played = self._open()
        for step in self.scenario["steps"]:
            self._advance(step)
            self._step(step)
            self.worker.run()
            self.played.steps += 1
            self.moved(self.played.steps, len(self.scenario["steps"]))
        return self.played

    def _open(self) -> Played:
        self.clock.now = self.timetable.moment(1, self.scenario.get("opened_at", OPENED_AT))
        starter = self.persons[self.scenario["starter"]]
        data = self._resolved(self.scenario.get("case", {}))
        values = self._resolved(self.scenario.get("input", {}))

        def build(number: int) -> OpenCase:
            return OpenCase(
                envelope=company.envelope(self.store, number, starter, f"case:{self.run}"),
                procedure=self.procedure.key,
                version=self.version,
                data=intake.plain_values(data),
                process=self.scenario["process"],
                input=intake.plain_values(values),
            )

        receipt = self.store.open_stream(StreamKind.CASE, f"case:{self.run}", build)
        self.worker.run()
        table = schema.instance
        with self.store.database.read() as connection:
            query = select(table.c.stream_no).where(table.c.case_no == receipt.stream)
            instance = connection.execute(query).scalar_one()
        self._say(self.scenario["starter"], Text(f"建立服务项目 {receipt.stream}", f"opened case {receipt.stream}"))
        return Played(case=receipt.stream, instance=instance)

    def _advance(self, step: dict[str, Any]) -> None:
        if "at" not in step:
            return
        moment = self.timetable.moment(step["day"], step["at"])
        if moment < self.clock.now:
            raise Unexpected(f"day {step['day']} {step['at']}: expected steps in the order of time")
        self.clock.now = moment

    def _step(self, step: dict[str, Any]) -> None:
        match step.get("do"):
            case "tick":
                fired = clocks.tick(self.store)
                self._say(None, Text(f"时钟:{fired} 个定时到期", f"the clock: {fired} timers fired"))
                if fired != step.get("expect", {}).get("fired", fired):
                    raise Unexpected(f"expected {step['expect']['fired']} timers to fire, but {fired} did")
            case "deputy":
                self._deputy(step)
            case "message":
                self._message(step)
            case None:
                self._expect(step["expect"])
            case _:
                self._act(step)

    def _deputy(self, step: dict[str, Any]) -> None:
        self.count += 1
        person, deputy = self.persons[step["for"]], self.persons[step["to"]]
        first, last = (temporal.parse_date(self.timetable.text(step[name])) for name in ("first", "last"))
        envelope = company.envelope(self.store, ORGANISATION, None, f"{self.run}:{self.count}")
        self.store.submit(AppointDeputy(envelope=envelope, person=person, deputy=deputy, first=first, last=last))
        who = self.people_names[step["for"]]
        self._say(step["to"], Text(f"代理 {who}", f"acts for {who}"))

    def _message(self, step: dict[str, Any]) -> None:
        """A message from outside comes for the element that waits for it."""
        found = [key for key, waits in self._instance().subscriptions.items() if waits.name == step["message"]]
        if len(found) != 1:
            raise Unexpected(f"expected one element to wait for the message {step['message']}, but {len(found)} do")
        self.count += 1
        envelope = company.envelope(self.store, self.played.instance, None, f"{self.run}:{self.count}")
        content = intake.plain_values(self._resolved(step["data"]))
        self.store.submit(DeliverMessage(envelope=envelope, subscription=found[0], payload=content))
        self._say(None, Text(f"收到消息:{step['message']}", f"a message came: {step['message']}"))

    def _act(self, step: dict[str, Any]) -> None:
        task = self._task(step["element"], step["as"])
        wanted = step.get("refused")
        try:
            self._command(step, task)
        except Refused as refused:
            if refused.reason != wanted:
                raise
            self._tell(step, task, refused)
            return
        if wanted is not None:
            raise Unexpected(f"{step['element']}: expected a refusal ({wanted}), but it was accepted")
        self._tell(step, task, None)

    def _command(self, step: dict[str, Any], task: Task) -> None:
        actor = self.persons[step["as"]]
        self.count += 1
        envelope = company.envelope(self.store, self.played.instance, actor, f"{self.run}:{self.count}")
        if step["do"] == "complete":
            self.owner = actor
            data = self._resolved(step["data"])
            assert isinstance(data, dict)
            values, rows = intake.prepare(self.store, self._instance(), task, data, envelope)
            self.store.submit(CompleteTask(envelope=envelope, task=task.id, data=values), rows)
            return
        if step["do"] not in SIMPLE:
            raise Unexpected(f"expected a step that exists, but found {step['do']!r}")
        people_named = {"to": "to", "for": "person"}
        fields = {field: self.persons[step[name]] for name, field in people_named.items() if name in step}
        fields |= {name: step[name] for name in ("reason", "opinion", "message") if name in step}
        self.store.submit(SIMPLE[step["do"]](envelope=envelope, task=task.id, **fields))

    def _task(self, element: str, handle: str) -> Task:
        """The task of an element; of several, as in a countersignature, the one in hand or for a role of the person."""
        waiting = self._instance().tasks.values()
        found = [task for task in waiting if task.element == element]
        if len(found) > 1:
            person, roles = self.persons[handle], self.people_roles[handle]
            held = [task for task in found if task.holder == person]
            found = held or [task for task in found if person in task.persons or roles & set(task.roles)]
        if len(found) != 1:
            names = sorted(task.element for task in waiting)
            raise Unexpected(f"expected {element} to wait for {handle}, but {', '.join(names) or 'nothing'} waits")
        return found[0]

    def _expect(self, wanted: dict[str, Any]) -> None:
        instance = self._instance()
        if "waiting" in wanted:
            found = sorted(task.element for task in instance.tasks.values())
            if found != sorted(wanted["waiting"]):
                raise Unexpected(f"expected {wanted['waiting']} to wait, but found {found}")
        if "ended" in wanted:
            if instance.ends != (wanted["ended"],):
                raise Unexpected(f"expected the end {wanted['ended']}, but found {instance.ends or instance.status}")
            self.played.ended = wanted["ended"]
            end = self.names.ends((wanted["ended"],))
            self._say(None, Text(f"流程结束:{end.zh}", f"process ended: {end.en}"))

    def _instance(self) -> Instance:
        return company.instance_of(self.store, self.played.instance)

    def _tell(self, step: dict[str, Any], task: Task, refusal: Refused | None) -> None:
        name = self.names.step(task.process, task.element)
        zh, en = VERBS[step["do"]]
        to = f" → {self.people_names[step['to']]}" if "to" in step else ""
        name = Text(name.zh + to, name.en + to)
        if refusal is None:
            self._say(step["as"], Text(f"{zh} {name.zh}", f"{en} {name.en}"))
            return
        why = self.names.sentence(refusal.text, lambda _: name)
        self._say(step["as"], Text(f"{zh} {name.zh} ✗ 被拒绝:{why.zh}", f"{en} {name.en} ✗ refused: {why.en}"))

    def _say(self, handle: str | None, said: Text) -> None:
        """One line: when, who, what."""
        local = temporal.in_zone(temporal.from_datetime(self.clock.now), self.names.zone)
        at = f"{local.date.month:02}-{local.date.day:02} {local.time.hour:02}:{local.time.minute:02}"
        who = "" if handle is None else f"{self.people_names[handle]} "
        self.say(Text(f"{at}  {who}{said.zh}", f"{at}  {who}{said.en}"))

    def _uploaded(self, name: str) -> dict[str, object]:
        """A small file with this name, uploaded by whoever acts."""
        with files.received([sample_file.content(name)]) as came:
            kept = uploads.keep(self.store, self.owner, came, name)
        return {"digest": kept.digest, "name": kept.name, "type": kept.type, "size": kept.size}

    def _numbered(self, kind: str) -> Ref:
        """What the case has the number of."""
        number = company.case_at(self.store, self.played.case).data.get(f"{kind}_no")
        if not isinstance(number, str):
            raise Unexpected(f"expected the case to have a number of its {kind}, but it has none")
        return Ref(kind, number)

    def _resolved(self, found: object) -> Any:
        """Plain JSON with `@handle` for people, `{"day": 3}` for dates, `{"file": name}`, `{"ref": "kind:id"}` for references.

        `{"number": "contract"}` is a reference to the contract whose number the case has.
        """
        if isinstance(found, str) and found.startswith("@"):
            return self.persons[found[1:]]
        if isinstance(found, list):
            return [self._resolved(item) for item in found]
        if isinstance(found, dict):
            if set(found) == {"ref"}:
                kind, _, key = str(found["ref"]).partition(":")
                return Ref(kind, key)
            if set(found) == {"number"}:
                return self._numbered(str(found["number"]))
            if set(found) == {"file"}:
                return self._uploaded(str(found["file"]))
            if found.keys() in ({"day"}, {"day", "at"}):
                return self.timetable.text(found)
            return {str(key): self._resolved(item) for key, item in found.items()}
        return found


def scenarios(folder: Path) -> Iterator[dict[str, Any]]:
    """The scenarios beside a procedure."""
    for path in sorted((folder / "scenarios").glob("*.json")):
        found = plain.read(path.read_bytes())
        assert isinstance(found, dict)
        yield found


def publish(store: Store, folder: Path, key: str) -> str:
    """Put the procedure in a folder in force, unless it is; returns its digest.

    A scenario's clock runs before now, and so perhaps before the version in force was published.
    """
    procedure = store.procedures.keep(company.files_of(folder))
    with store.database.read() as connection:
        place = store.procedures.place(procedure.key, connection, max(store.now(), company.right_now()))
        before = None if place is None else store.procedures.get(place.version, connection)
    if before is not None and before.digest == procedure.digest:
        return procedure.digest
    publishers = () if before is None else before.may("publish")
    held = company.organisation_of(store).roles
    actor = next((person for role in publishers for person in held.get(role, ())), None)

    def build(stream: int) -> PublishVersion:
        envelope = company.envelope(store, stream, actor, key)
        reason = "随产品提供"
        return PublishVersion(
            envelope=envelope, procedure=procedure.key, version=procedure.digest, label=procedure.label, reason=reason
        )

    if place is None:
        store.open_stream(StreamKind.PROCEDURE, key, build)
    else:
        store.submit(build(place.stream))
    return procedure.digest
