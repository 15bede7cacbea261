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
from storage.database import Database
from storage.migrations import upgrade
from storage.submission import Store
from tests.bpmn.shipped import FOLDER, PROCESS
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
}


def test_the_scenarios_cover_what_people_do() -> None:
    steps = [step for scenario in FOUND.values() for step in scenario["steps"]]
    done = {step["do"] for step in steps if "do" in step}
    assert done == {"complete", "claim", "open", "transfer", "delegate", "resolve", "urge", "waive", "deputy", "tick"}
    assert {step["refused"] for step in steps if "refused" in step} == {"not-allowed", "separation-of-duties"}
    assert {scenario["input"]["entry"] for scenario in FOUND.values()} == {"new", "renewal", "change"}


def test_every_task_and_every_way_is_taken_by_a_scenario() -> None:
    steps = [step for scenario in FOUND.values() for step in scenario["steps"] if step.get("do") == "complete"]
    taken = {(step["element"], step["data"].get(key)) for step in steps for key in ("accept", "decision", "result")}
    for element, answers in {
        "T01_02": {"受理", "退回补充", "不受理"},
        "T01_05": {"通过", "退回修改", "不通过"},
        "T01_05D": {"终止", "退回修改"},
        "T01_08": {"确认", "提出修改", "拒绝", "未回复"},
    }.items():
        assert {answer for key, answer in taken if key == element and answer} == answers
    assert {step["element"] for step in steps} == {
        *(f"T01_0{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9)),
        "T01_05D",
        "T01_08E",
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
    assert scenario["process"] == PROCESS
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
