"""The scenarios as data: real work of a service company in office hours, and what their runs leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import temporal
from engine.calendar import Calendar
from engine.document import DocumentStatus
from engine.errors import Text
from engine.procedure import Procedure
from storage.database import Database
from storage.migrations import upgrade
from storage.submission import Store
from tests.bpmn.shipped import FOLDER, PROCESSES
from web.cli import company
from web.cli.play import SimulatedClock, Unexpected, play, publish, scenarios
from web.cli.timetable import Timetable, begin

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FOUND = {scenario["key"]: scenario for scenario in scenarios(FOLDER)}
DOCUMENTS = {
    # what is left of the specification: version, status, sequence of its number
    "straight-through": ("A/0", DocumentStatus.ISSUED, "001"),
    "returned-twice": ("A/2", DocumentStatus.ISSUED, "001"),
    "five-roles": ("B/0", DocumentStatus.ISSUED, "001"),
    "customer-changes": ("B/0", DocumentStatus.ISSUED, "001"),
    "customer-silent": ("A/0", DocumentStatus.ISSUED, "001"),
    "author-reviews": ("A/0", DocumentStatus.ISSUED, "001"),
    "review-failed": ("A/1", DocumentStatus.REJECTED, None),
    "renewal": ("A/0", DocumentStatus.ISSUED, "001"),
    "change": ("A/0", DocumentStatus.ISSUED, "001"),
    "refused": None,
    "project-straight-through": ("A/0", DocumentStatus.ISSUED, "001"),
    "whole-project": ("B/0", DocumentStatus.ISSUED, "001"),
    "requirement-rejected-twice": ("A/2", DocumentStatus.ISSUED, "001"),
    "finance-declines": ("A/0", DocumentStatus.ISSUED, "001"),
    "manager-refuses": ("A/0", DocumentStatus.ISSUED, "001"),
    "manager-changes": ("A/0", DocumentStatus.ISSUED, "001"),
    "early-start": ("A/0", DocumentStatus.ISSUED, "001"),
    "early-start-declined": ("A/0", DocumentStatus.ISSUED, "001"),
    "early-start-overtaken": ("A/0", DocumentStatus.ISSUED, "001"),
    "general-manager-rejects": None,
    "signature-chased": None,
    "initiation-returned": None,
}
CASES = {
    # what is known of the case in the end
    "project-straight-through": {"state": "已立项", "contract_no": "HT20260001", "project_no": "FW20260001", "level": "A", "amount": 680_000},
    "finance-declines": {"state": "已放弃", "contract_no": "HT20260001", "closing_reason": "客户不接受涨价", "project_no": None},
    "early-start": {"state": "已签订", "early_start": True, "project_no": "FW20260001"},
    "early-start-declined": {"state": "已放弃", "early_start": True, "closing_reason": "客户预算被取消"},
    "early-start-overtaken": {"state": "已立项", "early_start": False, "project_no": "FW20260001"},
    "initiation-returned": {"state": "已立项", "level": "C", "project_no": "FW20260001", "repository_no": "ZX-LIB-FW20260001-01"},
    "general-manager-rejects": {"state": "合同评审", "amount": 920_000},
}  # fmt: skip
PAPERS = {
    # contract and application: version, status, number
    "project-straight-through": {"contract": ("A/0", "issued", "HT20260001"), "project_application": ("A/0", "approved", None)},
    "finance-declines": {"contract": ("A/2", "drafted", None)},
    "general-manager-rejects": {"contract": ("A/1", "drafted", None)},
    "initiation-returned": {"project_application": ("A/3", "approved", None)},
    "early-start": {"contract": ("A/0", "issued", "HT20260001")},
}  # fmt: skip
MANAGERS = {"project-straight-through": "qian", "manager-refuses": "jiang", "manager-changes": "jiang"}
WAYS = {
    # element: its deciding field, and every answer
    "T00_01": ("decision", {"同意", "不同意"}),
    "T00_02": ("decision", {"同意", "不同意"}),
    "T00_05": ("accept", {"接收", "退回补充"}),
    "T00_06": ("decision", {"同意", "退回"}),
    "T01_02": ("accept", {"受理", "退回补充", "不受理"}),
    "T01_05": ("decision", {"通过", "退回修改", "不通过"}),
    "T01_05D": ("decision", {"终止", "退回修改"}),
    "T01_08": ("result", {"确认", "提出修改", "拒绝", "未回复"}),
    "T02_01": ("withdrawn", {None, True}),
    "T02_02": ("decision", {"通过", "退回"}),
    "T02_03": ("feasible", {"同意", "有条件同意", "不同意"}),
    "T02_04": ("decision", {"通过", "退回修改", "不通过"}),
    "T02_05": ("result", {"已签订", "客户拒签"}),
    "T03_02": ("conclusion", {"合格", "有条件", "不合格"}),
    "T03_03": ("decision", {"同意", "退回"}),
    "T03_04": ("decision", {"同意", "退回"}),
    "T03_05": ("accept", {"接受", "拒绝"}),
}


def test_the_scenarios_cover_what_people_do() -> None:
    steps = [step for scenario in FOUND.values() for step in scenario["steps"]]
    done = {step["do"] for step in steps if "do" in step}
    assert done == {
        "complete",
        "claim",
        "open",
        "transfer",
        "delegate",
        "resolve",
        "urge",
        "waive",
        "deputy",
        "tick",
        "message",
    }
    assert {step["refused"] for step in steps if "refused" in step} == {"not-allowed", "separation-of-duties"}
    assert {scenario["input"].get("entry", "new") for scenario in FOUND.values()} == {"new", "renewal", "change"}


def test_every_task_and_every_way_is_taken_by_a_scenario(procedure: Procedure) -> None:
    steps = [step for scenario in FOUND.values() for step in scenario["steps"] if step.get("do") == "complete"]
    for element, (field, answers) in WAYS.items():
        assert {step["data"].get(field) for step in steps if step["element"] == element} == answers, element
    elements = [e for key in PROCESSES.values() for e in procedure.model.processes[key].elements.values()]
    assert {step["element"] for step in steps} == {e.id for e in elements if e.kind == "userTask"}
    ends = {
        step["expect"]["ended"]
        for scenario in FOUND.values()
        for step in scenario["steps"]
        if "ended" in step.get("expect", {})
    }
    assert ends == {
        "End_confirmed",
        "End_declined",
        "End_stopped",
        "End_abandoned",
        "End_signed",
        "End_contract_refused",
        "End_initiated",
        "End_project_initiated",
        "End_project_abandoned",
        "End_chase",
    }


@pytest.mark.parametrize("key", FOUND)
def test_everybody_keeps_office_hours_and_rests_at_noon(key: str) -> None:
    timed = [step for step in FOUND[key]["steps"] if "at" in step]
    assert [(step["day"], step["at"]) for step in timed] == sorted((step["day"], step["at"]) for step in timed)
    for step in timed:
        assert "09:00" <= step["at"] <= "12:00" or "13:30" <= step["at"] <= "18:00", step


@pytest.mark.parametrize("key", FOUND)
def test_a_scenario_has_title_people_and_an_end(key: str) -> None:
    scenario = FOUND[key]
    assert scenario["title"]["zh"] != scenario["title"]["en"]
    assert scenario["process"] in PROCESSES.values()
    people = {row["handle"] for row in scenario["people"]}
    named = {step[name] for step in scenario["steps"] for name in ("as", "for", "to") if name in step}
    assert {scenario["starter"], *named} <= people
    assert scenario["steps"][-1]["expect"].keys() == {"ended"}


@given(minutes=st.integers(-30 * 1_440, 600 * 1_440))
def test_simulated_time_ends_by_now_and_begins_on_a_working_day(minutes: int) -> None:
    now = NOW - timedelta(minutes=minutes)
    calendar = Calendar.shipped()
    for scenario in FOUND.values():
        begun = begin(scenario, now)
        timetable = Timetable.on(begun)
        assert calendar.is_working_day(timetable.first)
        last = scenario["steps"][-2]
        ended = timetable.moment(last["day"], last["at"])
        assert begun < timetable.moment(1, scenario["opened_at"]) <= ended <= now
        later = Timetable(calendar.add_working_days(timetable.first, 1))
        assert later.moment(last["day"], last["at"]) > now  # not earlier than need be


@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_scenario_leaves_its_document_and_every_job_done(tmp_path: Path, key: str) -> None:
    said: list[Text] = []
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    clock = SimulatedClock(begin(FOUND[key], NOW))
    store = Store(database, clock)
    played = play(store, clock, FOUND[key], publish(store, FOLDER, "publish"), said.append)
    case = company.case_of(store, company.instance_of(store, played.instance))
    assert case is not None
    document = case.documents.get("service_requirements_specification")
    database.close()
    assert clock.now <= NOW
    assert len(said) == len([step for step in FOUND[key]["steps"] if "do" in step]) + 2
    expected = DOCUMENTS[key]
    if expected is None:
        assert document is None
        return
    version, status, sequence = expected
    assert document is not None
    number = None if sequence is None else f"ZX-SRS-PRE{case.stream}-2026{sequence}"
    assert (document.version, document.status, document.number) == (version, status, number)


@pytest.mark.parametrize("key", sorted(CASES | MANAGERS | PAPERS))
def test_a_scenario_leaves_the_data_and_the_team_of_its_case(tmp_path: Path, key: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    clock = SimulatedClock(begin(FOUND[key], NOW))
    store = Store(database, clock)
    played = play(store, clock, FOUND[key], publish(store, FOLDER, "publish"), lambda _: None)
    case = company.case_at(store, played.case)
    names = company.names_of(store)
    handles = {row["name"]: row["handle"] for row in FOUND[key]["people"]}
    database.close()
    wanted = CASES.get(key, {})
    assert {name: case.data.get(name) for name in wanted} == wanted
    papers = {name: case.documents[name] for name in PAPERS.get(key, {})}
    assert {name: (p.version, p.status, p.number) for name, p in papers.items()} == PAPERS.get(key, {})
    if key in MANAGERS:
        (manager,) = case.roles["PM"]
        assert case.data["pm"] == manager
        assert handles[names[manager.id]] == MANAGERS[key]


@pytest.mark.parametrize(
    "step",
    [
        {"day": 1, "at": "09:40", "as": "wang", "do": "claim", "element": "T01_05"},
        {"day": 1, "at": "09:40", "as": "wang", "do": "claim", "element": "T01_01", "refused": "not-allowed"},
        {"day": 1, "at": "09:40", "as": "wang", "do": "dance", "element": "T01_01"},
        {"day": 1, "at": "08:00", "as": "wang", "do": "claim", "element": "T01_01"},
        {"expect": {"waiting": ["T01_05"]}},
        {"expect": {"ended": "End_confirmed"}},
        {"day": 1, "at": "09:40", "do": "tick", "expect": {"fired": 1}},
    ],
)
def test_a_scenario_that_goes_another_way_is_stopped(tmp_path: Path, step: dict[str, object]) -> None:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    scenario = {**FOUND["straight-through"], "steps": [step]}
    clock = SimulatedClock(begin(FOUND["straight-through"], NOW))
    store = Store(database, clock)
    with pytest.raises(Unexpected):
        play(store, clock, scenario, publish(store, FOLDER, "publish"), lambda _: None)
    database.close()


def test_days_are_written_as_a_person_would_enter_them() -> None:
    timetable = Timetable(temporal.parse_date("2026-02-13"))
    assert timetable.text({"day": 1}) == "2026-02-13"
    assert timetable.text({"day": 3, "at": "09:30"}) == "2026-02-24T09:30"
    assert timetable.moment(2, "09:00") - timetable.moment(1, "09:00") == timedelta(days=1)
