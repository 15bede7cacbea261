"""P01 in memory: the people of the scenarios, their answers, a clock that stands at a working morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.commands import AnswerService, ClaimTask, CompleteTask
from engine.journal import Entry
from engine.procedure import Procedure
from engine.task import Task
from engine.value import Context, File, Ref, Value
from tests.bpmn.shipped import FOLDER, PROCESS
from tests.engine.world import World
from web.cli.play import scenarios
from web.cli.timetable import Timetable

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""A Monday, half past nine in Shanghai."""
DIGEST = "0" * 64
"""What stands for the bytes of a file where nobody keeps them."""
PEOPLE = {
    "wang": "SALES", "li": "SMO", "chen": "SMO", "song": "SMG", "zhao": "PRE", "qian": "PM", "wu": "L1",
    "zheng": "MR", "huang": "CUST",
}  # fmt: skip
STEPS = [step for scenario in scenarios(FOLDER) for step in scenario["steps"] if step.get("do") == "complete"]


@dataclass
class Run:
    """One run of P01."""

    world: World
    stream: int = field(init=False)

    @classmethod
    def of(
        cls,
        procedure: Procedure,
        entry: str | None = "new",
        more: Sequence[tuple[str, str]] = (),
        process: str = PROCESS,
    ) -> Run:
        """A run that has just started; `more` are roles that somebody holds besides, `process` may be what calls P01."""
        run = cls(World(procedure, now=MORNING))
        for name, role in PEOPLE.items():
            run.world.hire(name, role, *(r for who, r in more if who == name))
        run.stream = run.world.start("wang", process, **({} if entry is None else {"entry": entry}))
        run.served()
        return run

    @property
    def waiting(self) -> list[str]:
        """The elements whose tasks wait."""
        return sorted(task.element for task in self.world.instance(self.stream).tasks.values())

    @property
    def task(self) -> Task:
        """The only task that waits."""
        (task,) = self.world.instance(self.stream).tasks.values()
        return task

    @property
    def ended(self) -> tuple[str, ...] | None:
        """The end events that were reached."""
        return self.world.instance(self.stream).ends

    def claim(self, who: str) -> Entry:
        """Take the task that waits."""
        return self.world.do(ClaimTask, who, self.stream, task=self.task.id)

    def done(self, who: str, element: str, **other: Value) -> None:
        """Complete the task that waits with the answer of a scenario and other values; the system's step follows."""
        assert self.waiting == [element]
        data = Context({key: v for key, v in {**self.answer(element), **other}.items() if v is not None})
        self.world.do(CompleteTask, who, self.stream, task=self.task.id, data=data)
        self.served()

    def served(self) -> None:
        """The system does what it was asked for."""
        for request in list(self.world.instance(self.stream).requests):
            number = Context({"number": "ZX-SRS-PRE1-2026001"})
            self.world.do(AnswerService, None, self.stream, request=request, result=number)

    def upto(self, element: str, author: str = "zhao") -> Run:
        """Everything done until this element waits, with the specification written by `author`."""
        steps = [("wang", "T01_01"), ("li", "T01_02"), (author, "T01_03"), (author, "T01_04"), ("chen", "T01_05"), (author, "T01_07")]  # fmt: skip
        for who, step in steps:
            if self.waiting == [element]:
                break
            if self.waiting != [step]:
                continue  # done before
            other: dict[str, Value] = {"assignee": self.world.people[author]} if step == "T01_02" else {}
            self.done(who, step, **other)
        assert self.waiting == [element]
        return self

    def answer(self, element: str) -> dict[str, Value]:
        """What a scenario answers there first."""
        of = "T01_04" if element == "T01_09" else element
        data = next(
            step["data"] for step in STEPS if step["element"] == of and "不" not in str(step["data"].get("decision"))
        )
        found = self._resolved({**data, "change_note": None} if of == "T01_04" else data)
        assert isinstance(found, dict)
        return found

    def _resolved(self, found: object) -> Value:
        if isinstance(found, str) and found.startswith("@"):
            return self.world.people.get(found[1:], self.world.people["li"])
        if isinstance(found, list):
            values = [self._resolved(item) for item in found]
            return tuple(dict.fromkeys(values)) if all(isinstance(v, str) for v in found) else tuple(values)
        if isinstance(found, dict):
            if found.keys() == {"ref"}:
                kind, _, key = str(found["ref"]).partition(":")
                return Ref(kind, key)
            if found.keys() == {"number"}:
                return Ref(str(found["number"]), "HT20260001")
            if found.keys() == {"file"}:
                return File(DIGEST, str(found["file"]), "application/pdf", 1)
            if "day" in found:
                return Timetable.on(MORNING).text(found)
            return Context({key: self._resolved(item) for key, item in found.items()})
        return found  # type: ignore[return-value]  # what JSON holds besides are values
