"""Delivery of messages, each to one receiver, and of signals, each to everybody who waits."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Row, Select, func, insert, select

from engine import encoding
from engine.commands import DeliverMessage, Envelope, OpenCase, ReceiveSignal, StartInstance
from engine.encoding import Json
from engine.errors import Text
from engine.flow.elements import Trigger
from engine.stream import ORGANISATION
from engine.value import Context
from engine.words import StreamKind
from jobs import lease, start
from jobs.envelope import envelope, key
from jobs.lease import Job
from jobs.start import Start
from storage import schema
from storage.attempt import Receipt
from storage.moments import micros
from storage.submission import Store

log = logging.getLogger(__name__)
Done = Callable[[Connection, Receipt], None]

EXPIRED = Text("在保留期内没有流程实例接收此消息", "no instance took the message while it was kept")


class Delivery:
    """Messages and signals of one database."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def message(self, job: Job, also: Done) -> Receipt | None:
        """Give the message to whoever has waited longest, else to a start event; without either it sleeps.

        None when it was given to nobody. Raises Refused.
        """
        if job.expired:
            log.warning("message %s (%s) expired: nobody took it", job.name, job.key)
            lease.park(self.store.database, job, EXPIRED)
            return None
        content = _content(job)
        with self.store.database.read() as connection:
            found = self._receiver(connection, job)
            case = start.case_of(connection, job.stream)
            begins = None if found is not None else self._start(connection, job, case)
        if found is not None:
            whom = envelope(self.store, job, found.stream_no)
            return self.store.submit(
                DeliverMessage(envelope=whom, subscription=found.subscription, payload=content), also=also
            )
        if begins is not None:
            return self._begin(job, begins, case, content, also)
        if not lease.put_to_sleep(self.store.database, job, lambda now: self._start(now, job, case) is not None):
            lease.give_back(self.store.database, job)
        return None

    def signal(self, job: Job) -> None:
        """One job for each that waits now in another instance, and for each start event, in place of the signal's."""
        payload = encoding.to_json(_content(job))
        with self.store.database.write() as connection:
            if not lease.done(connection, job):
                return  # another worker had it, too, and was faster
            case = start.case_of(connection, job.stream)
            waiting = connection.execute(_waiting(job)).all()
            own = None if case is None else start.procedure_of(connection, job.stream)
            begins = start.starts(self.store, connection, Trigger.SIGNAL, job.name or "", own)
            asked: list[tuple[str, int | None, Json]] = [
                ("received", row.stream_no, {"subscription": row.subscription, "payload": payload}) for row in waiting
            ]
            asked += [("command", None, _follow_up(found, case, payload)) for found in begins]
            rows = [self._row(job, number, *what) for number, what in enumerate(asked, 1)]
            if rows:
                connection.execute(insert(schema.job), rows)

    def received(self, job: Job, also: Done) -> Receipt:
        """Tell one receiver of a signal. Raises Refused."""
        assert job.target is not None
        whom = envelope(self.store, job, job.target)
        told = ReceiveSignal(envelope=whom, subscription=str(job.payload["subscription"]), payload=_content(job))
        return self.store.submit(told, also=also)

    def _receiver(self, connection: Connection, job: Job) -> Row[tuple[object, ...]] | None:
        """Whoever has waited longest."""
        table = schema.subscription.c
        query = select(schema.subscription).where(
            table.kind == "message", table.name == job.name, table.correlation == job.correlation
        )
        oldest = query.order_by(table.stream_no, func.length(table.subscription), table.subscription)
        return connection.execute(oldest.limit(1)).one_or_none()

    def _start(self, connection: Connection, job: Job, case: int | None) -> Start | None:
        """What begins with the message; in a case only what is of its procedure."""
        own = start.procedure_of(connection, job.stream)
        found = start.starts(self.store, connection, Trigger.MESSAGE, job.name or "", None if case is None else own)
        return min(found, key=lambda begins: begins.procedure != own, default=None)

    def _begin(self, job: Job, found: Start, case: int | None, payload: Context, also: Done) -> Receipt:
        if found.opens or (case is None and job.stream == ORGANISATION):
            return self.store.open_stream(
                StreamKind.CASE,
                key(job),
                lambda number: _opening(envelope(self.store, job, number), found, payload),
                also=also,
            )
        return self.store.open_stream(
            StreamKind.INSTANCE,
            key(job),
            lambda number: _beginning(envelope(self.store, job, number), found, case, payload),
            also=also,
        )

    def _row(self, job: Job, number: int, kind: str, target: int | None, payload: Json) -> dict[str, object]:
        return {
            "job": f"{job.key}/{number}",
            "stream_no": job.stream,
            "revision": job.revision,
            "kind": kind,
            "target": target,
            "payload": encoding.write(payload),
            "due": micros(self.store.now()),
        }


def _opening(whose: Envelope, found: Start, payload: Context) -> OpenCase:
    """A message from outside that is for no case begins one, and where the model says so every message."""
    return OpenCase(
        envelope=whose,
        procedure=found.procedure,
        version=found.version,
        data=Context(),
        process=found.process,
        input=Context(),
        start=found.element,
        payload=payload,
    )


def _beginning(whose: Envelope, found: Start, case: int | None, payload: Context) -> StartInstance:
    return StartInstance(
        envelope=whose,
        case=case,
        version=found.version,
        process=found.process,
        input=Context(),
        start=found.element,
        payload=payload,
    )


def _waiting(job: Job) -> Select[tuple[object, ...]]:
    table = schema.subscription.c
    query = select(schema.subscription).where(
        table.kind == "signal", table.name == job.name, table.correlation == job.correlation
    )
    others = query.where(table.stream_no != job.stream)  # who waits in the same instance had it in the step itself
    return others.order_by(table.stream_no, func.length(table.subscription), table.subscription)


def _content(job: Job) -> Context:
    content = encoding.from_json(job.payload["payload"])
    return content if isinstance(content, Context) else Context()


def _follow_up(found: Start, case: int | None, payload: Json) -> Json:
    fields = {
        "case": None if case is None else str(case),
        "version": found.version,
        "process": found.process,
        "input": Context(),
        "start": found.element,
        "payload": encoding.from_json(payload),
    }
    return {"kind": "StartInstance", "fields": encoding.to_json(Context(fields))}
