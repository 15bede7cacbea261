"""What blocks with events mean, read off the blocks: who hears a signal, who catches an error, what that ends.

A signal first claims everything that waits for it, the oldest first (each ends what it interrupts); then all of it goes
on. An error or escalation looks for its catcher from region to region.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.eventrendering import AWAITED, caught
from tests.engine.flow.reading import Catcher, Decision, Reading, Region, Scope, Then, Wait

Claim = Callable[[], Then]


class EventReading(Reading):
    """One run of a model with events."""

    def __init__(self, model: Block) -> None:
        self.completed: Counter[str] = Counter()
        self.ran: Counter[str] = Counter(dict.fromkeys(model.counters(), 0))
        self.arrivals: list[Wait] = []
        self.done = False
        self.root = Region()
        self.completed.update(("s", "init"))
        self._level(model, Scope(self._over, self.ran), self.root, "e")

    # -------------------------------------------------------------- levels

    def _inside(self, block: Block, inside: Scope, region: Region) -> None:
        self.completed[f"s{block.number}"] += 1
        self._level(block, inside, region, f"e{block.number}")

    def _level(self, block: Block, scope: Scope, around: Region, end: str) -> None:
        """What a level does by itself, beside the event sub-processes that wait in it."""
        level = around.inner()
        over = scope.over

        def all_done() -> None:
            level.cancel()
            over()

        scope.over = all_done
        for place in range(len(block.parts) - 1):
            self._arm(block, place, scope, level)
        work = level.inner()
        self._begin(block.parts[0], scope, work, lambda: self._end(end, scope))

    def _arm(self, block: Block, place: int, scope: Scope, level: Region) -> None:
        trigger, key = block.triggers[place], caught(block, place)
        kind, _, code = trigger.partition(" ")

        def claim() -> Then:
            if block.interrupting[place]:
                _clear(level)
                scope.going_on = 0
            scope.going_on += 1
            region = level.inner()
            region.handler_of = catcher
            if kind == "signal" and not block.interrupting[place]:
                self._hear(key, code, level, claim)
            return lambda: self._handle(block, place, scope, region)

        catcher = Catcher(kind, code, claim)
        if kind == "signal":
            self._hear(key, code, level, claim)
        elif kind == "timer":
            self._wait(key, level, lambda _: claim()(), quiet=True)
        else:
            level.catchers.append(catcher)

    def _handle(self, block: Block, place: int, scope: Scope, region: Region) -> None:
        """An event sub-process runs."""
        handler = f"{block.number}q{place}"

        def over() -> None:
            self.completed[f"o{handler}"] += 1
            scope.leave()

        self.completed[caught(block, place)] += 1
        self._level(Block(Shape.SUB, 0, (block.parts[place + 1],)), Scope(over, scope.ran), region, f"e{handler}")

    # -------------------------------------------------------------- waiting for signals

    def _hear(self, key: str, signal: str, region: Region, claim: Claim) -> None:
        wait = Wait(key, lambda _: None, signal=signal)

        def claimed() -> Then:
            self._forget(wait, self.root)
            return claim()

        wait.claim = claimed
        wait.go_on = lambda _: claimed()()
        self.arrivals.append(wait)
        region.waits.append(wait)

    def _wait(self, element: str, region: Region, go_on: Callable[[Decision], None], *, quiet: bool = False) -> None:
        if not quiet:
            super()._wait(element, region, go_on)
            return
        self.arrivals.append(Wait(element, go_on))
        region.waits.append(self.arrivals[-1])

    def _broadcast(self, signal: str) -> None:
        waiting = [wait for wait in self.arrivals if wait.signal == signal and self._alive(wait, self.root)]
        follows = [wait.claim() for wait in waiting if wait.claim is not None and self._alive(wait, self.root)]
        for go_on in follows:
            go_on()

    # -------------------------------------------------------------- errors and escalations

    def _catcher(self, kind: str, code: str, region: Region | None) -> Catcher | None:
        inner: Catcher | None = None
        while region is not None:
            fitting = [c for c in region.catchers if c.kind == kind and c is not inner]
            exact = [c for c in fitting if c.code == code] or [c for c in fitting if c.code == "*"]
            if exact:
                return exact[0]
            inner = region.handler_of or inner
            region = region.around
        return None

    # -------------------------------------------------------------- blocks

    def _begin(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        meanings = {
            Shape.RAISE: self._raise,
            Shape.ESCALATE: self._escalate,
            Shape.SIGNAL: self._throw_signal,
            Shape.CATCH: self._catch,
            Shape.LINK: self._link,
            Shape.RACE: self._race,
        }
        if block.shape in meanings:
            meanings[block.shape](block, scope, region, then)
        else:
            super()._begin(block, scope, region, then)

    def _raise(self, block: Block, _scope: Scope, region: Region, then: Then) -> None:
        n = block.number

        def decided(decision: Decision) -> None:
            self.completed[f"x{n}"] += 1
            if decision != (1,):
                self.completed[f"m{n}"] += 1
                then()
                return
            self.completed[f"z{n}"] += 1
            catcher = self._catcher("error", block.code, region)
            assert catcher is not None
            catcher.claim()()

        self._wait(f"d{n}", region, decided)

    def _escalate(self, block: Block, _scope: Scope, region: Region, then: Then) -> None:
        def thrown(_: Decision) -> None:
            self.completed[f"y{block.number}"] += 1
            catcher = self._catcher("escalation", block.code, region)
            if catcher is not None:
                catcher.claim()()
            if not _gone(region):
                then()

        self._wait(f"u{block.number}", region, thrown)

    def _throw_signal(self, block: Block, _scope: Scope, region: Region, then: Then) -> None:
        def thrown(_: Decision) -> None:
            self.completed[f"y{block.number}"] += 1
            self._broadcast(block.code)
            if not _gone(region):
                then()

        self._wait(f"u{block.number}", region, thrown)

    def _catch(self, block: Block, _scope: Scope, region: Region, then: Then) -> None:
        key = f"w{block.number}"

        def claim() -> Then:
            return lambda: self._went_on(key, region, then)

        self._hear(key, block.code, region, claim)

    def _link(self, block: Block, _scope: Scope, _region: Region, then: Then) -> None:
        self.completed.update((f"k{block.number}", f"q{block.number}"))
        then()

    def _race(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        race, n = region.inner(), block.number
        self.completed[f"r{n}"] += 1

        def merge() -> None:
            self.completed[f"m{n}"] += 1
            then()

        def enter(key: str, branch: Block, trigger: str) -> None:
            def claim() -> Then:
                race.cancel()
                return lambda: self._went_on(key, region, lambda: self._begin(branch, scope, region, merge))

            if trigger == "timer":
                self._wait(key, race, lambda _: claim()(), quiet=True)
            else:
                self._hear(key, trigger.partition(" ")[2], race, claim)

        for place, branch in enumerate(block.parts):
            enter(f"w{n}q{place}", branch, block.triggers[place])

    def _went_on(self, key: str, region: Region, then: Then) -> None:
        """What claimed a signal goes on, unless something that claimed it later ended it."""
        if not _gone(region):
            self.completed[key] += 1
            then()

    def _boundary(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        inside, n = region.inner(), block.number

        def merge() -> None:
            self.completed[f"m{n}"] += 1
            then()

        def done() -> None:
            inside.cancel()
            merge()

        def arm(place: int, handler: Block, interrupting: bool) -> None:
            key = caught(block, place)
            kind, _, code = block.triggers[place].partition(" ")

            def claim() -> Then:
                after = merge
                if interrupting:
                    inside.cancel()
                else:
                    scope.going_on += 1
                    after = lambda: self._end(f"e{n}q{place}", scope)  # noqa: E731
                    if kind == "signal":
                        self._hear(key, code, inside, claim)
                return lambda: self._went_on(key, region, lambda: self._begin(handler, scope, region, after))

            if kind == "signal":
                self._hear(key, code, inside, claim)
            elif kind in AWAITED:
                self._wait(key, inside, lambda _: claim()(), quiet=True)
            else:
                inside.catchers.append(Catcher(kind, code, claim))

        for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
            arm(place, handler, interrupting)
        self._activity(block.parts[0], scope, inside, done)


def _clear(level: Region) -> None:
    """Everything in a level ends, and nothing is waited for or caught in it any more."""
    level.waits.clear()
    level.catchers.clear()
    for region in level.within:
        region.cancel()


def _gone(region: Region) -> bool:
    """The region, or one around it, was cancelled."""
    current: Region | None = region
    while current is not None:
        if current.gone:
            return True
        current = current.around
    return False
