"""Joins that are right run; joins that could wait for ever or get two tokens for one are refused before they run."""

import random

import pytest

from engine import xml
from engine.errors import Refused
from engine.flow import Model, unsupported
from engine.value import number
from tests.engine.flow.blocks import Shape, draw
from tests.engine.flow.drawing import E, S, boundary, document, flow, gateway, model, node, path, script, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.rendering import render


def told(body: str) -> list[tuple[str, str]]:
    """What is said about the joins: element and English sentence."""
    words = ("join", "merge with an exclusive")
    found = unsupported.findings(xml.parse(document(body), "p.bpmn"))
    return [(key, text.en) for key, _, text in found if any(word in text.en for word in words)]


FORK = S + gateway("parallel", "f") + user("a") + user("b") + gateway("parallel", "j") + E
BLOCK = FORK + path("s", "f", "a", "j", "e") + path("f", "b", "j")
BESIDE = boundary("t", "a", interrupting=False) + user("h")


def test_a_non_interrupting_path_that_joins_its_block_is_refused_with_what_to_draw_instead() -> None:
    ((element, sentence),) = told(BLOCK + BESIDE + path("t", "h", "j"))
    assert element == "t"
    assert sentence.endswith("let it end on its own, or put a with the event into a sub-process")


def test_it_is_refused_too_where_it_merges_before_the_join() -> None:
    body = FORK + gateway("exclusive", "m") + path("s", "f", "a", "m", "j", "e") + path("f", "b", "j")
    assert [element for element, _ in told(body + BESIDE + path("t", "h", "m"))] == ["t"]


def test_it_is_refused_where_it_jumps_into_a_block_from_before_it() -> None:
    body = S + user("u") + FORK.removeprefix(S) + path("s", "u", "f", "a", "j", "e") + path("f", "b", "j")
    beside = boundary("t", "u", interrupting=False) + user("h")
    assert [element for element, _ in told(body + beside + path("t", "h", "j"))] == ["t"]
    assert told(body + beside + path("t", "h", "e")) == []


@pytest.mark.parametrize("end", ["h", "e", "f"])
def test_a_path_that_ends_by_itself_or_an_interrupting_one_may_stand_in_a_block(end: str) -> None:
    assert told(BLOCK + BESIDE + (path("t", "h") if end == "h" else path("t", "h", "e"))) == []
    assert told(BLOCK + BESIDE.replace('cancelActivity="false"', 'cancelActivity="true"') + path("t", "h", "j")) == []


def test_what_is_told_to_draw_instead_runs() -> None:
    inner = node("startEvent", "s2") + user("a") + BESIDE + path("s2", "a") + path("t", "h")
    body = S + gateway("parallel", "f") + node("subProcess", "sp", inner) + user("b") + gateway("parallel", "j") + E
    body += path("s", "f", "sp", "j", "e") + path("f", "b", "j")
    assert told(body) == []
    run = Recorder(model(body))
    for element in ("t", "a", "b", "h"):
        run.finish(element)
    assert (run.done, run.log.count("enter j")) == (True, 1)


def inclusive(after: str, cycle: bool = False) -> str:
    body = S + gateway("inclusive", "f") + user("a") + user("b") + gateway("inclusive", "j") + E
    body += gateway("exclusive", "m") + path("s", "f") + flow("f", "a", "true") + flow("f", "b", "true")
    body += path("a", "m", "j", "e") + path("b", "j")
    return body + boundary("t", "a", interrupting=False, cycle=cycle) + user("h") + path("t", "h", after)


def test_an_inclusive_join_may_have_a_flow_of_its_own_for_a_boundary_event_that_comes_once() -> None:
    assert told(inclusive("j")) == []
    run = Recorder(model(inclusive("j")))
    for element in ("t", "a", "b"):
        run.finish(element)
    assert "enter j" not in run.log
    run.finish("h")
    assert (run.done, run.log.count("enter j")) == (True, 1)


def test_an_inclusive_join_with_two_tokens_for_one_flow_is_refused() -> None:
    assert [element for element, _ in told(inclusive("m"))] == ["t"]
    assert [element for element, _ in told(inclusive("j", cycle=True))] == ["t"]


def test_a_back_edge_into_a_parallel_join_is_refused_also_inside_another_loop() -> None:
    body = S + user("a") + gateway("parallel", "j") + user("b") + gateway("exclusive", "g", default="g_e") + E
    body += path("a", "j", "b", "g") + flow("g", "j", "k") + flow("g", "e", key="g_e")
    assert [element for element, _ in told(body + path("s", "a"))] == ["j"]
    outer = body.replace(flow("g", "e", key="g_e"), flow("g", "h", key="g_e"))
    outer += gateway("exclusive", "m") + gateway("exclusive", "h", default="h_e") + path("s", "m", "a")
    outer += flow("h", "m", "k") + flow("h", "e", key="h_e")
    assert [element for element, _ in told(outer)] == ["j"]


def aside(interrupting: bool) -> str:
    """Of two branches one leads to the join by a boundary event only."""
    body = S + gateway("inclusive", "f") + user("a") + user("p") + user("b") + user("h") + gateway("inclusive", "j") + E
    body += boundary("t", "b", interrupting=interrupting) + path("s", "f") + flow("f", "a", "true")
    return body + flow("f", "p", "true") + path("a", "j", "e") + path("p", "b") + path("t", "h", "j")


def test_an_inclusive_join_waits_for_a_token_that_has_not_yet_come_to_the_boundary_event() -> None:
    run = Recorder(model(aside(interrupting=True)))
    run.finish("a")
    assert "enter j" not in run.log
    run.finish("p")
    run.finish("b")
    assert (run.done, run.log.count("enter j")) == (True, 1)


