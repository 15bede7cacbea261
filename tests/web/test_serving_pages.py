"""`zhixing serve` and `zhixing serve-web` as an operator runs them."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from tests.web.terminal import ROOT, Terminal

ONE_TIME = re.compile(r"([a-z0-9]{4}(?:-[a-z0-9]{4}){3})")


def _free() -> str:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@contextmanager
def _running(folder: Path, command: str, place: str) -> Iterator[list[str]]:
    """The lines said until pages answer; ends with a signal to stop, and in good order."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", "web.cli", command, "--listen", place]
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines: Queue[str] = Queue()
    Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True).start()
    said: list[str] = []
    while not said or place not in said[-1]:
        said.append(lines.get(timeout=60))
    yield said
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def _status(place: str, address: str) -> int:
    with closing(HTTPConnection(place, timeout=30)) as connection:
        connection.request("GET", address)
        return connection.getresponse().status


@pytest.mark.parametrize("command", ["serve", "serve-web"])
def test_the_first_start_makes_an_administrator_and_no_other_start_does(terminal: Terminal, command: str) -> None:
    place = _free()
    with _running(terminal.folder, command, place) as said:
        assert "admin" in said[0]
        assert ONE_TIME.search(said[0]) is not None
        assert [_status(place, address) for address in ("/health/live", "/health/ready", "/sign-in", "/")] == [
            200,
            200,
            200,
            302,
        ]
    with _running(terminal.folder, command, place) as said:
        assert not ONE_TIME.search("".join(said))


def test_an_address_that_is_taken_is_told(terminal: Terminal) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = terminal.run("serve-web", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert ran.code == 5
    assert "无法在" in ran.err
