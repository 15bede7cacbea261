"""Everything a page reads of one case: as it is, or as it was after any of its entries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flask import current_app
from sqlalchemy import Connection, select

from engine.case import Case
from engine.events import FollowUpScheduled
from engine.instance import Instance
from engine.journal import Entry
from engine.procedure import Procedure
from engine.value import Person
from engine.words import StreamKind
from storage import journal, registers, schema
from web import reading
from web.access import hidden
from web.reader import who_reads
from web.telling.course import Course, Courses
from web.telling.naming import Names
from web.telling.order import Spot
from web.telling.told import Teller, Told

NUMBER = re.compile(r"[1-9]\d{0,17}")
SPOT = re.compile(r"([1-9]\d{0,17})\.([1-9]\d{0,17})")


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A case and its instances after the entry at `place` of `order`; places are counted from 1."""

    connection: Connection
    number: int
    place: int
    order: Sequence[Spot]
    courses: dict[int, Course]
    people: Mapping[str, str] = field(repr=False)
    zone: str
    _tellers: dict[int, Teller] = field(default_factory=dict, init=False, repr=False)

    @property
    def spot(self) -> Spot:
        """The entry after which the case is looked at."""
        return self.order[self.place - 1]

    @property
    def is_now(self) -> bool:
        """Nothing happened since."""
        return self.place == len(self.order)

    @cached_property
    def revisions(self) -> dict[int, int]:
        """Where each stream stands at that place; a stream that began later is missing."""
        found: dict[int, int] = {}
        for stream, revision in self.order[: self.place]:
            found[stream] = revision
        return found

    @cached_property
    def case(self) -> Case:
        """The case as it was."""
        return self.case_at(self.revisions.get(self.number, 0))

    @cached_property
    def instances(self) -> list[Instance]:
        """Its instances as they were."""
        return [self.instance_at(stream, self.revisions[stream]) for stream in self.streams]

    @property
    def streams(self) -> list[int]:
        """The instances that had begun, oldest first."""
        return sorted(stream for stream in self.revisions if stream != self.number)

    def case_at(self, revision: int) -> Case:
        """The case after one of its own entries."""
        found = reading.store().states.at(self.connection, StreamKind.CASE, self.number, revision)
        assert isinstance(found, Case)
        return found

    def instance_at(self, stream: int, revision: int) -> Instance:
        """An instance after one of its entries."""
        found = reading.store().states.at(self.connection, StreamKind.INSTANCE, stream, revision)
        assert isinstance(found, Instance)
        return found

    def procedure(self, version: str) -> Procedure:
        """A published version."""
        return reading.procedure(self.connection, version)

    def names(self, stream: int) -> Names:
        """The names that sentences about a stream need: those of the version it runs on."""
        state = self.case if stream == self.number else self.instance_at(stream, self.revisions.get(stream, 1))
        return Names(self.procedure(state.version) if state.version else None, self.people, self.zone)

    def entry(self, spot: Spot) -> Entry:
        """One entry."""
        return self.entries([spot])[spot]

    def entries(self, spots: Sequence[Spot]) -> dict[Spot, Entry]:
        """Several entries, in one look."""
        return journal.some(self.connection, spots, reading.store().recent)

    def teller(self, stream: int) -> Teller:
        """Tells any entry of a stream."""
        if stream not in self._tellers:
            self._tellers[stream] = Teller(self.names(stream), self.courses[stream])
        return self._tellers[stream]

    def sentences(self, entry: Entry) -> list[Told]:
        """What an entry says; what is to follow is told by what followed."""
        jobs = {event.job for event in entry.events if isinstance(event, FollowUpScheduled)}
        return self.teller(entry.stream).sentences(entry, jobs if len(self.courses) > 1 else ())

    def place_of(self, spot: Spot) -> int:
        """The place of an entry; 0 when it is none of this case."""
        try:
            return self.order.index(spot) + 1
        except ValueError:
            return 0

    def moment_of(self, place: int) -> datetime:
        """When the entry at a place was made."""
        stream, revision = self.order[place - 1]
        return self.courses[stream].marks[revision - 1].at


def number_of(text: str) -> int:
    """The number in an address; 404 for what is none."""
    if not NUMBER.fullmatch(text):
        hidden()
    return int(text)


def spot_of(text: str) -> Spot:
    """Stream and entry in an address; 404 for what is none."""
    found = SPOT.fullmatch(text)
    if found is None:
        hidden()
    assert found is not None
    return int(found[1]), int(found[2])


def dossier(connection: Connection, number: int, spot: Spot | None = None, place: int | None = None) -> Dossier:
    """A case that the person may read, now or at a moment; 404 for every other."""
    if not registers.may_see(connection, who_reads(connection), number):
        hidden()
    table, instance = schema.stream.c, schema.instance.c
    streams = [number, *connection.execute(select(instance.stream_no).where(instance.case_no == number)).scalars()]
    rows = connection.execute(select(table.stream_no, table.revision).where(table.stream_no.in_(streams))).all()
    kept = courses()
    followed = {
        stream: kept.of(connection, StreamKind.CASE if stream == number else StreamKind.INSTANCE, stream, revision)
        for stream, revision in sorted((row.stream_no, row.revision) for row in rows)
    }
    order = kept.order(list(followed.values()))
    found = Dossier(
        connection=connection,
        number=number,
        place=len(order),
        order=order,
        courses=followed,
        people=reading.names(connection),
        zone=reading.organisation(connection).working.zone,
    )
    wanted = (
        found.place_of(spot) if spot is not None else min(max(len(order) if place is None else place, 1), len(order))
    )
    if not wanted:
        hidden()
    return found if wanted == len(order) else _at(found, wanted)


def person_name(found: Dossier, person: Person | None) -> str:
    """The name of a person; nothing for nobody."""
    return "" if person is None else found.people.get(person.id, person.id)


def _at(found: Dossier, place: int) -> Dossier:
    return Dossier(
        connection=found.connection,
        number=found.number,
        place=place,
        order=found.order,
        courses=found.courses,
        people=found.people,
        zone=found.zone,
    )


def courses() -> Courses:
    """The courses of tokens that this process has followed."""
    found = current_app.extensions.setdefault(
        "zhixing_courses", Courses(reading.store().recent, reading.store().states)
    )
    assert isinstance(found, Courses)
    return found
