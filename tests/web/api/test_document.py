"""What the API says of itself, and who may have what of it."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import schemathesis

from storage import people
from storage.tokens import Scope
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from web import access
from web.api import gate, samples

OF_OPERATORS = {
    "health", "incidents", "jobs", "retry_job", "timers", "recurring", "awaited", "versions", "verify",
}  # fmt: skip
OF_ADMINISTRATORS = {
    "api_organisation.replace",
    *(f"api_people.{name}" for name in ("add", "one", "grant", "revoke", "give_password", "enable")),
    *(f"api_people.{name}" for name in ("end_two_steps", "end_sessions", "address")),
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


def _described(house: House) -> dict[str, dict[str, Any]]:
    """What is said of every operation, by method and path."""
    paths = Program(house, "").get("/openapi.json")["paths"]
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": {
            **found,
            "parameters": [*methods.get("parameters", ()), *found.get("parameters", ())],
        }
        for path, methods in paths.items()
        for method, found in methods.items()
        if method != "parameters"
    }


def test_every_operation_is_told_in_both_languages_under_a_name_of_its_own(house: House) -> None:
    described = _described(house)
    for name, found in described.items():
        assert found["summary"].endswith("."), name
        assert re.match(r"[\u4e00-\u9fff]", found["description"]), f"expected `zh=` at the route of {name}"
    assert len({found["operationId"] for found in described.values()}) == len(described)


def test_every_operation_says_how_it_is_refused_and_every_write_takes_a_key(house: House) -> None:
    for name, found in _described(house).items():
        method, path = name.split(" ")
        told, headers = set(found["responses"]), {one["name"] for one in found["parameters"] if one["in"] == "header"}
        assert {"401", "403", "429", "503", "default"} <= told, name
        assert ("404" in told) >= ("{" in path), name
        assert ("Idempotency-Key" in headers) == (method != "GET"), name
        assert not {"409", "422"} - told or method == "GET", name
        assert not ("requestBody" in found and {"413", "415"} - told), name
        assert ("412" in told) == ("If-Match" in headers), name
        assert ("304" in told) == ("If-None-Match" in headers), name


def test_every_sample_is_what_the_shape_says(house: House) -> None:
    spec = Program(house, "").get("/openapi.json")
    count = 0
    for found in _described(house).values():
        contents = {"asked": found.get("requestBody", {}), **found["responses"]}
        for content in contents.values():
            for kind, told in content.get("content", {}).items():
                if kind == "application/json":
                    schema = {**told["schema"], "components": spec["components"]}
                    jsonschema_rs.validator_for(schema).validate(told["example"])
                    count += 1
        for parameter in found["parameters"]:
            schema = {**parameter["schema"], "components": spec["components"]}
            jsonschema_rs.validator_for(schema).validate(parameter["example"])
    assert count > 100
    for answer in spec["components"]["responses"].values():
        told = answer["content"]["application/problem+json"]
        schema = {**told["schema"], "components": spec["components"]}
        assert "example" not in told or jsonschema_rs.validator_for(schema).validate(told["example"]) is None


def test_every_text_field_of_a_shape_has_a_sample_of_its_own(house: House) -> None:
    schemas = Program(house, "").get("/openapi.json")["components"]["schemas"]
    missing = {
        field
        for name, shape in schemas.items()
        if name != "PaginationMetadata"
        for field, found in shape.get("properties", {}).items()
        if found.get("type") in ("string", ["string", "null"])
        and "enum" not in found
        and samples.of_name(field) is None
    }
    assert missing == set(), "expected a row in web/api/samples.py"


def test_every_list_goes_page_by_page(house: House) -> None:
    """Not so: what is one look at a drawing, a table or a draft, and what is offered to whoever types."""
    schemas = Program(house, "").get("/openapi.json")["components"]["schemas"]
    whole = {
        name for name, shape in schemas.items() if "items" in shape["properties"] and "next" not in shape["properties"]
    }
    assert whole <= {"TaskTargets", "TaskReferences", "SeveralOutcomes", "TableRows", "DraftFindings"}
    assert {"TaskTargets"} <= whole


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
