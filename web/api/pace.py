"""How fast programs may ask: so many requests of one person in a minute, counted by this process."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from flask import Flask

PER_MINUTE = 1_200
SETTING, EXTENSION = "API_PER_MINUTE", "zhixing_pace"
SECONDS = 60


class Pace:
    """How often everybody asked in the present minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def admits(self, person: str, now: datetime, limit: int) -> bool:
        """Count one request; False when there were more than allowed."""
        minute = int(now.timestamp()) // SECONDS
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[person] = self._counts.get(person, 0) + 1
            return self._counts[person] <= limit


def install(app: Flask) -> None:
    """Begin to count."""
    app.config.setdefault(SETTING, PER_MINUTE)
    app.extensions[EXTENSION] = Pace()


def admits(app: Flask, person: str, now: datetime) -> bool:
    """The person may ask once more in this minute."""
    counted: Pace = app.extensions[EXTENSION]
    return counted.admits(person, now, app.config[SETTING])


def wait(now: datetime) -> int:
    """Seconds until the next minute begins."""
    return SECONDS - int(now.timestamp()) % SECONDS
