"""A random model run by the whole engine: commands, events, entries in a journal in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.commands import AnswerService, CompleteTask, FireTimer
from engine.events import ElementEntered, ElementLeft
from engine.value import Context
from engine.words import Outcome
from tests.engine.flow.blocks import Block
from tests.engine.flow.ours import as_value
from tests.engine.flow.rendering import render
from tests.engine.flow.runs import deciding, entered
from tests.engine.world import World, trial


class Whole:
    """One run through commands; timers are due in ninety years, so the clock jumps for them."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.world = World(trial(render(model, feel=True)))
        self.world.hire("amy", "SALES")
        self.stream = self.world.start()

    @property
    def open(self) -> list[str]:
        """The elements that wait, oldest first."""
        return [element for element, _ in self._waiting()]

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over."""
        key = next(found for name, found in self._waiting() if name == element)
        if element[0] == "t":
            self.world.now = self.world.now.replace(year=self.world.now.year + 91)
            self.world.do(FireTimer, None, self.stream, timer=key)
        elif element in self.deciding:
            result = as_value(entered(decision, self.deciding[element]))
            self.world.do(AnswerService, None, self.stream, request=key, result=result)
        else:
            self.world.do(CompleteTask, "amy", self.stream, task=key, data=Context())

    def _waiting(self) -> list[tuple[str, str]]:
        found = self.world.instance(self.stream)
        waits = {task.id: task.id for task in found.tasks.values()}
        waits |= {wait.activity: key for key, wait in (*found.timers.items(), *found.requests.items())}
        return [(activity.element, waits[key]) for key, activity in found.activities.items() if key in waits]

    @property
    def completed(self) -> Counter[str]:
        """How often each element was completed."""
        events = [event for entry in self.world.journal.entries(self.stream) for event in entry.events]
        places = {event.activity: event.element for event in events if isinstance(event, ElementEntered)}
        left = (event for event in events if isinstance(event, ElementLeft))
        return Counter(places[event.activity] for event in left if event.outcome is Outcome.COMPLETED)
