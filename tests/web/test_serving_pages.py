"""`zhixing serve` and `zhixing serve-web` as an operator runs them."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.web.pages.browser import PROOF
from tests.web.terminal import ROOT, Terminal
from web import logs

ONE_TIME = re.compile(r"([a-z0-9]{4}(?:-[a-z0-9]{4}){3})")


def _free() -> str:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@contextmanager
def _running(folder: Path, command: str, place: str) -> Iterator[list[str]]:
    """The lines said until pages answer; ends with a signal to stop, and in good order. Its log is the file `log`."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", "web.cli", command, "--listen", place]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
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
        connection.request("GET", address, headers={logs.HEADER: f"asked-for{address.replace('/', '.')}"})
        return connection.getresponse().status


def _landing(place: str, handle: str, password: str) -> str:
    """Where somebody comes to who signs in."""
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(f"http://{place}/sign-in", timeout=30) as page:
        proof = PROOF.search(page.read().decode())
    assert proof is not None
    form = urlencode({"csrf": proof[1], "handle": handle, "password": password})
    with browser.open(Request(f"http://{place}/sign-in", form.encode()), timeout=30) as page:
        return str(page.url).removeprefix(f"http://{place}")


def _kept(folder: Path) -> str:
    """What is kept of the one password."""
    with closing(sqlite3.connect(folder / "var" / "zhixing.db")) as connection:
        (row,) = connection.execute("SELECT password FROM account")
    return str(row[0])


@pytest.mark.parametrize("command", ["serve", "serve-web"])
def test_the_first_start_makes_an_administrator_and_no_other_start_does(terminal: Terminal, command: str) -> None:
    place = _free()
    with _running(terminal.folder, command, place) as said:
        assert "admin" in said[0]
        made = ONE_TIME.search(said[0])
        assert made is not None
        assert [_status(place, address) for address in ("/health/live", "/health/ready", "/sign-in", "/")] == [
            200,
            200,
            200,
            302,
        ]
        assert _landing(place, "admin", made[1]) == "/account/password"
    lines = [json.loads(line) for line in (terminal.folder / "log").read_text().splitlines()]
    noted = {line["path"]: line for line in lines if line["event"] == "request" and line["request"][:9] == "asked-for"}
    assert {path: (line["request"], line["status"]) for path, line in noted.items()} == {
        "/health/live": ("asked-for.health.live", 200),
        "/health/ready": ("asked-for.health.ready", 200),
        "/sign-in": ("asked-for.sign-in", 200),
        "/": ("asked-for.", 302),
    }
    assert made[1] not in str(lines)
    assert _kept(terminal.folder).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with _running(terminal.folder, command, place) as said:
        assert not ONE_TIME.search("".join(said))


def test_an_address_that_is_taken_is_told(terminal: Terminal) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = terminal.run("serve-web", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert ran.code == 5
    assert "无法在" in ran.err
