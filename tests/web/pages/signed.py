"""A small procedure whose approval and votes are signed; nothing that ships with the product asks for it."""

from __future__ import annotations

from pathlib import Path

from storage.submission import Store
from tests.web.pages.approvals import begun

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="orders" name="采购" isExecutable="true">
    <laneSet id="lanes"><lane id="L1" name="员工" zx:role="STAFF">
      <flowNodeRef>Start</flowNodeRef><flowNodeRef>Approve</flowNodeRef><flowNodeRef>Vote</flowNodeRef><flowNodeRef>Done</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Start"/>
    <userTask id="Approve" name="批准" zx:form="forms/approve.form" zx:result="approval" zx:sign="L1"/>
    <userTask id="Vote" name="会签" zx:sign="L1" zx:countersign="all" zx:approved="true" zx:assignee="who">
      <multiInstanceLoopCharacteristics zx:collection="persons in role(&quot;STAFF&quot;)" zx:item="who"/>
    </userTask>
    <endEvent id="Done" name="完成"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Approve"/>
    <sequenceFlow id="b" sourceRef="Approve" targetRef="Vote"/>
    <sequenceFlow id="c" sourceRef="Vote" targetRef="Done"/>
  </process>
</definitions>
"""
NAMES = {"orders": "Orders", "L1": "Staff", "Approve": "Approve", "Vote": "Vote", "Done": "Done"}


def approvals(store: Store, folder: Path) -> list[str]:
    """Two approvals that wait, and two new people who approve and vote."""
    return begun(store, folder, "采购", MODEL, NAMES, 2)
