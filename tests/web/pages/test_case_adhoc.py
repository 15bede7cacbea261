"""What a process leaves to people is started from the page of its case: by those who may, also while no task is open."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.commands import OpenCase
from engine.value import Context
from engine.words import StreamKind
from jobs.worker import Worker
from storage import accounts, people, schema
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_task import _send
from tests.web.test_adhoc import ENGLISH, MODEL
from tests.web.test_moves import MANIFEST
from web import passwords
from web.cli import company, play
from web.cli.showcase import PASSWORD

STAFF, READER = ("yi", "er", "san"), "du"
ACTIVITY = re.compile(r'name="activity" value="([^"]+)"')


@pytest.fixture
def visit(house: House, tmp_path: Path) -> int:
    """A case whose process leaves everything to its staff, opened by the first of them; somebody else reads all cases."""
    return _opened(house, tmp_path, MODEL)


def _opened(house: House, place: Path, model: str) -> int:
    manifest = MANIFEST.replace('"memo"', '"visit"') + '\n[rights]\nread = ["OWN"]\nterminate = ["OWN"]\n'
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    folder = place / "visit"
    for name, text in {
        "procedure.toml": manifest,
        "processes/visit.bpmn": model,
        "texts/en.json": json.dumps(english),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    version = play.publish(house.store, folder, "test:visit")
    for handle in (*STAFF, READER):
        person = people.add(house.store, f"test:{handle}", handle, handle, ["OWN" if handle == READER else "STAFF"])
        accounts.set_password(
            house.store.database, person, passwords.hashed(PASSWORD), house.store.now(), one_time=False
        )

    def build(number: int) -> OpenCase:
        return OpenCase(
            envelope=company.envelope(house.store, number, people.known(house.store, "yi"), "test:open"),
            procedure="visit",
            version=version,
            data=Context(),
            process="visit",
            input=Context(),
        )

    case = house.store.open_stream(StreamKind.CASE, "test:open", build).stream
    Worker(house.store).run()
    return case


def _open(house: House, case: int) -> dict[str, str]:
    """The open tasks of the case by element."""
    table = schema.task.c
    with house.store.database.read() as connection:
        found = connection.execute(
            select(table.element, table.task).where(table.case_no == case, table.closed_at.is_(None))
        )
        return {row.element: row.task for row in found}


def _offers(visitor: Browser, case: int) -> list[str]:
    return ACTIVITY.findall(visitor.page(f"/cases/{case}"))


def _start(visitor: Browser, case: int, activity: str, **more: str) -> int:
    return visitor.post(f"/cases/{case}/activities", {"activity": activity, **more}, at="/account/").status_code


def test_where_no_task_is_open_the_first_activity_is_started_from_the_case(house: House, visit: int) -> None:
    yi = house.signed_in("yi")
    page = html.unescape(yi.page(f"/cases/{visit}"))
    assert _open(house, visit) == {}
    assert "没有待办的任务" in page
    assert "可以开始的活动" in page
    assert [key.partition("/")[2] for key in ACTIVITY.findall(page)] == ["T01_01", "T01_02"]
    assert "开始“T01.02 总结”" in page
    answer = yi.post(f"/cases/{visit}/activities", {"activity": ACTIVITY.findall(page)[1]}, at="/account/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{visit}")
    assert list(_open(house, visit)) == ["T01_02"]
    assert "已开始。" in yi.page(f"/cases/{visit}")


def test_sent_twice_it_is_started_once_and_asked_again_once_more(house: House, visit: int) -> None:
    yi = house.signed_in("yi")
    first, _ = _offers(yi, visit)
    table, tasks = schema.task.c, []
    for command in ("a" * 32, "a" * 32, "b" * 32):
        assert _start(yi, visit, first, command=command) == 302
        with house.store.database.read() as connection:
            tasks.append(len(connection.execute(select(table.task).where(table.case_no == visit)).all()))
    assert tasks == [1, 1, 2]


def test_whoever_reads_the_case_and_has_no_such_role_gets_neither_button_nor_answer(house: House, visit: int) -> None:
    (first, _), reader = _offers(house.signed_in("yi"), visit), house.signed_in(READER)
    page = reader.page(f"/cases/{visit}")
    assert "可以开始的活动" not in page
    assert f"/cases/{visit}/activities" not in page
    for visitor in (reader, house.signed_in("er"), house.signed_in("li"), house.signed_in("gong")):
        assert _start(visitor, visit, first) == 404  # of these, one reads the case and one has the role
    assert _open(house, visit) == {}


def test_whoever_once_had_a_task_of_the_case_starts_the_next(house: House, visit: int) -> None:
    yi, er = house.signed_in("yi"), house.signed_in("er")
    first, _ = _offers(yi, visit)
    assert _start(yi, visit, first) == 302
    assert _offers(er, visit) == _offers(yi, visit)
    assert _send(er, _open(house, visit)["T01_01"], "complete").status_code == 200
    assert _open(house, visit) == {}
    assert _start(er, visit, _offers(er, visit)[1]) == 302
    assert house.signed_in("san").get(f"/cases/{visit}").status_code == 200  # now a task waits for them, too


def test_what_is_over_offers_nothing_and_answers_nothing(house: House, visit: int) -> None:
    yi = house.signed_in("yi")
    first, last = _offers(yi, visit)
    for wrong in ("", "1.1.1/T01_01", first.replace("T01_01", "Done"), f"{first}/x"):
        assert _start(yi, visit, wrong) == 404, wrong
    assert _start(yi, visit, last) == 302
    assert _send(yi, _open(house, visit)["T01_02"], "complete").status_code == 200
    assert _offers(yi, visit) == []
    assert _start(yi, visit, first) == 404
    assert "可以开始的活动" not in yi.page(f"/cases/{visit}/at")


def test_what_the_engine_refuses_is_told_on_the_page_of_the_case(house: House, tmp_path: Path) -> None:
    case = _opened(house, tmp_path, MODEL.replace('name="回访工作"', 'name="回访工作" ordering="Sequential"'))
    yi = house.signed_in("yi")
    first, last = _offers(yi, case)
    assert _start(yi, case, first) == 302
    answer = yi.post(f"/cases/{case}/activities", {"activity": last}, at="/account/")
    assert answer.status_code == 409
    assert re.search(r"回访工作 应逐个进行\S+再开始\S?T01.02 总结", answer.text)
    assert "最近的经过" in answer.text
    assert list(_open(house, case)) == ["T01_01"]
