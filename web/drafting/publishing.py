"""A draft put in force, at once or from a later day: by somebody who wrote nothing of it, with a sentence why, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from engine.commands import Envelope, PublishVersion
from engine.errors import Reason, Refused
from engine.value import Person
from engine.words import StreamKind
from storage import working_copies
from storage.attempt import Receipt
from web import reading
from web.drafting.draft import Draft
from web.identity import me

SHORTEST, LONGEST = 4, 1_000
"""Characters of the sentence that says why."""

FURTHEST = timedelta(days=731)


def publish(found: Draft, envelope: Envelope, reason: str, mark: int, effective: datetime | None) -> Receipt:
    """Submit the command; the draft goes in its transaction, if it still is as it was seen. Raises Refused."""
    store, key = reading.store(), found.copy.procedure
    procedure = store.procedures.keep(found.files)
    command = PublishVersion(
        envelope=envelope,
        procedure=key,
        version=procedure.digest,
        label=procedure.label,
        reason=reason,
        authors=tuple(Person(author) for author in sorted(found.copy.authors)),
        effective=effective,
    )

    def also(connection: Connection, _receipt: Receipt) -> None:
        working_copies.publish(connection, key, mark, found.in_force, publishing(found))

    if found.is_new:
        return store.open_stream(
            StreamKind.PROCEDURE,
            envelope.id,
            lambda number: replace(command, envelope=replace(envelope, stream=number)),
            also=also,
        )
    return store.submit(command, also=also)


def stream_of(found: Draft) -> int:
    """The stream that the publication is written to; 0 while there is none."""
    with reading.store().database.read() as connection:
        place = None if found.is_new else reading.store().procedures.place(found.copy.procedure, connection)
    return 0 if place is None else place.stream


def publishing(found: Draft) -> frozenset[str]:
    """Who would publish: the person, and whoever they act for where they have no right of their own. They count as one."""
    is_own = bool(me().roles & set(found.publishers))
    return frozenset({me().person.id, *(() if is_own else (person.id for person in me().principals))})


def sentence(text: str) -> str:
    """The sentence why. Raises Refused."""
    reason = " ".join(text.split())
    if SHORTEST <= len(reason) <= LONGEST:
        return reason
    raise Refused(
        Reason.INVALID_DATA,
        f"请用一句话写明为什么发布({SHORTEST} 到 {LONGEST} 个字)",
        f"expected a sentence why, of {SHORTEST} to {LONGEST} characters",
    )


def moment(day: str, zone: str) -> datetime | None:
    """The beginning of a later day in the organisation's zone; None for at once. Raises Refused."""
    if not day.strip():
        return None
    now = reading.store().now()
    try:
        wanted = date.fromisoformat(day.strip())
    except ValueError:
        wanted = date.min
    today = now.astimezone(ZoneInfo(zone)).date()
    if not today < wanted <= today + FURTHEST:
        raise Refused(
            Reason.INVALID_DATA,
            f"生效日期应为今天以后、{FURTHEST.days} 天以内的日期,如 {today + timedelta(days=7)}",
            f"expected a day after today, at most {FURTHEST.days} days ahead, such as {today + timedelta(days=7)}",
        )
    return datetime.combine(wanted, time(), ZoneInfo(zone))
