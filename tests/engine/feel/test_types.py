"""Types: what is known of names helps to read them, and what a parameter declares decides what it is given."""

from __future__ import annotations

import pytest

from engine import feel
from engine.feel import Type
from engine.feel.types import narrower
from engine.value import Context, Value, number
from tests.engine.feel.test_hostile import outcome

NUMBER, STRING, ANY = Type("number"), Type("string"), Type("Any")


def context(**entries: Type) -> Type:
    """A context type; a `_` in a name stands for a space."""
    return Type("context", tuple((name.replace("_", " "), part) for name, part in entries.items()))


def list_of(element: Type) -> Type:
    """A list type."""
    return Type("list", (("", element),))


LOAN = Type("context", (("credit-score", NUMBER), ("credit", NUMBER), ("Applicant's name", STRING)))
VARIABLES = frozenset(
    {
        ("loan", Type("tLoan")),
        ("Employee", list_of(context(First_Name=STRING, pay=NUMBER))),
        ("score", NUMBER),
        ("tree", Type("tTree")),
        ("offer", Type("function", (("", ANY), ("->", Type("tLoan"))))),
    }
)
TYPES = frozenset(
    {
        ("tLoan", LOAN),
        ("tTree", context(own_name=STRING, children=Type("tForest"))),
        ("tForest", list_of(Type("tTree"))),
        ("t a.b", NUMBER),
        ("tItself", Type("tItself")),
    }
)
LOAN_VALUE = Context({"credit-score": number(700), "credit": number(1), "Applicant's name": "王"})
TREE_VALUE = Context({"own name": "root", "children": (Context({"own name": "leaf", "children": ()}),)})
SCOPE: dict[str, Value] = {
    "loan": LOAN_VALUE,
    "Employee": (
        Context({"First Name": "A", "pay": number(1)}),
        Context({"First Name": "B", "pay": number(2)}),
    ),
    "score": number(3),
    "tree": TREE_VALUE,
}

FOUND = [
    ("loan.credit-score", "700"),
    ("loan.credit - (score)", "-2"),
    ("loan.Applicant's name", '"王"'),
    ("Employee.First Name", '["A", "B"]'),
    ('Employee[First Name = "B"].pay', "[2]"),
    ("Employee[pay > 1].First Name[1]", '"B"'),
    ("Employee[1].First Name", '"A"'),
    ('tree.children[own name = "leaf"].own name', '["leaf"]'),
    ("tree.children.children.own name", "[[]]"),
    ("for e in Employee return e.First Name", '["A", "B"]'),
    ('some e in Employee satisfies e.First Name = "B"', "true"),
    ("{l: loan, r: l.credit-score}.r", "700"),
    ("(function(l: tLoan) l.credit-score)(loan)", "700"),
    ("sort(Employee, function(p, q) p.First Name > q.First Name)[1].First Name", '"B"'),
    ("(if score = 3 then loan else null).credit-score", "700"),
    ("[loan][1].credit-score", "700"),
    ("[loan][credit-score > 1].credit-score", "[700]"),
    ("{a b: 1, c: {d-e: 2}}.c.d-e", "2"),
    ("[{x y: 1}][x y = 1].x y", "[1]"),
    ("[{x-y: 1}, {x-z: 2}][x-z = 2]", '[{"x-z": 2}]'),
    ("{x: 5, r: [{x-y: 1, x: 7}][x-y = 1].x}.r", "[7]"),
    ("concatenate([{x-y: 1}], [{x-y: 2}]).x-y", "[1, 2]"),
    ('get entries({a-b: 1})[key = "a-b"].value', "[1]"),
    ("{p q: {r-s: [{t u: 1}]}}.p q.r-s.t u", "[1]"),
    ("loan instance of tLoan", "true"),
    ("score instance of t a.b", "true"),
    ("loan.credit instance of t a.b", "true"),
    ("tree instance of tTree", "true"),
    ("{own name: 1, children: []} instance of tTree", "false"),
    ("[tree] instance of list<tTree>", "true"),
    ("loan instance of tTree", "false"),
    ("score instance of tItself", "true"),
    ('@"2026-03-02".year - score', "2023"),
]


