"""Instances in trouble, instances that wait for the world, and exceptions somebody answers for."""

import json
from pathlib import Path

import pytest

from tests.web.terminal import Terminal, answers

MANIFEST = """
key = "parcel"
label = "1"
owner = "OWN"
[title]
zh = "包裹"
en = "Parcel"
[roles.OWN]
zh = "负责人"
en = "Owner"
[case.number]
type = "text"
zh = "单号"
en = "Number"
"""

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <message id="M1" name="parcel arrived"/>
  <process id="parcel" name="收包裹" isExecutable="true">
    <startEvent id="Start" zx:inputs="number"/>
    <intermediateCatchEvent id="Arrived" name="到货" zx:correlation="number"><messageEventDefinition messageRef="M1"/></intermediateCatchEvent>
    <serviceTask id="Number" name="编号" zx:connector="number-sequence">
      <extensionElements><zx:parameter name="pattern" value="Arrived.pattern"/></extensionElements>
    </serviceTask>
    <endEvent id="Done" name="已收"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Arrived"/>
    <sequenceFlow id="b" sourceRef="Arrived" targetRef="Number"/>
    <sequenceFlow id="c" sourceRef="Number" targetRef="Done"/>
  </process>
</definitions>
"""


ENGLISH = {"parcel": "Receive parcels", "Arrived": "Parcel arrived", "Number": "Number it", "Done": "Received"}


@pytest.fixture
def parcels(terminal: Terminal) -> Terminal:
    folder = terminal.folder / "parcel"
    (folder / "processes").mkdir(parents=True)
    (folder / "texts").mkdir()
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    (folder / "texts" / "en.json").write_text(json.dumps(english), encoding="utf-8")
    (folder / "procedure.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "processes" / "parcel.bpmn").write_text(MODEL, encoding="utf-8")
    terminal.ok("publish", "parcel", "--reason", "试用")
    terminal.ok("add-person", "gao", "高远", "--role", "OWN")
    return terminal


def _start(parcels: Terminal, number: str) -> int:
    found = parcels.json("start", "parcel", "parcel", "--as", "gao", "--input", json.dumps({"number": number}))
    return int(found["instance"])


def _arrive(parcels: Terminal, instance: int, number: str, pattern: str) -> None:
    case = instance - 1  # the case is opened just before its instance
    said = ("--correlation", json.dumps(number), "--payload", json.dumps({"pattern": pattern}))
    assert not parcels.json("send-message", "parcel arrived", "--case", case, *said)["waits"]


def test_a_message_from_outside_finds_the_one_who_waits(parcels: Terminal) -> None:
    first, second = _start(parcels, "P-1"), _start(parcels, "P-2")
    assert parcels.json("show", second)["messages"][0]["correlation"] == "P-2"
    assert "parcel arrived" in parcels.ok("show", second)
    _arrive(parcels, second, "P-2", "N-{seq3}")
    assert parcels.json("show", second)["variables"]["Number"]["number"] == "N-001"
    assert parcels.json("show", first)["status"] == "running"


def test_an_incident_is_shown_retried_and_decided(parcels: Terminal) -> None:
    instance = _start(parcels, "P-1")
    _arrive(parcels, instance, "P-1", "no number in it")
    (incident,) = parcels.json("show", instance)["incidents"]
    assert incident["incident"] in parcels.ok("show", instance)
    parcels.ok("retry", incident["incident"], "--reason", "再试一次", "--as", "gao")
    (again,) = parcels.json("show", instance)["incidents"]
    assert again["incident"] != incident["incident"]
    parcels.ok("decide", again["incident"], "--result", '{"number": "N-7"}', "--reason", "手工编号", "--as", "gao")
    found = parcels.json("show", instance)
    assert (found["status"], found["variables"]["Number"]) == ("completed", {"number": "N-7"})
    told = parcels.ok("history", instance)
    assert "编号 异常" in told
    assert "处置 编号 的异常:手工编号" in told


def test_whoever_completes_a_task_is_told_of_the_incident_behind_it(parcels: Terminal) -> None:
    path = parcels.folder / "parcel" / "processes" / "parcel.bpmn"
    asked = MODEL.replace("intermediateCatchEvent", "userTask").replace(' zx:correlation="number"', "")
    asked = asked.replace('<messageEventDefinition messageRef="M1"/>', "").replace('zx:inputs="number"', "")
    lane = '<laneSet id="Lanes"><lane id="Own" zx:role="OWN"><flowNodeRef>Arrived</flowNodeRef></lane></laneSet>'
    asked = asked.replace("<startEvent", lane + "<startEvent").replace('<message id="M1" name="parcel arrived"/>', "")
    path.write_text(asked, encoding="utf-8")
    parcels.ok("publish", "parcel", "--reason", "改为人工登记", "--as", "gao")
    started = parcels.json("start", "parcel", "parcel", "--as", "gao")
    task = parcels.task_of("gao")
    told = parcels.ok("complete", task, "--as", "gao", "--data", '{"pattern": "no number in it"}', "--id", "once")
    (incident,) = parcels.json("show", started["instance"])["incidents"]
    assert f"异常 {incident['incident']}:{incident['zh']}" in told
    assert parcels.json("complete", task, "--as", "gao", "--id", "once")["incidents"] == [incident]
    english = parcels.ok("complete", task, "--as", "gao", "--id", "once", "--language", "en")
    assert f"incident {incident['incident']}: {incident['en']}" in english
    (listed,) = parcels.json("cases")
    assert (listed["case"], listed["incidents"]) == (started["case"], 1)
    assert "异常" in parcels.ok("cases")


def test_the_separation_of_duties_is_waived_by_whoever_has_the_right(staffed: Terminal, tmp_path: Path) -> None:
    staffed.start()
    steps = answers("straight-through")
    for step in steps[:4]:
        data = json.dumps(step["data"])
        staffed.ok("complete", staffed.task_of(step["as"]), "--as", step["as"], "--data", data)
    staffed.ok("grant-role", "zhao", "SMO")
    (task,) = (item["task"] for item in staffed.json("inbox", "--as", "zhao") if item["element"] == "T01_05")
    assert staffed.run("claim", task, "--as", "zhao").code == 1
    assert staffed.run("waive", task, "--for", "zhao", "--reason", "无他人可审", "--as", "li").code == 1
    staffed.ok("waive", task, "--for", "zhao", "--reason", "无他人可审", "--as", "zheng")
    staffed.ok("claim", task, "--as", "zhao")
    assert "准许 赵磊 办理 T01.05 审核(豁免职责分离):无他人可审" in staffed.ok("history", task.split(".")[0])
