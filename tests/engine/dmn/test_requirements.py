"""Elements that need each other: decisions, services, imported models, and drawings that go wrong. DMN 1.5 chapter 6."""

import pytest

from engine import dmn
from engine.dmn.requirements import LONGEST
from engine.errors import Text
from engine.feel import FeelError
from tests.engine.dmn.drawing import (
    DMN_1_5,
    decision,
    given,
    knowledge,
    libraries,
    library,
    literal,
    made,
    model,
    service,
    value,
)

N = given("n", "number")
TWICE = decision("twice", literal("n * 2"), inputs=["n"], kind="number")
SUM = decision("sum", literal("twice + n"), inputs=["n"], decisions=["twice"])


def test_a_decision_needs_other_decisions() -> None:
    assert made(library(N, TWICE, SUM), "sum", n=5) == value(15)


def test_a_result_that_is_given_is_not_decided_again() -> None:
    found = library(N, TWICE, SUM)
    assert made(found, "sum", n=5, twice=1) == value(6)


def test_an_input_of_another_type_is_null() -> None:
    assert made(library(N, TWICE), "twice", n="x") is None


def test_an_input_that_is_not_given_is_null_and_noted() -> None:
    budget = dmn.Traced()
    assert made(library(N, TWICE), "twice", budget) is None
    assert budget.notes[0] == Text("没有给出 n", "expected a value for n, but nothing is given")


def test_a_decision_is_made_once() -> None:
    shared = decision("many", literal("for i in 1..50000 return i"))
    users = [decision(f"u{at}", literal("count(many)"), decisions=["many"]) for at in range(50)]
    everything = decision(
        "all", literal(" + ".join(f"u{at}" for at in range(50))), decisions=[f"u{at}" for at in range(50)]
    )
    assert made(library(shared, *users, everything), "all") == value(50 * 50_000)


def test_an_element_is_found_by_name_and_by_id() -> None:
    found = library(given("金额", id="amount"))
    assert found.find("金额") is found.find("amount") is found.find("amount", "urn:trial")
    assert found.find("amount", "urn:other") is None


def test_a_key_of_no_element_is_refused() -> None:
    found = library(N, TWICE)
    with pytest.raises(KeyError):
        found.evaluate(("urn:trial", "twice"), {("urn:trial", "m"): None})


# ------------------------------------------------------------------ services

SERVICE = service("s", ["sum"], inputs=["n"])


def caller(text: str) -> str:
    return decision("d", literal(text), knowledge=["s"])


def test_a_service_with_one_output_yields_its_value() -> None:
    assert made(library(N, TWICE, SUM, SERVICE), "s", n=5) == value(15)


def test_a_service_with_several_outputs_yields_a_context() -> None:
    found = library(N, TWICE, SUM, service("s", ["sum", "twice"], inputs=["n"]))
    assert made(found, "s", n=5) == value({"sum": 15, "twice": 10})


def test_a_decision_handed_to_a_service_is_not_made_within() -> None:
    found = library(N, TWICE, SUM, service("s", ["sum"], inputs=["n"], decisions=["twice"]))
    assert made(found, "s", n=5, twice=1) == value(6)
    assert made(found, "s", n=5) is None


@pytest.mark.parametrize(
    ("call", "result"), [("s(5)", 15), ("s(n: 5)", 15), ("s()", None), ("s(5, 6)", None), ('s("x")', None)]
)
def test_a_service_is_called_from_an_expression(call: str, result: object) -> None:
    found = library(N, TWICE, SUM, SERVICE, caller(call))
    assert found.faults == []
    assert made(found, "d") == value(result)


def test_a_service_takes_input_data_first_and_then_decisions() -> None:
    found = library(N, TWICE, SUM, service("s", ["sum"], inputs=["n"], decisions=["twice"]), caller("s(5, 100)"))
    assert made(found, "d") == value(105)


def test_what_the_caller_knows_is_not_known_within() -> None:
    found = library(N, TWICE, SUM, service("s", ["sum"]), caller("s()"))
    assert made(found, "d", n=5) is None


def test_the_value_of_a_service_is_converted_to_its_type() -> None:
    assert made(library(N, TWICE, service("s", ["twice"], inputs=["n"], kind="string")), "s", n=5) is None