@pytest.mark.parametrize(("source", "expected"), FOUND, ids=[source for source, _ in FOUND])
def test_what_is_known_of_names_helps_to_read_them(source: str, expected: str) -> None:
    found = feel.compile(source, frozenset(SCOPE), variables=VARIABLES, types=TYPES).evaluate(SCOPE)
    assert found == feel.evaluate(expected)


def test_without_knowledge_words_after_a_dot_are_joined_and_a_sign_ends_them() -> None:
    scope: dict[str, Value] = {"loan": Context({"first name": "A", "credit": number(5)}), "score": number(3)}
    assert feel.evaluate("loan.first name", scope) == "A"
    assert feel.evaluate("loan.credit-score", scope) == number(2)


def test_a_variable_whose_type_is_known_is_in_scope() -> None:
    found = feel.compile("loan.credit-score", variables=frozenset({("loan", LOAN)}))
    assert found.names == {"loan"}
    assert found.evaluate(SCOPE) == number(700)


def test_a_cell_knows_the_type_of_what_it_tests() -> None:
    found = feel.compile_unary("?.credit-score > 600", variables=frozenset({("?", LOAN)}))
    assert found.evaluate({"?": LOAN_VALUE}) is True


def test_what_is_known_is_part_of_what_is_kept() -> None:
    names = frozenset({"loan", "score"})
    scope: dict[str, Value] = {"loan": LOAN_VALUE, "score": number(3)}
    assert feel.compile("loan.credit-score", names).evaluate(scope) == number(-2)
    assert feel.compile("loan.credit-score", names, variables=frozenset({("loan", LOAN)})).evaluate(scope) == number(
        700
    )
    assert feel.compile("loan.credit-score", names).evaluate(scope) == number(-2)


def test_the_type_of_a_result_is_told_as_far_as_it_is_known() -> None:
    def result(source: str) -> Type:
        return feel.compile(source, variables=VARIABLES, types=TYPES).type

    assert result("1 + score") == NUMBER
    assert result('"a" + "b"') == STRING
    assert result("score > 1 or false") == Type("boolean")
    assert result("[1, 2]") == list_of(NUMBER)
    assert result("Employee.First Name") == list_of(STRING)
    assert result('[1, "a"]') == Type("list")
    assert result("{a: 1, b: {c: null}}") == context(a=NUMBER, b=context(c=Type("Null")))
    assert result("offer(1)") == Type("tLoan")
    assert result("for e in Employee return e.pay") == list_of(NUMBER)
    assert result("loan.unknown") == ANY


WANTED = [
    ("1", NUMBER, "1"),
    ("[1]", NUMBER, "1"),
    ("1", list_of(NUMBER), "[1]"),
    ('"a"', list_of(NUMBER), "null"),
    ("[1, 2]", NUMBER, "null"),
    ('["a"]', NUMBER, "null"),
    ('@"2026-03-02"', Type("date and time"), '@"2026-03-02T00:00:00Z"'),
    ('@"2026-03-02T10:00:00"', Type("date"), "null"),
    ("null", NUMBER, "null"),
    ("1", ANY, "1"),
    ("{a: 1, b: 2}", context(a=NUMBER), "{a: 1, b: 2}"),
    ("{b: 2}", context(a=NUMBER), "null"),
    ("[1]", list_of(NUMBER), "[1]"),
    ("[[1]]", list_of(NUMBER), "[1]"),
    ("700", Type("t a.b"), "700"),
    ('"x"', Type("t a.b"), "null"),
]


@pytest.mark.parametrize(("source", "wanted", "expected"), WANTED)
def test_a_value_is_converted_as_the_standard_says(source: str, wanted: Type, expected: str) -> None:
    assert feel.coerce(feel.evaluate(source), wanted, dict(TYPES)) == feel.evaluate(expected)


GIVEN = [
    ("(function(a: number) a)([1])", "1"),
    ("(function(a: list<number>) a)(1)", "[1]"),
    ('(function(a: date and time) a)(@"2026-03-02")', '@"2026-03-02T00:00:00Z"'),
    ('(function(a: number) "ran")("x")', "null"),
    ('(function(a: number) "ran")(null)', '"ran"'),
    ("(function(f: function<number> -> number) f(1))(function(x: number) x + 1)", "2"),
    ("(function(f: function<string> -> number) f(1))(function(x: number) x + 1)", "null"),
    ("(function(f: function<number, number> -> number) f(1))(function(x: number) x + 1)", "null"),
]


