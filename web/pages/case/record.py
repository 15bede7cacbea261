"""The history of a case, page by page, the newest first: entries that lead to their moment, and refusals between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from engine.errors import Text
from engine.events import TaskEscalated
from engine.journal import Entry
from storage import refusals
from storage.refusals import Kept
from web import texts
from web.sight.dossier import Dossier
from web.telling.order import Spot
from web.telling.told import Told

SIZE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry, or the refusal with a number: when, who and what; `spot` is the entry it leads to, of a refusal the newest before it."""

    at: datetime
    time: str
    who: Text
    what: tuple[Text, ...]
    spot: str
    refusal: int = 0

    @property
    def anchor(self) -> str:
        """What names a refusal on the page of its moment."""
        return f"refused-{self.refusal}" if self.refusal else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The lines of one day."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A page of the history; `before` is the place where the page before it in time begins, if there is one.

    So many refusals are `untold`: each page has room for as many as for entries.
    """

    days: tuple[Day, ...]
    before: int | None
    untold: int


def newest(found: Dossier, size: int) -> Record:
    """What happened last, in so many lines; escalations that found nobody to tell stand in the whole history alone."""
    last, looked = found.place, max(found.place - 2 * size, 0)
    entries = found.entries(found.order[looked:last])
    places = [place for place in range(last, looked, -1) if not _is_unheard(entries[found.order[place - 1]])][:size]
    lines = [line for place in places for line in _entry(found, place, entries)]
    refused, untold = _refused(found, min(places, default=1) - 1, last, size)
    lines += [_refusal(found, kept) for kept in refused]
    lines.sort(key=lambda line: line.at, reverse=True)
    return Record(days=tuple(_days(lines)), before=None, untold=untold)


def _is_unheard(entry: Entry) -> bool:
    escalated = [event for event in entry.events if isinstance(event, TaskEscalated)]
    return bool(escalated) and not any(event.persons for event in escalated)


def record(found: Dossier, before: int | None = None) -> Record:
    """The entries at the places below one, the newest first."""
    last = found.place if before is None else min(max(before - 1, 0), found.place)
    first = max(last - SIZE, 0)
    entries = found.entries(found.order[first:last])
    lines = [line for place in range(last, first, -1) for line in _entry(found, place, entries)]
    refused, untold = _refused(found, first, last, SIZE)
    lines += [_refusal(found, kept) for kept in refused]
    lines.sort(key=lambda line: line.at, reverse=True)
    return Record(days=tuple(_days(lines)), before=first + 1 if first else None, untold=untold)


def _entry(found: Dossier, place: int, entries: Mapping[Spot, Entry]) -> Iterator[Line]:
    spot = found.order[place - 1]
    told = found.sentences(entries[spot])
    if told:
        yield _line(found.moment_of(place), told, f"{spot[0]}.{spot[1]}")


def refused_after(found: Dossier) -> list[Line]:
    """What was refused after the entry at which the case is looked at, and before the one that follows."""
    refused, _untold = _refused(found, found.place, found.place if found.is_now else found.place + 1, SIZE)
    return [_refusal(found, kept) for kept in refused]


def _refused(found: Dossier, first: int, last: int, most: int) -> tuple[list[Kept], int]:
    """What was refused between two places, behind the newest entry, too; and how many more there are."""
    low = found.moment_of(first) if first else None
    high = None if last == len(found.order) else found.moment_of(last)
    return refusals.between(found.connection, list(found.courses), low, high, most)


def _refusal(found: Dossier, kept: Kept) -> Line:
    places = range(1, len(found.order) + 1)
    stream, revision = found.order[max(bisect_right(places, kept.at, key=found.moment_of), 1) - 1]
    return _line(kept.at, [found.teller(kept.stream).refusal(kept)], f"{stream}.{revision}", kept.number)


def _line(at: datetime, told: Sequence[Told], spot: str, refusal: int = 0) -> Line:
    who = next((one.who for one in told if one.who.zh), Text("", ""))
    what = tuple(one.what for one in told)
    return Line(at=at, time=f"{texts.local(at):%H:%M}", who=who, what=what, spot=spot, refusal=refusal)


def _days(lines: Sequence[Line]) -> Iterator[Day]:
    for day, of_day in groupby(lines, key=lambda line: texts.local(line.at).date()):
        yield Day(title=texts.near(day) or texts.day(day), lines=tuple(of_day))
