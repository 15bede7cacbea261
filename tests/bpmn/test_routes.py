"""The ways through P01: entries, who reviews, who answers, what a return asks for, when people are reminded."""

from __future__ import annotations

import pytest

from engine import temporal
from engine.commands import ClaimTask, FireTimer, TransferTask, WaiveSeparation
from engine.errors import Reason, Refused
from engine.instance import Timer
from engine.procedure import Procedure
from engine.value import Context, DateTime
from engine.words import TimerKind
from tests.bpmn.run import Run
from tests.bpmn.shipped import PROCESS, PROCESSES


@pytest.mark.parametrize(
    ("entry", "first"),
    [(None, "T01_01"), ("new", "T01_01"), ("renewal", "T01_04"), ("change", "T01_09")],
)
def test_a_need_a_renewal_and_a_change_begin_at_different_tasks(
    procedure: Procedure, entry: str | None, first: str
) -> None:
    assert Run.of(procedure, entry).waiting == [first]


def test_a_renewal_brings_the_device_check_and_the_needs_with_it(procedure: Procedure) -> None:
    run = Run.of(procedure, "renewal")
    brought = {"entry": "renewal", "device_check": Context({"match_rate": "98 %"}), "needs": "扩大到分院"}
    stream = run.world.start("wang", PROCESS, **brought)
    (scope,) = run.world.instance(stream).scopes.values()
    assert scope.variables == brought
    assert brought.keys() <= procedure.variables


def test_a_request_may_be_returned_for_completion_and_declined(procedure: Procedure) -> None:
    run = Run.of(procedure)
    run.done("wang", "T01_01")
    run.done("li", "T01_02", accept="退回补充", opinion="请补充预算依据")
    run.done("wang", "T01_01")
    run.done("li", "T01_02", accept="不受理", opinion="不具备服务能力")
    assert run.ended == ("End_declined",)


def test_research_and_writing_go_to_the_engineer_named_until_the_day_named(procedure: Procedure) -> None:
    run = Run.of(procedure).upto("T01_03")
    assert run.task.assignee == run.world.people["zhao"]
    assert run.task.due is not None
    assert temporal.format_date(run.task.due.date) == str(run.answer("T01_02")["due"])
    run.done("zhao", "T01_03")
    assert run.task.assignee == run.world.people["zhao"]


# ---------------------------------------------------------------- who reviews


@pytest.mark.parametrize(
    ("more", "renewal", "authors", "reviewers"),
    [
        ((), False, ["zhao"], ("SMO",)),
        ((), True, ["zhao"], ("PM",)),
        ((("qian", "PRE"),), True, ["qian"], ("SMO",)),
        ((("li", "PRE"),), False, ["li"], ("SMO",)),
        ((("li", "PRE"), ("chen", "PRE")), False, ["li", "chen"], ("SMG",)),
        ((("li", "PRE"), ("chen", "PRE"), ("qian", "PRE")), True, ["qian", "li", "chen"], ("SMG",)),
    ],
)
def test_service_management_reviews_new_business_the_project_manager_a_renewal_never_the_author(
    procedure: Procedure,
    more: tuple[tuple[str, str], ...],
    renewal: bool,
    authors: list[str],
    reviewers: tuple[str, ...],
) -> None:
    """Every return lets another person write; the rule counts all of them as authors."""
    run = Run.of(procedure, "renewal" if renewal else "change", (*more, ("wu", "PRE"), ("song", "PRE")))
    if not renewal:
        run.done("wu", "T01_09", change_note="按变更修改")
        run.done(_reviewer(run, authors), "T01_05", decision="退回修改", opinion="请改")
    run.done(authors[0], "T01_04", change_note="修改一")
    for author in authors[1:]:
        reviewer = _reviewer(run, authors)
        run.done(reviewer, "T01_05", decision="退回修改", opinion="请改")
        run.done(author, "T01_04", change_note="再次修改")
    assert run.task.roles == reviewers


