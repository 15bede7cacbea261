"""The inbox: what stands in it, under which heading, and how it follows what happens."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from storage import people, preferences, schema, worklist
from storage.moments import NEVER, micros
from storage.worklist import Wish
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House

TASK = re.compile(r'id="task-([\d-]+)"')
HEAD = re.compile(r'<h2 class="span-head[^"]*">([^<]+)<')
NEWS = re.compile(r'hx-get="(/inbox/news[^"]*)"')


def _tasks(page: str) -> list[str]:
    return [found.replace("-", ".") for found in TASK.findall(page)]


def _news(visitor: Browser, page: str) -> str | None:
    """What the open page learns when it looks for news; None when there are none."""
    found = NEWS.search(page)
    assert found is not None
    address = "&".join([found[1].replace("&amp;", "&"), *(f"{name}={value}" for name, value in _shown(page))])
    answer = visitor.get(address, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 204)
    return answer.text if answer.status_code == 200 else None


def _shown(page: str) -> list[tuple[str, str]]:
    """What the page says of how much of the list it shows."""
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)" data-shown>', page)


def _act(visitor: Browser, address: str, **more: str) -> str:
    answer = visitor.post(address, more, at="/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def test_tasks_stand_under_when_they_are_due_the_most_urgent_first(house: House) -> None:
    visitor = house.signed_in("li")
    assert HEAD.findall(visitor.page("/")) == ["今天到期", "本周到期"]
    house.clock.pass_by(hours=3)
    assert HEAD.findall(visitor.page("/")) == ["已逾期", "本周到期"]
    house.clock.pass_by(days=8)
    page = house.signed_in("li").page("/")
    assert HEAD.findall(page) == ["已逾期"]
    assert "逾期 8 天" in page


@pytest.mark.parametrize(
    ("days", "span", "head", "said"), [(6, "later", "以后", "11月30日"), (None, "never", "无期限", "无期限")]
)
def test_what_is_due_behind_sunday_or_never_stands_last_under_its_heading(
    house: House, days: int | None, span: str, head: str, said: str
) -> None:
    visitor = house.signed_in("li")
    task = _tasks(visitor.page("/"))[0]
    due = NEVER if days is None else micros(house.clock.now + timedelta(days=days))
    with house.store.database.write() as connection:
        for table in (schema.inbox, schema.task):
            connection.execute(update(table).where(table.c.task == task).values(due=due))
    page = visitor.page("/")
    assert HEAD.findall(page) == ["本周到期", head]
    assert _tasks(page)[-1] == task
    assert said in page.split(f'id="task-{task.replace(".", "-")}"')[1].split("</li>")[0]
    assert _tasks(visitor.page(f"/?span={span}")) == [task]


def test_a_line_says_what_for_whom_and_who_handed_it_on_and_when(house: House) -> None:
    page = house.signed_in("zhao").page("/")
    line = next(part for part in page.split('<li class="task') if "华东轨道交通票务平台运维" in part)
    for wanted in ("T01.03", "华东轨道交通", "需求调研与方案设计", "指派给我", "李强 交办 11月19日 11:20"):
        assert wanted in re.sub(r"<[^>]*>|\s+", " ", line).replace("  ", " "), wanted


def test_a_line_names_the_role_through_which_it_is_there(house: House) -> None:
    page = house.signed_in("li").page("/")
    line = next(part for part in page.split('<li class="task') if "宁波港务" in part)
    assert "<span>服务管理负责人</span>" in line
    assert "指派给我" not in line


def test_what_was_said_stands_with_the_task(house: House) -> None:
    page = house.signed_in("zhao").page("/")
    line = next(part for part in page.split('<li class="task') if "长江航运调度中心应用运维" in part)
    assert "李强 交办" in line
    assert "<q>修改到位。</q>" in line


def test_a_task_that_was_given_on_says_by_whom_how_and_with_which_words(house: House) -> None:
    (task,) = (one for one in _tasks(house.signed_in("zhao").page("/")) if "长江航运" in _line(house, "zhao", one))
    assert "李强 交办" in _line(house, "zhao", task)
    for act, who, to, asked, said in (
        ("transfer", "zhao", "sun", {"to": "sun", "reason": "赵敏休假"}, "转办"),
        ("delegate", "sun", "lin", {"to": "lin", "reason": "请补数据"}, "委派"),
        ("resolve", "lin", "sun", {"opinion": "已补齐<b>"}, "交回"),
    ):
        name = _names(house)[who]
        program(house, who).post(f"/tasks/{task}/{act}", asked)
        line = _line(house, to, task)
        words = html.escape(asked.get("reason") or asked["opinion"])
        assert (f"{name} {said}" in line, f"<q>{words}</q>" in line) == (True, True), (act, line)
        assert "李强 交办" not in line


def _line(house: House, handle: str, task: str) -> str:
    """What stands in the list about a task."""
    page = house.signed_in(handle).page("/")
    return next(part for part in page.split('<li class="task') if f'id="task-{task.replace(".", "-")}"' in part)


def _names(house: House) -> dict[str, str]:
    """Names by handle."""
    with house.store.database.read() as connection:
        return {row.handle: row.name for row in connection.execute(select(schema.handle))}


@pytest.mark.parametrize(
    ("text", "count"),
    [("会签", 1), ("港务", 1), ("园区", 2), ("审核", 1), ("T01.05", 1), ("t02", 1), ("没有的", 0), ("港", 0)],
)
def test_two_characters_find_projects_and_steps(house: House, text: str, count: int) -> None:
    assert len(_tasks(house.signed_in("li").page("/", query_string={"q": text}))) == count


def test_whoever_finds_nothing_is_told_what_to_try(house: House) -> None:
    assert "没有符合条件的任务" in house.signed_in("li").page("/?q=nothing")
    assert "都办完了" in house.signed_in("wai").page("/")


def test_filters_stay_with_the_person_whatever_browser(house: House) -> None:
    visitor = house.signed_in("li")
    list_of_one = _act(visitor, "/inbox/wish", why="", process="svc_contract", sort="newest", q="")
    assert len(_tasks(list_of_one)) == 1
    elsewhere = house.signed_in("li").page("/")
    assert _tasks(elsewhere) == _tasks(list_of_one)
    assert 'value="svc_contract" selected' in elsewhere
    assert 'value="newest" selected' in elsewhere
    assert len(_tasks(house.signed_in("mei").page("/"))) == 2
    _act(visitor, "/inbox/wish")
    assert len(_tasks(visitor.page("/"))) == 2


@pytest.mark.parametrize("rubbish", ["?why=x&sort=y&span=z", "?after=x", "?after=1~x'", "?after=~", "?q=" + "长" * 500])
def test_rubbish_in_an_address_is_left_out(house: House, rubbish: str) -> None:
    li = house.signed_in("li")
    assert [li.get(place + rubbish).status_code for place in ("/", "/done")] == [200, 200]


def test_a_claimed_task_is_mine_alone_until_it_is_put_back(house: House) -> None:
    visitor, other = house.signed_in("li"), house.signed_in("mei")
    task = _tasks(visitor.page("/"))[0]
    assert task in _tasks(other.page("/"))
    assert f"/inbox/{task}/release" in _act(visitor, f"/inbox/{task}/claim")
    assert task not in _tasks(other.page("/"))
    assert task in _tasks(visitor.page("/?why=mine"))
    assert task not in _tasks(visitor.page("/?why=role"))
    assert f"/inbox/{task}/claim" in _act(visitor, f"/inbox/{task}/release")
    assert task in _tasks(other.page("/"))


def test_whoever_was_slower_is_told_and_sees_the_list_as_it_is(house: House) -> None:
    visitor, other = house.signed_in("li"), house.signed_in("mei")
    task = _tasks(visitor.page("/"))[0]
    _act(visitor, f"/inbox/{task}/claim")
    answer = other.post(f"/inbox/{task}/claim", at="/", headers={"HX-Request": "true"})
    assert task not in _tasks(answer.text)
    assert "\\u5df2\\u4e0d\\u5728" in answer.headers["HX-Trigger"]


def test_the_same_click_twice_is_one_command(house: House) -> None:
    visitor = house.signed_in("li")
    task = _tasks(visitor.page("/"))[0]
    for _ in range(2):
        _act(visitor, f"/inbox/{task}/claim", command="ab" * 16)
    with house.store.database.read() as connection:
        count = connection.execute(select(schema.received).where(schema.received.c.key.like(f"web:%{'ab' * 16}"))).all()
    assert len(count) == 1


def test_an_open_page_learns_of_what_is_new_and_else_of_nothing(house: House) -> None:
    visitor, other = house.signed_in("li"), house.signed_in("mei")
    page = visitor.page("/")
    assert _news(visitor, page) is None
    task = _tasks(page)[0]
    _act(other, f"/inbox/{task}/claim")
    news = _news(visitor, page)
    assert news is not None
    assert task not in _tasks(news)
    assert _news(visitor, news) is None


def test_an_open_page_learns_that_a_task_became_overdue(house: House) -> None:
    visitor = house.signed_in("li")
    page = visitor.page("/")
    house.clock.pass_by(hours=3)
    news = _news(visitor, page)
    assert news is not None
    assert "已逾期" in news


def test_work_of_others_elsewhere_is_no_news(house: House) -> None:
    visitor, other = house.signed_in("feng"), house.signed_in("zhao")
    page = visitor.page("/")
    _act(other, f"/inbox/{_tasks(other.page('/'))[0]}/release")
    assert _news(visitor, page) is None


def test_a_deputy_sees_whose_work_it_is(house: House) -> None:
    with house.store.database.read() as connection:
        principal = people.known(house.store, "he")
        line = worklist.page(connection, Wish(mine=people.known(house.store, "zhao").id, roles=["PRE"]))[0]
    with house.store.database.write() as connection:
        row = {"task": line.task, "case_no": line.case, "kind": "person", "key": principal.id, "due": line.due}
        connection.execute(insert(schema.inbox).values(**row))
    page = house.signed_in("li").page("/?why=deputy")
    assert _tasks(page) == [line.task]
    assert "代何琳" in page
    assert 'value="deputy"' in page
    assert 'value="deputy"' not in house.signed_in("mei").page("/")


def test_tasks_look_new_until_they_were_looked_at(house: House) -> None:
    visitor = house.signed_in("li")
    task = _tasks(visitor.page("/"))[0]
    assert visitor.page("/").count("task-new") == 2
    mark = f'hx-post="/inbox/{task}/read" hx-vals=\'{{"read": "%s"}}\''
    assert mark % 1 in visitor.page("/")
    _act(visitor, f"/inbox/{task}/read", read="1")
    page = visitor.page("/")
    assert (page.count("task-new"), mark % 0 in page) == (1, True)
    assert page.count('title="标为未读"') == page.count('title="标为已读"') == 1
    _act(visitor, f"/inbox/{task}/read", read="0")
    assert visitor.page("/").count("task-new") == 2
    _act(visitor, "/inbox/1.999.1/read", read="1")
    with house.store.database.read() as connection:
        assert preferences.read_by(connection, people.known(house.store, "li"), ["1.999.1"]) == frozenset()


def test_what_was_done_begun_and_told_is_listed(house: House) -> None:
    assert "会签评审" in house.signed_in("feng").page("/done")
    sent = house.signed_in("wang").page("/sent")
    assert sent.count('id="case-') == 8
    assert "项在办" in sent
    line = " ".join(re.sub(r"<[^>]*>", " ", sent.split('id="case-13"')[1].split("</li>")[0]).split())
    assert "现在到 T01.05 审核 今天 16:40 1 项在办" in line
    assert "09:05 下达</span>" in house.signed_in("wang").page("/")
    assert 'href="/cases/new"' in sent
    assert 'href="/cases/new"' not in house.signed_in("feng").page("/sent")
    assert "李强 知会" in house.signed_in("wang").page("/told")
    quiet = house.signed_in("wai")
    for address, text in (("/done", "还没有办过的任务"), ("/sent", "还没有发起过项目"), ("/told", "还没有人知会您")):
        assert text in quiet.page(address)


def test_what_is_past_is_found_by_project_customer_and_step(house: House) -> None:
    wang = house.signed_in("wang")
    of_port = [key for key in TASK.findall(wang.page("/done")) if key.startswith("8-")]
    assert TASK.findall(wang.page("/done?q=港务")) == of_port != []
    signed = wang.page("/done?q=签订合同")
    assert signed.count("签订合同</a>") == len(TASK.findall(signed)) > 0
    assert re.findall(r'id="case-(\d+)"', wang.page("/sent?q=港务")) == ["7"]
    (told,) = TASK.findall(wang.page("/told"))
    assert [TASK.findall(wang.page(f"/told?q={word}")) for word in ("T01.05", "容灾备份", "报送")] == [
        [told],
        [told],
        [],
    ]
    nothing = wang.page("/done?q=没有这样的")
    assert "没有找到" in nothing
    assert 'value="没有这样的"' in nothing


def _past(visitor: Browser, address: str, mark: re.Pattern[str]) -> list[list[str]]:
    """What stands on each page of a list of the past, as the link at its end leads on."""
    pages = []
    while True:
        page = visitor.page(address)
        pages.append(mark.findall(page))
        more = re.search(r'<div class="more"><a [^>]*href="([^"]*)">更早的', page)
        if more is None:
            return pages
        address = more[1].replace("&amp;", "&")


def test_a_long_list_of_what_i_began_goes_on_page_by_page(house: House) -> None:
    with house.store.database.read() as connection:
        row = connection.execute(select(schema.case).limit(1)).one()._asdict()
    with house.store.database.write() as connection:
        for number in range(1000, 1110):
            values = {**row, "stream_no": number, "opened_at": row["opened_at"] + number % 7}
            connection.execute(insert(schema.case).values(**values))
    pages = _past(house.signed_in("wang"), "/sent", re.compile(r'id="case-(\d+)"'))
    assert [len(page) for page in pages] == [50, 50, 18]
    with house.store.database.read() as connection:
        table = schema.case.c
        query = select(table.stream_no).order_by(table.opened_at.desc(), table.stream_no.desc())
        assert [int(key) for page in pages for key in page] == list(connection.execute(query).scalars())


def test_a_long_list_of_what_i_was_told_goes_on_page_by_page(house: House) -> None:
    _fill(house)
    wang, now = people.known(house.store, "wang"), micros(house.clock.now)
    with house.store.database.write() as connection:
        keys = connection.execute(select(schema.task.c.task).where(schema.task.c.task.like("%.9___.1"))).scalars().all()
        for place, key in enumerate(keys):
            row = {"task": key, "person": wang.id, "by": wang.id, "message": "", "at": now + place // 3}
            connection.execute(insert(schema.task_copy).values(**row))
    pages = _past(house.signed_in("wang"), "/told", TASK)
    assert [len(page) for page in pages] == [50, 50, 21]
    with house.store.database.read() as connection:
        copy = schema.task_copy.c
        query = select(copy.task).where(copy.person == wang.id).order_by(copy.at.desc(), copy.task.desc())
        assert [key.replace("-", ".") for page in pages for key in page] == list(connection.execute(query).scalars())


def _fill(house: House) -> None:
    """A hundred and twenty tasks for he2."""
    with house.store.database.read() as connection:
        line = worklist.page(connection, Wish(mine="", roles=["SMO"]))[0]
        task = connection.execute(select(schema.task).where(schema.task.c.task == line.task)).one()._asdict()
    now = micros(house.clock.now)
    with house.store.database.write() as connection:
        for number in range(120):
            key, due = f"{line.stream}.9{number:03}.1", now + (number % 7) * 3_600_000_000
            connection.execute(insert(schema.task).values(**{**task, "task": key, "due": due}))
            row = {"task": key, "case_no": None, "kind": "role", "key": "QA", "role": "QA", "due": due}
            connection.execute(insert(schema.inbox).values(**row))


@pytest.mark.parametrize("way", ["hx-get", "href"])
def test_a_long_list_comes_page_by_page_each_task_once_with_a_script_and_without(house: House, way: str) -> None:
    _fill(house)
    visitor = house.signed_in("he2")
    page, seen = visitor.page("/"), []
    while True:
        seen += _tasks(page)
        more = _more(page, way)
        if more is None:
            break
        page = visitor.page(more)
    assert len(seen) == len(set(seen)) == 120


def _more(page: str, way: str = "hx-get") -> str | None:
    """Where the next part of the list is."""
    found = re.search(rf'<div class="more">\s*<a [^>]*?\b{way}="([^"]*)"', page)
    return None if found is None else found[1].replace("&amp;", "&")


def _loaded(house: House) -> tuple[Browser, str]:
    """A page to which everything was loaded, part by part."""
    _fill(house)
    visitor = house.signed_in("he2")
    page = visitor.page("/")
    while (more := _more(page)) is not None:
        page = re.sub(r'<div class="more">.*?</div>', "", page, flags=re.DOTALL) + visitor.page(more)
    assert len(_tasks(page)) == 120
    return visitor, page


def test_news_leave_everything_that_was_loaded_where_it_was(house: House) -> None:
    visitor, page = _loaded(house)
    house.clock.pass_by(minutes=1)
    news = _news(visitor, page)
    assert news is not None
    assert len(_tasks(news)) == 120
    assert _news(visitor, news) is None


def test_after_a_task_was_claimed_everything_that_was_loaded_is_still_there(house: House) -> None:
    visitor, page = _loaded(house)
    shown: dict[str, Any] = {}
    for name, value in _shown(page):
        shown.setdefault(name, []).append(value)
    for act in ("claim", "release"):
        answer = _act(visitor, f"/inbox/{_tasks(page)[110]}/{act}", **shown)
        assert len(_tasks(answer)) == 120


def test_news_of_a_page_that_begins_further_down_are_of_that_page(house: House) -> None:
    _fill(house)
    visitor = house.signed_in("he2")
    address = _more(visitor.page("/"), "href")
    assert address is not None
    page = visitor.page(address)
    house.clock.pass_by(minutes=1)
    assert _news(visitor, page) is None
    first, gone, *others = _tasks(page)
    with house.store.database.write() as connection:
        connection.execute(delete(schema.inbox).where(schema.inbox.c.task == gone))
    assert _tasks(_news(visitor, page) or "")[:49] == [first, *others]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b>x</b>', "{{7*7}}", "'; DROP TABLE task"])
def test_what_somebody_writes_is_shown_as_text(house: House, text: str) -> None:
    page = house.signed_in("li").page("/", query_string={"q": text})
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "49" not in page.split('name="q"')[1].split(">")[0]


def test_a_command_of_a_page_names_the_person_and_the_way(house: House) -> None:
    visitor = house.signed_in("li")
    task = _tasks(visitor.page("/"))[0]
    _act(visitor, f"/inbox/{task}/claim")
    with house.store.database.read() as connection:
        stream = int(task.split(".")[0])
        query = select(schema.entry.c.envelope).where(schema.entry.c.stream_no == stream)
        (last,) = connection.execute(query.order_by(schema.entry.c.revision.desc()).limit(1)).one()
    assert b'"channel":"web"' in bytes(last)
    assert b'"kind":"ClaimTask"' in bytes(last)
    assert f'"actor":"{people.known(house.store, "li").id}"'.encode() in bytes(last)


def test_customers_are_called_by_name_wherever_a_case_is_named(house: House) -> None:
    visitor = house.signed_in("li")
    page = visitor.page("/")
    assert "宁波港务集团" in next(part for part in page.split('<li class="task') if "宁波港务集团园区网络维保" in part)
    for address in ("/", "/cases/", "/done"):
        assert "C-0213" not in visitor.page(address), address


def test_whoever_fills_in_the_first_form_finds_the_customer_of_the_case_in_it(house: House) -> None:
    with house.store.database.read() as connection:
        query = select(schema.task.c.task).where(schema.task.c.element == "T01_01", schema.task.c.closed_at.is_(None))
        task = connection.execute(query).scalars().first()
    page = house.signed_in("wang").page(f"/tasks/{task}")
    assert re.search(r'value="临港新区管委会"[^>]*name="data.customer"', page) or re.search(
        r'name="data.customer"[^>]*value="临港新区管委会"', page
    )
