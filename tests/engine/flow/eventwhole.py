"""A random model with events run by the whole engine."""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands import FireTimer, ReceiveSignal
from engine.value import Context
from tests.engine.flow.blocks import Block
from tests.engine.flow.eventrendering import render
from tests.engine.flow.runs import deciding
from tests.engine.flow.whole import Whole
from tests.engine.world import World, trial


class EventWhole(Whole):
    """One run through commands; who waits for a signal is told by one, timers are due in ninety years."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.world = World(trial(render(model)))
        self.world.hire("amy", "SALES")
        self.stream = self.world.start()

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over."""
        found = self.world.instance(self.stream)
        keys = [key for key, activity in found.activities.items() if activity.element == element]
        signals = {wait.activity: key for key, wait in found.signals.items()}
        timers = {wait.activity: key for key, wait in found.timers.items()}
        key = next(key for key in keys if key in found.tasks or key in signals or key in timers or element[0] == "d")
        if key in signals:
            self.world.do(ReceiveSignal, None, self.stream, subscription=signals[key], payload=Context())
        elif key in timers:
            self.world.now = self.world.now.replace(year=self.world.now.year + 91)
            self.world.do(FireTimer, None, self.stream, timer=timers[key])
        else:
            super().finish(element, decision)
