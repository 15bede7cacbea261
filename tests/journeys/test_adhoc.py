"""What a process leaves to people: they begin it on a task's page. The server has a small procedure for it besides the shipped one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.test_actions import _confirm, _dialog, _enter, _open
from tests.web.terminal import ROOT
from tests.web.test_adhoc import MODEL

Opener = Callable[..., Visit]

FREE = MODEL.replace('name="员工" zx:role="STAFF"', 'name="市场/销售人员" zx:role="SALES"')
MANIFEST = """
key = "visit"
label = "1"
owner = "SMO"
[title]
zh = "客户回访"
en = "Visits"
[roles]
SMO = { zh = "服务管理负责人", en = "Service management" }
SALES = { zh = "市场/销售人员", en = "Sales" }
"""
ENGLISH = {"visit": "Visit", "L1": "Sales", "Free": "Visiting", "T01_01": "Call", "T01_02": "Sum up", "Done": "Done"}


def test_people_begin_what_a_process_leaves_to_them(visit: Opener, tmp_path: Path) -> None:
    _calls(tmp_path)
    mine = _enter(visit, "wang")
    page = _open(mine, "T01.01", "回访")
    expect(page.locator("h1")).to_contain_text("打电话")
    dialog = _dialog(page, "开始一项活动")
    expect(dialog.locator(".goal")).to_have_text([re.compile("T01.01 打电话"), re.compile("T01.02 总结")])
    dialog.get_by_label(re.compile("T01.02")).check()
    _confirm(page, dialog, "已开始")
    page = _open(mine, "T01.02", "回访")
    expect(page.locator("h1")).to_contain_text("总结")
    mine.picture("actions-begun")


def _calls(data: Path) -> None:
    """A procedure that leaves people to begin what is needed, beside the shipped one; a run of it in which somebody calls."""
    (data / "visit" / "processes").mkdir(parents=True)
    (data / "visit" / "texts").mkdir()
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    for place, text in (
        ("texts/en.json", json.dumps(english)),
        ("procedure.toml", MANIFEST),
        ("processes/visit.bpmn", FREE),
    ):
        (data / "visit" / place).write_text(text, encoding="utf-8")
    _command(data, "publish", "visit", "--reason", "试用")
    stream = json.loads(_command(data, "start", "visit", "visit", "--as", "wang", "--json"))["instance"]
    _command(data, "begin", str(stream), "T01_01", "--as", "wang")


def _command(data: Path, *words: str) -> str:
    """A command at the terminal of the machine that serves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIXING_")}
    environment = {**kept, "ZHIXING_DATA": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "web.cli", *words]
    done = subprocess.run(command, cwd=data, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
