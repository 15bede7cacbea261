"""Files of a draft: begun sound and bilingual, taken away only when it was said who needs them; published for a later day."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from jobs.worker import Worker
from tests.web.pages.browser import Browser, House

KEY = "service-planning"
AT = f"/procedures/{KEY}"
DRAFT = f"{AT}/draft/"
NEW = {"key": "svc_handover", "zh": "交接", "en": "Handover", "role": "SMO"}
PLACES = {
    "process": "processes/svc_handover.bpmn",
    "form": "forms/svc_handover.form",
    "decision": "decisions/svc_handover.dmn",
}


def _begun(house: House, handle: str = "li") -> Browser:
    made = house.signed_in(handle)
    made.post(f"{DRAFT}begin", at=AT)
    return made


def _new(visitor: Browser, kind: str, **more: str) -> TestResponse:
    return visitor.post(f"{DRAFT}files/new", {"kind": kind, **NEW, **more}, at=f"{DRAFT}files/new?kind={kind}")


def _findings(visitor: Browser) -> list[str]:
    found: Any = visitor.get(f"{DRAFT}findings").json
    return [one["text"] for one in found["findings"]]


def _publish(visitor: Browser, **more: str) -> TestResponse:
    mark = re.search(r'name="mark" value="(\d+)"', visitor.page(DRAFT))
    assert mark
    given = {"mark": mark[1], "reason": "按新的制度办理交接", "when": "now", **more}
    return visitor.post(f"{DRAFT}publish", given, at=DRAFT)


@pytest.mark.parametrize("kind", ["process", "form", "decision"])
def test_a_new_file_is_sound_and_opens_in_its_editor(house: House, kind: str) -> None:
    visitor = _begun(house)
    answer = _new(visitor, kind)
    assert answer.status_code == 302
    assert f"file={PLACES[kind]}" in answer.headers["Location"]
    assert visitor.get(answer.headers["Location"]).status_code == 200
    assert _findings(visitor) == (["没有任务使用此表单"] if kind == "form" else [])
    assert "新增文件" in visitor.page(DRAFT)


def test_a_new_process_is_published_and_read_by_everybody(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _new(mine, "process")
    assert _publish(other).status_code == 302
    page = house.signed_in("wang").page(f"{AT}/processes/svc_handover")
    assert "第一个任务" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "1x"}, "标识应以字母开头"),
        ({"key": "../x"}, "标识应以字母开头"),
        ({"key": "a__b"}, "标识应以字母开头"),
        ({"key": "svc_contract"}, "已经有"),
        ({"key": "T01_02"}, "图上已有"),
        ({"zh": ""}, "请填写中文名称"),
        ({"en": "x" * 101}, "请填写英文名称"),
        ({"role": "NOBODY"}, "请选择第一个任务归哪个角色"),
    ],
)
def test_what_is_not_as_it_should_be_stands_at_its_field(house: House, wrong: dict[str, str], said: str) -> None:
    visitor = _begun(house)
    answer = _new(visitor, "process", **wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "还没有任何改动" in visitor.page(DRAFT)


def test_names_with_markup_stay_names(house: House) -> None:
    visitor = _begun(house)
    for kind in PLACES:
        assert _new(visitor, kind, key=f"x_{kind}", zh='"><x>&', en="<&>").status_code == 302, kind
    assert _findings(visitor) == ["没有任务使用此表单"]
    assert "<x>" not in visitor.page(DRAFT)


def test_who_would_miss_a_file_is_said_before_it_goes_and_found_after(house: House) -> None:
    visitor = _begun(house)
    for path, user in (
        ("forms/T01_02.form", "T01.02"),
        ("decisions/contract_reviewers.dmn", "确定评审人"),
        ("processes/svc_contract.bpmn", ""),
    ):
        page = visitor.page(f"{DRAFT}files/remove?file={path}")
        assert "处在用它" in page
        assert user in page
    away = {"file": "forms/T01_02.form", "revision": "0"}
    assert (
        visitor.post(f"{DRAFT}files/remove", away, at=f"{DRAFT}files/remove?file=forms/T01_02.form").status_code == 302
    )
    assert any("forms/T01_02.form" in text for text in _findings(visitor))
    assert "删除文件 forms/T01_02.form" in visitor.page(DRAFT)


def test_a_new_file_that_goes_again_leaves_nothing(house: House) -> None:
    visitor = _begun(house)
    for kind, path in PLACES.items():
        _new(visitor, kind)
        away = {"file": path, "revision": "1"}
        assert visitor.post(f"{DRAFT}files/remove", away, at=f"{DRAFT}files/remove?file={path}").status_code == 302
        assert _findings(visitor) == [], kind
    page = visitor.page(DRAFT)
    assert "新增" not in page.partition('id="changes"')[2].partition("</section>")[0]


def test_a_file_that_somebody_changed_meanwhile_does_not_go(house: House) -> None:
    visitor = _begun(house)
    _new(visitor, "form")
    away = {"file": PLACES["form"], "revision": "0"}
    visitor.post(f"{DRAFT}files/remove", away, at=f"{DRAFT}files/remove?file={PLACES['form']}")
    assert "svc_handover.form" in visitor.page(DRAFT)


def test_the_manifest_and_what_is_not_there_cannot_go(house: House) -> None:
    visitor = _begun(house)
    for path in ("procedure.toml", "texts/en.json", "forms/none.form", "../x.form"):
        assert visitor.get(f"{DRAFT}files/remove?file={path}").status_code == 404, path


def test_a_version_for_a_later_day_is_planned_and_counts_from_that_day(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _new(mine, "process")
    day = (house.clock.now + timedelta(days=9)).date().isoformat()
    assert _publish(other, when="later", day=day).status_code == 302
    page = other.page(f"{AT}/versions")
    assert "将要生效" in page
    assert "李强 修改" in page
    assert other.get(f"{AT}/processes/svc_handover").status_code == 404
    house.clock.pass_by(days=10)
    later = house.signed_in("mei")
    assert "第一个任务" in later.page(f"{AT}/processes/svc_handover")
    assert "将要生效" not in later.page(f"{AT}/versions")


def test_a_case_runs_on_the_version_in_force_when_it_was_begun(house: House) -> None:
    mine, other, sales = _begun(house), house.signed_in("mei"), house.signed_in("wang")
    found: Any = mine.get(f"{DRAFT}file?file=processes/svc_requirements.bpmn").json
    body = {
        "file": "processes/svc_requirements.bpmn",
        "content": found["content"].replace('name="提出售前支持请求"', 'name="登记售前支持请求"'),
        "revision": 0,
        "texts": {},
    }
    sent = {"X-CSRF": found["csrf"]}
    assert mine.client.post(f"{DRAFT}file", json=body, headers=sent, base_url=mine.base).status_code == 200
    day = (house.clock.now + timedelta(days=2)).date().isoformat()
    assert _publish(other, when="later", day=day).status_code == 302
    names: list[list[str]] = []
    for days, project in ((1, "生效以前"), (2, "生效以后")):
        house.clock.pass_by(days=days - len(names))
        sales = house.signed_in("wang")
        given = {"begin": "service-planning/svc_lifecycle", "project_name": project, "customer": "东湖大学"}
        begun = sales.post("/cases/new", {**given, "command": str(days) * 32}, at="/cases/new")
        Worker(house.store).run()
        page = sales.page(begun.headers["Location"])
        names.append([name for name in ("提出售前支持请求", "登记售前支持请求") if name in page])
    assert names == [["提出售前支持请求"], ["登记售前支持请求"]]


@pytest.mark.parametrize("day", ["", "2026-11-24", "2020-01-01", "2126-01-01", "soon", "2026-13-01"])
def test_a_day_that_cannot_be_one_is_told_and_nothing_is_published(house: House, day: str) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _new(mine, "process")
    answer = _publish(other, when="later", day=day)
    assert answer.status_code == 422
    assert "按新的制度办理交接" in answer.text
    assert "将要生效" not in other.page(f"{AT}/versions")


def test_an_author_does_not_publish_whatever_is_sent(house: House) -> None:
    visitor = _begun(house)
    _new(visitor, "process")
    mark = {"mark": "1", "reason": "我自己来发布吧", "when": "now"}
    assert visitor.post(f"{DRAFT}publish", mark, at=AT).status_code == 403


def test_only_who_may_change_the_procedure_gets_these_pages(house: House) -> None:
    _begun(house)
    other = house.signed_in("wang")
    for address in (
        "files/new?kind=form",
        "files/remove?file=forms/T01_02.form",
        "form/?file=forms/T01_02.form",
        "decision/?file=decisions/project_level.dmn",
    ):
        assert other.get(f"{DRAFT}{address}").status_code == 403, address
    for address in ("files/new", "files/remove", "form/file", "form/preview", "decision/file", "decision/try"):
        assert other.post(f"{DRAFT}{address}", at="/account/").status_code == 403, address
