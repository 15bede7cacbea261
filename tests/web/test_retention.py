"""Drafts, erasure, disposal, and what an auditor keeps elsewhere: by command."""

import json
import re
import sqlite3

import pytest

from tests.web.terminal import SHIPPED, Terminal, answers


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
    why = ("--reason", "依本人申请", "--yes")
    assert terminal.run("erase-person", "zhao", "--reason", "x").code == 2
    assert terminal.run("erase-person", "zhao", "--yes").code == 2
    assert terminal.json("erase-person", "zhao", *why, "--id", "once")["values"] == 2
    assert terminal.json("erase-person", "zhao", *why, "--id", "once")["repeated"] is True
    assert "此前已经删除" in terminal.ok("erase-person", "zhao", *why, "--id", "once")
    told = terminal.ok("history", played["case"])
    assert "赵磊" not in told
    assert "已删除的人员" in told
    assert terminal.run("erase-person", "zhao", *why).code == 1
    assert terminal.json("erase-case", played["case"], *why)["values"] > 0
    for language, said in (
        ("zh", "删除服务项目 3 中的个人信息:依本人申请"),
        ("en", "personal data of case 3: 依本人申请"),
    ):
        assert said in terminal.ok("history", 1, "--language", language)
    assert "赵磊" not in terminal.ok("history", 1)
    assert terminal.json("verify")["proven"] is True
    assert terminal.json("rebuild", "--windows")["differences"] == []


def test_a_case_that_runs_is_not_disposed_of(staffed: Terminal) -> None:
    case, _ = staffed.start()
    ran = staffed.run("dispose", case, "--reason", "保管期满", "--yes")
    assert ran.code == 1
    assert "尚未结束" in ran.err
    assert staffed.run("dispose", case, "--reason", "保管期满").code == 2
    assert "✗ 未能处置:流 " in staffed.ok("history", 1)


def test_a_case_that_is_past_is_disposed_of_and_the_record_of_the_organisation_says_so(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "refused")
    case = played["case"]
    assert terminal.run("dispose", case, "--reason", "保管期满", "--yes").code == 1
    terminal.ok("close-case", case, "--outcome", "未承接", "--as", "li")
    terminal.ok("seal")
    words = ("dispose", case, "--reason", "保管期满", "--yes", "--id", "once")
    assert terminal.json(*words)["entries"] > 2
    assert terminal.json(*words) == terminal.json(*words)
    assert f"处置流 {case}" in terminal.ok("history", 1)
    assert terminal.run("history", case).code == 1
    assert terminal.json("verify")["disposed"] == [case, played["instance"]]
    assert terminal.json("rebuild", "--windows")["differences"] == []


def test_only_an_administrator_erases_in_the_name_of_a_person(staffed: Terminal) -> None:
    ran = staffed.run("erase-person", "li", "--reason", "依本人申请", "--yes", "--as", "wang")
    assert (ran.code, "系统管理员" in ran.err or "SYS" in ran.err) == (1, True)
    staffed.ok("add-person", "root", "管理员", "--role", "SYS")
    staffed.ok("erase-person", "li", "--reason", "依本人申请", "--yes", "--as", "root")
    ran = staffed.run("erase-person", "root", "--reason", "依本人申请", "--yes", "--as", "root")
    assert (ran.code, "不能删除自己" in ran.err) == (1, True)


def test_a_head_and_a_key_kept_elsewhere_are_asked_for(staffed: Terminal) -> None:
    sealed = staffed.json("seal")
    assert staffed.json("verify", "--head", sealed["head"], "--key", sealed["key"])["proven"] is True
    for option, said in (("--head", "另存的头"), ("--key", "不在信任之列")):
        ran = staffed.run("verify", option, "ab" * 32)
        assert ran.code == 4
        assert said in ran.out
    assert staffed.run("verify", "--head", "xyz").code == 2


def test_verify_says_which_head_it_saw_and_with_what_it_was_not_compared(staffed: Terminal) -> None:
    sealed = staffed.json("seal")
    head, key = sealed["head"], sealed["key"]
    alone = staffed.ok("verify")
    assert f"末个签名头 {head[:16]}…,公钥 {key[:16]}…" in alone
    assert ("(--head)" in alone, "(--key)" in alone, "不同的密钥" in alone) == (True, True, False)
    english = staffed.ok("verify", "--language", "en", "--head", head)
    assert f"Last head {head[:16]}…, key {key[:16]}…" in english
    assert ("(--head)" in english, "(--key)" in english) == (False, True)
    found = staffed.json("verify", "--head", head, "--key", key)
    assert (found["last_head"], found["compared_with_head"], found["compared_with_keys"]) == (head, True, True)


def test_a_second_key_among_the_heads_is_pointed_out(staffed: Terminal) -> None:
    staffed.ok("seal")
    (staffed.folder / "var" / "seal.key").unlink()
    staffed.start()
    staffed.ok("seal")
    assert "签名头用了 2 个不同的密钥" in staffed.ok("verify")
    assert "signed with 2 different keys" in staffed.ok("verify", "--language", "en")


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
        "UPDATE entry SET body = CAST(body AS TEXT) WHERE stream_no = 4",
        "UPDATE stream SET kind = 'foo'",
        "UPDATE stream SET state = 5",
        "UPDATE version_file SET content = content || x'20'",
        "UPDATE handle SET name = '李四' WHERE handle = 'wang'",
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
    words = re.sub("「[^」]*」", "", " ".join(lines))  # tables and columns are called as the database calls them
    assert not re.search(r"\b(stream|entry|was|changed|deleted|head|refusal)\b", words), lines
    found = terminal.run("verify", "--json").document["findings"]
    assert len(found) == len(lines) - 1
    assert all(finding["zh"] and finding["en"] and finding["zh"] != finding["en"] for finding in found)
