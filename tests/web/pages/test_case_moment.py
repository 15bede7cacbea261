"""The history of a case, and any moment of it: what was open, who did what and why, and what it changed."""

from __future__ import annotations

import html
import json
import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine import replay
from engine.case import Case
from engine.commands import AppointDeputy, ClaimTask, Envelope, ReleaseTask
from engine.instance import Instance
from engine.stream import ORGANISATION
from engine.value import Date
from engine.words import StreamKind
from storage import journal, people, refusals, schema
from storage.shelf import StreamShelf
from storage.states import STRIDE
from tests.web.pages.browser import Browser, House
from web.telling import course as courses
from web.telling.course import Course, extended

HX = {"HX-Request": "true"}
LINK = re.compile(r'class="case-record-link" href="/cases/\d+/at/([\d.]+)"')
STEP = re.compile(r'<a class="btn btn-plain" id="step-(\w+)" href="/cases/\d+/at/([\d.]+)"')


def _titled(house: House, title: str) -> int:
    with house.store.database.read() as connection:
        values = schema.case_value.c
        query = select(values.case_no).where(values.name == "project_name", values.value.contains(title))
        return int(connection.execute(query).scalar_one())


def _instance(house: House, number: int) -> int:
    with house.store.database.read() as connection:
        table = schema.instance.c
        return int(connection.execute(select(table.stream_no).where(table.case_no == number)).scalar_one())


def _entries(house: House, stream: int) -> list[journal.Entry]:
    with house.store.database.read() as connection:
        return list(journal.read(connection, stream, StreamShelf(connection, stream, house.store.recent)))


def _history(visitor: Browser, number: int) -> list[str]:
    """The spots of the whole history, the newest first."""
    page, found = visitor.page(f"/cases/{number}/history"), []
    while True:
        found += LINK.findall(page)
        more = re.search(r'hx-get="(/cases/\d+/history[^"]*)"', page)
        if more is None:
            return found
        page = visitor.page(html.unescape(more[1]), headers=HX)


def _at(visitor: Browser, number: int, spot: str) -> str:
    return visitor.page(f"/cases/{number}/at/{spot}")


