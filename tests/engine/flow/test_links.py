"""Link events: a way within one level without a drawn flow."""

from engine.value import number
from tests.engine.flow.drawing import E, S, flow, gateway, model, node, path, script, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import catch, link, throw


def test_a_link_leads_from_its_throw_event_to_the_catch_event_of_its_name() -> None:
    body = (
        S + throw("t", link("A")) + throw("t2", link("B")) + catch("c", link("A")) + user("u") + catch("c2", link("B"))
    )
    run = Recorder(model(body + E + path("s", "t") + path("c", "u", "t2") + path("c2", "e")))
    assert run.log == ["enter s", "leave s", "enter t", "leave t", "enter c", "leave c", "enter u"]
    run.finish("u")
    assert run.done


def test_several_throw_events_may_lead_to_one_catch_event_also_back() -> None:
    body = S + gateway("exclusive", "g", default="g_t") + throw("t", link("A")) + throw("t2", link("A"))
    body += catch("c", link("A")) + script("a", "{k: k + 1}") + gateway("exclusive", "x", default="x_e") + E
    body += path("s", "g") + flow("g", "t2", "k > 5") + flow("g", "t", key="g_t") + path("c", "a", "x")
    body += throw("t3", link("A")) + flow("x", "t3", "k < 4") + flow("x", "e", key="x_e")
    run = Recorder(model(body), k=number(1))
    assert (run.done, run.values["k"], run.log.count("enter c")) == (True, number(4), 3)


def test_links_of_one_name_in_two_levels_are_two() -> None:
    inner = node("startEvent", "s2") + throw("ti", link("A")) + catch("ci", link("A")) + user("v")
    inner += path("s2", "ti") + path("ci", "v")
    body = S + node("subProcess", "sp", inner) + throw("t", link("A")) + catch("c", link("A")) + user("u")
    run = Recorder(model(body + path("s", "sp", "t") + path("c", "u")))
    assert run.open == ["v"]
    run.finish("v")
    assert run.open == ["u"]


def test_an_inclusive_join_waits_for_a_token_that_may_still_come_by_a_link() -> None:
    body = S + gateway("inclusive", "f") + user("a") + user("b") + throw("t", link("A")) + catch("c", link("A"))
    body += gateway("inclusive", "j") + E + path("s", "f") + flow("f", "a", "true") + flow("f", "b", "true")
    run = Recorder(model(body + path("a", "j", "e") + path("b", "t") + path("c", "j")))
    run.finish("a")
    assert "enter j" not in run.log
    run.finish("b")
    assert (run.done, run.log.count("enter j")) == (True, 1)