def test_tables_within_a_called_service_are_kept_too() -> None:
    logic = (
        '<decisionTable id="t"><output/><rule id="r"><outputEntry><text>1</text></outputEntry></rule></decisionTable>'
    )
    budget = dmn.Traced()
    assert made(library(decision("x", logic), service("s", ["x"]), caller("s()")), "d", budget) == value(1)
    assert [matched.decision for matched in budget.matched] == ["x"]


# ------------------------------------------------------------------ imports


def imported(name: str, space: str) -> str:
    return f'<import name="{name}" namespace="{space}" importType="{DMN_1_5}"/>'


BASE = model(
    '<itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues></itemDefinition>',
    given("n", "number", id="x"),
    decision("twice", literal("n * 2"), inputs=["x"], id="y"),
    knowledge("add one", {"a": None}, literal("a + 1")),
    space="urn:base",
)


def test_imported_elements_stand_behind_the_name_of_the_import() -> None:
    text = "base.twice + base.n + base.add one(1)"
    own = decision("d", literal(text), inputs=["urn:base#x"], decisions=["urn:base#y"], knowledge=["urn:base#add one"])
    found = libraries(BASE, model(imported("base", "urn:base"), own))
    assert found.faults == []
    assert made(found, "d", n=5) == value(17)


def test_an_import_without_a_name_adds_its_elements_to_the_models_own() -> None:
    found = libraries(
        BASE, model(imported("", "urn:base"), decision("d", literal("twice + 1"), decisions=["urn:base#y"]))
    )
    assert made(found, "d", n=5) == value(11)


def test_an_import_without_a_name_adds_its_types_too() -> None:
    logic = literal("[m, 50 instance of tSmall, m instance of number]")
    own = [given("m", "tSmall"), decision("d", logic, inputs=["m"])]
    found = libraries(BASE, model(imported("", "urn:base"), *own))
    assert found.faults == []
    assert made(found, "d", m=5) == value([5, True, True])
    assert made(found, "d", m=50) == value([None, True, False])


def test_models_that_import_each_other_without_names_find_their_types_or_say_that_there_are_none() -> None:
    spaces = [f"urn:{at}" for at in range(30)]
    files = [
        model(*[imported("", space) for space in spaces if space != own], given(f"n{own}", "gone"), space=own)
        for own in spaces
    ]
    found = libraries(*files)
    assert len(found.faults) == 30
    assert found.faults[0].text.en == "there is no type named gone"


def test_models_with_equal_ids_are_kept_apart() -> None:
    own = [
        given("n", "string", id="x"),
        decision("d", literal("n + string(base.n)"), inputs=["x", "urn:base#x"], id="y"),
    ]
    found = libraries(BASE, model(imported("base", "urn:base"), *own))
    keys = {("urn:trial", "x"): "a", ("urn:base", "x"): value(1)}
    assert found.evaluate(("urn:trial", "y"), keys) == "a1"


def test_imports_go_on_from_model_to_model() -> None:
    middle = model(
        imported("b", "urn:base"),
        decision("three", literal("b.twice + b.n"), inputs=["urn:base#x"], decisions=["urn:base#y"]),
        space="urn:middle",
    )
    top = model(imported("m", "urn:middle"), decision("d", literal("m.three * 10"), decisions=["urn:middle#three"]))
    found = libraries(top, middle, BASE)
    assert found.faults == []
    assert made(found, "d", n=5) == value(150)


def test_a_type_of_an_imported_model_is_named_behind_the_import() -> None:
    found = libraries(
        BASE, model(imported("base", "urn:base"), given("m", "base.tSmall"), decision("d", literal("m"), inputs=["m"]))
    )
    assert found.faults == []
    assert (made(found, "d", m=5), made(found, "d", m=50)) == (value(5), None)


def test_a_type_may_be_named_by_the_prefix_of_an_imported_namespace() -> None:
    used = given("m", "b:tSmall")
    found = libraries(
        BASE,
        model(imported("base", "urn:base"), used, decision("d", literal("m"), inputs=["m"]), more='xmlns:b="urn:base"'),
    )
    assert found.faults == []
    assert made(found, "d", m=50) is None


# ------------------------------------------------------------------ drawings that go wrong


def chain(length: int) -> list[str]:
    links = [decision(f"d{at}", literal(f"d{at + 1} + 1"), decisions=[f"d{at + 1}"]) for at in range(length - 1)]
    return [*links, decision(f"d{length - 1}", literal("1"))]


