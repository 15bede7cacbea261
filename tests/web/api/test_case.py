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
