"""The team of a case changed in the browser: who may, what moves, and what the procedure has drawn its own way for."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from engine.case import Case
from engine.commands import AssignCaseRole, CloseCase, Command, Envelope, SendMessage, SetCaseData
from engine.errors import Refused
from engine.value import Context, Person
from engine.words import StreamKind
from jobs.worker import Worker
from storage import people, schema
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from web.sight import underway

NARROW = {0xFF0C: ",", 0xFF1A: ":", 0xFF08: "(", 0xFF09: ")"}
SEEN = re.compile(r'name="seen" value="([^"]*)"')


def _titled(house: House, title: str) -> int:
    with house.store.database.read() as connection:
        values = schema.case_value.c
        query = select(values.case_no).where(values.name == "project_name", values.value.contains(title))
        return int(connection.execute(query).scalar_one())


def _case(house: House, number: int) -> Case:
    with house.store.database.read() as connection:
        stream = schema.stream.c
        revision = connection.execute(select(stream.revision).where(stream.stream_no == number)).scalar_one()
        found = house.store.states.at(connection, StreamKind.CASE, number, revision)
        assert isinstance(found, Case)
        return found


def _who(house: House, *handles: str) -> tuple[Person, ...]:
    return tuple(people.known(house.store, handle) for handle in handles)


def _said(page: str) -> str:
    """The words of a page, with punctuation as it is typed."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))).translate(NARROW)


def _change(house: House, visitor: Browser, number: int, key: str, *handles: str, **more: str) -> object:
    """Send the form as it stands on its page."""
    address = f"/cases/{number}/team/{key}"
    seen = SEEN.search(visitor.page(address))
    assert seen is not None
    given = {"person": [person.id for person in _who(house, *handles)], "seen": seen[1], "reason": "岗位调整", **more}
    return visitor.post(address, given, at=address)


def _submit(house: House, command: type[Command], number: int, **fields: object) -> None:
    actor = people.known(house.store, "mei")
    envelope = Envelope(id=f"test:{command.__name__}", stream=number, at=house.clock.now, actor=actor)
    house.store.submit(command(envelope=envelope, **fields))


def _appointed(house: House) -> int:
    """A case whose process still runs, and that has a manager."""
    number, (qian,) = _titled(house, "市第一人民医院"), _who(house, "qian")
    _submit(house, AssignCaseRole, number, role="PM", persons=(qian,), reason="任命")
    _submit(house, SetCaseData, number, data=Context({"pm": qian}), reason="任命")
    Worker(house.store).run()
    return number


# ------------------------------------------------------------------ at once


def test_whoever_may_gives_a_role_to_somebody_else_and_its_open_task_moves(house: House) -> None:
    number, li = _titled(house, "宁波港务"), house.signed_in("li")
    task = re.search(r'href="(/tasks/[\d.]+)"', house.signed_in("feng").page(f"/cases/{number}"))
    assert task is not None
    assert house.signed_in("bai").get(task[1]).status_code == 404
    assert f'href="/cases/{number}/team/"' in li.page(f"/cases/{number}")
    assert f'href="/cases/{number}/team/FIN"' in li.page(f"/cases/{number}/team/")
    form = _said(li.page(f"/cases/{number}/team/FIN"))
    assert "这些待办随即转给新的担任者:T02.03 会签评审" in form
    assert form.index("具有所需角色" if "具有所需角色" in form else "冯雪") < form.index("白洁")
    answer = _change(house, li, number, "FIN", "bai")
    assert answer.status_code == 302
    assert _case(house, number).roles["FIN"] == _who(house, "bai")
    assert house.signed_in("bai").get(task[1]).status_code == 200
    assert task[1] not in house.signed_in("feng").page("/")
    page = _said(li.page(f"/cases/{number}"))
    assert "财务 白洁" in page
    assert "项目的财务:白洁" in page


