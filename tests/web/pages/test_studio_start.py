"""A whole new procedure: begun as a draft, published by somebody else, worked by from then on."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from jobs.worker import Worker
from tests.web.pages.browser import Browser, House

NEW = {"key": "asset-handover", "zh": "资产交接程序", "en": "Asset handover", "owner": "SMO", "publisher": "MR"}
DRAFT = "/procedures/asset-handover/draft/"


def _begin(visitor: Browser, **more: str) -> TestResponse:
    return visitor.post("/procedures/new/", {**NEW, **more}, at="/procedures/new/")


def _publish(visitor: Browser, **more: str) -> TestResponse:
    mark = re.search(r'name="mark" value="(\d+)"', visitor.page(DRAFT))
    assert mark
    given = {"mark": mark[1], "reason": "资产交接要有统一的记录", "when": "now", **more}
    return visitor.post(f"{DRAFT}publish", given, at=DRAFT)


def test_a_new_procedure_is_published_by_somebody_else_and_worked_by(house: House) -> None:
    mine, other = house.signed_in("li"), house.signed_in("mei")
    answer = _begin(mine)
    assert (answer.status_code, answer.headers["Location"]) == (302, DRAFT)
    page = mine.page(DRAFT)
    assert "没有发现问题" in page
    assert "由另一个人来发布" in page
    assert "资产交接程序" in other.page("/procedures/")
    assert _publish(mine).status_code == 403
    assert _publish(other).status_code == 302
    assert "第一个任务" in house.signed_in("wang").page("/procedures/asset-handover/processes/asset_handover")
    form = mine.page("/cases/new")
    names, ids = (re.findall(f' {what}="(project_name[^"]*)"', form) for what in ("for", "id"))
    assert len(names) == 2
    assert names == ids == list(dict.fromkeys(ids)), "each form's label belongs to its own field"
    assert form.count(" autofocus") == 1
    case = {"begin": "asset-handover/asset_handover", "project_name": "旧服务器交接", "command": "ab" * 16}
    begun = mine.post("/cases/new", case, at="/cases/new")
    assert begun.status_code == 302
    Worker(house.store).run()
    assert "第一个任务" in mine.page(begun.headers["Location"])
    assert mine.post(f"{DRAFT}begin", at="/procedures/asset-handover").status_code == 302
    assert "从版本 A/0 改起" in mine.page(DRAFT)


def test_a_draft_of_a_new_procedure_has_editors_and_can_be_given_up(house: House) -> None:
    visitor = house.signed_in("li")
    _begin(visitor)
    for address in ("settings", "diagram?file=processes/asset_handover.bpmn", "files/new?kind=form", "files/archive"):
        assert visitor.get(f"{DRAFT}{address}").status_code == 200, address
    mark = re.search(r'name="mark" value="(\d+)"', visitor.page(DRAFT))
    assert mark
    visitor.post(f"{DRAFT}discard", {"mark": mark[1]}, at=DRAFT)
    assert visitor.get(DRAFT).status_code == 404
    assert "资产交接程序" not in visitor.page("/procedures/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "Asset"}, "标识应为小写字母"),
        ({"key": "a--b"}, "标识应为小写字母"),
        ({"key": "../x"}, "标识应为小写字母"),
        ({"key": "new"}, "标识应为小写字母"),
        ({"key": "x" * 41}, "标识应为小写字母"),
        ({"zh": ""}, "请填写中文名称"),
        ({"en": "x" * 101}, "请填写英文名称"),
        ({"owner": "GM"}, "请选择您担任的一个角色"),
        ({"publisher": "NOBODY"}, "请选择由哪个角色发布"),
    ],
)
def test_what_is_not_as_it_should_be_stands_at_its_field(house: House, wrong: dict[str, str], said: str) -> None:
    visitor = house.signed_in("li")
    answer = _begin(visitor, **wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "还没有发布过" not in visitor.page("/procedures/")


def test_a_name_that_is_taken_is_refused(house: House) -> None:
    visitor = house.signed_in("li")
    assert _begin(visitor, key="service-planning").status_code == 409
    assert _begin(visitor).status_code == 302
    assert _begin(visitor).status_code == 409


def test_names_with_markup_and_quotes_stay_names(house: House) -> None:
    visitor = house.signed_in("li")
    assert _begin(visitor, zh='"<b>\\', en="]]>'").status_code == 302
    page = visitor.page(DRAFT)
    assert "没有发现问题" in page
    assert "<b>\\" not in page


def test_who_changes_no_procedure_gets_neither_the_link_nor_the_answer(house: House) -> None:
    _begin(house.signed_in("li"))
    other = house.signed_in("wang")
    page = other.page("/procedures/")
    assert "/procedures/new/" not in page
    assert "资产交接程序" not in page
    assert other.get("/procedures/new/").status_code == 404
    assert other.post("/procedures/new/", NEW, at="/account/").status_code == 404
    assert other.get(DRAFT).status_code == 404
    assert other.post(f"{DRAFT}publish", at="/account/").status_code == 404
