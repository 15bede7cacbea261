"""The recorder with the moves that go against the drawing, and what they may never break."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine import flow
from engine.flow import Model, moving
from engine.flow import window as windows
from engine.flow.elements import Element
from engine.value import Value
from engine.words import Outcome
from tests.engine.flow.blocks import Block, Shape
from tests.engine.flow.recorder import Recorder


class Mover(Recorder):
    """A run in which tokens can be moved; it knows what was completed in each scope."""

    def __init__(self, model: Model, process: str = "p", **values: Value) -> None:
        self.scope_of: dict[str, str] = {}
        self.completed: dict[str, list[str]] = {}
        self.finished: list[tuple[str, str, str]] = []
        super().__init__(model, process, **values)

    def enter(self, element: Element, scope: str, flow: str | None) -> str:
        key = super().enter(element, scope, flow)
        self.scope_of[key] = scope
        return key

    def leave(self, activity: str, outcome: Outcome) -> None:
        super().leave(activity, outcome)
        if outcome is Outcome.COMPLETED:
            self.completed.setdefault(self.scope_of[activity], []).append(self.places[activity].id)

    def finish_activity(self, key: str, result: Value = None) -> None:
        element, scope = self.waiting[key]
        super().finish_activity(key, result)
        self.finished.append((key, element.id, scope))

    # -------------------------------------------------------------- moves

    def key(self, element: str, nth: int = 0) -> str:
        """The nth waiting activity of an element."""
        return [key for key, (found, _) in self.waiting.items() if found.id == element][nth]

    def move(self, element: str, target: str, *, nth: int = 0, process: str = "p") -> None:
        """Move the token of an element."""
        self._kept(flow.move(self.model, self.window, self.key(element, nth), process, target, self))

    def back(self, element: str, target: str, *, nth: int = 0, process: str = "p", straight: bool = False) -> None:
        """Return from an element to one that was done before."""
        key = self.key(element, nth)
        self.barred(key, process, target, straight=straight)
        act = flow.visit if straight else flow.move
        self._kept(act(self.model, self.window, key, process, target, self))

    def withdraw(self, element: str) -> None:
        """Take back the last completion of an element."""
        key, _, scope = next(found for found in reversed(self.finished) if found[1] == element)
        self._kept(flow.withdraw(self.model, self.window, key, scope, element, self))

    def barred(self, key: str, process: str, target: str, *, straight: bool) -> None:
        """Refuse what may not be returned to. Raises Barred."""
        tokens = windows.decode(self.window, self.model.specification, self)
        token = tokens.of(key)
        moving.may_return(self.model, tokens, token, process, target, self.done_in, straight=straight)

    def done_in(self, scope: str) -> list[str]:
        """What was completed in a scope."""
        return self.completed.get(scope, [])


# ------------------------------------------------------------------ what may never be


def broken(run: Recorder, model: Block) -> list[str]:
    """Open parallel blocks of which a branch has no token, or one under way and one at the join."""
    found: list[str] = []
    rows = [row for row in json.loads(run.window)["tokens"] if not {"attached", "body"} & row[5].keys()]
    for block in model.walk():
        if block.shape not in (Shape.PARALLEL, Shape.INCLUSIVE):
            continue
        branches = [set(own(branch)) for branch in block.parts]
        for scope in {row[3] for row in rows}:
            here = [row for row in rows if row[3] == scope]
            busy = [sum(1 for row in here if at(row) in ids) for ids in branches]
            came = [sum(1 for row in here if arrived(row, block, place, ids)) for place, ids in enumerate(branches)]
            if not any((*busy, *came)):
                continue
            for place, (working, waiting) in enumerate(zip(busy, came, strict=True)):
                if waiting > 1 or (waiting and working):
                    found.append(f"{working} tokens in branch {place} of {block.number}, {waiting} at its join")
                if block.shape is Shape.PARALLEL and not waiting and not working:
                    found.append(f"branch {place} of {block.number} has no token")
    return found


def at(row: list) -> str:
    """The element a token counts as being at; none for one that waits at a join."""
    if row[4] is None and "flow" in row[5]:
        return ""
    return str(row[5]["back"][-1]) if "back" in row[5] else row[1].partition(":")[2]


def arrived(row: list, block: Block, place: int, ids: set[str]) -> bool:
    """A token waits at the join of a block, come out of a branch."""
    if row[4] is not None or row[1].partition(":")[2] != f"m{block.number}":
        return False
    key = row[5]["flow"]
    return (
        key == f"x{block.number}_{place}"
        or any(key == f"{one}_m{block.number}" for one in ids)
        or (key.startswith("x") and key.rpartition("_")[0][1:] != str(block.number) and key.rpartition("_")[0] in ids)
    )


def own(block: Block) -> Iterator[str]:
    """The elements of a block on its own level, the paths of non-interrupting events left aside."""
    n = block.number
    match block.shape:
        case Shape.SEQUENCE:
            pass
        case Shape.EXCLUSIVE | Shape.INCLUSIVE:
            yield from (f"d{n}", f"x{n}", f"m{n}")
        case Shape.PARALLEL:
            yield from (f"x{n}", f"m{n}")
        case Shape.LOOP | Shape.COUNTED:
            yield from (f"m{n}", f"x{n}", f"l{n}", f"d{n}" if block.shape is Shape.LOOP else f"c{n}")
        case Shape.BOUNDARY:
            yield from (block.activity, f"m{n}")
            for place, (handler, interrupting) in enumerate(zip(block.parts[1:], block.interrupting, strict=True)):
                if interrupting:
                    yield f"t{n}q{place}"
                    yield from own(handler)
            return
        case _:
            yield block.activity
            return
    for part in block.parts:
        yield from own(part)
