"""The task page over HTTP: who may have it, what it keeps, what it refuses, and that looking writes nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from storage import drafts, people, schema
from tests.web.pages.browser import Browser, House

QUIET = {"HX-Request": "true"}
RESEARCH = {
    "data.visit_date": "11月20日 14:30",
    "data.method": "现场",
    "data.participants[3].name": "李想",
    "data.participants[3].org": "华东轨道交通",
    "data.present_state[0].domain": "网络",
    "data.service_window": "5×8",
}


def _task(house: House, element: str) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def _entries(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.entry)).scalar_one())


def _refusals(house: House) -> int:
    with house.store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.refusal)).scalar_one())


def _send(visitor: Browser, task: str, what: str, **data: Any) -> TestResponse:
    return visitor.post(f"/tasks/{task}/{what}", data, at="/account/", headers=QUIET)


def _live(visitor: Browser, task: str, data: dict[str, str]) -> dict[str, Any]:
    answer = visitor.post(f"/tasks/{task}/draft", data, at="/account/", headers=QUIET)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_the_page_says_what_why_by_when_and_who_had_it_before(house: House) -> None:
    page = house.signed_in("zhao").page(f"/tasks/{_task(house, 'T01_03')}")
    for wanted in ("T01.03", "需求调研", "与客户一起了解现状", "8.2.2", "A/0", "李强 交办", "华东轨道交通票务平台运维"):
        assert wanted in page, wanted
    assert "完成 T01.02 受理与指派 → 受理" in page
    due = re.search(r"<dt>期限</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert due is not None
    assert re.sub(r"<[^>]*>|\s+", " ", due[1]).split() == ["11月27日", "23:59"]


def test_looking_at_a_page_writes_nothing_and_its_first_look_is_posted_once(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    before = _entries(house)
    for _ in range(2):
        visitor.page(f"/tasks/{task}")
        visitor.page(f"/tasks/{task}/goals")
        assert visitor.get(f"/tasks/{task}/news").status_code in (200, 204)
    assert _entries(house) == before
    assert _send(visitor, task, "open").status_code == 204
    assert _send(visitor, task, "open").status_code == 204
    assert _entries(house) == before + 1


def test_who_only_looks_at_a_task_opens_nothing_and_is_not_refused(house: House) -> None:
    visitor, task = house.signed_in("mei"), _task(house, "T01_03")
    before = _entries(house), _refusals(house)
    assert 'id="form"' not in visitor.page(f"/tasks/{task}")
    assert _send(visitor, task, "open").status_code == 204
    assert (_entries(house), _refusals(house)) == before


@pytest.mark.parametrize("handle", ["shi", "ning", "admin", "gong"])
def test_a_task_that_is_no_business_of_theirs_is_not_there(house: House, handle: str) -> None:
    visitor, task = house.signed_in(handle), _task(house, "T01_03")
    assert visitor.get(f"/tasks/{task}").status_code == 404
    for what in ("open", "draft", "complete", "discard", "do/claim"):
        assert _send(visitor, task, what).status_code == 404, what


def test_whoever_may_read_the_case_may_look_and_do_nothing(house: House) -> None:
    visitor, task = house.signed_in("wai"), _task(house, "T01_03")
    page = visitor.page(f"/tasks/{task}")
    assert "正等待 赵磊 认领" in page
    assert 'id="form"' not in page
    assert _send(visitor, task, "complete", **RESEARCH).status_code == 403
    assert _send(visitor, task, "draft", **RESEARCH).status_code == 403


@pytest.mark.parametrize("key", ["1.999.1", "0.1.1", "x", "1.1", "9" * 40, "1.1.1%00", "7.1.1"])
def test_what_is_no_task_is_not_there(house: House, key: str) -> None:
    assert house.signed_in("li").get(f"/tasks/{key}").status_code == 404


def test_a_form_is_handed_in_as_chinese_users_write_it(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    answer = _send(visitor, task, "complete", **RESEARCH)
    assert (answer.status_code, answer.headers["HX-Redirect"].partition("?")[0]) == (
        200,
        f"/tasks/{_next(house, task)}",
    )
    page = visitor.page(f"/tasks/{task}")
    for wanted in ("2026-11-20 14:30", "现场", "李想", "网络", "已完成"):
        assert wanted in page, wanted


def _next(house: House, task: str) -> str:
    """The task that is open in the same run."""
    tasks = schema.task.c
    with house.store.database.read() as connection:
        stream = int(task.split(".")[0])
        query = select(tasks.task).where(tasks.stream_no == stream, tasks.closed_at.is_(None))
        found: str = connection.execute(query).scalar_one()
        return found


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    wrong = {**RESEARCH, "data.visit_date": "昨天", "data.method": "", "data.participants[3].org": ""}
    answer = _send(visitor, task, "complete", **wrong)
    assert answer.status_code == 422
    assert "有 3 处需要更正" in answer.text
    assert "应为日期时间" in answer.text
    assert "参加人员 第 1 行 单位" in answer.text
    assert 'value="昨天"' in answer.text
    assert 'value="李想"' in answer.text
    assert re.search(r'id="field-participants-0-org"[^>]*aria-invalid="true"', answer.text)
    whole = visitor.post(f"/tasks/{task}/complete", wrong, at="/account/")
    assert whole.status_code == 422
    assert 'value="昨天"' in whole.text


def test_a_draft_is_kept_while_typing_and_found_again(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    before = _entries(house)
    assert _live(visitor, task, {"data.need_response": "未完"})["saved"] == "草稿已保存 14:30"
    page = house.signed_in("zhao").page(f"/tasks/{task}")
    assert 'value="未完"' in page
    assert "已恢复草稿" in page
    assert _entries(house) == before
    assert _send(visitor, task, "discard").headers["HX-Redirect"] == f"/tasks/{task}"
    assert 'value="未完"' not in visitor.page(f"/tasks/{task}")


def test_computed_fields_and_faults_are_told_by_the_rows_of_the_page(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    found = _live(
        visitor,
        task,
        {"data.devices[4].category": "交换机", "data.devices[2].model": "", "data.devices[9].count": "三"},
    )
    assert found["computed"] == {"devices[4].no": "1", "devices[9].no": "2"}
    assert "devices[4].brand" in found["missing"]
    assert "应为数字" in found["faults"]["devices[9].count"]


def test_amounts_are_said_in_capital_characters(house: House) -> None:
    visitor, task = house.signed_in("feng"), _finance(house)
    assert _live(visitor, task, {"data.est_cost": "12.5万"})["notes"] == {"est_cost": "壹拾贰万伍仟元整"}


def _finance(house: House) -> str:
    """The review of finance, one of several at the same step."""
    return re.findall(r'href="/tasks/([\d.]+)"', house.signed_in("feng").page("/"))[0]


def test_conditions_hide_fields_for_others(house: House) -> None:
    task = _finance(house)
    assert "est_cost" not in _live(house.signed_in("feng"), task, {})["hidden"]
    other = re.search(r'href="/tasks/([\d.]+)"[^>]*><span[^>]*>T02.03', house.signed_in("li").page("/"))
    assert other is not None
    assert "est_cost" in _live(house.signed_in("li"), other[1], {})["hidden"]


def test_those_at_the_same_step_see_who_has_done_theirs(house: House) -> None:
    task = _finance(house)
    page = house.signed_in("feng").page(f"/tasks/{task}")
    assert page.count("未签") == 4
    assert '<span class="count">0/4</span>' in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><b onload=x>', "{{7*7}}", "</textarea><i>"])
def test_what_somebody_types_is_shown_as_text(house: House, text: str) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    _live(visitor, task, {"data.need_response": text, "data.constraints": text, "data.participants[0].name": text})
    page = visitor.page(f"/tasks/{task}")
    for raw in ("<script>alert", "<b onload", "</textarea><i>"):
        assert raw not in page
    found = _send(visitor, task, "complete", **{"data.method": text}).text
    assert "<script>alert" not in found
    assert "<b onload" not in found


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("data.method", "飞鸽", "应从"),
        ("data.need_availability", "很高", "应为数字"),
        ("data.need_response", "长" * 4001, "应不超过 4000 个字"),
        ("data.visit_date", "2026-13-45 09:00", "应为日期时间"),
        ("data.colour", "red", "表单没有这个字段"),
        ("data.participants[0].colour", "red", "表单没有这个字段"),
        ("data.files", "../../etc/passwd", "应为已上传的文件"),
        ("data.files", '{"digest":"00","name":"../x","type":"","size":1}', "应为已上传的文件"),
        ("data.files", "[" * 5000, "应为已上传的文件"),
        ("data.participants", "no rows", "应为不超过"),
    ],
)
def test_wrong_input_is_refused_in_words_and_stores_nothing(house: House, name: str, value: str, sentence: str) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    data = {key: found for key, found in RESEARCH.items() if not (key + "[").startswith(f"{name}[")}
    before = _entries(house)
    answer = _send(visitor, task, "complete", **{**data, name: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert _entries(house) == before


def test_a_person_who_is_nobody_is_refused(house: House) -> None:
    visitor = house.signed_in("li")
    task = _task(house, "T01_05")
    data = {"data.findings[0].finding": "缺少附录", "data.findings[0].owner": "1.999.1", "data.decision": "通过"}
    answer = _send(visitor, task, "complete", **data)
    assert "应选择一个人员" in answer.text
    answer = _send(visitor, task, "do/transfer", to="1.999.1", reason="试试")
    assert answer.status_code == 404
    assert "应为本组织的人员" in answer.text


def test_the_second_of_two_is_told_by_whom_and_when_and_keeps_what_was_typed(house: House) -> None:
    first, second, task = house.signed_in("li"), house.signed_in("mei"), _task(house, "T01_05")
    stamp = re.search(r"news\?seen=([\w.-]+)", second.page(f"/tasks/{task}"))
    assert stamp is not None
    assert second.get(f"/tasks/{task}/news?seen={stamp[1]}").status_code == 204
    data = {"data.decision": "通过", "data.opinion": "同意"}
    assert _send(first, task, "complete", **data).status_code == 200
    assert "李强 已于 14:30 完成这项任务" in second.page(f"/tasks/{task}/news?seen={stamp[1]}")
    for what in ("complete", "draft"):
        answer = _send(second, task, what, **data)
        assert answer.status_code == 409
        assert "李强 已于 14:30 完成这项任务" in answer.text
        assert answer.headers["HX-Retarget"] == "#news"


def test_the_same_form_sent_twice_is_handed_in_once(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    answers = [_send(visitor, task, "complete", **RESEARCH, command="cd" * 16) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["HX-Redirect"] == answers[1].headers["HX-Redirect"]


def test_what_was_handed_in_is_taken_back_while_nobody_opened_what_follows(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    onward = _send(visitor, task, "complete", **RESEARCH).headers["HX-Redirect"]
    page = visitor.page(onward)
    assert "dialog-undo" in page
    assert 'hx-trigger="focusin from:#work once"' in page
    assert "已提交“T01.03 需求调研”。 现在到 T01.04 编写/完善《服务需求说明书》\uff08赵磊\uff09" in page
    answer = _send(visitor, task, "do/withdraw", reason="写错了")
    again = answer.headers["HX-Redirect"]
    page = visitor.page(again)
    assert "李想" in page
    assert 'value="现场" checked' in page
    onward = _send(visitor, again.rpartition("/")[2], "complete", **RESEARCH).headers["HX-Redirect"]
    _send(visitor, onward.rpartition("/")[2].partition("?")[0], "open")
    assert "dialog-undo" not in visitor.page(onward)


def test_personal_values_are_kept_apart_and_shown_to_whoever_entered_them(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    _send(visitor, task, "complete", **RESEARCH)
    with house.store.database.read() as connection:
        bodies = connection.execute(select(schema.entry.c.body)).scalars()
        assert not any("李想".encode() in bytes(body) for body in bodies)
    assert "李想" in visitor.page(f"/tasks/{task}")
    assert "李想" not in house.signed_in("mei").page(f"/tasks/{task}")


def test_actions_ask_for_what_they_need_and_say_so_in_place(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    for act, sentence in (
        ("return", "请选择退回到哪一步"),
        ("transfer", "请选择一个人"),
        ("sign", "请至少选择一个人"),
        ("copy", "请至少选择一个人"),
    ):
        answer = _send(visitor, task, f"do/{act}")
        assert (answer.status_code, answer.headers["X-In-Place"]) == (422, "1"), act
        assert sentence in answer.text
    answer = _send(visitor, task, "do/return", target="svc_requirements:T01_02", reason="  ")
    assert "请写明理由" in answer.text
    assert _send(visitor, task, "do/fly").status_code == 404


def test_an_action_of_the_engine_is_refused_in_its_own_words_with_names(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    other = people.known(house.store, "gong").id
    answer = _send(visitor, task, "do/transfer", to=other, reason="请接手")
    assert answer.status_code == 403
    assert "任务只能转给 售前支持/需求调研人员,但 龚成 不具有该角色".replace(",", "\uff0c") in answer.text


def _said_before(visitor: Browser, task: str) -> tuple[str, str]:
    """Who handed a task on, and their words, as they stand above the form."""
    found = re.search(
        r'class="why-before.*?<span class="soft">(.*?) 交办.*?<q>(.*?)</q>', visitor.page(f"/tasks/{task}"), re.DOTALL
    )
    assert found is not None
    return found[1], found[2]


def test_whoever_gets_a_task_reads_at_the_top_who_gave_it_and_why(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    sun = people.known(house.store, "sun").id
    assert _send(visitor, task, "do/transfer", to=sun, reason="下周出差请接手").status_code == 200
    assert _said_before(house.signed_in("sun"), task) == ("赵磊", "下周出差请接手")


def test_the_role_shown_is_the_one_of_this_task_not_of_its_lane(house: House) -> None:
    page = house.signed_in("feng").page(f"/tasks/{_offered(house, 'feng', 'T02.03')}")
    assert re.findall(r"<dt>担任角色</dt><dd>([^<]*)</dd>", page) == ["财务"]


def _offered(house: House, handle: str, number: str) -> str:
    """A task of a step in somebody's inbox."""
    page = house.signed_in(handle).page("/")
    found = re.search(rf'href="/tasks/([\d.]+)"><span class="task-step figures">{re.escape(number)}<', page)
    assert found is not None
    return found[1]


