"""The task page under other procedures: votes, rights of sections, what people start as they see fit, work kept apart."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands import StartInstance
from engine.value import Context
from engine.words import StreamKind
from storage import accounts, people, schema
from tests.web.pages.browser import Browser, House
from tests.web.test_moves import MANIFEST
from web import passwords
from web.cli import company, play
from web.cli.showcase import PASSWORD

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="memo" name="公文" isExecutable="true">
    <laneSet id="lanes"><lane id="L1" name="员工" zx:role="STAFF">
      <flowNodeRef>Start</flowNodeRef><flowNodeRef>Write</flowNodeRef><flowNodeRef>Check</flowNodeRef><flowNodeRef>Sign</flowNodeRef>
      <flowNodeRef>Free</flowNodeRef><flowNodeRef>Done</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Start"/>
    <userTask id="Write" name="起草" zx:form="forms/memo.form" zx:result="memo" zx:section="review:hidden"/>
    <userTask id="Check" name="核对" zx:form="forms/memo.form" zx:result="memo" zx:section="body:read review:required" zx:separateFrom="Write"/>
    <userTask id="Sign" name="会签" zx:countersign="all" zx:approved="Sign.decision = &quot;yes&quot;" zx:assignee="who">
      <multiInstanceLoopCharacteristics zx:collection="persons in role(&quot;STAFF&quot;)" zx:item="who"/>
    </userTask>
    <adHocSubProcess id="Free" name="善后">
      <userTask id="T01_01" name="打电话"/>
      <userTask id="T01_02" name="总结"/>
      <completionCondition>T01_02 != null</completionCondition>
    </adHocSubProcess>
    <endEvent id="Done" name="完成"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Write"/>
    <sequenceFlow id="b" sourceRef="Write" targetRef="Check"/>
    <sequenceFlow id="c" sourceRef="Check" targetRef="Sign"/>
    <sequenceFlow id="d" sourceRef="Sign" targetRef="Free"/>
    <sequenceFlow id="e" sourceRef="Free" targetRef="Done"/>
  </process>
</definitions>
"""
FORM = {
    "type": "default",
    "id": "memo",
    "components": [
        {
            "type": "group",
            "id": "body",
            "label": "正文",
            "properties": {"section": "body"},
            "components": [{"type": "textfield", "key": "title", "label": "标题", "validate": {"required": True}}],
        },
        {
            "type": "group",
            "id": "review",
            "label": "核对",
            "properties": {"section": "review"},
            "components": [{"type": "textfield", "key": "remark", "label": "核对说明"}],
        },
    ],
}
NAMES = {
    "memo": "Memo", "L1": "Staff", "Write": "Write", "Check": "Check", "Sign": "Countersign", "Free": "Afterwards",
    "T01_01": "Call", "T01_02": "Sum up", "Done": "Done",
}  # fmt: skip
ENGLISH = {
    "elements": {key: {"name": name} for key, name in NAMES.items()},
    "forms": {
        "memo": {
            "title": "Memo",
            "sections": {"body": "Body", "review": "Check"},
            "fields": {"title": {"label": "Title"}, "remark": {"label": "Remark"}},
        }
    },
}
QUIET = {"HX-Request": "true"}


