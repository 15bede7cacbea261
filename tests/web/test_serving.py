"""Serving jobs from the command line: one pass, a process until it is told to stop, and how all of them are."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from engine import encoding
from jobs import health
from jobs.scheduler import Node
from storage import schema
from storage.database import Database
from tests.web.terminal import ROOT, Terminal
from tests.web.test_instances import parcels
from web.cli import serving
from web.cli.output import Output

__all__ = ["parcels"]
PATIENCE = 60.0


@pytest.fixture
def database(parcels: Terminal) -> Database:
    return Database(f"sqlite:///{parcels.folder}/var/zhixing.db")


def test_one_pass_tells_what_it_did(parcels: Terminal) -> None:
    assert parcels.json("serve-jobs", "--once") == {"fired": 0, "done": 0}
    assert "0 个定时到期" in parcels.ok("serve-jobs", "--once")


def test_health_says_when_nobody_serves_and_when_work_is_late(parcels: Terminal, database: Database) -> None:
    ran = parcels.run("health")
    assert (ran.code, "zhixing serve-jobs" in ran.err) == (5, True)
    health.begin(database, "here:1", parcels.now)
    assert "here:1" in parcels.ok("health", "--language", "en")
    found = parcels.json("health")
    assert (found["served"], found["late"], found["due"], found["expired"]) == (True, False, 0, 0)
    assert [node["node"] for node in found["nodes"]] == ["here:1"]


def _unreadable(database: Database) -> str:
    """The key of a job that nobody can do."""
    row = {"job": "1.1.99", "stream_no": 1, "revision": 1, "kind": "command", "target": 1, "due": 0}
    payload = encoding.write({"kind": "IssueDocument", "fields": "none"})
    with database.write() as connection:
        connection.execute(insert(schema.job).values(**row, payload=payload))
    return str(row["job"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_serves_until_it_is_told_to_stop_and_notes_an_object_a_line(
    parcels: Terminal, database: Database, number: signal.Signals
) -> None:
    key = _unreadable(database)
    words = [sys.executable, "-m", "web.cli", "serve-jobs", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        words, cwd=parcels.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := health.of(database, datetime.now(UTC))).is_served or not found.parked:
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < deadline, "it does not say that it lives, or leaves the job"
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert f":{process.pid}" in out
    assert health.of(database, datetime.now(UTC)).nodes == ()
    lines = [json.loads(line) for line in err.splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    (noted,) = [line for line in lines if key in line["event"]]
    assert (noted["level"], "Traceback" in noted["exception"]) == ("error", True)


def test_what_serves_seals_unless_told_not_to(parcels: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Node] = []
    monkeypatch.setattr(serving, "_until_stopped", lambda _output, node: served.append(node))

    def seal(_output: Output, node: Node) -> None:
        assert node.sealing is not None
        node.sealing()

    parcels.ok("serve-jobs", "--no-seal")
    assert [node.sealing for node in served] == [None]
    assert parcels.json("verify")["unsealed"] > 0
    monkeypatch.setattr(serving, "_until_stopped", seal)
    parcels.ok("serve-jobs")
    assert parcels.json("verify")["unsealed"] == 0
