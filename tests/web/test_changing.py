"""A procedure changed by hand: exported, edited, checked, published; what runs stays on its version."""

from pathlib import Path

import pytest

from tests.web.terminal import SHIPPED, Terminal

FIRST = "processes/svc_requirements.bpmn"


def exported(terminal: Terminal, name: str = "changed") -> Path:
    """The version in force, in a folder to be changed."""
    terminal.ok("export", "service-planning", terminal.folder / name)
    return terminal.folder / name


def edit(folder: Path, before: str, after: str) -> None:
    """Change a diagram as an editor of text does."""
    text = (folder / FIRST).read_text(encoding="utf-8")
    assert before in text
    (folder / FIRST).write_text(text.replace(before, after), encoding="utf-8")


def versions(terminal: Terminal) -> list[str]:
    return [found["version"] for found in terminal.json("versions")]


def test_what_is_exported_is_the_version_in_force_byte_for_byte(staffed: Terminal) -> None:
    folder = exported(staffed)
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    shipped = {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*") if path.is_file()}
    assert paths == {path for path in shipped if not path.startswith("scenarios/")}
    assert all((folder / path).read_bytes() == (SHIPPED / path).read_bytes() for path in paths)
    staffed.ok("check", folder)


def test_what_runs_stays_on_its_version_what_is_new_begins_on_the_new_one_and_both_are_proven(
    staffed: Terminal,
) -> None:
    old_case, old = staffed.start()
    folder = exported(staffed)
    edit(folder, 'zx:due="working days after(now, settings.accept_days)"', 'zx:due="working days after(now, 9)"')
    staffed.ok("check", folder)
    staffed.ok("publish", folder, "--reason", "放宽受理期限", "--as", "li")
    _, new = staffed.start()
    before, after = versions(staffed)
    assert [staffed.json("show", number)["version"] for number in (old, new)] == [before, after]
    for number in (old, new):
        assert staffed.ok("replay", number, "--at", 1)
    assert "没有任何改动" in staffed.ok("verify")
    assert staffed.json("case", old_case)["version"] == before


def test_an_earlier_version_is_exported_by_the_beginning_of_its_digest(staffed: Terminal) -> None:
    folder = exported(staffed)
    edit(folder, "settings.accept_days", "settings.review_days")
    staffed.ok("publish", folder, "--reason", "试改", "--as", "li")
    first, second = versions(staffed)
    staffed.ok("export", "service-planning", staffed.folder / "first", "--version", first[:8])
    assert (staffed.folder / "first" / FIRST).read_bytes() == (SHIPPED / FIRST).read_bytes()
    assert (exported(staffed, "second") / FIRST).read_bytes() == (folder / FIRST).read_bytes()
    assert first != second


@pytest.mark.parametrize(
    "words", [("nothing",), ("service-planning", "--version", "xyz"), ("service-planning", "--version", "")]
)
def test_what_names_no_version_is_refused_and_writes_nothing(staffed: Terminal, words: tuple[str, ...]) -> None:
    procedure, *more = words
    if more and not more[1]:
        folder = exported(staffed)
        edit(folder, "settings.accept_days", "settings.review_days")
        staffed.ok("publish", folder, "--reason", "两个版本", "--as", "li")
    ran = staffed.run("export", procedure, staffed.folder / "new", *more, "--language", "en")
    assert ran.code == 1
    assert "one version" in ran.err
    assert not (staffed.folder / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(staffed: Terminal) -> None:
    folder = exported(staffed)
    edit(folder, "settings.accept_days", "settings.review_days")
    mine = (folder / FIRST).read_bytes()
    ran = staffed.run("export", "service-planning", folder)
    assert (ran.code, "新的或空的文件夹" in ran.err) == (2, True)
    assert (folder / FIRST).read_bytes() == mine


def test_a_version_is_published_for_a_later_day_by_somebody_who_did_not_write_it(staffed: Terminal) -> None:
    folder = exported(staffed)
    edit(folder, "settings.accept_days", "settings.review_days")
    words = ("publish", folder, "--reason", "下月起放宽", "--author", "li", "--effective", "2027-01-01")
    refused = staffed.run(*words, "--as", "li", "--language", "en")
    assert refused.code == 1
    assert "who did not change this draft" in refused.err
    assert (
        "expected a holder of Service management" in staffed.run(*words, "--language", "en").err
    )  # the operator is no person
    published = staffed.json(*words, "--as", "zheng")
    told = staffed.ok("history", published["stream"])
    assert "自 2027-01-01 00:00 起 生效" in told
    assert "编写 李" in told
    _, number = staffed.start()
    first, second = versions(staffed)
    assert staffed.json("show", number)["version"] == first  # not in force yet
    assert first != second
    staffed.now = staffed.now.replace(year=2027, month=2)
    _, later = staffed.start()
    assert staffed.json("show", later)["version"] == second