def test_an_inclusive_join_does_not_wait_for_an_activity_whose_boundary_event_has_come_already() -> None:
    body = aside(interrupting=False).replace(path("h", "j"), "")
    body += gateway("exclusive", "x", default="x_n") + node("endEvent", "n") + path("h", "x")
    run = Recorder(model(body + flow("x", "j", "k") + flow("x", "n", key="x_n")), k=False)
    for element in ("a", "p", "t", "h"):
        assert "enter j" not in run.log
        run.finish(element)
    assert (run.log.count("enter j"), run.open) == (1, ["b"])


CIRCLE = S + gateway("inclusive", "f") + gateway("inclusive", "i") + gateway("inclusive", "k") + user("a") + user("b")
CIRCLE += gateway("exclusive", "x", default="x_e") + gateway("exclusive", "y", default="y_e") + E
CIRCLE += path("s", "f") + flow("f", "i", "true") + flow("f", "k", "true") + path("i", "a", "x") + path("k", "b", "y")
CIRCLE += flow("x", "k", "q") + flow("x", "e", key="x_e") + flow("y", "i", "q") + flow("y", "e", key="y_e")


def test_inclusive_joins_that_wait_for_each_other_would_wait_for_ever_and_are_refused() -> None:
    run = Recorder(model(CIRCLE))
    assert (run.open, run.done) == ([], False)
    assert [element for element, _ in told(CIRCLE)] == ["i", "k"]


def test_an_inclusive_join_in_a_loop_is_right_and_no_random_model_is_refused() -> None:
    looped = 0
    for seed in range(200):
        block = draw(seed)
        loops = [part for part in block.walk() if part.shape is Shape.LOOP]
        looped += any(inner.shape is Shape.INCLUSIVE for loop in loops for inner in loop.walk())
        found = unsupported.findings(xml.parse(render(block, feel=True), "p.bpmn"))
        assert [text.en for _, _, text in found if "join" in text.en] == [], seed
    assert looped > 10


def tangle(seed: int) -> str:
    """A graph without blocks: tasks, exclusive and inclusive gateways, flows at random, also back."""
    draws = random.Random(seed)
    keys = [f"n{place}" for place in range(draws.randint(4, 9))]
    kinds = {key: draws.choice(["task", "exclusive", "inclusive", "inclusive"]) for key in keys}
    body = S + E + path("s", keys[0])
    for place, key in enumerate(keys):
        kind = kinds[key]
        targets = [keys[place + 1] if place + 1 < len(keys) else "e"]
        if kind != "task":
            targets += draws.sample([*keys[1:], "e"], draws.randint(0, 2))
        targets = list(dict.fromkeys(targets))
        body += node("userTask", key) if kind == "task" else gateway(kind, key, default=f"{key}_{targets[-1]}")
        for target in targets[:-1]:
            body += flow(key, target, f"modulo(k + {draws.randint(0, 5)}, {draws.randint(2, 3)}) = 0")
        body += flow(key, targets[-1])
    return body


def stuck(seed: int) -> bool | None:
    """Whether tokens wait at inclusive joins when nothing else does; None if the model is refused or runs on and on."""
    body = tangle(seed)
    if told(body):
        return None
    try:
        run = Recorder(Model.parse({"p.bpmn": document(body)}), limit=1_000, k=number(0))
        for turn in range(40):
            run.values["k"] = number(turn)
            if run.failed or not run.open:
                break
            run.finish(run.open[turn % len(run.open)])
    except Refused:
        return None
    return None if run.open or run.failed else not run.done


@pytest.mark.parametrize("seeds", [range(300), pytest.param(range(300, 3_000), marks=pytest.mark.soak)], ids=str)
def test_no_inclusive_join_of_an_accepted_graph_waits_for_ever(seeds: range) -> None:
    found = [stuck(seed) for seed in seeds]
    assert found.count(False) > len(seeds) // 10
    assert found.count(True) == 0


def test_an_inclusive_gateway_with_an_empty_branch_joins_with_and_without_it() -> None:
    body = S + gateway("inclusive", "f", default="f_j") + user("a") + gateway("inclusive", "j") + E
    body += path("s", "f") + flow("f", "a", "q > 0") + flow("f", "j", key="f_j") + path("a", "j", "e")
    empty = Recorder(model(body), q=number(0))
    assert (empty.done, empty.log.count("enter j")) == (True, 1)
    both = Recorder(model(body.replace('default="f_j"', "")), q=number(1))
    assert (both.open, both.log.count("enter j")) == (["a"], 0)
    both.finish("a")
    assert (both.done, both.log.count("enter j")) == (True, 1)


def test_nested_inclusive_blocks_join_from_the_inside_out() -> None:
    body = S + gateway("inclusive", "f") + gateway("inclusive", "g") + user("a") + user("b") + user("c")
    body += gateway("inclusive", "i") + gateway("inclusive", "j") + script("z", "{n: 1}") + E
    body += path("s", "f") + flow("f", "g", "true") + flow("f", "c", "true") + path("c", "j")
    body += flow("g", "a", "true") + flow("g", "b", "true") + path("a", "i", "z", "j", "e") + path("b", "i")
    assert told(body) == []
    run = Recorder(model(body))
    for element, inner, outer in (("c", 0, 0), ("a", 0, 0), ("b", 1, 1)):
        run.finish(element)
        assert (run.log.count("enter i"), run.log.count("enter j")) == (inner, outer)
    assert run.done
