"""Files on the command line: handed in, attached, saved, and refused in a sentence."""

import json
from pathlib import Path

import pytest

from tests.web.terminal import Terminal, answers
from web.cli.sample_file import content


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "回执.pdf"
    path.write_bytes(content("回执.pdf"))
    return path


def at_the_sending(staffed: Terminal, tmp_path: Path) -> tuple[int, str, Path]:
    """A case whose next task takes a proof: case, task, and the rest of its form."""
    case, _ = staffed.start()
    for step in answers("straight-through"):
        task = staffed.task_of(step["as"])
        form = tmp_path / "form.json"
        form.write_text(json.dumps(step["data"], ensure_ascii=False), encoding="utf-8")
        if step["element"] == "T01_07":
            return case, task, form
        staffed.ok("complete", task, "--as", step["as"], "--data", f"@{form}")
    raise AssertionError("expected a step that takes a proof")


def test_a_file_is_handed_in_attached_listed_and_saved(staffed: Terminal, tmp_path: Path, scan: Path) -> None:
    case, task, form = at_the_sending(staffed, tmp_path)
    staffed.ok("complete", task, "--as", "zhao", "--data", f"@{form}", "--file", f"proof={scan}")
    (tmp_path / "说明.txt").write_text("补充说明", encoding="utf-8")
    made = staffed.json("attach", case, tmp_path / "说明.txt", "--label", "补充", "--as", "zhao")
    listed = staffed.json("files", case)
    assert {(one["name"], one["task"]) for one in listed} == {("回执.pdf", task), ("说明.txt", None)}
    assert made["files"][0]["name"] == "说明.txt"
    (digest,) = [one["digest"] for one in listed if one["name"] == "回执.pdf"]
    staffed.ok("save-file", digest, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == scan.read_bytes()
    assert "添加附件“说明.txt”:补充" in staffed.ok("history", case)
    proven = staffed.json("verify")
    assert (proven["proven"], proven["files"]) == (True, 2)
    staffed.ok("backup", tmp_path / "copies" / "monday.db")
    assert len(list((tmp_path / "copies" / "monday.files").glob("*/*"))) == 2
    assert staffed.json("sweep-files") == {"removed": 0}


def test_a_file_whose_bytes_are_not_here_is_refused_beside_its_field(
    staffed: Terminal, tmp_path: Path, scan: Path
) -> None:
    _, task, form = at_the_sending(staffed, tmp_path)
    made_up = {"digest": "0" * 64, "name": "回执.pdf", "type": "application/pdf", "size": 10}
    data = {**json.loads(form.read_text(encoding="utf-8")), "proof": made_up}
    form.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    ran = staffed.run("complete", task, "--as", "zhao", "--data", f"@{form}", "--json")
    assert ran.code != 0
    (fault,) = ran.error["faults"]
    assert fault["path"] == "proof"
    assert "没有上传,或已被清除" in fault["zh"]


@pytest.mark.parametrize("given", ["proof", "proof=nothing.pdf", "=回执.pdf"])
def test_what_is_no_field_with_a_file_is_refused(staffed: Terminal, tmp_path: Path, given: str) -> None:
    _, task, form = at_the_sending(staffed, tmp_path)
    ran = staffed.run("complete", task, "--as", "zhao", "--data", f"@{form}", "--file", given, "--json")
    assert "FIELD=FILE" in ran.error["en"]


def test_a_file_that_is_not_what_it_is_called_is_refused(staffed: Terminal, tmp_path: Path) -> None:
    case, _ = staffed.start()
    (tmp_path / "a.pdf").write_bytes(b"\x89PNG\r\n\x1a\n")
    ran = staffed.run("attach", case, tmp_path / "a.pdf", "--as", "wang", "--json")
    assert "but its content is a PNG picture" in ran.error["en"]
    assert staffed.json("files", case) == []


def test_the_setting_says_how_large_a_file_may_be(staffed: Terminal, tmp_path: Path) -> None:
    case, _ = staffed.start()
    staffed.variables["ZHIXING_FILE_LIMIT"] = "1"
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 4097)
    ran = staffed.run("attach", case, tmp_path / "a.bin", "--as", "wang", "--json")
    assert "expected a file of at most 1 MB" in ran.error["en"]
    staffed.variables["ZHIXING_FILE_LIMIT"] = "none"
    assert staffed.run("files", case).code == 2
