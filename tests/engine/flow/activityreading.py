"""What compensation, transactions, ad-hoc sub-processes and complex joins mean, read off the blocks without tokens.

Of each scope is noted what was done in it and can be undone, in order of completion. What is under way (a loop, the items of
a multi-instance, an attempt to undo) keeps its notes to itself: they become part of the scope when it is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.reading import Decision, Reading, Region, Scope, Then, Wait


@dataclass
class Entry:
    """A completed activity: undone by its handler, else by undoing what was done inside it."""

    order: int
    activity: str
    handler: str = ""
    inner: list[Entry] = field(default_factory=list)


@dataclass
class Log:
    """What was done in a scope; what is done by things under way, and in scopes within, each as long as its region lasts."""

    done: list[Entry] = field(default_factory=list)
    loose: list[tuple[Region, list[Entry]]] = field(default_factory=list)
    within: list[tuple[Region, Scope]] = field(default_factory=list)


@dataclass
class AdHoc:
    """An ad-hoc sub-process under way: what may be started in it, and whether it is enough."""

    block: Block
    scope: Scope
    region: Region
    starts: list[Wait] = field(default_factory=list)
    over: bool = False

    def begin(self) -> None:
        """A person starts something in it."""
        self.scope.going_on += 1
        self._show()

    def part_done(self) -> None:
        """Something in it is done: is it enough, and is anything left to wait for?"""
        self.scope.going_on -= 1
        if not self.over and self.scope.ran[f"d{self.block.number}"] == 1:
            self.over = True
            self.scope.going_on = self.scope.going_on - 1 if self.block.waits else 0
        if self.over and self.scope.going_on == 0:
            self.region.cancel()
            self.scope.over()
        else:
            self._show()

    def _show(self) -> None:
        for wait in self.starts:
            wait.hidden = self.over or (self.block.sequential and self.scope.going_on > 1)


class ActivityReading(Reading):
    """One run of a model by the meaning of its blocks."""

    def __init__(self, model: Block) -> None:
        self.logs: dict[int, tuple[Scope, Log]] = {}
        self.order = count(1)
        super().__init__(model)

    def log(self, scope: Scope) -> Log:
        """The log of a scope."""
        return self.logs.setdefault(id(scope), (scope, Log()))[1]

    def _begin(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        meanings = {
            Shape.ATTEMPT: self._attempt,
            Shape.TRANSACTION: self._transaction,
            Shape.COMPLEX: self._complex,
        }
        meanings.get(block.shape, super()._begin)(block, scope, region, then)

    # -------------------------------------------------------------- what is done, and undone again

    def _activity(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        self._doing(block, scope, region, then, self.log(scope).done)

    def _doing(self, block: Block, scope: Scope, region: Region, then: Then, into: list[Entry]) -> None:
        """Do an activity and note in `into` that it is done."""
        inside: list[Entry] = []

        def done() -> None:
            if block.shape not in (Shape.USER, Shape.PATIENT):  # these are counted where they wait
                self.completed[block.activity] += 1
            if block.undone:
                into.append(Entry(next(self.order), block.activity, handler=f"h{block.number}"))
            elif inside and block.shape is not Shape.CALL:
                into.append(Entry(next(self.order), block.activity, inner=inside))
            then()

        match block.shape:
            case Shape.STANDARD:
                self._looping(block, scope, region, then, into)
            case Shape.SEVERAL:
                self._itemised(block, scope, region, then, into)
            case Shape.SUB | Shape.CALL | Shape.AD_HOC:
                self._opened(block, scope, region, done, inside)
            case Shape.SCRIPT:
                scope.ran[f"n{block.number}"] += 1
                done()
            case _:
                self._wait_for(block.activity, region, done)

    def _opened(self, block: Block, scope: Scope, region: Region, done: Then, inside: list[Entry]) -> None:
        ran = scope.ran
        if block.shape is Shape.CALL:
            ran = Counter({name: scope.ran[name] for name in block.counters()})

        def over() -> None:
            inside.extend(self.log(inner).done)
            self.log(scope).within = [own for own in self.log(scope).within if own[1] is not inner]
            if block.shape is Shape.CALL:
                self._given_back(ran, scope, done)
            else:
                done()

        inner = Scope(over, ran)
        if block.shape is not Shape.CALL:
            self.log(scope).within.append((region, inner))
        if block.shape is Shape.AD_HOC:
            self._ad_hoc(block, inner, region)
        else:
            self._inside(block, inner, region)

    def _looping(self, block: Block, scope: Scope, region: Region, then: Then, into: list[Entry]) -> None:
        turns: list[Entry] = []
        loose = self._loosely(scope, region, turns)

        def turn(place: int) -> None:
            if place == block.turns:
                self._settled(scope, loose)
                self.completed[block.activity] += 1
                into.extend(turns)
                then()
            else:
                self._doing(block.parts[0], scope, region, lambda: turn(place + 1), turns)

        turn(0)

    def _itemised(self, block: Block, scope: Scope, region: Region, then: Then, into: list[Entry]) -> None:
        items, finished, done = region.inner(), 0, list[Entry]()
        loose = self._loosely(scope, region, done)

        def over() -> None:
            items.cancel()
            self._settled(scope, loose)
            self.completed[block.activity] += 1
            if done:
                into.append(Entry(next(self.order), block.activity, inner=done))
            then()

        def begin() -> None:
            self._doing(block.parts[0], scope, items, item_done, done)

        def item_done() -> None:
            nonlocal finished
            finished += 1
            if finished in (block.until, block.turns):
                over()
            elif block.sequential:
                begin()

        if block.turns == 0:
            over()
        for _ in range(min(block.turns, 1) if block.sequential else block.turns):
            begin()

    def _loosely(self, scope: Scope, region: Region, entries: list[Entry]) -> tuple[Region, list[Entry]]:
        loose = (region, entries)
        self.log(scope).loose.append(loose)
        return loose

    def _settled(self, scope: Scope, loose: tuple[Region, list[Entry]]) -> None:
        log = self.log(scope)
        log.loose = [own for own in log.loose if own is not loose]

    def _undo(self, entries: Sequence[Entry], scope: Scope, region: Region, then: Then) -> None:
        """The latest first, each by its handler or by what is inside it."""
        left = sorted(entries, key=lambda entry: entry.order)
        loose = self._loosely(scope, region, left)

        def go_on() -> None:
            while left:
                entry = left.pop()
                if entry.handler:
                    self._wait_for(entry.handler, region, go_on)
                    return
                left.extend(sorted(entry.inner, key=lambda inner: inner.order))
            self._settled(scope, loose)
            then()

        go_on()

    def _wait_for(self, element: str, region: Region, then: Then) -> None:
        self._wait(element, region, lambda _: then())

    # -------------------------------------------------------------- attempts and transactions

    def _attempt(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        n = block.number
        self.completed[f"i{n}"] += 1

        def merge() -> None:
            self.completed[f"m{n}"] += 1
            then()

        def undone() -> None:
            self.completed[f"y{n}"] += 1
            merge()

        def decided(decision: Decision) -> None:
            self.completed[f"x{n}"] += 1
            if decision != (1,):
                merge()
                return
            taken: list[Entry] = []
            for log in map(self.log, self._undone_from(scope)):
                taken += [entry for entry in log.done if block.of in ("", entry.activity)]
                log.done[:] = [entry for entry in log.done if entry not in taken]
            self._undo(taken, scope, region, undone)

        self._begin(block.parts[0], scope, region, lambda: self._wait(f"d{n}", region, decided))

    def _undone_from(self, scope: Scope) -> list[Scope]:
        """The scopes whose activities an attempt undoes."""
        return [scope]

    def _transaction(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        n, inside = block.number, region.inner()

        def merge() -> None:
            self.completed[f"m{n}"] += 1
            then()

        def left() -> None:
            self.log(scope).within = [own for own in self.log(scope).within if own[1] is not inner]

        def over() -> None:
            left()
            self.completed[f"g{n}"] += 1
            if self.log(inner).done:
                self.log(scope).done.append(Entry(next(self.order), f"g{n}", inner=self.log(inner).done))
            merge()

        def decided(decision: Decision) -> None:
            self.completed[f"x{n}"] += 1
            if decision != (1,):
                self._end(f"e{n}b", inner)
                return
            taken = list(self._everything(inner))
            inside.cancel()
            self.logs[id(inner)] = (inner, Log())
            self._undo(taken, inner, region.inner(), cancelled)

        def cancelled() -> None:
            left()
            self.completed.update((f"z{n}", f"r{n}"))
            self._begin(block.parts[1], scope, region, merge)

        inner = Scope(over, scope.ran, going_on=2)
        self.log(scope).within.append((region, inner))
        self.completed.update((f"s{n}", f"f{n}"))
        self._wait(f"d{n}", inside, decided)
        self._begin(block.parts[0], inner, inside, lambda: self._end(f"e{n}a", inner))

    def _everything(self, scope: Scope) -> Iterator[Entry]:
        """What was done in a scope and in what goes on within it; not in called processes."""
        log = self.log(scope)
        yield from log.done
        for region, entries in log.loose:
            yield from () if region.gone else entries
        for region, inner in log.within:
            yield from () if region.gone else self._everything(inner)

    # -------------------------------------------------------------- complex joins and ad-hoc sub-processes

    def _complex(self, block: Block, scope: Scope, region: Region, then: Then) -> None:
        n, waiting, activated, came = block.number, 0, False, 0

        def arrive() -> None:
            nonlocal waiting, activated, came
            waiting, came = waiting + 1, came + 1
            if not activated and waiting == block.until:
                activated, consumed, waiting = True, waiting, 0
                self.completed[f"j{n}"] += 1
                scope.going_on -= consumed - 1
                then()
            if activated and came == len(block.parts) and waiting:
                self.completed[f"j{n}"] += 1
                left, waiting = waiting, 0
                for _ in range(left):
                    scope.leave()

        self.completed[f"x{n}"] += 1
        scope.going_on += len(block.parts) - 1
        for branch in block.parts:
            self._begin(branch, scope, region, arrive)

    def _ad_hoc(self, block: Block, inner: Scope, region: Region) -> None:
        ad_hoc = AdHoc(block, inner, region.inner())
        inner.going_on = 1  # the sub-process itself, until it is over

        def decided(decision: Decision) -> None:
            inner.ran[f"d{block.number}"] = decision[0]
            ad_hoc.part_done()

        def start(part: Block | None) -> None:
            ad_hoc.begin()
            if part is None:
                self._wait(f"d{block.number}", ad_hoc.region, decided)
            else:
                self._doing(part, inner, ad_hoc.region, ad_hoc.part_done, self.log(inner).done)

        def enable(element: str, part: Block | None) -> None:
            ad_hoc.starts.append(Wait(f"+{element}", lambda _: start(part), stays=True))
            self.arrivals.append(ad_hoc.starts[-1])
            ad_hoc.region.waits.append(ad_hoc.starts[-1])

        enable(f"d{block.number}", None)
        for part in block.parts:
            enable(part.activity, part)
