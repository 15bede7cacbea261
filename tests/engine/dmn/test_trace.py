"""What is kept of a decision for the audit: rules, inputs, results and remarks, in words, and never too much."""

import pytest

from engine import dmn
from engine.dmn import trace
from engine.value import Context, Personal, Value
from tests.engine.dmn.drawing import column, decision, given, knowledge, library, literal, made, output, table, value


def matched(found: dmn.Library, **inputs: object) -> dmn.Matched:
    budget = dmn.Traced()
    made(found, "审批", budget, **inputs)
    (kept,) = budget.matched
    return kept


def approval(policy: str = "UNIQUE", more: str = "", **out: str) -> dmn.Library:
    columns = [column("amount", "number", label="金额"), column("level", "string", label="级别")]
    rules = [(["< 50000", "-"], ['"sales"']), ([">= 50000", '"A"'], ['"director"']), ([">= 50000", '"B"'], ['"board"'])]
    logic = table(
        columns, [output("who", **out)], rules, policy=policy, more=more, remarks=["", "制度 3.1", "制度 3.2"]
    )
    return library(given("amount"), given("level"), decision("审批", logic, inputs=["amount", "level"], id="d"))


def test_what_matched_is_kept_with_names_ids_conditions_results_and_remarks() -> None:
    kept = matched(approval(), amount=60000, level="B")
    assert kept == dmn.Matched(
        table="t",
        name="审批",
        decision="审批",
        inputs=(("金额", value(60000)), ("级别", "B")),
        matching=(3,),
        rules=(3,),
        value="board",
        hits=(dmn.Counted(3, "r3", (">= 50000", '"B"'), ("board",), ("制度 3.2",)),),
    )


def test_a_table_with_a_label_is_called_by_it() -> None:
    assert matched(approval(more='label="权限表"'), amount=1, level="A").name == "权限表"


def test_rules_that_match_but_do_not_count_are_told_apart() -> None:
    found = approval().models["urn:trial"]
    assert found.name == "m"
    logic = table([column("n")], [output()], [(["> 1"], ["1"]), (["> 2"], ["2"])], policy="FIRST")
    kept = matched(library(given("n"), decision("审批", logic, inputs=["n"])), n=5)
    assert (kept.matching, kept.rules, [hit.rule for hit in kept.hits]) == ((1, 2), (1,), [1])


SENTENCES: dict[str, tuple[dmn.Library, dict[str, object], list[str], list[str]]] = {
    "a rule": (
        approval(),
        {"amount": 60000, "level": "B"},
        ['规则 3 命中:金额 = 60000(>= 50000);级别 = "B"'],
        ['rule 3 matches: 金额 = 60000(>= 50000); 级别 = "B"'],
    ),
    "no rule": (
        approval(),
        {"amount": 60000, "level": None},
        ["没有规则命中:金额 = 60000;级别 = null"],
        ["no rule matches: 金额 = 60000; 级别 = null"],
    ),
    "the default": (
        approval(default='"nobody"'),
        {"amount": None, "level": "C"},
        ['没有规则命中,取默认结果:金额 = null;级别 = "C"'],
        ['no rule matches: the default is taken: 金额 = null; 级别 = "C"'],
    ),
    "a result that is not allowed": (
        approval(values='"sales"'),
        {"amount": 60000, "level": "A"},
        [
            '规则 2 的结果「who」不在允许的范围内:金额 = 60000;级别 = "A"',
            '规则 2 命中:金额 = 60000(>= 50000);级别 = "A"',
        ],
        [
            'expected an allowed result who, but found another in rule 2: 金额 = 60000; 级别 = "A"',
            'rule 2 matches: 金额 = 60000(>= 50000); 级别 = "A"',
        ],
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_what_matched_is_told_in_sentences(case: str) -> None:
    found, inputs, zh, en = SENTENCES[case]
    told = list(matched(found, **inputs).sentences())
    assert [text.zh for text in told] == zh
    assert [text.en for text in told] == en


def test_a_table_without_inputs_is_told_too() -> None:
    kept = matched(library(decision("审批", table([], [output()], [([], ["1"])]))))
    assert [text.zh for text in kept.sentences()] == ["规则 1 命中"]


def test_tables_within_knowledge_models_are_told_with_the_models_name() -> None:
    model = knowledge("rate", {"a": None}, table([column("a")], [output()], [(["-"], ["a * 2"])]))
    found = library(
        model, given("n"), decision("d", literal("rate(n) + rate(n + 1)"), inputs=["n"], knowledge=["rate"])
    )
    budget = dmn.Traced()
    assert made(found, "d", budget, n=1) == value(6)
    assert [(kept.decision, kept.inputs[0][1], kept.value) for kept in budget.matched] == [
        ("rate", value(1), value(2)),
        ("rate", value(2), value(4)),
    ]


# ------------------------------------------------------------------ bounds

LONG = "x" * 5000
BRIEF: dict[str, tuple[Value, Value]] = {
    "a long text": (LONG, "x" * trace.CHARACTERS + "…"),
    "a long list": (tuple("abc"[at % 3] for at in range(25)), (*("abc"[at % 3] for at in range(20)), "… +5")),
    "a context of many": (
        Context({f"k{at:02}": True for at in range(22)}),
        Context({**{f"k{at:02}": True for at in range(20)}, "…": "+2"}),
    ),
    "a deep list": ((((("a",),),),), (((("… +1",),),),)),
    "what is short": ((1 == 1, "a", Context({"b": None})), (True, "a", Context({"b": None}))),
}


@pytest.mark.parametrize("case", BRIEF)
def test_what_is_kept_is_cut_with_a_sign(case: str) -> None:
    found, expected = BRIEF[case]
    assert trace.brief(found) == expected
    logic = table([column("n")], [output()], [(["-"], ["n"])])
    kept = matched(library(given("n"), decision("审批", logic, inputs=["n"])), n=found)
    assert (kept.inputs[0][1], kept.value, kept.hits[0].results) == (expected, expected, (expected,))


def test_only_so_many_rules_are_told_in_full_but_all_are_numbered() -> None:
    logic = table([column("n")], [output()], [(["-"], ["1"])] * 50, policy="COLLECT")
    kept = matched(library(given("n"), decision("审批", logic, inputs=["n"])), n=1)
    assert (len(kept.hits), len(kept.rules)) == (trace.HITS, 50)
    assert list(kept.sentences())[-1].zh == "另有 30 条规则命中"
    assert list(kept.sentences())[-1].en == "30 more rules match"


def looped(times: int, text: str) -> dmn.Traced:
    model = knowledge("k", {"a": None, "b": None}, table([column("a"), column("b")], [output()], [(["-", "-"], ["a"])]))
    call = literal(f'count(for i in 1..{times} return k(i, "{text}"))')
    budget = dmn.Traced()
    made(library(model, decision("d", call, knowledge=["k"])), "d", budget)
    return budget


def test_only_so_many_tables_are_kept_and_the_others_are_counted() -> None:
    budget = looped(trace.TABLES + 5, "")
    assert (len(budget.matched), budget.left_out) == (trace.TABLES, 5)


def test_only_so_many_characters_are_kept() -> None:
    budget = looped(trace.TABLES, "x" * trace.CHARACTERS)
    written = sum(len(repr(kept.inputs)) + len(repr(kept.value)) for kept in budget.matched)
    assert len(budget.matched) + budget.left_out == trace.TABLES
    assert budget.left_out > 0
    assert written < 2 * trace.ROOM


def test_personal_data_is_not_written() -> None:
    assert trace.written(Personal("r", True, "0" * 64)) == "…"
