"""One level of a model, a process or a sub-process, and where its nodes lie among its splits and joins.

A node's place at a split is by which of its ways a token there came; at a join, by which of its flows it can still
come. Tokens of one place go on together, tokens of different ways of one split run beside each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.flow.elements import Element, Flow, Kind, Process, Trigger

Ways = frozenset[str]

NOWHERE: Ways = frozenset()
ONE_WAY = frozenset({Kind.EXCLUSIVE_GATEWAY, Kind.EVENT_GATEWAY})
"""Gateways behind which only one of several flows gets a token."""

JOINS = frozenset({Kind.PARALLEL_GATEWAY, Kind.INCLUSIVE_GATEWAY, Kind.COMPLEX_GATEWAY})
MAIN = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a token is: at an element, or waiting at a join for others, come by a flow."""

    element: str
    flow: Flow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Something that makes several tokens of one: `beside` are its ways by non-interrupting boundary events.

    `key` is empty for a level that begins at several places at once.
    """

    key: str
    main: Ways
    beside: Ways
    ways: Mapping[str, Ways]

    def of(self, element: str) -> Ways:
        """The ways by which an element is reached from here; none from outside, all behind the meeting of the ways."""
        return NOWHERE if element == self.key else self.ways.get(element, NOWHERE)

    def at(self, place: Place) -> Ways:
        """The ways by which a token came; one that is still at the activity itself is on its main way."""
        flow = place.flow
        if flow is not None:
            return frozenset({flow.id}) if flow.source == self.key else self.ways.get(flow.source, NOWHERE)
        return self.main if place.element == self.key else self.of(place.element)

    @property
    def all(self) -> Ways:
        """Every way."""
        return self.main | self.beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A gateway at which tokens wait for others; `entries` are the flows that can be come by from each node."""

    key: str
    kind: Kind
    flows: Ways
    entries: Mapping[str, Ways]

    def of(self, element: str) -> Ways:
        """The flows by which a token of an element can come here."""
        return NOWHERE if element == self.key else self.entries.get(element, NOWHERE)

    def at(self, place: Place) -> Ways:
        """The flows by which a token can come, or has come."""
        if place.flow is not None and place.element == self.key:
            return frozenset({place.flow.id})
        return self.of(place.element)


class Level:
    """The flow nodes directly within a process (`parent` None) or one of its sub-processes."""

    def __init__(self, process: Process, parent: str | None) -> None:
        self.elements: dict[str, Element] = {k: e for k, e in process.elements.items() if e.parent == parent}
        self.flows: dict[str, Flow] = {k: f for k, f in process.flows.items() if f.source in self.elements}
        self.boundaries: dict[str, list[Element]] = {}
        for element in self.elements.values():
            if element.attached_to is not None and element.trigger is not Trigger.COMPENSATION:
                self.boundaries.setdefault(element.attached_to, []).append(element)

    def reach(self, begin: Iterable[str], without: Iterable[str] = ()) -> set[str]:
        """What can come after these nodes, they included, but not through others."""
        return _walk(self._after, begin, frozenset(without))

    def leads_to(self, element: str, other: str) -> bool:
        """A token of an element can come to the other one, boundary events included."""
        return other in self.reach(self._after.get(element, ()))

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Every split of the level."""
        found = [self._split(key) for key in self.elements if self._divides(key)]
        if len(self.starts) > 1 and not any(self.elements[start].kind is Kind.START for start in self.starts):
            ways = {start: frozenset({start}) for start in self.starts}
            found.append(Split(key="", main=frozenset(ways), beside=NOWHERE, ways=self._ways(ways, frozenset())))
        return tuple(found)

    @cached_property
    def joins(self) -> tuple[Join, ...]:
        """Every join of the level."""
        return tuple(
            self._join(key) for key, element in self.elements.items() if element.kind in JOINS and self._comes(key) > 1
        )

    @cached_property
    def starts(self) -> list[str]:
        """The nodes that nothing leads to; without a start event among them all of them begin at once."""
        reached = {flow.target for flow in self.flows.values()}
        return [key for key, e in self.elements.items() if key not in reached and e.attached_to is None]

    # -------------------------------------------------------------- parts

    @cached_property
    def _after(self) -> dict[str, list[str]]:
        after: dict[str, list[str]] = {}
        for flow in self.flows.values():
            after.setdefault(flow.source, []).append(flow.target)
        for host, events in self.boundaries.items():
            after.setdefault(host, []).extend(event.id for event in events)
        for thrown in self.elements.values():
            after.setdefault(thrown.id, []).extend(caught.id for caught in self._linked(thrown))
        return after

    def _linked(self, thrown: Element) -> list[Element]:
        """The catch event that a link throw event leads to."""
        if thrown.trigger is not Trigger.LINK or thrown.kind is not Kind.THROW_EVENT:
            return []
        same = (Kind.CATCH_EVENT, Trigger.LINK, thrown.code)
        return [e for e in self.elements.values() if (e.kind, e.trigger, e.code) == same]

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        before: dict[str, list[str]] = {}
        for source, targets in self._after.items():
            for target in targets:
                before.setdefault(target, []).append(source)
        return before

    def _out(self, key: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.source == key]

    def _comes(self, key: str) -> int:
        return sum(1 for flow in self.flows.values() if flow.target == key)

    def _divides(self, key: str) -> bool:
        several = len(self._out(key)) > 1 and self.elements[key].kind not in ONE_WAY
        return several or any(not event.interrupting for event in self.boundaries.get(key, ()))

    def _split(self, key: str) -> Split:
        flows = self._out(key)
        main = frozenset(flow.id for flow in flows) or frozenset({MAIN})
        events = self.boundaries.get(key, ())
        seeds: dict[str, Ways] = {}
        for flow in flows:
            seeds[flow.target] = seeds.get(flow.target, NOWHERE) | {flow.id}
        for event in events:
            seeds[event.id] = main if event.interrupting else frozenset({event.id})
        beside = frozenset(event.id for event in events if not event.interrupting)
        return Split(key=key, main=main, beside=beside, ways=self._ways(seeds, self._dominators(key) | {key}))

    def _ways(self, seeds: Mapping[str, Ways], stop: frozenset[str]) -> dict[str, Ways]:
        found: dict[str, Ways] = {}
        for seed, ways in seeds.items():
            for node in self.reach([seed], stop):
                found[node] = found.get(node, NOWHERE) | ways
        return found

    def _dominators(self, key: str) -> frozenset[str]:
        """The nodes that every token passes before it comes to this one: behind them, all is before the split again."""
        if key not in self.reach(self.starts):
            return frozenset()
        return frozenset(n for n in self.elements if n != key and key not in self.reach(self.starts, [n]))

    def _join(self, key: str) -> Join:
        flows = [flow for flow in self.flows.values() if flow.target == key]
        entries: dict[str, Ways] = {}
        for flow in flows:
            for node in _walk(self._before, [flow.source], frozenset({key})):
                entries[node] = entries.get(node, NOWHERE) | {flow.id}
        return Join(key=key, kind=self.elements[key].kind, flows=frozenset(flow.id for flow in flows), entries=entries)


def _walk(steps: Mapping[str, list[str]], begin: Iterable[str], without: frozenset[str]) -> set[str]:
    seen: set[str] = set()
    todo = [key for key in begin if key not in without]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += [other for other in steps.get(key, ()) if other not in without]
    return seen
