"""Random models with events as BPMN with FEEL."""

from __future__ import annotations

from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.drawing import HEAD, E, S, flow, gateway, node, path
from tests.engine.flow.rendering import YEARS, Rendering, variables

ROOT = "".join(
    f'<bpmn:signal id="S{n}" name="S{n}"/><bpmn:error id="E{n}" errorCode="E{n}"/>'
    f'<bpmn:escalation id="U{n}" escalationCode="U{n}"/>'
    for n in (1, 2)
)
AWAITED = ("timer", "signal")


def trigger(written: str) -> str:
    """The definition of a trigger such as `error E1`."""
    kind, _, code = written.partition(" ")
    if kind == "timer":
        return YEARS
    reference = "" if code == "*" else f' {kind}Ref="{code}"'
    return f"<bpmn:{kind}EventDefinition{reference}/>"


def caught(block: Block, place: int) -> str:
    """The id of the event of a handler: `t` for one that waits, `i` for one that catches what comes from within."""
    waits = block.triggers[place].startswith(AWAITED)
    return f"{'t' if waits else 'i'}{block.number}q{place}"


class EventRendering(Rendering):
    """Draws the blocks of events; a level has its event sub-processes behind its own elements."""

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; the ids of its first and last element."""
        drawers = {
            Shape.RAISE: self._raise,
            Shape.ESCALATE: self._throw,
            Shape.SIGNAL: self._throw,
            Shape.CATCH: self._catch,
            Shape.LINK: self._link,
            Shape.RACE: self._race,
        }
        return drawers[block.shape](block) if block.shape in drawers else super().block(block)

    def handlers(self, block: Block) -> None:
        """The event sub-processes of a level."""
        for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
            begin, end = caught(block, place), f"e{block.number}q{place}"
            outside, self.body = self.body, []
            written = trigger(block.triggers[place])
            self.add(
                node("startEvent", begin, written, isInterrupting=str(interrupting).lower()), node("endEvent", end)
            )
            self.sequence(handler, begin, end)
            inside, self.body = "".join(self.body), outside
            self.add(node("subProcess", f"o{block.number}q{place}", inside, triggeredByEvent="true"))

    def _raise(self, block: Block) -> tuple[str, str]:
        n = block.number
        self.add(
            self._decision(f"d{n}"), gateway("exclusive", f"x{n}", default=f"x{n}_0"), gateway("exclusive", f"m{n}")
        )
        self.add(node("endEvent", f"z{n}", trigger(f"error {block.code}")), flow(f"d{n}", f"x{n}"))
        self.add(flow(f"x{n}", f"z{n}", f"d{n} = 1"), flow(f"x{n}", f"m{n}", key=f"x{n}_0"))
        return f"d{n}", f"m{n}"

    def _throw(self, block: Block) -> tuple[str, str]:
        n, kind = block.number, "signal" if block.shape is Shape.SIGNAL else "escalation"
        self.add(node("userTask", f"u{n}", **self._offered()), path(f"u{n}", f"y{n}"))
        self.add(node("intermediateThrowEvent", f"y{n}", trigger(f"{kind} {block.code}")))
        return f"u{n}", f"y{n}"

    def _catch(self, block: Block) -> tuple[str, str]:
        key = f"w{block.number}"
        self.add(node("intermediateCatchEvent", key, trigger(f"signal {block.code}")))
        return key, key

    def _link(self, block: Block) -> tuple[str, str]:
        n = block.number
        written = f'<bpmn:linkEventDefinition name="{n}"/>'
        self.add(node("intermediateThrowEvent", f"k{n}", written), node("intermediateCatchEvent", f"q{n}", written))
        return f"k{n}", f"q{n}"

    def _race(self, block: Block) -> tuple[str, str]:
        n = block.number
        self.add(node("eventBasedGateway", f"r{n}"), gateway("exclusive", f"m{n}"))
        for place, branch in enumerate(block.parts):
            key = f"w{n}q{place}"
            self.add(node("intermediateCatchEvent", key, trigger(block.triggers[place])), flow(f"r{n}", key))
            self.sequence(branch, key, f"m{n}")
        return f"r{n}", f"m{n}"

    def _inside(self, block: Block) -> str:
        outside, self.body = self.body, []
        n = block.number
        self.add(node("startEvent", f"s{n}"), node("endEvent", f"e{n}"))
        self.sequence(block.parts[0], f"s{n}", f"e{n}")
        self.handlers(block)
        inside, self.body = "".join(self.body), outside
        return inside

    def _boundary(self, block: Block) -> tuple[str, str]:
        n, activity = block.number, block.activity
        self.add(self.activity(block.parts[0]), gateway("exclusive", f"m{n}"), flow(activity, f"m{n}"))
        for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
            event, end = caught(block, place), f"e{n}q{place}"
            attributes = {"attachedToRef": activity, "cancelActivity": str(interrupting).lower()}
            self.add(node("boundaryEvent", event, trigger(block.triggers[place]), **attributes))
            if not interrupting:
                self.add(node("endEvent", end))
            self.sequence(handler, event, f"m{n}" if interrupting else end)
        return activity, f"m{n}"


def render(block: Block) -> bytes:
    """The model as BPMN; its process begins with a script that sets its variables."""
    return whole(block, EventRendering(feel=True))


def whole(block: Block, drawing: EventRendering) -> bytes:
    """The model as one way of rendering draws it."""
    values = ", ".join(f"{name}: {value}" for name, value in variables(block).items())
    drawing.add(node("scriptTask", "init", f"<bpmn:script>{{{values}}}</bpmn:script>", scriptFormat="feel"))
    drawing.add(S, E, path("s", "init"))
    drawing.sequence(block.parts[0], "init", "e")
    drawing.handlers(block)
    process = f'<bpmn:process id="p" isExecutable="true">{"".join(drawing.body)}</bpmn:process>'
    return f"{HEAD}{ROOT}{process}{''.join(drawing.processes)}</bpmn:definitions>".encode()
