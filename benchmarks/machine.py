"""The machine and the versions that a run's figures belong to."""

from __future__ import annotations

import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where the figures come from."""

    processor: str
    cores: int
    load: float
    system: str
    python: str
    sqlite: str
    spiffworkflow: str
    sqlalchemy: str

    @property
    def words(self) -> str:
        """One line for a table's head."""
        return (
            f"{self.processor}, {self.cores} × CPU, load {self.load:.1f}; {self.system}; Python {self.python}, "
            f"SQLite {self.sqlite}, SpiffWorkflow {self.spiffworkflow}, SQLAlchemy {self.sqlalchemy}"
        )


def here() -> Machine:
    """This machine, now."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        load=os.getloadavg()[0],
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        spiffworkflow=version("spiffworkflow"),
        sqlalchemy=version("sqlalchemy"),
    )


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
