"""Where a process begins: without trigger, by a named start event, by an instantiating receive task."""

import pytest

from engine.commands import StartInstance
from engine.errors import Reason, Refused
from engine.events import ElementEntered, InstanceStarted, VariableSet
from engine.value import Context, number
from engine.words import StreamKind
from tests.engine.flow.drawing import document, model, node, path, process, user
from tests.engine.flow.recorder import Recorder
from tests.engine.flow.triggers import HOUR, MESSAGE, ROOT, SIGNAL, start
from tests.engine.world import World, lane, trial

GIVEN = Context({"n": number(1)})
SEVERAL = start("s") + start("m", MESSAGE) + start("g", SIGNAL) + start("t", HOUR) + user("u") + user("um") + user("ug")
SEVERAL += user("ut") + path("s", "u") + path("m", "um") + path("g", "ug") + path("t", "ut")


def test_a_process_begins_at_its_start_event_without_trigger() -> None:
    assert Recorder(model(SEVERAL, more=ROOT)).open == ["u"]


@pytest.mark.parametrize(("begun", "open_now"), [("m", "um"), ("g", "ug"), ("t", "ut")])
def test_a_process_begins_at_the_start_event_whose_trigger_came(begun: str, open_now: str) -> None:
    run = Recorder(model(SEVERAL, more=ROOT), begun=begun, payload=GIVEN)
    assert (run.open, run.values) == ([open_now], {begun: GIVEN})


def test_a_call_begins_at_the_start_event_without_trigger() -> None:
    body = node("startEvent", "a") + node("callActivity", "c", calledElement="q") + path("a", "c")
    assert Recorder(model(body, more=ROOT + process("q", SEVERAL))).open == ["u"]


def test_an_instantiating_receive_task_begins_the_process_with_its_message() -> None:
    body = node("receiveTask", "r", messageRef="ms", instantiate="true") + user("u") + path("r", "u")
    run = Recorder(model(body, more=ROOT), begun="r", payload=GIVEN)
    assert (run.open, run.values, run.log) == (["u"], {"r": GIVEN}, ["enter r", "leave r", "enter u"])


def world() -> World:
    people = SEVERAL.replace("<bpmn:userTask ", '<bpmn:userTask zx:candidates="&quot;SALES&quot;" ')
    company = World(trial(document(people, more=ROOT)))
    company.hire("amy", "SALES")
    return company


def begin(company: World, who: str | None, **fields: object) -> int:
    stream = company.journal.new_stream(StreamKind.INSTANCE)
    given = {"case": None, "version": company.procedure.digest, "process": "p", "input": Context(), **fields}
    company.do(StartInstance, who, stream, **given)
    return stream


def test_the_starting_command_names_the_start_and_carries_what_came() -> None:
    company = world()
    stream = begin(company, None, start="m", payload=GIVEN)
    (entry,) = company.journal.entries(stream)
    kinds = [type(event) for event in entry.events]
    assert kinds.index(InstanceStarted) < kinds.index(VariableSet) < kinds.index(ElementEntered)
    assert company.task(stream, "um").element == "um"
    assert [s.variables for s in company.instance(stream).scopes.values()] == [{"m": GIVEN}]


@pytest.mark.parametrize(
    ("who", "start_at", "reason", "sentence"),
    [
        (None, "u", Reason.NOT_FOUND, "expected a start event of process p, but u is none"),
        (None, "x", Reason.NOT_FOUND, "expected a start event of process p, but x is none"),
        ("amy", "m", Reason.NOT_ALLOWED, "expected a message, a signal or the clock to begin m, not a person"),
    ],
)
def test_a_start_that_is_none_or_not_a_persons_is_refused(
    who: str | None, start_at: str, reason: Reason, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        begin(world(), who, start=start_at)
    assert refused.value.reason is reason


def test_a_person_begins_in_the_role_of_the_start_event_without_trigger() -> None:
    lanes = lane("SMO", "m") + lane("SALES", "s")
    body = f"<bpmn:laneSet id='ls'>{lanes}</bpmn:laneSet>" + start("m", MESSAGE) + start("s") + node("task", "u")
    company = World(trial(document(body + path("m", "u") + path("s", "u"), more=ROOT)))
    company.hire("amy", "SALES")
    company.hire("zoe", "MR")
    begin(company, "amy")
    with pytest.raises(Refused, match="expected a holder of SALES to start p"):
        begin(company, "zoe")


def test_a_process_that_only_an_event_begins_cannot_begin_without_one() -> None:
    company = World(trial(document(start("m", MESSAGE) + node("task", "u") + path("m", "u"), more=ROOT)))
    with pytest.raises(Refused, match="process p begins with an event: expected one of m to be named"):
        begin(company, None)
