"""The examples of `docs/api.md`, executed in order; nothing of an answer is told wrongly."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.web.api.program import PREFIX, Program, program
from tests.web.pages import signed
from tests.web.pages.browser import House
from web.cli.showcase import PASSWORD

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\n(.*?)```\n+```json (\d+)\n(.*?)```", re.S)
ANYTHING = "…"
NAMED = re.compile(r"\{(\w+)\}")


def _fits(expected: Any, found: Any, known: dict[str, Any]) -> bool:
    """What was found is what the page says; names in braces are learned, and must mean the same ever after."""
    if expected == ANYTHING:
        return True
    if isinstance(expected, str) and (name := NAMED.fullmatch(expected)):
        return bool(known.setdefault(name[1], found) == found)
    if isinstance(expected, dict) and isinstance(found, dict):
        told = {key: value for key, value in expected.items() if key != ANYTHING}
        more = found.keys() - told.keys()
        return not (more and ANYTHING not in expected) and all(
            key in found and _fits(value, found[key], known) for key, value in told.items()
        )
    if isinstance(expected, list) and isinstance(found, list):
        open_end = expected[-1:] == [ANYTHING]
        told_items = expected[:-1] if open_end else expected
        enough = len(found) >= len(told_items) if open_end else len(found) == len(told_items)
        return enough and all(_fits(one, other, known) for one, other in zip(told_items, found, strict=False))
    return bool(expected == found)


def test_every_example_answers_as_the_page_says(house: House, tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    examples = EXAMPLE.findall(page)
    assert len(examples) == page.count("```http") > 10
    known: dict[str, Any] = {handle: program(house, handle).token for handle in ("li", "wang", "admin")}
    known |= {"signed": signed.approvals(house.store, tmp_path / "orders")[0], "password": PASSWORD}
    known["yi"] = program(house, "yi").token
    client = house.app.test_client(use_cookies=False)
    for request, status, answer in examples:
        head, _, body = NAMED.sub(lambda name: str(known[name[1]]), request).partition("\n\n")
        first, *lines = head.strip().splitlines()
        method, address = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        found = client.open(address, method=method, headers=headers, data=body.strip() or None)
        assert found.status_code == int(status), (first, found.text)
        told = json.loads(answer) if answer.strip() else None
        assert _fits(told, found.get_json(silent=True), known), (first, found.text)


def test_what_does_not_fit_is_noticed() -> None:
    for expected, found in (({"a": 1}, {"a": 1, "b": 2}), ([1], [1, 2]), ({"a": 1, "…": "…"}, {"b": 1}), ("{x}", 2)):
        assert not _fits(expected, found, {"x": 1})


def test_every_operation_stands_in_the_table(house: House) -> None:
    rows = set(re.findall(r"^\| `([A-Z]+ [^`]+)` \| (.+) \| `?(\w+)`? \|$", PAGE.read_text(encoding="utf-8"), re.M))
    paths = Program(house, "").get("/openapi.json")["paths"]
    told = {
        (
            f"{method.upper()} {path.removeprefix(PREFIX)}",
            found["summary"].removesuffix("."),
            found["description"].rpartition("Scope: `")[2].removesuffix("`."),
        )
        for path, methods in paths.items()
        for method, found in methods.items()
        if method != "parameters"
    }
    missing = "\n".join(f"| `{name}` | {summary} | {scope} |" for name, summary, scope in sorted(told - rows))
    assert not missing, f"expected these rows in docs/api.md:\n{missing}"
    assert rows - told == set(), "expected no row of an operation that is not there"
