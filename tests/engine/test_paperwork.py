"""What a completed task does to the documents of its case, and what is refused before it is too late to say so."""

import pytest

from engine.commands import CompleteTask, DraftDocument, OpenCase, StartInstance
from engine.errors import Reason, Refused
from engine.events import FollowUpScheduled
from engine.value import Context, Value
from engine.words import StreamKind
from tests.engine.test_work import LANES
from tests.engine.world import World, chain, process, trial

WRITE = '<bpmn:userTask id="write" zx:document="offer:write"/>'
REVIEW = '<bpmn:userTask id="review" zx:document="offer:review" zx:separateFrom="write" zx:approved="{}"/>'


def paper(approved: str = "review.passed = true") -> tuple[World, int, int]:
    """A case with an instance that writes and reviews an offer."""
    body = f'<bpmn:startEvent id="s"/>{WRITE}{REVIEW.format(approved)}<bpmn:endEvent id="e"/>'
    world = World(trial(process(body + chain("s", "write", "review", "e"), lanes=LANES)))
    world.hire("author", "SALES")
    world.hire("chen", "SMO")
    world.hire("deputy")
    case = world.journal.new_stream(StreamKind.CASE)
    nothing = {"version": world.procedure.digest, "input": Context()}
    world.do(OpenCase, "chen", case, procedure="trial", data=Context(), process=None, **nothing)
    return world, case, begun(world, case)


def begun(world: World, case: int) -> int:
    stream = world.journal.new_stream(StreamKind.INSTANCE)
    world.do(StartInstance, None, stream, case=case, version=world.procedure.digest, process="p", input=Context())
    return stream


def complete(world: World, stream: int, who: str, element: str, **data: Value) -> Context:
    """The fields of the command to the case that the completion schedules."""
    entry = world.do(CompleteTask, who, stream, task=world.task(stream, element).id, data=Context(data))
    (scheduled,) = [event for event in entry.events if isinstance(event, FollowUpScheduled)]
    return scheduled.fields


def test_writing_and_reviewing_name_the_person_and_the_principal() -> None:
    world, _, stream = paper()
    world.deputise("author", "deputy")
    written = complete(world, stream, "deputy", "write", text="…")
    assert (written["author"], written["on_behalf_of"]) == (world.people["deputy"], world.people["author"])
    reviewed = complete(world, stream, "chen", "review", passed=True, opinion="可以")
    assert (reviewed["reviewer"], reviewed["on_behalf_of"]) == (world.people["chen"], None)
    assert (reviewed["approved"], reviewed["opinion"], reviewed["waived"]) == (True, "可以", False)


def test_a_later_version_without_a_note_is_refused_at_the_task() -> None:
    world, case, first = paper()
    fields = complete(world, first, "author", "write", text="…")
    world.do(DraftDocument, None, case, **fields)
    second = begun(world, case)
    for data in ({}, {"change_note": " "}, {"change_note": True}):
        with pytest.raises(Refused, match="a change note") as refusal:
            complete(world, second, "author", "write", **data)
        assert refusal.value.reason is Reason.INVALID_DATA
    assert complete(world, second, "author", "write", change_note="改期限")["change_note"] == "改期限"


def test_a_review_whose_outcome_cannot_be_told_is_refused_and_the_task_stays() -> None:
    world, _, stream = paper("count(for i in 1..1000000 return i) = 1")
    complete(world, stream, "author", "write", text="…")
    with pytest.raises(Refused, match="whether the review passes"):
        complete(world, stream, "chen", "review", passed=True)
    assert world.task(stream, "review")
