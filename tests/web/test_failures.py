"""Whatever goes wrong is one sentence and an exit code: nothing is changed, and no stack trace appears."""

import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from engine.errors import MalformedValue, UnknownKind
from tests.web.terminal import ROOT, SHIPPED, Terminal
from web.cli import failures
from web.cli.output import Exit

WRONG_WORDS = [
    (("nonsense",), "没有命令 nonsense"),
    (("claims", "4.1.4"), "claim"),
    (("history",), "缺少"),
    (("history", "4", "--alonee"), "--alone"),
    (("history", "4", "5"), "用法不对"),
    (("history", "four"), "应为从 1 起的整数"),
    (("history", "0"), "应为从 1 起的整数"),
    (("history", "-1"), "-1"),
    (("history", "9" * 400), "应为从 1 起的整数"),
    (("replay", "4"), "--at"),
    (("claim", "1.x.3", "--as", "wang"), "应为 4.7.2 这样的编号"),
    (("claim", "4.1", "--as", "wang"), "应为 4.7.2 这样的编号"),
    (("claim", "..", "--as", "wang"), "应为 4.7.2 这样的编号"),
    (("claim", "4.1.4"), "--as"),
    (("deputy", "wang", "li", "--from", "yesterday", "--until", "2026-12-01"), "应为 2026-11-24 这样的日期"),
    (("deputy", "wang", "li"), "--until"),
    (("complete", "4.1.4", "--as", "wang", "--data", "{"), "应为 JSON"),
    (("complete", "4.1.4", "--as", "wang", "--data", "NaN"), "应为 JSON"),
    (("complete", "4.1.4", "--as", "wang", "--data", "[" * 100_000), "嵌套过深"),
    (("complete", "4.1.4", "--as", "wang", "--data", '"\\ud800"'), "代理字符"),
    (("complete", "4.1.4", "--as", "wang", "--data", "@none.json"), "没有文件 none.json"),
    (("complete", "4.1.4", "--as", "wang", "--data", "@."), "是文件夹"),
    (("check", "no-such-folder"), "没有文件夹"),
    (("check", "."), "procedure.toml"),
    (("publish", ".", "--reason", "x"), "procedure.toml"),
    (("play", ".", "any"), "没有场景"),
    (("run-model", "none.bpmn"), "没有文件"),
    (("run-model", "."), "是文件夹"),
    (("restore", "none.db"), "没有文件"),
    (("add-person", "", "王芳"), "账号"),
    (("add-person", "wang", "王\n芳"), "姓名"),
    (("--language", "fr", "versions"), "fr"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_WORDS, ids=[" ".join(w)[:40] for w, _ in WRONG_WORDS])
def test_wrong_words_are_refused_with_a_sentence(words: tuple[str, ...], said: str, terminal: Terminal) -> None:
    ran = terminal.run(*words)
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert said in ran.err
    english = terminal.run(*words, "--json") if "--language" not in words else terminal.run("--json", *words)
    assert english.error["code"] == Exit.USAGE
    assert not _is_chinese(english.error["en"].replace("王", ""))
    assert list(terminal.folder.iterdir()) == []


UNKNOWN = [
    ("history", "99"),
    ("show", "1"),
    ("show", "99"),
    ("case", "1"),
    ("documents", "99"),
    ("verify", "99"),
    ("replay", "99", "--at", "1"),
    ("claim", "99.1.1", "--as", "wang"),
    ("claim", "1.1.1", "--as", "wang"),
    ("claim", "999999999999999999.1.1", "--as", "wang"),
    ("inbox", "--as", "nobody"),
    ("versions", "nothing"),
    ("start", "nothing", "process", "--as", "wang"),
    ("start", "service-planning", "nothing", "--as", "wang"),
    ("start", "service-planning", "svc_requirements", "--as", "wang", "--case", '{"nothing": 1}'),
    ("start", "service-planning", "svc_requirements", "--as", "wang", "--case", '"text"'),
    ("start", "service-planning", "svc_requirements", "--as", "wang", "--input", '{"n": 1e999999999}'),
    ("start", "service-planning", "svc_requirements", "--as", "zhao"),
    ("start", "service-planning", "svc_requirements", "--as", "wang", "--id", "k" * 500),
    ("send-message", "nothing", "--procedure", "service-planning"),
    ("retry", "99.1.1", "--reason", "x", "--as", "li"),
    ("decide", "1.1.1", "--reason", "x", "--as", "li"),
    ("terminate", "1", "--reason", "x", "--as", "he"),
    ("grant-role", "nobody", "SMO"),
    ("deputy", "wang", "wang", "--from", "2026-11-24", "--until", "2026-11-25"),
    ("deputy", "wang", "li", "--from", "2026-11-25", "--until", "2026-11-24"),
    ("setting", "nothing"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_does_not_exist_or_may_not_be_is_refused_and_changes_nothing(staffed: Terminal, language: str) -> None:
    before = _journal(staffed)
    for words in UNKNOWN:
        ran = staffed.run(*words, "--language", language)
        assert (ran.code, ran.out) == (Exit.REFUSED, ""), words
        assert ran.err.strip(), words
        assert _is_chinese(ran.err) is (language == "zh"), ran.err
    assert _journal(staffed) == before


def test_reading_never_makes_a_database(terminal: Terminal) -> None:
    for words in (("versions",), ("inbox", "--as", "wang"), ("history", "1"), ("verify",), ("tick",), ("people",)):
        ran = terminal.run(*words)
        assert (ran.code, ran.out) == (Exit.UNAVAILABLE, "")
        assert "还没有数据库" in ran.err
    assert list(terminal.folder.iterdir()) == []


def test_the_database_of_another_program_is_left_alone(terminal: Terminal) -> None:
    path = terminal.folder / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")
    terminal.variables["ZHIXING_DATABASE"] = f"sqlite:///{path}"
    for words in (("versions",), ("add-person", "wang", "王芳"), ("publish", str(SHIPPED), "--reason", "x")):
        ran = terminal.run(*words)
        assert ran.code == Exit.UNAVAILABLE
        assert "其他程序" in ran.err
    with sqlite3.connect(path) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["contacts"]


@pytest.mark.parametrize("content", [b"no database at all, only text\n" * 100, b"\x00" * 5_000])
def test_a_file_that_is_no_database_is_left_alone(terminal: Terminal, content: bytes) -> None:
    path = terminal.folder / "text.db"
    path.write_bytes(content)
    terminal.variables["ZHIXING_DATABASE"] = f"sqlite:///{path}"
    ran = terminal.run("add-person", "wang", "王芳")
    assert ran.code == Exit.UNAVAILABLE
    assert path.read_bytes() == content


def test_a_database_of_a_newer_release_is_refused(staffed: Terminal) -> None:
    with sqlite3.connect(staffed.folder / "var" / "zhixing.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ran = staffed.run("versions")
    assert ran.code == Exit.UNAVAILABLE
    assert "更新的版本" in ran.err


def test_a_server_that_cannot_be_reached_is_told_without_the_password(terminal: Terminal) -> None:
    terminal.variables["ZHIXING_DATABASE"] = "postgresql://zhixing:hush@127.0.0.1:1/zhixing"
    ran = terminal.run("versions")
    assert ran.code == Exit.UNAVAILABLE
    assert "数据库无法使用" in ran.err
    assert "hush" not in ran.err


def test_a_folder_that_cannot_be_written_is_told(terminal: Terminal) -> None:
    (terminal.folder / "file").write_text("in the way", encoding="utf-8")
    terminal.variables["ZHIXING_DATA"] = str(terminal.folder / "file" / "var")
    ran = terminal.run("add-person", "wang", "王芳")
    assert ran.code == Exit.UNAVAILABLE
    assert ran.err.strip()


def test_a_seal_key_that_is_none_is_told(staffed: Terminal) -> None:
    (staffed.folder / "var" / "seal.key").write_text("rubbish", encoding="utf-8")
    ran = staffed.run("seal")
    assert ran.code == Exit.UNAVAILABLE
    assert "Ed25519" in ran.err


def test_a_form_that_is_not_utf_8_is_refused(staffed: Terminal) -> None:
    (staffed.folder / "form.json").write_bytes(b'{"a": "\xb2\xe2"}')
    _, _ = staffed.start()
    ran = staffed.run("complete", staffed.task_of("wang"), "--as", "wang", "--data", "@form.json")
    assert ran.code == Exit.USAGE
    assert "UTF-8" in ran.err


def test_an_interrupted_command_says_so(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("web.cli.company.opened", interrupted)
    ran = terminal.run("versions")
    assert ran.code == Exit.INTERRUPTED
    assert "已中断" in ran.err


def test_a_mistake_of_ours_is_one_sentence_unless_asked_for_more(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise LookupError("a loose screw")

    monkeypatch.setattr("web.cli.company.opened", broken)
    ran = terminal.run("versions")
    assert ran.code == Exit.INTERNAL
    assert "a loose screw" in ran.err
    assert ran.err.count("\n") == 1


def test_nobody_reading_the_output_ends_quietly(staffed: Terminal) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "web.cli", "history", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with os.fdopen(writer, "w") as closed:
        ran = subprocess.run(
            command, stdout=closed, stderr=subprocess.PIPE, cwd=staffed.folder, env=environment, check=False
        )
    assert ran.returncode == Exit.BROKEN_PIPE
    assert ran.stderr == b""


def _typed(terminal: Terminal, words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a shell of its own, with what the shell does to its output."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    line = f"{shlex.quote(sys.executable)} -m web.cli {words}"
    return subprocess.run(["sh", "-c", line], capture_output=True, cwd=terminal.folder, env=environment, check=False)


def test_a_closed_output_does_not_make_a_failure_of_what_was_done(staffed: Terminal) -> None:
    staffed.start()
    task = staffed.task_of("wang")
    ran = _typed(staffed, f"claim {task} --as wang >&-")
    assert (ran.returncode, ran.stderr) == (Exit.OK, b"")
    assert staffed.json("show", task.partition(".")[0])["tasks"][0]["stage"] == "claimed"


def test_a_terminal_without_our_characters_still_gets_the_answer(staffed: Terminal) -> None:
    ran = _typed(staffed, "people", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (Exit.OK, b"")
    assert b"wang" in ran.stdout


@pytest.mark.parametrize("error", [UnknownKind("Future", 2), MalformedValue("bytes"), MemoryError(), OSError("x")])
def test_every_error_has_both_languages(error: BaseException) -> None:
    failure = failures.failure_of(error)
    assert failure.code is not Exit.OK
    assert _is_chinese(failure.text.zh)
    assert not _is_chinese(failure.text.en)


def test_a_database_in_use_is_told_as_such() -> None:
    locked = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))
    failure = failures.failure_of(locked)
    assert failure.code is Exit.UNAVAILABLE
    assert "请稍后再试" in failure.text.zh


def test_exit_codes_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    table = page.split("## Exit codes")[1].split("##")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert {int(cell) for cell in rows if cell.isdigit()} == {int(code) for code in Exit}
    assert Exit.INTERRUPTED == 128 + signal.SIGINT
    assert Exit.BROKEN_PIPE == 128 + signal.SIGPIPE


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def _journal(terminal: Terminal) -> list[tuple[object, ...]]:
    with sqlite3.connect(Path(terminal.folder, "var", "zhixing.db")) as connection:
        return connection.execute("SELECT stream_no, revision, digest FROM entry ORDER BY 1, 2").fetchall()
