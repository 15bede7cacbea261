"""Events by commands: what is written in the journal, who may say it, and that it is re-executed to the byte."""

from __future__ import annotations

import pytest

from engine import events as happened
from engine import replay
from engine.commands import (
    AnswerService,
    Command,
    CompleteTask,
    DecideIncident,
    FailService,
    FireTimer,
    ReceiveSignal,
    RetryIncident,
)
from engine.errors import Reason, Refused
from engine.events import Event
from engine.replay import Verdict
from engine.value import Context, number
from engine.words import StreamKind
from tests.engine.flow.drawing import E, S, document, gateway, node, path, script, user
from tests.engine.flow.triggers import (
    ANY_ERROR,
    ERROR,
    ESCALATION,
    HOURLY,
    MESSAGE,
    ROOT,
    SIGNAL,
    attached,
    catch,
    condition,
    end,
    handler,
    throw,
)
from tests.engine.world import World, trial

GIVEN = Context({"n": number(3)})


def person(key: str) -> str:
    """A user task that somebody of SALES may do."""
    return user(key, zx_candidates="&quot;SALES&quot;")


def service(key: str) -> str:
    """A service task."""
    return node("serviceTask", key, zx_connector="number-sequence")


def company(body: str) -> tuple[World, int]:
    """The process runs; amy holds SALES, max owns the procedure."""
    world = World(trial(document(body, more=ROOT)))
    world.hire("amy", "SALES")
    world.hire("max", "SMO")
    return world, world.start()


def complete(world: World, stream: int, element: str) -> list[Event]:
    """Amy completes the one open task of an element; what happened."""
    entry = world.do(CompleteTask, "amy", stream, task=world.task(stream, element).id, data=Context())
    return list(entry.events)


def kinds(events: list[Event], *wanted: type[Event]) -> list[str]:
    """The names of those of these kinds, in order."""
    return [type(event).__name__ for event in events if isinstance(event, wanted)]


def re_executed(world: World, stream: int) -> None:
    """The entries of the stream are made again, to the byte."""
    found = replay.re_execute(
        StreamKind.INSTANCE,
        stream,
        world.journal.entries(stream),
        procedure=lambda entry, _: world.procedure,
        surroundings=world.journal.surroundings,
    )
    assert found.verdict is Verdict.IDENTICAL, found


def test_a_signal_is_awaited_and_received_by_its_command_with_what_it_carries() -> None:
    world, stream = company(S + catch("c", SIGNAL) + person("u") + path("s", "c", "u"))
    (waiting,) = world.instance(stream).signals.values()
    assert waiting.name == "S"
    entry = world.do(ReceiveSignal, None, stream, subscription=waiting.id, payload=GIVEN)
    assert isinstance(entry.events[0], happened.SignalReceived)
    found = world.instance(stream)
    assert (found.signals, [s.variables for s in found.scopes.values()]) == ({}, [{"c": GIVEN}])
    re_executed(world, stream)


def test_a_signal_thrown_is_told_to_the_world_and_received_here_at_once() -> None:
    body = S + gateway("parallel", "f") + catch("c", SIGNAL) + person("u") + throw("t", SIGNAL, n="1 + 2") + E
    world, stream = company(body + person("v") + path("s", "f", "u", "t", "e") + path("f", "c", "v"))
    events = complete(world, stream, "u")
    (thrown,) = [event for event in events if isinstance(event, happened.SignalThrown)]
    assert (thrown.name, thrown.payload) == ("S", GIVEN)
    assert kinds(events, happened.SignalThrown, happened.SignalReceived) == ["SignalThrown", "SignalReceived"]
    assert world.task(stream, "v").element == "v"
    re_executed(world, stream)


def test_a_signal_no_longer_awaited_is_cancelled_and_cannot_be_received() -> None:
    world, stream = company(S + person("u") + attached("b", "u", SIGNAL) + E + path("s", "u", "e") + path("b", "e"))
    (waiting,) = world.instance(stream).signals.values()
    events = complete(world, stream, "u")
    assert kinds(events, happened.SignalWaitCancelled) == ["SignalWaitCancelled"]
    with pytest.raises(Refused, match="expected a running instance"):
        world.do(ReceiveSignal, None, stream, subscription=waiting.id, payload=GIVEN)


def test_only_the_machine_says_that_a_signal_came_and_only_to_who_waits() -> None:
    world, stream = company(S + catch("c", SIGNAL) + E + path("s", "c", "e"))
    (waiting,) = world.instance(stream).signals.values()
    with pytest.raises(Refused) as refused:
        world.do(ReceiveSignal, "max", stream, subscription=waiting.id, payload=GIVEN)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        world.do(ReceiveSignal, None, stream, subscription="1.1.1", payload=GIVEN)
    assert refused.value.reason is Reason.NOT_FOUND


SERVICE = (
    S + service("t") + attached("b", "t", ERROR) + person("u") + person("n") + path("s", "t", "n") + path("b", "u")
)


def request(world: World, stream: int) -> str:
    """The one open request."""
    (found,) = world.instance(stream).requests
    return found


def test_a_service_that_fails_with_an_error_of_the_model_takes_its_way() -> None:
    world, stream = company(SERVICE)
    entry = world.do(FailService, None, stream, request=request(world, stream), message="no paper", error="E1")
    wanted = (happened.ServiceFailed, happened.ErrorThrown, happened.IncidentRaised, happened.ServiceCancelled)
    assert kinds(list(entry.events), *wanted) == ["ServiceFailed", "ErrorThrown"]
    found = world.instance(stream)
    assert (found.incidents, found.requests, world.task(stream, "u").element) == ({}, {}, "u")
    given = Context({"code": "E1", "message": "no paper"})
    assert [scope.variables for scope in found.scopes.values()] == [{"b": given}]
    re_executed(world, stream)


