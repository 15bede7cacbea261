"""An ad-hoc sub-process as it is typed: what may be started is listed, started by its role, told and proven."""

import json
from pathlib import Path

import pytest

from tests.web.terminal import Terminal
from tests.web.test_moves import MANIFEST

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="visit" name="回访" isExecutable="true">
    <laneSet id="lanes"><lane id="L1" name="员工" zx:role="STAFF">
      <flowNodeRef>Start</flowNodeRef><flowNodeRef>Free</flowNodeRef><flowNodeRef>Done</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Start"/>
    <adHocSubProcess id="Free" name="回访工作">
      <userTask id="T01_01" name="打电话"/>
      <userTask id="T01_02" name="总结"/>
      <completionCondition>T01_02 != null</completionCondition>
    </adHocSubProcess>
    <endEvent id="Done" name="完成"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Free"/>
    <sequenceFlow id="b" sourceRef="Free" targetRef="Done"/>
  </process>
</definitions>
"""
ENGLISH = {"visit": "Visit", "L1": "Staff", "Free": "Visiting", "T01_01": "Call", "T01_02": "Sum up", "Done": "Done"}


@pytest.fixture
def visit(terminal: Terminal) -> Terminal:
    folder: Path = terminal.folder / "visit"
    (folder / "processes").mkdir(parents=True)
    (folder / "texts").mkdir()
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    (folder / "texts" / "en.json").write_text(json.dumps(english), encoding="utf-8")
    (folder / "procedure.toml").write_text(MANIFEST.replace('"memo"', '"visit"'), encoding="utf-8")
    (folder / "processes" / "visit.bpmn").write_text(MODEL, encoding="utf-8")
    terminal.ok("publish", "visit", "--reason", "试用")
    for handle, name, role in (("gao", "高远", "OWN"), ("lin", "林青", "STAFF")):
        terminal.ok("add-person", handle, name, "--role", role)
    return terminal


def test_what_may_be_started_is_listed_started_told_and_proven(visit: Terminal) -> None:
    stream = visit.json("start", "visit", "visit", "--as", "lin")["instance"]
    shown = visit.json("show", stream)
    assert [row["element"] for row in shown["enabled"]] == ["T01_01", "T01_02"]
    assert "打电话" in visit.ok("show", stream)
    visit.ok("begin", stream, "T01_01", "--as", "lin")
    step = shown["enabled"][0]["step"]
    begun = visit.json("begin", stream, "T01_02", "--as", "lin", "--in", step)
    assert (begun["step"], begun["element"]) == (step, "T01_02")
    tasks = {row["element"]: row["task"] for row in visit.json("show", stream)["tasks"]}
    visit.ok("complete", tasks["T01_02"], "--as", "lin", "--data", "{}")
    told = visit.ok("history", stream)
    assert "可由人员开始:T01.01 打电话、T01.02 总结" in told
    assert "林青" in told
    assert "开始 T01.01 打电话" in told
    assert "started T01.01 Call" in visit.ok("history", stream, "--language", "en")
    assert visit.json("show", stream)["status"] == "completed"
    assert visit.run("verify").code == 0


def test_nobody_else_starts_it(visit: Terminal) -> None:
    stream = visit.json("start", "visit", "visit", "--as", "lin")["instance"]
    refused = visit.run("begin", stream, "T01_01", "--as", "gao")
    assert refused.code != 0
    assert "员工" in refused.err
    assert visit.run("begin", stream, "Done", "--as", "lin").code != 0


def test_a_trial_starts_what_an_answer_is_prepared_for(visit: Terminal) -> None:
    (visit.folder / "answers.json").write_text('{"T01_01": [{}, {}], "T01_02": [{}]}', encoding="utf-8")
    model = visit.folder / "visit" / "processes" / "visit.bpmn"
    ran = visit.json("run-model", model, "--answers", visit.folder / "answers.json", "--no-ask")
    assert ran["waiting"] == []
