"""A decision tried at the terminal: the value, the rules that matched, and sentences for what is wrong."""

import shutil
from pathlib import Path

import pytest

from tests.engine.test_decisions import DMN
from tests.web.terminal import SHIPPED, Terminal


@pytest.fixture
def table(terminal: Terminal) -> Path:
    path = terminal.folder / "approval.dmn"
    path.write_text(DMN, encoding="utf-8")
    return path


def test_the_value_and_the_rules_that_matched_are_told(terminal: Terminal, table: Path) -> None:
    found = terminal.json("decision", table, "审批权限", "--input", '{"amount": 150, "服务 级别": "A"}')
    assert (found["value"], found["tables"][0]["rules"]) == ("MR", [2])
    assert found["tables"][0]["inputs"] == [{"label": "金额", "value": 150}, {"label": "级别", "value": "A"}]
    said = terminal.ok("decision", table, "--input", '{"amount": 50}')
    assert "审批权限 = SALES" in said


def test_a_conflict_is_told(terminal: Terminal, table: Path) -> None:
    found = terminal.json("decision", table, "--input", '{"amount": 150, "服务 级别": "B"}')
    assert (found["value"], found["tables"][0]["problem"]) == (None, "conflict")
    assert found["tables"][0]["matching"] == [2, 3]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["no such decision"], 1, "there is no decision no such decision in approval.dmn, but 审批权限"),
        (["--input", "[]"], 1, "expected the input to be a JSON object"),
        (["--input", '{"amout": 1}'], 1, "there is no input amout, but amount, 服务 级别"),
    ],
)
def test_what_is_wrong_is_told(terminal: Terminal, table: Path, arguments: list[str], code: int, sentence: str) -> None:
    ran = terminal.run("decision", table, *arguments, "--json")
    assert (ran.code, ran.error["en"]) == (code, sentence)


def test_a_file_with_mistakes_is_refused_with_all_of_them(terminal: Terminal, table: Path) -> None:
    table.write_text(DMN.replace("&gt;= 100", "&gt;= ").replace("[100..200]", "[100.."), encoding="utf-8")
    ran = terminal.run("decision", table, "--json")
    assert ran.code == 3
    assert {fault["path"] for fault in ran.error["faults"]} == {"approval.dmn#r2a", "approval.dmn#r3a"}


def test_dates_are_written_as_text(terminal: Terminal, table: Path) -> None:
    changed = DMN.replace('typeRef="number"', 'typeRef="date"').replace("&lt; 100", '&lt; @"2026-03-01"')
    table.write_text(changed.replace("&gt;= 100", "-").replace("[100..200]", "null"), encoding="utf-8")
    assert terminal.json("decision", table, "--input", '{"amount": "2026-02-28"}')["value"] == "SALES"


def test_why_something_is_null_is_told_in_the_language_of_the_reader(terminal: Terminal, table: Path) -> None:
    given = ["decision", table, "审批权限", "--input", '{"amount": "x", "服务 级别": "A"}']
    zh, en = "amount 应为数字,此处为文本", "expected amount to be a number, but found a text"
    assert f"注意:{zh}" in terminal.ok(*given)
    assert f"note: {en}" in terminal.ok("--language", "en", *given)
    assert {"zh": zh, "en": en} in terminal.json(*given)["notes"]
    conflict = terminal.json("decision", table, "--input", '{"amount": 150, "服务 级别": "B"}')["notes"]
    assert [note["en"] for note in conflict] == [
        "table 审批权限: expected one result under UNIQUE, but rules 2, 3 match together"
    ]


def test_a_table_that_is_hardly_meant_so_is_told_and_may_be_published(terminal: Terminal) -> None:
    folder = terminal.folder / "planning"
    shutil.copytree(SHIPPED, folder)
    table = folder / "decisions" / "contract_reviewers.dmn"
    table.write_text(table.read_text(encoding="utf-8").replace("&gt; 0", "[5..3]"), encoding="utf-8")
    (found,) = terminal.json("check", folder)
    assert found["advice"] is True
    assert (found["file"], found["rule"]) == ("decisions/contract_reviewers.dmn", "decision")
    said = terminal.ok("check", folder, "--language", "en")
    assert found["en"].split()[0] in said
    assert "It may be published" in said
