"""A program that asks in somebody's name: JSON out, JSON in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from storage import people, tokens
from storage.tokens import Scope
from tests.web.pages.browser import House

PREFIX = "/api/v1"


@dataclass
class Program:
    """One program with a token."""

    house: House
    token: str
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.house.app.test_client(use_cookies=False)

    def ask(self, method: str, address: str, body: object = None, **headers: str) -> TestResponse:
        """Send a request; `If_Match` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(PREFIX + address, method=method, headers=named, **given)

    def get(self, address: str, **headers: str) -> Any:
        """What is there."""
        answer = self.ask("GET", address, **headers)
        assert answer.status_code == 200, (address, answer.status_code, answer.text)
        return answer.get_json()

    def post(self, address: str, body: object = None, **headers: str) -> Any:
        """The answer to a change that is made."""
        answer = self.ask("POST", address, body, **headers)
        assert answer.status_code in (200, 201, 204), (address, answer.status_code, answer.text)
        return answer.get_json(silent=True)

    def refused(self, status: int, method: str, address: str, body: object = None, **headers: str) -> Any:
        """The problem that says no."""
        answer = self.ask(method, address, body, **headers)
        assert answer.status_code == status, (address, answer.status_code, answer.text)
        assert answer.mimetype == "application/problem+json"
        problem = answer.get_json()
        assert problem["status"] == status
        assert problem["text"]["zh"]
        assert problem["text"]["en"]
        return problem


def program(house: House, handle: str, scope: Scope = Scope.OPERATE) -> Program:
    """A program of the person with this handle."""
    person = people.known(house.store, handle)
    text, _ = tokens.make(house.store.database, person, "test", scope, house.store.now(), 30)
    return Program(house, text)
