"""A task by the API: looked at, drafted, handed in, sent on; what is wrong is said by field, and nothing is kept in part."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from storage import schema
from tests.web.api.program import Program, program
from tests.web.pages.browser import House


def _task(visitor: Program, element: str) -> dict[str, Any]:
    return next(one for one in visitor.get("/inbox")["items"] if one["element"] == element)


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def test_the_inbox_is_that_of_the_page_and_goes_page_by_page(house: House) -> None:
    li = program(house, "li")
    every = [one["task"] for one in li.get("/inbox")["items"]]
    first = li.get("/inbox?size=1")
    second = li.get(f"/inbox?size=1&after={first['next']}")
    assert [first["items"][0]["task"], second["items"][0]["task"]] == every[:2]
    assert sum(li.get("/inbox/counts").values()) == len(every)
    assert li.get("/inbox?q=%E5%AE%81%E6%B3%A2")["items"][0]["title"].startswith("宁波")
    assert li.get("/inbox?why=mine")["items"] == []


def test_whoever_may_not_know_of_a_task_finds_none(house: House) -> None:
    task = _task(program(house, "li"), "T01_05")["task"]
    admin = program(house, "admin")  # whoever keeps accounts does no business
    for method, address in (("GET", ""), ("GET", "/draft"), ("GET", "/targets"), ("POST", "/claim"), ("POST", "/open")):
        assert admin.refused(404, method, f"/tasks/{task}{address}")["reason"] == "not-found"


def test_a_task_is_read_with_its_form_and_what_one_may_do(house: House) -> None:
    li = program(house, "li")
    task = li.get(f"/tasks/{_task(li, 'T01_05')['task']}")
    assert (task["number"], task["name"], task["stage"]) == ("T01.05", {"zh": "审核", "en": "Review"}, "offered")
    assert {"complete", "claim", "return", "transfer"} <= set(task["actions"])
    assert task["form"]["type"] == "default"


def test_it_is_claimed_drafted_and_sent_back_by_name(house: House) -> None:
    li = program(house, "li")
    key = _task(li, "T01_05")["task"]
    li.post(f"/tasks/{key}/open")
    claimed = li.post(f"/tasks/{key}/claim")
    assert li.get(f"/tasks/{key}")["holder"]["handle"] == "li"
    answer = li.ask("PUT", f"/tasks/{key}/draft", {"data": {"opinion": "半句", "by": "@wang"}})
    assert answer.get_json()["draft"] == {"opinion": "半句", "by": "@wang"}
    assert li.get(f"/tasks/{key}")["draft"] == {"opinion": "半句", "by": "@wang"}
    target = next(one for one in li.get(f"/tasks/{key}/targets")["items"] if one["refusal"] is None)
    returned = li.post(f"/tasks/{key}/return", {"target": target["element"], "reason": "缺少附件"})
    assert returned["revision"] > claimed["revision"]
    assert li.get(f"/tasks/{key}")["stage"] == "cancelled"


def test_what_is_wrong_in_a_form_is_said_by_field_in_both_languages(house: House) -> None:
    li = program(house, "li")
    key, before = _task(li, "T01_05")["task"], _entries(house)
    problem = li.refused(422, "POST", f"/tasks/{key}/complete", {"data": {"conclusion": "no such choice"}})
    assert problem["reason"] == "invalid-data"
    assert problem["faults"]
    for fault in problem["faults"]:
        assert fault["path"]
        assert fault["text"]["zh"] != fault["text"]["en"]
    assert _entries(house) == before


def test_a_task_of_somebody_else_is_refused_by_the_engine(house: House) -> None:
    wang = program(house, "wang")
    key = _task(program(house, "li"), "T01_05")["task"]
    problem = wang.refused(403, "POST", f"/tasks/{key}/claim")
    assert problem["reason"] == "not-allowed"


def test_it_is_transferred_delegated_and_copied(house: House) -> None:
    li, mei = program(house, "li"), program(house, "mei")
    key = _task(li, "T01_05")["task"]
    li.post(f"/tasks/{key}/copy", {"to": ["wang"], "message": "请知悉"})
    assert program(house, "wang").get("/inbox/told")["items"][0]["task"] == key
    li.post(f"/tasks/{key}/transfer", {"to": "mei", "reason": "休假"})
    assert mei.get(f"/tasks/{key}")["holder"]["handle"] == "mei"
    mei.post(f"/tasks/{key}/delegate", {"to": "li", "reason": "请协助"})
    li.post(f"/tasks/{key}/resolve", {"opinion": "同意"})
    assert mei.get(f"/tasks/{key}")["stage"] == "claimed"


WRONG: tuple[tuple[str, object, str], ...] = (
    ("transfer", {"reason": "x"}, "to"),
    ("transfer", {"to": "wang"}, "reason"),
    ("transfer", {"to": 7, "reason": "x"}, "to"),
    ("transfer", {"to": "nobody-here", "reason": "x"}, "to"),
    ("transfer", {"to": "wang", "reason": ""}, "reason"),
    ("transfer", {"to": "wang", "reason": "x" * 1001}, "reason"),
    ("transfer", {"to": "wang", "reason": "x", "more": 1}, "more"),
    ("copy", {"to": "wang"}, "to"),
    ("copy", {"to": []}, "to"),
    ("copy", {"to": ["wang", "nobody-here"]}, "to[1]"),
    ("signers", {"to": ["wang"], "reason": "x", "place": "beside"}, "place"),
    ("return", {"target": None, "reason": "x"}, "target"),
    ("complete", {"data": []}, "data"),
    ("complete", {"data": {"x": "@nobody-here"}}, "data"),
)


@pytest.mark.parametrize(("act", "body", "field"), WRONG)
def test_unsound_requests_are_refused_with_the_field_and_nothing_is_kept(
    house: House, act: str, body: object, field: str
) -> None:
    li = program(house, "li")
    key, before = _task(li, "T01_05")["task"], _entries(house)
    problem = li.refused(422, "POST", f"/tasks/{key}/{act}", body)
    assert [fault["path"] for fault in problem["faults"]] == [field]
    assert problem["reason"] == "invalid-data"
    assert _entries(house) == before


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'; DROP TABLE entry; --", "\u202e", "{{7*7}}"])
def test_signs_of_other_languages_are_text(house: House, text: str) -> None:
    li = program(house, "li")
    key = _task(li, "T01_05")["task"]
    li.post(f"/tasks/{key}/transfer", {"to": "mei", "reason": text})
    history = li.get(f"/instances/{key.split('.')[0]}/history?size=200")["items"]
    assert text in history[-1]["sentences"][-1]["what"]["zh"]
    answer = li.ask("GET", f"/instances/{key.split('.')[0]}/history?size=200")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_reference_may_name_is_asked_for_and_what_it_may_not_is_refused(house: House) -> None:
    wang = program(house, "wang")
    key = _task(wang, "T01_01")["task"]
    found = wang.get(f"/tasks/{key}/references?field=predecessor&q=FW20260001")["items"]
    assert found == [{"ref": "case:3", "title": "FW20260001 · 江南水务集团调度系统综合运维 · 江南水务集团"}]
    assert wang.refused(404, "GET", f"/tasks/{key}/references?field=background")["reason"] == "not-found"
    contacts = [
        {"kind": kind, "name": "刘建国", "mobile": "13800010001", "email": "a@example.cn"}
        for kind in ("职级主管", "技术联系人")
    ]
    data = {
        "customer": {"ref": "customer:临港新区管委会"},
        "opportunity": "巡检",
        "service_type": "综合",
        "background": "设备到期",
        "support_kind": ["需求调研"],
        "needed_by": "2026-12-20",
        "urgency": "普通",
        "customer_contacts": contacts,
        "is_renewal": True,
    }
    wrong = wang.refused(422, "POST", f"/tasks/{key}/complete", {"data": {**data, "predecessor": {"ref": "case:999"}}})
    assert [one["path"] for one in wrong["faults"]] == ["predecessor"]
    wang.post(f"/tasks/{key}/complete", {"data": {**data, "predecessor": {"ref": "case:3"}}})
