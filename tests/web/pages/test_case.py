"""The page of a case: what it shows to whom, where it leads, and how the case ends."""

from __future__ import annotations

import html
import re

import pytest
from lxml import etree
from sqlalchemy import func, select

from engine.commands import Envelope, StartInstance
from engine.value import Context
from engine.words import Channel, StreamKind
from jobs import clock
from storage import schema
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_cases import _cases, _every, _text, _titled

# ------------------------------------------------------------------ who may know of which


# ------------------------------------------------------------------ the list


# ------------------------------------------------------------------ a new one


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


def test_a_link_to_a_task_that_waits_is_there_for_whoever_may_do_it(house: House) -> None:
    number = _titled(house, "宁波港务")

    def waiting(handle: str) -> str:
        return house.signed_in(handle).page(f"/cases/{number}").split("待办任务")[1].split("最近的经过")[0]

    assert waiting("feng").count('aria-label="去办理 会签评审"') == 1
    assert 'href="/tasks/' not in waiting("wai")


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
    heads = [_text(one.split("</h1>")[1].split("</header>")[0]) for one in read]
    assert [head.split() for head in heads] == [["《服务需求说明书》", version, "已完成"] for version in ("A/1", "A/0")]
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
    above, side = reviewer.page("/tasks/14.8.2").split('class="job-side"')
    assert "/cases/13/documents/service_requirements_specification/A/0" in above.split('class="why-papers"')[1]
    paper = re.findall(r'href="(/cases/13/documents/[^"]+)"', side)
    assert [reviewer.get(address).headers["Location"] for address in paper] == ["/tasks/14.7.1"]
    before = re.findall(r'href="(/tasks/[^"]+)"[^>]*>完成', side)
    assert before == ["/tasks/14.7.1", "/tasks/14.6.2", "/tasks/14.3.1", "/tasks/14.2.5"]
    assert all(reviewer.get(address).status_code == 200 for address in before)


def test_what_happened_last_leaves_out_escalations_that_told_nobody_and_the_history_has_them(house: House) -> None:
    number = _titled(house, "宁波港务")
    house.clock.pass_by(days=2)
    clock.tick(house.store)
    reader = house.signed_in("wai")
    told = "升级\uff0c第 1 步\uff1a告知"
    assert told in reader.page(f"/cases/{number}/history")
    recent = (
        reader.page(f"/cases/{number}").split("最近的经过")[1].split('</section>\n    <section class="card-plain">')[0]
    )
    assert "升级\uff0c第" not in recent
    assert recent.count("case-record-line") - recent.count("case-record-refused") == 8
