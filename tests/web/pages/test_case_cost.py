"""What a page asks of the database does not grow with what happened."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, insert, select

from engine.commands import CloseCase, Envelope
from engine.errors import Refused
from engine.words import Channel
from storage import people, refusals, registers, schema, worklist
from storage.registers import Reader
from storage.worklist import Wish
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_cases import _every, _titled
from tests.web.pages.test_file import SCAN, attach


def _asking(house: House, visitor: Browser) -> Callable[[str], list[tuple[str, object]]]:
    """What is asked for one page, that was looked at before."""
    asked: list[tuple[str, object]] = []
    event.listen(house.store.database.reader, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))

    def look(address: str) -> list[tuple[str, object]]:
        for _ in range(2):
            asked.clear()
            visitor.page(address)
        return list(asked)

    return look


def _refuse(house: House, case: int, count: int) -> None:
    """So many refused requests, a second apart."""
    actor, before = people.known(house.store, "wang"), len(_refused(house, case))
    for number in range(before, before + count):
        house.clock.pass_by(seconds=1)
        envelope = Envelope(id=f"refused-{number}", stream=case, at=house.clock.now, actor=actor, channel=Channel.WEB)
        with pytest.raises(Refused):
            house.store.submit(CloseCase(envelope=envelope, outcome="done"))


def _refused(house: House, case: int) -> list[refusals.Kept]:
    with house.store.database.read() as connection:
        return refusals.of_streams(connection, [case])


@pytest.mark.parametrize("page", ["", "/history"])
def test_a_page_of_a_case_asks_the_same_of_a_long_history_as_of_a_short_one(house: House, page: str) -> None:
    case, li = _titled(house, "长江航运"), house.signed_in("li")
    look = _asking(house, li)
    attach(li, case, SCAN)
    _refuse(house, case, 2)
    few = len(look(f"/cases/{case}{page}"))
    for number in range(20):
        attach(li, case, SCAN + bytes([number]))
    _refuse(house, case, 20)
    assert 0 < len(look(f"/cases/{case}{page}")) <= few


def test_a_page_of_the_history_has_room_for_so_many_refusals_and_says_how_many_more_there_are(house: House) -> None:
    case, li = _titled(house, "长江航运"), house.signed_in("li")
    before = li.page(f"/cases/{case}/history").count("case-record-refused")
    _refuse(house, case, 70)
    page = li.page(f"/cases/{case}/history")
    assert page.count("case-record-refused") == 60
    assert f"这段时间里另有 {before + 10} 次被拒绝的请求" in page
    assert li.page(f"/cases/{case}").count("case-record-refused") == 8


@pytest.mark.parametrize("few", [0, 200])
def test_refusals_between_two_moments_are_those_of_all_that_lie_there(
    house: House, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _titled(house, "长江航运")
    _refuse(house, case, 9)
    monkeypatch.setattr(refusals, "FEW", few)
    every = _refused(house, case)
    moments = [None, *(one.at for one in every)]
    with house.store.database.read() as connection:
        for low in moments:
            for high in moments:
                inside = [one for one in every if (low is None or one.at >= low) and (high is None or one.at < high)]
                shown, more = refusals.between(connection, [case], low, high, 3)
                assert [one.number for one in shown] == [one.number for one in inside[-3:]]
                assert more == max(0, len(inside) - 3)


def test_a_program_reads_a_page_of_the_history_and_no_entry_before_it(house: House) -> None:
    case, li = _titled(house, "江南水务"), program(house, "li")
    with house.store.database.read() as connection:
        instance = schema.instance.c
        stream = connection.execute(select(instance.stream_no).where(instance.case_no == case)).scalars().first()
    whole = li.get(f"/instances/{stream}/history?size=200")["items"]
    assert len(whole) > 30
    asked: list[tuple[str, object]] = []
    event.listen(house.store.database.reader, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    page = li.get(f"/instances/{stream}/history?after=20&size=10")
    assert page["items"] == whole[20:30]
    (read,) = [given for statement, given in asked if "FROM entry" in statement]
    assert tuple(read) == (stream, 20, 30)  # type: ignore[arg-type]  # as SQLite takes them


def test_a_program_reads_refusals_page_by_page(house: House) -> None:
    case, li = _titled(house, "长江航运"), program(house, "li")
    _refuse(house, case, 5)
    found, after = list[int](), ""
    while after is not None:
        page = li.get(f"/cases/{case}/refusals?size=2&after={after}")
        found += [one["refusal"] for one in page["items"]]
        after = page["next"]
    assert found == [one.number for one in _refused(house, case)]


def test_a_person_of_many_teams_costs_no_more_than_one_of_few(house: House) -> None:
    who = people.known(house.store, "gong")
    look = _asking(house, house.signed_in("admin"))
    row = {"role": "PM", "person": who.id}

    def join(cases: list[int]) -> None:
        with house.store.database.write() as connection:
            connection.execute(insert(schema.case_role), [{**row, "case_no": case} for case in cases])

    first, *others = _every(house)
    join([first])
    few = len(look(f"/people/{who.id}"))
    join(others)
    assert len(others) > 4
    assert 0 < len(look(f"/people/{who.id}")) <= few


def test_many_tasks_and_cases_are_judged_at_once_as_each_by_itself(house: House) -> None:
    with house.store.database.read() as connection:
        tasks = list(connection.execute(select(schema.task.c.task)).scalars())
        cases, found = _every(house), set[str]()
        for key in people.handles(connection):
            for roles in (["SMO"], ["L1"], []):
                wish, reader = Wish(mine=key, roles=roles), Reader(person=key, persons=[key], roles=roles)
                seen = worklist.those_seen(connection, wish, tasks)
                assert seen == {task for task in tasks if worklist.may_see(connection, wish, task)}
                known = registers.those_seen(connection, reader, cases)
                assert known == {case for case in cases if registers.may_see(connection, reader, case)}
                found |= seen
    assert found
    assert re.fullmatch(r"[\d.]+", min(found))
