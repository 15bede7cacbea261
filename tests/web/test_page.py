"""The examples of `docs/cli.md`, executed in order; every command speaks both ways and both languages."""

import json
import shlex
import shutil

from tests.web.terminal import ROOT, Terminal
from web.cli import GROUPS, main


def _examples() -> list[list[str]]:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    return [shlex.split(line[2:])[1:] for line in page.splitlines() if line.startswith("$ zhixing ")]


def test_the_examples_work_for_people_and_for_programs(terminal: Terminal) -> None:
    """Each example is typed by a person; those that only read are asked for as JSON as well, and in English."""
    shutil.copytree(ROOT / "bpmn", terminal.folder / "bpmn")
    for words in _examples():
        assert terminal.ok(*words).strip() or words[0] in ("claim",), words
        if words[0] in READING:
            assert json.loads(terminal.ok(*words, "--json")) == json.loads(terminal.ok("--json", *words))
            english = terminal.ok(*words, "--language", "en")
            assert english == terminal.ok("--language", "en", *words)


READING = {
    "check",
    "people",
    "inbox",
    "show",
    "cases",
    "case",
    "history",
    "replay",
    "versions",
    "documents",
    "calendar",
}


def test_the_examples_and_tests_leave_no_command_untried() -> None:
    """A new command is shown on the page, or used by name in a test of the command line."""
    shown = {words[0] for words in _examples()}
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "web").glob("test_*.py"))
    assert [name for name in main.commands if name not in shown and f'"{name}"' not in tests] == []


def test_no_command_takes_the_name_of_another() -> None:
    names = [command.name for group in GROUPS for command in group.COMMANDS]
    assert sorted(names) == sorted(main.commands)


def test_help_is_there_in_both_languages(terminal: Terminal) -> None:
    for name, command in main.commands.items():
        chinese, english = terminal.ok(name, "--help"), terminal.ok("--language", "en", name, "--help")
        assert getattr(command, "zh", "") in chinese.replace("\n  ", "")
        assert (command.help or "").split(",")[0].split(":")[0][:30] in english
    listed = terminal.ok("--help")
    assert all(name in listed for name in main.commands)
    assert "认领任务" in listed


def test_the_version_is_told(terminal: Terminal) -> None:
    assert terminal.ok("--version").strip() == "0.1.0"
