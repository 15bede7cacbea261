"""Random block-structured models as plain data: what a seed draws, before anybody renders it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Shape(StrEnum):
    """The blocks a model is made of."""

    USER = "user"
    PATIENT = "patient"  # a user task that is done only when nothing else can be
    SCRIPT = "script"  # counts how often it ran
    SEQUENCE = "sequence"
    EXCLUSIVE = "exclusive"  # a person decides on one branch
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"  # a person decides on some branches
    LOOP = "loop"  # a person decides whether to go back
    COUNTED = "counted"  # a loop of scripts that counts by itself
    SUB = "sub"
    CALL = "call"
    STANDARD = "standard"  # a standard loop around one activity
    SEVERAL = "several"  # a multi-instance of one activity
    ATTEMPT = "attempt"  # a person decides whether what was done so far in the scope is undone
    TRANSACTION = "transaction"  # a person decides whether it is cancelled; the second part follows if it is
    AD_HOC = "ad-hoc"  # people start the parts, until a person decides that it is enough
    COMPLEX = "complex"  # goes on after some of its branches, the others are absorbed
    BOUNDARY = "boundary"  # one activity with timers: the first part is the activity, the others are handlers
    RAISE = "raise"  # a person decides whether an error ends the path
    ESCALATE = "escalate"  # a user task, then an escalation
    SIGNAL = "signal"  # a user task, then a signal
    CATCH = "catch"  # waits for a signal
    LINK = "link"
    RACE = "race"  # an event-based gateway: each part follows one event


@dataclass(frozen=True)
class Block:
    """A block with its parts; `number` makes the ids of its elements unique."""

    shape: Shape
    number: int
    parts: tuple[Block, ...] = ()
    turns: int = 0  # of a counted or standard loop, or items
    sequential: bool = False
    collection: bool = False
    until: int = 0  # completed items after which a multi-instance is over, branches after which a join goes on; 0: all
    before: bool = False  # a standard loop tests before its turn
    interrupting: tuple[bool, ...] = ()  # for each handler
    triggers: tuple[
        str, ...
    ] = ()  # of each handler or event: "timer", "signal S1", "error E1", "escalation *"; else timers
    code: str = ""  # of what is thrown or waited for
    undone: bool = False  # an activity that has a handler to compensate it
    of: str = ""  # the activity that an attempt undoes; "": all
    waits: bool = False  # an ad-hoc sub-process waits for what is left

    @property
    def activity(self) -> str:
        """The id of the activity, where the block is one."""
        letter = {
            Shape.USER: "u",
            Shape.PATIENT: "w",
            Shape.SCRIPT: "c",
            Shape.SUB: "b",
            Shape.CALL: "a",
            Shape.TRANSACTION: "g",
            Shape.AD_HOC: "k",
        }
        if self.shape in (Shape.STANDARD, Shape.SEVERAL, Shape.BOUNDARY):
            return self.parts[0].activity
        return f"{letter[self.shape]}{self.number}"

    def walk(self) -> Iterator[Block]:
        """The block and everything in it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def counters(self) -> list[str]:
        """The variables that the scripts in it count with, and by which ad-hoc sub-processes are over."""
        counting = [f"n{block.number}" for block in self.walk() if block.shape in (Shape.SCRIPT, Shape.COUNTED)]
        return counting + [f"d{block.number}" for block in self.walk() if block.shape is Shape.AD_HOC]


ACTIVITIES = (Shape.USER, Shape.SCRIPT, Shape.SUB, Shape.CALL)
COMPOUND = (
    (Shape.EXCLUSIVE, 3),
    (Shape.PARALLEL, 4),
    (Shape.INCLUSIVE, 3),
    (Shape.LOOP, 3),
    (Shape.COUNTED, 1),
    (Shape.SUB, 2),
    (Shape.CALL, 2),
    (Shape.STANDARD, 2),
    (Shape.SEVERAL, 3),
    (Shape.BOUNDARY, 3),
)


