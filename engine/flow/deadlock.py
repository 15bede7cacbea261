"""Joins that wait in vain: no token is left that could come by a flow they need. Told as an incident, in words.

Never told too early: whatever might still bring a token counts, also events that do not wait yet. What people may start
(ad-hoc) or undo (compensation) is not looked through, and persons may still move tokens: then the join goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Text
from engine.flow.adhoc import AdHocSubProcess
from engine.flow.elements import Flow
from engine.flow.gateways import Gathering
from engine.flow.token import Token, Tokens


def tell(tokens: Tokens) -> None:
    """All has come to rest: raise an incident at each join that can never go on, once."""
    places: dict[str, frozenset[str]] = {}
    for node, scope in tokens.joins():
        if not isinstance(node, Gathering) or _is_open_to_people(tokens, scope):
            continue
        came = tokens.arrivals(node.name, scope)
        waiting = [token for several in came.values() for token in several]
        is_told = any("failed" in token.internal_data for token in waiting)
        if not waiting or is_told or tokens.resetting(node.name, scope) is not None:
            continue
        if scope not in places:
            places[scope] = frozenset(name for token in tokens.within(scope) for name in _counts_at(token))
        if lost := node.lost(came.keys(), places[scope]):
            oldest = next(token for token in tokens.queue(node.name, scope) if token in waiting)
            node.fail_at(oldest, _in_vain(node.element.id, lost))


def _counts_at(token: Token) -> Iterator[str]:
    """Where the token is, and where it goes back to when it is only visiting."""
    yield str(token.node.name)
    for element in token.internal_data.get("back", ()):
        yield f"{token.element.process}:{element}"


def _is_open_to_people(tokens: Tokens, scope: str) -> bool:
    owner = tokens.owner(scope)
    return owner is not None and isinstance(owner.node, AdHocSubProcess)


def _in_vain(key: str, lost: list[Flow]) -> Text:
    """What was expected, what was found, and what can be decided."""
    sources = [flow.source for flow in lost]
    zh, en = "、".join(sources), ", ".join(sources)
    return Text(
        f"{key} 还应等到 {zh} 一路,但这一路已不可能再来(已从别处结束,或早已来过)。可决定不再等待而继续,或终止流程",
        f"expected {en} to come to {key}, but nothing can come from there any more (it ended another way, or has come "
        "already). Decide to go on without it, or terminate the instance",
    )
