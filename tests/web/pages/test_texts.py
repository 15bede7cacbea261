"""Texts exist in Chinese and English, and moments are said as people say them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from engine.errors import Text
from storage import accounts, people
from storage.moments import NEVER, micros
from tests.web.pages.browser import House
from web import texts, translation
from web.texts import THEMES
from web.translation import typeset

WEB = Path(__file__).parents[3] / "web"
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACE = re.compile(r"%\(\w+\)s")
HANZI = re.compile("[\u3400-\u9fff]")


def _catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="en") if message.id}


def _written() -> set[str]:
    """Every text of code and templates."""
    with (WEB / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "lazy": None}
    found = extract_from_dir(WEB, methods, options, keywords)
    return {str(message) for _file, _line, message, _comments, _context in found}


def test_every_text_has_its_english() -> None:
    known = _catalogue()
    assert sorted(_written() - known.keys()) == []
    assert [text for text, english in known.items() if not english or HANZI.search(english)] == []
    assert sorted(known.keys() - _written()) == []


def test_english_names_the_same_values() -> None:
    differing = [text for text, found in _catalogue().items() if set(PLACE.findall(text)) != set(PLACE.findall(found))]
    assert differing == []


def test_no_text_of_a_template_stands_outside_the_catalogue() -> None:
    own = {"知行", "中文"}
    for path in (WEB / "templates").rglob("*.html"):
        bare = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert set(re.findall("[\u3400-\u9fff]+", bare)) <= own, path


def test_language_and_look_stay_with_the_account(house: House) -> None:
    visitor = house.signed_in("wang")
    visitor.post("/account/look", {"language": "en"}, at="/")
    visitor.post("/account/look", {"theme": "dark"}, at="/")
    page = house.signed_in("wang").page("/")
    assert 'lang="en" data-theme="dark" data-bs-theme="dark"' in page
    assert "Inbox" in page


@pytest.mark.parametrize("rubbish", [{}, {"theme": "pink"}, {"language": "fr"}, {"theme": "", "language": ""}])
def test_no_other_look_is_kept(house: House, rubbish: dict[str, str]) -> None:
    assert house.signed_in("wang").post("/account/look", rubbish, at="/").status_code == 422
    with house.store.database.read() as connection:
        found = accounts.of(connection, people.known(house.store, "wang"))
    assert found is not None
    assert found.theme in THEMES


def test_a_visitor_reads_the_language_of_their_browser(house: House) -> None:
    visitor = house.browser()
    assert "User name" in visitor.page("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "账号" in visitor.page("/sign-in", headers={"Accept-Language": "zh-CN"})
    assert "账号" in visitor.page("/sign-in", headers={"Accept-Language": "fr"})
    assert "User name" in visitor.page("/sign-in?language=en", headers={"Accept-Language": "zh-CN"})


@pytest.mark.parametrize(
    ("away", "said", "tone"),
    [
        (timedelta(minutes=-5), "刚刚逾期", "late"),
        (timedelta(hours=-3), "逾期 3 小时", "late"),
        (timedelta(days=-2), "逾期 2 天", "late"),
        (timedelta(hours=2), "今天 16:30", "soon"),
        (timedelta(days=1), "明天 14:30", ""),
        (timedelta(days=3), "周五 14:30", ""),
        (timedelta(days=9), "12月3日", ""),
        (timedelta(days=60), "2027年1月23日", ""),
    ],
)
def test_a_due_moment_is_said_by_the_clocks_of_the_organisation(
    house: House, away: timedelta, said: str, tone: str
) -> None:
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert texts.due(micros(house.clock.now + away)) == (said, tone)
        assert texts.due(NEVER) == ("", "")


def test_moments_are_said_with_the_day_when_it_is_another(house: House) -> None:
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        now = house.clock.now
        assert [texts.at(micros(now - timedelta(days=days))) for days in (0, 1, 2, 400)] == [
            "14:30",
            "昨天 14:30",
            "11月22日 14:30",
            "2025年10月20日 14:30",
        ]
        assert texts.weekday(datetime(2026, 11, 24)) == "周二"  # noqa: DTZ001  # a day of the week has no zone


def _kept() -> int:
    """How many texts are kept in memory."""
    return sum(found.cache_info().currsize for found in vars(translation).values() if hasattr(found, "cache_info"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_text_was_filled_with_is_kept_nowhere(house: House, language: str) -> None:
    """A mail with a one-time link is such a text."""
    _ = translation._  # what is asked for here is no text of a page
    with house.app.test_request_context(headers={"Accept-Language": language}):
        for secret in ("https://example.com/recovery/first", "https://example.com/recovery/second"):
            before = _kept()
            assert secret in _("今天 %(at)s 到期", at=secret)
            assert secret in texts.said(Text(f"打开:{secret}", f"open {secret}"))
        assert _kept() == before
        _("这是一段固定的文字")
        assert _kept() > before


def test_chinese_is_set_with_wide_punctuation_and_english_is_not(house: House) -> None:
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert typeset("请稍等,再试:10:30(例如今天)?") == "请稍等\uff0c再试\uff1a10:30\uff08例如今天\uff09\uff1f"
        assert typeset("A/1,编号 ZX-1,摘要:a1") == "A/1\uff0c编号 ZX-1\uff0c摘要\uff1aa1"
    with house.app.test_request_context(headers={"Accept-Language": "en"}):
        assert typeset("wait, please (now)?") == "wait, please (now)?"


def test_a_page_says_what_it_is_printed_with_as_of_when_by_whom_and_from_where(house: House) -> None:
    page = house.signed_in("wai").page("/cases/7/history")
    printed = re.sub(r"<[^>]*>", "", page.split('class="printed">')[1].split("</p>")[0])
    assert printed == "内容截至 2026-11-24 14:30\uff0c由 韦恩 打印 · localhost/cases/7/history"
