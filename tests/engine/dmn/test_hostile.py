"""Files that were changed at random, and files that ask for too much: refused or told, never an accident."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import dmn
from engine.errors import Refused
from engine.feel import FeelError
from tests.engine.dmn import drawing
from tests.engine.dmn.drawing import column, decision, knowledge, library, literal, made, model, output, service, table
from tests.engine.dmn.test_boxes import ADD, RELATION, added, binding, conditional, entry, filtered, repeated
from tests.engine.dmn.test_reading import BY_DMN_JS
from tests.engine.dmn.test_types import PERSON, item

EVERYTHING = model(
    PERSON,
    item("many", "number", values="[0..9]", constraint="count(?) &lt; 3", collection=True),
    drawing.given("n", "number"),
    drawing.given("p", "t"),
    knowledge("add", {"a": "number"}, literal("a + 1"), kind="number"),
    decision("a", "<context>" + entry("x", literal("n")) + entry("y", RELATION) + "</context>", inputs=["n"]),
    decision("b", added(binding("a", literal("1")) + binding("b", conditional("true"))), knowledge=["add"]),
    decision("c", filtered(RELATION, 'who = "a"'), inputs=["n"]),
    decision("e", f"<list>{repeated('for', '[1,2]', 'i')}{repeated('some', '[1]', 'true')}{ADD}</list>"),
    decision("f", literal("s(n) + add(n) + a.x"), inputs=["n"], decisions=["a"], knowledge=["add", "s"]),
    service("s", ["g"], inputs=["n"], kind="many"),
    decision(
        "g",
        table(
            [column("n", "number", values="[0..100]"), column("n > 1", "boolean")],
            [output("o", "number", values="1, 2"), output("q", default='"x"')],
            [(["< 5", "true"], ["1", '"a"']), ([">= 5", "-"], ["2", '"b"'])],
        ),
        inputs=["n"],
    ),
)
VALUES = (
    "",
    "n",
    "-",
    "x",
    "#n",
    "#g",
    "urn:other#n",
    "tX",
    "COLLECT",
    "PRIORITY",
    "SUM",
    "true",
    "1 +",
    "> 5",
    "[1..",
    "null",
    "Java",
)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A model with a few elements, attributes and texts lost, moved or replaced."""
    root = etree.fromstring(draw(st.sampled_from((EVERYTHING, BY_DMN_JS.encode()))))
    for _ in range(draw(st.integers(1, 4))):
        nodes = list(root.iter(etree.Element))[1:]
        if not nodes:
            break
        node = draw(st.sampled_from(nodes))
        match draw(st.sampled_from(("lose", "twice", "move", "attribute", "forget", "text"))):
            case "lose":
                node.getparent().remove(node)
            case "twice":
                node.addnext(etree.fromstring(etree.tostring(node)))
            case "move":
                target = draw(st.sampled_from(nodes))
                if node not in (target, *target.iterancestors()):
                    target.append(node)
            case "attribute" if node.attrib:
                node.set(draw(st.sampled_from(sorted(node.attrib))), draw(st.sampled_from(VALUES)))
            case "forget" if node.attrib:
                del node.attrib[draw(st.sampled_from(sorted(node.attrib)))]
            case _:
                node.text = draw(st.sampled_from(VALUES))
    return etree.tostring(root)


@settings(max_examples=300, deadline=None)
@given(changed())
def test_a_file_changed_at_random_is_refused_or_told_and_evaluated(data: bytes) -> None:
    found = attempted(lambda: dmn.Library([dmn.read(data, "x.dmn")]))
    if isinstance(found, Refused):
        assert found.faults[0].path.startswith("x.dmn")
        return
    assert isinstance(found, dmn.Library)
    for told in (*found.faults, *found.warnings):
        assert told.path.startswith("x.dmn")
        assert told.text.zh
        assert told.text.en
    for key in found.elements:
        once, again = (attempted(lambda wanted=key: found.evaluate(wanted, {})) for _ in range(2))
        assert str(once) == str(again)


def attempted(what: Callable[[], object]) -> object:
    """What comes of it, or what it was refused with; anything else that is raised fails the test."""
    try:
        return what()
    except (Refused, FeelError) as error:
        return error


def test_the_model_that_is_changed_has_no_fault() -> None:
    for data in (EVERYTHING, BY_DMN_JS.encode()):
        assert dmn.Library([dmn.read(data, "x.dmn")]).faults == []


TOO_MUCH = {
    "calls within calls": (knowledge("k", {"a": None}, literal("k(a + 1)")), "k(1)", "k"),
    "services within services": (service("k", ["d"]), "k()", "k"),
    "items": (knowledge("k", {}, repeated("for", "[1..100000]", "for j in 1..100 return j")), "k()", "k"),
    "steps": (
        knowledge("k", {}, repeated("for", "[1..90000]", "string join(for j in 1..90 return string(j))")),
        "k()",
        "k",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_asks_for_too_much_is_ended(case: str) -> None:
    element, text, name = TOO_MUCH[case]
    found = library(element, decision("d", literal(text), knowledge=[name]))
    with pytest.raises(FeelError) as ended:
        made(found, "d")
    assert ended.value.text.zh


def test_types_that_use_each_other_twice_are_told_when_they_have_too_many_parts() -> None:
    def item(at: int) -> str:
        parts = "".join(
            f'<itemComponent name="{name}"><typeRef>t{at - 1}</typeRef></itemComponent>' for name in ("a", "b")
        )
        return f'<itemDefinition name="t{at}">{parts}</itemDefinition>'

    first = '<itemDefinition name="t0"><typeRef>number</typeRef></itemDefinition>'
    small = library(first, *map(item, range(1, 11)), decision("d", literal("null", "t10")))
    assert small.faults == []
    large = library(first, *map(item, range(1, 100)), decision("d", literal("null", "t99")))
    assert "类型「t12」连同其各部分应不超过" in large.faults[0].text.zh
    assert "expected the type t12 to have at most" in large.faults[0].text.en


def test_a_table_costs_as_many_steps_as_its_rules() -> None:
    few, many = (
        library(decision("d", table([column("1")], [output()], [([">2"], ["1"])] * count))) for count in (10, 1_000)
    )
    spent = []
    for found in (few, many):
        budget = dmn.Traced()
        begun = budget.steps
        made(found, "d", budget)
        spent.append(begun - budget.steps)
    assert spent[1] > spent[0] + 100
