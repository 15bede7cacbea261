"""One pass of the worker: lease jobs, do them outside any step, answer with a command.

A job leaves its table in the transaction of the entry that says it is done; the command's id is made from the job's,
so a second try writes nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from threading import Event

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine.commands import FailService
from engine.connector import CONNECTORS, Declaration
from engine.errors import EngineError, Reason, Refused, Text
from jobs import follow_up, lease
from jobs.connector import Connector, ConnectorFailed, Target
from jobs.connectors import connectors as every_connector
from jobs.delivery import Delivery
from jobs.envelope import envelope
from jobs.lease import Job
from jobs.service import TRIES, Services
from storage.attempt import Receipt
from storage.submission import Store

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
    """A worker on one database; `stopping` makes it give back what it has not begun."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[str, Connector] | None = None,
        *,
        targets: Mapping[str, Target] | None = None,
        declared: Mapping[str, Declaration] = CONNECTORS,
        stopping: Event | None = None,
    ) -> None:
        self.store, self.stopping = store, stopping or Event()
        found = every_connector() if connectors is None else connectors
        self.services = Services(store=store, connectors=found, targets=targets or {}, declared=declared)
        self.delivery = Delivery(store)

    def run(self, most: int = PASS, batch: int = BATCH) -> int:
        """Do the jobs that are due; returns how many were done or given up."""
        done = taken = 0
        while taken < most and not self.stopping.is_set():
            found = lease.take(self.store.database, self.store.now(), min(batch, most - taken))
            if not found:
                break
            taken += len(found)
            done += sum(self._guarded(job) for job in found)
        return done

    def _guarded(self, job: Job) -> bool:
        """One job's fault must not keep the others waiting; its lease runs out, and it is tried again, in the end parked."""
        if self.stopping.is_set():
            lease.give_back(self.store.database, job)
            return False
        try:
            return self._do(job)
        except Exception as error:
            log.exception("job %s failed", job.key)
            with suppress(OperationalError):  # the database is away: the lease runs out by itself
                self._unforeseen(job, error)
            return False

    def _unforeseen(self, job: Job, error: Exception) -> None:
        if job.tries < TRIES:
            lease.fail(self.store.database, job)
            return
        kind = type(error).__name__
        lease.park(self.store.database, job, Text(f"内部错误({kind})", f"an internal error ({kind})"))

    def _do(self, job: Job) -> bool:
        if self.store.now() >= job.until:
            return False  # the ones before took too long: another worker may have it by now
        held = self.services.begin(job)
        return held is not None and self._tried(held)

    def _tried(self, job: Job) -> bool:
        try:
            return self._act(job)
        except Refused as refused:
            return self._refused(job, refused)
        except ConnectorFailed as failed:
            return self._failed(job, failed)
        except (EngineError, LookupError, ValueError, AssertionError) as error:
            log.exception("job %s cannot be read", job.key)
            why = _storable(f"{type(error).__name__}: {error}")
            lease.park(self.store.database, job, Text(f"无法读取「{why}」", f"cannot be read: {why}"))
            return True

    def _act(self, job: Job) -> bool:
        """What the job asks for; False when nothing was done."""
        also = _done(job)
        receipt: Receipt | None
        match job.kind:
            case "connector":
                receipt = self.store.submit(self.services.answer(job), also=also)
            case "message":
                receipt = self.delivery.message(job, also)
            case "signal":
                self.delivery.signal(job)
                return True
            case "received":
                receipt = self.delivery.received(job, also)
            case _:
                receipt = follow_up.submit(self.store, job, also)
        if receipt is None:
            return job.expired
        if receipt.repeated or not receipt.events:
            lease.drop(self.store.database, job)
        return True

    # -------------------------------------------------------------- how it went

    def _refused(self, job: Job, refused: Refused) -> bool:
        database = self.store.database
        if job.kind == "message" and refused.reason in PASSED and job.tries < TRIES:
            lease.release(database, job)  # the receiver got another one, or is gone
            return False
        if job.kind == "received" and refused.reason in PASSED:
            lease.drop(database, job)  # a signal is for those who wait when it comes
            return True
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
        whose = envelope(self.store, job, job.stream)
        command = FailService(envelope=whose, request=job.key, message=why, error=failed.code)
        try:
            receipt = self.store.submit(command, also=_done(job))
        except Refused:
            lease.drop(self.store.database, job)  # nobody waits for the answer any more
            return True
        if receipt.repeated or not receipt.events:
            lease.drop(self.store.database, job)
        return True

    def _later(self, job: Job, problem: Text) -> None:
        now = self.store.now()
        lease.put_off(self.store.database, job, now + wait(job.key, job.tries), problem)


def wait(key: str, tries: int) -> timedelta:
    """How long a job waits after so many tries: twice as long each time, and up to a quarter more, by its key.

    The same on every node, so that a run can be told again; another for each job, so that they do not come back at once.
    """
    spread = int.from_bytes(hashlib.sha256(f"{key} {tries}".encode()).digest()[:2]) / 0x1_0000
    return timedelta(seconds=min(2**tries, LONGEST_WAIT) * (1 + spread / 4))


def _done(job: Job) -> Callable[[Connection, Receipt], None]:
    def gone(connection: Connection, _receipt: Receipt) -> None:
        lease.done(connection, job)

    return gone


def _storable(text: str) -> str:
    """An error's text as it can be kept: no lone surrogate, no NUL, and not without end."""
    short = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return short.encode(errors="replace").decode().replace("\0", "?")