@pytest.mark.parametrize(("source", "expected"), GIVEN)
def test_a_parameter_gets_a_value_of_its_type_or_the_call_is_null(source: str, expected: str) -> None:
    assert feel.evaluate(source) == feel.evaluate(expected)


def function(*parts: Type) -> Type:
    """A function type: its parameters, then its result."""
    return Type("function", (*(("", part) for part in parts[:-1]), ("->", parts[-1])))


WIDE, NARROW = context(a=NUMBER), context(a=NUMBER, b=NUMBER)
ORDERED = [
    (NARROW, WIDE, True),
    (WIDE, NARROW, False),
    (list_of(NARROW), list_of(WIDE), True),
    (function(WIDE, NUMBER), function(NARROW, NUMBER), True),
    (function(NARROW, NUMBER), function(WIDE, NUMBER), False),
    (function(NUMBER, NARROW), function(NUMBER, WIDE), True),
    (function(NUMBER, WIDE), function(NUMBER, NARROW), False),
    (function(ANY, NUMBER), function(STRING, NUMBER), True),
    (function(NUMBER), function(NUMBER, NUMBER), False),
    (NUMBER, STRING, False),
    (NUMBER, ANY, True),
    (list_of(NUMBER), Type("list"), True),
    (Type("list"), list_of(NUMBER), False),
]


@pytest.mark.parametrize(("one", "other", "expected"), ORDERED)
def test_functions_conform_by_parameters_the_other_way_round(one: Type, other: Type, expected: bool) -> None:
    assert narrower(one, other) is expected


def test_a_type_that_contains_itself_is_compared_to_an_end() -> None:
    named = {"tTree": context(child=Type("tTree")), "tOther": context(child=Type("tOther"))}
    assert narrower(Type("tTree"), Type("tOther"), named)


def test_a_function_may_be_the_value_of_a_part_of_an_evaluation() -> None:
    made = feel.compile("function(a: number) a + 1").evaluate({}, within=True)
    assert feel.compile("f(2)", frozenset({"f"})).evaluate({"f": made}) == number(3)
    with pytest.raises(feel.FeelError, match="function"):
        feel.compile("function(a) a").evaluate({})


def test_an_external_function_yields_null_and_says_why() -> None:
    budget = feel.Budget()
    source = '(function(a) external {java: {class: "java.lang.Math", method signature: "abs(int)"}})(1)'
    assert feel.compile(source).evaluate({}, budget=budget) is None
    assert [note.zh for note in budget.notes] == ["不执行用其他语言写的函数"]


MANY = "{" + ",".join(f"k{n}: 1" for n in range(900)) + "}"
TYPED = {
    "shared contexts": "{t0: {a: 1}," + ",".join(f"t{n}: {{a: t{n - 1}, b: t{n - 1}}}" for n in range(1, 300)) + "}.t9.a.b.a",
    "contexts in one list": "["
    + ",".join(["{t0: {a b: 1}," + ",".join(f"t{n}: [t{n - 1}, {{c: t{n - 1}}}]" for n in range(1, 40)) + "}"] * 12)
    + "].t0.a b",
    "ifs of lists": "{t0: [{a b: 1}]," + ",".join(f"t{n}: if true then [t{n - 1}] else [t{n - 1}, t{n - 1}]" for n in range(1, 250)) + "}.t0.a b",
    "wide contexts filtered": "{w: " + MANY + ", r: [" + ",".join(["w[k1 = 1]"] * 700) + "]}.r[1].k2",
    "wide contexts in filters": MANY + "[k1 = 1]" * 60 + ".k899",
    "filters within filters": "[" + MANY + "]" + "[count([" + MANY[:2000].rsplit(",", 1)[0] + "}][k1 = 1" + "]) = 1]",
    "an entry of everything": "[" + ",".join(f"{{k{n}: {n}}}" for n in range(1_100)) + "].k1",
}  # fmt: skip


@pytest.mark.parametrize("source", TYPED.values(), ids=TYPED)
def test_what_is_inferred_of_types_does_not_grow_without_bound(source: str) -> None:
    assert not isinstance(outcome(source), feel.FeelError)
