"""A small procedure whose approval and votes are signed; nothing that ships with the product asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from engine.commands import StartInstance
from engine.value import Context
from engine.words import StreamKind
from storage import accounts, people, schema
from storage.submission import Store
from web import passwords
from web.cli import company, play
from web.cli.showcase import PASSWORD

MANIFEST = """
key = "orders"
label = "1"
owner = "OWN"
[title]
zh = "采购"
en = "Orders"
[roles.OWN]
zh = "负责人"
en = "Owner"
[roles.STAFF]
zh = "员工"
en = "Staff"
"""
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
FORM = {
    "type": "default",
    "id": "approve",
    "components": [
        {
            "type": "radio",
            "key": "decision",
            "label": "结论",
            "validate": {"required": True},
            "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}],
        },
        {"type": "textarea", "key": "opinion", "label": "意见"},
    ],
}
OPTIONS = {"yes": "Yes", "no": "No"}
NAMES = {"orders": "Orders", "L1": "Staff", "Approve": "Approve", "Vote": "Vote", "Done": "Done"}
ENGLISH = {
    "elements": {key: {"name": name} for key, name in NAMES.items()},
    "forms": {
        "approve": {
            "title": "Approve",
            "fields": {"decision": {"label": "Decision", "options": OPTIONS}, "opinion": {"label": "Opinion"}},
        }
    },
}


def approvals(store: Store, folder: Path) -> list[str]:
    """Two approvals that wait, and two new people who approve and vote."""
    for name, text in {
        "procedure.toml": MANIFEST,
        "processes/orders.bpmn": MODEL,
        "forms/approve.form": json.dumps(FORM),
        "texts/en.json": json.dumps(ENGLISH),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    version = play.publish(store, folder, "test:orders")
    for handle, name in (("yi", "易一"), ("er", "尔二")):
        people.add(store, f"test:{handle}", handle, name, ["STAFF"])
        person, kept = people.known(store, handle), passwords.hashed(PASSWORD)
        accounts.set_password(store.database, person, kept, store.now(), one_time=False)
    for number in range(2):
        store.open_stream(StreamKind.INSTANCE, f"test:order:{number}", _start(store, version, number))
    return waiting(store, "Approve")


def waiting(store: Store, element: str) -> list[str]:
    """The open tasks of a step, the oldest first."""
    tasks = schema.task.c
    with store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None))
        return list(connection.execute(query.order_by(tasks.task)).scalars())


def _start(store: Store, version: str, number: int) -> Callable[[int], StartInstance]:
    def build(stream: int) -> StartInstance:
        envelope = company.envelope(store, stream, people.known(store, "yi"), f"test:order:{number}")
        return StartInstance(envelope=envelope, case=None, version=version, process="orders", input=Context())

    return build
