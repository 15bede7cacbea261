"""Types of a model and what they do to values. DMN 1.5 §7.3.3."""

import pytest

from engine import dmn
from tests.engine.dmn.drawing import column, decision, given, library, literal, made, model, output, table, value


def item(
    name: str, kind: str = "", *, values: str = "", constraint: str = "", parts: str = "", collection: bool = False
) -> str:
    many = ' isCollection="true"' if collection else ""
    named = f"<typeRef>{kind}</typeRef>" if kind else ""
    allowed = f"<allowedValues><text>{values}</text></allowedValues>" if values else ""
    whole = f"<typeConstraint><text>{constraint}</text></typeConstraint>" if constraint else ""
    return f'<itemDefinition name="{name}"{many}>{named}{allowed}{whole}{parts}</itemDefinition>'


def part(name: str, kind: str, values: str = "") -> str:
    return item(name, kind, values=values).replace("itemDefinition", "itemComponent")


def one(*types: str, kind: str = "t", logic: str = "n") -> dmn.Library:
    found = library(*types, given("n", kind), decision("d", literal(logic), inputs=["n"]))
    assert found.faults == []
    return found


LEVEL = item("level", "string", values='"A","B"')
PERSON = item("t", parts=part("full name", "string") + part("age", "number", "[0..150]"))
KEPT: dict[str, tuple[tuple[str, ...], object, object]] = {
    "a basic type": ((item("t", "number"),), 1, 1),
    "another type is null": ((item("t", "number"),), "1", None),
    "a list of one becomes its item": ((item("t", "number"),), [1], 1),
    "an allowed value": ((item("t", "string", values='"A","B"'),), "A", "A"),
    "a value that is not allowed": ((item("t", "string", values='"A","B"'),), "C", None),
    "null is not among allowed values": ((item("t", "string", values='"A"'),), None, None),
    "a type of a type": ((LEVEL, item("t", "level")), "C", None),
    "a type of a type, allowed": ((LEVEL, item("t", "level")), "B", "B"),
    "a narrower type": ((LEVEL, item("t", "level", values='"B"')), "A", None),
    "a collection": ((item("t", "number", collection=True),), [1, 2], [1, 2]),
    "one thing becomes a collection": ((item("t", "number", collection=True),), 1, [1]),
    "a collection with an item of another type": ((item("t", "number", collection=True),), [1, "x"], None),
    "a collection whose items are all allowed": (
        (item("t", "string", values='"A"', collection=True),),
        ["A", "A"],
        ["A", "A"],
    ),
    "a collection with an item that is not": ((item("t", "string", values='"A"', collection=True),), ["A", "B"], None),
    "a collection within its constraint": (
        (item("t", "number", constraint="count(?) = 2", collection=True),),
        [1, 2],
        [1, 2],
    ),
    "a collection beyond its constraint": (
        (item("t", "number", constraint="count(?) = 2", collection=True),),
        [1],
        None,
    ),
    "a value beyond its constraint": ((item("t", "number", constraint="&gt; 3"),), 3, None),
    "a collection of collections": (
        (item("row", "number", collection=True), item("t", "row", collection=True)),
        [[1], [2, 3]],
        [[1], [2, 3]],
    ),
    "components": ((PERSON,), {"full name": "a", "age": 3}, {"full name": "a", "age": 3}),
    "more entries than components": (
        (PERSON,),
        {"full name": "a", "age": 3, "x": 1},
        {"full name": "a", "age": 3, "x": 1},
    ),
    "a component that is missing": ((PERSON,), {"full name": "a"}, None),
    "a component of another type": ((PERSON,), {"full name": "a", "age": "x"}, None),
    "a component that is not allowed": ((PERSON,), {"full name": "a", "age": 200}, None),
    "a type within itself is any type there": ((item("t", parts=part("next", "t")),), {"next": 1}, {"next": 1}),
    "the name of DMN 1.1 for a moment": ((item("t", "dateTime"),), "x", None),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_value_given_as_a_type_becomes(case: str) -> None:
    types, asked, expected = KEPT[case]
    assert made(one(*types), "d", n=asked) == value(expected)


def test_entries_with_spaces_are_found_by_their_type() -> None:
    assert made(one(PERSON, logic="n.full name"), "d", n={"full name": "a", "age": 3}) == "a"


def test_a_function_type_judges_the_function_that_is_given() -> None:
    kind = '<itemDefinition name="f"><functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/></functionItem></itemDefinition>'
    found = library(
        kind,
        decision("g", literal("function(a: number) a + 1"), kind="f"),
        decision("d", literal("g(1)"), decisions=["g"]),
    )
    assert found.faults == []
    assert made(found, "d") == value(2)
    wrong = library(
        kind, decision("g", literal("function(a: string) a"), kind="f"), decision("d", literal("g(1)"), decisions=["g"])
    )
    assert made(wrong, "d") is None


@pytest.mark.parametrize("kind", ["feel:string", "string"])
def test_a_type_may_have_the_prefix_of_dmn_1_1(kind: str) -> None:
    logic = table([column("n", kind)], [output("o", kind)], [(['"a"'], ['"b"'])])
    found = dmn.Library(
        [dmn.read(_with_prefix(given("n", kind), decision("d", logic, inputs=["n"], kind=kind)), "x.dmn")]
    )
    assert found.faults == []
    assert made(found, "d", n="a") == "b"


def _with_prefix(*parts: str) -> bytes:
    return model(*parts, more='xmlns:feel="http://www.omg.org/spec/FEEL/20140401"')


PLACES = {
    "an input": given("n", "tX"),
    "a decision": decision("d", literal("1"), kind="tX"),
    "a literal": decision("d", literal("1", "tX")),
    "a column": decision("d", table([column("1", "tX")], [output()], [])),
    "an output": decision("d", table([column("1")], [output("o", "tX")], [])),
    "a type": item("t", "tX"),
    "a component": item("t", parts=part("a", "tX")),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_type_that_is_not_there_is_told_wherever_it_is_named(place: str) -> None:
    (fault,) = library(PLACES[place]).faults
    assert (fault.text.zh, fault.text.en) == ("没有名为 tX 的类型", "there is no type named tX")
    assert fault.path.startswith("trial.dmn")


def test_a_type_defined_twice_is_told() -> None:
    (fault,) = library(item("t", "number"), item("t", "string")).faults
    assert "重复的类型「t」" in fault.text.zh


def test_allowed_values_that_cannot_be_read_are_told_with_their_type() -> None:
    (fault,) = library(item("t", "number", values="&gt; ")).faults
    assert fault.text.zh.startswith("类型「t」:第 1 行")
    assert fault.text.en.startswith("type t: line 1")


@pytest.mark.parametrize(
    ("given_value", "zh", "en"),
    [
        ([{"a": 1, "b": ["x"]}, {"a": "1", "b": []}], "l[2].a 应为数字,此处为文本", "expected l[2].a to be a number"),
        ([{"a": 1, "b": ["x", 2]}], "l[1].b[2] 应为文本,此处为数字", "expected l[1].b[2] to be a text"),
        ([{"a": 1}], "l[1].b 应为列表,此处为空值", "expected l[1].b to be a list, but found nothing"),
        ("x", "l 应为列表,此处为文本", "expected l to be a list, but found a text"),
    ],
)
def test_the_part_that_is_of_another_type_is_named(given_value: object, zh: str, en: str) -> None:
    parts = (
        part("a", "number") + '<itemComponent name="b" isCollection="true"><typeRef>string</typeRef></itemComponent>'
    )
    row = (
        item("tRow", parts=parts)
        + '<itemDefinition name="t" isCollection="true"><typeRef>tRow</typeRef></itemDefinition>'
    )
    found = library(row, given("l", "t"), decision("d", literal("l"), inputs=["l"]))
    budget = dmn.Traced()
    assert made(found, "d", budget, l=given_value) is None
    (note,) = budget.notes
    assert zh in note.zh
    assert en in note.en
