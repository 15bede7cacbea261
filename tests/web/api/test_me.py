"""Tokens made and revoked; a browser's session asks, too, with its proof."""

from __future__ import annotations

import json
import re

from storage.tokens import Scope
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import Browser, House

META = re.compile(r'"X-CSRF": "([0-9a-f]+)"')


def _send(
    visitor: Browser, method: str, address: str, body: object, *, proven: bool = True
) -> tuple[int, dict[str, str]]:
    found = META.search(visitor.page("/account/"))
    assert found is not None
    headers = {"X-CSRF": found[1]} if proven else {}
    data = json.dumps(body)
    answer = visitor.client.open(
        PREFIX + address, method=method, data=data, content_type="application/json", headers=headers
    )
    return answer.status_code, answer.get_json(silent=True) or {}


def test_a_session_makes_a_token_that_works_until_it_is_revoked(house: House) -> None:
    li = house.signed_in("li")
    status, made = _send(li, "POST", "/me/tokens", {"name": "报表", "scope": "read", "days": 7})
    assert status == 201
    visitor = Program(house, made["token"])
    assert visitor.get("/me")["scope"] == "read"
    assert [one["name"] for one in visitor.get("/me/tokens")["items"]] == ["报表"]
    assert "token" not in visitor.get("/me/tokens")["items"][0]
    assert _send(li, "DELETE", f"/me/tokens/{made['key']}", {})[0] == 204
    visitor.refused(401, "GET", "/me")


def test_a_session_without_its_proof_changes_nothing(house: House) -> None:
    li = house.signed_in("li")
    status, problem = _send(li, "POST", "/me/tokens", {"name": "报表"}, proven=False)
    assert (status, problem["reason"]) == (400, None)
    assert program(house, "li").get("/me/tokens")["items"][1:] == []


def test_a_token_makes_no_tokens(house: House) -> None:
    li = program(house, "li")
    li.refused(403, "POST", "/me/tokens", {"name": "more"})
    assert "more" not in [item["name"] for item in li.get("/me/tokens")["items"]]


def test_nobody_revokes_the_token_of_another(house: House) -> None:
    li, wang = program(house, "li"), program(house, "wang", Scope.WORK)
    (mine,) = li.get("/me/tokens")["items"]
    wang.refused(404, "DELETE", f"/me/tokens/{mine['key']}")
    assert li.get("/me")["handle"] == "li"


def test_a_token_that_comes_with_the_cookie_of_another_is_its_persons(house: House) -> None:
    wang, li = house.signed_in("wang"), program(house, "li")
    answer = wang.client.get(PREFIX + "/me", headers={"Authorization": f"Bearer {li.token}"})
    assert answer.get_json()["handle"] == "li"


def test_a_token_opens_no_page(house: House) -> None:
    li = program(house, "li")
    assert li.client.get("/", headers={"Authorization": f"Bearer {li.token}"}).status_code == 302
