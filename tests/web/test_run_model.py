"""Any model, tried in memory: answers from a file, from the prompt, or none."""

import json
from pathlib import Path

import pytest

from engine.flow.vocabulary import INSTEAD
from tests.web.terminal import SHIPPED, Terminal

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             targetNamespace="urn:example">
  <process id="holiday" name="Holiday" isExecutable="true">
    <startEvent id="Start"/>
    <userTask id="Ask" name="Ask for leave"/>
    <userTask id="Decide" name="Decide"/>
    <exclusiveGateway id="Again" default="no"/>
    <intermediateCatchEvent id="Wait"><timerEventDefinition><timeDuration>duration("P2D")</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <endEvent id="Done" name="Decided"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Ask"/>
    <sequenceFlow id="b" sourceRef="Ask" targetRef="Decide"/>
    <sequenceFlow id="c" sourceRef="Decide" targetRef="Again"/>
    <sequenceFlow id="yes" sourceRef="Again" targetRef="Ask"><conditionExpression xsi:type="tFormalExpression">Decide.again = true</conditionExpression></sequenceFlow>
    <sequenceFlow id="no" sourceRef="Again" targetRef="Wait"/>
    <sequenceFlow id="d" sourceRef="Wait" targetRef="Done"/>
  </process>
</definitions>
"""


@pytest.fixture
def model(terminal: Terminal) -> Path:
    path = terminal.folder / "holiday.bpmn"
    path.write_text(MODEL, encoding="utf-8")
    return path


def test_answers_come_from_a_file_and_the_clock_jumps(terminal: Terminal, model: Path) -> None:
    answers = terminal.folder / "answers.json"
    answers.write_text('{"Ask": {"days": 3}, "Decide": [{"again": true}, {"again": false}]}', encoding="utf-8")
    found = terminal.json("run-model", model, "--answers", answers)
    assert (found["status"], found["ends"], found["waiting"]) == ("completed", ["Done"], [])
    done = [event["event"] for event in found["events"]]
    assert done.count("TaskCompleted") == 4
    assert "TimerFired" in done
    assert found["variables"]["Decide"] == {"again": False}
    assert "结束于:Decided" in terminal.ok("run-model", model, "--answers", answers)


def test_answers_come_from_the_prompt_and_rubbish_is_asked_again(terminal: Terminal, model: Path) -> None:
    ran = terminal.run("run-model", model, "--ask", typed='{"days": 3}\nrubbish\n{"again": false}\n')
    assert ran.code == 0
    assert "Ended at" not in ran.out
    assert "结束于:Decided" in ran.out
    assert "应为 JSON" in ran.err


def test_without_answers_it_waits_and_says_for_what(terminal: Terminal, model: Path) -> None:
    assert terminal.json("run-model", model, "--no-ask")["waiting"] == ["Ask"]
    assert "Waiting for: Ask for leave" in terminal.ok("--language", "en", "run-model", model, "--no-ask")


def test_the_prompt_may_be_left(terminal: Terminal, model: Path) -> None:
    assert "等待办理:Decide" in terminal.ok("run-model", model, "--ask", typed="{}\n")


def test_what_is_not_executed_is_told_first(terminal: Terminal, model: Path) -> None:
    model.write_text(MODEL.replace("<startEvent", '<choreographyTask id="Odd"/><startEvent'), encoding="utf-8")
    ran = terminal.run("run-model", model, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert f"{model} Odd unsupported" in {fault["path"] for fault in ran.error["faults"]}


@pytest.mark.parametrize("tag", ["choreographyTask", "subChoreography", "callChoreography", "conversation"])
def test_of_an_element_that_is_not_executed_only_that_is_told(terminal: Terminal, model: Path, tag: str) -> None:
    model.write_text(MODEL.replace('userTask id="Decide"', f'{tag} id="Decide"'), encoding="utf-8")
    ran = terminal.run("run-model", model, "--json")
    (fault,) = ran.error["faults"]
    assert ran.code == 3
    assert fault["path"] == f"{model} Decide unsupported"
    assert tag in fault["en"]
    assert INSTEAD[tag][1] in fault["en"]
    told = terminal.run("run-model", model).err
    assert told.count(fault["zh"]) == 1


def test_of_a_boundary_event_the_element_that_is_not_executed_is_told(terminal: Terminal, model: Path) -> None:
    late = '<boundaryEvent id="Late" attachedToRef="Pay"><terminateEventDefinition/></boundaryEvent>'
    model.write_text(MODEL.replace("<startEvent", f'<callChoreography id="Pay"/>{late}<startEvent'), encoding="utf-8")
    ran = terminal.run("run-model", model, "--json")
    told = {fault["path"]: fault["en"] for fault in ran.error["faults"]}
    assert ran.code == 3
    assert "callChoreography" in told[f"{model} Pay unsupported"]
    assert not [said for said in told.values() if "boundary event Late" in said]


@pytest.mark.parametrize("content", ["", "<no", "<a/>", "\x00", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_a_file_that_is_no_model_is_refused(terminal: Terminal, model: Path, content: str) -> None:
    model.write_text(content, encoding="utf-8")
    assert terminal.run("run-model", model).code in (1, 3)


def test_a_process_that_is_not_there_is_refused(terminal: Terminal, model: Path) -> None:
    ran = terminal.run("run-model", model, "--process", "other")
    assert ran.code == 1
    assert "holiday" in ran.err


def test_a_model_that_never_ends_is_stopped(terminal: Terminal, model: Path) -> None:
    answers = terminal.folder / "answers.json"
    answers.write_text('{"Ask": {}, "Decide": {"again": true}}', encoding="utf-8")
    assert "步之后停止" in terminal.ok("run-model", model, "--answers", answers)


def test_a_process_of_a_procedure_runs_with_its_forms_and_rules(terminal: Terminal) -> None:
    path = SHIPPED / "processes" / "svc_requirements.bpmn"
    found = terminal.json("run-model", path, "--no-ask", "--input", json.dumps({"entry": "renewal"}))
    assert found["status"] == "running"
