"""Two renderings of one random model: BPMN with FEEL for us, BPMN with Python for stock SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.drawing import HEAD, E, S, flow, gateway, node, path

YEARS = '<bpmn:timerEventDefinition><bpmn:timeDuration>"P90Y"</bpmn:timeDuration></bpmn:timerEventDefinition>'


@dataclass
class Rendering:
    """Collects the elements of the scope being drawn, and the processes that are called."""

    feel: bool
    processes: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    def add(self, *written: str) -> None:
        """More XML in this scope."""
        self.body += written

    def sequence(self, block: Block, after: str, before: str, first: Callable[[str], str] | None = None) -> None:
        """The parts of a sequence between two elements; `first` draws the flow out of the first element."""
        for part in block.parts:
            begin, end = self.block(part)
            self.add(first(begin) if first else flow(after, begin))
            after, first = end, None
        self.add(first(before) if first else flow(after, before))

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; the ids of its first and last element."""
        drawers = {
            Shape.EXCLUSIVE: self._split,
            Shape.INCLUSIVE: self._split,
            Shape.PARALLEL: self._parallel,
            Shape.LOOP: self._loop,
            Shape.COUNTED: self._counted,
            Shape.BOUNDARY: self._boundary,
        }
        if block.shape in drawers:
            return drawers[block.shape](block)
        self.add(self.activity(block))
        return block.activity, block.activity

    # -------------------------------------------------------------- gateways

    def _split(self, block: Block) -> tuple[str, str]:
        n, kind = block.number, str(block.shape)
        self.add(self._decision(f"d{n}"), gateway(kind, f"x{n}", default=f"x{n}_0"), gateway(kind, f"m{n}"))
        self.add(flow(f"d{n}", f"x{n}"))
        for place, branch in enumerate(block.parts):
            condition = self._chosen(block, place) if place else None
            self.sequence(branch, f"x{n}", f"m{n}", self._flow(f"x{n}", condition, f"x{n}_{place}"))
        return f"d{n}", f"m{n}"

    def _flow(self, source: str, condition: str | None, key: str) -> Callable[[str], str]:
        return lambda target: flow(source, target, condition, key)

    def _chosen(self, block: Block, place: int) -> str:
        if block.shape is Shape.EXCLUSIVE:
            return f"d{block.number} {'=' if self.feel else '=='} {place}"
        return f"list contains(d{block.number}, {place})" if self.feel else f"{place} in d{block.number}"

    def _parallel(self, block: Block) -> tuple[str, str]:
        n = block.number
        self.add(gateway("parallel", f"x{n}"), gateway("parallel", f"m{n}"))
        for place, branch in enumerate(block.parts):
            self.sequence(branch, f"x{n}", f"m{n}", self._flow(f"x{n}", None, f"x{n}_{place}"))
        return f"x{n}", f"m{n}"

    def _loop(self, block: Block) -> tuple[str, str]:
        n = block.number
        self.add(gateway("exclusive", f"m{n}"), gateway("exclusive", f"x{n}", default=f"x{n}_0"))
        self.add(self._decision(f"d{n}"), gateway("exclusive", f"l{n}"), flow(f"d{n}", f"x{n}"))
        self.sequence(block.parts[0], f"m{n}", f"d{n}")
        self.add(flow(f"x{n}", f"m{n}", f"d{n} {'=' if self.feel else '=='} 1"), flow(f"x{n}", f"l{n}", key=f"x{n}_0"))
        return f"m{n}", f"l{n}"

    def _counted(self, block: Block) -> tuple[str, str]:
        n = block.number
        self.add(gateway("exclusive", f"m{n}"), gateway("exclusive", f"x{n}", default=f"x{n}_0"))
        self.add(self._script(f"c{n}", f"n{n}"), gateway("exclusive", f"l{n}"), flow(f"c{n}", f"x{n}"))
        self.sequence(block.parts[0], f"m{n}", f"c{n}")
        self.add(flow(f"x{n}", f"m{n}", f"n{n} < {block.turns}"), flow(f"x{n}", f"l{n}", key=f"x{n}_0"))
        return f"m{n}", f"l{n}"

    # -------------------------------------------------------------- activities

    def activity(self, block: Block, marker: str = "") -> str:
        """An activity with its loop or multi-instance marker."""
        match block.shape:
            case Shape.STANDARD:
                return self.activity(block.parts[0], self._standard(block))
            case Shape.SEVERAL:
                return self.activity(block.parts[0], self._several(block))
            case Shape.SCRIPT:
                return self._script(block.activity, f"n{block.number}", marker)
            case Shape.SUB:
                return node("subProcess", block.activity, marker + self._inside(block))
            case Shape.CALL:
                return self._call(block, marker)
            case _:
                return node("userTask", block.activity, marker, **self._offered())

    def _offered(self) -> dict[str, str]:
        return {"zx_candidates": "&quot;SALES&quot;"} if self.feel else {}

    def _decision(self, key: str) -> str:
        """Where the way is decided: a service task for us, so that its result is a plain value; stock has none."""
        return node("serviceTask", key, zx_connector="number-sequence") if self.feel else node("userTask", key)

    def _script(self, key: str, name: str, marker: str = "") -> str:
        if self.feel:
            return node(
                "scriptTask", key, f"<bpmn:script>{{{name}: {name} + 1}}</bpmn:script>" + marker, scriptFormat="feel"
            )
        return node("scriptTask", key, f"<bpmn:script>{name} = globals().get('{name}', 0) + 1</bpmn:script>" + marker)

    def _inside(self, block: Block) -> str:
        outside, self.body = self.body, []
        n = block.number
        self.add(node("startEvent", f"s{n}"), node("endEvent", f"e{n}"))
        self.sequence(block.parts[0], f"s{n}", f"e{n}")
        inside, self.body = "".join(self.body), outside
        return inside

    def _call(self, block: Block, marker: str) -> str:
        n = block.number
        self.processes.append(f'<bpmn:process id="p{n}" isExecutable="true">{self._inside(block)}</bpmn:process>')
        if not self.feel:
            return node("callActivity", block.activity, marker, calledElement=f"p{n}")
        mapped = "".join(
            f'<zx:{way} name="{name}" value="{name}"/>' for name in variables(block) for way in ("input", "output")
        )
        extensions = f"<bpmn:extensionElements>{mapped}</bpmn:extensionElements>"
        return node("callActivity", block.activity, extensions + marker, calledElement=f"p{n}")

    def _standard(self, block: Block) -> str:
        condition = "true" if self.feel else "True"
        return (
            f'<bpmn:standardLoopCharacteristics loopMaximum="{block.turns}" testBefore="{str(block.before).lower()}">'
            f"<bpmn:loopCondition>{condition}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
        )

    def _several(self, block: Block) -> str:
        until = "" if not block.until else self._until(block.until)
        over, attributes = f"<bpmn:loopCardinality>{block.turns}</bpmn:loopCardinality>", ""
        if block.collection and self.feel:
            over, attributes = "", f' zx:collection="xs{block.number}" zx:item="x"'
        elif block.collection and not block.sequential:  # stock merges the item's name and then refuses the second item
            item = f"i{block.number}"
            over = f'<bpmn:loopDataInputRef>xs{block.number}</bpmn:loopDataInputRef><bpmn:inputDataItem id="{item}" name="{item}"/>'
        sequential = str(block.sequential).lower()
        return (
            f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"{attributes}>{over}{until}'
            "</bpmn:multiInstanceLoopCharacteristics>"
        )

    def _until(self, items: int) -> str:
        always = "true" if self.feel else "True"
        condition = always if items == 1 else f"numberOfCompletedInstances >= {items}"
        return f"<bpmn:completionCondition>{condition.replace('>', '&gt;')}</bpmn:completionCondition>"

    def _boundary(self, block: Block) -> tuple[str, str]:
        n, activity = block.number, block.activity
        self.add(self.activity(block.parts[0]), gateway("exclusive", f"m{n}"), flow(activity, f"m{n}"))
        for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
            timer, end = f"t{n}q{place}", f"e{n}q{place}"
            attributes = {"attachedToRef": activity, "cancelActivity": str(interrupting).lower()}
            self.add(node("boundaryEvent", timer, YEARS, **attributes))
            if not interrupting:
                self.add(node("endEvent", end))
            self.sequence(handler, timer, f"m{n}" if interrupting else end)
        return activity, f"m{n}"


