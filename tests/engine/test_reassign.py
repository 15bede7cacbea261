"""People of a case who change: whose its open tasks are is asked again; what somebody decided by hand stays."""

from __future__ import annotations

import pytest

from engine import replay
from engine.commands import (
    AddSigner,
    AssignCaseRole,
    ClaimTask,
    Command,
    CompleteTask,
    DelegateTask,
    OpenCase,
    OpenTask,
    ReassignTasks,
    ReportAbsence,
    ResolveTask,
    SetCaseData,
    StartInstance,
    TerminateInstance,
    TransferTask,
)
from engine.errors import Reason, Refused
from engine.events import AssigneePassed, TaskCompleted, TaskReassigned
from engine.replay import Verdict
from engine.stream import ORGANISATION
from engine.value import Context, Date
from engine.words import SignPlace, Stage, StreamKind
from tests.engine.world import MANIFEST, World, chain, lane, process, trial

FIELD = """
[case.lead]
type = "user"
zh = "负责人"
en = "Lead"
"""
BODY = (
    '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="f"/>'
    '<bpmn:userTask id="role" zx:assignee="persons in role(&quot;SALES&quot;)[1]"/>'
    '<bpmn:userTask id="data" zx:assignee="case.lead"/>'
    '<bpmn:userTask id="several" zx:candidates="[case.lead, &quot;SALES&quot;]"/>'
    '<bpmn:userTask id="fixed" zx:assignee="chosen"/>'
    '<bpmn:userTask id="lane"/>'
    '<bpmn:parallelGateway id="j"/><bpmn:endEvent id="e"/>'
    + chain("s", "f")
    + "".join(chain("f", task, "j") for task in ("role", "data", "several", "fixed", "lane"))
    + chain("j", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "f", "role", "data", "several", "fixed", "lane", "j", "e")}</bpmn:laneSet>'
ALL = ("role", "data", "several", "fixed", "lane")


class Project:
    """A case with a team, and one instance with five tasks that each say otherwise whose they are."""

    def __init__(self) -> None:
        self.world = World(trial(process(BODY, lanes=LANES), MANIFEST + FIELD))
        self.world.hire("boss", "SMO")
        for name in ("old", "new", "third", "guest"):
            self.world.hire(name)
        self.case = self.world.journal.new_stream(StreamKind.CASE)
        version = self.world.procedure.digest
        asked = {"procedure": "trial", "version": version, "data": Context({"lead": self.world.people["old"]})}
        self.world.do(OpenCase, "boss", self.case, **asked, process=None, input=Context())
        self.team("old")
        self.stream = self.world.journal.new_stream(StreamKind.INSTANCE)
        given = {"case": self.case, "version": version, "process": "p"}
        self.world.do(StartInstance, None, self.stream, **given, input=Context({"chosen": self.world.people["old"]}))

    def team(self, *names: str) -> None:
        persons = tuple(self.world.people[name] for name in names)
        self.world.do(AssignCaseRole, None, self.case, role="SALES", persons=persons)

    def lead(self, name: str) -> None:
        self.world.do(SetCaseData, None, self.case, data=Context({"lead": self.world.people[name]}))

    def ask_again(self, **because: str) -> dict[str, TaskReassigned]:
        entry = self.world.do(ReassignTasks, None, self.stream, **(because or {"role": "SALES"}))
        found = [event for event in entry.events if isinstance(event, TaskReassigned)]
        assert len(found) == len(entry.events)
        elements = {task.id: task.element for task in self.world.instance(self.stream).tasks.values()}
        return {elements[event.task]: event for event in found}

    def act(self, command: type[Command], who: str, element: str, **fields: object) -> None:
        self.world.do(command, who, self.stream, task=self.world.task(self.stream, element).id, **fields)

    def whose(self, element: str) -> set[str]:
        """Who may complete the task, tried in a copy of the world; nothing is changed."""
        able = set()
        task = self.world.task(self.stream, element)
        for name in self.world.people:
            kept = dict(self.world.journal.states), list(self.world.journal.kept[self.stream])
            windows = dict(self.world.journal.windows)
            try:
                self.world.do(CompleteTask, name, self.stream, task=task.id, data=Context())
                able.add(name)
            except Refused:
                pass
            self.world.journal.states, self.world.journal.kept[self.stream] = kept
            self.world.journal.windows = windows
        return able

    def proven(self) -> bool:
        journal = self.world.journal
        found = replay.re_execute(
            StreamKind.INSTANCE,
            self.stream,
            journal.entries(self.stream),
            procedure=lambda _entry, _state: self.world.procedure,
            surroundings=journal.surroundings,
        )
        return found.verdict is Verdict.IDENTICAL


@pytest.fixture
def project() -> Project:
    return Project()


def test_a_new_holder_has_the_tasks_that_ask_for_the_role(project: Project) -> None:
    assert {element: project.whose(element) for element in ALL} == {element: {"old"} for element in ALL}
    project.team("new")
    moved = project.ask_again()
    assert moved.keys() == {"role"}
    old, new = project.world.people["old"], project.world.people["new"]
    event = moved["role"]
    assert (event.before, event.assignee, event.persons, event.role, event.kept) == (
        (old,),
        new,
        (new,),
        "SALES",
        False,
    )
    assert project.whose("role") == {"new"}
    assert project.whose("lane") == {"new"}  # whoever holds the role sees it at once
    assert project.whose("several") == {"old", "new"}
    assert project.whose("fixed") == {"old"}  # a name of its own, not of the case
    assert project.ask_again() == {}
    assert project.proven()


