"""A node: one tick every second, which looks once whether anything is due, and threads that do what is.

APScheduler keeps its one job in memory. Nodes know nothing of each other: what is due is claimed row by row in the
database, so there may be as many of them as one likes, and each may be killed at any moment.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from jobs import clock, health
from jobs.connector import Target
from jobs.worker import Worker
from storage import uploads
from storage.submission import Store

INTERVAL = 1.0
SEEN = timedelta(seconds=20)
"""How often a node says that it lives; an idle one writes nothing else."""

STALLED = 5
"""After how many intervals without a tick it is called anew: the scheduler waits for a wall clock that was set back."""

SWEPT = 3_600
"""After how many intervals files that nobody uses are looked for."""

BATCH = 10
"""How many jobs a thread leases at once: few, so that others find some too."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Node:
    """One process's part in the work of a database; `sealing` is done now and then, when there is something to seal."""

    store: Store
    targets: Mapping[str, Target] = field(default_factory=dict)
    threads: int = 2
    interval: float = INTERVAL
    sealing: Callable[[], None] | None = None
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def __post_init__(self) -> None:
        self.stopping, self.wanted = threading.Event(), threading.Semaphore(0)
        self.last_tick: datetime | None = None
        self._ticked = time.monotonic()
        self._guard = threading.Lock()
        self._last_seen: datetime | None = None
        self._scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone="UTC")
        self._workers = [
            threading.Thread(target=self._serve, name=f"worker {number}", daemon=True) for number in range(self.threads)
        ]

    def start(self) -> None:
        """Begin to serve, and return."""
        health.begin(self.store.database, self.name, self.store.now())
        for worker in self._workers:
            worker.start()
        one_at_a_time = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._ticking = self._scheduler.add_job(self.tick, "interval", seconds=self.interval, **one_at_a_time)
        if self.sealing is not None:
            self._scheduler.add_job(self._seal, "interval", seconds=60 * self.interval, **one_at_a_time)
        self._scheduler.add_job(self._sweep, "interval", seconds=SWEPT * self.interval, **one_at_a_time)
        self._scheduler.start()

    def stop(self, patience: float = 60.0) -> bool:
        """Finish what is begun, give back what is not, and say goodbye. False when a thread would not end in time."""
        self.stopping.set()
        for _ in self._workers:
            self.wanted.release()
        self._scheduler.shutdown(wait=True)
        for worker in self._workers:
            worker.join(patience)
        health.end(self.store.database, self.name)
        return not any(worker.is_alive() for worker in self._workers)

    def once(self) -> tuple[int, int]:
        """One pass of clock and worker in this thread: how many timers fired, how many jobs were done."""
        fired = clock.tick(self.store, self.stopping.is_set)
        return fired, self._worker().run()

    def tick(self) -> None:
        """Look whether anything is due, fire the timers, and wake the workers; what fails is tried at the next tick."""
        now, self._ticked = self.store.now(), time.monotonic()
        try:
            with self.store.database.read() as connection:
                due = connection.execute(health.is_due(now)).one()
            if due.timers:
                clock.tick(self.store, self.stopping.is_set)
            if due.jobs or due.timers:
                for _ in self._workers:
                    self.wanted.release()
            self.last_tick = now
            self._say_alive(now)
        except SQLAlchemyError:  # a server that restarts is back in a while
            log.exception("the tick failed")

    def _say_alive(self, now: datetime) -> None:
        if self._last_seen is None or not timedelta(0) <= now - self._last_seen < SEEN:  # also when the clock went back
            health.seen(self.store.database, self.name, now)
            self._last_seen = now

    def _serve(self) -> None:
        worker = self._worker()
        while not self.stopping.is_set():
            if not self.wanted.acquire(timeout=STALLED * self.interval):
                self._unstall()
                continue
            while self.wanted.acquire(blocking=False):
                pass  # several ticks while it worked are one reason to look again
            try:
                worker.run(batch=BATCH)
            except Exception:  # whatever it was, the next tick begins anew
                log.exception("a pass of the worker failed")
        self.wanted.release()  # the call to stop was for each, but one that wakes takes all there are

    def _unstall(self) -> None:
        with self._guard:
            if time.monotonic() - self._ticked > STALLED * self.interval and not self.stopping.is_set():
                log.warning("no tick for a while: was the clock set back?")
                self._ticked = time.monotonic()
                self._ticking.modify(next_run_time=datetime.now(UTC))

    def _worker(self) -> Worker:
        return Worker(self.store, targets=self.targets, stopping=self.stopping)

    def _sweep(self) -> None:
        try:
            uploads.sweep(self.store)
        except Exception:  # whatever it was, the next hour begins anew
            log.exception("sweeping files failed")

    def _seal(self) -> None:
        assert self.sealing is not None
        try:
            self.sealing()
        except Exception:
            log.exception("sealing failed")
