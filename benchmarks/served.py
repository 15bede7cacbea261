"""A process that serves an application by waitress, as the product is served, and clients that ask it over HTTP."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import waitress
from flask import Flask

from benchmarks.house import NOW
from benchmarks.office import application, logging_aside
from storage.database import Database
from storage.submission import Store
from web.cli.pages import SERVER

PATIENCE = 60
TICKS = os.sysconf("SC_CLK_TCK")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server: where it answers, and which process it is."""

    port: int
    process: int

    def busy(self) -> float:
        """Seconds its process was on a core until now; finer than a tick they are not counted."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Megabytes that its process holds."""
        for line in Path(f"/proc/{self.process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("expected a line with the resident memory")


class Client:
    """One connection that is kept, as a browser keeps it."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = {**FORM, **({"Cookie": f"zhixing={cookie}"} if cookie else {})}

    def get(self, address: str) -> bytes:
        """A page that is there."""
        return self._asked("GET", address, None, 200)

    def post(self, address: str, form: Mapping[str, str], expected: int) -> None:
        """Send a form; the answer has to be this one."""
        self._asked("POST", address, urlencode(form), expected)

    def _asked(self, method: str, address: str, body: str | None, expected: int) -> bytes:
        self.connection.request(method, address, body, self.headers)
        answer = self.connection.getresponse()
        found = answer.read()
        assert answer.status == expected, (answer.status, address, found[:300])
        return found


def product(url: str) -> Flask:
    """The product on this database."""
    return application(Store(Database(url), lambda: NOW))


@contextmanager
def served(make: Callable[[str], Flask], url: str) -> Iterator[Served]:
    """The application that `make` makes for the database, in a process of its own."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(make, url, there), daemon=True)
    process.start()
    try:
        assert here.poll(PATIENCE), "expected the server to begin"
        yield Served(port=here.recv(), process=process.pid or 0)
    finally:
        process.terminate()
        process.join(PATIENCE)


def _serve(make: Callable[[str], Flask], url: str, told: Pipe) -> None:
    logging.getLogger("waitress").setLevel(logging.ERROR)  # that requests queue is what is measured
    with logging_aside():
        server: Any = waitress.create_server(make(url), listen="127.0.0.1:0", **SERVER)
        told.send(int(server.effective_port))
        server.run()
