"""Drafts of procedures by the API: what was read is named by every write, and somebody else publishes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from tests.web.api.program import Program, program
from tests.web.pages.browser import House

AT = "/procedures/service-planning/draft"
MANIFEST = "procedure.toml"


def _ask(visitor: Program, method: str, where: str = "", body: object = None, **headers: str) -> TestResponse:
    return visitor.ask(method, f"{AT}{where}", body, **headers)


def _begun(house: House) -> tuple[Program, Program]:
    mine, other = program(house, "li"), program(house, "mei")
    assert _ask(mine, "POST").status_code == 200
    return mine, other


def _labelled(visitor: Program) -> TestResponse:
    """The label of the version changed."""
    found = _ask(visitor, "GET", f"/files/{MANIFEST}")
    text = found.get_json()["text"].replace('label = "A/0"', 'label = "A/1"')
    return _ask(visitor, "PUT", f"/files/{MANIFEST}", {"text": text}, If_Match=found.headers["ETag"])


def test_a_file_is_written_with_what_was_read_and_published_by_somebody_else(house: House) -> None:
    mine, other = _begun(house)
    answer = _labelled(mine)
    assert (answer.status_code, answer.get_json()) == (200, {"path": MANIFEST, "revision": 1})
    assert answer.headers["ETag"] == '"1"'
    assert _ask(mine, "GET", "/findings").get_json() == {"items": []}
    draft = _ask(other, "GET")
    assert (draft.get_json()["authors"], draft.headers["ETag"]) == (["li"], '"1"')
    reason = {"reason": "版本号应与文件一致"}
    assert _ask(mine, "POST", "/publish", reason, If_Match='"1"').status_code == 403
    published = _ask(other, "POST", "/publish", reason, If_Match='"1"', Idempotency_Key="once")
    assert published.status_code == 200
    again = _ask(other, "POST", "/publish", reason, If_Match='"1"', Idempotency_Key="once")
    assert (again.status_code, again.get_json()) == (200, published.get_json())
    versions = other.get("/procedures/service-planning/versions")["items"]
    assert [one["label"] for one in versions] == ["A/0", "A/1"]
    assert versions[-1]["version"] == published.get_json()["version"]
    assert _ask(other, "GET").status_code == 404


def test_a_later_moment_leaves_the_version_in_force_as_it_is(house: House) -> None:
    mine, other = _begun(house)
    _labelled(mine)
    at = (house.clock.now + timedelta(days=3)).isoformat()
    body = {"reason": "下周起按新版本办理", "effective": at}
    assert _ask(other, "POST", "/publish", body, If_Match='"1"').status_code == 200
    assert other.get("/procedures/service-planning")["label"] == "A/0"
    house.clock.pass_by(days=4)
    assert other.get("/procedures/service-planning")["label"] == "A/1"


@pytest.mark.parametrize(
    "moment", ["2026-12-01", "soon", "2026-12-01T00:00:00", "2001-01-01T00:00:00Z", "99999-01-01T00:00:00Z"]
)
def test_a_moment_that_cannot_be_one_is_refused(house: House, moment: str) -> None:
    mine, other = _begun(house)
    _labelled(mine)
    body = {"reason": "下周起按新版本办理", "effective": moment}
    assert _ask(other, "POST", "/publish", body, If_Match='"1"').status_code == 422
    assert _ask(other, "GET").status_code == 200


def test_a_write_without_or_with_an_old_revision_changes_nothing(house: House) -> None:
    mine, other = _begun(house)
    body = {"text": "x"}
    assert _ask(mine, "PUT", f"/files/{MANIFEST}", body).status_code == 428
    assert _labelled(mine).status_code == 200
    for tag in ('"0"', '"7"', '"x"', '"-1"', '"1", "2"'):
        assert _ask(other, "PUT", f"/files/{MANIFEST}", body, If_Match=tag).status_code == 412, tag
    assert _ask(mine, "DELETE", If_Match='"0"').status_code == 412
    assert 'label = "A/1"' in _ask(mine, "GET", f"/files/{MANIFEST}").get_json()["text"]
    assert _ask(mine, "DELETE", If_Match='"1"').status_code == 204
    assert _ask(mine, "GET").status_code == 404


@pytest.mark.parametrize(
    "path", ["../x.form", "a/b.txt", "forms/x.exe", "processes/x", "forms/a\\b.form", "scenarios/x.json"]
)
def test_a_place_that_no_file_has_is_refused(house: House, path: str) -> None:
    mine, _other = _begun(house)
    answer = _ask(mine, "PUT", f"/files/{path}", {"text": "{}"}, If_Match='"0"')
    assert answer.status_code in (404, 422)
    assert _ask(mine, "GET").get_json()["mark"] == 0


@pytest.mark.parametrize(
    "text", ['<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "<a>", "x", "<?php x ?><a/>"]
)
def test_hostile_markup_is_refused_and_not_kept(house: House, text: str) -> None:
    mine, _other = _begun(house)
    for path in ("processes/new.bpmn", "decisions/new.dmn"):
        assert _ask(mine, "PUT", f"/files/{path}", {"text": text}, If_Match='"0"').status_code == 422
    assert _ask(mine, "GET").get_json()["mark"] == 0


def test_a_new_file_comes_and_goes(house: House) -> None:
    mine, _other = _begun(house)
    body = {"text": '{"type": "default", "components": []}'}
    assert _ask(mine, "PUT", "/files/forms/new.form", body, If_Match='"0"').status_code == 200
    (fault, *_more) = _ask(mine, "GET", "/findings").get_json()["items"]
    assert (fault["file"], fault["kind"]) == ("forms/new.form", "fault")
    assert _ask(mine, "DELETE", "/files/forms/new.form", If_Match='"1"').status_code == 200
    assert _ask(mine, "GET", "/files/forms/new.form").status_code == 404
    assert _ask(mine, "GET", "/findings").get_json() == {"items": []}


def test_who_may_not_change_the_procedure_has_no_draft(house: House) -> None:
    _begun(house)
    other = program(house, "wang")
    for method, where in (
        ("GET", ""),
        ("POST", ""),
        ("GET", f"/files/{MANIFEST}"),
        ("GET", "/findings"),
        ("DELETE", ""),
    ):
        assert _ask(other, method, where, If_Match='"0"').status_code == 403, (method, where)
    assert _ask(other, "PUT", f"/files/{MANIFEST}", {"text": "x"}, If_Match='"0"').status_code == 403
    assert _ask(other, "POST", "/publish", {"reason": "我来发布一下"}, If_Match='"0"').status_code == 403


def test_a_decision_is_tried_with_values_as_people_type_them(house: House) -> None:
    mine, _other = _begun(house)
    values = {
        "deviations": "0",
        "amount": "60,000",
        "kind": "补充协议",
        "affects_departments": "否",
        "法务评审金额": "50000",
    }
    body = {"path": "decisions/contract_reviewers.dmn", "decision": "contract_reviewers", "values": values}
    answer = _ask(mine, "POST", "/try", body)
    assert (answer.status_code, answer.get_json()["rules"]) == (200, [1, 2, 3, 5])
    wrong = {**body, "values": {**values, "amount": "many"}}
    assert "amount" in _ask(mine, "POST", "/try", wrong).get_json()["problem"]
    assert _ask(mine, "POST", "/try", {**body, "path": "decisions/none.dmn"}).status_code == 404
    assert _ask(mine, "POST", "/try", {**body, "decision": "none"}).get_json()["problem"]


def test_a_whole_new_procedure_is_begun_written_and_published(house: House) -> None:
    mine, other = program(house, "li"), program(house, "mei")
    names = {"key": "asset-handover", "zh": "资产交接程序", "en": "Asset handover", "owner": "SMO", "publisher": "MR"}
    assert mine.ask("POST", "/procedures", {**names, "key": "No"}).status_code == 422
    assert program(house, "wang").ask("POST", "/procedures", names).status_code == 404
    begun = mine.ask("POST", "/procedures", names)
    assert (begun.status_code, begun.get_json()["authors"]) == (201, ["li"])
    assert mine.ask("POST", "/procedures", names).status_code == 409
    at = "/procedures/asset-handover/draft"
    assert mine.get(f"{at}/findings") == {"items": []}
    reason = {"reason": "资产交接要有统一的记录"}
    assert mine.ask("POST", f"{at}/publish", reason, If_Match='"1"').status_code == 403
    assert other.ask("POST", f"{at}/publish", reason, If_Match='"1"').status_code == 200
    assert other.get("/procedures/asset-handover")["owner"] == "SMO"
