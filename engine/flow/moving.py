"""Moving a token against the drawing: what has to be cancelled with it, what counts as delivered, what cannot be.

A move takes a token away and puts one at its target. Whatever ran beside it and would then come twice is cancelled;
where the target lies within a block whose other branches are through, these count as delivered at its join.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import EngineError
from engine.flow.elements import Element, Flow, Kind
from engine.flow.level import starts
from engine.flow.model import Model
from engine.flow.placement import JOINS, Join, Level, Place, Split, Ways
from engine.flow.token import Token, Tokens


class Why(Enum):
    """Why a token cannot be moved to an element."""

    BESIDE = auto()  # a branch that runs beside the token's own
    SIDE_PATH = auto()  # the path of a non-interrupting event, begun by nothing but the event
    MAIN_ENDED = auto()  # the token is on such a path, and the activity's own way has come to its end
    OPEN_BRANCH = auto()  # a token is in that branch already
    JOIN = auto()
    EVENT = auto()  # a boundary event, or one behind an event-based gateway
    START = auto()
    ELSEWHERE = auto()  # neither this level nor one around it
    INSIDE = auto()  # within a sub-process or call that is not under way here
    AROUND = auto()  # a sub-process or call that the token is in
    ITSELF = auto()
    LEAVES = auto()  # straight back would end the sub-process to come back to
    EVENT_OPEN = auto()  # the path of an event of the activity itself is still open
    OPEN = auto()  # the target is waiting already
    RESETTING = auto()  # a complex gateway has let a token on, and waits for the others
    NOT_DONE = auto()
    NOT_BEFORE = auto()
    MOVED_ON = auto()  # what came of a completion is no longer as it came


Done = Callable[[str], Collection[str]]
"""What was completed in a scope so far, by element."""


class Barred(EngineError):
    """A move that would lose or double a token; `key` is the element it fails at."""

    def __init__(self, why: Why, key: str) -> None:
        super().__init__(f"{why.name} {key}")
        self.why, self.key = why, key


@dataclass(slots=True, kw_only=True)
class Cut:
    """What a move does besides: tokens to cancel, and flows by which a join counts as reached."""

    cancelled: list[Token] = field(default_factory=list)
    delivered: list[Flow] = field(default_factory=list)


# ------------------------------------------------------------------ where tokens are


def around(tokens: Tokens, token: Token) -> Token | None:
    """The activity a token belongs to: that of its item or turn, else the one that opened its scope."""
    body = token.internal_data.get("body")
    return tokens.owner(token.scope) if body is None else tokens.of(body)


def chain(tokens: Tokens, token: Token) -> Iterator[Token]:
    """The token, and the activities around it from the inside out, each as one token of its level."""
    current: Token | None = token
    while current is not None:
        if "body" not in current.internal_data:
            yield current
        current = around(tokens, current)


def place(token: Token) -> Place:
    """Where a token counts as being: a visitor where it will go on, a waiting one at its join."""
    back = token.internal_data.get("back")
    if back:
        return Place(element=str(back[-1]))
    return Place(element=token.element.id, flow=_flow(token, token.internal_data.get("flow")))


def level(model: Model, token: Token) -> Level:
    """The level a token moves in."""
    return Level(model.processes[token.element.process], token.element.parent)


def _flow(token: Token, key: str | None) -> Flow | None:
    return next((flow for flow in token.node.incoming if flow.id == key), None)


# ------------------------------------------------------------------ what a move needs


def sought(model: Model, tokens: Tokens, token: Token, process: str, target: str) -> Token:
    """The token of the level that the target stands in: the moved one, or an activity around it. Raises Barred."""
    wanted = model.processes[process].elements[target]
    found = list(chain(tokens, token))
    for here in found:
        if (here.element.process, here.element.parent) == (process, wanted.parent):
            if here.element.id == target:
                raise Barred(Why.ITSELF if here is token else Why.AROUND, target)
            return here
    levels = {(here.element.process, here.element.parent) for here in found}
    parent = wanted.parent
    while parent is not None:
        outer = model.processes[process].elements[parent]
        if (process, outer.parent) in levels:
            raise Barred(Why.INSIDE, parent)
        parent = outer.parent
    raise Barred(Why.ELSEWHERE, target)


def may_stand(model: Model, elements: Level, target: Element) -> None:
    """Refuse an element at which no token can be put by itself. Raises Barred."""
    begins = starts(model.processes[target.process], target.parent)
    incoming = [flow.source for flow in elements.flows.values() if flow.target == target.id]
    if target.kind in JOINS and len(incoming) > 1:
        raise Barred(Why.JOIN, target.id)
    if target.attached_to is not None or any(
        elements.elements[source].kind is Kind.EVENT_GATEWAY for source in incoming
    ):
        raise Barred(Why.EVENT, target.id)
    if target.kind is Kind.START or (not incoming and f"{target.process}:{target.id}" not in begins):
        raise Barred(Why.START, target.id)


def cut(elements: Level, tokens: Tokens, here: Token, target: str) -> Cut:
    """What moving a token within its level does to the others. Raises Barred."""
    if here.element.for_compensation or (here.element.by_event and not here.node.interrupts):
        raise Barred(Why.BESIDE, target)
    _settled(elements, tokens, here, target)
    rivals = _rivals(tokens, here)
    found = Cut()
    others = [o for o in tokens.within(here.scope) if o is not here and o not in rivals and _counts(o)]
    places = {other.id: place(other) for other in others}
    gone: dict[str, Token] = {}
    for split in elements.splits:
        gone |= {other.id: other for other in _beside(split, place(here), target, others, places)}
    for join in elements.joins:
        gone |= {other.id: other for other in _waiting(join, place(here), target, others, places)}
    found.cancelled = [other for other in tokens.within(here.scope) if other.id in gone or other in rivals]
    stay = [places[other.id] for other in others if other.id not in gone]
    for join in elements.joins:
        found.delivered += _delivered(elements, join, place(here), target, stay)
    return found


def _settled(elements: Level, tokens: Tokens, here: Token, target: str) -> None:
    """Refuse a move around a complex gateway that has fired before all came: what still comes belongs to that round."""
    for join in elements.joins:
        waits = tokens.resetting(f"{here.element.process}:{join.key}", here.scope)
        if waits is not None and (waits is here or join.of(target) or join.at(place(here))):
            raise Barred(Why.RESETTING, join.key)


def _counts(token: Token) -> bool:
    """A token of its own, not one that waits beside an activity or works for one."""
    return not {"attached", "body", "consumed"} & token.internal_data.keys()


def _rivals(tokens: Tokens, here: Token) -> list[Token]:
    """What waits behind the same event-based gateway: all of them are one token."""
    race = here.internal_data.get("race")
    return [] if race is None else [other for other in tokens.serving(race) if other is not here]


def _beside(
    split: Split, here: Place, target: str, others: Sequence[Token], places: Mapping[str, Place]
) -> list[Token]:
    """The other tokens of a split that a move ends."""
    before, after = split.at(here), split.of(target)
    if before == after:
        return []
    if after and after <= split.beside:
        raise Barred(Why.SIDE_PATH, split.key)
    ways = [(other, split.at(places[other.id])) for other in others]
    if before and before <= split.beside and not any(way & split.main for _, way in ways):
        raise Barred(Why.MAIN_ENDED, split.key)
    if not after:
        return [other for other, way in ways if way] if before else []
    if after == split.all:
        return [other for other, way in ways if way and way != split.all] if before else []
    if not before or before == split.all or after < before:
        return []
    if before < after:
        return [other for other, way in ways if way and way <= after]
    raise Barred(Why.BESIDE, target)


def _waiting(join: Join, here: Place, target: str, others: Sequence[Token], places: Mapping[str, Place]) -> list[Token]:
    """The other tokens before a join that a move ends."""
    before, after = join.at(here), join.of(target)
    if before == after or not after or not _partial(join, before):
        return []
    ways = [(other, join.at(places[other.id])) for other in others]
    if after == join.flows:
        return [other for other, way in ways if _partial(join, way)]
    if before < after:
        return [other for other, way in ways if way and way <= after]
    if after < before:
        return []
    raise Barred(Why.BESIDE, target)


def _delivered(elements: Level, join: Join, here: Place, target: str, stay: Sequence[Place]) -> list[Flow]:
    """The flows of a join that nothing will come by any more, though the target's token will wait there for it."""
    before, after = join.at(here), join.of(target)
    if before == after or not _partial(join, after):
        return []
    entering = not _partial(join, before)
    covered: Ways = frozenset().union(*(way for other in stay if _partial(join, way := join.at(other))))
    if entering and covered & after:
        raise Barred(Why.OPEN_BRANCH, target)
    missing = (join.flows if entering else before) - after - covered
    if join.kind is Kind.COMPLEX_GATEWAY and missing:
        raise Barred(Why.BESIDE, target)
    return [elements.flows[key] for key in sorted(missing)] if join.kind is Kind.PARALLEL_GATEWAY else []


