"""`for`, `some` and `every`: several sources are run through like nested loops, the last one innermost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from engine import temporal
from engine.feel import operations, reasons
from engine.feel.frame import Compile, Frame, Run
from engine.feel.tree import Iteration, mentions, weight
from engine.value import Date, Range, Value, number

Source = tuple[Run, Run | None]


@dataclass(frozen=True, slots=True)
class Body:
    """What is evaluated each time, how many steps that counts, and whether it uses the results so far."""

    run: Run
    steps: int
    partial: bool


def of_iteration(node: Iteration, compile_node: Compile) -> Run:
    """`for`, `some` or `every`."""
    sources = [(compile_node(low), None if high is None else compile_node(high)) for low, high in node.sources]
    steps = 1 + weight(node.body) + sum(weight(low) for low, _ in node.sources)
    partial = node.kind == "for" and mentions(node.body, "partial")
    return _iterate(node.kind, node.names, sources, Body(compile_node(node.body), steps, partial))


def _iterate(kind: str, names: tuple[str, ...], sources: Sequence[Source], body: Body) -> Run:
    run: Callable[[Frame, Iterator[Frame] | None], Value] = {
        "for": _for(body),
        "some": _some(body.run),
        "every": _every(body.run),
    }[kind]
    return lambda frame: run(frame, _frames(frame, names, sources, body.steps))


def _frames(frame: Frame, names: tuple[str, ...], sources: Sequence[Source], steps: int) -> Iterator[Frame] | None:
    """A frame for each combination; None when the first source is no list."""
    first = _items(frame, sources[0])
    if first is None:
        return None
    return _nested(frame, names, sources, first, steps)


def _nested(
    frame: Frame, names: tuple[str, ...], sources: Sequence[Source], items: Sequence[Value], steps: int
) -> Iterator[Frame]:
    for item in items:
        frame.budget.spend(steps)
        inner = frame.bind({names[0]: item})
        if len(names) == 1:
            yield inner
        else:
            yield from _nested(inner, names[1:], sources[1:], _items(inner, sources[1]) or (), steps)


def _items(frame: Frame, source: Source) -> Sequence[Value] | None:
    low, high = source
    start = low(frame)
    if high is not None:
        return _counted(frame, start, high(frame))
    if isinstance(start, Range):
        return _within(frame, start)
    if start is None:
        operations.nothing(frame.budget, reasons.NO_LIST, start)
        return None
    return start if isinstance(start, tuple) else (start,)


def _within(frame: Frame, found: Range) -> Sequence[Value] | None:
    """The whole numbers or days of a range; an end that is open does not belong to it."""
    items = _counted(frame, found.low, found.high)
    if items is None:
        return None
    first = 0 if found.low_closed or not items or items[0] != found.low else 1
    last = len(items) if found.high_closed or not items or items[-1] != found.high else len(items) - 1
    return items[first:last]


def _counted(frame: Frame, start: Value, end: Value) -> Sequence[Value] | None:
    if _whole(start) and _whole(end):
        first, last = int(start), int(end)
        frame.budget.sized(items=abs(last - first) + 1)
        step = 1 if last >= first else -1
        return [number(place) for place in range(first, last + step, step)]
    if isinstance(start, Date) and isinstance(end, Date):
        first, last = temporal.ordinal(start), temporal.ordinal(end)
        frame.budget.sized(items=abs(last - first) + 1)
        step = 1 if last >= first else -1
        return [temporal.from_ordinal(day) for day in range(first, last + step, step)]
    operations.nothing(frame.budget, reasons.NOT_COUNTED, start, end)
    return None


def _whole(value: Value) -> TypeGuard[Decimal]:
    return isinstance(value, Decimal) and value == value.to_integral_value()


def _for(body: Body) -> Callable[[Frame, Iterator[Frame] | None], Value]:
    def run(frame: Frame, frames: Iterator[Frame] | None) -> Value:
        if frames is None:
            return None
        made: list[Value] = []
        for inner in frames:
            if body.partial:
                inner.local["partial"] = tuple(made)
                frame.budget.sized(items=len(made))
            made.append(body.run(inner))
        frame.budget.sized(items=len(made))
        return tuple(made)

    return run


def _some(body: Run) -> Callable[[Frame, Iterator[Frame] | None], Value]:
    def run(frame: Frame, frames: Iterator[Frame] | None) -> Value:
        if frames is None:
            return None
        outcome: Value = False
        for inner in frames:
            found = body(inner)
            if found is True:
                return True
            outcome = outcome if found is False else None
        return outcome

    return run


def _every(body: Run) -> Callable[[Frame, Iterator[Frame] | None], Value]:
    def run(frame: Frame, frames: Iterator[Frame] | None) -> Value:
        if frames is None:
            return None
        outcome: Value = True
        for inner in frames:
            found = body(inner)
            if found is False:
                return False
            outcome = outcome if found is True else None
        return outcome

    return run
