"""Milestones in a database: rows that come, move, occur and go with what they depend on; on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from engine import temporal
from engine.calendar import Calendar
from engine.commands import (
    ChangeCalendar,
    ChangeSetting,
    CloseCase,
    Envelope,
    GrantRole,
    RevokeRole,
    SetCaseData,
    WaiveMilestone,
)
from engine.errors import Refused
from engine.stream import ORGANISATION
from engine.value import Context, number
from jobs import clock, health, lease, milestones
from storage import checkpoint, erasure, schema, verification
from storage.database import Database
from storage.inbox import watched
from storage.milestones import PASSED, STARTED, WAIVED, happened, listed
from storage.moments import NEVER
from storage.rebuild import rebuild
from tests.engine.world import MANIFEST
from tests.storage.company import Company
from tests.storage.office import BEFORE_END, BY_SETTING, CASE, DAILY, Office, at, day, local, timed


def test_each_open_case_has_its_row_and_a_closed_one_has_none_any_more(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    one, other = office.case(ends=day("2026-12-31")), office.case()
    assert office.tick() == 0
    assert office.rows() == [(one, str(one), "running", "2026-10-02T09:00:00"), (other, str(other), "running", None)]
    office.ask(SetCaseData, other, None, data=Context({"ends": day("2027-01-31")}))
    office.ask(CloseCase, one, None, outcome="到期")
    office.tick()
    assert office.rows() == [
        (one, str(one), "completed", None),
        (other, str(other), "running", "2026-11-02T09:00:00"),
    ]
    assert office.proven()


def test_a_moment_that_comes_is_recorded_and_starts_one_instance(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    case = office.case(ends=day("2026-12-31"))
    office.tick()
    office.now = at("2026-10-02T08:59:59")
    assert office.tick() == 0
    office.now = at("2026-10-02T09:00:00")
    assert office.tick() == 1
    assert office.tick() == 0
    assert office.history() == [(STARTED, "2026-10-02T09:00:00")]
    ((started, payload),) = office.started()
    assert started == case
    assert isinstance(payload, Context)
    assert (payload["key"], payload["number"]) == (str(case), number(1))
    assert office.rows() == [(case, str(case), "running", None)]
    with database.read() as connection:
        (found,) = happened(connection, office.stream(), 10)
        assert found.instance == connection.execute(select(schema.instance.c.stream_no)).scalar_one()
    assert office.proven()


def test_a_milestone_that_is_due_and_that_nobody_attends_to_is_told_of(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    office.case(ends=day("2026-12-31"))
    office.tick()
    office.now = at("2026-10-02T09:00:00")
    found = health.of(database, office.now)
    assert (found.timers, found.oldest, found.is_late) == (1, at("2026-10-02T09:00:00"), False)
    office.now = at("2026-10-02T09:06:00")
    assert health.of(database, office.now).is_late
    office.tick()
    assert health.of(database, office.now).timers == 0


def test_members_come_and_go_by_the_next_tick(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle", "zx:per='persons in role(\"SMO\")'")
    office.tick()
    chen, mr = office.people["chen"].id, office.people["mr"].id
    assert [(key, status) for _, key, status, _ in office.rows()] == [(chen, "running")]
    office.ask(GrantRole, ORGANISATION, None, person=office.people["mr"], role="SMO")
    office.tick()
    office.ask(RevokeRole, ORGANISATION, None, person=office.people["chen"], role="SMO")
    office.tick()
    assert [(key, status) for _, key, status, _ in office.rows()] == [(chen, "completed"), (mr, "running")]
    assert office.proven()


def test_people_whom_no_rule_asks_for_make_the_clock_look_at_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    office.case(ends=day("2026-12-31"))
    office.tick()
    looked: list[int | None] = []
    scope = milestones.follow
    monkeypatch.setattr(milestones, "follow", lambda store, key, case: (looked.append(case), scope(store, key, case)))
    office.ask(GrantRole, ORGANISATION, None, person=office.people["mr"], role="SMO")
    office.tick()
    assert looked == []
    case = office.case()
    office.tick()
    assert looked == [case]


def test_a_setting_a_version_and_a_calendar_move_what_reads_them(database: Database) -> None:
    office = Office(database, BY_SETTING, extensions='zx:per="case"')
    office.case(ends=day("2026-12-31"))
    office.tick()
    assert office.rows()[0][3] == "2026-10-02T09:00:00"
    office.ask(ChangeSetting, ORGANISATION, None, procedure="trial", key="days_before", value=number(60))
    office.tick()
    assert office.rows()[0][3] == "2026-11-01T09:00:00"
    working = 'if case.ends = null then null else date and time(working days after(case.ends, -1), time("09:00:00"))'
    office.revise(working, extensions='zx:per="case"')
    office.tick()
    assert office.rows()[0][3] == "2026-12-30T09:00:00"
    office.ask(ChangeCalendar, ORGANISATION, None, calendar=with_day_off("2026-12-30"))
    office.tick()
    assert office.rows()[0][3] == "2026-12-29T09:00:00"
    assert office.proven()


def with_day_off(text: str) -> Context:
    """The calendar that ships, with one more day off."""
    shipped = Calendar.shipped()
    off = {**shipped.holidays, temporal.parse_date(text): "台风"}
    return Calendar(holidays=off, make_up_days=shipped.make_up_days, complete_until=2026).to_value()


@pytest.mark.parametrize("way", ["each", "latest"])
def test_an_outage_is_caught_up_as_the_model_says(database: Database, way: str) -> None:
    office = Office(database, DAILY, "timeCycle", f'zx:catchUp="{way}"')
    office.tick()
    office.later(days=3, hours=1)
    assert office.tick() == (3 if way == "each" else 1)
    days = ["2026-03-03T12:00:00", "2026-03-04T12:00:00", "2026-03-05T12:00:00"]
    outcomes = [STARTED] * 3 if way == "each" else [PASSED, PASSED, STARTED]
    assert office.history() == list(zip(outcomes, days, strict=True))
    numbers = [payload["number"] for _, payload in office.started() if isinstance(payload, Context)]
    assert numbers == ([number(1), number(2), number(3)] if way == "each" else [number(3)])
    assert office.proven()


def test_more_occurrences_than_a_tick_catches_up_wait_for_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milestones, "IN_A_ROW", 2)
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    office.later(days=5)
    assert [office.tick() for _ in range(4)] == [2, 2, 1, 0]
    assert len(office.started()) == 5


def test_whoever_has_the_right_waives_and_the_record_says_who(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    planned = temporal.parse_date_time("2026-03-03T12:00:00@Asia/Shanghai")
    for who in ("chen", None):
        with pytest.raises(Refused, match="expected a holder of MR"):
            office.ask(WaiveMilestone, office.stream(), who, planned=planned, reason="春节")
    office.ask(WaiveMilestone, office.stream(), "mr", planned=planned, reason="春节")
    office.later(days=1)
    assert office.tick() == 0
    office.later(days=1)
    assert office.tick() == 1
    assert office.history() == [(WAIVED, "2026-03-03T12:00:00"), (STARTED, "2026-03-04T12:00:00")]
    with database.read() as connection:
        found = happened(connection, office.stream(), 10)[-1]
    assert (found.person, found.instance) == (office.people["mr"].id, None)
    assert office.proven()


def versions(office: Office) -> list[str]:
    """The version of each instance."""
    with office.database.read() as connection:
        query = select(schema.instance.c.version).order_by(schema.instance.c.stream_no)
        return list(connection.execute(query).scalars())


def test_rows_follow_the_version_in_force_and_instances_begin_on_it(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    first = office.procedure.digest
    office.later(days=1)
    office.tick()
    office.revise('duration("P2D")', "timeCycle")
    office.tick()
    assert (versions(office), office.rows()[0][3]) == ([first], "2026-03-04T12:00:00")
    office.later(days=1)
    assert office.tick() == 1
    assert versions(office) == [first, office.procedure.digest]
    office.revise('duration("P2D")', "timeCycle", 'zx:per="member"')
    office.tick()
    assert [status for _, _, status, _ in office.rows()] == ["completed", "running", "running", "running", "running"]
    assert office.proven()


def test_a_version_that_came_a_moment_before_is_followed_when_the_moment_comes(database: Database) -> None:
    """The tick looks at what changed first: no old rule lets anything happen."""
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    office.later(days=1)
    office.revise('duration("P7D")', "timeCycle")
    assert office.tick() == 0
    assert office.history() == []


def test_a_version_of_a_later_moment_is_followed_from_then_on(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    first = office.procedure.digest
    office.revise('duration("P2D")', "timeCycle", effective=office.now + timedelta(days=1, hours=1))
    for _ in range(2):  # looking at what is planned leaves nothing to be done at every tick
        office.tick()
        with database.read() as connection:
            assert not connection.execute(health.is_due(office.now)).one().timers
    office.later(days=1)
    assert office.tick() == 1
    office.later(hours=1)
    office.tick()
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.reckoning)).scalar_one() == 0
    assert (versions(office), office.rows()[0][3]) == ([first], "2026-03-04T12:00:00")
    office.later(days=1)
    assert office.tick() == 1
    assert versions(office) == [first, office.procedure.digest]
    assert office.proven()


def test_what_was_due_before_a_planned_version_is_made_up_for_after_an_outage(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    first = office.procedure.digest
    office.later(hours=1)
    office.revise('duration("P7D")', "timeCycle", effective=office.now + timedelta(days=2))
    office.tick()
    office.later(days=2, hours=1)  # nobody looks while two moments come, and the version after them
    assert office.tick() == 0
    assert versions(office) == [first, first]
    office.tick()
    assert office.rows()[0][3] == "2026-03-09T12:00:00"
    with database.read() as connection:
        assert not connection.execute(health.is_due(office.now)).one().timers
    assert office.proven()


def test_a_case_that_closed_between_occurrence_and_start_leaves_a_job_for_a_person(database: Database) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    case = office.case(ends=day("2026-12-31"))
    office.tick()
    office.now = at("2026-10-02T09:00:00")
    clock.tick(office.store)
    office.ask(CloseCase, case, None, outcome="提前结束")
    for _ in range(8):
        office.tick()
        office.later(hours=2)
    assert office.started() == []
    with database.read() as connection:
        (job,) = lease.listed(connection, office.now, 10)
    assert job.standing is lease.Standing.PARKED
    assert "expected" in job.problem.en


def test_a_rule_that_fails_is_told_on_the_row_and_goes_on_when_it_is_right(database: Database) -> None:
    office = Office(database, "date and time(case.level)", extensions='zx:per="case"')
    case = office.case(level="soon")
    office.tick()
    assert office.rows() == [(case, str(case), "running", None)]
    office.ask(SetCaseData, case, None, data=Context({"level": "2026-04-01T09:00:00"}))
    office.tick()
    assert office.rows()[0][3] == "2026-04-01T09:00:00"
    office.revise('if last = null then @"2026-04-01" else case.level', extensions='zx:per="case"')
    office.now = at("2026-04-02T00:00:00")
    office.tick()
    with database.read() as connection:
        (row,) = listed(connection, "trial", case, 0, 10)
    assert (row.due, row.status) == (NEVER, "running")
    assert "expected a date and time, a duration or null" in row.problem.en
    assert row.problem.zh
    assert office.proven()


def test_a_calendar_that_changes_moves_timers_due_moments_and_their_rows(database: Database) -> None:
    body, lanes = timed(DAILY, "timeCycle")
    body = body.replace(
        '<bpmn:userTask id="write"/>',
        '<bpmn:userTask id="write" zx:due="working days after(task.created, 3)" zx:escalation="M"/>',
    )
    classes = '[escalation.M]\nzh = "里程碑"\nen = "Milestone"\nsteps = [{ after = 0, to = ["MR"] }]\n'
    office = Office.__new__(Office)
    Company.__init__(office, database, body, lanes, {"procedure.toml": (MANIFEST + CASE + classes).encode()})
    office.tick()
    office.later(days=1)
    office.tick()
    with database.read() as connection:
        stream = connection.execute(select(schema.instance.c.stream_no)).scalar_one()
    office.ask(ChangeCalendar, ORGANISATION, None, calendar=with_day_off("2026-03-05"))
    office.tick()
    due_rows = select(schema.task.c.due, schema.timer.c.due, schema.inbox.c.due).where(
        schema.task.c.stream_no == stream, schema.timer.c.stream_no == stream, schema.inbox.c.task == schema.task.c.task
    )
    with database.read() as connection:
        (moments,) = connection.execute(due_rows).all()
    assert {local(found) for found in moments} == {"2026-03-09T12:00:00"}
    office.now = at("2026-03-09T12:00:00")
    office.tick()
    with database.read() as connection:
        items = watched(connection, [office.people["mr"].id])
    assert [(item.kind, item.element) for item in items] == [("watcher", "write")]
    assert office.proven()


def test_a_row_that_says_another_moment_than_its_entries_is_found(database: Database) -> None:
    office = Office(database, DAILY, "timeCycle")
    office.tick()
    with database.write() as connection:
        connection.execute(update(schema.milestone).values(due=NEVER))
    (finding,) = verification.verify(Company.again(office).store).findings
    assert "milestone" in finding.en
    assert any("table milestone" in found.en for found in rebuild(Company.again(office).store).differences)
    assert office.proven()


def test_the_milestones_of_a_case_are_disposed_of_with_it(database: Database, tmp_path: Path) -> None:
    office = Office(database, BEFORE_END, extensions='zx:per="case"')
    case = office.case(ends=day("2026-12-31"))
    office.tick()
    office.ask(CloseCase, case, None, outcome="完成")
    office.tick()
    milestone = office.stream()
    checkpoint.seal(database, checkpoint.key_at(tmp_path / "key"), office.now)
    envelope = Envelope(id="dispose", stream=ORGANISATION, at=office.now)
    erasure.dispose(office.store, envelope, case, "期满")
    assert office.rows() == []
    with database.read() as connection:
        gone = connection.execute(select(schema.disposed.c.stream_no)).scalars().all()
    assert sorted(gone) == sorted([case, milestone])
    assert office.tick() == 0
    assert office.proven()
