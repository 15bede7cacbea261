"""One pass of the worker: lease jobs, do them outside any step, answer with a command.

A job is done when its command's entry stands; the command's id is made from the job's, so a second try writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, select, update

from engine import commands, encoding
from engine.commands import (
    AnswerService,
    Cause,
    Command,
    DeliverMessage,
    Envelope,
    FailService,
    OpenCase,
    StartInstance,
)
from engine.errors import Reason, Refused
from engine.value import Context
from engine.words import Channel, StreamKind
from jobs.connectors import Call, Connector, ConnectorFailed
from jobs.connectors.number_sequence import NumberSequence
from storage import schema
from storage.moments import micros
from storage.projection import payload_of
from storage.submission import Store

CONNECTORS: Mapping[str, Connector] = {connector.name: connector for connector in (NumberSequence(),)}
"""Every connector by the name a model gives in `zx:connector`."""

LEASE = timedelta(minutes=2)
TRIES = 5
BATCH = 50


class Worker:
    """A worker on one database."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector] = CONNECTORS) -> None:
        self.store, self.connectors = store, connectors

    def run(self) -> int:
        """Do the jobs that are due; returns how many were done or given up."""
        done = 0
        while rows := self._lease(self.store.now()):
            done += sum(self._do(row) for row in rows)
        return done

    def _lease(self, now: datetime) -> list[Row[tuple[object, ...]]]:
        table = schema.job
        with self.store.database.write() as connection:
            query = select(table).where(table.c.due <= micros(now), table.c.leased_until < micros(now))
            rows = connection.execute(
                query.order_by(table.c.due, table.c.job).limit(BATCH).with_for_update(skip_locked=True)
            ).all()
            if rows:
                leased = {"leased_until": micros(now + LEASE), "tries": table.c.tries + 1}
                keys = [row.job for row in rows]
                connection.execute(update(table).where(table.c.job.in_(keys)).values(**leased))
        return list(rows)

    def _do(self, row: Row[tuple[object, ...]]) -> bool:
        payload = payload_of(bytes(row.payload))
        try:
            match row.kind:
                case "connector":
                    self._connector(row, payload)
                case "message":
                    self._message(row, payload)
                case _:
                    self._command(row, payload)
        except Refused as refused:
            return self._given_up(row, refused)
        except ConnectorFailed as failed:
            if not failed.permanent and row.tries + 1 < TRIES:
                self._later(row, str(failed))
                return False
            self._submit(FailService(envelope=self._envelope(row, row.stream_no), request=row.job, message=str(failed)))
        self._finished(row)
        return True

    def _connector(self, row: Row[tuple[object, ...]], payload: Mapping[str, object]) -> None:
        connector = self.connectors.get(str(payload["connector"]))
        if connector is None:
            raise ConnectorFailed(f"there is no connector {payload['connector']}", permanent=True)
        parameters = encoding.from_json(payload["parameters"])
        assert isinstance(parameters, Context)
        result = connector.run(Call(key=row.job, parameters=parameters), self.store.database)
        self._submit(AnswerService(envelope=self._envelope(row, row.stream_no), request=row.job, result=result))

    def _message(self, row: Row[tuple[object, ...]], payload: Mapping[str, object]) -> None:
        table = schema.subscription
        correlation = encoding.digest(encoding.from_json(payload["correlation"]))
        query = select(table).where(table.c.name == payload["name"], table.c.correlation == correlation)
        with self.store.database.read() as connection:
            found = connection.execute(query.order_by(table.c.subscription).limit(1)).one_or_none()
        if found is None:
            raise Refused(
                Reason.NOT_FOUND,
                f"没有实例在等待消息 {payload['name']}",
                f"no instance waits for message {payload['name']}",
            )
        content = encoding.from_json(payload["payload"])
        assert isinstance(content, Context)
        envelope = self._envelope(row, found.stream_no)
        self._submit(DeliverMessage(envelope=envelope, subscription=found.subscription, payload=content))

    def _command(self, row: Row[tuple[object, ...]], payload: Mapping[str, object]) -> None:
        kind = getattr(commands, str(payload["kind"]))
        fields = encoding.from_json(payload["fields"])
        assert isinstance(fields, Context)
        given = dict(_typed(kind, fields))
        if payload["stream"] is not None:
            self._submit(kind(envelope=self._envelope(row, int(str(payload["stream"]))), **given))
            return
        stream = {StartInstance: StreamKind.INSTANCE, OpenCase: StreamKind.CASE}[kind]
        key = f"job:{row.job}"
        self.store.open_stream(stream, key, lambda number: kind(envelope=self._envelope(row, number), **given))

    def _submit(self, command: Command) -> None:
        self.store.submit(command)

    def _envelope(self, row: Row[tuple[object, ...]], stream: int) -> Envelope:
        *_, n = (int(part) for part in row.job.split("."))
        cause = Cause(stream=row.stream_no, revision=row.revision, n=n)
        return Envelope(id=f"job:{row.job}", stream=stream, at=self.store.now(), channel=Channel.WORKER, cause=cause)

    def _finished(self, row: Row[tuple[object, ...]]) -> None:
        with self.store.database.write() as connection:
            connection.execute(delete(schema.job).where(schema.job.c.job == row.job))

    def _later(self, row: Row[tuple[object, ...]], problem: str) -> None:
        wait = timedelta(seconds=min(2**row.tries, 3_600))
        change = update(schema.job).where(schema.job.c.job == row.job)
        due = micros(self.store.now() + wait)
        with self.store.database.write() as connection:
            connection.execute(change.values(due=due, leased_until=0, problem=problem[:1_000]))

    def _given_up(self, row: Row[tuple[object, ...]], refused: Refused) -> bool:
        """What the engine refuses cannot come right by itself, unless an earlier job of the stream is still to be done."""
        if refused.reason is Reason.WRONG_STATE and row.tries + 1 < TRIES:
            self._later(row, str(refused))
            return False
        if row.kind == "message":
            self._later(row, str(refused))
            return False
        self._finished(row)
        return True


def _typed(kind: type[Command], fields: Context) -> list[tuple[str, object]]:
    """The fields of a follow-up as the command's class wants them; stream numbers travel as text."""
    found: list[tuple[str, object]] = []
    for name, value in fields.items():
        if kind is StartInstance and name == "case":
            found.append((name, None if value is None else int(str(value))))
        else:
            found.append((name, value))
    return found