def _said(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def _facts(page: str) -> dict[str, str]:
    """What is said of who did it."""
    part = page.split('class="case-data case-data-tight"')[1].split("</dl>")[0]
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", part)
    return {label: _said(value).strip() for label, value in pairs}


def _marks(page: str) -> dict[str, dict[str, object]]:
    """The marks of each drawing, by process."""
    found = re.findall(r'data-key="\d+-(\w+)" data-marks="([^"]*)"', page)
    return {key: json.loads(html.unescape(marks)) for key, marks in found}


def _spot_of(house: House, stream: int, kind: str, element: str = "") -> str:
    """The last entry made by a command about an element."""
    with house.store.database.read() as connection:
        tasks = {row.task: row.element for row in connection.execute(select(schema.task))}
    found = [
        entry
        for entry in _entries(house, stream)
        if type(entry.command).__name__ == kind
        and (not element or tasks.get(getattr(entry.command, "task", "")) == element)
    ]
    return f"{stream}.{found[-1].revision}"


# ------------------------------------------------------------------ any moment


def test_every_line_of_the_history_leads_to_the_case_as_it_was_then(house: House) -> None:
    number = _titled(house, "宁波港务")
    visitor, stream = house.signed_in("li"), _instance(house, number)
    entries, cases = _entries(house, stream), _entries(house, number)
    spots = _history(visitor, number)
    assert len(spots) == len(set(spots)) > 30
    by_time = {f"{one.stream}.{one.revision}": one.at for one in [*entries, *cases]}
    for spot in spots:
        page = _at(visitor, number, spot)
        own, revision = (int(part) for part in spot.split("."))
        if own == stream:  # compared with what the events alone make of it
            then = replay.at(StreamKind.INSTANCE, stream, entries, revision)
            assert isinstance(then, Instance)
            assert page.count('class="case-line-more"') == len(then.tasks), spot
            here = {one.element for one in then.activities.values()}
            assert {key for marks in _marks(page).values() for key in marks["here"]} == here, spot
        else:
            case = replay.at(StreamKind.CASE, number, cases, revision)
            assert isinstance(case, Case)
            assert page.count("<div><dt>") >= len(case.data), spot
        assert f"{by_time[spot].astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}" in page, spot


def test_the_page_says_who_did_it_in_which_role_and_why(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor, stream = house.signed_in("wai"), _instance(house, number)
    facts = _facts(_at(visitor, number, _spot_of(house, stream, "CompleteTask", "T02_04")))
    assert facts["谁"] == "何琳"
    assert facts["以何角色"] == "公司总经理/公司领导层"
    assert facts["为何"] == "同意签订"
    assert facts["方式"] == "命令行"
    assert "代谁" not in facts


def test_what_somebody_did_for_another_says_for_whom(house: House) -> None:
    number = _titled(house, "市第一人民医院")
    stream = _instance(house, number)
    person, deputy = people.known(house.store, "cao"), people.known(house.store, "dong")
    days = {"first": Date(2026, 11, 24), "last": Date(2026, 11, 25)}
    envelope = Envelope(id="test:deputy", stream=ORGANISATION, at=house.clock.now, actor=person)
    house.store.submit(AppointDeputy(envelope=envelope, person=person, deputy=deputy, **days))
    with house.store.database.read() as connection:
        table = schema.task.c
        query = select(table.task).where(table.stream_no == stream, table.closed_at.is_(None))
        task = connection.execute(query).scalars().one()
    claim = Envelope(id="test:claim", stream=stream, at=house.clock.now, actor=deputy)
    receipt = house.store.submit(ClaimTask(envelope=claim, task=task))
    facts = _facts(_at(house.signed_in("li"), number, f"{stream}.{receipt.revision}"))
    assert (facts["谁"], facts["代谁"]) == ("董航", "曹斌")
    assert facts["以何角色"] == "系统集成部"


def test_the_data_is_shown_as_it_was_before_and_after(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor, stream = house.signed_in("li"), _instance(house, number)
    first = _at(visitor, number, _spot_of(house, stream, "CompleteTask", "T01_01"))
    changes = first.split('class="card-plain case-changes"')[1].split("</section>")[0]
    assert "<del>" not in changes
    assert "调度系统由三家供应商分别维护" in changes
    again = _at(visitor, number, _spot_of(house, stream, "CompleteTask", "T01_05"))
    changes = again.split('class="card-plain case-changes"')[1].split("</section>")[0]
    assert "T01.05 审核" in _said(changes)
    later = _spot_of(house, number, "SetCaseData")
    changed = _at(visitor, number, later).split('class="card-plain case-changes"')[1].split("</section>")[0]
    assert re.search(r"<dt>项目状态</dt><dd><del>[^<]+</del>.*<ins>[^<]+</ins>", changed, re.DOTALL)


def test_fields_and_options_that_changed_are_named_in_the_language_of_the_reader(house: House) -> None:
    number = _titled(house, "江南水务")
    spot = _spot_of(house, _instance(house, number), "CompleteTask", "T03_02")
    visitor = house.signed_in("mei")
    told = []
    for language in ("zh", "en"):
        visitor.post("/account/look", {"language": language}, at="/")
        told.append(
            _said(_at(visitor, number, spot).split('class="card-plain case-changes"')[1].split("</section>")[0])
        )
    chinese, english = told
    for zh, en in (
        ("资格证书", "Certificates"),
        ("证书名称", "Certificate"),
        ("结论", "Conclusion"),
        ("合格", "Qualified"),
    ):
        assert zh in chinese
        assert en in english
        assert zh not in english


def test_personal_values_are_never_shown(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor = house.signed_in("li")
    pages = [_at(visitor, number, spot) for spot in _history(visitor, number)]
    assert any("•••" in page for page in pages)
    assert not any("沈国栋" in page for page in pages)


def test_what_the_worker_did_leads_to_what_caused_it(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor = house.signed_in("li")
    page = _at(visitor, number, _spot_of(house, number, "ReviewDocument"))
    cause = re.search(r'<dt>起因</dt><dd><a href="/cases/\d+/at/([\d.]+)"[^>]*>([^<]+)<', page)
    assert cause is not None
    assert cause[2].startswith("完成 T03.03")
    assert _facts(_at(visitor, number, cause[1]))["谁"] == "曹斌"


def test_one_steps_back_and_forward_through_every_moment(house: House) -> None:
    number = _titled(house, "滨江实验")
    visitor = house.signed_in("li")
    page = visitor.page(f"/cases/{number}/at")
    assert "arrowright" not in dict(STEP.findall(page))
    back: list[str] = []
    while (before := dict(STEP.findall(page)).get("arrowleft")) is not None:
        back.append(before)
        page = _at(visitor, number, before)
    forward: list[str] = []
    while (after := dict(STEP.findall(page)).get("arrowright")) is not None:
        forward.append(after)
        page = _at(visitor, number, after)
    total = len(_entries(house, number)) + len(_entries(house, _instance(house, number)))
    assert len(set(back)) == len(set(forward)) == total - 1
    assert back[::-1][1:] == forward[:-1]


@pytest.mark.parametrize(("place", "shown"), [("1", 1), ("7", 7), ("0", 1), ("-4", 1), ("99999", 0), ("x", 0), ("", 0)])
def test_a_place_beyond_either_end_is_the_end(house: House, place: str, shown: int) -> None:
    number = _titled(house, "滨江实验")
    total = len(_entries(house, number)) + len(_entries(house, _instance(house, number)))
    page = house.signed_in("li").page(f"/cases/{number}/at", query_string={"place": place})
    assert f'data-place="{shown or total}"' in page


def test_an_entry_of_another_case_or_none_at_all_is_not_there(house: House) -> None:
    number, other = _titled(house, "滨江实验"), _titled(house, "宁波港务")
    visitor = house.signed_in("li")
    for spot in (f"{other}.1", f"{number}.0", f"{number}.999", "1.1", "x", f"{number}", f"{number}.1.1"):
        assert visitor.get(f"/cases/{number}/at/{spot}").status_code == 404, spot


def test_the_link_to_a_moment_shows_a_colleague_the_same(house: House) -> None:
    number = _titled(house, "宁波港务")
    address = f"/cases/{number}/at/{_instance(house, number)}.9"
    mine, theirs = (_said(house.signed_in(handle).page(address)) for handle in ("wang", "wai"))
    assert mine.split("复制链接")[1].split("第 ")[0] == theirs.split("复制链接")[1].split("第 ")[0]
    assert f'data-copies="http://localhost{address}"' in house.signed_in("wai").page(address)


def test_a_step_by_script_exchanges_the_moment_alone(house: House) -> None:
    number = _titled(house, "宁波港务")
    address = f"/cases/{number}/at/{_instance(house, number)}.9"
    part = house.signed_in("li").page(address, headers=HX)
    assert "<nav" not in part
    assert part.count('hx-swap-oob="true"') == 3
    assert _marks(part) == _marks(house.signed_in("li").page(address))


def test_tasks_of_the_past_are_no_links(house: House) -> None:
    number = _titled(house, "宁波港务")
    visitor = house.signed_in("feng")
    assert 'href="/tasks/' in visitor.page(f"/cases/{number}/at")
    assert 'href="/tasks/' not in _at(visitor, number, f"{_instance(house, number)}.12")


# ------------------------------------------------------------------ the history


def test_what_was_refused_leads_to_the_case_as_it_was_then_and_is_told_there(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor, stream = house.signed_in("li"), _instance(house, number)
    page = visitor.page(f"/cases/{number}/history")
    lines = re.findall(r'<li class="case-record-line case-record-refused">(.*?)</li>', page, re.DOTALL)
    assert len(lines) == 4
    assert any("职责" in _said(one) or "编写" in _said(one) for one in lines)
    with house.store.database.read() as connection:
        kept = refusals.of_streams(connection, [number, stream])[::-1]
    at = {f"{one.stream}.{one.revision}": one.at for key in (number, stream) for one in _entries(house, key)}
    for line, refusal in zip(lines, kept, strict=True):
        found = re.search(rf'href="/cases/{number}/at/([\d.]+)#(refused-\d+)"', line)
        assert found is not None
        assert at[found[1]] == max(one for one in at.values() if one <= refusal.at)
        moment = _at(visitor, number, found[1])
        told = moment.split(f'id="{found[2]}"><span class="case-line-main">')[1].split("<")[0]
        assert "✗ 未能" in told
        assert _said(told) in _said(line)
        assert moment.count('class="case-line case-refused"') == 1


def test_a_moment_after_which_all_went_well_tells_of_no_refusal(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor = house.signed_in("li")
    pages = [_at(visitor, number, spot) for spot in _history(visitor, number)]
    assert sum("此后未能办成的" in page for page in pages) == 4
    assert len(pages) > 40


def test_lines_stand_in_order_of_time_the_newest_first(house: House) -> None:
    number = _titled(house, "江南水务")
    visitor = house.signed_in("li")
    spots = _history(visitor, number)
    times = {}
    for stream in (number, _instance(house, number)):
        times |= {f"{stream}.{entry.revision}": entry.at for entry in _entries(house, stream)}
    assert [times[spot] for spot in spots] == sorted((times[spot] for spot in spots), reverse=True)
    quiet = set(times) - set(spots)
    assert all("没有可见的变化" in _at(visitor, number, spot) for spot in quiet)


# ------------------------------------------------------------------ what is kept in memory


@pytest.mark.parametrize("part", [1, 7, 20])
def test_a_course_made_bit_by_bit_is_the_course_made_at_once(house: House, part: int) -> None:
    stream = _instance(house, _titled(house, "江南水务"))
    entries = _entries(house, stream)
    whole = extended(Course(stream), iter(entries))
    bits = Course(stream)
    for place in range(0, len(entries), part):
        bits = extended(bits, iter(entries[place : place + part]))
    assert bits == whole
    assert len(whole.marks) == len(entries)


def test_a_jump_reads_a_few_entries_however_long_the_history(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = _titled(house, "华东轨道")
    stream, zhao = _instance(house, number), people.known(house.store, "zhao")
    with house.store.database.read() as connection:
        table = schema.task.c
        query = select(table.task).where(table.stream_no == stream, table.closed_at.is_(None))
        task = connection.execute(query).scalars().one()
    for place in range(400):
        envelope = Envelope(id=f"test:{place}", stream=stream, at=house.clock.now, actor=zhao)
        kind = ClaimTask if place % 2 == 0 else ReleaseTask
        house.store.submit(kind(envelope=envelope, task=task))
    visitor = house.signed_in("li")
    visitor.page(f"/cases/{number}/at")
    read: list[object] = []
    decode = journal.decode

    def counted(row: object, shelf: object) -> object:
        read.append(row)
        return decode(row, shelf)

    monkeypatch.setattr(journal, "decode", counted)
    for place in (390, 11, 205, 77, 300):
        read.clear()
        visitor.page(f"/cases/{number}/at?place={place}", headers=HX)
        assert 0 < len(read) <= 2 * STRIDE, place
    read.clear()
    visitor.page(f"/cases/{number}/history")
    assert len(read) <= 2 * STRIDE


def test_nothing_that_is_kept_names_a_person_or_holds_a_value(house: House) -> None:
    stream = _instance(house, _titled(house, "江南水务"))
    kept = repr(extended(Course(stream), iter(_entries(house, stream))))
    with house.store.database.read() as connection:
        names = people.names(connection).values()
    assert not any(name in kept for name in (*names, "沈国栋", "680000"))
    assert courses.KEPT < 1_000


def test_what_was_handed_in_and_the_data_of_a_case_stand_in_the_order_of_form_and_manifest(house: House) -> None:
    visitor = house.signed_in("wai")
    changes = _said(_at(visitor, 13, "14.7").split('class="card-plain case-changes"')[1].split("</section>")[0])
    labels = ("调研时间", "方式", "参加人员 第 1 行", "现状 第 1 行", "设备清单 第 1 行", "服务窗口", "风险 第 1 行")
    places = [changes.index(label) for label in labels]
    assert places == sorted(places)
    assert changes.index("序号") < changes.index("资产编号") < changes.index("类别") < changes.index("品牌")
    data = _said(visitor.page("/cases/3").split(">项目数据<")[1].split("</section>")[0])
    places = [data.index(label) for label in ("项目名称", "项目编号", "客户", "合同编号", "合同金额", "资料库编号")]
    assert places == sorted(places)