def test_each_action_does_what_it_says(house: House) -> None:
    visitor, helper, task = house.signed_in("zhao"), house.signed_in("wu"), _task(house, "T01_03")
    wu, zhao = people.known(house.store, "wu").id, people.known(house.store, "zhao").id
    assert _send(visitor, task, "do/delegate", to=wu, reason="帮忙看看").status_code == 200
    assert "dialog-resolve" in helper.page(f"/tasks/{task}")
    assert _said_before(helper, task) == ("赵磊", "帮忙看看")
    assert _send(helper, task, "do/resolve", opinion="没有问题").status_code == 200
    assert _said_before(visitor, task) == ("吴敏", "没有问题")
    assert _send(visitor, task, "do/sign", to=wu, place="before", reason="请先看").status_code == 200
    assert _send(helper, task, "do/resolve", opinion="").status_code == 422
    assert _send(helper, task, "do/resolve", opinion="同意").status_code == 200
    page = visitor.page(f"/tasks/{task}")
    assert "加签 T01.03 需求调研" in page
    assert _send(house.signed_in("li"), task, "do/urge", message="请抓紧").status_code == 200
    assert _send(house.signed_in("li"), task, "do/urge", message="请抓紧").status_code == 409
    assert _send(visitor, task, "do/copy", to=wu, message="供参考").status_code == 200
    assert _send(visitor, task, "do/transfer", to=zhao, reason="给自己").status_code == 422
    assert _send(visitor, task, "do/return", target="svc_requirements:T01_02", reason="信息不足").status_code == 200
    assert "T01.02" in house.signed_in("li").page("/")
    assert "信息不足" in house.signed_in("li").page(f"/tasks/{_next(house, task)}")


