"""The behaviours of a multi-instance, what it throws as instances complete; called processes as instances, in each other."""

import pytest

from engine.value import number
from tests.engine.flow.drawing import E, S, escape, flow, model, node, path, process, script, several, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.test_compensation import clear, scopes_left

ROOT = (
    '<bpmn:signal id="sg" name="Ready"/><bpmn:escalation id="es" escalationCode="LATE"/><bpmn:error id="er" errorCode="BAD"/>'
    '<bpmn:signalEventDefinition id="ds" signalRef="sg"/><bpmn:escalationEventDefinition id="de" escalationRef="es"/>'
    '<bpmn:errorEventDefinition id="dr" errorRef="er"/>'
)
CAUGHT = {
    "signal": '<bpmn:signalEventDefinition signalRef="sg"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="es"/>',
    "error": '<bpmn:errorEventDefinition errorRef="er"/>',
}


def marker(behavior: str, more: str = "", **attributes: str) -> str:
    """Three parallel instances with a behaviour."""
    written = "".join(f' {name}="{value}"' for name, value in {"behavior": behavior, **attributes}.items())
    return (
        several(times="3")
        .replace("<bpmn:multiInstanceLoopCharacteristics", "<bpmn:multiInstanceLoopCharacteristics" + written)
        .replace("</bpmn:multi", more + "</bpmn:multi")
    )


def caught(kind: str, interrupting: bool = False) -> str:
    """A boundary event of the kind on u, that leads to h."""
    event = node("boundaryEvent", "b", CAUGHT[kind], attachedToRef="u", cancelActivity=str(interrupting).lower())
    return event + user("h") + path("b", "h")


def running(loop: str, boundary: str, **values: object) -> Recorder:
    """A task u with this marker and boundary event; n behind it."""
    body = S + user("u", loop) + user("n") + path("s", "u", "n") + boundary
    return Recorder(model(body, more=ROOT), **values)  # type: ignore[arg-type]  # values only


@pytest.mark.parametrize(("kind", "reference"), [("signal", "ds"), ("escalation", "de")])
def test_behaviour_none_throws_its_event_for_each_instance(kind: str, reference: str) -> None:
    run = running(marker("None", noneBehaviorEventRef=reference), caught(kind))
    for done in range(1, 4):
        run.finish("u")
        assert run.open.count("h") == done
    assert sorted(run.open) == ["h", "h", "h", "n"]


@pytest.mark.parametrize(("kind", "reference"), [("signal", "ds"), ("escalation", "de")])
def test_behaviour_one_throws_its_event_for_the_first_instance_only(kind: str, reference: str) -> None:
    run = running(marker("One", oneBehaviorEventRef=reference), caught(kind))
    for _ in range(3):
        run.finish("u")
    assert sorted(run.open) == ["h", "n"]


@pytest.mark.parametrize(("kind", "reference"), [("signal", "ds"), ("escalation", "de"), ("error", "dr")])
def test_an_event_that_interrupts_ends_the_multi_instance(kind: str, reference: str) -> None:
    run = running(marker("One", oneBehaviorEventRef=reference), caught(kind, interrupting=True))
    run.finish("u")
    assert (run.open, scopes_left(run), run.log.count("cancel u")) == (["h"], 0, 3)
    assert clear(run)


def test_behaviour_all_throws_nothing() -> None:
    run = running(marker("All"), "")
    for _ in range(3):
        run.finish("u")
    assert run.open == ["n"]


def complex_behavior(*conditions: tuple[str, str]) -> str:
    """Definitions of a condition and the kind of event it throws."""
    return "".join(
        f"<bpmn:complexBehaviorDefinition><bpmn:condition>{escape(condition)}</bpmn:condition>"
        f"<bpmn:event>{CAUGHT[kind]}</bpmn:event></bpmn:complexBehaviorDefinition>"
        for condition, kind in conditions
    )


def test_behaviour_complex_throws_the_events_whose_conditions_hold_for_the_instance() -> None:
    definitions = complex_behavior(
        ("u = 7", "escalation"), ("numberOfCompletedInstances = 2 and numberOfActiveInstances = 1", "signal")
    )
    signal = node("boundaryEvent", "b2", CAUGHT["signal"], attachedToRef="u", cancelActivity="false")
    boundary = caught("escalation") + signal + user("g") + path("b2", "g")
    run = running(marker("Complex", definitions), boundary)
    run.finish("u", number(1))
    assert run.open.count("h") == run.open.count("g") == 0
    run.finish("u", number(7))
    assert (run.open.count("h"), run.open.count("g")) == (1, 1)
    run.finish("u", number(7))
    assert sorted(run.open) == ["g", "h", "h", "n"]