@pytest.mark.parametrize(("authors", "reviewers"), [(["li"], ("SMO",)), (["li", "chen"], ("SMG",))])
def test_the_reviewer_is_found_in_the_same_way_within_a_whole_project(
    procedure: Procedure, authors: list[str], reviewers: tuple[str, ...]
) -> None:
    run = Run.of(procedure, "change", [(author, "PRE") for author in authors], process=PROCESSES["P00"])
    run.done(authors[0], "T01_09", change_note="按变更修改")
    for author in authors[1:]:
        run.done(_reviewer(run, authors), "T01_05", decision="退回修改", opinion="请改")
        run.world.do(ClaimTask, "zhao", run.stream, task=run.task.id)
        run.world.do(
            TransferTask, "zhao", run.stream, task=run.task.id, to=run.world.people[author], reason="改由同事编写"
        )
        run.done(author, "T01_04", change_note="修改一")
    assert run.task.roles == reviewers


def test_a_need_marked_as_a_renewal_is_reviewed_by_the_project_manager(procedure: Procedure) -> None:
    run = Run.of(procedure)
    run.done("wang", "T01_01", is_renewal=True)
    assert run.upto("T01_05").task.roles == ("PM",)


def test_an_author_in_service_management_leaves_the_review_to_another(procedure: Procedure) -> None:
    run = Run.of(procedure, more=(("li", "PRE"),)).upto("T01_05", author="li")
    with pytest.raises(Refused) as refused:
        run.claim("li")
    assert refused.value.reason is Reason.SEPARATION_OF_DUTIES
    run.claim("chen")


def test_whoever_modified_does_not_review(procedure: Procedure) -> None:
    run = Run.of(procedure, "change", more=(("wu", "SMO"),))
    run.done("wu", "T01_09", change_note="按变更修改")
    with pytest.raises(Refused) as refused:
        run.claim("wu")
    assert refused.value.reason is Reason.SEPARATION_OF_DUTIES


def test_the_management_representative_may_let_the_author_review(procedure: Procedure) -> None:
    run = Run.of(procedure, more=(("li", "PRE"),)).upto("T01_05", author="li")
    task, person = run.task.id, run.world.people["li"]
    fields = {"task": task, "person": person, "reason": "另一审核人休假"}
    with pytest.raises(Refused) as refused:
        run.world.do(WaiveSeparation, "chen", run.stream, **fields)
    assert refused.value.reason is Reason.NOT_ALLOWED
    run.world.do(WaiveSeparation, "zheng", run.stream, **fields)
    run.done("li", "T01_05")
    assert run.waiting == ["T01_07"]


@pytest.mark.parametrize(("decision", "then"), [("终止", None), ("退回修改", "T01_04")])
def test_service_management_decides_after_a_rejected_review(
    procedure: Procedure, decision: str, then: str | None
) -> None:
    run = Run.of(procedure).upto("T01_05")
    run.done("li", "T01_05", decision="不通过", opinion="超出服务能力")
    assert run.task.roles == ("SMO",)
    run.done("li", "T01_05D", decision=decision, opinion="按审核意见")
    assert (run.waiting, run.ended) == (([then], run.ended) if then else ([], ("End_stopped",)))


# ---------------------------------------------------------------- versions


def test_a_change_note_is_required_from_the_second_version_on(procedure: Procedure) -> None:
    run = Run.of(procedure).upto("T01_05")
    run.done("li", "T01_05", decision="退回修改", opinion="请补充")
    _refused_for(run, "zhao", "T01_04", "change_note")
    run.done("zhao", "T01_04", change_note="补充验收准则")
    assert run.waiting == ["T01_05"]


def test_a_modification_always_needs_a_change_note(procedure: Procedure) -> None:
    run = Run.of(procedure, "change")
    assert run.task.roles == ("L1", "PRE")
    _refused_for(run, "wu", "T01_09", "change_note")
    run.done("wu", "T01_09", change_note="新增一个站点")
    assert run.waiting == ["T01_05"]


