"""Where stock SpiffWorkflow differs from the meaning of a model, and why: one predicate for each class, none of them a blanket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.engine.flow.blocks import Block, Shape

LOOPED = (Shape.STANDARD, Shape.SEVERAL)
REPEATING = (Shape.LOOP, Shape.STANDARD, Shape.SEVERAL, Shape.COUNTED)
CONCURRENT = (Shape.PARALLEL, Shape.INCLUSIVE, Shape.BOUNDARY, Shape.SEVERAL)
SIMPLE = (Shape.USER, Shape.PATIENT, Shape.SCRIPT, Shape.SEQUENCE)


@dataclass(frozen=True)
class Difference:
    """The first difference of one run: an exception of stock, more or fewer completions, or other data at the end."""

    model: Block
    last: str  # the element of the last move
    open: list[str]  # what waits by the meaning of the blocks
    error: Exception | None = None
    more: Counter[str] = field(default_factory=Counter)  # completed by stock only
    fewer: Counter[str] = field(default_factory=Counter)
    names: frozenset[str] = frozenset()  # variables with other values
    fired: frozenset[str] = frozenset()  # the timers that fired in this run

    def __str__(self) -> str:
        told = f"{self.error!r}, more {dict(self.more)}, fewer {dict(self.fewer)}, names {sorted(self.names)}"
        return f"after {self.last}, open {self.open}: {told}"

    def block(self, number: int) -> Block:
        """The block with a number."""
        return next(block for block in self.model.walk() if block.number == number)

    def boundary(self, timer: str) -> tuple[Block, int]:
        """The block of a timer and the place of its handler."""
        number, _, place = timer[1:].partition("q")
        return self.block(int(number)), int(place)

    def failed(self, kind: str, sentence: str) -> bool:
        """Stock raised this."""
        return type(self.error).__name__ == kind and sentence in str(self.error)


def around(block: Block, number: int) -> Iterator[Block]:
    """The blocks from the outermost to the one with a number."""
    if any(part.number == number for part in block.walk()):
        yield block
        for part in block.parts:
            yield from around(part, number)


def counters_unknown(found: Difference) -> bool:
    """Stock does not offer numberOfCompletedInstances to a completion condition (BPMN 2.0.2 table 10.30)."""
    several = [block for block in found.model.walk() if block.shape is Shape.SEVERAL and block.until > 1]
    return bool(several) and found.failed("WorkflowTaskException", "numberOfCompletedInstances")


def interrupted_loop(found: Difference) -> bool:
    """Stock loses the tasks of a loop or multi-instance when an interrupting boundary event ends it."""
    if found.last[0] != "t":
        return False
    block, place = found.boundary(found.last)
    looped = any(part.shape in LOOPED for part in block.parts[0].walk())
    return looped and block.interrupting[place] and found.failed("TaskNotFoundException", "was not found")


def loop_after_event(found: Difference) -> bool:
    """Stock cannot begin a loop or multi-instance that follows a boundary event directly."""
    if found.last[0] != "t":
        return False
    block, place = found.boundary(found.last)
    handler = block.parts[1 + place].parts
    first = handler[0] if handler else block
    looped = first.shape in LOOPED or (first.shape is Shape.BOUNDARY and first.parts[0].shape in LOOPED)
    return looped and found.failed("WorkflowException", "non-predicted child")


def item_name_taken(found: Difference) -> bool:
    """Stock merges an item's variable into the activity's data and refuses it when the activity runs again."""
    for block in found.model.walk():
        if block.shape is Shape.SEVERAL and block.collection and not block.sequential:
            outer = list(around(found.model, block.number))[:-1]
            again = any(part.shape in REPEATING for part in outer)
            if again and found.failed("WorkflowDataException", f"input item i{block.number} already exists"):
                return True
    return False


def inclusive_too_early(found: Difference) -> bool:
    """Stock's inclusive join fires while a token can still come: it follows only one way back where ways merge, does not
    see tokens inside activities, and in a loop looks back through the join itself.
    """
    for block in found.model.walk():
        if block.shape is Shape.INCLUSIVE and f"m{block.number}" in found.more:
            busy = [part for part in block.parts if any(key in found.open for key in _waits(part))]
            if not found.fewer and busy and (_in_loop(found, block) or all(_branched(part) for part in busy)):
                return True
    return False


def _in_loop(found: Difference, block: Block) -> bool:
    outer = [part.shape for part in around(found.model, block.number)]
    scopes = [place for place, shape in enumerate(outer) if shape in (Shape.SUB, Shape.CALL)]
    return Shape.LOOP in outer[max(scopes, default=0) :]


def _branched(branch: Block) -> bool:
    return any(part.shape not in SIMPLE for part in branch.walk())


def _waits(branch: Block) -> Iterator[str]:
    for part in branch.walk():
        n = part.number
        yield from (f"u{n}", f"w{n}", f"d{n}", *(f"t{n}q{place}" for place in range(len(part.interrupting))))


def stale_value(found: Difference, counter: int) -> bool:
    """At a join stock lets the last to arrive overwrite what it only inherited; in a loop that is an old value.

    The end of a scope is such a join for the path of a non-interrupting boundary event.
    """
    outer = list(around(found.model, counter))
    return any(
        first.shape in REPEATING
        and (any(second.shape in CONCURRENT for second in outer[place + 1 :]) or _beside(found, first))
        for place, first in enumerate(outer)
    )


def _beside(found: Difference, block: Block) -> bool:
    fired = [found.boundary(timer) for timer in found.fired]
    return any(event in block.walk() and not event.interrupting[place] for event, place in fired)


def copied_items(found: Difference, counter: int) -> bool:
    """Stock gives each parallel item a copy of all data, so that items do not see each other's changes."""
    return any(
        block.shape is Shape.SEVERAL and not block.sequential and block.turns > 1
        for block in around(found.model, counter)
    )


def lost_inside(found: Difference, counter: int) -> bool:
    """Stock drops what a sub-process or multi-instance has set when it is cancelled; here outer variables are set at once."""
    outer = list(around(found.model, counter))
    cancelled = [block for block in outer if block.shape is Shape.SEVERAL and block.until]
    for timer in found.fired:
        block, place = found.boundary(timer)
        if block in outer and block.interrupting[place] and block.parts[0] in outer:
            cancelled.append(block)
    return bool(cancelled)


WHOLE: dict[str, Callable[[Difference], bool]] = {
    "counters unknown": counters_unknown,
    "interrupted loop": interrupted_loop,
    "loop after event": loop_after_event,
    "item name taken": item_name_taken,
    "inclusive too early": inclusive_too_early,
}
DATA: dict[str, Callable[[Difference, int], bool]] = {
    "stale value": stale_value,
    "copied items": copied_items,
    "lost inside": lost_inside,
}


def explained(found: Difference) -> list[str]:
    """The classes a difference falls into: one for an exception or the completions, one for each variable; [] if none."""
    if not found.names:
        return [name for name, holds in WHOLE.items() if holds(found)][:1]
    each = [[name for name, holds in DATA.items() if holds(found, int(key[1:]))][:1] for key in sorted(found.names)]
    return sorted({name for names in each for name in names}) if all(each) else []
