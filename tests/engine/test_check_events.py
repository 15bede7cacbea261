"""What is drawn of events, but cannot work, is refused; what can is left in peace."""

import pytest

from tests.engine.flow.drawing import boundary as timed
from tests.engine.flow.drawing import node, path
from tests.engine.flow.triggers import (
    ANY_ERROR,
    ERROR,
    ERROR2,
    ESCALATION,
    HOUR,
    HOURLY,
    MESSAGE,
    ROOT,
    SIGNAL,
    attached,
    catch,
    condition,
    end,
    handler,
    link,
    start,
    throw,
)
from tests.engine.sketch import FLOW, beside, found
from tests.engine.sketch import model as sketch


def model(body: str = "", root: str = "") -> bytes:
    """The sketch with the signals, errors and escalations of the triggers."""
    return sketch(body, root=ROOT + root)


def starting(trigger: str, attributes: str = "") -> bytes:
    """The sketch with a trigger on its start event."""
    plain = b'<bpmn:startEvent id="s"/>'
    return model().replace(plain, f'<bpmn:startEvent id="s" {attributes}>{trigger}</bpmn:startEvent>'.encode())


def sub(inner: str, key: str = "x") -> str:
    """A sub-process that is reached, with a start and what it leads to: `v`."""
    return beside(node("subProcess", key, node("startEvent", "xs") + inner + path("xs", "v")))


FAILS = sub(end("v", ERROR))
CALLS = beside(node("subProcess", "x", node("startEvent", "xs") + throw("v", ESCALATION) + path("xs", "v")))
GATEWAY = beside(node("eventBasedGateway", "x"))
RACE = GATEWAY + catch("a", MESSAGE) + catch("b", HOUR) + path("x", "a") + path("x", "b")
UNCAUGHT = node("subProcess", "h", start("hs", MESSAGE) + node("endEvent", "he") + path("hs", "he"))
HANDLER = UNCAUGHT.replace('id="h"', 'id="h" triggeredByEvent="true"', 1)

