"""Language and look are changed on every page: the page is had again, also one that a form has made."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from storage import people, schema
from tests.web.pages.browser import Browser, House

NEXT = re.compile(r'name="next" value="([^"]*)"')
DRAFT = "/procedures/service-planning/draft/"
MADE = [
    ("admin", "/people/{li}/roles", {"role": "SMO"}, "/people/{li}"),
    ("admin", "/people/{li}/mail", {"mail": "nothing"}, "/people/{li}"),
    ("admin", "/people/new", {"name": ""}, "/people/new"),
    ("admin", "/operations/incidents/1.1.1/retry", {}, "/operations/incidents"),
    ("li", "/account/deputies", {}, "/account"),
    ("li", "/inbox/several/claim", {"task": "{T01_05}"}, "/"),
    ("li", "/inbox/several/complete", {"task": "{T01_05}"}, "/"),
    ("zhao", "/tasks/{T01_03}/complete", {"data.visit_date": "?"}, "/tasks/{T01_03}"),
]


def _filled(house: House, text: str) -> str:
    """With the ids of people and of the first open task of a step."""
    tasks = schema.task.c
    with house.store.database.read() as connection:
        for step in re.findall(r"\{(T\d\d_\d\d)\}", text):
            query = select(tasks.task).where(tasks.element == step, tasks.closed_at.is_(None)).order_by(tasks.task)
            text = text.replace(f"{{{step}}}", str(connection.execute(query).scalars().first()))
    return text.replace("{li}", people.known(house.store, "li").id)


def _again(page: str) -> str:
    """Where choosing a language leads."""
    found = NEXT.search(page)
    assert found is not None
    return html.unescape(found[1])


@pytest.mark.parametrize(("handle", "address", "data", "wanted"), MADE)
def test_a_page_that_a_form_made_is_had_again_in_another_language(
    house: House, handle: str, address: str, data: dict[str, str], wanted: str
) -> None:
    visitor = house.signed_in(handle)
    form = {name: _filled(house, text) for name, text in data.items()}
    page = visitor.post(_filled(house, address), form, at="/account/").text
    assert _again(page) == _filled(house, wanted)
    chosen = visitor.post("/account/look", {"language": "en", "next": _again(page)}, at="/account/")
    assert visitor.get(chosen.headers["Location"], follow_redirects=True).status_code == 200


def test_what_was_asked_for_in_the_address_stays(house: House) -> None:
    assert _again(house.signed_in("li").page("/cases/?q=华东&show=mine")) == "/cases/?q=华东&show=mine"


def _password(house: House, visitor: Browser) -> str:
    return visitor.post(f"/people/{people.known(house.store, 'li').id}/password", at="/people/").text


def _person(_house: House, visitor: Browser) -> str:
    return visitor.post("/people/new", {"name": "新人", "handle": "newcomer"}, at="/people/new").text


def _token(_house: House, visitor: Browser) -> str:
    return visitor.post("/account/tokens/", {"name": "报表", "scope": "read", "days": "7"}, at="/account/tokens/").text


@pytest.mark.parametrize("made", [_password, _person, _token])
def test_a_page_that_tells_something_once_is_not_left_for_a_language(
    house: House, made: Callable[[House, Browser], str]
) -> None:
    visitor = house.signed_in("admin")
    page = made(house, visitor)
    assert 'id="one-time"' in page or "令牌已生成" in page
    assert "这一页的内容只显示这一次" in page
    assert NEXT.search(page) is None
    assert NEXT.search(visitor.page("/people/")) is not None