def _partial(join: Join, way: Ways) -> bool:
    return bool(way) and way != join.flows


# ------------------------------------------------------------------ what may be done


def may_move(model: Model, tokens: Tokens, token: Token, process: str, target: str) -> tuple[Token, Cut]:
    """The token that a move takes away, and what goes with it. Raises Barred."""
    here = sought(model, tokens, token, process, target)
    elements = level(model, here)
    may_stand(model, elements, elements.elements[target])
    return here, cut(elements, tokens, here, target)


def may_visit(model: Model, tokens: Tokens, token: Token, process: str, target: str) -> None:
    """Refuse a straight way back that would end what it comes back to. Raises Barred."""
    here = sought(model, tokens, token, process, target)
    if here is not token:
        raise Barred(Why.LEAVES, here.element.id)
    elements = level(model, here)
    may_stand(model, elements, elements.elements[target])
    others = [other for other in tokens.within(here.scope) if other is not here and _counts(other)]
    if any(other.element.id == target for other in others if other.activity is not None):
        raise Barred(Why.OPEN, target)
    for split in elements.splits:
        if split.key == here.element.id and any(split.at(place(other)) & split.beside for other in others):
            raise Barred(Why.EVENT_OPEN, split.key)


def may_return(
    model: Model, tokens: Tokens, token: Token, process: str, target: str, done: Done, *, straight: bool
) -> None:
    """Refuse a way back to what was not done before in this run of the target's level. Raises Barred."""
    here = sought(model, tokens, token, process, target)
    if target not in done(here.scope):
        raise Barred(Why.NOT_DONE, target)
    if straight:
        may_visit(model, tokens, token, process, target)
        return
    elements = level(model, here)
    if not any(elements.leads_to(target, at) for at in (here.element.id, place(here).element)):
        raise Barred(Why.NOT_BEFORE, target)
    may_move(model, tokens, token, process, target)


