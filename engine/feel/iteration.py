"""`for`, `some` and `every`: several sources are run through like nested loops, the last one innermost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from engine import temporal
from engine.feel import operations
from engine.feel.frame import Frame, Run
from engine.value import Date, Range, Value, number

Source = tuple[Run, Run | None]


def iterate(kind: str, names: tuple[str, ...], sources: Sequence[Source], body: Run) -> Run:
    """The function of an iteration."""
    run: Callable[[Frame, Iterator[Frame] | None], Value] = {
        "for": _for(body),
        "some": _some(body),
        "every": _every(body),
    }[kind]
    return lambda frame: run(frame, _frames(frame, names, sources))


def _frames(frame: Frame, names: tuple[str, ...], sources: Sequence[Source]) -> Iterator[Frame] | None:
    """A frame for each combination; None when the first source is no list."""
    first = _items(frame, sources[0])
    if first is None:
        return None
    return _nested(frame, names, sources, first)


def _nested(frame: Frame, names: tuple[str, ...], sources: Sequence[Source], items: Sequence[Value]) -> Iterator[Frame]:
    for item in items:
        frame.budget.spend()
        inner = frame.bind({names[0]: item})
        if len(names) == 1:
            yield inner
        else:
            yield from _nested(inner, names[1:], sources[1:], _items(inner, sources[1]) or ())


def _items(frame: Frame, source: Source) -> Sequence[Value] | None:
    low, high = source
    start = low(frame)
    if high is not None:
        return _counted(frame, start, high(frame))
    if isinstance(start, Range):
        return _counted(frame, start.low, start.high)
    if start is None:
        operations.nothing(frame.budget, "expected a list to run through", start)
        return None
    return start if isinstance(start, tuple) else (start,)


def _counted(frame: Frame, start: Value, end: Value) -> Sequence[Value] | None:
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        first, last = int(start), int(end)
        frame.budget.sized(items=abs(last - first) + 1)
        step = 1 if last >= first else -1
        return [number(place) for place in range(first, last + step, step)]
    if isinstance(start, Date) and isinstance(end, Date):
        first, last = temporal.ordinal(start), temporal.ordinal(end)
        frame.budget.sized(items=abs(last - first) + 1)
        step = 1 if last >= first else -1
        return [temporal.from_ordinal(day) for day in range(first, last + step, step)]
    operations.nothing(frame.budget, "expected whole numbers or dates to count from and to", start, end)
    return None


def _for(body: Run) -> Callable[[Frame, Iterator[Frame] | None], Value]:
    def run(frame: Frame, frames: Iterator[Frame] | None) -> Value:
        if frames is None:
            return None
        made: list[Value] = []
        for inner in frames:
            frame.budget.sized(items=len(made) // 1_000)
            inner.local["partial"] = tuple(made) if len(made) < 1_000 else ()
            made.append(body(inner))
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
