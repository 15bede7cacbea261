"""Several tasks at once: claimed, or done with one entry; each outcome is told, and nothing is done that was not asked for."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import people, schema
from storage.submission import Store
from tests.web.api.program import program
from tests.web.pages.approvals import begun
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_task import _task

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="notes" name="批注" isExecutable="true">
    <laneSet id="lanes"><lane id="L1" name="员工" zx:role="STAFF">
      <flowNodeRef>Start</flowNodeRef><flowNodeRef>Approve</flowNodeRef><flowNodeRef>Done</flowNodeRef>
    </lane></laneSet>
    <startEvent id="Start"/>
    <userTask id="Approve" name="批准" zx:form="forms/approve.form" zx:result="approval" zx:bulk="true"/>
    <endEvent id="Done" name="完成"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="Approve"/>
    <sequenceFlow id="b" sourceRef="Approve" targetRef="Done"/>
  </process>
</definitions>
"""
NAMES = {"notes": "Notes", "L1": "Staff", "Approve": "Approve", "Done": "Done"}
COMMAND = "cd" * 16


@pytest.fixture
def notes(house: House, tmp_path: Path) -> list[str]:
    """Three tasks of one step that may be done together."""
    return written(house.store, tmp_path / "notes")


def written(store: Store, folder: Path) -> list[str]:
    """A procedure with a step that may be done in bulk, two people who do it, and three tasks for them."""
    return begun(store, folder, "批注", MODEL, NAMES, 3)


def _send(visitor: Browser, what: str, tasks: list[str], **more: str) -> tuple[int, str]:
    data = {"task": tasks, "command": COMMAND, **{key.replace("__", "."): value for key, value in more.items()}}
    answer = visitor.post(f"/inbox/several/{what}", data, at="/account/")  # type: ignore[arg-type]  # one name several times
    return answer.status_code, answer.text


def _open(house: House) -> set[str]:
    with house.store.database.read() as connection:
        query = select(schema.task.c.task).where(schema.task.c.closed_at.is_(None))
        return set(connection.execute(query).scalars())


def test_the_inbox_says_which_tasks_may_be_done_together(house: House, notes: list[str]) -> None:
    page = house.signed_in("yi").page("/")
    assert len(set(re.findall(r'data-bulk="([^"]+)"', page))) == 1
    assert page.count("data-bulk=") == 3
    assert "data-bulk=" not in house.signed_in("zhao").page("/")


def test_several_are_claimed_and_whoever_was_slower_is_told_of_each(house: House, notes: list[str]) -> None:
    assert _send(house.signed_in("er"), "claim", notes[:1])[0] == 200
    status, page = _send(house.signed_in("yi"), "claim", notes)
    assert status == 200
    assert "2 项完成" in page
    assert "另有 1 项已不在您的待办中" in page
    with house.store.database.read() as connection:
        holders = connection.execute(select(schema.task.c.holder).where(schema.task.c.task.in_(notes))).scalars().all()
    assert sorted(holders) == sorted([people.known(house.store, "er").id, *[people.known(house.store, "yi").id] * 2])


def test_one_entry_is_handed_in_for_each_by_a_command_of_its_own(house: House, notes: list[str]) -> None:
    visitor = house.signed_in("yi")
    page = visitor.page("/inbox/several/", query_string={"task": notes})
    assert 'name="data.decision"' in page
    for _ in range(2):  # sent twice, it is done once
        status, told = _send(visitor, "complete", notes, data__decision="yes", data__opinion="同意办理")
        assert status == 200
        assert "3 项完成" in told
    assert not _open(house) & set(notes)
    with house.store.database.read() as connection:
        query = select(schema.entry.c.envelope).where(
            schema.entry.c.stream_no.in_([int(t.split(".")[0]) for t in notes])
        )
        kinds = [b'"kind":"CompleteTask"' in bytes(row.envelope) for row in connection.execute(query)]
    assert sum(kinds) == 3


