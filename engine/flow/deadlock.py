"""Joins that wait in vain: no token is left that could come by a flow they need. Told as an incident, in words.

Never told too early: whatever might still bring a token counts, also events that do not wait yet. What people may start
(ad-hoc) or undo (compensation) is not looked through, and persons may still move tokens: then the join goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Text
from engine.flow.adhoc import AdHocSubProcess
from engine.flow.elements import Flow
from engine.flow.gateways import Gathering, Inclusive
from engine.flow.token import Token, Tokens

Needs = Mapping[str, list[frozenset[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A gateway at which tokens wait in a scope, by the flows they came by."""

    node: Gathering
    scope: str
    came: Mapping[str, list[Token]]

    @property
    def is_told(self) -> bool:
        """An incident stands here."""
        return any("failed" in token.internal_data for several in self.came.values() for token in several)

    def fail(self, text: Text) -> None:
        """The incident is where the oldest token waits."""
        waiting = [token for several in self.came.values() for token in several]
        tokens = waiting[0].workflow
        oldest = next(token for token in tokens.queue(self.node.name, self.scope) if token in waiting)
        self.node.fail_at(oldest, text)


def tell(tokens: Tokens) -> None:
    """All has come to rest: raise an incident at each join that can never go on, once."""
    scopes: dict[str, list[Waiting]] = {}
    for node, scope in tokens.joins():
        if isinstance(node, Gathering) and not _is_open_to_people(tokens, scope):
            found = Waiting(node=node, scope=scope, came=tokens.arrivals(node.name, scope))
            scopes.setdefault(scope, []).append(found)
    for scope, joins in scopes.items():
        places = frozenset(name for token in tokens.within(scope) for name in _counts_at(token))
        able = [join for join in joins if join.came and tokens.resetting(join.node.name, scope) is None]
        for join in able:
            if not join.is_told and (lost := join.node.lost(join.came.keys(), places)):
                join.fail(_in_vain(join.node.element.id, lost))
        _tell_circle(joins, able, places)


def _tell_circle(joins: list[Waiting], able: list[Waiting], places: frozenset[str]) -> None:
    """Joins of which each waits for another: one is told, and what is decided there sets the others free."""
    held = {join.node.name: join.node.needs(join.came.keys()) for join in joins if not join.is_told}
    moving = set(places - held.keys())
    while freed := [name for name, needs in held.items() if not any(moving.isdisjoint(need) for need in needs)]:
        moving.update(freed)
        held = {name: needs for name, needs in held.items() if name not in freed}
    for join in able:
        if join.node.name in held and not isinstance(join.node, Inclusive) and _waits_for_itself(join.node.name, held):
            join.fail(_in_a_circle(join.node.element.id))
            return


def _waits_for_itself(name: str, held: Needs) -> bool:
    seen: set[str] = set()
    todo = [name]
    while todo:
        needed = {other for need in held[todo.pop()] for other in need if other in held} - seen
        seen |= needed
        todo += needed
    return name in seen


def _counts_at(token: Token) -> Iterator[str]:
    """Where the token is, and where it goes back to when it is only visiting."""
    yield str(token.node.name)
    for element in token.internal_data.get("back", ()):
        yield f"{token.element.process}:{element}"


def _is_open_to_people(tokens: Tokens, scope: str) -> bool:
    """People may start more here; not once the completion condition has held."""
    owner = tokens.owner(scope)
    return owner is not None and isinstance(owner.node, AdHocSubProcess) and "over" not in owner.internal_data


def _in_vain(key: str, lost: list[Flow]) -> Text:
    """What was expected, what was found, and what can be decided."""
    sources = [flow.source for flow in lost]
    zh, en = "、".join(sources), ", ".join(sources)
    return Text(
        f"{key} 还应等到 {zh} 一路,但这一路已不可能再来(已从别处结束,或早已来过)。可决定不再等待而继续,或终止流程",
        f"expected {en} to come to {key}, but nothing can come from there any more (it ended another way, or has come "
        "already). Decide to go on without it, or terminate the instance",
    )


def _in_a_circle(key: str) -> Text:
    """What was expected, what was found, and what can be decided."""
    return Text(
        f"{key} 还应等到其余各路,但能来的令牌自己又在等 {key} 之后的令牌(互相等待)。可决定不再等待而继续,或终止流程",
        f"expected the other flows to come to {key}, but what could come by them waits itself for what follows {key}. "
        "Decide to go on without them, or terminate the instance",
    )
