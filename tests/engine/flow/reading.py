"""What a block-structured model means, read off its blocks without tokens: the yardstick for ours and for stock.

A block runs by telling what it waits for and what follows it. There are no joins to be counted here: a parallel block
is over when its branches are over, a scope when nothing goes on in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.engine.flow.blocks import Block, Shape

Then = Callable[[], None]
Decision = Sequence[int]


@dataclass
class Wait:
    """Something that somebody or the clock must do."""

    element: str
    go_on: Callable[[Decision], None]
    stays: bool = False  # it may be done any number of times
    hidden: bool = False  # it may not be done just now
    signal: str = ""
    claim: Callable[[], Then] | None = None  # a signal comes: what it ends at once, and then how it goes on


@dataclass(frozen=True, eq=False)
class Catcher:
    """What catches an error or escalation of a code, or of every code (`*`)."""

    kind: str
    code: str
    claim: Callable[[], Then]


@dataclass
class Region:
    """What is cancelled together: the waits of an activity and of what it holds."""

    waits: list[Wait] = field(default_factory=list)
    within: list[Region] = field(default_factory=list)
    gone: bool = False
    around: Region | None = None
    catchers: list[Catcher] = field(default_factory=list)
    handler_of: Catcher | None = None

    def inner(self) -> Region:
        """A region inside this one."""
        self.within.append(Region(around=self))
        return self.within[-1]

    def cancel(self) -> None:
        """Nothing goes on in it."""
        self.gone = True
        self.waits.clear()
        for region in self.within:
            region.cancel()


@dataclass
class Scope:
    """A level of the model: over when nothing goes on in it. A call counts in a copy and gives it back at its end."""

    over: Then
    ran: Counter[str]
    going_on: int = 1

    def leave(self) -> None:
        """One path has ended."""
        self.going_on -= 1
        if self.going_on == 0:
            self.over()


class Reading:
    """One run of a model by the meaning of its blocks."""

    def __init__(self, model: Block) -> None:
        self.completed: Counter[str] = Counter()
        self.ran: Counter[str] = Counter(dict.fromkeys(model.counters(), 0))
        self.arrivals: list[Wait] = []
        self.done = False
        self.root = Region()
        scope = Scope(self._over, self.ran)
        self.completed.update(("s", "init"))
        self._begin(model, scope, self.root, lambda: self._end("e", scope))

    @property
    def open(self) -> list[str]:
        """The elements that wait, oldest first."""
        self.arrivals = [wait for wait in self.arrivals if self._alive(wait, self.root)]
        return [wait.element for wait in self.arrivals if not wait.hidden]

    def finish(self, element: str, decision: Decision) -> None:
        """The oldest wait of an element is over."""
        wait = [shown for shown in self.arrivals if not shown.hidden][self.open.index(element)]
        if not wait.stays:
            self._forget(wait, self.root)
        wait.go_on(decision)

    def _alive(self, wait: Wait, region: Region) -> bool:
        return any(own is wait for own in region.waits) or any(self._alive(wait, inner) for inner in region.within)

    def _forget(self, wait: Wait, region: Region) -> None:
        region.waits = [own for own in region.waits if own is not wait]
        region.within = [inner for inner in region.within if not inner.gone]
        for inner in region.within:
            self._forget(wait, inner)

    def _over(self) -> None:
        self.done = True

    def _end(self, element: str, scope: Scope) -> None:
        self.completed[element] += 1
        scope.leave()

    # -------------------------------------------------------------- blocks

    def _wait(self, element: str, region: Region, go_on: Callable[[Decision], None]) -> None:
        def done(decision: Decision) -> None:
            self.completed[element] += 1
            go_on(decision)

        self.arrivals.append(Wait(element, done))
        region.waits.append(self.arrivals[-1])

    def _begin(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        meanings = {
            Shape.SEQUENCE: self._sequence,
            Shape.EXCLUSIVE: self._chosen,
            Shape.INCLUSIVE: self._chosen,
            Shape.PARALLEL: self._parallel,
            Shape.LOOP: self._loop,
            Shape.COUNTED: self._counted,
            Shape.BOUNDARY: self._boundary,
        }
        meanings.get(block.shape, self._activity)(block, scope, region, then)

    def _sequence(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        def go_on(place: int) -> None:
            if place == len(block.parts):
                then()
            else:
                self._begin(block.parts[place], scope, region, lambda: go_on(place + 1))

        go_on(0)

    def _chosen(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        def decided(decision: Decision) -> None:
            self._all([block.parts[place] for place in decision or (0,)], block, scope, region, then)

        self._wait(f"d{block.number}", region, decided)

    def _parallel(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        self._all(block.parts, block, scope, region, then)

    def _all(self, branches: Sequence[Block], block: Block, scope: Scope, region: Region, then: Then) -> None:
        left = len(branches)

        def arrive() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self.completed[f"m{block.number}"] += 1
                then()

        self.completed[f"x{block.number}"] += 1
        for branch in branches:
            self._begin(branch, scope, region, arrive)

    def _loop(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        n = block.number

        def turn() -> None:
            self.completed[f"m{n}"] += 1
            self._begin(block.parts[0], scope, region, lambda: self._wait(f"d{n}", region, decided))

        def decided(decision: Decision) -> None:
            self.completed[f"x{n}"] += 1
            if decision == (1,):
                turn()
            else:
                self.completed[f"l{n}"] += 1
                then()

        turn()

    def _counted(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        n = block.number

        def turn() -> None:
            self.completed[f"m{n}"] += 1
            self._begin(block.parts[0], scope, region, counted)

        def counted() -> None:
            self.completed.update((f"c{n}", f"x{n}"))
            scope.ran[f"n{n}"] += 1
            if scope.ran[f"n{n}"] < block.turns:
                turn()
            else:
                self.completed[f"l{n}"] += 1
                then()

        turn()

    # -------------------------------------------------------------- activities

    def _activity(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        key, n = block.activity, block.number

        def done() -> None:
            self.completed[key] += 1
            then()

        match block.shape:
            case Shape.STANDARD:
                self._turns(block, 0, scope, region, done)
            case Shape.SEVERAL:
                self._items(block, scope, region, done)
            case Shape.SCRIPT:
                scope.ran[f"n{n}"] += 1
                done()
            case Shape.SUB:
                self._inside(block, Scope(done, scope.ran), region)
            case Shape.CALL:
                copy = Counter({name: scope.ran[name] for name in block.counters()})
                self._inside(block, Scope(lambda: self._given_back(copy, scope, done), copy), region)
            case _:
                self._wait(key, region, lambda _: then())

    def _inside(self, block: Block, inside: Scope, region: Region) -> None:
        self.completed[f"s{block.number}"] += 1
        self._begin(block.parts[0], inside, region, lambda: self._end(f"e{block.number}", inside))

    def _given_back(self, copy: Counter[str], scope: Scope, done: Then) -> None:
        for name, count in copy.items():
            scope.ran[name] = count
        done()

    def _turns(self, block: Block, turn: int, scope: Scope, region: Region, done: Then) -> None:
        if turn == block.turns:
            done()
        else:
            self._activity(block.parts[0], scope, region, lambda: self._turns(block, turn + 1, scope, region, done))

    def _items(self, block: Block, scope: Scope, region: Region, done: Then) -> None:
        items, finished = region.inner(), 0

        def begin() -> None:
            self._activity(block.parts[0], scope, items, item_done)

        def item_done() -> None:
            nonlocal finished
            finished += 1
            if finished in (block.until, block.turns):
                items.cancel()
                done()
            elif block.sequential:
                begin()

        if block.turns == 0:
            done()
        for _ in range(min(block.turns, 1) if block.sequential else block.turns):
            begin()

    def _boundary(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        inside, n = region.inner(), block.number

        def merge() -> None:
            self.completed[f"m{n}"] += 1
            then()

        def done() -> None:
            inside.cancel()
            merge()

        def arm(place: int, handler: Block, interrupting: bool) -> None:
            def fired(_: Decision) -> None:
                if interrupting:
                    inside.cancel()
                    self._begin(handler, scope, region, merge)
                else:
                    scope.going_on += 1
                    self._begin(handler, scope, region, lambda: self._end(f"e{n}q{place}", scope))

            self._wait(f"t{n}q{place}", inside, fired)

        for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
            arm(place, handler, interrupting)
        self._activity(block.parts[0], scope, inside, done)
