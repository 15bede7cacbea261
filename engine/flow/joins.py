"""Joins that could wait for ever or get two tokens for one: which tokens can reach which of their incoming flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from engine.flow.definitions import definitions
from engine.flow.linkstructure import links
from engine.flow.wording import Found, found, local
from engine.xml import BPMN

AGAIN = frozenset(f"{kind}EventDefinition" for kind in ("message", "signal", "conditional", "escalation"))
"""What a boundary event that does not interrupt may catch more than once, beside a cycle."""
JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


@dataclass(frozen=True)
class Level:
    """The flow nodes of one process or sub-process, and its sequence flows as (source, target), by id."""

    nodes: Mapping[str, etree._Element]
    flows: Mapping[str, tuple[str, str]]

    @cached_property
    def joins(self) -> dict[str, list[str]]:
        """The incoming flows of each parallel and inclusive gateway that has several."""
        arriving: dict[str, list[str]] = {}
        for key, (_, target) in self.flows.items():
            arriving.setdefault(target, []).append(key)
        return {key: flows for key, flows in arriving.items() if len(flows) > 1 and local(self.nodes[key]) in JOINS}

    @cached_property
    def events(self) -> dict[str, str]:
        """The activity of each boundary event."""
        return {key: node.get("attachedToRef", "") for key, node in self.nodes.items() if node.get("attachedToRef")}

    def reached_from(self, key: str, without: str) -> set[str]:
        """The nodes that a token of a node can come to, boundary events included, but not through `without`."""
        after: dict[str, list[str]] = {}
        for source, target in (*self.flows.values(), *((host, event) for event, host in self.events.items())):
            after.setdefault(source, []).append(target)
        return _walk(after, [key], without)

    def entries(self, join: str, *, attached: bool = True) -> dict[str, frozenset[str]]:
        """For each node, the incoming flows of a join that its token can come by without passing the join.

        A token at an activity can also come by its boundary events, unless `attached` is False.
        """
        before: dict[str, list[str]] = {}
        for source, target in self.flows.values():
            before.setdefault(target, []).append(source)
        for event, host in self.events.items() if attached else ():
            before.setdefault(event, []).append(host)
        ways = {flow: _walk(before, [self.flows[flow][0]], join) for flow in self.joins[join]}
        return {key: frozenset(flow for flow, nodes in ways.items() if key in nodes) for key in self.nodes}


def joins(scope: etree._Element) -> Iterator[Found]:
    """What is wrong with the joins of one process or sub-process."""
    nodes = {
        str(child.get("id")): child
        for child in scope.iterchildren(f"{{{BPMN}}}*")
        if child.get("id") and local(child) != "sequenceFlow"
    }
    drawn = {
        str(flow.get("id")): (flow.get("sourceRef", ""), flow.get("targetRef", ""))
        for flow in scope.iterchildren(f"{{{BPMN}}}sequenceFlow")
    }
    for throw, catch in links(scope):
        drawn[f"{throw.get('id')} "] = (throw.get("id", ""), catch.get("id", ""))  # no id of a flow has a space
    level = Level(nodes, {key: ends for key, ends in drawn.items() if set(ends) <= nodes.keys()})
    starts = [key for key, node in nodes.items() if local(node) == "startEvent"]
    if len(starts) == 1:
        yield from _never(level, starts[0])
    yield from _circles(level)
    yield from _two_for_one(level)


def _never(level: Level, start: str) -> Iterator[Found]:
    """A parallel join that waits for a token which must have passed it already."""
    for join, flows in level.joins.items():
        reached = level.reached_from(start, join)
        late = [flow for flow in flows if level.flows[flow][0] not in reached]
        if local(level.nodes[join]) == "parallelGateway" and late and len(late) < len(flows):
            yield found(
                level.nodes[join],
                "structure",
                "循环不能直接回到并行汇合,请先用排他网关合并",
                "a loop must not lead back directly into a parallel join: merge with an exclusive gateway first",
            )


def _circles(level: Level) -> Iterator[Found]:
    """Joins that may each wait for a token held by the other.

    A join waits for another only if that one reaches some, not all, of its flows (BPMN 2.0.2 §13.4.3). At rest each
    inclusive join that waits has such another; where the relation has no circle, none can wait for ever for its like.
    """
    waits: dict[str, list[str]] = {}
    for join, flows in level.joins.items():
        entries = level.entries(join)
        waits[join] = [other for other in level.joins if other != join and 0 < len(entries[other]) < len(flows)]
    for join in level.joins:
        if local(level.nodes[join]) != "parallelGateway" and join in _walk(waits, waits[join], ""):
            yield found(
                level.nodes[join],
                "structure",
                f"汇合 {join} 与另一汇合会互相等待:请让每个分支块先分后合,逐层嵌套",
                f"expected {join} not to wait for a join that waits for it: let each split have its own join, one block in the other",
            )


def _two_for_one(level: Level) -> Iterator[Found]:
    """Non-interrupting boundary events whose path joins the block they stand in."""
    for event, host in level.events.items():
        node = level.nodes[event]
        if node.get("cancelActivity") != "false" or host not in level.nodes:
            continue
        join = next((join for join in level.joins if _clashes(level, join, event, host)), None)
        if join is not None:
            yield found(
                node,
                "structure",
                f"非中断边界事件 {event} 的路径在 {join} 汇入它所在的分支块:请让它自行结束,或把 {host} 连同该事件放入子流程",
                f"the path of the non-interrupting boundary event {event} joins at {join} the block it stands in: "
                f"let it end on its own, or put {host} with the event into a sub-process",
            )
        elif _comes_again(node):
            yield from _rounds(level, event)


def _rounds(level: Level, event: str) -> Iterator[Found]:
    """A join on the path of what comes again: tokens of one round would meet those of another in it."""
    reached = level.reached_from(event, "")
    join = next((join for join in level.joins if join in reached), None)
    if join is not None:
        yield found(
            level.nodes[event],
            "structure",
            f"非中断边界事件 {event} 可多次触发,各次的令牌会在汇合 {join} 混在一起:请把它的路径放入子流程",
            f"the non-interrupting boundary event {event} may come again while its path is under way, and tokens of two "
            f"rounds would meet at {join}: put its path into a sub-process",
        )


def _clashes(level: Level, join: str, event: str, host: str) -> bool:
    every = len(level.joins[join])
    beside = level.entries(join)[event]
    own = level.entries(join, attached=False)[host]
    if not beside:
        return False
    inside = 0 < len(own) < every
    if local(level.nodes[join]) == "parallelGateway":
        return inside or len(beside) < every
    return inside and (bool(own & beside) or _comes_again(level.nodes[event]))


def _comes_again(event: etree._Element) -> bool:
    return any(local(one) in AGAIN or one.find(f"{{{BPMN}}}timeCycle") is not None for one in definitions(event))


def _walk(steps: Mapping[str, list[str]], begin: list[str], without: str) -> set[str]:
    seen: set[str] = set()
    todo = [key for key in begin if key != without]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += [other for other in steps.get(key, []) if other != without]
    return seen
