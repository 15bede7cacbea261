"""A stream at any moment of its past, and its re-execution: do the same commands still make the same events?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine import stream as streams
from engine.errors import EngineError, Refused, Text, UnknownKind
from engine.events import Event
from engine.instance import Instance
from engine.journal import Entry
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.semantics import SEMANTICS
from engine.stream import State
from engine.words import StreamKind


class Verdict(StrEnum):
    """What re-execution found."""

    IDENTICAL = "identical"
    DIFFERENT = "different"
    NEEDS_RELEASE = "needs-release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result for one stream; `revision` is the first entry that differs or cannot be re-executed here.

    `window` is the flow's window after the last entry that was executed.
    """

    verdict: Verdict
    entries: int
    window: bytes = b""
    revision: int | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The state after one event, with the entry it belongs to."""

    entry: Entry
    event: Event
    state: State


def moments(kind: StreamKind, entries: Iterable[Entry]) -> Iterator[Moment]:
    """The state after every event of a stream, in order."""
    state: State | None = None
    for entry in entries:
        state = streams.empty(kind, entry.stream) if state is None else state
        for event in entry.events:
            state = streams.apply(state, event, entry.at)
            yield Moment(entry=entry, event=event, state=state)
        state = streams.advance(state, entry.revision)


def at(kind: StreamKind, stream: int, entries: Iterable[Entry], revision: int) -> State:
    """The state as of a revision."""
    state = streams.empty(kind, stream)
    for entry in entries:
        if entry.revision > revision:
            break
        state = after(state, entry)
    return state


def after(state: State, entry: Entry) -> State:
    """The state after one more entry."""
    for event in entry.events:
        state = streams.apply(state, event, entry.at)
    return streams.advance(state, entry.revision)


def re_execute(
    kind: StreamKind,
    stream: int,
    entries: Iterable[Entry],
    *,
    procedure: Callable[[Entry, State], Procedure | None],
    surroundings: Callable[[Entry], Surroundings],
) -> Comparison:
    """Execute the stream's commands again and compare events and window digests byte for byte."""
    state, window, done = streams.empty(kind, stream), b"", 0
    for entry in entries:
        if entry.semantics != SEMANTICS:
            made = Text(f"由发行版 {entry.semantics} 形成", f"made by release {entry.semantics}")
            return _stopped(Verdict.NEEDS_RELEASE, done, entry, made)
        try:
            step = streams.execute(procedure(entry, state), state, window, entry.command, surroundings(entry))
        except UnknownKind as error:
            return _stopped(Verdict.NEEDS_RELEASE, done, entry, Text(f"本发行版不认识「{error}」", str(error)))
        except EngineError as error:
            why = error.text if isinstance(error, Refused) else Text(f"「{error}」", str(error))
            return _stopped(Verdict.DIFFERENT, done, entry, Text(f"现在被拒绝:{why.zh}", f"is refused now: {why.en}"))
        if (difference := _difference(entry, step)) is not None:
            return _stopped(Verdict.DIFFERENT, done, entry, difference)
        state, window, done = step.state, step.window, done + 1
    return Comparison(verdict=Verdict.IDENTICAL, entries=done, window=window)


def _difference(entry: Entry, step: streams.Step) -> Text | None:
    for number, (then, now) in enumerate(zip(entry.events, step.events, strict=False), 1):
        if then != now:
            return Text(f"第 {number} 个事件原为 {then},现为 {now}", f"event {number} was {then}, is now {now}")
    if len(entry.events) != len(step.events):
        before, after = len(entry.events), len(step.events)
        return Text(f"原有 {before} 个事件,现有 {after} 个", f"there were {before} events, there are {after} now")
    if isinstance(step.state, Instance) and entry.window != hashlib.sha256(step.window).hexdigest():
        return Text("窗口不同", "the window differs")
    return None


def _stopped(verdict: Verdict, done: int, entry: Entry, reason: Text) -> Comparison:
    return Comparison(verdict=verdict, entries=done, revision=entry.revision, reason=reason)