def test_a_mistake_in_the_entry_is_told_before_anything_is_done(house: House, notes: list[str]) -> None:
    status, page = _send(house.signed_in("yi"), "complete", notes, data__opinion="没有结论")
    assert status == 422
    for task in notes:
        assert f"task={task}" in page.partition('name="next"')[2].partition(">")[0], (
            "the same tasks in another language"
        )
    assert "有 1 处需要更正" in page
    assert "没有结论" in page
    assert set(notes) <= _open(house)


def test_what_somebody_else_has_is_left_out_and_told(house: House, notes: list[str]) -> None:
    assert _send(house.signed_in("er"), "claim", notes[:1])[0] == 200
    status, told = _send(house.signed_in("yi"), "complete", notes, data__decision="yes")
    assert status == 200
    assert _open(house) & set(notes) == {notes[0]}
    assert "2 项完成" in told
    assert "另有 1 项已不在您的待办中" in told


def test_tasks_that_the_procedure_does_not_allow_are_never_done_together(house: House) -> None:
    visitor, task = house.signed_in("li"), _task(house, "T01_05")
    assert "不能一起完成" in visitor.page("/inbox/several/", query_string={"task": [task]})
    _status, told = _send(visitor, "complete", [task], data__decision="通过")
    assert "请单独办理这一项" in told
    assert task in _open(house)


def test_tasks_of_others_are_not_there(house: House, notes: list[str]) -> None:
    wai = house.signed_in("wai")
    page = wai.page("/inbox/several/", query_string={"task": notes})
    assert "批准" not in page
    _status, told = _send(wai, "claim", notes)
    assert "3 项已不在您的待办中" in told
    assert _send(wai, "claim", [])[0] == 422
    assert _send(wai, "claim", [f"1.{number}.1" for number in range(1, 102)])[0] == 422


def test_the_chosen_look_seen(house: House, notes: list[str]) -> None:
    visitor = house.signed_in("yi")
    assert visitor.page("/").count("task-new") == 3
    assert _send(visitor, "read", notes[:2])[0] == 204
    assert visitor.page("/").count("task-new") == 1


def test_programs_do_several_at_once_too(house: House, notes: list[str]) -> None:
    mine, other = program(house, "yi"), program(house, "er")
    found = other.post("/inbox/several/claim", {"tasks": notes[:1]}, Idempotency_Key="a")["items"]
    assert found == [{"task": notes[0], "done": True, "reason": None, "text": None}]
    answers = [
        mine.post("/inbox/several/complete", {"tasks": notes, "data": {"decision": "yes"}}, Idempotency_Key="b")[
            "items"
        ]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert [one["done"] for one in answers[0]] == [False, True, True]
    assert answers[0][0]["reason"] == "not-found"
    alone = program(house, "li").post("/inbox/several/complete", {"tasks": [_task(house, "T01_05")], "data": {}})
    assert alone["items"][0]["text"]["en"].startswith("expected tasks of one step")
    wrong = program(house, "er").post("/inbox/several/complete", {"tasks": notes[:1], "data": {"decision": "maybe"}})
    assert wrong["items"][0]["reason"] == "invalid-data"
    assert not any(one["done"] for one in program(house, "wai").post("/inbox/several/claim", {"tasks": notes})["items"])
    mine.refused(422, "POST", "/inbox/several/claim", {"tasks": []})


def test_programs_read_and_write_tables(house: House) -> None:
    mine, task = program(house, "zhao"), _task(house, "T01_03")
    sent = base64.b64encode("品牌,数量\n华为,三台\n".encode()).decode()
    found = mine.post(f"/tasks/{task}/tables/devices", {"content": sent})
    assert found["items"] == [{"brand": ["华为"], "count": ["三台"]}]
    assert found["notes"][0]["zh"].startswith("文件里没有必填的列")
    answer = mine.ask("GET", f"/tasks/{task}/tables/devices")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    mine.refused(422, "POST", f"/tasks/{task}/tables/devices", {"content": "no base64"})
    mine.refused(404, "POST", f"/tasks/{task}/tables/nothing", {"content": sent})
    program(house, "wai").refused(404, "GET", f"/tasks/{task}/tables/devices")
