"""Events as they are typed: tried in memory, told in sentences, re-executed by verify."""

import json
from pathlib import Path

import pytest

from tests.web.terminal import Terminal
from tests.web.test_moves import MANIFEST

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" '
    'targetNamespace="urn:example"><error id="er" name="设备损坏" errorCode="broken"/>'
    '<escalation id="es" name="进度" escalationCode="late"/><signal id="sg" name="停工"/><message id="ms" name="报修"/>'
)
LANES = '<laneSet id="lanes"><lane id="L1" name="员工" zx:role="STAFF">{0}</lane></laneSet>'
REPAIR = """
  <process id="repair" name="维修" isExecutable="true">{lanes}
    <startEvent id="Start"/>
    <subProcess id="Work" name="现场维修">
      <startEvent id="WorkStart"/>
      <userTask id="T01_01" name="检查"/>
      <intermediateThrowEvent id="Late" name="报告进度"><escalationEventDefinition escalationRef="es"/></intermediateThrowEvent>
      <userTask id="T01_02" name="修理"/>
      <endEvent id="Broken" name="修不好"><errorEventDefinition errorRef="er"/></endEvent>
      <sequenceFlow id="f1" sourceRef="WorkStart" targetRef="T01_01"/><sequenceFlow id="f2" sourceRef="T01_01" targetRef="Late"/>
      <sequenceFlow id="f3" sourceRef="Late" targetRef="T01_02"/><sequenceFlow id="f4" sourceRef="T01_02" targetRef="Broken"/>
    </subProcess>
    <boundaryEvent id="Failed" name="损坏" attachedToRef="Work"><errorEventDefinition errorRef="er"/></boundaryEvent>
    <userTask id="T01_03" name="换新"/>
    <endEvent id="Done" name="完成"/>
    <subProcess id="Stop" name="停工处理" triggeredByEvent="true">
      <startEvent id="Stopped" name="停工" isInterrupting="false"><signalEventDefinition signalRef="sg"/></startEvent>
      <endEvent id="StopEnd"/><sequenceFlow id="f5" sourceRef="Stopped" targetRef="StopEnd"/>
    </subProcess>
    <sequenceFlow id="f6" sourceRef="Start" targetRef="Work"/><sequenceFlow id="f7" sourceRef="Work" targetRef="Done"/>
    <sequenceFlow id="f8" sourceRef="Failed" targetRef="T01_03"/><sequenceFlow id="f9" sourceRef="T01_03" targetRef="Done"/>
  </process>
"""
ENGLISH = {
    **{"repair": "Repair", "L1": "Staff", "Work": "Work on site", "T01_01": "Inspect", "Late": "Report progress"},
    **{"T01_02": "Mend", "Broken": "Beyond repair", "Failed": "Broken", "T01_03": "Replace", "Done": "Done"},
    **{"Stop": "Stop of work", "Stopped": "Stopped"},
}


@pytest.fixture
def repair(terminal: Terminal) -> Terminal:
    folder: Path = terminal.folder / "repair"
    (folder / "processes").mkdir(parents=True)
    (folder / "texts").mkdir()
    placed = "".join(f"<flowNodeRef>{key}</flowNodeRef>" for key in ("Start", "Work", "T01_03", "Done"))
    model = f"{HEAD}{REPAIR.format(lanes=LANES.format(placed))}</definitions>"
    (folder / "processes" / "repair.bpmn").write_text(model, encoding="utf-8")
    (folder / "procedure.toml").write_text(MANIFEST.replace('"memo"', '"repair"'), encoding="utf-8")
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    (folder / "texts" / "en.json").write_text(json.dumps(english), encoding="utf-8")
    return terminal


def test_escalations_errors_and_signals_are_told_and_proven(repair: Terminal) -> None:
    repair.ok("publish", "repair", "--reason", "试用")
    for handle, name, role in (("gao", "高远", "OWN"), ("lin", "林青", "STAFF")):
        repair.ok("add-person", handle, name, "--role", role)
    stream = repair.json("start", "repair", "repair", "--as", "lin")["instance"]
    assert [row["name"] for row in repair.json("show", stream)["signals"]] == ["停工"]
    for _ in ("T01_01", "T01_02", "T01_03"):
        (task,) = repair.json("show", stream)["tasks"]
        repair.ok("complete", task["task"], "--as", "lin")
    told = repair.ok("history", stream)
    for sentence in ("报告进度 提请升级 late(无人接收)", "修不好 抛出错误 broken", "停工 等待信号 停工"):
        assert sentence in told
    english = repair.ok("history", stream, "--language", "en")
    for sentence in ("Report progress escalated late (nobody takes it)", "Beyond repair threw error broken"):
        assert sentence in english
    assert repair.json("show", stream)["status"] == "completed"
    repair.ok("verify")


def test_a_model_that_begins_with_an_event_is_tried_with_what_is_prepared(terminal: Terminal) -> None:
    body = (
        '<process id="p" isExecutable="true"><startEvent id="m"><messageEventDefinition messageRef="ms"/></startEvent>'
        '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="sg"/></intermediateCatchEvent><endEvent id="e"/>'
        '<sequenceFlow id="a" sourceRef="m" targetRef="c"/><sequenceFlow id="b" sourceRef="c" targetRef="e"/></process>'
    )
    model, answers = terminal.folder / "p.bpmn", terminal.folder / "answers.json"
    model.write_text(f"{HEAD}{body}</definitions>", encoding="utf-8")
    answers.write_text('{"报修": {"place": "机房"}, "停工": [{"until": 3}]}', encoding="utf-8")
    found = terminal.json("run-model", model, "--answers", answers)
    assert (found["status"], found["variables"]) == ("completed", {"m": {"place": "机房"}, "c": {"until": 3}})