def test_a_complex_condition_that_fails_is_an_incident_and_the_multi_instance_goes_on_after_it() -> None:
    run = running(marker("Complex", complex_behavior(("k", "signal"))), caught("signal"), k=number(1))
    run.finish("u")
    assert ([run.places[key].id for key in run.failed], run.open.count("u")) == (["u"], 2)
    run.values["k"] = False
    run.retry("u")
    run.finish("u")
    run.finish("u")
    assert run.open == ["n"]


def test_an_error_that_nothing_catches_is_an_incident_at_the_multi_instance() -> None:
    run = running(marker("One", oneBehaviorEventRef="dr"), "")
    run.finish("u")
    assert [run.places[key].id for key in run.failed] == ["u"]
    run.retry("u")
    run.finish("u")
    run.finish("u")
    assert run.open == ["n"]


def test_an_event_may_be_caught_further_out() -> None:
    inner = node("startEvent", "s2") + user("u", marker("One", oneBehaviorEventRef="de")) + path("s2", "u")
    catch = node("boundaryEvent", "b", CAUGHT["escalation"], attachedToRef="sp")
    body = S + node("subProcess", "sp", inner) + catch + user("h") + user("n") + path("s", "sp", "n") + path("b", "h")
    run = Recorder(model(body, more=ROOT))
    run.finish("u")
    assert (run.open, scopes_left(run)) == (["h"], 0)


MAPPED = '<bpmn:extensionElements><zx:input name="n" value="{given}"/><zx:output name="{out}" value="r"/></bpmn:extensionElements>'


def called(loop: str) -> str:
    """A call activity over a list of numbers; the called process doubles its number when its task is done."""
    mapped = MAPPED.format(given="x", out="c")
    return node("callActivity", "c", mapped + loop, calledElement="q")


DOUBLE = process("q", node("startEvent", "qs") + user("w") + script("z", "{r: n * 2}") + path("qs", "w", "z"))


@pytest.mark.parametrize("sequential", [False, True])
def test_called_processes_are_instances_one_after_the_other_or_beside_each_other(sequential: bool) -> None:
    body = S + script("i", "{xs: [1, 2, 3]}") + called(several(sequential=sequential, collection="xs")) + user("n")
    run = Recorder(model(body + path("s", "i", "c", "n"), more=DOUBLE))
    for left in (3, 2, 1):
        assert run.open == ["w"] * (1 if sequential else left)
        assert clear(run)
        run.finish("w")
    assert (run.open, run.values["c"]) == (["n"], (number(2), number(4), number(6)))


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("outer", [False, True])
def test_a_called_process_in_a_multi_instance_in_a_multi_instance_yields_lists_of_lists(
    outer: bool, inner: bool
) -> None:
    call = called(several(sequential=inner, collection="y")).replace('zx:item="x"', 'zx:item="x"')
    sub = node("startEvent", "s2") + call + node("endEvent", "e2") + path("s2", "c", "e2")
    loop = several(sequential=outer, collection="xss").replace('zx:item="x"', 'zx:item="y"')
    body = S + script("i", "{xss: [[1, 2], [3]]}") + node("subProcess", "sp", loop + sub, zx_result="c") + user("n")
    run = Recorder(model(body + path("s", "i", "sp", "n"), more=DOUBLE))
    while run.open != ["n"]:
        assert clear(run)
        run.finish("w")
    assert run.values["c"] == ((number(2), number(4)), (number(6),))
    assert scopes_left(run) == 0


def test_a_called_process_that_calls_a_multi_instance_is_cancelled_from_the_inside_out() -> None:
    inner = process("r", node("startEvent", "rs") + user("v", several(times="2")) + path("rs", "v"))
    outer = process("q", node("startEvent", "qs") + node("callActivity", "d", calledElement="r") + path("qs", "d"))
    timer = node(
        "boundaryEvent",
        "t",
        '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>',
        attachedToRef="c",
    )
    call = node("callActivity", "c", several(times="2"), calledElement="q")
    run = Recorder(model(S + call + timer + user("h") + E + path("s", "c", "e") + path("t", "h"), more=inner + outer))
    assert run.open.count("v") == 4
    run.finish("t")
    assert (run.open, scopes_left(run), run.log.count("cancel v")) == (["h"], 0, 6)


def test_a_multi_instance_that_a_flow_leads_back_to_begins_anew() -> None:
    body = (
        S
        + user("u", several(times="2"), default="u_n")
        + user("n")
        + path("s", "u")
        + flow("u", "u", "k")
        + flow("u", "n")
    )
    run = Recorder(model(body), k=True)
    run.finish("u", number(1))
    run.finish("u", number(2))
    assert run.open == ["u", "u"]
    run.values["k"] = False
    run.finish("u", number(3))
    run.finish("u", number(4))
    assert (run.open, run.values["u"]) == (["n"], (number(3), number(4)))
