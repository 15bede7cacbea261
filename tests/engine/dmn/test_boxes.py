"""What each boxed expression yields. DMN 1.5 §7.3, §8 and §10.2."""

import pytest

from engine import dmn
from engine.feel import FeelError
from tests.engine.dmn.drawing import column, decision, given, knowledge, library, literal, made, output, table, value


def one(logic: str, kind: str | None = None, *more: str) -> dmn.Library:
    """A decision `d` with that logic over an input `n`."""
    return library(*more, given("n"), decision("d", logic, inputs=["n"], kind=kind))


def entry(name: str, logic: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return f'<contextEntry><variable name="{name}"{typed}/>{logic}</contextEntry>'


def binding(name: str, logic: str) -> str:
    return f'<binding><parameter name="{name}"/>{logic}</binding>'


def function(parameters: str, logic: str, more: str = "") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters.split())
    return f"<functionDefinition {more}>{formal}{logic}</functionDefinition>"


RELATION = """<relation><column name="who"/><column name="age" typeRef="number"/>
<row><literalExpression><text>"a"</text></literalExpression><literalExpression><text>n</text></literalExpression></row>
<row><literalExpression><text>"b"</text></literalExpression><literalExpression><text>"x"</text></literalExpression></row>
</relation>"""
ADD = function("a b", literal("[a, b]"))
INVOKED = "<invocation>" + literal("add") + "{}</invocation>"


def added(bindings: str) -> str:
    return "<context>" + entry("add", ADD) + f"<contextEntry>{INVOKED.format(bindings)}</contextEntry></context>"


def conditional(text: str) -> str:
    return f"<conditional><if>{literal(text)}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"


def repeated(kind: str, items: str, body: str) -> str:
    last = "return" if kind == "for" else "satisfies"
    return f'<{kind} iteratorVariable="i"><in>{literal(items)}</in><{last}>{literal(body)}</{last}></{kind}>'


def filtered(items: str, match: str) -> str:
    return f"<filter><in>{items}</in><match>{literal(match)}</match></filter>"


BOXES: dict[str, tuple[str, object]] = {
    "a literal": (literal("n + 1"), 6),
    "a literal without text": ("<literalExpression/>", None),
    "a literal with a type it does not have": (literal("n", "string"), None),
    "a context": (
        "<context>" + entry("a", literal("n")) + entry("b c", literal("a + 1")) + "</context>",
        {"a": 5, "b c": 6},
    ),
    "a context with a result": (
        "<context>" + entry("a b", literal("n")) + f"<contextEntry>{literal('a b * 2')}</contextEntry></context>",
        10,
    ),
    "an entry with a type it does not have": (
        "<context>" + entry("a", literal("n"), "string") + "</context>",
        {"a": None},
    ),
    "an entry without logic": ("<context>" + entry("a", "") + "</context>", {"a": None}),
    "an entry that hides an input": (
        "<context>" + entry("n", literal("n + 1")) + f"<contextEntry>{literal('n')}</contextEntry></context>",
        6,
    ),
    "a list": (f"<list>{literal('n')}{literal('[n]')}{conditional('true')}</list>", [5, [5], 1]),
    "a relation": (RELATION, [{"who": "a", "age": 5}, {"who": "b", "age": None}]),
    "a relation without rows": ('<relation><column name="a"/></relation>', []),
    "an invocation": (added(binding("b", literal("2")) + binding("a", literal("1"))), [1, 2]),
    "an invocation of a built-in function, without what may be left out": (
        "<invocation>" + literal("floor") + binding("n", literal("1.5")) + "</invocation>",
        1,
    ),
    "an invocation of a built-in function with another name": (
        "<invocation>" + literal("floor") + binding("m", literal("1.5")) + "</invocation>",
        None,
    ),
    "an argument that is missing is null": (added(binding("b", literal("2"))), [None, 2]),
    "an argument too many": (added(binding("c", literal("2"))), None),
    "an invocation of what is no function": (f"<invocation>{literal('n')}</invocation>", None),
    "a condition that holds": (conditional("n = 5"), 1),
    "a condition that does not": (conditional("n > 5"), 2),
    "a condition that is null": (conditional("null"), 2),
    "a condition that is a number": (conditional("n"), None),
    "a filter": (filtered(literal("[1, 5, 9]"), "item >= n"), [5, 9]),
    "a filter by entries": (filtered(RELATION, 'who = "a"'), [{"who": "a", "age": 5}]),
    "a filter of one thing": (filtered(literal("7"), "item > n"), [7]),
    "a filter of null": (filtered(literal("null"), "true"), []),
    "for": (repeated("for", "[1, 2]", "i + n"), [6, 7]),
    "for with the part made so far": (repeated("for", "[1, 2, 3]", "count(partial)"), [0, 1, 2]),
    "for over a range": (repeated("for", "[1..3]", "i"), [1, 2, 3]),
    "for over null": (repeated("for", "null", "i"), None),
    "some that holds": (repeated("some", "[1, 5]", "i = n"), True),
    "some that does not": (repeated("some", "[1, 2]", "i = n"), False),
    "some of nothing": (repeated("some", "[]", "true"), False),
    "some with an item that is null": (repeated("some", "[1, 2]", "null"), None),
    "a number is not true": (repeated("some", "[1]", "1"), None),
    "every that holds": (repeated("every", "[5, 5]", "i = n"), True),
    "every that does not": (repeated("every", "[5, 6]", "i = n"), False),
    "every of nothing": (repeated("every", "[]", "false"), True),
    "zero is not false": (repeated("every", "[1]", "0"), None),
}