def may_withdraw(model: Model, tokens: Tokens, task: str, scope: str, target: str) -> tuple[Token, Cut, list[str]]:
    """What taking back a completed task takes away, and where its visitor was to go back to. Raises Barred.

    All that came of the completion must still be there, and nothing else may go with it.
    """
    came = came_of(tokens, task)
    if not came or len(came) != int(came[0].internal_data["after"]["count"]):
        raise Barred(Why.MOVED_ON, target)
    here = next((found for found in chain(tokens, came[0]) if found.scope == scope), None)
    if here is None:
        raise Barred(Why.MOVED_ON, target)
    back = came[0].internal_data["after"].get("back", [])
    found = Cut() if back else cut(level(model, here), tokens, here, target)
    tops = {top.id for token in came for top in chain(tokens, token) if top.scope == scope}
    if tops != {here.id, *(other.id for other in found.cancelled)}:
        raise Barred(Why.MOVED_ON, target)
    return here, found, back


def came_of(tokens: Tokens, task: str) -> list[Token]:
    """The tokens that came of the completion of a task and have not moved since."""
    return [token for token in tokens.open() if token.internal_data.get("after", {}).get("task") == task]


# ------------------------------------------------------------------ doing it


def move(tokens: Tokens, here: Token, found: Cut, target: str) -> None:
    """Take a token away with what goes with it, and put one at the target."""
    process, scope = here.element.process, here.scope
    tokens.cancel_all([other for other in tokens.within(scope) if other is here or other in found.cancelled])
    for flow in found.delivered:
        tokens.add(f"{process}:{flow.target}", scope, TaskState.WAITING, flow=flow.id)
    if here.element.by_event:  # what it interrupted goes on: its events are waited for again
        tokens.arm(tokens.spec.levels[process, here.element.parent].guards, scope)
    tokens.add(f"{process}:{target}", scope, TaskState.READY)


def visit(model: Model, tokens: Tokens, token: Token, target: str, back: Sequence[str]) -> None:
    """Put a visitor at the target in place of a token; its boundary events wait only where their paths are its own."""
    elements, base = level(model, token), Place(element=back[-1])
    process, scope = token.element.process, token.scope
    notes: dict[str, Any] = {"back": list(back)}
    if not same(elements, base, target):
        notes["bare"] = True
    token.cancel()
    tokens.add(f"{process}:{target}", scope, TaskState.READY, **notes)


def same(elements: Level, here: Place, target: str) -> bool:
    """The target lies on the token's own way: between the two nothing splits and nothing joins."""
    there = Place(element=target)
    return all(split.at(here) == split.at(there) for split in elements.splits) and all(
        join.at(here) == join.at(there) for join in elements.joins
    )


def remember(tokens: Tokens, task: str, counted: int, back: Sequence[str]) -> None:
    """Note on every token that came of the completion of a task that it did, and how many there are."""
    came = [t for t in tokens.open() if int(t.id[1:]) > counted and "attached" not in t.internal_data]
    for token in came:
        token.internal_data["after"] = {"task": task, "count": str(len(came)), **({"back": list(back)} if back else {})}
