"""Several runs of one activity: multi-instance over items, and the standard loop."""

from __future__ import annotations

from decimal import Decimal

from SpiffWorkflow.util.task import TaskState

from engine.errors import Text
from engine.feel import called
from engine.flow.behavior import due, throw_implied
from engine.flow.elements import Implied, MultiInstance, StandardLoop
from engine.flow.host import ExpressionFailed, wanted
from engine.flow.node import FlowNode
from engine.flow.token import Token
from engine.value import Value, number
from engine.words import ScopeKind

ITEM = "#"
"""Ends the name of the spec that runs one item or turn; the element is the same."""

MOST_ITEMS = 10_000


class Several(FlowNode):
    """A multi-instance activity: its collection is taken once, each item runs in a scope of its own."""

    def work(self, token: Token) -> bool:
        """Take the items and start the first, or all."""
        loop = self._loop
        if "begun" in token.internal_data:
            return self._after_item(token)
        count = self._take(token, loop)
        token.internal_data |= {"scopes": {}, "count": str(count), "begun": "0"}
        for _ in range(min(count, 1) if loop.sequential else count):
            self._begin(token)
        return self._finish(token) if count == 0 else False

    def item_done(self, token: Token, item: Token) -> None:
        """Keep the item's result; go on with the next, or end."""
        tokens = token.workflow
        index = int(token.internal_data["scopes"][item.scope])
        tokens.host.item_done(token.activity, index, item.scope, self.element.result)
        thrown = self._thrown(token, item.scope)
        if tokens.compensable.holds(item.scope) and not self.element.for_compensation:
            tokens.keep_scope(token, item.scope)
        else:
            tokens.close_scope(token, item.scope)
        try:
            for implied in thrown:
                throw_implied(token, implied)
                if tokens.gone(token):
                    return
            if token.internal_data.get("failed"):
                return  # an item of a parallel one; the failed condition is asked again on retry
            if self._after_item(token):
                self.resume(token)
        except ExpressionFailed as error:
            self.fail(token, error.text)

    def _thrown(self, token: Token, scope: str) -> list[Implied]:
        """What is thrown as the item completes; a condition that fails is an incident, and nothing is thrown."""
        notes = token.internal_data
        begun, active = int(notes["begun"]), len(notes["scopes"]) - 1
        try:
            return due(token, scope, begun - active, _names(int(notes["count"]), begun, active))
        except ExpressionFailed as error:
            self.fail(token, error.text)
            return []

    @property
    def _loop(self) -> MultiInstance:
        assert isinstance(self.element.loop, MultiInstance)
        return self.element.loop

    def _take(self, token: Token, loop: MultiInstance) -> int:
        host = token.workflow.host
        if loop.collection is not None:
            found = host.evaluate(loop.collection, token.scope)
            items = () if found is None else found
            if not isinstance(items, tuple):
                raise self._unexpected("一个列表", "a list", found)
        else:
            times = host.evaluate(loop.cardinality or "0", token.scope)
            if not isinstance(times, Decimal) or times != times.to_integral_value() or not 0 <= times <= MOST_ITEMS:
                raise self._unexpected(f"0 到 {MOST_ITEMS} 的整数", f"a whole number from 0 to {MOST_ITEMS}", times)
            items = tuple(number(place) for place in range(1, int(times) + 1))
        if len(items) > MOST_ITEMS:
            raise self._unexpected(f"最多 {MOST_ITEMS} 项", f"at most {MOST_ITEMS} items", items)
        host.take(token.activity, items)
        return len(items)

    def finished(self, token: Token) -> list[int]:
        """The places of the items that are done."""
        under_way = {int(index) for index in token.internal_data["scopes"].values()}
        return [index for index in range(int(token.internal_data["begun"])) if index not in under_way]

    def reopen(self, token: Token, index: int) -> None:
        """Do a finished item again; of a sequence, everything from that item on."""
        tokens, notes = token.workflow, token.internal_data
        if not self._loop.sequential:
            self._begin_at(token, index, self._earlier(tokens.host.reopen_item(token.activity, index)))
            return
        tokens.cancel_within(token)
        values = [tokens.host.reopen_item(token.activity, later) for later in reversed(self.finished(token)[index:])]
        notes["begun"] = str(index + 1)
        self._begin_at(token, index, self._earlier(values[-1]))

    def _earlier(self, value: Value) -> Value:
        """What an item begins with that is done again."""
        return value

    def _begin(self, token: Token) -> None:
        index = int(token.internal_data["begun"])
        token.internal_data["begun"] = str(index + 1)
        self._begin_at(token, index, None)

    def _begin_at(self, token: Token, index: int, earlier: Value) -> None:
        tokens = token.workflow
        scope = tokens.open_scope(token, ScopeKind.ITEM, index)
        item = tokens.host.taken(token.activity)[index]
        if self._loop.item is not None:
            tokens.host.create(scope, self._loop.item, item)
        tokens.host.create(scope, self.element.result, earlier)
        tokens.add(self.name + ITEM, scope, TaskState.READY, body=token.activity)

    def _after_item(self, token: Token) -> bool:
        """Whether the whole is done after an item; begins the next one of a sequence."""
        notes = token.internal_data
        count, begun = int(notes["count"]), int(notes["begun"])
        if self._complete(token, count, begun):
            token.workflow.cancel_within(token)
            return self._finish(token)
        if self._loop.sequential and begun < count and not notes["scopes"]:
            self._begin(token)
        return False if notes["scopes"] else self._finish(token)

    def _complete(self, token: Token, count: int, begun: int) -> bool:
        condition = self._loop.completion_condition
        if condition is None:
            return False
        active = len(token.internal_data["scopes"])
        found = token.workflow.host.evaluate(condition, token.scope, _names(count, begun, active))
        if found is not None and not isinstance(found, bool):
            raise self._unexpected("true 或 false", "true or false", found)
        return found is True

    def _finish(self, token: Token) -> bool:
        host, count = token.workflow.host, int(token.internal_data["count"])
        done = host.items(token.activity)
        host.assign(token.scope, self.element.result, (*done, *(None for _ in range(count - len(done)))))
        return True

    def _unexpected(self, zh: str, en: str, found: Value) -> ExpressionFailed:
        kind, key = called(found), self.element.id
        return ExpressionFailed(
            wanted(
                f"{key} 的多实例应得到{zh},但得到{kind.zh}",
                f"expected {en} from the multi-instance {key}, but found {kind.en}",
                found,
            )
        )


