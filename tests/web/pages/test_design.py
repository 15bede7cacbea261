"""The page of the design tokens shows all of them, and every part that pages share."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.pages.browser import House

WEB = Path(__file__).parents[3] / "web"
TOKEN = re.compile(r"^\s+--zx-([\w-]+):", re.MULTILINE)


def test_every_token_and_every_shared_part_is_shown(house: House) -> None:
    page = house.signed_in("wang").page("/design")
    tokens = set(TOKEN.findall((WEB / "styles" / "tokens.css").read_text(encoding="utf-8")))
    assert len(tokens) > 30
    assert set(re.findall(r"<code[^>]*>--zx-([\w-]+)</code>", page)) == tokens
    parts = re.findall(r"\{% macro (\w+)\(", (WEB / "templates/macros/parts.html").read_text(encoding="utf-8"))
    assert set(parts) <= set(re.findall(r'data-part="(\w+)"', page))


def test_every_token_that_is_shown_has_its_look() -> None:
    """A tile without a rule would be a blank one."""
    styles = (WEB / "styles" / "design.css").read_text(encoding="utf-8")
    shown = set(re.findall(r"var\(--zx-([\w-]+)\)", styles))
    tokens = set(TOKEN.findall((WEB / "styles" / "tokens.css").read_text(encoding="utf-8")))
    assert tokens - shown <= {"font", "font-figures"}
