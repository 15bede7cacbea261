"""The page on BPMN says what the code does, and every row names a test that exists."""

import re
from pathlib import Path

import pytest

from engine.flow.vocabulary import ENGINES, INSTEAD, ONLY, WORDS
from tests.engine import (
    test_check_activities,
    test_check_events,
    test_check_milestones,
    test_check_rules,
    test_check_structure,
    test_check_words,
    test_decisions,
    test_waiting,
)
from tests.engine.flow import (
    test_adhoc,
    test_boundary_events,
    test_compensation,
    test_complex_gateway,
    test_conditions,
    test_elements,
    test_errors,
    test_escalations,
    test_event_gateway,
    test_event_sub_processes,
    test_levels,
    test_links,
    test_multi_instance,
    test_quantities,
    test_repeated,
    test_signals,
    test_splits,
    test_starts,
    test_transaction,
)

PAGE = (Path(__file__).parents[2] / "docs" / "bpmn.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| element |", "| what stands", "| on |"))
]
RUNS = {
    "adhoc": test_adhoc,
    "boundary": test_boundary_events,
    "compensation": test_compensation,
    "complex": test_complex_gateway,
    "conditions": test_conditions,
    "elements": test_elements,
    "errors": test_errors,
    "escalations": test_escalations,
    "gateway": test_event_gateway,
    "handlers": test_event_sub_processes,
    "levels": test_levels,
    "links": test_links,
    "quantities": test_quantities,
    "repeated": test_repeated,
    "several": test_multi_instance,
    "signals": test_signals,
    "splits": test_splits,
    "starts": test_starts,
    "transaction": test_transaction,
    "waiting": test_waiting,
}
TESTS = {
    "words": test_check_words.CASES.keys() | test_check_words.HARMLESS.keys() | INSTEAD.keys(),
    "structure": test_check_structure.CASES.keys(),
    "decisions": test_decisions.MISTAKES.keys(),
    "rules": test_check_rules.CASES.keys(),
    "activities": test_check_activities.CASES.keys(),
    "milestones": test_check_milestones.CASES.keys(),
    "events": test_check_events.CASES.keys(),
    **{
        key: {name.removeprefix("test_") for name in vars(module) if name.startswith("test_")}
        for key, module in RUNS.items()
    },
}


ELEMENTS = {row[0].strip("`"): row for row in ROWS if re.fullmatch("`[A-Za-z]+`", row[0])}


def test_every_element_has_one_row() -> None:
    named = [row[0].strip("`") for row in ROWS if re.fullmatch("`[A-Za-z]+`", row[0])]
    assert sorted(named) == sorted(WORDS.keys() | INSTEAD.keys())


@pytest.mark.parametrize("tag", WORDS)
def test_the_page_names_the_attributes_that_are_read(tag: str) -> None:
    attributes = WORDS[tag].attributes - {"id", "evaluatesToTypeRef"}
    assert ELEMENTS[tag][2].replace("`", "").split() == sorted(attributes)


@pytest.mark.parametrize("tag", INSTEAD)
def test_the_page_says_what_the_check_says_to_draw_instead(tag: str) -> None:
    assert ELEMENTS[tag][1] == INSTEAD[tag][1]


def test_the_page_names_every_attribute_of_which_one_value_is_executed() -> None:
    named = {match[1] for row in ROWS if (match := re.match(r"`(\w+)` other than", row[0]))}
    assert named >= ONLY.keys()


def test_the_page_names_every_extension_and_every_engine() -> None:
    said = set(re.findall(r"`zx:(\w+)`", PAGE))
    assert said == {"input", "output", "parameter"}.union(*(word.zx for word in WORDS.values()))
    assert {name for name in ENGINES.values() if f"`{name}:`" not in PAGE} <= {"drools", "jbpm"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_the_test_of_a_row_exists(row: list[str]) -> None:
    found = re.fullmatch(r"(\w+)\[(.+)\]", row[-1])
    assert found is not None
    assert found[2] in TESTS[found[1]]
