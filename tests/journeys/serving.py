"""`zhixing` in a process of its own, forked from one that has imported the product: starting it costs no imports."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PRODUCT = (
    "web.app",
    "web.cli.pages",
    "web.cli.serving",
    "jobs.scheduler",
    "tests.journeys.prepared",
    "tests.journeys.serving",
)
FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(list(PRODUCT))


def begin(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Any:
    """Run it in this folder with this environment; what it says goes to the file `log` there."""
    process = FORKING.Process(target=_run, args=(list(words), folder, dict(environment)))
    process.start()
    return process


def _run(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    from web.cli import main

    sys.argv = ["zhixing", *words]
    main(args=words, prog_name="zhixing")