def test_a_role_that_nobody_is_named_for_any_more_is_the_companys_again(house: House) -> None:
    number, li = _titled(house, "宁波港务"), house.signed_in("li")
    _change(house, li, number, "FIN", "bai")
    assert _change(house, li, number, "FIN").status_code == 302
    assert _case(house, number).roles["FIN"] == ()
    assert "/tasks/" in house.signed_in("feng").page(f"/cases/{number}")
    assert "本项目没有指定,由全公司的担任者办理" in _said(li.page(f"/cases/{number}/team/FIN"))


def test_a_person_named_in_the_data_is_changed_there(house: House) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    assert _change(house, li, number, "data.csl", "bai").status_code == 302
    assert _case(house, number).data["csl"] == _who(house, "bai")[0]
    assert "客户服务负责人 白洁" in _said(li.page(f"/cases/{number}"))
    assert "客户服务负责人:白洁(原因:岗位调整)" in _said(li.page(f"/cases/{number}/history"))


def test_who_changes_the_team_says_why_and_the_history_tells_it_in_both_languages(house: House) -> None:
    number, li = _titled(house, "宁波港务"), house.signed_in("li")
    for reason in ("", "  "):
        answer = _change(house, li, number, "FIN", "bai", reason=reason)
        assert (answer.status_code, "请写明更换的原因" in answer.text) == (422, True)
        assert 'id="reason-fault"' in answer.text
    assert "FIN" not in _case(house, number).roles or _case(house, number).roles["FIN"] != _who(house, "bai")
    assert _change(house, li, number, "FIN", "bai", reason="冯雪<b>休假</b>").status_code == 302
    assert "项目的财务:白洁(原因:冯雪<b>休假</b>)" in _said(li.page(f"/cases/{number}/history"))
    li.post("/account/look", {"language": "en"}, at="/account/")
    assert "Finance of the case: 白洁 (reason: 冯雪<b>休假</b>)" in _said(li.page(f"/cases/{number}/history"))


def test_programs_say_why_the_team_changes(house: House) -> None:
    number, api = _titled(house, "江南水务"), program(house, "li")
    address, tag = f"/cases/{number}", api.ask("GET", f"/cases/{number}").headers["ETag"]
    problem = api.refused(422, "PUT", f"{address}/roles/FIN", {"persons": ["bai"]}, If_Match=tag)
    assert [fault["path"] for fault in problem["faults"]] == ["reason"]
    problem = api.refused(422, "PATCH", f"{address}/data", {"data": {"csl": "@bai"}}, If_Match=tag)
    assert [fault["path"] for fault in problem["faults"]] == ["reason"]
    given = {"persons": ["bai"], "reason": "冯雪休假"}
    tag = api.ask("PUT", f"{address}/roles/FIN", given, If_Match=tag).headers["ETag"]
    tag = api.ask("PATCH", f"{address}/data", {"data": {"level": "B"}}, If_Match=tag).headers["ETag"]
    change = {"data": {"csl": "@bai"}, "reason": "罗敏调岗"}
    assert api.ask("PATCH", f"{address}/data", change, If_Match=tag).status_code == 200
    told = str(api.get(f"{address}/history")["items"]).translate(NARROW)
    assert [told.count(one) for one in ("(原因:冯雪休假)", "(reason: 冯雪休假)", "(原因:罗敏调岗)")] == [1, 1, 1]


def test_when_its_process_is_over_a_manager_is_changed_at_once_wherever_the_case_names_them(house: House) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    for _ in range(2):  # sent twice, it is done once
        assert _change(house, li, number, "PM", "luo", command="ab" * 16).status_code == 302
    case = _case(house, number)
    assert (case.roles["PM"], case.data["pm"]) == (_who(house, "luo"), _who(house, "luo")[0])
    page = _said(li.page(f"/cases/{number}"))
    assert page.count("服务项目经理 罗敏") == 2  # once in the team, once in the data
    assert "服务项目经理 钱伟" not in page