def test_where_a_task_can_be_returned_to_is_told_by_name(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    for mode in ("step", "straight"):
        found = visitor.page(f"/tasks/{task}/goals?mode={mode}")
        assert "T01.01 提出售前支持请求" in found
        assert "T01.02 受理与指派" in found


def test_the_draft_of_the_page_is_that_of_the_command_line(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    _live(visitor, task, RESEARCH)
    found = drafts.read(house.store.database, task, people.known(house.store, "zhao"))
    assert found is not None
    assert found["visit_date"] == "2026-11-20T14:30"
    assert [row["name"] for row in found["participants"]] == ["李想"]  # type: ignore[union-attr, index, call-overload]


def test_a_new_proof_is_given_to_whoever_signed_in_anew(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    proof = json.loads(visitor.page(f"/tasks/{task}/proof"))["proof"]
    sent = visitor.client.post(f"/tasks/{task}/open", headers={**QUIET, "X-CSRF": proof}, base_url=visitor.base)
    assert sent.status_code == 204
    assert house.browser().get(f"/tasks/{task}/proof", headers=QUIET).status_code == 401


def test_in_english_the_page_and_its_form_are_english(house: House) -> None:
    visitor, task = house.signed_in("zhao"), _task(house, "T01_03")
    visitor.post("/account/look", {"language": "en"}, at="/")
    page = visitor.page(f"/tasks/{task}")
    for wanted in ("Research requirements", "Learn the present state", "Visited on", "On site", "Return", "Submit"):
        assert wanted in page, wanted
    assert "expected" in _live(visitor, task, {"data.need_availability": "high"})["faults"]["need_availability"]


def test_whoever_hands_in_what_somebody_else_has_taken_is_told_who_has_it_and_not_what_is_missing(house: House) -> None:
    task, slow, fast = _task(house, "T01_05"), house.signed_in("mei"), house.signed_in("li")
    assert slow.get(f"/tasks/{task}").status_code == 200
    assert _send(fast, task, "do/claim").status_code == 200
    answer = _send(slow, task, "complete")
    assert answer.status_code == 409
    assert "这项任务现在由 李强 办理。您填写的内容还在下面。" in answer.text
    assert "必填" not in answer.text


def test_what_was_handed_in_is_told_though_it_cannot_be_taken_back_and_not_for_ever(house: House) -> None:
    task, visitor = _task(house, "T01_05"), house.signed_in("li")
    onward = _send(visitor, task, "complete", **{"data.decision": "通过"}).headers["HX-Redirect"]
    assert onward.endswith(f"?done={task}")
    page = visitor.page(onward)
    assert "已提交“T01.05 审核”。" in page
    assert "dialog-undo" not in page
    assert 'hx-trigger="load"' in page
    assert "已提交" not in house.signed_in("mei").page(onward)
    house.clock.pass_by(minutes=11)
    assert "已提交" not in visitor.page(onward)
