"""Every link of every page as every role: none leads to where its reader may not go, or where nothing is."""

from __future__ import annotations

import html
import re
from collections import deque
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from storage import people
from tests.web.pages.browser import Browser, House
from tests.web.pages.trouble import stuck

LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
ALIKE = 2
"""So many addresses of a page that differ in the thing alone are followed: all of them are made by one line."""

BY_SCRIPTS = (
    *("case.drawing", "case.more", "inbox.more", "procedure.diagram", "several.entry"),
    *("studio.file", "studio.findings", "studio_decision.file", "studio_form.file"),
    *("confirm.proof", "file.proof", "task.proof", "task_reference.offer"),
    *("case_closing.form", "file.every"),
)
"""What a page fetches for itself, or offers when there is more, or less under way, than the demonstration has."""

AT_THE_GATE = ("sign_in.form", "recovery.form", "recovery.new", "confirm.page")
BY_NOBODY = ("design.tokens", "health.live", "health.ready", "metrics.scrape")
"""For those who build, watch or serve the product, who know the address."""


def _kind(house: House, address: str) -> tuple[str, tuple[str, ...]]:
    """The page of an address, and what stands behind its question mark."""
    parts = urlsplit(address)
    try:
        endpoint, _ = house.app.url_map.bind("localhost").match(parts.path)
    except HTTPException:
        endpoint = f"nothing at {parts.path}"
    return endpoint, tuple(sorted(parse_qs(parts.query, keep_blank_values=True)))


def _followed(house: House, visitor: Browser) -> dict[str, str]:
    """Every address that pages lead to, from the first one on: where it stands."""
    found, waiting = {"/": "/"}, deque(["/"])
    kinds: dict[tuple[str, tuple[str, ...]], int] = {}
    while waiting:
        address = waiting.popleft()
        answer = visitor.get(address)
        assert answer.status_code in (200, 204, 302), (answer.status_code, address, "on", found[address])
        if answer.mimetype != "text/html":
            continue
        for link in map(html.unescape, LINK.findall(answer.text)):
            link = link.partition("#")[0]
            if link not in found:
                kind = _kind(house, link)
                kinds[kind] = kinds.get(kind, 0) + 1
                if kinds[kind] <= ALIKE:
                    found[link] = address
                    waiting.append(link)
    return found


@pytest.fixture
def busy(house: House) -> House:
    """With a draft, a link for a contact, a step that cannot go on, and what recurs."""
    house.signed_in("li").post("/procedures/service-planning/draft/begin", at="/account/")
    stuck(house)
    at = "/tasks/10.13.1/invitation"
    form = {"name": "沈国栋", "mail": "shen@example.com", "days": "3", "way": "hand"}
    assert house.signed_in("wang").post(at, form, at=at).status_code == 200
    return house


def test_no_link_leads_to_where_its_reader_may_not_go(busy: House) -> None:
    with busy.store.database.read() as connection:
        handles = sorted(people.handles(connection).values())
    pages = set[str]()
    for handle in handles:
        found = _followed(busy, busy.signed_in(handle))
        pages |= {_kind(busy, address)[0] for address in found}
    rules = [rule for rule in busy.app.url_map.iter_rules() if not rule.endpoint.startswith("api_")]
    there = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    assert there - pages == {*BY_SCRIPTS, *BY_NOBODY, *AT_THE_GATE}
