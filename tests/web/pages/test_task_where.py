"""Where a task stands: its process as a drawing with what is done and what is open, for whoever may know of the task."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from tests.web.pages.browser import House
from tests.web.pages.test_task import _task


def _marks(page: str) -> dict[str, Any]:
    found = re.search(r'data-marks="([^"]*)"', page)
    assert found is not None
    read: dict[str, Any] = json.loads(html.unescape(found[1]))
    return read


def test_the_page_offers_the_drawing_and_reads_it_only_when_it_is_unfolded(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    page = visitor.page(f"/tasks/{task}")
    assert f'hx-get="/tasks/{task}/where" hx-trigger="toggle once"' in page
    assert "data-marks" not in page


def test_the_drawing_marks_the_task_the_way_to_it_and_what_is_done(house: House) -> None:
    page = house.signed_in("zhao").page(f"/tasks/{_task(house, 'T01_03')}/where")
    marks = _marks(page)
    assert marks["mine"] == {"element": "T01_03", "said": "本任务"}
    assert marks["steps"]["T01_02"]["state"] == "done"
    assert marks["steps"]["T01_03"]["state"] in ("here", "late")
    assert marks["here"] == {"T01_03": 1}
    assert marks["flows"]
    assert 'data-step="T01_03" aria-current="step"' in page


def test_whoever_may_read_the_case_gets_from_a_step_to_its_moment(house: House) -> None:
    page = house.signed_in("li").page(f"/tasks/{_task(house, 'T01_03')}/where")
    address = re.search(r'class="case-step-name" href="(/cases/[^"]+)"', page)
    assert address is not None
    assert house.signed_in("li").get(address[1]).status_code == 200


def test_whoever_may_not_know_of_the_task_gets_no_drawing(house: House) -> None:
    task = _task(house, "T01_03")
    assert house.signed_in("gong").get(f"/tasks/{task}/where").status_code == 404
    assert house.signed_in("zhao").get("/tasks/1.999.1/where").status_code == 404