WRONG: dict[str, tuple[tuple[bytes, ...], str, str]] = {
    "a circle": (
        (model(decision("a", literal("b"), decisions=["b"]), decision("b", literal("a"), decisions=["a"])),),
        "循环的需求:a → b → a",
        "without a circle",
    ),
    "a decision that requires itself": (
        (model(decision("a", literal("a"), decisions=["a"])),),
        "a → a",
        "without a circle",
    ),
    "a decision that calls the service it is part of": (
        (model(decision("a", literal("s()"), knowledge=["s"]), service("s", ["a"])),),
        "循环的需求",
        "without a circle",
    ),
    "requirements without end": ((model(*chain(LONGEST + 1)),), f"逐级需求应不超过 {LONGEST} 个", "in a row"),
    "a requirement of nothing": (
        (model(decision("a", literal("1"), inputs=["gone"])),),
        "没有 id 为 gone",
        "with the id gone",
    ),
    "a service of nothing": ((model(service("s", ["gone"])),), "没有 id 为 gone", "with the id gone"),
    "a requirement of what is not imported": (
        (BASE, model(decision("a", literal("1"), inputs=["urn:base#x"]))),
        "所在的模型没有导入",
        "is not imported",
    ),
    "an import of nothing": (
        (model(imported("base", "urn:base")),),
        "没有命名空间为 urn:base",
        "with the namespace urn:base",
    ),
    "two elements with one name": (
        (model(given("n", id="a"), given("n", id="b")),),
        "重复的名称「n」",
        "but n repeats",
    ),
    "an element named as an import": (
        (BASE, model(imported("n", "urn:base"), given("n"))),
        "重复的名称「n」",
        "but n repeats",
    ),
    "requirements of one name": (
        (BASE, model(imported("", "urn:base"), given("n"), decision("a", literal("n"), inputs=["n", "urn:base#x"]))),
        "需求中有两个元素都名为「n」",
        "two are named n",
    ),
    "an element without a name": ((model('<inputData id="a"/>'),), "缺少名称", "expected a name"),
    "an import of what two models are": (
        (BASE, BASE, model(imported("base", "urn:base"))),
        "有几个模型的命名空间都是 urn:base",
        "but there are several",
    ),
}


def test_models_that_an_editor_left_in_one_namespace_are_kept_apart() -> None:
    one = model(N, decision("a", literal("n + 1"), inputs=["n"]), service("s", ["a"], inputs=["n"]))
    other = model(given("n", "string"), decision("b", literal('n + "!"'), inputs=["n"]))
    found = libraries(one, other, other)
    assert found.faults == []
    assert len(found.elements) == 7
    wanted = found.find("b")
    assert isinstance(wanted, dmn.Decision)
    assert found.evaluate(wanted.key, {wanted.requires[0]: "x"}) == "x!"
    assert made(found, "a", n=1) == value(2)
    assert made(found, "s", n=1) == value(2)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_drawing_is_told(case: str) -> None:
    files, zh, en = WRONG[case]
    (fault,) = libraries(*files).faults
    assert zh in fault.text.zh
    assert en in fault.text.en


def test_a_decision_that_requires_itself_is_null() -> None:
    assert made(library(decision("a", literal("a"), decisions=["a"])), "a") is None


def test_as_many_requirements_in_a_row_as_are_allowed_are_evaluated_and_no_more() -> None:
    assert made(library(*chain(LONGEST)), "d0") == value(LONGEST)
    with pytest.raises(FeelError, match=f"at most {LONGEST}"):
        made(library(*chain(LONGEST + 1)), "d0")


def test_an_input_that_nobody_hands_to_a_service_is_a_warning() -> None:
    found = library(N, TWICE, service("s", ["twice"]))
    assert found.faults == []
    (warning,) = found.warnings
    assert (warning.element, "「n」" in warning.text.zh, "the input n" in warning.text.en) == ("s", True, True)


NAMED = {
    "input data": (N, "n + 1", "n"),
    "a decision": (decision("big sum", literal("1")), "big sum + 1", "big sum"),
    "a knowledge model": (knowledge("add one", {"a": None}, literal("a")), "add one(1)", "add one"),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_name_that_is_used_without_a_requirement_is_told(case: str) -> None:
    element, text, name = NAMED[case]
    (fault,) = library(element, decision("d", literal(text))).faults
    assert fault.text.zh == f"使用了「{name}」,但没有画出对它的需求"
    assert fault.text.en == f"expected a requirement of {name}, which is used here"