# ---------------------------------------------------------------- the customer


@pytest.mark.parametrize(("who", "may"), [("huang", True), ("wang", True), ("zhao", False), ("li", False)])
def test_the_customer_answers_or_sales_on_their_behalf(procedure: Procedure, who: str, may: bool) -> None:
    run = Run.of(procedure).upto("T01_08")
    assert run.task.roles == ("CUST", "SALES")
    if may:
        run.done(who, "T01_08")
        assert run.ended == ("End_confirmed",)
    else:
        with pytest.raises(Refused) as refused:
            run.claim(who)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_a_customer_who_wants_changes_gets_a_new_review_and_a_new_sending(procedure: Procedure) -> None:
    run = Run.of(procedure).upto("T01_08")
    run.done("huang", "T01_08", result="提出修改", remarks="驻场改为三人")
    run.done("wu", "T01_09", change_note="驻场改为三人")
    run.done("li", "T01_05")
    run.done("zhao", "T01_07")
    run.done("huang", "T01_08")
    assert run.ended == ("End_confirmed",)


def test_a_customer_may_decline(procedure: Procedure) -> None:
    run = Run.of(procedure).upto("T01_08")
    run.done("huang", "T01_08", result="拒绝", remarks="预算取消")
    assert run.ended == ("End_abandoned",)


def test_a_silent_customer_is_reminded_twice_then_sales_follows_up_and_waits_again(procedure: Procedure) -> None:
    run = Run.of(procedure).upto("T01_08")
    timers = _reminders(run)
    assert [temporal.format_date(timer.due.date) for timer in timers.values()] == ["2026-03-09", "2026-03-12"]
    assert run.task.due is not None
    assert temporal.format_date(run.task.due.date) == "2026-03-16"
    for timer in list(timers.values()):
        run.world.now = temporal.to_datetime(timer.due)
        run.world.do(FireTimer, None, run.stream, timer=timer.id)
    assert run.waiting == ["T01_08"]
    run.done("wang", "T01_08", result="未回复", confirmed_by=None, confirmed_on=None, evidence=None)
    assert run.task.roles == ("SALES",)
    run.done("wang", "T01_08E", escalated_to=None)
    assert run.waiting == ["T01_08"]
    assert len(_reminders(run)) == 2


def test_due_dates_skip_days_off_and_count_make_up_days(procedure: Procedure) -> None:
    """The Spring Festival of 2026 takes 15 to 23 February; 14 and 28 February are worked."""
    run = Run.of(procedure)
    run.world.now = temporal.to_datetime(temporal.parse_date_time("2026-02-13T10:00:00@Asia/Shanghai"))
    second = run.world.start("wang", PROCESS, entry="renewal")
    (task,) = run.world.instance(second).tasks.values()
    assert isinstance(task.due, DateTime)
    assert temporal.format_date(task.due.date) == "2026-02-25"


def _reminders(run: Run) -> dict[str, Timer]:
    """The timers that remind; others tell more and more people."""
    timers = run.world.instance(run.stream).timers
    return {key: timer for key, timer in timers.items() if timer.kind is TimerKind.REMINDER}


def _reviewer(run: Run, authors: list[str]) -> str:
    """Somebody who may review what waits."""
    holders = {"PM": ["qian"], "SMO": ["li", "chen"], "SMG": ["song"]}
    (role,) = run.task.roles
    performed = {p for people in run.world.instance(run.stream).performers.values() for p in people}
    free = [name for name in holders[role] if name not in authors or run.world.people[name] not in performed]
    return free[0]


def _refused_for(run: Run, who: str, element: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        run.done(who, element)
    assert refused.value.reason is Reason.INVALID_DATA
    assert [fault.path for fault in refused.value.faults] == [field]