CASES: dict[str, tuple[bytes, str, str]] = {
    # ------------------------------------------------------------------ triggers
    "condition that is missing": (
        model(beside(catch("x", "<bpmn:conditionalEventDefinition/>"))),
        "x",
        "expected a condition in the conditional event",
    ),
    "empty condition of an event": (
        model(beside(catch("x", condition("").replace("<bpmn:condition>", '<bpmn:condition id="c">')))),
        "c",
        "expected an expression in condition",
    ),
    "definition of another file": (
        model(beside(catch("x", "<bpmn:eventDefinitionRef>elsewhere</bpmn:eventDefinitionRef>"))),
        "x",
        "expected an event definition of this file, but there is no elsewhere",
    ),
    "referred definition in the wrong place": (
        model(
            beside(throw("x", "<bpmn:eventDefinitionRef>soon</bpmn:eventDefinitionRef>")),
            HOUR.replace("EventDefinition>", 'EventDefinition id="soon">', 1),
        ),
        "x",
        "expected no timerEventDefinition within intermediateThrowEvent",
    ),
    "two triggers, one by reference": (
        model(
            beside(catch("x", f"{MESSAGE}<bpmn:eventDefinitionRef>soon</bpmn:eventDefinitionRef>")),
            HOUR.replace("EventDefinition>", 'EventDefinition id="soon">', 1),
        ),
        "x",
        "at most one trigger",
    ),
    "signal that is none": (
        model(beside(catch("x", '<bpmn:signalEventDefinition signalRef="elsewhere"/>'))),
        "x",
        "expected signalRef to name a signal of this file",
    ),
    "signal without a name": (
        model(beside(throw("x", '<bpmn:signalEventDefinition signalRef="n"/>')), '<bpmn:signal id="n"/>'),
        "x",
        "expected signal n to have a name",
    ),
    "error without a code": (
        model(sub(end("v", '<bpmn:errorEventDefinition errorRef="n"/>')), '<bpmn:error id="n" name="N"/>'),
        "v",
        "expected error n to have an errorCode, by which it is caught",
    ),
    "thrown error without a name": (model(sub(end("v", ANY_ERROR))), "v", "expected errorRef to name an error"),
    "thrown escalation without a name": (
        model(beside(throw("x", "<bpmn:escalationEventDefinition/>"))),
        "x",
        "expected escalationRef to name an escalation",
    ),
    "error on a throw event": (
        model(beside(throw("x", ERROR))),
        "x",
        "expected no errorEventDefinition within intermediateThrowEvent",
    ),
    "escalation that is waited for": (
        model(beside(catch("x", ESCALATION))),
        "x",
        "expected no escalationEventDefinition within intermediateCatchEvent",
    ),
    # ------------------------------------------------------------------ starts
    "conditional start": (starting(condition("true")), "s", "draw a start by signal or timer, and a conditional event"),
    "error at the start of a process": (
        starting(ERROR),
        "s",
        "expected error on the start of an event sub-process: no process begins with it",
    ),
    "start that does not interrupt": (
        starting(MESSAGE, 'isInterrupting="false"'),
        "s",
        "expected isInterrupting on the start of an event sub-process only",
    ),
    "two starts without trigger": (
        model(node("startEvent", "x") + FLOW.format("x", "u")),
        "p",
        "expected at most one start event without trigger, but found 2",
    ),
    "trigger in a sub-process": (
        model(beside(UNCAUGHT.replace('id="h"', 'id="x"', 1))),
        "hs",
        "expected no trigger on the start of a sub-process; draw an event sub-process instead",
    ),
    "instantiate in the middle": (
        model(beside(node("receiveTask", "x", messageRef="ms", instantiate="true"))),
        "x",
        "at its outermost level, without a flow into it",
    ),
    "instantiate in a sub-process": (
        model(sub(node("endEvent", "v") + node("receiveTask", "r", messageRef="ms", instantiate="true"))),
        "r",
        "at its outermost level, without a flow into it",
    ),
    "parallel instantiation": (
        model(RACE.replace('id="x"', 'id="x" eventGatewayType="Parallel"', 1)),
        "x",
        "a start event for each message, or receive tasks behind a parallel gateway",
    ),
    # ------------------------------------------------------------------ event sub-processes
    "event sub-process without trigger": (
        model(HANDLER.replace(MESSAGE, "")),
        "hs",
        "expected a trigger on the start of an event sub-process",
    ),
    "event sub-process with two starts": (
        model(HANDLER.replace("</bpmn:subProcess>", f"{start('h2', SIGNAL)}{path('h2', 'he')}</bpmn:subProcess>")),
        "h",
        "expected exactly one start event in the event sub-process, but found 2",
    ),
    "flow into an event sub-process": (
        model(HANDLER + FLOW.format("u", "h")),
        "h",
        "expected no sequence flow into or out of an event sub-process",
    ),
    "boundary event on an event sub-process": (
        model(HANDLER + timed("b", "h") + FLOW.format("b", "e")),
        "h",
        "expected no boundary event, loop or multi-instance marker on an event sub-process",
    ),
    "error start that does not interrupt": (
        model(FAILS + handler("h", ERROR, "", interrupting=False)),
        "h_s",
        "expected an event sub-process that begins with error to interrupt",
    ),
    "cycle that would begin an interrupting event sub-process": (
        model(HANDLER.replace(MESSAGE, HOURLY)),
        "hs",
        "timeCycle repeats on a non-interrupting boundary event or event sub-process",
    ),
    # ------------------------------------------------------------------ errors and escalations
    "error on a task that cannot fail": (
        model(attached("b", "u", ERROR) + FLOW.format("b", "e")),
        "b",
        "expected something here that can throw error E1, but nothing does",
    ),
    "error of another code": (
        model(FAILS + attached("b", "x", ERROR2) + FLOW.format("b", "e")),
        "b",
        "expected something here that can throw error E2, but nothing does",
    ),
    "escalation that nothing throws": (
        model(FAILS + attached("b", "x", ESCALATION) + FLOW.format("b", "e")),
        "b",
        "expected something here that can throw escalation U1, but nothing does",
    ),
    "two handlers of one error": (
        model(
            FAILS
            + attached("b", "x", ERROR)
            + attached("c", "x", ERROR)
            + FLOW.format("b", "e")
            + FLOW.format("c", "e")
        ),
        "c",
        "expected one event that catches this error, but b catches it already",
    ),
    "two handlers of every error": (
        model(FAILS + handler("h", ANY_ERROR, "") + handler("g", ANY_ERROR, "")),
        "g_s",
        "expected one event that catches this error, but h_s catches it already",
    ),
    "event sub-process for an error that nothing throws": (
        model(handler("h", ERROR, "")),
        "h_s",
        "expected something here that can throw error E1, but nothing does",
    ),
    "error boundary that does not interrupt": (
        model(FAILS + attached("b", "x", ERROR, interrupting=False) + FLOW.format("b", "e")),
        "b",
        "expected an error boundary event to interrupt",
    ),
    "path that may begin again while it is under way": (
        model(
            attached("b", "u", SIGNAL, interrupting=False)
            + "".join(node("parallelGateway", key) for key in ("f", "j"))
            + "".join(node("userTask", key) for key in ("v", "w"))
            + path("b", "f", "v", "j", "e")
            + path("f", "w", "j")
        ),
        "b",
        "tokens of two rounds would meet at j: put its path into a sub-process",
    ),
    # ------------------------------------------------------------------ links
    "link without partner": (
        model(beside(throw("x", link("A")))),
        "x",
        "expected a catch event for the link A in its level, but there is none",
    ),
    "link that nobody throws": (
        model(catch("x", link("A")) + FLOW.format("x", "e")),
        "x",
        "expected a throw event for the link A in its level",
    ),
    "link out of a sub-process": (
        model(sub(throw("v", link("A"))) + catch("c", link("A")) + FLOW.format("c", "e")),
        "v",
        "expected a catch event for the link A in its level",
    ),
    "two targets of one link": (
        model(
            beside(throw("x", link("A")))
            + catch("c", link("A"))
            + catch("c2", link("A"))
            + FLOW.format("c", "e")
            + FLOW.format("c2", "e")
        ),
        "c",
        "expected one catch event for the link A in its level",
    ),
    "link without a name": (
        model(beside(throw("x", link("")))),
        "x",
        "expected the link to have a name",
    ),
    "flow behind a throwing link": (
        model(beside(throw("x", link("A"))) + catch("c", link("A")) + FLOW.format("x", "e") + FLOW.format("c", "e")),
        "x",
        "expected no sequence flow out of a throwing link",
    ),
    "flow into a catching link": (
        model(beside(throw("x", link("A"))) + catch("c", link("A")) + FLOW.format("c", "e") + FLOW.format("u", "c")),
        "c",
        "expected no sequence flow into a catching link",
    ),
    # ------------------------------------------------------------------ event-based gateways
    "event-based gateway without a choice": (
        model(GATEWAY + catch("a", MESSAGE) + path("x", "a")),
        "x",
        "expected at least two events behind the gateway, but found 1",
    ),
    "task behind an event-based gateway": (
        model(RACE + node("userTask", "c") + path("x", "c")),
        "c",
        "expected a catch event (conditional, message, signal, timer) or a receive task",
    ),
    "another way to an event behind the gateway": (
        model(RACE + FLOW.format("u", "a")),
        "a",
        "expected no other flow into an event behind an event-based gateway",
    ),
    "receive task and message behind one gateway": (
        model(RACE + node("receiveTask", "c", messageRef="ms") + path("x", "c")),
        "x",
        "expected either receive tasks or message events",
    ),
    "boundary event behind the gateway": (
        model(
            RACE.replace(catch("a", MESSAGE), node("receiveTask", "a", messageRef="ms"))
            + timed("t", "a")
            + FLOW.format("t", "e")
        ),
        "a",
        "expected no boundary event and no loop on a receive task behind an event-based gateway",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_that_cannot_work_is_refused(case: str) -> None:
    source, element, sentence = CASES[case]
    findings = found(source)
    assert [(key, rule) for key, rule, text in findings if sentence in text and key == element], findings
    assert len(findings) <= 3, findings


REFERRED = HOUR.replace("EventDefinition>", 'EventDefinition id="soon">', 1)
BEGUN = node("eventBasedGateway", "x", instantiate="true") + catch("a", MESSAGE) + catch("b", SIGNAL)

WORKS: dict[str, bytes] = {
    "message start": starting(MESSAGE),
    "signal start": starting(SIGNAL),
    "timer start": starting(HOURLY),
    "several starts": model(start("m", MESSAGE) + start("g", SIGNAL) + FLOW.format("m", "u") + FLOW.format("g", "u")),
    "definition by reference": model(
        beside(catch("x", "<bpmn:eventDefinitionRef>soon</bpmn:eventDefinitionRef>")), REFERRED
    ),
    "event sub-processes": model(
        HANDLER
        + handler("g", SIGNAL, "", interrupting=False)
        + handler("t", HOURLY, "", interrupting=False)
        + handler("k", condition("true"), "")
        + FAILS
        + handler("r", ERROR, "")
        + handler("y", ANY_ERROR, "")
    ),
    "error boundary": model(
        FAILS
        + attached("b", "x", ERROR)
        + attached("c", "x", ANY_ERROR)
        + FLOW.format("b", "e")
        + FLOW.format("c", "e")
    ),
    "error of a service": model(beside(node("serviceTask", "x")) + attached("b", "x", ERROR) + FLOW.format("b", "e")),
    "escalation boundary": model(CALLS + attached("b", "x", ESCALATION, interrupting=False) + FLOW.format("b", "e")),
    "signal end": model(beside(end("x", SIGNAL))),
    "links": model(beside(throw("x", link("A"))) + catch("c", link("A")) + FLOW.format("c", "e")),
    "event-based gateway": model(RACE),
    "instantiating gateway": model(BEGUN + path("x", "a") + path("x", "b")),
    "instantiating receive task": model(
        node("receiveTask", "x", messageRef="ms", instantiate="true") + FLOW.format("x", "u")
    ),
}


@pytest.mark.parametrize("case", WORKS)
def test_an_event_that_works_is_left_in_peace(case: str) -> None:
    assert found(WORKS[case]) == []