class Draw:
    """Draws one model; `room` is how many blocks it may still have."""

    compound: tuple[tuple[Shape, int], ...] = COMPOUND

    def __init__(self, seed: int, room: int = 22) -> None:
        self.random = random.Random(seed)
        self.room = room
        self.count = 0
        self.items_deep = 0
        self.beside = False  # whether something may run at the same time

    def model(self) -> Block:
        """A sequence of at least two blocks."""
        return self._sequence(3, at_least=2)

    def _number(self) -> int:
        self.count += 1
        self.room -= 1
        return self.count

    def _simple(self) -> Block:
        shape = self.random.choice([Shape.USER, Shape.USER, Shape.SCRIPT, Shape.PATIENT])
        return Block(shape, self._number())

    def _sequence(self, depth: int, at_least: int = 0) -> Block:
        size = self.random.randint(at_least, 3)
        return Block(Shape.SEQUENCE, 0, tuple(self._block(depth) for _ in range(size)))

    def _block(self, depth: int) -> Block:
        if depth == 0 or self.room <= 0 or self.random.random() < 0.3:
            return self._simple()
        shapes, weights = zip(*self.compound, strict=True)
        (shape,) = self.random.choices(shapes, weights)
        return self._compound(shape, depth - 1)

    def _compound(self, shape: Shape, depth: int) -> Block:
        match shape:
            case Shape.EXCLUSIVE:
                return Block(shape, self._number(), self._branches(depth))
            case Shape.PARALLEL | Shape.INCLUSIVE:
                return Block(shape, self._number(), self._concurrent(depth))
            case Shape.COUNTED:
                return self._counted()
            case Shape.SUB | Shape.CALL | Shape.LOOP:
                return Block(shape, self._number(), (self._sequence(depth, at_least=1),))
            case Shape.STANDARD:
                number, before = self._number(), self.random.random() < 0.3
                return Block(shape, number, (self._activity(depth),), turns=self.random.randint(1, 3), before=before)
            case Shape.SEVERAL:
                return self._several(depth)
            case _:
                return self._boundary(depth)

    def _branches(self, depth: int) -> tuple[Block, ...]:
        return tuple(self._sequence(depth, at_least=int(place > 0)) for place in range(self.random.randint(2, 3)))

    def _concurrent(self, depth: int) -> tuple[Block, ...]:
        outside, self.beside = self.beside, True
        branches = self._branches(depth)
        self.beside = outside
        return branches

    def _counted(self) -> Block:
        if self.beside:
            return self._simple()
        script = Block(Shape.SEQUENCE, 0, (Block(Shape.SCRIPT, self._number()),))
        return Block(Shape.COUNTED, self._number(), (script,), turns=self.random.randint(1, 4))

    def _activity(self, depth: int, shapes: tuple[Shape, ...] = ACTIVITIES) -> Block:
        shape = self.random.choice(shapes)
        number = self._number()
        if shape in (Shape.USER, Shape.SCRIPT):
            return Block(shape, number)
        return Block(shape, number, (self._sequence(depth, at_least=1),))

    def _several(self, depth: int) -> Block:
        number, sequential = self._number(), self.random.random() < 0.5
        outside, self.beside = self.beside, True
        self.items_deep += 1
        part = self._activity(depth if self.items_deep < 3 else 0)
        self.items_deep -= 1
        self.beside = outside
        until = self.random.choice([0, 0, 0, 0, 1, 1, 1, 2])
        if part.shape in (Shape.SUB, Shape.CALL):  # so that items come to rest before any of them ends
            first = Block(Shape.USER, self._number())
            body = replace(part.parts[0], parts=(first, *part.parts[0].parts))
            part = replace(part, parts=(body, *part.parts[1:]))
        elif until and part.shape is Shape.SCRIPT:
            until = 0
        return Block(
            Shape.SEVERAL,
            number,
            (part,),
            turns=self.random.choice([0, 1, 2, 3, 3]),
            sequential=sequential,
            collection=self.random.random() < 0.5,
            until=until,
        )

    def _boundary(self, depth: int) -> Block:
        number = self._number()
        kind = self.random.random()
        outside, self.beside = self.beside, True
        if kind < 0.2:
            part = self._several(depth)
        elif kind < 0.35:
            part = self._compound(Shape.STANDARD, depth)
        else:
            part = self._activity(depth, (Shape.USER, Shape.SUB, Shape.CALL))
        interrupting = tuple(self.random.random() < 0.5 for _ in range(self.random.randint(1, 2)))
        handlers = tuple(self._sequence(max(depth - 1, 0)) for _ in interrupting)
        self.beside = outside
        return Block(Shape.BOUNDARY, number, (part, *handlers), interrupting=interrupting)


def draw(seed: int) -> Block:
    """The model of a seed."""
    return Draw(seed).model()
