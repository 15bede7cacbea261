"""What the API says of itself, and who may have what of it."""

from __future__ import annotations

import re

import schemathesis

from storage import people
from storage.tokens import Scope
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from web import access
from web.api import gate

OF_OPERATORS = {
    "health", "incidents", "jobs", "retry_job", "timers", "recurring", "awaited", "versions", "verify",
}  # fmt: skip
OF_ADMINISTRATORS = {
    "api_organisation.replace",
    *(f"api_people.{name}" for name in ("add", "one", "grant", "revoke", "give_password", "enable")),
    *(f"api_people.{name}" for name in ("end_two_steps", "end_sessions")),
}
OF_READERS = {"api_role.every"}
READERS = {"SYS", "SMO", "SMG", "MR", "GM", "QA", "DOCC", "XAUD"}
EXAMPLES = {"counted": "1.999.1", "number": "999999", "digest": "0" * 64, "name": "nothing", "path": "nothing"}


def _routes(house: House) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every route of the API."""
    found = []
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            address = re.sub(r"<(\w+):\w+>", lambda part: EXAMPLES[part[1]], rule.rule.removeprefix(PREFIX))
            found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    assert len(found) > 60
    return found


def test_it_describes_every_route_in_openapi_that_validates(house: House) -> None:
    spec = Program(house, "").get("/openapi.json")
    schemathesis.openapi.from_dict(spec).validate()
    described = {(method.upper(), path) for path, found in spec["paths"].items() for method in found} - {
        ("PARAMETERS", path) for path in spec["paths"]
    }
    assert spec["openapi"] == "3.1.0"
    assert len(described) == len(_routes(house)) - 1  # the description does not describe itself


def test_whoever_does_not_say_who_they_are_gets_a_problem(house: House) -> None:
    nobody, wrong = Program(house, ""), Program(house, "zx_wrong")
    for endpoint, method, address in _routes(house):
        if access.rule_of(house.app, endpoint).anybody:
            assert endpoint == "api_document.openapi"
            continue
        for visitor in (nobody, wrong):
            answer = visitor.ask(method, address)
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), endpoint
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), endpoint


def test_every_route_as_every_role(house: House) -> None:
    with house.store.database.read() as connection:
        handles = sorted(people.handles(connection).values())
    for handle in handles:
        visitor = program(house, handle)
        roles = set(visitor.get("/me")["roles"])
        for endpoint, method, address in _routes(house):
            room, _, name = endpoint.partition(".")
            denied = (
                (room == "api_operation" and name in OF_OPERATORS and not roles & {"SYS", "SMO"})
                or (endpoint in OF_ADMINISTRATORS and "SYS" not in roles)
                or (endpoint in OF_READERS and not roles & READERS)
            )
            answer = visitor.ask(method, address)
            assert answer.status_code < 500, (handle, endpoint, answer.text)
            if denied:
                assert answer.status_code == 403, (handle, endpoint)
            elif room != "api_organisation":
                assert answer.status_code != 403 or endpoint == "api_me.make", (handle, endpoint)


def test_a_token_is_good_for_its_scope_only(house: House) -> None:
    for scope in (Scope.READ, Scope.WORK):
        visitor = program(house, "admin", scope)
        for endpoint, method, address in _routes(house):
            wanted = gate.scope_of(house.app, endpoint)
            assert wanted is not None, endpoint
            assert method == "GET" or wanted is not Scope.READ, endpoint
            if not scope.includes(wanted):
                assert visitor.refused(403, method, address)["reason"] == "not-allowed", endpoint


def test_unknown_addresses_and_methods_are_problems_too(house: House) -> None:
    visitor = program(house, "li")
    assert visitor.refused(404, "GET", "/nothing")["reason"] == "not-found"
    assert visitor.refused(404, "GET", "/tasks/1.2")["reason"] == "not-found"
    visitor.refused(405, "DELETE", "/inbox")
