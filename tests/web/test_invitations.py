"""Links for contacts outside as they are typed: told once, revoked, and refused where there can be none."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import schema
from storage.database import Database
from tests.web.terminal import Terminal

MANIFEST = """
key = "offer"
label = "1"
owner = "OWN"
[title]
zh = "报价"
en = "Offer"
[roles.OWN]
zh = "负责人"
en = "Owner"
"""
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="offer" name="报价" isExecutable="true">
    <laneSet id="lanes">
      <lane id="L1" name="负责人" zx:role="OWN"><flowNodeRef>S</flowNodeRef><flowNodeRef>T1</flowNodeRef><flowNodeRef>T2</flowNodeRef><flowNodeRef>E</flowNodeRef></lane>
    </laneSet>
    <startEvent id="S"/>
    <userTask id="T1" name="供应商报价" zx:external="true" zx:form="forms/offer.form"/>
    <userTask id="T2" name="核对"/>
    <endEvent id="E" name="完成"/>
    <sequenceFlow id="a" sourceRef="S" targetRef="T1"/>
    <sequenceFlow id="b" sourceRef="T1" targetRef="T2"/>
    <sequenceFlow id="c" sourceRef="T2" targetRef="E"/>
  </process>
</definitions>
"""
FORM = {
    "type": "default",
    "id": "offer",
    "components": [{"type": "number", "id": "f", "key": "price", "label": "价格"}],
}
ENGLISH = {
    "elements": {
        key: {"name": name}
        for key, name in {"offer": "Offer", "L1": "Owner", "T1": "Offer", "T2": "Check", "E": "Done"}.items()
    },
    "forms": {"offer": {"title": "Offer", "fields": {"price": {"label": "Price"}}}},
}


@pytest.fixture
def waiting(terminal: Terminal) -> tuple[Terminal, str]:
    """A task that a supplier may do by a link."""
    terminal.variables["ZHIXING_DATABASE"] = f"sqlite:///{terminal.folder / 'zhixing.db'}"
    folder: Path = terminal.folder / "offer"
    for name, content in {
        "texts/en.json": json.dumps(ENGLISH),
        "procedure.toml": MANIFEST,
        "processes/offer.bpmn": MODEL,
        "forms/offer.form": json.dumps(FORM),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    terminal.ok("publish", "offer", "--reason", "试用")
    for handle, name in (("gao", "高远"), ("lin", "林青")):
        terminal.ok("add-person", handle, name, *(("--role", "OWN") if handle == "gao" else ()))
    terminal.ok("start", "offer", "offer", "--as", "gao")
    (row,) = terminal.json("inbox", "--as", "gao")
    return terminal, row["task"]


def links(terminal: Terminal) -> list[tuple[str, str | None]]:
    """Digest and ending of every link."""
    database = Database(f"sqlite:///{terminal.folder / 'zhixing.db'}")
    table = schema.invitation.c
    with database.read() as connection:
        found = [(row.digest, row.ending) for row in connection.execute(select(table.digest, table.ending))]
    database.close()
    return found


def invite(terminal: Terminal, task: str, *words: str) -> str:
    made = terminal.json("invite", task, "--name", "李想", "--as", "gao", *words)
    return str(made["link"])


def test_a_link_is_told_once_and_known_by_its_digest_alone(waiting: tuple[Terminal, str]) -> None:
    terminal, task = waiting
    terminal.variables["ZHIXING_ADDRESS"] = "https://zhixing.example"
    words = ("invite", task, "--name", "李想", "--organisation", "华东", "--days", "7", "--as", "gao", "--id", "k1")
    first, again = terminal.ok(*words), terminal.ok(*words)
    secret = first.partition("https://zhixing.example/confirm/")[2].strip()
    assert len(secret) == 43
    assert "confirm/" not in again
    assert "只显示一次" in again
    assert links(terminal) == [(hashlib.sha256(secret.encode()).hexdigest(), None)]
    assert "http://127.0.0.1:" not in first


def test_a_new_link_ends_the_one_before_and_a_revoked_one_is_ended(waiting: tuple[Terminal, str]) -> None:
    terminal, task = waiting
    assert invite(terminal, task).startswith("http://127.0.0.1:8000/confirm/")
    invite(terminal, task)
    assert [ending for _digest, ending in links(terminal)] == ["replaced", None]
    assert "已收回链接" in terminal.ok("revoke-invitation", task, "--as", "gao")
    assert [ending for _digest, ending in links(terminal)] == ["replaced", "revoked"]
    assert terminal.run("revoke-invitation", task, "--as", "gao").code == 1
    assert "链接" in terminal.ok("history", task.split(".")[0])


@pytest.mark.parametrize(
    ("words", "field"),
    [(("--days", "61"), "days"), (("--mail", "x"), "mail"), (("--message", "x" * 1001), "message"),
     (("--organisation", "x" * 101), "organisation"), (("--name", " "), "name")],
)  # fmt: skip
def test_what_is_wrong_is_said_by_field_and_nothing_is_made(
    waiting: tuple[Terminal, str], words: tuple[str, str], field: str
) -> None:
    terminal, task = waiting
    ran = terminal.run("invite", task, "--name", "李想", "--as", "gao", *words, "--json")
    assert ran.code == 1
    assert [fault["path"] for fault in ran.error["faults"]] == [field]
    assert links(terminal) == []


def test_nobody_else_gives_or_revokes_a_link_and_no_other_task_has_one(waiting: tuple[Terminal, str]) -> None:
    terminal, task = waiting
    assert terminal.run("invite", task, "--name", "李想", "--as", "lin").code == 1
    assert links(terminal) == []
    invite(terminal, task)
    assert terminal.run("revoke-invitation", task, "--as", "lin").code == 1
    done = terminal.json("complete", task, "--data", '{"price": 3}', "--as", "gao")
    check = done["waiting"][0]["task"]
    refused = terminal.run("invite", check, "--name", "李想", "--as", "gao", "--json")
    assert (refused.code, "zx:external" in refused.error["en"]) == (1, True)
    assert [ending for _digest, ending in links(terminal)] == ["gone"]
