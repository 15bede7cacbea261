"""The semantics number: the release of everything that decides which events a command makes."""

from __future__ import annotations

import sys
from importlib.metadata import version

from engine.flow import NORMALISER

EXECUTION = 1
"""Raised when our execution code changes what a command makes."""

SEMANTICS = (
    f"{EXECUTION}.{NORMALISER}"
    f"/python-{sys.version_info.major}.{sys.version_info.minor}"
    f"/spiffworkflow-{version('spiffworkflow')}"
    f"/tzdata-{version('tzdata')}"
)
