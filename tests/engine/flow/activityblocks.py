"""Random models with compensation, transactions, ad-hoc sub-processes and complex joins, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.engine.flow.blocks import ACTIVITIES, COMPOUND, Block, Draw, Shape

MORE = ((Shape.ATTEMPT, 7), (Shape.TRANSACTION, 4), (Shape.AD_HOC, 4), (Shape.COMPLEX, 4))
UNDONE = (Shape.USER, Shape.PATIENT, Shape.SCRIPT, Shape.SUB, Shape.CALL, Shape.AD_HOC)
LEVELS = (Shape.SUB, Shape.TRANSACTION, Shape.AD_HOC)
"""What is undone by undoing what is in it, unless it has a handler of its own."""


class DrawActivities(Draw):
    """Draws one model; a complex join is not drawn where its next round could begin before its reset."""

    looped = False
    compound: tuple[tuple[Shape, int], ...] = (*COMPOUND, *MORE)

    def _simple(self) -> Block:
        return self._with_handler(super()._simple())

    def _compound(self, shape: Shape, depth: int) -> Block:
        outside = self.looped
        self.looped = shape is Shape.LOOP or (outside and shape not in (Shape.SUB, Shape.CALL))
        match shape:
            case Shape.ATTEMPT:
                number, body = self._number(), self._sequence(depth, at_least=1)
                found = Block(shape, number, (body,), of=self._named(body))
            case Shape.TRANSACTION:
                self.looped = False
                parts = (self._beside(depth), self._sequence(depth))
                found = Block(shape, self._number(), parts)
            case Shape.AD_HOC:
                found = self._ad_hoc(depth)
            case Shape.COMPLEX if not outside:
                number, parts = self._number(), self._concurrent(depth)
                found = Block(shape, number, parts, until=self.random.randint(1, len(parts)))
            case Shape.COMPLEX:
                found = self._simple()
            case _:
                found = self._with_handler(super()._compound(shape, depth))
        self.looped = outside
        return found

    def _beside(self, depth: int) -> Block:
        outside, self.beside = self.beside, True
        found = self._sequence(depth, at_least=1)
        self.beside = outside
        return found

    def _activity(self, depth: int, shapes: tuple[Shape, ...] = ACTIVITIES) -> Block:
        outside, self.looped = self.looped, False
        ad_hoc = depth > 0 and self.random.random() < 0.15
        found = self._ad_hoc(depth - 1) if ad_hoc else super()._activity(depth, shapes)
        self.looped = outside
        return self._with_handler(found)

    def _ad_hoc(self, depth: int) -> Block:
        outside, self.beside = self.beside, True
        parts = tuple(self._activity(min(depth, 1)) for _ in range(self.random.randint(1, 2)))
        self.beside = outside
        sequential, waits = self.random.random() < 0.4, self.random.random() < 0.5
        return Block(Shape.AD_HOC, self._number(), parts, sequential=sequential, waits=waits)

    def _with_handler(self, block: Block) -> Block:
        has = block.shape in UNDONE and not block.undone and self.random.random() < 0.4
        return replace(block, undone=True) if has else block

    def _named(self, body: Block) -> str:
        found = [block.activity for block in _level(body) if block.undone or block.shape in LEVELS]
        return self.random.choice(found) if found and self.random.random() < 0.3 else ""


def _level(block: Block) -> Iterator[Block]:
    """The blocks of the same level: not what stands in a sub-process."""
    yield block
    inside = block.parts[1:] if block.shape is Shape.TRANSACTION else block.parts
    for part in () if block.shape in (Shape.SUB, Shape.CALL, Shape.AD_HOC) else inside:
        yield from _level(part)


def draw_activities(seed: int) -> Block:
    """The model of a seed."""
    return DrawActivities(seed, room=26).model()
