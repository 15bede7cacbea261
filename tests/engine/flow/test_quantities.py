"""Start and completion quantities: how many tokens an activity needs to start, and how many leave it. BPMN 2.0.2 §13.3.2."""

from engine.value import number
from tests.engine.flow.drawing import E, S, gateway, model, path, several, user
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder


def test_an_activity_starts_when_as_many_tokens_have_come_as_it_needs() -> None:
    body = S + gateway("parallel", "f") + "".join(user(key) for key in "abcd") + user("u", startQuantity="2") + E
    body += path("s", "f", "a", "u", "e") + path("f", "b", "u") + path("f", "c", "u") + path("f", "d", "u")
    run = Recorder(model(body))
    run.finish("a")
    assert "enter u" not in run.log
    run.finish("c")
    assert (run.open, excess(run)) == (["b", "d", "u"], [])
    run.finish("d")
    run.finish("b")
    assert run.open == ["u", "u"]
    run.finish("u")
    run.finish("u")
    assert (run.done, run.log.count("enter u"), run.log.count("enter e")) == (True, 2, 2)


def test_tokens_that_come_by_one_flow_count_like_those_of_several() -> None:
    body = S + user("a", completionQuantity="3") + user("u", startQuantity="3") + E + path("s", "a", "u", "e")
    run = Recorder(model(body))
    run.finish("a")
    assert (run.open, run.log.count("enter u")) == (["u"], 1)
    run.finish("u")
    assert (run.done, run.log.count("enter e")) == (True, 1)


def test_as_many_tokens_leave_by_each_flow_as_the_activity_says() -> None:
    body = S + user("a", completionQuantity="2") + user("b") + user("c") + path("s", "a", "b") + path("a", "c")
    run = Recorder(model(body))
    run.finish("a")
    assert sorted(run.open) == ["b", "b", "c", "c"]


def test_a_multi_instance_counts_its_tokens_as_a_whole() -> None:
    activity = user("u", several(times="2"), startQuantity="2", completionQuantity="2")
    body = S + user("a", completionQuantity="2") + activity + user("n") + path("s", "a", "u", "n")
    run = Recorder(model(body))
    run.finish("a")
    assert run.open == ["u", "u"]
    run.finish("u")
    run.finish("u")
    assert run.open == ["n", "n"]


def test_too_few_tokens_wait_and_are_cancelled_with_everything() -> None:
    run = Recorder(model(S + user("u", startQuantity="2") + path("s", "u")), k=number(1))
    assert (run.open, run.done, excess(run)) == ([], False, [])
    run.cancel()
    assert run.done
