"""A case: who opens it, who changes its data and team, what it refuses."""

import pytest

from engine.case import Case
from engine.commands import (
    AssignCaseRole,
    CloseCase,
    Command,
    DraftDocument,
    IssueDocument,
    OpenCase,
    ReviewDocument,
    SetCaseData,
)
from engine.errors import Reason, Refused
from engine.events import CaseClosed, CaseDataSet, CaseOpened, FollowUpScheduled
from engine.value import Context, Person, Ref, number
from engine.words import Status, StreamKind
from tests.engine.test_work import BODY, LANES
from tests.engine.world import MANIFEST, World, process, trial

FIELDS = MANIFEST + (
    '[case]\nproject_name = { type = "text", zh = "项目名称", en = "Project name" }\n'
    'customer = { type = "ref", zh = "客户", en = "Customer" }\n'
    'budget = { type = "money", zh = "预算", en = "Budget" }\n'
)


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES), FIELDS))
    found.hire("wang", "SALES")
    found.hire("owner", "SMO")
    found.hire("guest")
    return found


def opened(world: World, who: str | None = "wang", **changes: object) -> int:
    stream = world.journal.new_stream(StreamKind.CASE)
    fields: dict[str, object] = {
        "procedure": "trial",
        "version": world.procedure.digest,
        "data": Context({"project_name": "运维服务"}),
        "process": "p",
        "input": Context(),
    }
    world.do(OpenCase, who, stream, **{**fields, **changes})
    return stream


def case(world: World, stream: int) -> Case:
    found = world.journal.states[stream]
    assert isinstance(found, Case)
    return found


def refused(world: World, command: type[Command], who: str | None, stream: int, **fields: object) -> Reason:
    before = world.journal.states[stream]
    with pytest.raises(Refused) as refusal:
        world.do(command, who, stream, **fields)
    assert world.journal.states[stream] == before
    return refusal.value.reason


def test_opening_a_case_sets_its_data_and_schedules_its_root_instance(world: World) -> None:
    stream = opened(world)
    (entry,) = world.journal.kept[stream]
    assert [type(event) for event in entry.events] == [CaseOpened, CaseDataSet, FollowUpScheduled]
    assert case(world, stream).data == Context({"project_name": "运维服务"})


@pytest.mark.parametrize("who", ["wang", "owner", None], ids=["first lane", "owner", "operator"])
def test_a_case_is_opened_by_whoever_may_start_its_process(world: World, who: str | None) -> None:
    assert case(world, opened(world, who)).status is Status.RUNNING


def test_a_deputy_opens_a_case_for_the_principal(world: World) -> None:
    world.deputise("wang", "guest")
    assert case(world, opened(world, "guest")).status is Status.RUNNING


def test_a_stranger_opens_no_case_and_nobody_opens_one_of_an_unknown_process(world: World) -> None:
    with pytest.raises(Refused) as stranger:
        opened(world, "guest")
    with pytest.raises(Refused) as unknown:
        opened(world, "wang", process="q")
    assert (stranger.value.reason, unknown.value.reason) == (Reason.NOT_ALLOWED, Reason.NOT_FOUND)


def test_whoever_opens_a_case_gives_its_process_only_what_it_asks_for(world: World) -> None:
    with pytest.raises(Refused, match="expected only no variables") as refusal:
        opened(world, "wang", input=Context({"review": Context({"decision": "通过"})}))
    assert refusal.value.reason is Reason.INVALID_DATA


def test_only_the_owner_opens_a_case_without_a_process(world: World) -> None:
    with pytest.raises(Refused, match="expected a holder of SMO"):
        opened(world, "wang", process=None)
    assert case(world, opened(world, "owner", process=None)).status is Status.RUNNING


@pytest.mark.parametrize(
    "data",
    [
        {"unknown": "x"},
        {"project_name": number(1)},
        {"customer": "C-1"},
        {"budget": "1000"},
        {"budget": True},
    ],
    ids=["unknown field", "number as text", "text as reference", "text as money", "boolean as money"],
)
def test_data_that_does_not_fit_the_schema_is_refused(world: World, data: dict[str, object]) -> None:
    stream = opened(world)
    given = Context(data)  # type: ignore[arg-type]  # the cases are values
    assert refused(world, SetCaseData, "owner", stream, data=given) is Reason.INVALID_DATA


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x85", "\u2028", "\u202e", "\u2066", "\u200f", "\ud800", "\x7f"])
def test_what_a_case_is_called_by_stands_in_one_line(sign: str) -> None:
    fields = FIELDS.replace('type = "text",', 'type = "text", shown = "title",')
    world = World(trial(process(BODY, lanes=LANES), fields.replace('type = "ref",', 'type = "ref", shown = "party",')))
    world.hire("wang", "SALES")
    world.hire("owner", "SMO")
    stream, name = opened(world), f"运维{sign}服务"
    for given in ({"project_name": name}, {"customer": Ref("customer", name)}, {"customer": Ref(name, "1")}):
        assert refused(world, SetCaseData, "owner", stream, data=Context(given)) is Reason.INVALID_DATA
    world.do(SetCaseData, "owner", stream, data=Context({"project_name": "运维\u3000服务 – “Größe” 👩\u200d💻"}))
    assert len(world.journal.kept[stream]) == 2


