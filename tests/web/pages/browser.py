"""A browser without a screen: it keeps cookies, and sends forms with the proof that stands on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from storage.submission import Store
from web.cli.showcase import PASSWORD

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

    def post(
        self, address: str, data: dict[str, str] | None = None, *, at: str = "/sign-in", **more: Any
    ) -> TestResponse:
        """Send a form that stands on the page `at`."""
        found = PROOF.search(self.get(at).text)
        proof = {"csrf": found[1]} if found else {}
        return self.client.post(address, data={**proof, **(data or {})}, base_url=self.base, **more)

    def sign_in(self, handle: str, password: str = PASSWORD, onward: str = "") -> TestResponse:
        return self.post("/sign-in", {"handle": handle, "password": password, "next": onward})


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
