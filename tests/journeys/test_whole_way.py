"""The whole way from a request to an appointed project manager, by nine people in nine browsers, as a customer would see it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.clerk import fill, scenario
from tests.journeys.conftest import Visit
from tests.web.terminal import ROOT

Opener = Callable[..., Visit]
PROJECT, CUSTOMER = "东海证券交易系统综合运维", "东海证券"
SCENARIO = "project-straight-through"


def test_a_request_becomes_a_project_with_an_appointed_manager(visit: Opener, tmp_path: Path) -> None:
    told = scenario(SCENARIO)
    names = {person["handle"]: person["name"] for person in told["people"]}
    steps = [step for step in told["steps"] if step.get("do") == "complete"]
    people = {handle: visit() for handle in dict.fromkeys(step["as"] for step in steps)}
    assert len(people) >= 8
    for handle, person in people.items():
        person.page.set_default_timeout(60_000)
        person.sign_in(handle)
    case = _begin(people["wang"])
    for step in steps:
        page = _open(people[step["as"]], step["element"])
        fill(page, step["element"], _ours(step["data"]), names)
        if step["element"] == "T02_01":
            _says_what_is_named(page)
        _hand_in(page)
    page = people["li"].go(case)
    people["li"].picture("whole-way")
    _is_appointed(page, names["qian"])
    _can_be_looked_back_at(people["li"], case)
    _is_proven(tmp_path)


def _ours(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a step, for this project."""
    ours = {"project_name": PROJECT, "customer": {"ref": f"customer:{CUSTOMER}"}}
    return {key: ours.get(key, value) for key, value in data.items()}


def _begin(sales: Visit) -> str:
    """A new project; its address."""
    page = sales.go("/cases/new")
    page.get_by_label("项目名称").first.fill(PROJECT)
    page.get_by_label("客户").first.fill(CUSTOMER)
    page.get_by_role("button", name="建立并启动").first.click()
    expect(page.locator("h1")).to_have_text(PROJECT)
    return page.url.removeprefix(sales.base)


def _open(person: Visit, element: str) -> Page:
    """The task of this project at a step, from the inbox; whoever is early looks again."""
    page, number = person.page, element.replace("_", ".")
    mine = page.locator(".task", has_text=PROJECT).locator(".task-name", has_text=number)
    for _ in range(200):
        person.go("/")
        if mine.count():
            break
    mine.click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator("h1")).to_contain_text(number)
    return page


def _says_what_is_named(page: Page) -> None:
    """A reference is chosen from what there is, and told by its name."""
    field = page.locator("[data-field='requirement_spec']")
    expect(field.locator("[data-note]")).to_contain_text("服务需求说明书 · ZX-", timeout=30_000)
    option = field.locator("datalist option[value='service_requirements_specification']")
    expect(option).to_have_text(re.compile("服务需求说明书"))


def _hand_in(page: Page) -> None:
    """Hand the form in: the browser goes on to another page, unless something is to be corrected."""
    with page.expect_event("load"):
        page.get_by_role("button", name="提交", exact=True).click()


def _is_appointed(page: Page, name: str) -> None:
    expect(page.locator(".case-facts div", has_text="项目经理")).to_contain_text(name)
    expect(page.locator(".case-facts div", has_text="客户")).to_contain_text(CUSTOMER)
    expect(page.locator(".case-head .status")).to_contain_text("已立项")
    expect(page.get_by_role("heading", name="待办任务").locator("xpath=..")).to_contain_text("0")


def _can_be_looked_back_at(person: Visit, case: str) -> None:
    """The history says in sentences who did what; a line of it leads to the case as it was at that moment."""
    page = person.go(f"{case}/history")
    line = page.locator(".case-record-line", has_text="T02.04").filter(has_text="完成")
    expect(line.first).to_contain_text("何琳")
    person.picture("whole-way-history")
    line.first.locator(".case-record-link").click()
    expect(page.locator(".case-happened-first")).to_contain_text("T02.04")
    expect(page.locator(".case-moment-side")).to_contain_text("T02.05")
    expect(page.locator(".case-facts div", has_text="项目经理")).to_contain_text("未任命")
    person.picture("whole-way-moment")


def _is_proven(data: Path) -> None:
    """Nothing was altered: chains and seals hold, and every command made the same events again."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIXING_")}
    environment = {**kept, "ZHIXING_DATA": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "web.cli", "verify", "--language", "en"]
    done = subprocess.run(command, cwd=data, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was altered" in done.stdout
