"""Cases in lists: what is due next by name and moment, and how much is late apart from it."""

from __future__ import annotations

from typing import Any

from tests.web.api.program import Program, program
from tests.web.pages.browser import House


def _listed(li: Program, title: str) -> Any:
    (found,) = [one for one in li.get("/cases")["items"] if title in one["values"]["project_name"]]
    return found


def test_a_case_in_the_list_names_what_is_due_next_and_counts_what_is_late(house: House) -> None:
    li = program(house, "li")
    found = _listed(li, "市第一人民医院")
    assert (found["waiting"], found["late"]) == (1, 0)
    assert found["next"] == {
        "kind": "task",
        "process": "svc_initiation",
        "element": "T03_03",
        "name": {"zh": "T03.03 立项审核", "en": "T03.03 Review the application"},
        "at": "2026-11-26T03:10:00+00:00",
    }
    house.clock.pass_by(days=4)
    found = _listed(li, "市第一人民医院")
    assert (found["waiting"], found["late"], found["next"]) == (1, 1, None)


def test_a_case_in_which_something_runs_is_ended_only_by_whoever_says_that_they_know(house: House) -> None:
    li, wang = program(house, "li"), program(house, "wang")
    number = _listed(li, "市第一人民医院")["case"]
    running = [one for one in li.get(f"/cases/{number}")["instances"] if _status(li, one) == "running"]
    address, asked = f"/cases/{number}/close", {"outcome": "客户取消"}
    for body in (asked, {**asked, "running": "refuse"}):
        problem = li.refused(409, "POST", address, body)
        assert [fault["path"] for fault in problem["faults"]] == [f"instances/{one}" for one in running]
        assert problem["faults"][0]["text"]["zh"] in problem["text"]["zh"]
    assert li.refused(422, "POST", address, {**asked, "running": "end"})["faults"][0]["path"] == "running"
    assert wang.refused(403, "POST", address, {**asked, "running": "leave"})["reason"] == "not-allowed"
    assert li.get(f"/cases/{number}")["status"] == "running"
    li.post(address, {**asked, "running": "leave"})
    assert li.get(f"/cases/{number}")["status"] == "completed"
    assert [_status(li, one) for one in running] == ["running"] * len(running)


def test_a_case_in_which_nothing_runs_is_ended_at_once(house: House) -> None:
    li = program(house, "li")
    number = _listed(li, "江南水务")["case"]
    li.post(f"/cases/{number}/close", {"outcome": "合同期满"})
    assert li.get(f"/cases/{number}")["outcome"] == "合同期满"


def _status(li: Program, instance: int) -> str:
    return str(li.get(f"/instances/{instance}")["status"])
