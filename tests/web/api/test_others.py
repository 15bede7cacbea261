"""Real things of others by the API: who has no part in them gets the answer about a thing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from storage import schema
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages import kept
from tests.web.pages.browser import House
from tests.web.pages.trouble import stuck

OUTSIDERS = ("gong", "jiang", "bai")
"""Who delivers, who manages no project yet, who buys."""

OPEN = ("/versions/", "/procedures/{procedure}", "/organisation/settings/{procedure}")
"""Written procedures and how they are set: for everybody who has signed in; their drafts are not."""


@pytest.fixture
def there(house: House) -> dict[str, str]:
    """What stands in addresses of real things: of a case that the people here have no part in, and of others."""
    house.signed_in("li").post("/procedures/service-planning/draft/begin", at="/account/")
    house.signed_in("wang")
    li, wang = program(house, "li"), program(house, "wang")
    steps = li.get("/instances/10")["steps"]
    with house.store.database.read() as connection:
        version = connection.execute(select(schema.version.c.digest)).scalar()
        digest = connection.execute(select(schema.file_use.c.digest).where(schema.file_use.c.case_no == 7)).scalar()
    return {
        **{"case": "9", "instance": "10", "stream": "10", "revision": "2", "task": "10.13.1", "field": "items"},
        **{"activity": steps[-1]["activity"], "incident": stuck(house), "milestone": "999", "job": "9.1.99"},
        **{"key": wang.get("/me/sessions")["items"][0]["key"], "version": str(version), "digest": str(digest)},
        **{"procedure": "service-planning", "path": "procedure.toml", "setting": "review_days"},
        **{"handle": "wang", "deputy": "li", "role": "SALES"},
    }


HIDDEN = ("/tasks/", "/instances/", "/steps/", "/cases/", "/incidents/", "/files/", "/me/")
"""Of what is named there nobody learns who has no part in it."""

ABSENT = {
    **{"case": "999", "instance": "999", "task": "10.999.1", "activity": "10.999.1", "incident": "20.999.1"},
    **{"key": "0" * 16, "digest": "0" * 64},
}


def _named(house: House) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path, and what is said of every operation that names a thing."""
    for path, methods in Program(house, "").get("/openapi.json")["paths"].items():
        for method, found in methods.items():
            if method != "parameters" and "{" in path:
                yield method.upper(), path.removeprefix(PREFIX), found


def _sent(
    visitor: Program, method: str, path: str, found: Mapping[str, Any], parts: Mapping[str, str], tag: str
) -> tuple[int, str]:
    """The answer to what a program sends that is told the shape of everything: status, and what is said, whatever was asked for."""
    if "{field}" in path and parts["task"] != ABSENT["task"]:
        parts = {**parts, "task": "14.8.2"}  # the one whose form has a table
    address = re.sub(r"{(\w+)}", lambda name: parts[name[1]], path)
    wanted = [one for one in found.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    query = "&".join(f"{one['name']}={quote(str(one['example']))}" for one in wanted)
    content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = content.get("example")
    if isinstance(body, dict) and "person" in body:
        body = {**body, "person": "wang"}
    headers = {"If_Match": tag} if path.startswith("/cases/") and method != "GET" else {}
    answer = visitor.ask(method, f"{address}?{query}", body, **headers)
    said = answer.get_data().decode(errors="replace")
    for name in re.findall(r"{(\w+)}", path):
        said = said.replace(parts[name], name)
    return answer.status_code, re.sub(r'"request": "\w+"', "", said)


@pytest.mark.parametrize("handle", OUTSIDERS)
def test_nobody_learns_of_a_thing_of_others_nor_changes_it(house: House, there: dict[str, str], handle: str) -> None:
    visitor, tag = program(house, handle), program(house, "li").ask("GET", "/cases/9").headers["ETag"]
    before, count = kept.contents(house), 0
    for method, path, found in _named(house):
        real, absent = (_sent(visitor, method, path, found, parts, tag) for parts in (there, {**there, **ABSENT}))
        if path.startswith(HIDDEN):
            assert real == absent, (method, path)
            assert real[0] == 404, (method, path, real)
            count += 1
        elif path.startswith(OPEN) and method == "GET" and "/draft" not in path:
            assert real[0] == 200, (method, path, real)
        else:
            assert real[0] in (403, 404), (method, path, real)
    assert count > 40
    used = {"token": before["token"]}  # it is noted when a token was used
    assert kept.contents(house) | used == before


def test_the_things_are_real(house: House, there: dict[str, str]) -> None:
    """Each of them is read by somebody who may."""
    knowing = [program(house, handle) for handle in ("li", "wang", "admin")]
    for method, path, found in _named(house):
        if method == "GET" and not path.endswith("/references"):
            answers = [_sent(visitor, method, path, found, there, "")[0] for visitor in knowing]
            assert 200 in answers, (path, answers)