def variables(block: Block) -> dict[str, int | list[int]]:
    """The variables a model begins with."""
    found: dict[str, int | list[int]] = dict.fromkeys(block.counters(), 0)
    for part in block.walk():
        if part.shape is Shape.SEVERAL and part.collection:
            found[f"xs{part.number}"] = list(range(1, part.turns + 1))
    return found


def render(block: Block, *, feel: bool) -> bytes:
    """The model as BPMN; it begins with a script that sets its variables."""
    return whole(block, Rendering(feel))


def whole(block: Block, drawing: Rendering) -> bytes:
    """The model as one way of rendering draws it."""
    values = variables(block)
    if drawing.feel:
        drawing.add(node("scriptTask", "init", f"<bpmn:script>{_context(values)}</bpmn:script>", scriptFormat="feel"))
    else:
        lists = [f"{name} = {value}" for name, value in values.items() if isinstance(value, list)]
        lines = "\n".join(lists) or "pass"  # counters begin where they are first counted: fewer stale values at joins
        drawing.add(node("scriptTask", "init", f"<bpmn:script>{lines}</bpmn:script>"))
    drawing.add(S, E, path("s", "init"))
    drawing.sequence(block, "init", "e")
    process = f'<bpmn:process id="p" isExecutable="true">{"".join(drawing.body)}</bpmn:process>'
    return f"{HEAD}{process}{''.join(drawing.processes)}</bpmn:definitions>".encode()


def _context(values: dict[str, int | list[int]]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"
