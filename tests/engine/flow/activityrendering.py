"""Random models with compensation, transactions, ad-hoc sub-processes and complex joins, as BPMN for us."""

from __future__ import annotations

from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.drawing import flow, gateway, node, user
from tests.engine.flow.remedies import cancel_end, cancelled, throw, undone_by
from tests.engine.flow.rendering import Rendering, whole


class ActivityRendering(Rendering):
    """Draws the blocks that stock does not run."""

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; the ids of its first and last element."""
        match block.shape:
            case Shape.ATTEMPT:
                return self._attempt(block)
            case Shape.TRANSACTION:
                return self._transaction(block)
            case Shape.COMPLEX:
                return self._complex(block)
            case _:
                return super().block(block)

    def activity(self, block: Block, marker: str = "") -> str:
        """An activity, and the handler that compensates it."""
        if block.undone:
            handler = f"h{block.number}"
            self.add(user(handler, isForCompensation="true", **self._offered()), undone_by(block.activity, handler))
        if block.shape is Shape.AD_HOC:
            return self._ad_hoc(block, marker)
        return super().activity(block, marker)

    def _attempt(self, block: Block) -> tuple[str, str]:
        n = block.number
        first = f"i{n}"
        self.add(gateway("exclusive", first), self._decision(f"d{n}"), gateway("exclusive", f"x{n}", default=f"x{n}_0"))
        self.sequence(block.parts[0], first, f"d{n}")
        self.add(throw(f"y{n}", block.of), gateway("exclusive", f"m{n}"), flow(f"d{n}", f"x{n}"))
        self.add(flow(f"x{n}", f"y{n}", f"d{n} = 1"), flow(f"x{n}", f"m{n}", key=f"x{n}_0"), flow(f"y{n}", f"m{n}"))
        return first, f"m{n}"

    def _transaction(self, block: Block) -> tuple[str, str]:
        n = block.number
        outside, self.body = self.body, []
        self.add(node("startEvent", f"s{n}"), gateway("parallel", f"f{n}"), flow(f"s{n}", f"f{n}"))
        self.add(node("endEvent", f"e{n}a"), node("endEvent", f"e{n}b"), cancel_end(f"z{n}"))
        self.sequence(block.parts[0], f"f{n}", f"e{n}a")
        self.add(self._decision(f"d{n}"), gateway("exclusive", f"x{n}", default=f"x{n}_0"))
        self.add(flow(f"f{n}", f"d{n}"), flow(f"d{n}", f"x{n}"))
        self.add(flow(f"x{n}", f"z{n}", f"d{n} = 1"), flow(f"x{n}", f"e{n}b", key=f"x{n}_0"))
        inside, self.body = "".join(self.body), outside
        self.add(node("transaction", f"g{n}", inside), cancelled(f"r{n}", f"g{n}"), gateway("exclusive", f"m{n}"))
        self.add(flow(f"g{n}", f"m{n}"))
        self.sequence(block.parts[1], f"r{n}", f"m{n}")
        return f"g{n}", f"m{n}"

    def _complex(self, block: Block) -> tuple[str, str]:
        n = block.number
        condition = f"<bpmn:activationCondition>activationCount &gt;= {block.until}</bpmn:activationCondition>"
        self.add(gateway("parallel", f"x{n}"), node("complexGateway", f"j{n}", condition))
        for place, branch in enumerate(block.parts):
            self.sequence(branch, f"x{n}", f"j{n}", self._flow(f"x{n}", None, f"x{n}_{place}"))
        return f"x{n}", f"j{n}"

    def _ad_hoc(self, block: Block, marker: str) -> str:
        n = block.number
        outside, self.body = self.body, []
        self.add(self._decision(f"d{n}"), *[self.activity(part) for part in block.parts])
        inside, self.body = "".join(self.body), outside
        attributes = {
            "ordering": "Sequential" if block.sequential else "Parallel",
            "cancelRemainingInstances": str(not block.waits).lower(),
        }
        condition = f"<bpmn:completionCondition>d{n} = 1</bpmn:completionCondition>"
        return node("adHocSubProcess", f"k{n}", marker + inside + condition, **attributes)


def render_activities(block: Block) -> bytes:
    """The model as BPMN; it begins with a script that sets its variables."""
    return whole(block, ActivityRendering(feel=True))
