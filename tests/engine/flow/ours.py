"""A random model run by our flow on the recorder, with the bound of its window."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from engine.flow import Model
from engine.value import Value, number
from tests.engine.flow.blocks import Block
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.rendering import render
from tests.engine.flow.runs import deciding, entered


class Ours:
    """One run of our flow; the window is decoded from its bytes at every step."""

    def __init__(self, model: Block) -> None:
        self.deciding = deciding(model)
        self.run = Recorder(Model.parse({"p.bpmn": render(model, feel=True)}))

    @property
    def open(self) -> list[str]:
        """The elements that wait, oldest first."""
        return self.run.open

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over."""
        self.run.finish(element, as_value(entered(decision, self.deciding.get(element))))

    @property
    def completed(self) -> Counter[str]:
        """How often each element was completed."""
        return Counter(line.removeprefix("leave ") for line in self.run.log if line.startswith("leave "))

    def counted(self, names: Sequence[str]) -> dict[str, int]:
        """How often each script ran, as its variable says."""
        found = {name: self.run.values[name] for name in names}
        return {name: int(value) for name, value in found.items() if isinstance(value, Decimal)}


def as_value(found: int | list[int] | None) -> Value:
    """A decision as a value of FEEL."""
    if isinstance(found, list):
        return tuple(number(place) for place in found)
    return None if found is None else number(found)


def excess(run: Recorder) -> list[str]:
    """What breaks the bound of the window: at most one token for each wait, incident, open scope, loop and undoing event
    under way, and for each open join fewer tokens than it has incoming flows or needs to start; and about 200 bytes for each. What can still
    be compensated has 100 bytes, and as many for the scope that is kept for it, in which no token moves by itself.
    """
    window = json.loads(run.window)
    rows, done = window["tokens"], window.get("compensable", [])
    arrived = Counter((row[1], row[3]) for row in rows if row[4] is None)
    under_way = sum(1 for row in rows if row[4] is not None)
    kept = [scope for row in done for scope in row[3]] + [scope for row in rows for scope in row[5].get("kept", ())]
    undoing = [step for row in rows for step in row[5].get("undo", ())]
    kept += [scope for step in undoing for scope in (step[1:] if step[0] == "close" else step[3])]
    scopes = len(run.scopes) - len(run.closed) - len(kept) - 1
    loops = sum(1 for row in rows if "turns" in row[5] or "undo" in row[5])
    found = []
    if under_way > len(run.waiting) + len(run.failed) + scopes + loops:
        found.append(f"{under_way} tokens under way")
    for (join, scope), tokens in arrived.items():
        node = run.model.specification.task_specs[join]
        if tokens >= max(len(node.incoming), node.element.start_quantity):
            found.append(f"{tokens} tokens wait at {join} in {scope}")
    if len(run.window) > 64 + 200 * (len(rows) + scopes) + 100 * (len(done) + len(undoing) + len(kept)):
        found.append(f"{len(run.window)} bytes for {len(rows)} tokens")
    return found