def test_a_change_that_was_left_half_done_is_finished_when_it_is_sent_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    _leave_half_done(house, monkeypatch, number, li)
    assert _case(house, number).data["pm"] == _who(house, "qian")[0]
    form = {"person": _who(house, "luo")[0].id, "seen": _who(house, "qian")[0].id, "command": "ab" * 16}
    for _ in range(2):
        assert li.post(f"/cases/{number}/team/PM", form, at="/account/").status_code == 302
    case = _case(house, number)
    assert (case.roles["PM"], case.data["pm"]) == (_who(house, "luo"), _who(house, "luo")[0])


def test_what_was_left_half_done_is_not_finished_over_the_change_of_another_but_may_be_saved_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    _leave_half_done(house, monkeypatch, number, li)
    assert _change(house, house.signed_in("mei"), number, "MEM", "wu").status_code == 302
    form = {"person": _who(house, "luo")[0].id, "seen": _who(house, "qian")[0].id, "command": "ab" * 16}
    answer = li.post(f"/cases/{number}/team/PM", form, at="/account/")
    assert (answer.status_code, "刚刚有了变化" in answer.text) == (422, True)
    assert _case(house, number).data["pm"] == _who(house, "qian")[0]
    assert _change(house, li, number, "PM", "luo").status_code == 302
    assert _case(house, number).data["pm"] == _who(house, "luo")[0]


def _leave_half_done(house: House, monkeypatch: pytest.MonkeyPatch, number: int, visitor: Browser) -> None:
    """The role is given to somebody else, and then the disk is full."""
    submit = house.store.submit

    def until_full(command: Command, *more: object) -> object:
        if isinstance(command, SetCaseData):
            raise OSError("no space left")
        return submit(command, *more)

    monkeypatch.setattr(house.store, "submit", until_full)
    assert _change(house, visitor, number, "PM", "luo", command="ab" * 16).status_code >= 500
    monkeypatch.setattr(house.store, "submit", submit)
    assert _case(house, number).roles["PM"] == _who(house, "luo")


@pytest.mark.parametrize(
    ("key", "handles", "said"),
    [
        ("MEM", ("li", "wu"), "本人不能为自己分配"),
        ("MEM", ("qian", "luo", "wu", "lin"), "担任者没有变化"),
        ("data.csl", (), "请选择一个人"),
        ("PM", ("luo", "wu"), "请选择一个人"),
    ],
)
def test_what_cannot_be_is_told_in_place_and_changes_nothing(
    house: House, key: str, handles: tuple[str, ...], said: str
) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    before = _case(house, number)
    answer = _change(house, li, number, key, *handles)
    assert answer.status_code == 422
    assert said in re.search(r'id="person-fault"[^>]*>(.*?)</div>', answer.text, re.DOTALL)[1]
    assert _case(house, number) == before


def test_somebody_who_is_nobody_and_a_change_of_others_meanwhile_are_refused(house: House) -> None:
    number, li, mei = _titled(house, "江南水务"), house.signed_in("li"), house.signed_in("mei")
    address = f"/cases/{number}/team/MEM"
    answer = li.post(address, {"person": "999.999.999", "seen": SEEN.search(li.page(address))[1]}, at=address)
    assert (answer.status_code, "请从列表中选择人员" in answer.text) == (422, True)
    old = SEEN.search(li.page(address))[1]
    assert _change(house, mei, number, "MEM", "wu").status_code == 302
    answer = li.post(address, {"person": _who(house, "lin")[0].id, "seen": old}, at=address)
    assert (answer.status_code, "刚刚由别人更改过" in answer.text) == (422, True)
    assert _case(house, number).roles["MEM"] == _who(house, "wu")