def test_who_stands_in_the_data_of_the_case_is_asked_again(project: Project) -> None:
    project.lead("new")
    moved = project.ask_again(field="lead")
    assert moved.keys() == {"data", "several"}
    assert (project.whose("data"), project.whose("several")) == ({"new"}, {"old", "new"})
    assert {event.field for event in moved.values()} == {"lead"}
    assert project.proven()


def test_what_the_former_holder_has_in_hand_goes_to_the_new_one_unopened(project: Project) -> None:
    for element in ("role", "lane"):
        project.act(ClaimTask, "old", element)
        project.act(OpenTask, "old", element)
    project.team("new", "third")
    assert project.ask_again().keys() == {"role", "lane"}
    for element, able in (("role", {"new"}), ("lane", {"new", "third"})):
        task = project.world.task(project.stream, element)
        assert (task.stage, task.holder, task.opened) == (Stage.OFFERED, None, False)
        assert project.whose(element) == able
    assert project.proven()


def test_who_still_may_keeps_what_they_have_in_hand(project: Project) -> None:
    project.act(ClaimTask, "old", "several")
    project.lead("new")  # still offered to the role that the holder has
    assert project.ask_again(field="lead")["several"].kept
    assert project.world.task(project.stream, "several").holder == project.world.people["old"]
    assert project.whose("several") == {"old"}
    project.team("old", "new")
    assert project.ask_again() == {}


def test_what_somebody_transferred_stays_with_whom_it_was_given_to(project: Project) -> None:
    project.team("old", "guest")
    project.act(TransferTask, "old", "role", to=project.world.people["guest"], reason="休假")
    project.team("new")
    assert project.ask_again() == {}
    assert project.whose("role") == {"guest"}


def test_whoever_helps_goes_on_for_the_new_holder(project: Project) -> None:
    project.act(DelegateTask, "old", "role", to=project.world.people["guest"], reason="请核对")
    project.act(
        AddSigner, "old", "data", persons=(project.world.people["guest"],), place=SignPlace.BEFORE, reason="请会签"
    )
    project.team("new")
    project.lead("new")
    assert project.ask_again().keys() == {"role", "data", "several"}
    for element in ("role", "data"):
        assert project.world.task(project.stream, element).holder == project.world.people["guest"]
        project.act(ResolveTask, "guest", element, opinion="可以")
        assert project.world.task(project.stream, element).holder == project.world.people["new"]
        assert project.whose(element) == {"new"}
    assert project.proven()


def test_what_is_done_and_only_signed_stays_who_did_it(project: Project) -> None:
    project.act(
        AddSigner, "old", "role", persons=(project.world.people["guest"],), place=SignPlace.AFTER, reason="请复核"
    )
    project.act(CompleteTask, "old", "role", data=Context())
    project.team("new")
    assert project.ask_again() == {}
    project.act(ResolveTask, "guest", "role", opinion="同意")
    assert project.world.instance(project.stream).performers["p:role"] == (project.world.people["old"],)


def test_a_rule_that_fails_leaves_the_task_with_whom_it_is(project: Project) -> None:
    project.world.do(SetCaseData, None, project.case, data=Context({"lead": None}))
    moved = project.ask_again(field="lead")
    assert (moved["data"].roles, moved["data"].assignee) == (("SALES",), None)  # nobody is named: its lane
    assert "several" not in moved  # null is no person: the rule fails


def test_only_the_worker_asks_and_of_an_ended_instance_nothing_is_asked(project: Project) -> None:
    with pytest.raises(Refused) as refusal:
        project.world.do(ReassignTasks, "boss", project.stream, role="SALES")
    assert refusal.value.reason is Reason.NOT_ALLOWED
    project.world.do(TerminateInstance, "boss", project.stream, reason="不再需要")
    project.team("new")
    assert project.world.do(ReassignTasks, None, project.stream, role="SALES").events == ()


def away(project: Project, name: str) -> None:
    """The person is not there this month, and nobody acts for them."""
    who = project.world.people[name]
    project.world.do(ReportAbsence, None, ORGANISATION, person=who, first=Date(2026, 3, 1), last=Date(2026, 3, 31))


def test_who_is_away_since_keeps_their_task_when_nobody_came_in_their_place(project: Project) -> None:
    project.act(ClaimTask, "old", "data")
    project.team("old", "third")
    away(project, "old")
    assert project.ask_again() == {}
    assert project.world.task(project.stream, "data").holder == project.world.people["old"]
    assert project.world.task(project.stream, "role").assignee == project.world.people["old"]


def test_a_task_passes_a_new_person_who_is_away_and_the_record_says_why(project: Project) -> None:
    away(project, "new")
    project.lead("new")
    entry = project.world.do(ReassignTasks, None, project.stream, field="lead")
    task = project.world.task(project.stream, "data")
    moved, passed = [event for event in entry.events if event.task == task.id]  # type: ignore[attr-defined]  # all are of tasks
    assert isinstance(moved, TaskReassigned)
    assert (moved.assignee, moved.roles, moved.before) == (None, ("SALES",), (project.world.people["old"],))
    assert passed == AssigneePassed(
        task=task.id, person=project.world.people["new"], until=Date(2026, 3, 31), roles=("SALES",)
    )
    assert project.whose("data") == {"old"}  # of the lane's role
    assert project.proven()


def test_the_record_names_the_role_in_which_it_is_done_not_one_that_was_lost(project: Project) -> None:
    project.act(ClaimTask, "old", "several")
    assert project.world.task(project.stream, "several").role == "SALES"
    project.team("new")
    assert "several" not in project.ask_again()  # they are named, too
    task = project.world.task(project.stream, "several")
    entry = project.world.do(CompleteTask, "old", project.stream, task=task.id, data=Context())
    (done,) = [event for event in entry.events if isinstance(event, TaskCompleted)]
    assert (done.person, done.role) == (project.world.people["old"], None)
    assert project.proven()
