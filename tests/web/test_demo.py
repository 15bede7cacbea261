"""What `make run` shows, and what it leaves behind."""

import json
import re
import shlex

import pytest

from tests.web.terminal import ROOT, Terminal

CHAPTERS = {
    "zh": ("1  程序生效", "2  办理", "3  完整的记录", "4  回到过去", "5  核验", "6  试着篡改", "接下来"),
    "en": (
        "1  A procedure",
        "2  People work",
        "3  The whole record",
        "4  Back in time",
        "5  Proof",
        "6  A forgery",
        "Next",
    ),
}


@pytest.mark.parametrize("columns", [60, 100])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demonstration_has_its_chapters_and_no_line_is_too_wide(
    terminal: Terminal, language: str, columns: int
) -> None:
    terminal.variables["COLUMNS"] = str(columns)
    told = terminal.ok("demo", "--language", language)
    places = [told.index(chapter) for chapter in CHAPTERS[language]]
    assert places == sorted(places)
    before, _, commands = told.partition(CHAPTERS[language][-1])
    assert max(_width(line) for line in before.splitlines()) <= columns
    assert "zhixing history" in commands
    assert len(re.findall("✗ .*", before)) >= 3
    assert "@" not in before  # people have names


def test_the_commands_it_ends_with_work_on_what_it_left(staffed: Terminal) -> None:
    terminal = staffed
    own = terminal.folder / "var" / "zhixing.db"
    terminal.variables["ZHIXING_DATABASE"] = f"sqlite:///{own}"
    before = own.read_bytes()
    told = terminal.ok("demo").partition("接下来")[2]
    lines = [shlex.split(line.partition("#")[0]) for line in told.splitlines() if "zhixing" in line or "export" in line]
    settings = [words[1] for words in lines if words[0] == "export"]
    commands = [words for words in lines if words[0] != "export"]
    terminal.variables.update(setting.split("=", 1) for setting in settings)
    assert set(terminal.variables) >= {"ZHIXING_DATA", "ZHIXING_DATABASE"}
    assert terminal.variables["ZHIXING_DATA"].startswith("/")
    assert len(commands) >= 6
    for words in commands:
        terminal.ok(*words[1:])
    assert own.read_bytes() == before


def test_each_version_of_a_document_is_listed_with_what_became_of_it(terminal: Terminal) -> None:
    left = json.loads(terminal.ok("--json", "demo"))
    terminal.variables["ZHIXING_DATA"] = left["data"]
    listed = terminal.json("documents", left["case"])
    stood = [(document["document"].partition("_")[0], document["version"], document["status"]) for document in listed]
    assert stood == [
        ("service", "A/0", "rejected"),
        ("service", "A/1", "issued"),
        ("service", "B/0", "issued"),
        ("contract", "A/0", "issued"),
        ("project", "A/0", "approved"),
    ]
    assert len({document["digest"] for document in listed}) == len(listed)
    newest = {document["document"]: document for document in listed}
    assert terminal.json("case", left["case"])["documents"] == [newest[key] for key in sorted(newest)]
    told = terminal.ok("documents", left["case"])
    assert [version in told for _, version, _ in stood] == [True] * 5


@pytest.mark.parametrize(("page", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_what_a_readme_shows_of_it_is_what_comes_out(terminal: Terminal, page: str, language: str) -> None:
    terminal.variables["COLUMNS"] = "250"
    told = {_timeless(line) for line in terminal.ok("demo", "--language", language).splitlines()}
    sample = (ROOT / page).read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    shown = [_timeless(line) for line in sample.splitlines() if line]
    assert len(shown) >= 10
    assert [line for line in shown if line not in told] == []


def _timeless(line: str) -> str:
    """A line without what depends on the day: moments, and the digest of a document that names them."""
    return " ".join(re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d|[0-9a-f]{12}…", "", line).split())


def test_the_demonstration_for_programs_is_one_document(terminal: Terminal) -> None:
    found = json.loads(terminal.ok("--json", "demo"))
    assert (found["ended"], found["proven"], found["forgery_noticed"]) == ("End_project_initiated", True, True)


def test_the_demonstration_is_worked_by_people_of_ten_roles(terminal: Terminal) -> None:
    left = json.loads(terminal.ok("--json", "demo"))
    terminal.variables["ZHIXING_DATA"] = left["data"]
    found = terminal.json("history", left["case"])
    done = {line["actor"] for line in found if line.get("command") == "CompleteTask"}
    roles = {person["person"]: set(person["roles"]) for person in terminal.json("people")}
    assert len(set().union(*(roles[person] for person in done))) >= 10


def test_an_unknown_scenario_is_refused_and_the_known_are_named(terminal: Terminal) -> None:
    ran = terminal.run("demo", "--scenario", "nothing")
    assert ran.code == 2
    assert "returned-twice" in ran.err
    assert list(terminal.folder.iterdir()) == []


def _width(line: str) -> int:
    return sum(2 if "\u1100" <= sign <= "\uffdc" and not "\u2010" <= sign <= "\u2e7f" else 1 for sign in line.rstrip())