@pytest.fixture
def memo(house: House, tmp_path: Path) -> int:
    """An instance of it, with two who may do everything."""
    folder = tmp_path / "memo"
    for name, text in {
        "procedure.toml": MANIFEST,
        "processes/memo.bpmn": MODEL,
        "forms/memo.form": json.dumps(FORM),
        "texts/en.json": json.dumps(ENGLISH),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    version = play.publish(house.store, folder, "test:memo")
    for handle, name in (("yi", "易一"), ("er", "尔二")):
        people.add(house.store, f"test:{handle}", handle, name, ["STAFF"])
        _password(house, handle)

    def build(stream: int) -> StartInstance:
        envelope = company.envelope(house.store, stream, people.known(house.store, "yi"), "test:start")
        return StartInstance(envelope=envelope, case=None, version=version, process="memo", input=Context())

    return house.store.open_stream(StreamKind.INSTANCE, "test:start", build).stream


def _password(house: House, handle: str) -> None:
    person, now = people.known(house.store, handle), house.store.now()
    accounts.set_password(house.store.database, person, passwords.hashed(PASSWORD), now, one_time=False)


def _tasks(house: House, stream: int) -> dict[str, str]:
    """The open tasks by element and whom they are offered to."""
    table, box = schema.task.c, schema.inbox.c
    with house.store.database.read() as connection:
        query = select(table.task, table.element, box.key).where(table.stream_no == stream, table.closed_at.is_(None))
        rows = connection.execute(query.join(schema.inbox, box.task == table.task)).all()
    return {f"{row.element} {row.key}": row.task for row in rows}


def _send(visitor: Browser, task: str, what: str, **data: str) -> int:
    sent = {key.replace("__", "."): value for key, value in data.items()}
    return visitor.post(f"/tasks/{task}/{what}", sent, at="/account/", headers=QUIET).status_code


def _written(house: House, memo: int) -> tuple[Browser, Browser, str]:
    """Both of them, and the task that comes after the first."""
    yi, er = house.signed_in("yi"), house.signed_in("er")
    assert _send(yi, _tasks(house, memo)["Write STAFF"], "complete", data__title="放假通知") == 200
    return yi, er, _tasks(house, memo)["Check STAFF"]


def test_a_section_is_hidden_read_or_demanded_as_the_task_says(house: House, memo: int) -> None:
    yi, task = house.signed_in("yi"), _tasks(house, memo)["Write STAFF"]
    assert "核对说明" not in yi.page(f"/tasks/{task}")
    assert _send(yi, task, "complete", data__title="x", data__remark="偷偷填写") == 422
    _, er, check = _written(house, memo)
    page = er.page(f"/tasks/{check}")
    assert 'name="data.title"' not in page
    assert "放假通知" in page
    assert 'name="data.remark"' in page
    assert _send(er, check, "complete", data__title="改标题", data__remark="好") == 422
    assert _send(er, check, "complete", data__remark="") == 422
    assert _send(er, check, "complete", data__remark="好") == 200


def test_whoever_is_kept_apart_from_a_task_is_told_why_and_gets_no_form(house: House, memo: int) -> None:
    yi, _, check = _written(house, memo)
    page = yi.page(f"/tasks/{check}")
    assert "职责分离" in page
    assert "易一 已办理" in page
    assert 'id="form"' not in page
    assert _send(yi, check, "complete", data__remark="好") == 403


def test_a_countersignature_shows_who_has_signed_and_how(house: House, memo: int) -> None:
    yi, er, check = _written(house, memo)
    _send(er, check, "complete", data__remark="好")
    tasks, keys = _tasks(house, memo), {name: people.known(house.store, name).id for name in ("yi", "er")}
    mine = tasks[f"Sign {keys['er']}"]
    page = er.page(f"/tasks/{mine}")
    assert '<span class="count">0/2</span>' in page
    assert "没有需要填写的内容" in page
    assert _send(yi, tasks[f"Sign {keys['yi']}"], "complete") == 200
    page = er.page(f"/tasks/{mine}")
    votes = re.search(r'<ul class="votes">(.*?)</ul>', page, re.DOTALL)
    assert votes is not None
    said = re.sub(r"<[^>]*>|\s+", " ", votes[1]).split()
    assert said == ["易一", "不同意", "尔二", "未签"]


def test_what_may_be_started_is_started_from_the_page(house: House, memo: int) -> None:
    yi, er, check = _written(house, memo)
    _send(er, check, "complete", data__remark="好")
    done = _tasks(house, memo)
    for visitor, name in ((yi, "yi"), (er, "er")):
        _send(visitor, done[f"Sign {people.known(house.store, name).id}"], "complete")
    page = yi.page(f"/tasks/{check}")
    found = re.search(r'name="activity" value="([^"]+)" checked', page)
    assert found is not None
    assert _send(yi, check, "do/begin") == 422
    assert _send(yi, check, "do/begin", activity="1.1.1/T01_01") == 404
    assert _send(yi, check, "do/begin", activity=found[1]) == 200
    assert any(key.startswith("T01_01") for key in _tasks(house, memo))