@pytest.mark.parametrize("handle", ["wang", "feng", "wai", "he2", "gong", "admin"])
def test_others_get_neither_the_link_nor_the_answer(house: House, handle: str) -> None:
    number, visitor = _titled(house, "宁波港务"), house.signed_in(handle)
    before = _case(house, number)
    assert "/team/" not in visitor.get(f"/cases/{number}").text
    for key in ("", "FIN", "PM", "data.csl", "NONE"):
        assert visitor.get(f"/cases/{number}/team/{key}").status_code == 404, key
    person = _who(house, "bai")[0].id
    for key in ("FIN", "data.csl"):
        answer = visitor.post(f"/cases/{number}/team/{key}", {"person": person, "seen": ""}, at="/account/")
        assert answer.status_code == 404
    assert _case(house, number) == before


def test_what_is_no_part_of_a_case_and_a_case_that_is_over_are_not_there(house: House) -> None:
    number, li = _titled(house, "江南水务"), house.signed_in("li")
    for key in ("SYS", "NONE", "csl", "data.pm", "data.amount", "data."):
        assert li.get(f"/cases/{number}/team/{key}").status_code == 404, key
    _submit(house, CloseCase, number, outcome="合同期满")
    assert "/team/" not in li.page(f"/cases/{number}")
    for key in ("", "MEM"):
        assert li.get(f"/cases/{number}/team/{key}").status_code == 404, key


# ------------------------------------------------------------------ by the steps that the procedure has drawn


def test_a_manager_is_replaced_by_the_steps_that_the_procedure_has_drawn(house: House) -> None:
    number = _appointed(house)
    li, before = house.signed_in("li"), _case(house, number)
    form = _said(li.page(f"/cases/{number}/team/PM"))
    assert "依次办理:T00.04 交接清单 → T00.05 接收确认 → T00.06 确认交接" in form
    answer = _change(house, li, number, "PM", "luo", reason=" ", command="ab" * 16)
    assert (answer.status_code, "请写明更换的原因" in answer.text) == (422, True)
    answer = _change(house, li, number, "PM", "luo", reason="钱伟调任新项目", command="cd" * 16)
    assert answer.status_code == 302
    Worker(house.store).run()
    assert (_case(house, number).roles, _case(house, number).data) == (before.roles, before.data)
    assert "T00.04" in house.signed_in("qian").page("/")
    page = _said(li.page(f"/cases/{number}"))
    assert "T00.04 交接清单" in page
    messages = page.split(" 消息 ")[1]
    assert [messages.count(word) for word in ("已发出", "已收到", "等待中")] == [1, 1, 1]
    assert "正在更换" in li.page(f"/cases/{number}/team/")
    history = li.page(f"/cases/{number}/history")
    spot = re.search(rf'href="(/cases/{number}/at/{number}\.\d+)"', history)
    assert spot is not None
    assert "钱伟调任新项目" in li.page(spot[1])
    address = f"/cases/{number}/team/PM"
    assert "更换正在进行" in li.page(address)
    again = {"person": _who(house, "wu")[0].id, "seen": before.roles["PM"][0].id, "reason": "再换"}
    assert li.post(address, again, at=f"/cases/{number}/team/FIN").status_code == 422
    twice = {**again, "command": "cd" * 16}
    assert li.post(address, twice, at=f"/cases/{number}/team/FIN").status_code == 302  # it was done already


def _replacing(house: House, number: int, visitor: Browser, handle: str, command: str) -> int:
    """Ask for another manager as a page did that was read before anybody asked; the status of the answer."""
    (held,) = _case(house, number).roles["PM"]
    form = {"person": _who(house, handle)[0].id, "seen": held.id, "reason": "调任", "command": command * 16}
    return visitor.post(f"/cases/{number}/team/PM", form, at="/account/").status_code


def test_a_manager_is_replaced_once_though_two_ask_before_the_worker_comes(house: House) -> None:
    number, li, mei = _appointed(house), house.signed_in("li"), house.signed_in("mei")
    assert _replacing(house, number, li, "luo", "ab") == 302
    assert "正在更换" in li.page(f"/cases/{number}/team/")
    assert _replacing(house, number, mei, "wu", "cd") == 422
    Worker(house.store).run()
    assert _handovers(house, number) == 1


