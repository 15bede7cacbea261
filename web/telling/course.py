"""The course of streams: where tokens went, entry by entry, kept in memory without names or values.

Entries never change, so what is kept is only ever extended by what is new.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from engine import events, replay
from engine import stream as streams
from engine.events import Event
from engine.journal import Entry
from engine.words import Outcome, StreamKind
from storage import journal
from storage.shelf import Recent, StreamShelf
from storage.states import STRIDE, States
from web.telling.order import Spot, in_order

KEPT = 256
PLACES = ("timer", "request", "subscription", "incident")
"""What belongs to an activity and is named without it later on."""


PAPERS = events.DocumentDrafted, events.DocumentReviewed, events.DocumentIssued


@dataclass(frozen=True, slots=True)
class Move:
    """A token came to an element (`flow` is what it came by) or left it; `by` did the task."""

    activity: str
    process: str
    element: str
    entered: bool
    flow: str | None = None
    cancelled: bool = False
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A message that was sent, waited for or received; at which activity, if it is known."""

    what: str
    name: str
    activity: str = ""


SENT, AWAITED, RECEIVED = "sent", "awaited", "received"


@dataclass(frozen=True, slots=True)
class Mark:
    """What one entry did to tokens, and what made it necessary; `papers`: it did something to a document."""

    revision: int
    at: datetime
    cause: Spot | None
    moves: tuple[Move, ...]
    words: tuple[Word, ...] = ()
    papers: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """The marks of one stream, oldest first; `steps` are the process and element of each activity, by its id."""

    stream: int
    marks: tuple[Mark, ...] = ()
    steps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


class Courses:
    """The courses that were looked at last, and in which order their entries are told."""

    def __init__(self, recent: Recent, states: States) -> None:
        self.recent, self.states = recent, states
        self._lock = Lock()
        self._kept: OrderedDict[int, Course] = OrderedDict()
        self._orders: OrderedDict[tuple[Spot, ...], list[Spot]] = OrderedDict()

    def of(self, connection: Connection, kind: StreamKind, stream: int, revision: int) -> Course:
        """The course of a stream up to a revision, or beyond."""
        with self._lock:
            found = self._kept.get(stream, Course(stream))
        if len(found.marks) < revision:
            shelf = StreamShelf(connection, stream, self.recent)
            entries = journal.read(connection, stream, shelf, after=len(found.marks), until=revision)
            found = extended(found, entries if found.marks else self._kept_on_the_way(kind, stream, entries))
        with self._lock:
            self._kept[stream] = found
            self._kept.move_to_end(stream)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _kept_on_the_way(self, kind: StreamKind, stream: int, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Whoever reads all entries also makes states now and then, so that every jump to a moment is short."""
        state = streams.empty(kind, stream)
        for entry in entries:
            state = replay.after(state, entry)
            if state.revision % STRIDE == 0:
                self.states.remember(state)
            yield entry

    def order(self, courses: Sequence[Course]) -> list[Spot]:
        """The entries of several streams in the order in which they are told."""
        key = tuple((course.stream, len(course.marks)) for course in courses)
        with self._lock:
            found = self._orders.get(key)
        if found is None:
            known = {(one.stream, mark.revision): (mark.at, mark.cause) for one in courses for mark in one.marks}
            found = in_order(known)
        with self._lock:
            self._orders[key] = found
            self._orders.move_to_end(key)
            while len(self._orders) > KEPT:
                self._orders.popitem(last=False)
        return found


def extended(course: Course, entries: Iterator[Entry]) -> Course:
    """The course with more entries."""
    steps, places = dict(course.steps), dict(course.places)
    marks = list(course.marks)
    for entry in entries:
        cause = entry.command.envelope.cause
        for event in entry.events:
            learn(event, steps, places)
        moves = tuple(_moves(entry, steps))
        spot = None if cause is None else (cause.stream, cause.revision)
        papers = any(isinstance(event, PAPERS) for event in entry.events)
        marks.append(Mark(entry.revision, entry.at, spot, moves, tuple(_words(entry, places)), papers))
    return Course(course.stream, tuple(marks), steps, places)


def learn(event: Event, steps: dict[str, tuple[str, str]], places: dict[str, str]) -> None:
    """Note the element of an activity, and the activity of its timers, requests, messages and incidents."""
    if isinstance(event, events.ElementEntered):
        steps[event.activity] = (event.process, event.element)
        return
    for name in PLACES:
        if hasattr(event, name) and hasattr(event, "activity"):
            places[getattr(event, name)] = event.activity


def _moves(entry: Entry, steps: Mapping[str, tuple[str, str]]) -> Iterator[Move]:
    done = {event.task: event.person.id for event in entry.events if isinstance(event, events.TaskCompleted)}
    for event in entry.events:
        match event:
            case events.ElementEntered():
                yield Move(event.activity, event.process, event.element, entered=True, flow=event.flow)
            case events.ElementLeft() if event.activity in steps:
                cancelled, by = event.outcome is Outcome.CANCELLED, done.get(event.activity)
                yield Move(event.activity, *steps[event.activity], entered=False, cancelled=cancelled, by=by)
            case _:
                pass


def _words(entry: Entry, places: Mapping[str, str]) -> Iterator[Word]:
    for event in entry.events:
        match event:
            case events.MessageThrown():
                yield Word(SENT, event.name)
            case events.MessageAwaited():
                yield Word(AWAITED, event.name, event.activity)
            case events.MessageReceived():
                yield Word(RECEIVED, "", places.get(event.subscription, ""))
            case _:
                pass
