"""The operator's pages: what cannot go on is decided there, with a reason; figures for whoever may have them."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import insert

from jobs import lease
from jobs.worker import Worker
from storage import schema
from storage.moments import NEVER, micros
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from tests.web.pages.trouble import parked, recurring, stuck
from web.api.document import PREFIX
from web.cli import company

PAGES = ("", "incidents", "jobs", "timers", "milestones", "messages")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("handle", ["admin", "li"])
def test_who_runs_the_product_sees_how_it_runs(house: House, page: str, handle: str) -> None:
    assert "<h1>运行</h1>" in house.signed_in(handle).page(f"/operations/{page}")


def test_a_step_that_cannot_go_on_is_shown_and_decided_with_a_reason(house: House) -> None:
    incident = stuck(house)
    li = house.signed_in("li")
    page = li.page("/operations/incidents")
    assert "Which way" in page
    assert 'value="fa"' in page
    address = f"/operations/incidents/{incident}/decide"
    refused = li.post(address, {"reason": " ", "flow": "fa"}, at="/operations/incidents")
    assert (refused.status_code, "请写明理由" in refused.text) == (422, True)
    wrong = li.post(address, {"reason": "<b>按合同</b>", "flow": "nowhere"}, at="/operations/incidents")
    assert wrong.status_code == 422
    assert "&lt;b&gt;按合同" in wrong.text
    assert li.post(address, {"reason": "按合同", "flow": "fb"}, at="/operations/incidents").status_code == 302
    assert "没有异常" in li.page("/operations/incidents")
    state = company.instance_of(house.store, int(incident.split(".")[0]))
    assert [task.element for task in state.tasks.values()] == ["b"]


def test_it_is_tried_again_and_stays_when_the_reason_is_still_there(house: House) -> None:
    incident = stuck(house)
    li = house.signed_in("li")
    address = f"/operations/incidents/{incident}/retry"
    assert li.post(address, {"reason": "再试"}, at="/operations/incidents").status_code == 302
    page = li.page("/operations/incidents")
    assert "Which way" in page
    assert f'id="incident-{incident}"' not in page


def test_an_administrator_without_the_right_sees_it_and_decides_nothing(house: House) -> None:
    incident = stuck(house)
    admin = house.signed_in("admin")
    assert f'action="/operations/incidents/{incident}' not in admin.page("/operations/incidents")
    sent = admin.post(f"/operations/incidents/{incident}/retry", {"reason": "x"}, at="/account/")
    assert sent.status_code == 422
    assert incident in company.instance_of(house.store, int(incident.split(".")[0])).incidents


def test_a_parked_job_is_shown_with_its_reason_and_tried_again(house: House) -> None:
    key, admin = parked(house), house.signed_in("admin")
    page = admin.page("/operations/jobs")
    assert "搁置" in page
    assert "没有文件 none" in page
    assert _gauge(admin, "搁置的后台工作") == "1"
    address = f"/operations/jobs/{key}/retry"
    assert f'action="{address}"' in page
    assert admin.post(address, at="/operations/jobs").status_code == 302
    page = admin.page("/operations/jobs")
    assert "后台工作将再试一次" in page
    assert "待办理" in page
    assert f'action="{address}"' not in page
    assert _gauge(admin, "搁置的后台工作") == "0"
    Worker(house.store).run()
    assert "搁置" in admin.page("/operations/jobs")


@pytest.mark.parametrize("key", ["1.1.1", "nothing"])
def test_a_job_that_is_not_there_is_not_tried_again_and_that_is_said(house: House, key: str) -> None:
    admin = house.signed_in("admin")
    assert admin.post(f"/operations/jobs/{key}/retry", at="/operations/").status_code == 302
    assert f"没有搁置的后台工作 {key}" in admin.page("/operations/jobs")


def test_what_waits_is_listed_line_by_line(house: House) -> None:
    recurring(house)
    admin = house.signed_in("admin")
    lines = {name: _lines(admin.page(f"/operations/{name}")) for name in ("timers", "messages", "milestones", "")}
    assert lines["timers"][0] == "T01.07 报送 服务全生命周期 · 所属项目 11 升级 15:20"
    assert "T01.08 客户确认 服务全生命周期 · 所属项目 9 提醒 11月26日 09:40" in lines["timers"]
    assert lines["messages"][0] == "M90 项目经理更换 所属项目 9 外部消息"
    admin.post("/account/look", {"language": "en"}, at="/account/")
    assert _lines(admin.page("/operations/messages"))[0].startswith("M90 Change of the project manager ")
    admin.post("/account/look", {"language": "zh"}, at="/account/")
    assert lines["milestones"] == ["p 整个组织 已发生 0 次 下一次 明天 14:30"]
    shipped, trial = (re.sub(r"[0-9a-f]{12}", "…", line) for line in lines[""])
    assert shipped == "服务策划与实施管理程序 A/0 … 现行 8 个项目，7 个流程实例"
    assert trial == "试行程序 A/0 … 现行 0 个项目，0 个流程实例"


def _lines(page: str) -> list[str]:
    """The lines of the lists of a page, without markup."""
    found = re.findall(r"<li>(.*?)</li>", page.partition("<main")[2], re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", line)).split()) for line in found]


def _gauge(visitor: Browser, name: str) -> str:
    """A figure of the overview."""
    text = re.sub(r"<[^>]*>", " ", visitor.page("/operations/"))
    found = re.search(rf"{name}\s+(\S+)", text)
    assert found is not None
    return found[1]


def _waiting_jobs(house: House) -> list[str]:
    """So many that they fill two pages, some of them parked; in the order in which they are listed."""
    rows = [
        {"job": f"1.1.{number}", "stream_no": 1, "revision": 1, "kind": "command", "payload": b"{}"}
        | {"due": NEVER if number % 50 == 0 else micros(house.clock.now) + number % 3}
        for number in range(1, 121)
    ]
    with house.store.database.write() as connection:
        connection.execute(insert(schema.job), rows)
    with house.store.database.read() as connection:
        return [job.key for job in lease.listed(connection, house.clock.now, 200)]


def test_every_job_is_on_one_of_the_pages_and_in_one_answer_to_a_program(house: House) -> None:
    expected, admin = _waiting_jobs(house), house.signed_in("admin")
    assert len(expected) == 120
    assert set(expected[:2]) == {"1.1.50", "1.1.100"}
    found, address = list[str](), "/operations/jobs"
    while address:
        page = admin.page(address)
        found += re.findall(r'<span class="figures soft">([\d.]+)</span>', page)
        more = re.search(r'href="(/operations/jobs\?after=[^"]+)"', page)
        address = more[1] if more else ""
    assert found == expected
    asking, listed, after = program(house, "admin"), list[str](), ""
    while after is not None:
        answer = asking.get(f"/operation/jobs?size=40&after={after}")
        listed += [one["job"] for one in answer["items"]]
        after = answer["next"]
    assert listed == expected


@pytest.mark.parametrize(
    "address", ["jobs?after=9~9.9", "incidents?after=x", "timers?after=9~9", "milestones?after=x", "messages?after=%01"]
)
def test_a_place_that_is_none_is_no_mistake_of_ours(house: House, address: str) -> None:
    assert house.signed_in("admin").get(f"/operations/{address}").status_code == 200


def test_figures_are_for_this_machine_and_for_whoever_shows_the_token(house: House) -> None:
    visitor = house.browser()
    visitor.get("/health/live")
    text = visitor.page("/metrics")
    assert "\nzhixing_incidents_open 0.0\n" in text
    assert 'zhixing_requests_total{method="GET",route="health.live",status="200"} 1.0' in text
    far = {"REMOTE_ADDR": "203.0.113.7"}
    assert visitor.get("/metrics", environ_overrides=far).status_code == 404
    house.app.config["SETTINGS"] = type(house.app.config["SETTINGS"])(
        **{**_settings(house), "metrics_token": "secret", "metrics_from": "10.0.0.0/8"}
    )
    shown = {"Authorization": "Bearer secret"}
    assert visitor.get("/metrics", environ_overrides=far, headers=shown).status_code == 200
    assert visitor.get("/metrics", environ_overrides=far, headers={"Authorization": "Bearer x"}).status_code == 404
    assert visitor.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    assert visitor.get("/metrics").status_code == 404


def _settings(house: House) -> dict[str, object]:
    found = house.app.config["SETTINGS"]
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def test_tokens_are_made_on_ones_own_page_shown_once_and_revoked(house: House) -> None:
    li = house.signed_in("li")
    made = li.post("/account/tokens/", {"name": "报表 <b>", "scope": "read", "days": "30"}, at="/account/tokens/")
    assert made.status_code == 200
    text = made.text.split('value="zx_')[1].split('"')[0]
    asked = {"Authorization": f"Bearer zx_{text}"}
    assert house.browser().get(f"{PREFIX}/me", headers=asked).get_json()["handle"] == "li"
    page = li.page("/account/tokens/")
    assert text not in page
    assert "报表 &lt;b&gt;" in page
    (key,) = re.findall(r"/account/tokens/([^/\"]+)/revoke", page)
    assert li.post(f"/account/tokens/{key}/revoke", at="/account/tokens/").status_code == 302
    assert house.browser().get(f"{PREFIX}/me", headers=asked).status_code == 401


@pytest.mark.parametrize("form", [{"name": ""}, {"scope": "all"}, {"days": "0"}, {"days": "x"}, {"name": "x" * 101}])
def test_an_unsuitable_token_is_not_made(house: House, form: dict[str, str]) -> None:
    li = house.signed_in("li")
    sent = li.post("/account/tokens/", {"name": "a", "scope": "read", "days": "30", **form}, at="/account/tokens/")
    assert sent.status_code == 422
    assert "还没有令牌" in li.page("/account/tokens/")
