"""A browser without a screen: it keeps cookies, and sends forms with the proof that stands on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from storage.submission import Store
from web.api import pace
from web.cli.showcase import PASSWORD
from web.pages.operations import metrics
from web.settings import Settings

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""The same hash with less work: what is tried by tests is not how slow it is to guess."""

PROOF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Browser:
    """One browser at one application."""

    app: Flask
    base: str = "http://localhost"
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, base_url=self.base, **more)

    def page(self, address: str, **more: Any) -> str:
        """A page that is there."""
        answer = self.get(address, **more)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text

    def proof(self, at: str) -> dict[str, str]:
        """What a form brings along that stands on the page `at`; it is good for the whole session."""
        found = PROOF.search(self.get(at).text)
        return {"csrf": found[1]} if found else {}

    def post(
        self, address: str, data: dict[str, str] | None = None, *, at: str = "/sign-in", **more: Any
    ) -> TestResponse:
        """Send a form that stands on the page `at`."""
        return self.send(address, {**self.proof(at), **(data or {})}, **more)

    def send(self, address: str, data: dict[str, str], **more: Any) -> TestResponse:
        """Send a form as it is."""
        return self.client.post(address, data=data, base_url=self.base, **more)

    def sign_in(self, handle: str, password: str = PASSWORD, onward: str = "") -> TestResponse:
        return self.post("/sign-in", {"handle": handle, "password": password, "next": onward})


class Building:
    """The product, put together once: every test moves in with a database of its own, and finds nothing of whoever was there."""

    def __init__(self, app: Flask) -> None:
        self.app, self._config, self._extensions = app, dict(app.config), dict(app.extensions)

    def house(self, chosen: Settings, store: Store, clock: Clock) -> House:
        """The product as `create_app` makes it for these settings; they differ in folders and in where mail goes alone."""
        self.app.config.clear()
        self.app.config.update(self._config | {"SETTINGS": chosen})
        self.app.extensions.clear()
        self.app.extensions.update(self._extensions | {"zhixing": store})
        pace.install(self.app)
        metrics.begin(self.app)
        return House(self.app, store, clock)


@dataclass
class House:
    """The product with the demonstration's people, and browsers to visit it with."""

    app: Flask
    store: Store
    clock: Clock

    def browser(self) -> Browser:
        return Browser(self.app)

    def signed_in(self, handle: str) -> Browser:
        made = self.browser()
        assert made.sign_in(handle).status_code == 302, handle
        return made
