"""What is written about the procedure is true: the glossary names what exists, the README the steps the player takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.procedure import Procedure
from tests.bpmn.shipped import FOLDER
from web.cli.play import SIMPLE

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
README = (ROOT / "bpmn" / "README.md").read_text()


def test_the_glossary_has_every_role_in_both_languages(procedure: Procedure) -> None:
    rows = re.findall(r"^\| `([A-Z0-9]+)` \| (.+) \| (.+) \|$", GLOSSARY, re.MULTILINE)
    assert rows == [(role.code, role.name.zh, role.name.en) for role in procedure.roles.values()]


def test_the_glossary_names_classes_that_exist(procedure: Procedure) -> None:
    source = "".join(path.read_text() for room in ("engine", "storage", "jobs") for path in (ROOT / room).rglob("*.py"))
    named = set(re.findall(r"`([A-Z][a-z]+[A-Za-z]*)`", GLOSSARY))
    assert len(named) > 50
    assert {name for name in named if not re.search(rf"\b{name}\b", source)} == set()
    assert set(re.findall(r"`(T01_\w+)`", GLOSSARY)) <= procedure.model.processes["svc_requirements"].elements.keys()


def test_no_word_stands_twice_in_a_part_of_the_glossary() -> None:
    for part in GLOSSARY.split("\n## ")[1:]:
        words = re.findall(r"^\| ([^|`]+) \|", part, re.MULTILINE)
        assert len(words) == len(set(words)), part.partition("\n")[0]


def test_the_readme_lists_every_step_and_its_example_is_a_scenario() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    for path in sorted((FOLDER / "scenarios").glob("*.json")):
        assert json.loads(path.read_text()).keys() == json.loads(example).keys()
    table = README[README.index("| step |") : README.index("A step that must be refused")]
    listed = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    assert listed == {*SIMPLE, "complete", "deputy", "message", "tick"}
