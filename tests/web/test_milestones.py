"""Milestones on the command line: listed, planned, waived, told; and the service windows of the calendar."""

from __future__ import annotations

import json

from tests.engine.test_milestone import model
from tests.engine.world import MANIFEST
from tests.storage.company import english
from tests.web.terminal import Terminal


def published(terminal: Terminal) -> None:
    """A procedure that begins something every day, two people, and a pass of the clock."""
    source = model('@"P1D"', "timeCycle")
    files = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": source, "texts/en.json": english(source)}
    for path, data in files.items():
        place = terminal.folder / "trial" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    terminal.ok("add-person", "chen", "陈晨", "--role", "SMO")
    terminal.ok("add-person", "mr", "马力", "--role", "MR")
    terminal.ok("publish", terminal.folder / "trial", "--reason", "试行")
    terminal.ok("tick")


def test_milestones_are_listed_planned_and_waived_by_whoever_may(terminal: Terminal) -> None:
    published(terminal)
    (row,) = terminal.json("milestones")
    assert (row["procedure"], row["key"], row["status"], row["occurred"]) == ("trial", "organisation", "running", 0)
    assert terminal.json("milestones", "--procedure", "other") == []
    assert terminal.json("milestones", "--case", 999) == []
    number = row["milestone"]
    plan = terminal.json("milestones", number)
    assert len(plan["planned"]) == 366
    assert plan["happened"] == []
    refused = terminal.run("waive-milestone", number, "--reason", "节日", "--as", "chen")
    assert refused.code != 0
    waived = terminal.json("waive-milestone", number, "--reason", "节日", "--as", "mr")
    assert waived["planned"] == plan["planned"][0]
    (happened,) = terminal.json("milestones", number)["happened"]
    assert (happened["outcome"], happened["number"], happened["instance"]) == ("waived", 1, None)
    told = terminal.ok("milestones", number)
    assert "已豁免" in told
    assert "马力" in told
    record = terminal.ok("history", number)
    assert "豁免第 1 次" in record
    english_record = terminal.ok("history", number, "--language", "en")
    assert "waived occurrence 1" in english_record


def test_nothing_is_watched_where_nothing_escalated(terminal: Terminal) -> None:
    published(terminal)
    assert terminal.json("watched", "--as", "chen") == []


def test_what_is_no_milestone_is_refused(terminal: Terminal) -> None:
    published(terminal)
    assert "没有里程碑 1" in terminal.run("milestones", 1).err
    assert "没有里程碑 1" in terminal.run("waive-milestone", 1, "--reason", "无", "--as", "mr").err


def test_the_service_windows_are_part_of_the_calendar(terminal: Terminal) -> None:
    published(terminal)
    assert "09:00–18:00" in terminal.ok("calendar")
    exported = json.loads(terminal.ok("calendar", "--export"))
    exported["windows"] = {"夜间": {"days": [1, 2], "from": "22:00", "to": "24:00", "holidays": True}}
    (terminal.folder / "calendar.json").write_text(json.dumps(exported), encoding="utf-8")
    terminal.ok("calendar", "--set", "@calendar.json")
    assert list(terminal.json("calendar")["windows"]) == ["夜间"]
    exported["windows"]["夜间"]["to"] = "21:00"
    (terminal.folder / "calendar.json").write_text(json.dumps(exported), encoding="utf-8")
    assert terminal.run("calendar", "--set", "@calendar.json").code != 0
