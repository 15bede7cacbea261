"""Cases: who may know of which, the list, a new one, and the page of one."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import delete, func, insert, select

from engine.commands import AppointDeputy, Envelope, StartInstance
from engine.stream import ORGANISATION
from engine.value import Context, Date
from engine.words import Channel, StreamKind
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


# ------------------------------------------------------------------ who may know of which


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


# ------------------------------------------------------------------ the list


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


# ------------------------------------------------------------------ a new one


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


# ------------------------------------------------------------------ the page of one


def test_a_case_shows_phases_tasks_team_documents_messages_data_and_history(house: House) -> None:
    page = house.signed_in("li").page(f"/cases/{_titled(house, '市第一人民医院')}")
    said = _text(page)
    assert [" ".join(found.split()) for found in re.findall(r'phase-word">([^<]+)<', page)] == [
        "已完成",
        "已完成",
        "进行中",
    ]
    for wanted in ("待办任务", "T03.02", "已办任务", "服务合同", "已发布", "项目数据", "合同金额", "680,000", "M90"):
        assert wanted in said, wanted
    assert said.count("《服务需求说明书》") >= 3
    assert "还没有任命" in said
    team = _text(house.signed_in("li").page(f"/cases/{_titled(house, '江南水务')}").split("<h2>项目组</h2>")[1])
    assert team.split("项目数据")[0].split() == [
        *("更改", "项目组成员", "钱伟、罗敏、吴敏、林涛", "服务项目经理", "钱伟", "客户服务负责人", "罗敏"),
    ]


def test_a_case_goes_on_after_its_process_until_whoever_may_says_how_it_ended(house: House) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    page, address = li.page(f"/cases/{number}"), f"/cases/{number}/close"
    assert "流程都已办完" in page
    assert f'href="{address}"' in page
    answer = li.post(address, {"outcome": "  "}, at=address)
    assert (answer.status_code, "请写明结果" in answer.text) == (422, True)
    assert number not in _cases(li.page("/cases/?show=over"))
    form = {"outcome": "合同期满,已移交", "command": "ab" * 16}
    for _ in range(2):  # sent twice, it is done once
        assert li.post(address, form, at=f"/cases/{number}").status_code == 302
    page = li.page(f"/cases/{number}")
    assert "合同期满,已移交" in _text(page.split("case-facts")[1].split("</dl>")[0])
    assert re.search(r"已立项</span>\s*<span class=\"status\">已结束", page)
    assert number in _cases(li.page("/cases/?show=over"))
    assert li.get(address).status_code == 404


def test_a_case_is_ended_by_nobody_else_and_not_while_a_process_runs(house: House) -> None:
    ended, running = _titled(house, "江南水务"), _titled(house, "宁波港务")
    for handle, number in (("wang", ended), ("wai", ended), ("gong", ended), ("li", running)):
        visitor = house.signed_in(handle)
        assert "/close" not in visitor.get(f"/cases/{number}").text
        assert visitor.get(f"/cases/{number}/close").status_code == 404
        assert visitor.post(f"/cases/{number}/close", {"outcome": "x"}, at="/account/").status_code == 404
    assert _cases(house.signed_in("li").page("/cases/?show=over")) == []


def test_a_case_is_not_ended_when_a_process_began_in_it_a_moment_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    submit = house.store.submit

    def after_a_start(*asked: object) -> object:
        monkeypatch.setattr(house.store, "submit", submit)
        _start(house, number)
        return submit(*asked)

    monkeypatch.setattr(house.store, "submit", after_a_start)
    answer = li.post(f"/cases/{number}/close", {"outcome": "合同期满"}, at=f"/cases/{number}/close")
    assert (answer.status_code, "还有流程在办理" in answer.text) == (422, True)
    assert number not in _cases(li.page("/cases/?show=over"))


def _start(house: House, number: int) -> None:
    """Another life of the case begins, as a milestone has it."""
    with house.store.database.read() as connection:
        version = connection.execute(
            select(schema.case.c.version).where(schema.case.c.stream_no == number)
        ).scalar_one()

    def build(stream: int) -> StartInstance:
        envelope = Envelope(id="test:start", stream=stream, at=house.clock.now, channel=Channel.WORKER)
        return StartInstance(envelope=envelope, case=number, version=version, process="svc_lifecycle", input=Context())

    house.store.open_stream(StreamKind.INSTANCE, "test:start", build)


def test_every_process_that_was_entered_has_a_drawing_and_its_steps_say_the_same(house: House) -> None:
    page = house.signed_in("li").page(f"/cases/{_titled(house, '宁波港务')}")
    keys = re.findall(r'id="drawing-\d+-(\w+)"( open)?', page)
    assert [key for key, _ in keys] == ["svc_lifecycle", "svc_requirements", "svc_contract"]
    assert [key for key, shown in keys if shown] == ["svc_contract"]
    for part in page.split('<details class="card-plain case-drawing"')[1:]:
        marks = html.unescape(re.search(r'data-marks="([^"]*)"', part)[1])
        for element in re.findall(r'data-step="(\w+)"', part):
            assert f'"{element}": {{' in marks, element


def test_a_link_to_a_task_is_there_for_whoever_may_do_it(house: House) -> None:
    number = _titled(house, "宁波港务")
    assert 'href="/tasks/' in house.signed_in("feng").page(f"/cases/{number}")
    assert 'href="/tasks/' not in house.signed_in("wai").page(f"/cases/{number}")


def test_a_drawing_holds_nothing_that_is_executed_and_speaks_the_readers_language(house: House) -> None:
    with house.store.database.read() as connection:
        version = connection.execute(select(schema.version.c.digest)).scalar_one()
    visitor = house.signed_in("gong")
    answer = visitor.get(f"/cases/drawing/{version}/svc_contract")
    assert answer.mimetype == "application/xml"
    assert "会签评审" in answer.text
    for hidden in ("conditionExpression", "zx:", "script>", "documentation"):
        assert hidden not in answer.text, hidden
    visitor.post("/account/look", {"language": "en"}, at="/")
    english = visitor.page(f"/cases/drawing/{version}/svc_contract")
    assert "会签评审" not in english
    assert english.count("<bpmndi:BPMNShape") == answer.text.count("<bpmndi:BPMNShape") > 20


def test_no_word_of_a_drawing_is_broken_in_english(house: House) -> None:
    with house.store.database.read() as connection:
        version = connection.execute(select(schema.version.c.digest)).scalar_one()
    visitor = house.signed_in("gong")
    visitor.post("/account/look", {"language": "en"}, at="/")
    root = etree.fromstring(visitor.get(f"/cases/drawing/{version}/svc_contract").data)
    names = {one.get("id"): one.get("name", "") for one in root.iterfind(".//{*}process//*[@name]")}
    rooms = {
        names[place.get("bpmnElement")]: float(place.find("{*}BPMNLabel/{*}Bounds").get("width"))
        for place in root.iter("{*}BPMNShape", "{*}BPMNEdge")
        if place.find("{*}BPMNLabel/{*}Bounds") is not None and names.get(place.get("bpmnElement"))
    }
    assert len(rooms) > 10
    assert {name: room for name, room in rooms.items() if room < 6 * max(map(len, name.split()))} == {}


@pytest.mark.parametrize("address", ["x/svc_contract", "../../etc/passwd", "{version}/nothing"])
def test_a_drawing_that_is_none_is_not_there(house: House, address: str) -> None:
    with house.store.database.read() as connection:
        version = connection.execute(select(schema.version.c.digest)).scalar_one()
    answer = house.signed_in("li").get("/cases/drawing/" + address.format(version=version))
    assert answer.status_code == 404


def test_looking_changes_nothing(house: House) -> None:
    def entries() -> int:
        with house.store.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())

    visitor, before = house.signed_in("li"), entries()
    for number in _every(house):
        for address in ("", "/history", "/at"):
            visitor.page(f"/cases/{number}{address}")
    assert entries() == before


@pytest.mark.parametrize("address", ["", "/history", "/at"])
def test_a_case_in_english_has_no_chinese_of_ours(house: House, address: str) -> None:
    visitor = house.signed_in("mei")
    visitor.post("/account/look", {"language": "en"}, at="/")
    page = visitor.page(f"/cases/{_titled(house, '江南水务')}{address}")
    for chinese in ("概况", "待办", "经过", "完成", "编制", "服务项目", "项目经理", "需求调研与方案设计"):
        assert chinese not in re.sub(r"<[^>]*>", " ", page), chinese
    assert "Requirements research" in page or address == "/history"


def test_values_of_a_fixed_set_are_read_in_the_readers_language(house: House) -> None:
    number, visitor = _titled(house, "江南水务"), house.signed_in("li")
    places = {
        "badge": f"/cases/{number}",
        "list": "/cases/",
        "past": f"/cases/{number}/at",
        "history": f"/cases/{number}/history",
    }
    chinese = {name: _line(visitor, name, address, number) for name, address in places.items()}
    visitor.post("/account/look", {"language": "en"}, at="/")
    english = {name: _line(visitor, name, address, number) for name, address in places.items()}
    for name in places:
        assert ("已立项" in chinese[name], "Initiated" in chinese[name]) == (True, False), name
        assert ("已立项" in english[name], "Initiated" in english[name]) == (False, True), name
    assert "State: Initiated" in english["history"]
    assert "Service type Combined" in english["badge"]


def _line(visitor: Browser, name: str, address: str, number: int) -> str:
    page = visitor.page(address).replace("M04 项目已立项", "")  # the name of a signal, by which files refer to it
    return _text(page.split(f'id="case-{number}"')[1].split('role="row"')[0] if name == "list" else page)


# ------------------------------------------------------------------ what was written in it


def test_each_version_of_a_document_leads_to_what_was_written_in_it(house: House) -> None:
    number, reader = _titled(house, "滨江实验学校"), house.signed_in("wai")
    page = reader.page(f"/cases/{number}")
    papers = re.findall(rf'href="(/cases/{number}/documents/[^"]+)"', page)
    assert [address.rsplit("/", 1)[1] for address in papers] == ["1", "0"]
    read = [reader.page(reader.get(address).headers["Location"]) for address in papers]
    assert all("编写/完善《服务需求说明书》" in one and "1 概述" in one for one in read)
    assert "补充灾备切换的验收准则" in read[0]
    assert "补充灾备切换的验收准则" not in _text(read[1]).split("经过")[0]


@pytest.mark.parametrize("address", ["none/A/0", "service_requirements_specification/Z/9"])
def test_a_version_that_is_not_there_is_not_found(house: House, address: str) -> None:
    number = _titled(house, "滨江实验学校")
    assert house.signed_in("wai").get(f"/cases/{number}/documents/{address}").status_code == 404


def test_a_task_that_is_done_leads_to_its_form_and_to_its_moment(house: House) -> None:
    number, reader = _titled(house, "滨江实验学校"), house.signed_in("wai")
    done = reader.page(f"/cases/{number}").split("已办任务")[1].split("</details>")[0]
    forms, moments = re.findall(r'href="(/tasks/[^"]+)"', done), re.findall(r'href="(/cases/[^"]+/at/[^"]+)"', done)
    assert len(forms) == len(moments) == 8
    assert "售前支持请求单" in reader.page(forms[-1])


def test_a_reviewer_opens_what_is_to_be_reviewed_and_what_was_done_before_from_the_task(house: House) -> None:
    reviewer = house.signed_in("li")
    side = reviewer.page("/tasks/14.8.2").split('class="job-side"')[1]
    paper = re.findall(r'href="(/cases/13/documents/[^"]+)"', side)
    assert [reviewer.get(address).headers["Location"] for address in paper] == ["/tasks/14.7.1"]
    before = re.findall(r'href="(/tasks/[^"]+)"[^>]*>完成', side)
    assert before == ["/tasks/14.7.1", "/tasks/14.6.2", "/tasks/14.3.1", "/tasks/14.2.5"]
    assert all(reviewer.get(address).status_code == 200 for address in before)


def test_whoever_may_do_a_task_goes_from_its_case_to_work_on_it_and_nobody_else(house: House) -> None:
    number = _titled(house, "工业园区")
    assert 'href="/tasks/14.8.2" aria-label="去办理 审核"' in house.signed_in("li").page(f"/cases/{number}")
    assert "去办理" not in house.signed_in("wai").page(f"/cases/{number}")