@pytest.mark.parametrize("case", BOXES)
def test_a_box_yields(case: str) -> None:
    logic, expected = BOXES[case]
    found = one(logic)
    assert found.faults == []
    assert made(found, "d", n=5) == value(expected)


def test_a_table_within_a_context_is_kept_with_what_matched() -> None:
    inner = table([column("a")], [output()], [(["> 3"], ['"big"']), (["<= 3"], ['"small"'])])
    budget = dmn.Traced()
    found = one("<context>" + entry("a", literal("n")) + entry("size", inner) + "</context>")
    assert made(found, "d", budget, n=5) == value({"a": 5, "size": "big"})
    assert [(matched.decision, matched.rules) for matched in budget.matched] == [("d", (1,))]


def test_the_value_of_a_decision_is_converted_to_its_type() -> None:
    assert made(one(literal("[n]"), "number"), "d", n=5) == value(5)
    assert made(one(literal('"x"'), "number"), "d", n=5) is None


def test_a_decision_without_logic_is_null() -> None:
    assert made(one(""), "d", n=5) is None


def test_a_function_does_not_leave_the_evaluation() -> None:
    with pytest.raises(FeelError, match="the result is a function"):
        made(one(function("a", literal("a"))), "d", n=5)


# ------------------------------------------------------------------ business knowledge models


def known(body: str, call: str, *more: str, needed: tuple[str, ...] = (), kind: str | None = None) -> dmn.Library:
    model = knowledge("twice of", {"a": "number"}, literal(body), needed=needed, kind=kind)
    return library(*more, model, given("n"), decision("d", literal(call), inputs=["n"], knowledge=["twice of"]))


def test_a_knowledge_model_is_called_by_place_and_by_name() -> None:
    assert made(known("a * 2", "twice of(n)"), "d", n=5) == value(10)
    assert made(known("a * 2", "twice of(a: n)"), "d", n=5) == value(10)


@pytest.mark.parametrize("call", ['twice of("x")', "twice of(n, n)", "twice of()", "twice of(b: n)"])
def test_a_call_with_unsuitable_arguments_is_null(call: str) -> None:
    assert made(known("1", call), "d", n=5) is None


def test_the_result_of_a_knowledge_model_is_converted_to_its_type() -> None:
    assert made(known("[a]", "twice of(n)", kind="number"), "d", n=5) == value(5)
    assert made(known('"x"', "twice of(n)", kind="number"), "d", n=5) is None


def test_a_knowledge_model_may_require_another() -> None:
    other = knowledge("more", {"b": None}, literal("b + 1"))
    assert made(known("more(a) * 2", "twice of(n)", other, needed=("more",)), "d", n=5) == value(12)


def test_a_knowledge_model_may_call_itself_as_far_as_calls_may_nest() -> None:
    text = "if a <= 1 then 1 else a * twice of(a - 1)"
    found = known(text, "twice of(n)")
    assert found.faults == []
    assert made(found, "d", n=10) == value(3628800)
    with pytest.raises(FeelError):
        made(found, "d", n=1000)


def test_two_knowledge_models_may_call_each_other() -> None:
    other = knowledge("odd", {"b": None}, literal("if b = 0 then false else twice of(b - 1)"), needed=("twice of",))
    found = known("if a = 0 then true else odd(a - 1)", "twice of(n)", other, needed=("odd",))
    assert found.faults == []
    assert (made(found, "d", n=4), made(found, "d", n=5)) == (True, False)


def test_a_function_given_as_argument_is_called() -> None:
    model = knowledge("apply", {"f": None, "x": None}, literal("f(x)"))
    found = library(
        model, given("n"), decision("d", literal("apply(function(k) k + 1, n)"), inputs=["n"], knowledge=["apply"])
    )
    assert made(found, "d", n=5) == value(6)


def test_a_knowledge_model_without_logic_is_no_function() -> None:
    model = '<businessKnowledgeModel id="k" name="k"><variable name="k"/></businessKnowledgeModel>'
    found = library(model, given("n"), decision("d", literal("k(n)"), inputs=["n"], knowledge=["k"]))
    assert made(found, "d", n=5) is None


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_functions_in_other_languages_are_told_and_yield_null(kind: str) -> None:
    model = knowledge("k", {"a": None}, literal('{class: "java.lang.Math"}'), attributes=f'id="logic" kind="{kind}"')
    found = library(model, given("n"), decision("d", literal("k(n)"), inputs=["n"], knowledge=["k"]))
    (fault,) = found.faults
    assert (fault.path, fault.element) == ("trial.dmn#logic", "logic")
    assert "其他语言" in fault.text.zh
    assert "other languages" in fault.text.en
    assert made(found, "d", n=5) is None
