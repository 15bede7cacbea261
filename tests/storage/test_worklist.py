"""The lists of a person's page, and by what cases are found, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from engine.case import Case
from engine.events import CaseDataSet
from engine.value import Context, Person, Ref, Value
from storage import accounts, case_search, past_work, preferences, schema, staffing, worklist
from storage.database import Database
from storage.moments import NEVER
from storage.worklist import Wish

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
WANG = Person("1.2.1")


def _offer(database: Database, number: int, rows: Sequence[tuple[str, str]], *, case: int = 10, due: int = 100) -> str:
    key = f"7.{number}.1"
    row: dict[str, Any] = {"task": key, "stream_no": 7, "case_no": case, "process": "p", "element": f"T01_{number}"}
    with database.write() as connection:
        if connection.execute(select(schema.instance)).first() is None:
            started = {"stream_no": 7, "process": "p", "version": "v", "status": "running", "started_at": 1}
            connection.execute(insert(schema.instance).values(**started))
        connection.execute(insert(schema.task).values(**row, stage="offered", due=due, offered_at=number))
        for kind, name in rows:
            where = {"task": key, "case_no": case, "kind": kind, "key": name, "due": due}
            connection.execute(insert(schema.inbox).values(**where, role=name if kind == "role" else ""))
    return key


def _listed(database: Database, wish: Wish, **more: Any) -> list[str]:
    with database.read() as connection:
        return [line.task for line in worklist.page(connection, wish, **more)]


def _set(database: Database, case_no: int, /, **data: Value) -> None:
    case = Case(stream=case_no, data=Context(data))
    changed = tuple(CaseDataSet(name=name, value=value) for name, value in data.items())
    with database.write() as connection:
        case_search.project(connection, case, changed)


def test_a_task_stands_once_however_many_reasons_there_are(database: Database) -> None:
    key = _offer(database, 1, [("role", "PM"), ("role", "SMO"), ("person", WANG.id)])
    assert _listed(database, Wish(mine=WANG.id, roles=["PM", "SMO"])) == [key]
    with database.read() as connection:
        assert worklist.counts(connection, Wish(mine=WANG.id, roles=["PM", "SMO"]), [50, 150]) == [0, 1, 0]


def test_the_next_task_is_of_the_same_case_before_any_more_urgent_one(database: Database) -> None:
    done = _offer(database, 1, [("holder", WANG.id)], case=10)
    _offer(database, 2, [("holder", "1.9.1")], case=10, due=1)
    urgent = _offer(database, 3, [("role", "PM")], case=11, due=50)
    near = _offer(database, 4, [("role", "PM")], case=10, due=400)
    wish = Wish(mine=WANG.id, roles=["PM"])
    with database.read() as connection:
        assert worklist.following(connection, wish, done, 10) == near
        assert worklist.following(connection, wish, done, 12) == urgent
        assert worklist.following(connection, wish, done, None) == urgent
        assert worklist.following(connection, Wish(mine="1.8.1", roles=[]), done, 10) is None


def test_where_a_team_names_a_role_only_the_team_sees_its_tasks(database: Database) -> None:
    key = _offer(database, 1, [("role", "PM")])
    with database.write() as connection:
        connection.execute(insert(schema.case_role).values(case_no=10, role="PM", person="1.9.1"))
        staffing.settle(connection, 10)
    assert _listed(database, Wish(mine=WANG.id, roles=["PM"])) == []
    assert _listed(database, Wish(mine="1.9.1", roles=[])) == [key]
    with database.read() as connection:
        assert worklist.may_see(connection, Wish(mine="1.9.1", roles=[]), key)
        assert not worklist.may_see(connection, Wish(mine=WANG.id, roles=["PM"]), key)


def test_why_a_task_is_there_can_be_chosen(database: Database) -> None:
    mine = _offer(database, 1, [("holder", WANG.id)])
    roles = _offer(database, 2, [("role", "PM")])
    others = _offer(database, 3, [("person", "1.9.1")])
    wish = Wish(mine=WANG.id, roles=["PM"], for_others=["1.9.1"])
    found = {
        why: _listed(database, Wish(mine=WANG.id, roles=["PM"], for_others=["1.9.1"], why=why))
        for why in ("mine", "role", "deputy")
    }
    assert found == {"mine": [mine], "role": [roles], "deputy": [others]}
    assert _listed(database, wish) == [mine, roles, others]
    assert _listed(database, Wish(mine=WANG.id, roles=["PM"], why="deputy")) == []


def test_whoever_has_two_roles_in_a_team_misses_nothing_at_the_end_of_a_page(database: Database) -> None:
    keys = [_offer(database, number, [("role", "PM"), ("role", "CSL")], due=number) for number in range(1, 5)]
    keys += [_offer(database, 9, [("holder", WANG.id)], due=9)]
    with database.write() as connection:
        for role in ("PM", "CSL"):
            connection.execute(insert(schema.case_role).values(case_no=10, role=role, person=WANG.id))
        staffing.settle(connection, 10)
    assert _listed(database, Wish(mine=WANG.id, roles=[]), size=4) == keys[:4]
    assert _listed(database, Wish(mine=WANG.id, roles=[])) == keys


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_of_any_size_show_each_task_once_in_order(database: Database, newest_first: bool) -> None:
    keys = [_offer(database, number, [("role", "PM")], due=100 + number % 3) for number in range(1, 12)]
    wish = Wish(mine=WANG.id, roles=["PM"], newest_first=newest_first)
    whole = _listed(database, wish)
    by_due = sorted(keys, key=lambda key: (int(key.split(".")[1]) % 3, key))
    assert whole == (keys[::-1] if newest_first else by_due)
    for size in (1, 2, 5):
        seen: list[str] = []
        after = None
        while True:
            with database.read() as connection:
                lines = worklist.page(connection, wish, after, size)
            if not lines:
                break
            seen += [line.task for line in lines]
            after = lines[-1].place
        assert seen == whole


def test_a_span_of_due_moments_and_a_process_narrow_the_list(database: Database) -> None:
    early, late, never = (_offer(database, n, [("role", "PM")], due=due) for n, due in ((1, 10), (2, 20), (3, NEVER)))
    spans = [(-1, 20), (20, NEVER), (NEVER, NEVER + 1)]
    assert [_listed(database, Wish(mine="", roles=["PM"], due=span)) for span in spans] == [[early], [late], [never]]
    assert _listed(database, Wish(mine="", roles=["PM"], process="q")) == []
    assert len(_listed(database, Wish(mine="", roles=["PM"], process="p"))) == 3


def test_cases_are_found_by_two_characters_of_anything_short(database: Database) -> None:
    _set(database, 10, title="市第一人民医院运维", number="FW20260001", customer=Ref("customer", "C-0107"))
    _set(database, 11, title="一医院人民公园", number="FW20260002")
    _offer(database, 1, [("role", "PM")], case=10)
    _offer(database, 2, [("role", "PM")], case=11)

    def found(text: str) -> int:
        return len(_listed(database, Wish(mine="", roles=["PM"], text=text)))

    assert {
        text: found(text)
        for text in ("医院", "人民医院", "fw2026", "FW20260002", "C-0107", "公园", "医", "没有", "医院\0", "\0\0")
    } == {
        "医院": 2,
        "人民医院": 1,
        "fw2026": 2,
        "FW20260002": 1,
        "C-0107": 1,
        "公园": 1,
        "医": 0,
        "没有": 0,
        "医院\0": 2,
        "\0\0": 0,
    }


def test_what_a_case_is_no_longer_called_does_not_find_it(database: Database) -> None:
    _set(database, 10, title="旧名称")
    _set(database, 10, title="新名字")
    with database.read() as connection:
        assert case_search.values_of(connection, [10]) == {10: {"title": "新名字"}}
        for text, count in (("旧名", 0), ("新名", 1)):
            query = case_search.cases_with(text)
            assert query is not None
            assert len(connection.execute(query).all()) == count
    _set(database, 10, title=None)
    with database.read() as connection:
        assert connection.execute(select(schema.case_word)).all() == []


@given(text=st.text("甲乙丙丁abAB12 -,", max_size=40), place=st.integers(0, 40), length=st.integers(2, 12))
def test_whatever_part_of_a_text_is_looked_for_has_no_pair_the_text_has_not(text: str, place: int, length: int) -> None:
    assert set(case_search.words(text[place : place + length])) <= set(case_search.words(text))


def test_what_was_done_is_listed_newest_first_by_pages(database: Database) -> None:
    keys = [_offer(database, number, []) for number in range(1, 6)]
    with database.write() as connection:
        for at, key in enumerate(keys):
            change = schema.task.update().where(schema.task.c.task == key)
            connection.execute(change.values(closed_at=at // 2, closed_by=WANG.id, stage="completed"))
    with database.read() as connection:
        whole = past_work.done(connection, WANG.id)
        assert [line.closed_at for line in whole] == [2, 1, 1, 0, 0]
        rest = past_work.done(connection, WANG.id, whole[1].place)
    assert [line.task for line in rest] == [line.task for line in whole[2:]]


# ------------------------------------------------------------------ accounts and what people keep for themselves


def test_attempts_are_counted_by_key_and_span(database: Database) -> None:
    span = timedelta(minutes=10)
    first = [accounts.admitted(database, "a", NOW, 2, span) for _ in range(3)]
    assert first == [True, True, False]
    assert accounts.admitted(database, "b", NOW, 2, span)
    assert accounts.admitted(database, "a", NOW + span, 2, span)
    with database.read() as connection:
        assert len(connection.execute(select(schema.attempt)).all()) == 2


def test_a_session_is_found_by_its_cookie_until_it_ends(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(schema.handle).values(handle="wang", person=WANG.id, name="王芳"))
    accounts.set_password(database, WANG, "hash", NOW, one_time=False)
    token = accounts.begin(database, WANG, NOW, "127.0.0.1", "x" * 999)
    later = NOW + accounts.IDLE
    with database.read() as connection:
        found = accounts.visitor(connection, token, NOW)
        assert found is not None
        assert (found.handle, found.name, found.session.person) == ("wang", "王芳", WANG)
        assert accounts.visitor(connection, token + "x", NOW) is None
        assert accounts.visitor(connection, token, later) is None
    accounts.seen(database, found.session, NOW + timedelta(hours=1))
    with database.read() as connection:
        assert accounts.visitor(connection, token, later) is not None
    accounts.enable(database, WANG, enabled=False)
    with database.read() as connection:
        assert accounts.visitor(connection, token, NOW) is None


def test_read_marks_and_filters_are_kept_for_each_person(database: Database) -> None:
    key = _offer(database, 1, [("role", "PM")])
    preferences.mark_read(database, WANG, [key, key])
    preferences.keep(database, WANG, "inbox", {"why": "mine"})
    preferences.keep(database, WANG, "inbox", {"why": "role"})
    preferences.keep(database, WANG, "inbox", {"why": "x" * preferences.LONGEST})
    with database.read() as connection:
        assert preferences.read_by(connection, WANG, [key]) == {key}
        assert preferences.read_by(connection, Person("1.9.1"), [key]) == frozenset()
        assert preferences.kept(connection, WANG, "inbox") == {"why": "role"}


def test_whoever_is_forgotten_leaves_nothing(database: Database) -> None:
    accounts.set_password(database, WANG, "hash", NOW, one_time=True)
    accounts.begin(database, WANG, NOW, "", "")
    preferences.mark_read(database, WANG, ["1.1.1"])
    preferences.keep(database, WANG, "inbox", {"why": "mine"})
    with database.write() as connection:
        accounts.forget(connection, WANG)
        assert [connection.execute(select(table)).first() for table in accounts.PERSONAL] == [None] * len(
            accounts.PERSONAL
        )
