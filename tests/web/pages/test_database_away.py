"""The database is away, empty, or of another release: whoever watches the product is told, and pages say so in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.submission import Store
from tests.web.api.program import PREFIX
from tests.web.pages.browser import Clock, House
from tests.web.pages.conftest import NOW
from web import settings
from web.app import create_app

COOKIE = ("zhixing", "somebody's session of before")
OTHER = "the tables are of another release"
AWAY = "the database does not answer"


def _house(folder: Path) -> House:
    """The product with whatever stands at `away.db`."""
    clock = Clock(NOW)
    store = Store(Database(f"sqlite:///{folder}/away.db"), clock)
    return House(create_app(settings.read({"ZHIXING_DATA": str(folder)}, folder / "none"), store), store, clock)


@pytest.fixture(params=["empty", "broken"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """The product without its tables; and what whoever watches it is told."""
    if request.param == "broken":
        (tmp_path / "away.db").write_bytes(b"no database of ours" * 500)
    made = _house(tmp_path)
    reason = OTHER if request.param == "empty" else AWAY
    yield made, reason
    made.store.database.close()


def test_whoever_watches_is_told_that_it_cannot_serve_though_it_lives(away: tuple[House, str]) -> None:
    made, reason = away
    visitor = made.browser()
    answer = visitor.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable", "reason": reason})
    assert visitor.get("/health/live").status_code == 200


def test_people_and_programs_are_told_in_words(away: tuple[House, str]) -> None:
    visitor = away[0].browser()
    visitor.client.set_cookie(*COOKIE)
    page = visitor.get("/", headers={"Accept-Language": "en"})
    assert (page.status_code, "The database cannot be reached" in page.text) == (503, True)
    assert page.headers["X-Request-Id"] in page.text
    assert "Traceback" not in page.text
    assert "SELECT" not in page.text
    asked = visitor.get(f"{PREFIX}/me", headers={"Authorization": "Bearer zx_x"})
    assert (asked.status_code, asked.mimetype) == (503, "application/problem+json")
    assert asked.get_json()["text"]["zh"] != asked.get_json()["text"]["en"] != ""


def test_whoever_signs_in_or_asks_in_the_background_is_told(tmp_path: Path) -> None:
    visitor = _house(tmp_path).browser()
    answer = visitor.sign_in("li")
    assert (answer.status_code, "数据库暂时无法访问" in answer.text) == (503, True)
    visitor.client.set_cookie(*COOKIE)
    behind = visitor.get("/", headers={"HX-Request": "true"})
    assert (behind.status_code, behind.text) == (503, "")
    assert "数据库暂时无法访问" in unquote(behind.headers["X-Said"])


def test_tables_of_another_release_are_told(house: House) -> None:
    visitor = house.browser()
    assert visitor.get("/health/ready").status_code == 200
    with house.store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = visitor.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable", "reason": OTHER})
