"""Every page in English: what is left of Chinese there was typed by somebody, or stands there in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from sqlalchemy import MetaData, select

from storage.submission import Store
from tests.journeys.every_page import SIGHTS
from tests.journeys.furnishing import furnish, house_at
from tests.web.pages.browser import Browser, House
from tests.web.pages.conftest import NOW
from tests.web.pages.test_texts import HANZI, _catalogue
from web.cli.demo import SHIPPED

RUN = re.compile(f"{HANZI.pattern}+")
READ = re.compile(r' (?:title|aria-label|placeholder|alt|hx-confirm|data-words|data-offline|data-failed)="([^"]*)"')
UNREAD = re.compile(r"<(script|style|code)\b.*?</\1>", re.DOTALL)
"""Of scripts the words alone are read; a rule is written as its author wrote it."""

WORDS = re.compile(r'"words": (\{.*?\})')
TYPED = ("case_value", "entry", "file_use", "handle", "invitation", "job", "large_value", "personal", "token")
"""Tables in which stands what people typed, apart from procedures."""

NAMES = {"知行", "中文"}
"""The product, and a language by its own name."""

BOTH = {"draft-settings", "draft-row-one", "draft-row-one-2", "draft-row-ask", "draft-draft", "draft-draft-2"}
"""Where Chinese is edited beside its English, or a changed text is told as it was written."""


def test_a_page_in_english_has_no_chinese_of_ours(furnished: Path, tmp_path: Path) -> None:
    shutil.copyfile(furnished, tmp_path / "zhixing.db")
    shutil.copytree(furnished.with_suffix(".files"), tmp_path / "zhixing.files")
    with house_at(tmp_path / "zhixing.db", NOW) as house:
        known = furnish(house)
        typed = "\n".join(_typed(house.store)) + "\n不存在的"
        left = {name: _left(page, typed) for name, page in _pages(house, known)}
    assert len(left) > 70
    found = {name: sorted(runs) for name, runs in left.items() if name not in BOTH}
    assert {name: runs for name, runs in found.items() if runs} == {}


def _pages(house: House, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every page that is there without a script."""
    visitors: dict[str, Browser] = {}
    for sight in SIGHTS:
        if sight.who not in visitors:
            visitors[sight.who] = house.signed_in(sight.who) if sight.who else house.browser()
            if sight.who:
                visitors[sight.who].post("/account/look", {"language": "en"}, at="/account/")
        answer = visitors[sight.who].get(sight.address.format(**known), headers={"Accept-Language": "en"})
        assert answer.status_code == sight.status, (sight, answer.status_code)
        assert '<html lang="en"' in answer.text
        yield sight.name, answer.text


def _left(page: str, typed: str) -> set[str]:
    """Chinese that nobody typed, or that is a whole text of ours."""
    words = [
        found
        for script in re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
        for found in WORDS.findall(script)
    ]
    said = " ".join([re.sub(r"<[^>]*>", " ", UNREAD.sub(" ", page)), *READ.findall(page), *words])
    runs = set(RUN.findall(unescape(said)))
    return {run for run in runs - NAMES if run not in typed or run in OURS}


def _ours() -> set[str]:
    """Texts of pages, and texts of the shipped procedure."""
    files = (path for path in SHIPPED.rglob("*") if path.suffix in (".bpmn", ".form", ".dmn", ".toml"))
    return set(_catalogue()) | {text for path in files for text in re.findall(r'"([^"\n]*)"', path.read_text("utf-8"))}


OURS = _ours()


def _typed(store: Store) -> Iterator[str]:
    """Everything that stands in those tables."""
    known = MetaData()
    with store.database.read() as connection:
        known.reflect(connection, only=TYPED)
        for table in known.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    text = value.decode(errors="ignore") if isinstance(value, bytes) else value
                    if isinstance(text, str):
                        yield re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