def _names(count: int, begun: int, active: int) -> dict[str, Value]:
    return {
        "numberOfInstances": number(count),
        "numberOfActiveInstances": number(active),
        "numberOfCompletedInstances": number(begun - active),
        "numberOfTerminatedInstances": number(0),
    }


class Loop(FlowNode):
    """The standard loop: one activity again and again while its condition holds. BPMN 2.0.2 §13.3.6."""

    def work(self, token: Token) -> bool:
        """Begin a turn, unless the loop is over."""
        notes = token.internal_data
        turns = int(notes.setdefault("turns", "0"))
        loop = self._loop
        if (turns > 0 or loop.test_before) and not self._goes_on(token, loop, turns):
            return True
        notes["turns"] = str(turns + 1)
        token.workflow.add(self.name + ITEM, token.scope, TaskState.READY, body=token.activity)
        return False

    def item_done(self, token: Token, item: Token) -> None:
        """A turn is over: begin the next, or go on."""
        token.workflow.make_ready(token)

    def _on_cancel(self, token: Token) -> None:
        """The turn under way is cancelled first."""
        tokens = token.workflow
        tokens.cancel_all(other for other in tokens.serving(token.activity) if "body" in other.internal_data)
        if not tokens.undoing:
            turns = tokens.compensable.turns_of(token.scope, token.activity)
            tokens.compensable.forget(turns)
            tokens.give_up([scope for turn in turns for scope in turn.inner], token.scope)
        super()._on_cancel(token)

    @property
    def _loop(self) -> StandardLoop:
        assert isinstance(self.element.loop, StandardLoop)
        return self.element.loop

    def _goes_on(self, token: Token, loop: StandardLoop, turns: int) -> bool:
        if loop.maximum is not None and turns >= loop.maximum:
            return False
        if loop.condition is None:
            return True
        found = token.workflow.host.evaluate(loop.condition, token.scope, {"loopCounter": number(turns)})
        if found is None or isinstance(found, bool):
            return found is True
        key = self.element.id
        raise ExpressionFailed(
            Text(f"{key} 的循环条件应得到 true 或 false", f"expected true or false from the loop {key}")
        )