@pytest.mark.parametrize("error", [None, "E9"])
def test_a_service_that_fails_otherwise_is_an_incident_which_is_retried_or_decided(error: str | None) -> None:
    world, stream = company(SERVICE)
    world.do(FailService, None, stream, request=request(world, stream), message="no paper", error=error)
    (incident,) = world.instance(stream).incidents
    world.do(RetryIncident, "max", stream, incident=incident, reason="paper is there")
    world.do(AnswerService, None, stream, request=request(world, stream), result=number(1))
    assert world.task(stream, "n").element == "n"
    re_executed(world, stream)


def test_a_failure_without_a_code_is_caught_by_what_catches_every_error() -> None:
    world, stream = company(SERVICE.replace(ERROR, ANY_ERROR))
    world.do(FailService, None, stream, request=request(world, stream), message="no paper")
    assert [scope.variables for scope in world.instance(stream).scopes.values()] == [
        {"b": Context({"code": None, "message": "no paper"})}
    ]


def test_an_error_that_nothing_catches_is_an_incident_that_a_person_decides() -> None:
    inner = node("startEvent", "s2") + person("v") + end("x", ERROR) + path("s2", "v", "x")
    world, stream = company(S + node("subProcess", "sp", inner) + person("n") + path("s", "sp", "n"))
    complete(world, stream, "v")
    (incident,) = world.instance(stream).incidents.values()
    assert "catches error E1 of x, but there is none" in incident.message_en
    world.do(DecideIncident, "max", stream, incident=incident.id, flows=(), result=None, reason="go on")
    assert world.task(stream, "n").element == "n"
    re_executed(world, stream)


def test_an_escalation_is_written_down_caught_or_not() -> None:
    for trigger, caught in ((ESCALATION, True), (ESCALATION.replace('"es"', '"es2"'), False)):
        inner = node("startEvent", "s2") + person("v") + throw("t", trigger) + person("w") + path("s2", "v", "t", "w")
        body = S + node("subProcess", "sp", inner) + attached("b", "sp", ESCALATION, interrupting=False) + person("n")
        world, stream = company(body + person("h") + path("s", "sp", "n") + path("b", "h"))
        events = complete(world, stream, "v")
        assert [event.caught for event in events if isinstance(event, happened.EscalationThrown)] == [caught]
        assert {task.element for task in world.instance(stream).tasks.values()} == ({"h", "w"} if caught else {"w"})
        re_executed(world, stream)


def test_a_condition_is_asked_again_when_a_form_a_script_or_a_service_sets_a_variable() -> None:
    body = S + gateway("parallel", "f") + catch("c", condition("n > 1")) + person("u") + script("a", "{n: 1}")
    body += (
        service("t") + script("b", "{n: t}") + person("v") + path("s", "f", "c", "v") + path("f", "u", "a", "t", "b")
    )
    world, stream = company(body)
    assert kinds(complete(world, stream, "u"), happened.ConditionMet) == []
    entry = world.do(AnswerService, None, stream, request=request(world, stream), result=number(5))
    assert kinds(list(entry.events), happened.ConditionMet) == ["ConditionMet"]
    assert world.task(stream, "v").element == "v"
    re_executed(world, stream)


def test_event_sub_processes_by_clock_message_and_signal_come_as_often_as_they_are_told() -> None:
    body = S + person("u") + person("w") + E + path("s", "u", "w", "e")
    for key, trigger in (("t", HOURLY), ("m", MESSAGE), ("g", SIGNAL)):
        body += handler(
            key, trigger, person(f"{key}u") + path(f"{key}u", f"{key}_e"), interrupting=False, then=f"{key}u"
        )
    world, stream = company(body)
    for _ in range(2):
        found = world.instance(stream)
        world.now = world.now.replace(hour=world.now.hour + 2)
        world.do(FireTimer, None, stream, timer=next(iter(found.timers)))
        world.do(ReceiveSignal, None, stream, subscription=next(iter(found.signals)), payload=GIVEN)
    assert sorted(task.element for task in world.instance(stream).tasks.values()) == ["gu", "gu", "tu", "tu", "u"]
    complete(world, stream, "u")
    complete(world, stream, "w")
    for key in ("tu", "gu"):
        for task in [task for task in world.instance(stream).tasks.values() if task.element == key]:
            world.do(CompleteTask, "amy", stream, task=task.id, data=Context())
    found = world.instance(stream)
    assert (found.status, found.timers, found.signals, found.subscriptions) == ("completed", {}, {}, {})
    assert found.ends == ("g_e",)
    re_executed(world, stream)


def test_what_nobody_waits_for_is_refused() -> None:
    world, stream = company(S + catch("c", SIGNAL) + E + path("s", "c", "e"))
    commands: list[tuple[type[Command], dict[str, object]]] = [
        (FireTimer, {"timer": "1.1.1"}),
        (AnswerService, {"request": "1.1.1", "result": None}),
        (FailService, {"request": "1.1.1", "message": "x", "error": "E1"}),
    ]
    for command, fields in commands:
        with pytest.raises(Refused) as refused:
            world.do(command, None, stream, **fields)
        assert refused.value.reason is Reason.NOT_FOUND
