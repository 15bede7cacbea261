"""The semantics number: the release of everything that decides which events a command makes."""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import version

from engine import calendar_seed
from engine.flow import NORMALISER

EXECUTION = 5
"""Raised when our execution code changes what a command makes."""


def shipped_calendar() -> str:
    """The first 8 hexadecimal digits of the SHA-256 of the calendar that ships: moments are reckoned by it."""
    table = (calendar_seed.COMPLETE_UNTIL, calendar_seed.HOLIDAYS, calendar_seed.MAKE_UP_DAYS)
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


SEMANTICS = (
    f"{EXECUTION}.{NORMALISER}"
    f"/python-{sys.version_info.major}.{sys.version_info.minor}"
    f"/spiffworkflow-{version('spiffworkflow')}"
    f"/tzdata-{version('tzdata')}"
    f"/google-re2-{version('google-re2')}"
    f"/calendar-{shipped_calendar()}"
)
