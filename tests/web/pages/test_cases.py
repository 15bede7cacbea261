"""Cases: who may know of which, the list of them, and a new one."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from engine.commands import AppointDeputy, Envelope
from engine.stream import ORGANISATION
from engine.value import Date
from jobs.worker import Worker
from storage import people, schema
from storage.moments import NEVER, micros
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House

ROW = re.compile(r'id="case-(\d+)"')

LEVEL = re.compile(r'<option value="([^"]+)"[^>]*>[^<]* 级<')

HX = {"HX-Request": "true"}


def _cases(page: str) -> list[int]:
    return [int(number) for number in ROW.findall(page)]


def _titled(house: House, title: str) -> int:
    """The number of the case whose data says so."""
    with house.store.database.read() as connection:
        values = schema.case_value.c
        return int(
            connection.execute(
                select(values.case_no).where(values.name == "project_name", values.value.contains(title))
            ).scalar_one()
        )


def _every(house: House) -> list[int]:
    with house.store.database.read() as connection:
        number = schema.case.c.stream_no
        return list(connection.execute(select(number).order_by(number.desc())).scalars())


def _text(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def _row(page: str, number: int) -> str:
    """The words of a line of the list."""
    return _text(page.split(f'id="case-{number}"')[1].split('role="row"')[0])


@pytest.mark.parametrize("handle", ["li", "mei", "he", "he2", "yan", "wai", "wang"])
def test_whoever_answers_for_the_procedure_audits_it_or_opened_them_sees_all_cases(house: House, handle: str) -> None:
    assert _cases(house.signed_in(handle).page("/cases/")) == _every(house)


@pytest.mark.parametrize("handle", ["admin", "ning", "jian", "gong", "dong"])
def test_whoever_has_no_part_sees_no_case_and_is_told_what_will_come(house: House, handle: str) -> None:
    page = house.signed_in(handle).page("/cases/")
    assert _cases(page) == []
    assert "还没有您可以查看的项目" in page


def test_a_case_that_somebody_may_not_know_of_is_as_if_it_were_not_there(house: House) -> None:
    number, stranger, reader = _titled(house, "宁波港务"), house.signed_in("gong"), house.signed_in("li")
    for address in ("", "/history", "/at", "/at?place=3", f"/at/{number}.1", f"/at/{number + 1}.4"):
        assert reader.get(f"/cases/{number}{address}").status_code == 200, address
        hidden, free = stranger.get(f"/cases/{number}{address}"), stranger.get(f"/cases/999{address}")
        assert (hidden.status_code, free.status_code) == (404, 404), address
        assert _text(hidden.text) == _text(free.text)


def test_a_task_offered_to_ones_role_shows_its_case_and_no_other(house: House) -> None:
    number = _titled(house, "宁波港务")
    assert number in _cases(house.signed_in("feng").page("/cases/"))
    lawyer = house.signed_in("tang")
    assert number in _cases(lawyer.page("/cases/"))
    assert _titled(house, "临港新区") not in _cases(lawyer.page("/cases/"))


def test_whoever_did_a_task_still_sees_its_case_later(house: House) -> None:
    number = _titled(house, "江南水务")
    assert _cases(house.signed_in("jiang").page("/cases/")) == []
    assert number in _cases(house.signed_in("qian").page("/cases/"))
    assert "钱伟" in house.signed_in("qian").page(f"/cases/{number}")


def test_a_deputy_sees_what_the_principal_sees_as_long_as_it_lasts(house: House) -> None:
    person, deputy = people.known(house.store, "wang"), people.known(house.store, "dong")
    assert _cases(house.signed_in("dong").page("/cases/")) == []
    envelope = Envelope(id="test:deputy", stream=ORGANISATION, at=house.clock.now, actor=person)
    days = {"first": Date(2026, 11, 24), "last": Date(2026, 11, 25)}
    house.store.submit(AppointDeputy(envelope=envelope, person=person, deputy=deputy, **days))
    assert _cases(house.signed_in("dong").page("/cases/")) == _every(house)
    house.clock.pass_by(days=3)
    assert _cases(house.signed_in("dong").page("/cases/")) == []


def test_a_line_says_state_level_customer_manager_and_what_is_due(house: House) -> None:
    page = house.signed_in("li").page("/cases/")
    number = _titled(house, "江南水务")
    line = _row(page, number)
    for wanted in ("江南水务集团", "FW2026", "已立项", "A", "钱伟"):
        assert wanted in line, wanted
    late = _row(page, _titled(house, "长江航运"))
    assert "未任命 T01.07 报送 逾期 23 小时 1 项在办 逾期 1 项" in late
    undated = _row(page, _titled(house, "临港新区"))
    assert "未任命 T01.01 提出售前支持请求 无期限 1 项在办" in undated


def test_a_line_names_what_is_to_be_done_with_its_day_and_counts_apart_what_is_late(house: House) -> None:
    li, number = house.signed_in("li"), _titled(house, "市第一人民医院")
    assert "T03.03 立项审核 周四 11:10 1 项在办" in _row(li.page("/cases/"), number)
    house.clock.pass_by(days=4)
    assert "T03.03 立项审核 逾期 2 天 1 项在办 逾期 1 项" in _row(house.signed_in("li").page("/cases/"), number)


def test_a_milestone_comes_next_when_it_is_due_before_any_task(house: House) -> None:
    li, number = house.signed_in("li"), _titled(house, "市第一人民医院")
    with house.store.database.write() as connection:
        version = connection.execute(select(schema.version.c.digest)).scalar_one()
        soon, later = (micros(house.clock.now + timedelta(days=days)) for days in (1, 2))
        place = {"procedure": "service-planning", "process": "svc_lifecycle", "case_no": number, "version": version}
        rest = {"status": "running", "occurred": 0, "problem_zh": "", "problem_en": "", "claimed_until": 0}
        for stream, start, due in ((901, "Start_project", later), (902, "T00_05", soon), (903, "T00_04", NEVER)):
            row = {**place, **rest, "stream_no": stream, "name": str(stream), "start": start, "key": "a", "due": due}
            connection.execute(insert(schema.milestone).values(**row))
    assert "T00.05 接收确认 明天 14:30 1 项在办" in _row(li.page("/cases/"), number)


@pytest.mark.parametrize(
    ("text", "count"), [("港务", 1), ("园区", 2), ("FW2026", 2), ("没有的", 0), ("港", 0), ("7", 1)]
)
def test_two_characters_or_the_number_find_a_case(house: House, text: str, count: int) -> None:
    page = house.signed_in("li").page("/cases/", query_string={"q": text})
    assert len(_cases(page)) == count
    assert ("没有符合条件的项目" in page) == (count == 0)


def test_filters_stay_with_the_person(house: House) -> None:
    visitor = house.signed_in("li")
    answer = visitor.post("/cases/wish", {"level": "A", "show": "", "q": ""}, at="/cases/", headers=HX)
    assert len(_cases(answer.text)) == 2
    elsewhere = house.signed_in("li").page("/cases/")
    assert len(_cases(elsewhere)) == 2
    assert 'value="A" selected' in elsewhere
    assert _cases(house.signed_in("mei").page("/cases/")) == _every(house)
    assert visitor.post("/cases/wish", {"show": ""}, at="/cases/").status_code == 302
    assert _cases(visitor.page("/cases/")) == _every(house)


def test_levels_of_cases_that_one_may_not_know_of_are_no_choice(house: House) -> None:
    known, hidden = _titled(house, "江南水务"), _titled(house, "长江航运")
    assert known in _cases(house.signed_in("qian").page("/cases/"))
    assert hidden not in _cases(house.signed_in("qian").page("/cases/"))
    row = schema.case_value.c
    with house.store.database.write() as connection:
        connection.execute(delete(schema.case_value).where(row.name == "level"))
        for case, value in ((known, "SEEN"), (hidden, "UNSEEN")):
            values = {"case_no": case, "name": "level", "value": value, "sought": value}
            connection.execute(insert(schema.case_value).values(**values))
    assert LEVEL.findall(house.signed_in("qian").page("/cases/")) == ["SEEN"]
    assert LEVEL.findall(house.signed_in("li").page("/cases/")) == ["SEEN", "UNSEEN"]


def test_cases_with_overdue_tasks_closed_ones_and_ones_own_are_found(house: House) -> None:
    visitor = house.signed_in("li")
    late = _cases(visitor.page("/cases/?show=late"))
    assert _titled(house, "长江航运") in late
    assert _titled(house, "江南水务") not in late
    assert _cases(visitor.page("/cases/?show=over")) == []
    assert _cases(house.signed_in("wai").page("/cases/?show=mine")) == []
    assert _cases(house.signed_in("wang").page("/cases/?show=mine")) == _every(house)


@pytest.mark.parametrize("rubbish", ["?show=x&level=%01", "?after=x", "?q=" + "长" * 500, "more?after=-1"])
def test_rubbish_in_an_address_is_left_out(house: House, rubbish: str) -> None:
    li = house.signed_in("li")
    assert li.get("/cases/" + rubbish).status_code == 200
    assert li.get("/cases/?level=%00").status_code == 400


@pytest.mark.parametrize("number", ["0", "-1", "x", "1", "2", "4.5", "99999999999999999999", "1.999.1"])
def test_what_is_no_case_is_not_there(house: House, number: str) -> None:
    for address in ("", "/history", "/at"):
        assert house.signed_in("li").get(f"/cases/{number}{address}").status_code == 404, address


def test_a_long_list_comes_page_by_page_each_case_once(house: House) -> None:
    with house.store.database.read() as connection:
        row = connection.execute(select(schema.case).limit(1)).one()._asdict()
    with house.store.database.write() as connection:
        for number in range(1000, 1120):
            connection.execute(insert(schema.case).values(**{**row, "stream_no": number}))
    visitor = house.signed_in("li")
    page, seen = visitor.page("/cases/"), []
    assert "128 个项目" in page
    while True:
        seen += _cases(page)
        more = re.search(r'hx-get="(/cases/more[^"]*)"', page)
        if more is None:
            break
        page = visitor.page(html.unescape(more[1]), headers=HX)
    assert seen == _every(house)


def test_the_next_page_stands_by_itself_without_a_script(house: House) -> None:
    visitor = house.signed_in("li")
    page = visitor.page(f"/cases/more?after={_every(house)[2]}")
    assert _cases(page) == _every(house)[3:]
    assert "<h1>更早的项目" in page


def _begin(visitor: Browser, key: str = "ab" * 16, **given: str) -> object:
    form = {"begin": "service-planning/svc_lifecycle", "command": key, **given}
    return visitor.post("/cases/new", form, at="/cases/new")


def test_whoever_may_begin_a_case_does_and_its_first_task_appears(house: House) -> None:
    visitor, before = house.signed_in("wang"), _every(house)
    assert 'href="/cases/new"' in visitor.page("/cases/")
    for _ in range(2):  # sent twice, it is done once
        answer = _begin(visitor, project_name="北站枢纽弱电运维", customer="北站枢纽")
        assert answer.status_code == 302
    (new,) = set(_every(house)) - set(before)
    assert answer.headers["Location"] == f"/cases/{new}"
    assert "流程正在启动" in visitor.page(f"/cases/{new}")
    Worker(house.store).run()
    page = _text(visitor.page(f"/cases/{new}"))
    for wanted in ("北站枢纽弱电运维", "北站枢纽", "T01.01", "需求调研"):
        assert wanted in page, wanted
    assert "北站枢纽弱电运维" in visitor.page("/")


def test_whoever_may_not_gets_neither_the_link_nor_the_answer(house: House) -> None:
    visitor, before = house.signed_in("feng"), _every(house)
    assert 'href="/cases/new"' not in visitor.page("/cases/")
    assert visitor.get("/cases/new").status_code == 404
    form = {"begin": "service-planning/svc_lifecycle", "project_name": "无权", "customer": "无权"}
    assert visitor.post("/cases/new", form, at="/cases/").status_code == 404
    assert _every(house) == before


@pytest.mark.parametrize("given", [{"customer": "甲"}, {"customer": "甲", "project_name": "长" * 201}])
def test_what_is_missing_or_too_long_stands_beside_its_field_and_nothing_typed_is_lost(
    house: House, given: dict[str, str]
) -> None:
    before = _every(house)
    answer = _begin(house.signed_in("wang"), **given)
    assert answer.status_code == 422
    assert 'id="project_name-fault"' in answer.text
    assert 'value="甲"' in answer.text
    assert _every(house) == before


@pytest.mark.parametrize("given", ["北站\n已通过", "北站\u202e", "北站\u2028枢纽"])
def test_a_case_is_called_by_one_line_on_its_page_and_for_programs(house: House, given: str) -> None:
    before, api = _every(house), program(house, "wang")
    answer = _begin(house.signed_in("wang"), project_name=given, customer="甲" + given)
    assert answer.status_code == 422
    assert 'id="project_name-fault"' in answer.text
    assert "应为一行文字" in answer.text
    body = {"procedure": "service-planning", "process": "svc_lifecycle"}
    for name, value in (("project_name", given), ("customer", {"ref": f"customer:{given}"})):
        problem = api.refused(422, "POST", "/cases", {**body, "data": {name: value}})
        assert [fault["path"] for fault in problem["faults"]] == [name]
        assert "expected one line of text" in problem["text"]["en"]
    assert _every(house) == before


def test_a_process_that_others_call_is_not_begun_by_itself(house: House) -> None:
    visitor = house.signed_in("wang")
    form = {"begin": "service-planning/svc_requirements", "project_name": "x", "customer": "y"}
    assert visitor.post("/cases/new", form, at="/cases/new").status_code == 404


def test_what_somebody_writes_is_shown_as_text(house: House) -> None:
    visitor = house.signed_in("wang")
    answer = _begin(visitor, project_name="<script>alert(1)</script>{{7*7}}", customer='"><b>x</b>')
    Worker(house.store).run()
    for address in ("/cases/", answer.headers["Location"], answer.headers["Location"] + "/history"):
        page = visitor.page(address)
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "{{7*7}}" in html.unescape(page)


def test_a_project_of_the_same_name_and_customer_is_opened_only_when_it_is_asked_for_once_more(house: House) -> None:
    visitor, before = house.signed_in("wang"), _every(house)
    same = {"project_name": "临港新区政务云安全巡检", "customer": "临港新区管委会"}
    answer = _begin(visitor, **same)
    assert answer.status_code == 409
    assert '<a href="/cases/17">#17</a>' in answer.text
    assert 'value="临港新区管委会"' in answer.text
    assert _every(house) == before
    assert _begin(visitor, "cd" * 16, **{**same, "customer": "临港新区财政局"}).status_code == 302
    assert _begin(visitor, **same, anyway="1").status_code == 302
    assert len(_every(house)) == len(before) + 2
