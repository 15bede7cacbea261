"""Every phase of schemathesis against a server that listens: examples, the bounds of every shape, chance, and links followed from answer to answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import waitress

from storage import verification
from tests.web.api.program import PREFIX, program
from tests.web.pages.browser import House
from web.api import pace
from web.cli.pages import SERVER

MANY = 30
NOT_OURS = "positive_data_acceptance"
"""A request of the right shape may still be refused: nobody has the handle, the step was not done."""


@contextmanager
def _listening(house: House) -> Iterator[str]:
    """The product at a port of this machine, asked as often as one likes."""
    house.app.config[pace.SETTING] = sys.maxsize
    server: Any = waitress.create_server(house.app, host="127.0.0.1", port=0, **SERVER)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        server.task_dispatcher.shutdown(timeout=30)


@pytest.mark.soak
@pytest.mark.parametrize("handle", ["li", "admin"])
def test_every_phase_finds_no_fault(house: House, tmp_path: Path, handle: str) -> None:
    examples = os.environ.get("ZHIXING_EXAMPLES", str(MANY))
    token = program(house, handle).token
    with _listening(house) as place:
        words = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{place}{PREFIX}/openapi.json"]
        words += ["--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing,stateful"]
        words += ["--mode", "all", "--exclude-checks", NOT_OURS, "--max-examples", examples, "--seed", "7"]
        words += ["--generation-database", "none", "--continue-on-failure"]
        ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert phase in ran.stdout
    assert verification.verify(house.store).proven