@pytest.mark.parametrize("is_delivered", [False, True])
def test_a_manager_is_replaced_once_though_two_read_the_form_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch, is_delivered: bool
) -> None:
    number, li, mei = _appointed(house), house.signed_in("li"), house.signed_in("mei")
    submit, answers = house.store.submit, list[int]()

    def after_another(*asked: object) -> object:
        monkeypatch.setattr(house.store, "submit", submit)
        answers.append(_replacing(house, number, mei, "wu", "cd"))
        if is_delivered:
            Worker(house.store).run()
        return submit(*asked)

    monkeypatch.setattr(house.store, "submit", after_another)
    answers.append(_replacing(house, number, li, "luo", "ab"))
    Worker(house.store).run()
    assert (answers, _handovers(house, number)) == ([302, 422], 1)


def test_a_program_begins_no_replacement_while_one_is_under_way_and_neither_does_a_terminal(house: House) -> None:
    number, api = _appointed(house), program(house, "li")
    payload = {"pm": "@luo", "reason": "调任"}
    asked = {"name": "M90 项目经理更换", "case": number, "correlation": str(number), "payload": payload}
    api.post("/messages", asked, Idempotency_Key="first")
    for is_delivered in (False, True):
        problem = api.refused(409, "POST", "/messages", asked)
        assert "更换正在进行" in problem["text"]["zh"]
        assert _replacing(house, number, house.signed_in("mei"), "wu", f"{is_delivered:02}") == 422
        with pytest.raises(Refused, match="no replacement to be under way"):
            _sent_by_terminal(house, number)
        Worker(house.store).run()
    assert _handovers(house, number) == 1
    assert api.post("/messages", asked, Idempotency_Key="first")["stream"] == number  # the first answer, once more
    assert _handovers(house, number) == 1


def _sent_by_terminal(house: House, number: int) -> None:
    envelope = Envelope(id=f"cli:{house.clock.now}", stream=number, at=house.clock.now)
    fields = {"name": "M90 项目经理更换", "correlation": str(number), "payload": Context()}
    house.store.submit(
        SendMessage(envelope=envelope, procedure="service-planning", **fields), (), underway.alone(house.store)
    )


def _handovers(house: House, number: int) -> int:
    """How often the first step of a handover is open."""
    with house.store.database.read() as connection:
        task, instance = schema.task.c, schema.instance.c
        query = select(task.element).join(schema.instance, instance.stream_no == task.stream_no)
        elements = connection.execute(query.where(instance.case_no == number, task.element == "T00_04"))
        return len(elements.all())


def test_before_the_process_appoints_a_manager_nobody_else_does(house: House) -> None:
    number, li = _titled(house, "宁波港务"), house.signed_in("li")
    assert "由流程任命" in li.page(f"/cases/{number}/team/")
    assert "还没有任命" in li.page(f"/cases/{number}/team/PM")
    given = {"person": _who(house, "luo")[0].id, "seen": "", "reason": "直接任命"}
    answer = li.post(f"/cases/{number}/team/PM", given, at=f"/cases/{number}/team/FIN")
    assert answer.status_code == 422
    assert "PM" not in _case(house, number).roles


def test_the_pages_of_a_team_are_read_in_english(house: House) -> None:
    number, li = _appointed(house), house.signed_in("li")
    li.post("/account/look", {"language": "en"}, at="/")
    for key in ("", "PM", "FIN"):
        page = li.page(f"/cases/{number}/team/{key}")
        for chinese in ("担任", "更改", "更换", "项目组", "原因", "待办", "保存", "角色"):
            assert chinese not in re.sub(r"<[^>]*>", " ", page), (key, chinese)
