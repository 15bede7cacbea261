"""The runner itself, on a few cases of our own in the kit's format: what is right passes, what is wrong is told."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from engine.value import Context
from tests.conformance.__main__ import main
from tests.conformance.cases import cases_in
from tests.conformance.report import level, page, tallies
from tests.conformance.runner import Outcome, run_all, same

SAMPLE = Path(__file__).parent / "sample"
CASES = "level-a/parking/parking-test-01.xml"


def outcomes(root: Path = SAMPLE) -> list[Outcome]:
    return run_all(cases_in(root))


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """The sample with one thing changed."""
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root)
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")
    return root


def test_every_case_of_the_sample_passes() -> None:
    found = outcomes()
    assert [(outcome.case.id, outcome.told) for outcome in found] == [
        ("short", ""),
        ("rounded", ""),
        ("nothing known", ""),
        ("structured", ""),
        ("service", ""),
        ("several", ""),
        ("null", ""),
        ("error", ""),
        ("imported", ""),
    ]
    assert all(outcome.passed for outcome in found)


WRONG: dict[str, tuple[str, str, str, str, str]] = {
    # file, what is changed, into what, the case that fails, what is told
    "another number": (
        CASES,
        ">0</value>",
        ">1</value>",
        "short",
        "Rate: expected Decimal('1'), but found Decimal('0')",
    ),
    "a value instead of null": (
        CASES,
        '<expected><value xsi:nil="true"/></expected>',
        "<expected><value>x</value></expected>",
        "nothing known",
        "expected 'x', but found None",
    ),
    "a number that is not near enough": (CASES, "3.3333333333", "3.3333332", "rounded", "3.3333332"),
    "a component of another name": (CASES, '<component name="fee">', '<component name="fees">', "structured", "'fees'"),
    "an item more": (CASES, "<list><item>", "<list><item><value>x</value></item><item>", "structured", "'x'"),
    "an input that is not there": (
        CASES,
        'inputNode name="Resident"',
        'inputNode name="Guest"',
        "short",
        "there is no input Guest",
    ),
    "a result that is not there": (
        CASES,
        'resultNode name="Ticket"',
        'resultNode name="Card"',
        "structured",
        "there is no element Card",
    ),
    "a service that is not there": (
        CASES,
        'invocableName="Desk"',
        'invocableName="Door"',
        "service",
        "there is no element Door",
    ),
    "an error that does not come": (
        "level-b/lists/lists.dmn",
        'number("x")',
        'number("1")',
        "error",
        "expected None, but found Decimal('1')",
    ),
    "a model that cannot be read": ("level-b/lists/lists.dmn", "</definitions>", "", "several", "Refused"),
    "an import that is not there": (
        "level-b/lists/parking.dmn",
        '"urn:sample:parking"',
        '"urn:x"',
        "imported",
        "there is no input Hours",
    ),
    "a case that expects nothing": (
        "level-b/lists/lists-test-01.xml",
        '<resultNode errorResult="true" name="Wrong"><expected><value xsi:nil="true"/></expected></resultNode>',
        "",
        "error",
        "the case expects nothing",
    ),
}


@pytest.mark.parametrize("change", WRONG)
def test_a_case_that_is_wrong_is_told_as_failing(change: str, tmp_path: Path) -> None:
    file, old, new, case, told = WRONG[change]
    failed = {
        outcome.case.id: outcome.told for outcome in outcomes(changed(tmp_path, file, old, new)) if not outcome.passed
    }
    assert told in failed[case]


def test_only_numbers_written_with_many_digits_may_be_rounded() -> None:
    third = Decimal(1) / Decimal(3)
    assert same(third, Decimal("0.3333333333"))
    assert not same(third, Decimal("0.333333"))
    assert same((Context({"a": third}),), (Context({"a": Decimal("0.33333333333")}),))
    assert not same(True, Decimal(1))
    assert not same(None, False)


def test_the_page_tells_totals_by_level_and_folder_and_every_failure(tmp_path: Path) -> None:
    found = outcomes(changed(tmp_path, CASES, ">0</value>", ">1</value>"))
    assert [(tally.name, tally.passed, tally.cases) for tally in tallies(found, level)] == [
        ("level-a", 3, 5),
        ("level-b", 4, 4),
    ]
    text = page(found)
    assert "**7 of 9 cases pass.**" in text
    assert "| level-a | 3 | 5 |" in text
    assert "| level-b/lists | 4 | 4 |" in text
    assert "* level-a/parking short: Rate: expected" in text
    assert "None." in page(outcomes())


def test_the_command_writes_the_page_and_says_by_its_outcome_whether_all_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "page.md"
    assert main([str(SAMPLE), "--write", str(written)]) == 0
    assert "**9 of 9 cases pass.**" in written.read_text(encoding="utf-8")
    assert "level-a: 5 of 5" in capsys.readouterr().out
    root = changed(tmp_path, CASES, ">0</value>", ">1</value>")
    assert main([str(root), "--only", "parking"]) == 1
    assert "level-a/parking short: Rate: expected" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["nowhere", "level-a/parking/parking.dmn", "."])
def test_the_command_refuses_a_folder_without_cases(path: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / path)])
    assert stopped.value.code == 2
