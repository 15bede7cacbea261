"""The decision tables as an editor opens them: every element drawn once, every requirement with its line, every rule explained."""

from __future__ import annotations

from itertools import combinations

import pytest
from lxml import etree

from tests.bpmn.shipped import FILES
from tests.bpmn.test_drawing import Box

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DMNDI = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}"
DC = "{http://www.omg.org/spec/DMN/20180521/DC/}"
DI = "{http://www.omg.org/spec/DMN/20180521/DI/}"
TABLES = sorted(path for path in FILES if path.endswith(".dmn"))


@pytest.mark.parametrize("path", TABLES)
def test_everything_is_drawn_once_and_apart(path: str) -> None:
    root = etree.fromstring(FILES[path])
    boxes = _boxes(root)
    assert boxes.keys() == {str(e.get("id")) for e in (*root.iter(f"{DMN}inputData"), *root.iter(f"{DMN}decision"))}
    assert [pair for pair in combinations(boxes, 2) if boxes[pair[0]].meets(boxes[pair[1]], 10)] == []


@pytest.mark.parametrize("path", TABLES)
def test_a_requirement_runs_from_what_is_required_to_the_decision(path: str) -> None:
    root = etree.fromstring(FILES[path])
    boxes = _boxes(root)
    ((decision, below),) = ((key, box) for key, box in boxes.items() if not key.startswith("Input_"))
    drawn = {str(edge.get("dmnElementRef")): edge for edge in root.iter(f"{DMNDI}DMNEdge")}
    required = list(root.iter(f"{DMN}informationRequirement"))
    assert drawn.keys() == {str(found.get("id")) for found in required}
    assert decision == path.removeprefix("decisions/").removesuffix(".dmn")
    for found in required:
        ends = [
            (float(p.get("x", "")), float(p.get("y", ""))) for p in drawn[str(found.get("id"))].iter(f"{DI}waypoint")
        ]
        source = boxes[found.findall(f"{DMN}requiredInput")[0].get("href", "").removeprefix("#")]
        assert ends[0] == (source.x + source.width / 2, source.y)
        assert below.x < ends[-1][0] < below.right
        assert ends[-1][1] == below.bottom


@pytest.mark.parametrize("path", TABLES)
def test_every_rule_says_what_it_is_for(path: str) -> None:
    rules = list(etree.fromstring(FILES[path]).iter(f"{DMN}rule"))
    assert len(rules) > 3
    assert [rule.get("id") for rule in rules if not (rule.findtext(f"{DMN}description") or "").strip()] == []


def _boxes(root: etree._Element) -> dict[str, Box]:
    found = {}
    for shape in root.iter(f"{DMNDI}DMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        assert shape.get("dmnElementRef") not in found
        x, y, width, height = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
        found[str(shape.get("dmnElementRef"))] = Box(x, y, width, height)
    return found
