"""Replacing somebody by the steps that the procedure has drawn: how that stands, and that it is begun once at a time, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from engine.errors import Reason, Refused
from engine.events import MessageThrown
from engine.instance import Instance, Subscription
from engine.words import StreamKind
from storage import correlation, schema
from storage.attempt import Also, Receipt
from storage.submission import Store
from web.sight.replacing import Replacing, replacing


def alone(store: Store) -> Also:
    """Asked under the lock of a message to a case: no replacement that it would begin is under way. Raises Refused."""

    def ask(connection: Connection, receipt: Receipt) -> None:
        own = {event.message: event.name for event in receipt.events if isinstance(event, MessageThrown)}
        query = select(schema.case.c.version).where(schema.case.c.stream_no == receipt.stream)
        version = connection.execute(query).scalar_one()
        for way in replacing(store.procedures.get(version, connection)).values():
            if way.message in own.values() and _is_begun(store, connection, receipt.stream, way, own):
                raise Refused(
                    Reason.WRONG_STATE,
                    "更换正在进行,请等它办完",
                    "expected no replacement to be under way; wait until the one that was begun is done",
                )

    return ask


def standing(instances: Iterable[Instance], way: Replacing) -> tuple[Subscription | None, bool]:
    """The message that an instance waits for to replace somebody, and whether it is just being done."""
    awaited, is_under_way = None, False
    for instance in instances:
        at = {key: (one.process, one.element) for key, one in instance.activities.items()}
        here = way.start.process, way.start.id
        awaited = next((one for one in instance.subscriptions.values() if at.get(one.activity) == here), awaited)
        is_under_way = is_under_way or (way.start.process, way.start.parent) in at.values()
    return awaited, is_under_way


def is_sent(connection: Connection, number: int, awaited: Subscription, but: Iterable[str] = ()) -> bool:
    """The message is sent, other than by these, and the worker has not delivered it yet."""
    key = correlation.of(number, awaited.correlation)
    return correlation.is_on_its_way(connection, awaited.name, key, but)


def _is_begun(store: Store, connection: Connection, number: int, way: Replacing, own: Iterable[str]) -> bool:
    awaited, is_under_way = standing(_instances(store, connection, number), way)
    return is_under_way or (awaited is not None and is_sent(connection, number, awaited, own))


def _instances(store: Store, connection: Connection, number: int) -> Iterator[Instance]:
    """The instances of a case as this connection finds them."""
    streams, instances = schema.stream.c, schema.instance.c
    query = select(streams.stream_no, streams.revision).join(schema.instance, instances.stream_no == streams.stream_no)
    for stream, revision in connection.execute(query.where(instances.case_no == number)).all():
        found = store.states.at(connection, StreamKind.INSTANCE, stream, revision)
        assert isinstance(found, Instance)
        yield found
