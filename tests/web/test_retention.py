"""Drafts, erasure, disposal, and what an auditor keeps elsewhere: by command."""

import json
import re
import sqlite3

import pytest

from tests.web.terminal import SHIPPED, Terminal, answers
from web.cli import findings


def test_a_draft_is_kept_shown_used_and_forgotten(staffed: Terminal) -> None:
    staffed.start()
    task = staffed.task_of("wang")
    assert staffed.json("draft", task, "--as", "wang")["draft"] is None
    data = answers("straight-through")[0]["data"]
    kept = staffed.json("draft", task, "--as", "wang", "--data", json.dumps(data))["draft"]
    assert kept["opportunity"] == data["opportunity"]
    assert staffed.json("draft", task, "--as", "li")["draft"] is None
    assert staffed.json("draft", task, "--as", "wang", "--discard")["draft"] is None
    staffed.ok("draft", task, "--as", "wang", "--data", json.dumps(data))
    assert staffed.json("complete", task, "--as", "wang")["revision"] == 2
    assert staffed.json("draft", task, "--as", "wang")["draft"] is None


def test_an_erased_person_is_nameless_and_everything_still_proves(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "straight-through")
    terminal.ok("seal")
    assert terminal.run("erase-person", "zhao").code == 2
    assert terminal.json("erase-person", "zhao", "--yes")["values"] == 2
    told = terminal.ok("history", played["case"])
    assert "赵磊" not in told
    assert "已删除的人员" in told
    assert terminal.run("erase-person", "zhao", "--yes").code == 1
    assert terminal.json("erase-case", played["case"], "--yes")["values"] > 0
    assert terminal.json("verify")["proven"] is True
    assert terminal.json("rebuild", "--windows")["differences"] == []


def test_a_case_that_runs_is_not_disposed_of(staffed: Terminal) -> None:
    case, _ = staffed.start()
    ran = staffed.run("dispose", case, "--yes")
    assert ran.code == 1
    assert "尚未结束" in ran.err
    assert staffed.run("dispose", case).code == 2


def test_a_head_and_a_key_kept_elsewhere_are_asked_for(staffed: Terminal) -> None:
    sealed = staffed.json("seal")
    assert staffed.json("verify", "--head", sealed["head"], "--key", sealed["key"])["proven"] is True
    for option, said in (("--head", "另存的头"), ("--key", "不在信任之列")):
        ran = staffed.run("verify", option, "ab" * 32)
        assert ran.code == 4
        assert said in ran.out
    assert staffed.run("verify", "--head", "xyz").code == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = CAST(body || ' ' AS BLOB) WHERE stream_no = 4 AND revision = 3",
        "DELETE FROM entry WHERE stream_no = 4 AND revision = 3",
        "DELETE FROM entry WHERE stream_no = 4 AND revision > 3",
        "DELETE FROM entry WHERE stream_no = 4",
        "DELETE FROM refusal WHERE refusal_no = 1",
        "DELETE FROM head",
        "UPDATE version_file SET content = CAST('x' AS BLOB) WHERE path = 'procedure.toml'",
        "DELETE FROM received WHERE stream_no = 4",
    ],
)
def test_what_was_altered_is_named_in_both_languages(terminal: Terminal, statement: str) -> None:
    (played,) = terminal.json("play", SHIPPED, "returned-twice")
    assert played["instance"] == 4
    terminal.ok("seal")
    with sqlite3.connect(terminal.folder / "var" / "zhixing.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    ran = terminal.run("verify")
    assert ran.code == 4
    lines = [line for line in ran.out.splitlines() if line.startswith("✗")]
    assert len(lines) >= 2
    assert not re.search(r"\b(stream|entry|was|changed|deleted|head|refusal)\b", " ".join(lines)), lines
    assert terminal.run("verify", "--json").document["findings"]


def test_every_finding_of_storage_has_chinese_words() -> None:
    assert findings.told("stream 4: entry 5 was changed").zh == "流 4 第 5 条 被改动"
    assert findings.told("stream 4: ends at entry 5, not where its head says").zh == "流 4:止于第 5 条,与其末端记载不符"
