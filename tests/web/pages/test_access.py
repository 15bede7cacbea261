"""Every route as every role: who may not have a page gets neither the link nor the answer."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine.value import Person
from storage import people
from tests.web.pages.browser import House
from web import access
from web.cli.company import organisation_of
from web.navigation import PLACES

OPEN = {
    "sign_in.form",
    "sign_in.enter",
    "sign_in.give_code",
    "confirm.page",
    "confirm.check",
    "confirm.answer",
    "confirm.proof",
    "confirm.upload",
    "recovery.form",
    "recovery.ask",
    "recovery.new",
    "recovery.renew",
    "health.live",
    "health.ready",
    "design.logo",
    "metrics.scrape",
    "static",
}
OF_ADMINISTRATORS = {
    f"people.{name}"
    for name in (
        *("every", "one", "new", "add", "grant", "revoke", "appoint", "dismiss", "report_absence", "end_absence"),
        *("reset_password", "enable", "end_two_steps", "end_sessions", "set_mail"),
    )
}
OF_READERS = {"roles.every"}
OF_OPERATORS = {
    f"operations.{name}"
    for name in ("overview", "incidents", "retry", "decide", "jobs", "retry_job", "timers", "milestones", "messages")
}
"""Said once more here, so that a page that was declared for too many is noticed."""


def _routes(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            continue  # walked in tests/web/api
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: "nothing" if part[1] == "filename" else "1.999.1", rule.rule)
        found += [(rule.endpoint, method, address) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_is_open_to_anybody_or_behind_the_gate(house: House) -> None:
    visitor = house.browser()
    for endpoint, method, address in _routes(house.app):
        if endpoint in OPEN:
            assert access.rule_of(house.app, endpoint).anybody, endpoint
        elif method == "GET":
            answer = visitor.get(address)
            assert (answer.status_code, answer.headers["Location"][:8]) == (302, "/sign-in"), endpoint
        else:
            assert visitor.post(address).status_code == 401, endpoint


ELSEWHERE = {"account", "tokens", "two_steps", "design", "task_reference", "task_sheet"}
"""One's own account, which is reached by one's name; the page for contributors; what is data, and no page."""


def test_every_page_behind_the_gate_belongs_to_one_place_of_the_navigation(house: House) -> None:
    rooms = sorted(room for place in PLACES for room in place.rooms)
    assert rooms == sorted(set(rooms))
    asked = {endpoint.partition(".")[0] for endpoint, method, _address in _routes(house.app) if method == "GET"}
    behind = asked - {endpoint.partition(".")[0] for endpoint in OPEN}
    assert behind - ELSEWHERE == set(rooms)


@pytest.mark.parametrize(
    ("handle", "address", "place"),
    [("li", "/told", "/"), ("li", "/procedures/new/", "/procedures/"), ("admin", "/operations/jobs", "/operations/")],
)
def test_a_page_says_in_the_navigation_where_one_is(house: House, handle: str, address: str, place: str) -> None:
    page = house.signed_in(handle).page(address)
    assert set(re.findall(r'<a [^>]*href="([^"]*)" aria-current="page"', page.split("<main")[0])) == {place}


def test_every_route_as_every_role(house: House) -> None:
    with house.store.database.read() as connection:
        handles = sorted(people.handles(connection).values())
        names = people.handles(connection)
    company = organisation_of(house.store)
    serving = {handle for key, handle in names.items() if company.acts(Person(key), ["SMO"], house.clock.now)}
    readers = ["SMO", "SMG", "MR", "GM", "QA", "DOCC", "XAUD"]
    knowing = {handle for key, handle in names.items() if company.acts(Person(key), readers, house.clock.now)}
    assert len(handles) > 20
    assert len(knowing) < len(handles)
    for handle in handles:
        visitor, is_administrator = house.signed_in(handle), handle == "admin"
        proof = visitor.proof("/account/")
        for endpoint, method, address in _routes(house.app):
            if endpoint in OPEN or endpoint == "sign_in.leave":
                continue
            refused = not is_administrator and (
                endpoint in OF_ADMINISTRATORS
                or (endpoint in OF_OPERATORS and handle not in serving)
                or (endpoint in OF_READERS and handle not in knowing)
            )
            sent = visitor.get(address) if method == "GET" else visitor.send(address, proof)
            assert (sent.status_code == 403) == refused, (handle, endpoint, sent.status_code)
            assert sent.status_code < 500, (handle, endpoint)
        assert (
            visitor.send("/account/look", {**proof, "language": "zh"}).status_code == 302
        )  # the proof held throughout


@pytest.mark.parametrize("handle", ["admin", "li", "wai"])
def test_links_lead_only_to_pages_that_answer(house: House, handle: str) -> None:
    visitor = house.signed_in(handle)
    page = visitor.page("/")
    for place in PLACES:
        with house.app.test_request_context():
            address = house.app.url_for(place.endpoint)
        assert (f'href="{address}"' in page) == (visitor.get(address).status_code == 200), place


def test_a_page_that_says_nothing_of_who_may_have_it_keeps_the_application_from_being_made() -> None:
    app = Flask("web")
    app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(AssertionError, match="secret"):
        access.install(app)


def test_whoever_is_refused_is_told_in_which_roles_they_are(house: House) -> None:
    answer = house.signed_in("li").get("/people/")
    assert answer.status_code == 403
    assert "服务管理负责人" in answer.text
