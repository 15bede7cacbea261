"""What is personal comes into the journal only as a reference that storage has made."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import procedure as procedures
from engine.commands import CompleteTask, Envelope
from engine.errors import Refused
from engine.instance import Instance, Scope
from engine.task import Task
from engine.value import Context, Personal, Value
from engine.words import ScopeKind
from storage import personal
from web.cli import company

PROCEDURE = procedures.load(company.files_of(Path(__file__).parents[2] / "bpmn" / "service-planning"))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
MADE = personal.separate("刘建国").personal


def handed_in(name: Value, new: set[Personal], before: Value = None) -> None:
    scope = Scope(
        id="4.1.1", parent=None, kind=ScopeKind.INSTANCE, activity=None, index=None, variables={"request": before}
    )
    task = Task(id="4.1.2", process="svc_requirements", element="T01_01", scope=scope.id, offered_at=NOW)
    data = Context({"customer_contacts": (Context({"name": name}),)})
    command = CompleteTask(envelope=Envelope(id="c", stream=4, at=NOW), task=task.id, data=data)
    personal.guard(PROCEDURE, Instance(stream=4, scopes={scope.id: scope}, tasks={task.id: task}), command, new)


def test_a_plain_personal_value_is_refused() -> None:
    with pytest.raises(Refused, match=r"personal value at customer_contacts\[0\]\.name to be kept apart"):
        handed_in("刘建国", set())


def test_a_reference_from_nowhere_is_refused() -> None:
    with pytest.raises(Refused, match="expected personal values of this instance"):
        handed_in(Personal(reference="0" * 32, present=True, digest="0" * 64), set())


@pytest.mark.parametrize("before", [None, Context({"customer_contacts": (Context({"name": MADE}),)})])
def test_a_reference_that_comes_with_the_command_or_was_there_before_is_taken(before: Value) -> None:
    handed_in(MADE, set() if before else {MADE}, before)
    assert list(personal.references(before)) == ([MADE] if before else [])