def test_other_data_of_a_case_may_have_several_lines(world: World) -> None:
    stream = opened(world)
    world.do(SetCaseData, "owner", stream, data=Context({"project_name": "运维\n服务"}))
    assert case(world, stream).data["project_name"] == "运维\n服务"


def test_data_changes_once_and_null_takes_it_away(world: World) -> None:
    stream = opened(world)
    given = Context({"customer": Ref("customer", "C-1"), "budget": number("1000.00")})
    assert len(world.do(SetCaseData, "owner", stream, data=given).events) == 2
    assert world.do(SetCaseData, "owner", stream, data=given).events == ()
    assert len(world.do(SetCaseData, "owner", stream, data=Context({"budget": None})).events) == 1


@pytest.mark.parametrize("who", ["wang", "guest"])
def test_who_has_no_right_to_the_case_changes_nothing(world: World, who: str) -> None:
    stream = opened(world)
    for command, fields in (
        (SetCaseData, {"data": Context({"project_name": "别的"})}),
        (AssignCaseRole, {"role": "SALES", "persons": (world.people["guest"],), "reason": "调岗"}),
        (CloseCase, {"outcome": "完成"}),
    ):
        assert refused(world, command, who, stream, **fields) is Reason.NOT_ALLOWED


def test_the_right_to_cases_may_be_given_to_another_role() -> None:
    world = World(trial(process(BODY, lanes=LANES), FIELDS.replace("[rights]", '[rights]\ncase = ["SALES"]')))
    world.hire("wang", "SALES")
    stream = opened(world)
    assert world.do(CloseCase, "wang", stream, outcome="完成").events == (CaseClosed(outcome="完成"),)


def test_roles_of_a_case_are_those_of_its_procedure_held_by_people_who_exist(world: World) -> None:
    stream = opened(world)
    nobody = (Person("9.9.9"),)
    someone = (world.people["guest"],)
    assert refused(world, AssignCaseRole, "owner", stream, role="CEO", persons=someone) is Reason.NOT_FOUND
    assert refused(world, AssignCaseRole, "owner", stream, role="SALES", persons=nobody) is Reason.NOT_FOUND
    world.do(AssignCaseRole, "owner", stream, role="SALES", persons=someone, reason="调岗")
    assert case(world, stream).roles == {"SALES": someone}


def test_whoever_changes_people_of_a_case_says_why_and_the_record_has_it() -> None:
    world = World(trial(process(BODY, lanes=LANES), FIELDS + 'lead = { type = "user", zh = "负责人", en = "Lead" }\n'))
    for name, role in (("wang", "SALES"), ("owner", "SMO"), ("guest", "MR")):
        world.hire(name, role)
    stream, guest = opened(world), world.people["guest"]
    given: list[tuple[type[Command], dict[str, object]]] = [
        (AssignCaseRole, {"role": "SALES", "persons": (guest,)}),
        (SetCaseData, {"data": Context({"lead": guest, "project_name": "运维"})}),
    ]
    for command, fields in given:
        for missing in ({}, {"reason": None}, {"reason": " \n"}, {"reason": "调岗\x00"}, {"reason": "长" * 2_001}):
            assert refused(world, command, "owner", stream, **fields, **missing) is Reason.INVALID_DATA
        events = world.do(command, "owner", stream, **fields, reason="调岗").events
        assert {event.reason for event in events} == {"调岗"}  # type: ignore[attr-defined]  # both kinds have one
        assert world.do(command, None, stream, **{**fields, "data": Context()} if "data" in fields else fields)
    world.do(SetCaseData, "owner", stream, data=Context({"project_name": "维修", "lead": guest}))  # the same as before


def test_nobody_assigns_a_role_of_a_case_to_themselves(world: World) -> None:
    stream = opened(world)
    guest, owner = world.people["guest"], world.people["owner"]
    for persons in ((owner,), (guest, owner)):
        assert refused(world, AssignCaseRole, "owner", stream, role="MR", persons=persons) is Reason.NOT_ALLOWED
    world.do(AssignCaseRole, "owner", stream, role="MR", persons=(guest,), reason="调岗")
    world.do(AssignCaseRole, None, stream, role="MR", persons=(owner,))
    assert case(world, stream).roles == {"MR": (owner,)}


def test_nobody_but_a_task_writes_reviews_or_issues_a_document(world: World) -> None:
    stream = opened(world)
    owner = world.people["owner"]
    for command, fields in (
        (DraftDocument, {"author": owner, "content": Context(), "change_note": ""}),
        (ReviewDocument, {"reviewer": owner, "approved": True, "opinion": ""}),
        (IssueDocument, {"number": "X-1"}),
    ):
        assert refused(world, command, "owner", stream, document="spec", **fields) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("outcome", ["", " \n", "完成\x00", "长" * 2_001])
def test_how_a_case_ended_is_said_in_words(world: World, outcome: str) -> None:
    stream = opened(world)
    assert refused(world, CloseCase, "owner", stream, outcome=outcome) is Reason.INVALID_DATA


def test_a_closed_case_changes_no_more(world: World) -> None:
    stream = opened(world)
    world.do(CloseCase, "owner", stream, outcome="完成")
    for command, fields in (
        (SetCaseData, {"data": Context()}),
        (CloseCase, {"outcome": "又一次"}),
        (DraftDocument, {"document": "d", "author": world.people["owner"], "content": Context(), "change_note": ""}),
    ):
        assert refused(world, command, None, stream, **fields) is Reason.WRONG_STATE
