"""One pass of the worker: lease jobs, do them outside any step, answer with a command.

A job leaves its table in the transaction of the entry that says it is done; the command's id is made from the job's,
so a second try writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Row, func, select

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
from engine.errors import EngineError, MalformedValue, Reason, Refused, Text
from engine.value import Context
from engine.words import Channel, StreamKind
from jobs import lease
from jobs.connectors import Call, Connector, ConnectorFailed
from jobs.connectors.number_sequence import NumberSequence
from jobs.lease import Job
from storage import schema
from storage.submission import Receipt, Store

CONNECTORS: Mapping[str, Connector] = {connector.name: connector for connector in (NumberSequence(),)}
"""Every connector by the name a model gives in `zx:connector`."""

TRIES = 5
BATCH = 50
PASS = 100_000
"""How many jobs one pass takes at most, so that a model that makes work without end does not keep it for ever."""

LONGEST_WAIT = 3_600
LONGEST_TEXT = 500
"""How much of an error's text is kept, in characters: it goes into an entry that nobody can shorten afterwards."""

PASSED = (Reason.NOT_FOUND, Reason.WRONG_STATE)
"""What a refusal says when the answer came too late to matter."""

log = logging.getLogger(__name__)


class Worker:
    """A worker on one database."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector] = CONNECTORS) -> None:
        self.store, self.connectors = store, connectors

    def run(self, most: int = PASS) -> int:
        """Do the jobs that are due; returns how many were done or given up."""
        done = taken = 0
        while taken < most and (found := lease.take(self.store.database, self.store.now(), min(BATCH, most - taken))):
            taken += len(found)
            done += sum(self._guarded(job) for job in found)
        return done

    def _guarded(self, job: Job) -> bool:
        """One job's fault must not keep the others waiting; its lease runs out, and it is tried again, in the end parked."""
        try:
            return self._do(job)
        except Exception as error:
            log.exception("job %s failed", job.key)
            if job.tries >= TRIES:
                kind = type(error).__name__
                lease.park(self.store.database, job, Text(f"内部错误({kind})", f"an internal error ({kind})"))
            return False

    def _do(self, job: Job) -> bool:
        if self.store.now() >= job.until:
            return False  # the ones before took too long: another worker may have it by now
        try:
            self._act(job)
        except Refused as refused:
            return self._refused(job, refused)
        except ConnectorFailed as failed:
            return self._failed(job, failed)
        except (EngineError, LookupError, ValueError, AssertionError) as error:
            log.exception("job %s cannot be read", job.key)
            why = _storable(f"{type(error).__name__}: {error}")
            lease.park(self.store.database, job, Text(f"无法读取「{why}」", f"cannot be read: {why}"))
        return True

    def _act(self, job: Job) -> None:
        match job.kind:
            case "connector":
                self._connector(job)
            case "message":
                self._message(job)
            case _:
                self._command(job)

    # -------------------------------------------------------------- what a job asks for

    def _connector(self, job: Job) -> None:
        name = str(job.payload["connector"])
        connector = self.connectors.get(name)
        if connector is None:
            raise ConnectorFailed(f"there is no connector {name}", permanent=True)
        if job.tries > TRIES:
            raise ConnectorFailed(f"the worker was interrupted in each of {job.tries - 1} tries", permanent=True)
        parameters = encoding.from_json(job.payload["parameters"])
        assert isinstance(parameters, Context)
        try:
            result = connector.run(Call(key=job.key, parameters=parameters), self.store.database)
            encoding.encode(result)
        except MalformedValue as error:
            raise ConnectorFailed(f"the connector's result cannot be kept: {error}", permanent=True) from error
        except ConnectorFailed:
            raise
        except Exception as error:  # one connector's fault must not keep the other jobs waiting
            log.exception("connector %s failed", name)
            raise ConnectorFailed(f"{type(error).__name__}: {error}", permanent=False) from error
        self._submit(job, AnswerService(envelope=self._envelope(job, job.stream), request=job.key, result=result))

    def _message(self, job: Job) -> None:
        found = self._receiver(job)
        if found is None:
            raise Refused(
                Reason.NOT_FOUND,
                f"没有实例在等待消息 {job.name}",
                f"no instance waits for message {job.name}",
            )
        content = encoding.from_json(job.payload["payload"])
        assert isinstance(content, Context)
        envelope = self._envelope(job, found.stream_no)
        self._submit(job, DeliverMessage(envelope=envelope, subscription=found.subscription, payload=content))

    def _receiver(self, job: Job) -> Row[tuple[object, ...]] | None:
        """Whoever has waited longest."""
        table = schema.subscription
        query = select(table).where(table.c.name == job.name, table.c.correlation == job.correlation)
        oldest = query.order_by(table.c.stream_no, func.length(table.c.subscription), table.c.subscription)
        with self.store.database.read() as connection:
            return connection.execute(oldest.limit(1)).one_or_none()

    def _command(self, job: Job) -> None:
        kind = getattr(commands, str(job.payload["kind"]))
        fields = encoding.from_json(job.payload["fields"])
        assert isinstance(fields, Context)
        given = dict(_typed(kind, fields))
        if job.target is not None:
            self._submit(job, kind(envelope=self._envelope(job, job.target), **given))
            return
        stream = {StartInstance: StreamKind.INSTANCE, OpenCase: StreamKind.CASE}[kind]
        receipt = self.store.open_stream(
            stream,
            f"job:{job.key}",
            lambda number: kind(envelope=self._envelope(job, number), **given),
            also=lambda connection, _receipt: lease.done(connection, job),
        )
        self._answered(job, receipt)

    # -------------------------------------------------------------- how it went

    def _submit(self, job: Job, command: Command) -> None:
        receipt = self.store.submit(command, also=lambda connection, _receipt: lease.done(connection, job))
        self._answered(job, receipt)

    def _answered(self, job: Job, receipt: Receipt) -> None:
        if receipt.repeated or not receipt.events:
            lease.drop(self.store.database, job)

    def _refused(self, job: Job, refused: Refused) -> bool:
        database = self.store.database
        if job.kind == "message" and refused.reason in PASSED:
            lease.give_back(database, job)  # the receiver got another one, or is gone
            return False
        if job.kind == "connector":
            return self._unwanted(job, refused)
        if refused.reason is Reason.WRONG_STATE and job.tries < TRIES:
            self._later(job, refused.text)
            return False
        log.warning("job %s is parked: %s", job.key, refused)
        lease.park(database, job, refused.text)
        return True

    def _unwanted(self, job: Job, refused: Refused) -> bool:
        """The answer came too late, or the instance cannot go on with it: then a person decides."""
        if refused.reason in PASSED:
            lease.drop(self.store.database, job)
            return True
        return self._failed(job, ConnectorFailed(str(refused), permanent=True))

    def _failed(self, job: Job, failed: ConnectorFailed) -> bool:
        why = _storable(str(failed))
        if not failed.permanent and job.tries < TRIES:
            self._later(job, Text(f"失败「{why}」", f"failed: {why}"))
            return False
        envelope = self._envelope(job, job.stream)
        try:
            self._submit(job, FailService(envelope=envelope, request=job.key, message=why))
        except Refused:
            lease.drop(self.store.database, job)  # nobody waits for the answer any more
        return True

    def _later(self, job: Job, problem: Text) -> None:
        wait = timedelta(seconds=min(2**job.tries, LONGEST_WAIT))
        lease.put_off(self.store.database, job, self.store.now() + wait, problem)

    def _envelope(self, job: Job, stream: int) -> Envelope:
        cause = Cause(stream=job.stream, revision=job.revision, n=int(job.key.rpartition(".")[2]))
        return Envelope(id=f"job:{job.key}", stream=stream, at=self.store.now(), channel=Channel.WORKER, cause=cause)


def _storable(text: str) -> str:
    """An error's text as it can be kept: no lone surrogate, no NUL, and not without end."""
    short = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return short.encode(errors="replace").decode().replace("\0", "?")


def _typed(kind: type[Command], fields: Context) -> list[tuple[str, object]]:
    """The fields of a follow-up as the command's class wants them; stream numbers travel as text."""
    found: list[tuple[str, object]] = []
    for name, value in fields.items():
        if kind is StartInstance and name == "case":
            found.append((name, None if value is None else int(str(value))))
        else:
            found.append((name, value))
    return found
