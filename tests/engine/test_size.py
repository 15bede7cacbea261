"""What one command may bring along has a largest size, the same everywhere, and is refused with both sizes."""

from __future__ import annotations

import pytest

from engine import encoding
from engine.commands import CompleteTask, DecideIncident, OpenCase, SetCaseData, StartInstance
from engine.errors import Reason, Refused
from engine.size import LARGEST, LARGEST_START
from engine.value import Context, number
from engine.words import Status, StreamKind
from tests.engine.test_case import FIELDS
from tests.engine.world import World, chain, lane, process, trial

BODY = (
    '<bpmn:startEvent id="s" zx:inputs="text"/><bpmn:userTask id="write"/>'
    '<bpmn:scriptTask id="z" scriptFormat="feel"><bpmn:script>1 +</bpmn:script></bpmn:scriptTask><bpmn:endEvent id="e"/>'
    + chain("s", "write", "z", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "z", "e")}</bpmn:laneSet>'


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES), FIELDS))
    found.hire("wang", "SALES")
    found.hire("chen", "SMO")
    return found


def of_size(size: int, name: str = "text") -> Context:
    """A context whose encoding has this many bytes."""
    empty = len(encoding.encode(Context({name: ""})))
    return Context({name: "x" * (size - empty)})


def too_large(refusal: pytest.ExceptionInfo[Refused], largest: int = LARGEST) -> bool:
    text, found = refusal.value.text, largest + 1
    said = f"{largest} 字节,但有 {found} 字节" in text.zh and f"at most {largest} bytes, but found {found}" in text.en
    return said and refusal.value.reason is Reason.INVALID_DATA


def start(world: World, size: int) -> int:
    stream = world.journal.new_stream(StreamKind.INSTANCE)
    given = {"case": None, "version": world.procedure.digest, "process": "p"}
    world.do(StartInstance, "wang", stream, **given, input=of_size(size))
    return stream


def opened(world: World, **changes: object) -> int:
    stream = world.journal.new_stream(StreamKind.CASE)
    asked = {"procedure": "trial", "version": world.procedure.digest, "process": None, "data": Context()}
    world.do(OpenCase, "chen", stream, **{"input": Context(), **asked, **changes})
    return stream


def test_variables_at_a_start(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        start(world, LARGEST_START + 1)
    assert too_large(refusal, LARGEST_START)
    assert world.instance(start(world, LARGEST_START)).status is Status.RUNNING


def test_variables_of_the_process_that_a_new_case_begins_with(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        opened(world, process="p", input=of_size(LARGEST_START + 1))
    assert too_large(refusal, LARGEST_START)
    assert opened(world, process="p", input=of_size(LARGEST_START))


def test_data_of_a_case_at_once_and_all_of_it(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        opened(world, data=of_size(LARGEST + 1, "project_name"))
    assert too_large(refusal)
    case = opened(world, data=of_size(LARGEST, "project_name"))
    with pytest.raises(Refused) as refusal:  # small by itself, too large with what is there
        world.do(SetCaseData, "chen", case, data=Context({"budget": number("1")}))
    assert refusal.value.reason is Reason.INVALID_DATA
    world.do(SetCaseData, "chen", case, data=Context({"project_name": "短"}))
    assert len(world.do(SetCaseData, "chen", case, data=of_size(1_000, "project_name")).events) == 1


def test_what_is_decided_for_an_element(world: World) -> None:
    stream = start(world, 100)
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    (incident,) = world.instance(stream).incidents
    decided = {"incident": incident, "flows": (), "reason": "代为填写"}
    with pytest.raises(Refused) as refusal:
        world.do(DecideIncident, "chen", stream, **decided, result=of_size(LARGEST + 1))
    assert too_large(refusal)
    world.do(DecideIncident, "chen", stream, **decided, result=of_size(LARGEST))
    assert world.instance(stream).status is Status.COMPLETED
