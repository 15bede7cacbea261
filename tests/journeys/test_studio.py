"""The process owner at the diagram, in a real browser: drawn, checked, published by a second person; what runs goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Opener = Callable[..., Visit]
AT = "/procedures/service-planning"
CHINESE = re.compile("[\u4e00-\u9fff]")
STUDIO = f"{AT}/draft/diagram?file=processes/svc_requirements.bpmn"


def _drawn(page: Page) -> None:
    expect(page.locator("#drawing[data-ready]")).to_be_visible(timeout=15_000)


def _begin(visit: Opener, handle: str = "li", **more: object) -> Visit:
    person = visit(**more)
    person.sign_in(handle)
    page = person.go(AT)
    page.get_by_role("button", name="建立草稿").click()
    expect(page.locator("#changes")).to_be_visible()
    return person


def _studio(person: Visit, address: str = STUDIO) -> Page:
    page = person.go(address)
    expect(page.locator("#studio[data-ready]")).to_be_visible(timeout=20_000)
    return page


def _choose(page: Page, element: str) -> None:
    page.locator(f".djs-element[data-element-id={element}] .djs-hit").first.click()


def _say(page: Page, field: str, text: str) -> None:
    page.locator(f"[data-field={field}]").fill(text)
    page.locator(f"[data-field={field}]").blur()


def _said(page: Page) -> list[str]:
    """What the drawing tool calls its tools, what can be done with a chosen step, and the kinds it can become."""
    _choose(page, "T01_07")
    page.locator(".djs-context-pad .entry[data-action=replace]").click()
    expect(page.locator(".djs-popup .entry").nth(8)).to_be_visible()
    said = "(all) => all.map((one) => one.title || one.innerText)"
    found = [page.locator(f".djs-{place} .entry").evaluate_all(said) for place in ("palette", "context-pad", "popup")]
    page.keyboard.press("Escape")
    assert all(len(one) > 5 for one in found)
    return [name for one in found for name in one]


def _saved(page: Page) -> None:
    expect(page.locator("#state")).to_contain_text("已保存", timeout=15_000)


def test_a_diagram_and_its_steps_show_each_other(look: Opener) -> None:
    person = look()
    person.sign_in("wang")
    page = person.go(f"{AT}/processes/svc_requirements")
    _drawn(page)
    page.locator("[data-shows=T01_05]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chosen")).to_contain_text("由编制人以外的人核对")
    expect(page.locator(".djs-element.chosen")).to_have_attribute("data-element-id", "T01_05")
    person.picture("procedure-process")
    page.locator(".djs-element[data-element-id=T01_08] .djs-hit").click()
    expect(page.locator("#chosen")).to_contain_text("客户确认")
    expect(page.locator("#step-T01_08")).to_have_class("proc-step proc-step-here")
    expect(page.locator("a.bjs-powered-by")).to_be_visible()
    page.emulate_media(media="print")
    for gone in (".side", ".tabs", ".process-places", ".drawing-tools", "#chosen"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".drawing-paper")).to_be_visible()
    expect(page.locator("#step-T01_05")).to_contain_text("由编制人以外的人核对")
    person.picture("procedure-print")


def test_a_published_diagram_changes_what_the_next_project_does_and_running_ones_go_on(visit: Opener) -> None:
    sales = visit()
    expect(sales.sign_in("wang").locator(".task-name", has_text="提出售前支持请求")).to_have_count(1)
    owner = _begin(visit)
    page = _studio(owner)
    _choose(page, "T01_01")
    _say(page, "name", "登记售前支持请求")
    _say(page, "name_en", "Register a pre-sales request")
    _saved(page)
    expect(page.locator("#found")).to_contain_text("检查没有发现问题", timeout=15_000)
    owner.picture("studio")
    other = visit()
    other.sign_in("mei")
    page = other.go(f"{AT}/draft/")
    expect(page.locator("#changes")).to_contain_text("“T01.01 提出售前支持请求”改名为“登记售前支持请求”")
    other.picture("draft")
    page.fill("#reason", "与销售系统中的说法一致")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("梅雪")
    page = sales.go("/cases/new")
    form = page.locator("form.card-plain").first
    for field in form.locator("input:not([type=hidden])").all():
        field.fill("东湖大学网络运维")
    form.get_by_role("button", name="建立并启动").click()
    page.wait_for_url("**/cases/*")
    sales.until("/", page.locator(".task-name", has_text="登记售前支持请求"))
    expect(page.locator(".task-name", has_text="登记售前支持请求")).to_have_count(1)
    expect(page.locator(".task-name", has_text="提出售前支持请求")).to_have_count(1)


def _new(page: Page, kind: str, **names: str) -> None:
    page.get_by_role("link", name={"form": "新的表单", "process": "新的流程图"}[kind]).click()
    for name, text in names.items():
        field = page.locator(f"#{name}")
        if name == "role":
            field.select_option(text)
        else:
            field.fill(text)
    page.get_by_role("button", name="建立").click()


def test_a_process_a_form_and_a_table_made_in_the_browser_are_worked_with_by_the_next_case(visit: Opener) -> None:
    owner = _begin(visit)
    page = owner.page
    _new(page, "form", zh="交接单", en="Handover sheet", key="T09_01")
    expect(page.locator("#editor[data-ready]")).to_be_visible()
    page.locator("[data-kind=money]").click()
    _say(page, "label", "交接金额")
    _say(page, "label_en", "Amount handed over")
    _say(page, "key", "handed_over")
    expect(page.locator("#preview")).to_contain_text("交接金额")
    page.locator("[data-field=required]").check()
    page.locator("[data-kind=enum]").click()
    _say(page, "label", "交接方式")
    _say(page, "label_en", "Way")
    for number, (zh, en) in enumerate((("当面", "In person"), ("快递", "By courier"))):
        page.get_by_role("button", name="添加选项").click()
        page.locator("[data-field=option]").nth(number).fill(zh)
        page.locator("[data-field=option_en]").nth(number).fill(en)
    expect(page.locator("#preview")).to_contain_text("快递")
    expect(page.locator("#verdict")).to_contain_text("1 处要改正")
    owner.picture("form-editor")
    page.locator(".outline-row", has_text="交接方式").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".outline-row").nth(2)).to_contain_text("交接方式")
    _saved(page)
    page = owner.go(f"{AT}/draft/")
    _new(page, "process", zh="资料交接", en="Handover", key="svc_handover", role="SMO")
    expect(page.locator("#studio[data-ready]")).to_be_visible(timeout=20_000)
    _choose(page, "Task_svc_handover_1")
    page.locator("#panel [data-field=form]").select_option("forms/T09_01.form")
    _say(page, "name", "办理交接")
    _say(page, "name_en", "Hand over")
    _saved(page)
    expect(page.locator("#found")).to_contain_text("检查没有发现问题", timeout=15_000)
    page = owner.go(f"{AT}/draft/decision/?file=decisions/contract_reviewers.dmn")
    expect(page.locator("#editor[data-ready]")).to_be_visible()
    page.locator("[data-adds=rule]").click()
    page.locator("[data-field='7:outputs:0']").fill("MR")
    page.locator("[data-field='7:outputs:0']").press("Tab")
    expect(page.locator("[data-field='7:outputs:0']")).to_have_value('"MR"')
    page.locator("[data-tries=amount]").fill("60,000")
    expect(page.locator("output")).to_contain_text('"MR"', timeout=10_000)
    _saved(page)
    owner.picture("decision-editor")
    other = visit()
    other.sign_in("mei")
    page = other.go(f"{AT}/draft/")
    for said in ("新增文件 forms/T09_01.form", "新增文件 processes/svc_handover.bpmn", "新增第 8 行"):
        expect(page.locator("#changes")).to_contain_text(said)
    page.fill("#reason", "资料交接以后要留下记录")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page = owner.go("/cases/new")
    form = page.locator("form.card-plain", has_text="资料交接")
    for field in form.locator("input:not([type=hidden])").all():
        field.fill("东湖大学资料交接")
    form.get_by_role("button", name="建立并启动").click()
    page.wait_for_url("**/cases/*")
    task = page.locator(".task-name", has_text="办理交接")
    owner.until("/", task)
    expect(task).to_have_count(1)
    task.click()
    expect(page.locator("#form")).to_contain_text("交接金额")
    owner.picture("new-task-with-new-form")


def test_two_people_at_one_form_both_see_what_differs_and_the_second_decides(visit: Opener) -> None:
    address = f"{AT}/draft/form/?file=forms/T01_02.form"
    mine = _begin(visit).go(address)
    second = visit()
    second.sign_in("mei")
    other = second.go(address)
    for page, label in ((mine, "紧急程度"), (other, "另一个字段")):
        expect(page.locator("#editor[data-ready]")).to_be_visible()
        page.locator("[data-kind=text]").click()
        _say(page, "label", label)
        if page is mine:
            _saved(mine)
    expect(other.locator("#trouble")).to_contain_text("李强", timeout=15_000)
    expect(other.locator("#trouble")).to_contain_text("另一个字段")
    second.picture("form-conflict")
    other.get_by_role("button", name="用我的覆盖").click()
    _saved(other)
    mine.reload()
    expect(mine.locator(".outline-row", has_text="另一个字段")).to_have_count(1)


def test_a_session_that_ended_loses_nothing_of_a_form(visit: Opener) -> None:
    person = _begin(visit)
    page = person.go(f"{AT}/draft/form/?file=forms/T01_02.form")
    expect(page.locator("#editor[data-ready]")).to_be_visible()
    page.context.clear_cookies()
    page.locator("[data-kind=text]").click()
    _say(page, "label", "紧急程度")
    expect(page.locator("#trouble")).to_contain_text("重新登录", timeout=15_000)
    again = page.context.new_page()
    again.goto(f"{person.base}/sign-in")
    again.fill("#handle", "li")
    again.fill("#password", "zhixing-demo")
    again.click("button.btn-primary")
    again.wait_for_selector("#list")
    _saved(page)
    again.goto(f"{person.base}{AT}/draft/")
    expect(again.locator("#changes")).to_contain_text("新增字段“紧急程度”")


def test_what_was_done_to_a_form_can_be_undone_and_done_again(visit: Opener) -> None:
    page = _begin(visit).go(f"{AT}/draft/form/?file=forms/T01_02.form")
    expect(page.locator("#editor[data-ready]")).to_be_visible()
    rows = page.locator(".outline-row")
    before = rows.count()
    page.locator("[data-kind=table]").click()
    expect(rows).to_have_count(before + 2)
    page.locator("[data-does=undo]").click()
    expect(rows).to_have_count(before)
    page.locator("[data-does=redo]").click()
    expect(rows).to_have_count(before + 2)
    rows.nth(before).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    expect(rows).to_have_count(before)
    _saved(page)


def test_findings_stand_at_the_element_and_the_list_leads_there(visit: Opener) -> None:
    page = _studio(_begin(visit))
    _choose(page, "T01_02")
    _say(page, "due", "working days after(now, settings.nothing")
    badge = page.locator(".badge-found")
    expect(badge.first).to_be_visible(timeout=15_000)
    page.locator("#panel h2").click()
    expect(page.locator(".panel-found").first).to_be_visible()
    _choose(page, "T01_07")
    page.locator("#found button").first.click()
    expect(page.locator("[data-field=id]")).to_have_value("T01_02")
    page.locator("[data-does=undo]").click()
    expect(page.locator("#found")).to_contain_text("检查没有发现问题", timeout=15_000)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".studio-small")).to_contain_text("更大的屏幕")
    expect(page.locator("#canvas")).to_be_hidden()


def test_a_session_that_ended_loses_nothing_of_what_was_drawn(visit: Opener) -> None:
    person = _begin(visit)
    page = _studio(person)
    page.context.clear_cookies()
    _choose(page, "T01_02")
    _say(page, "name", "受理并指派")
    expect(page.locator("#trouble")).to_contain_text("重新登录", timeout=15_000)
    again = page.context.new_page()
    again.goto(f"{person.base}/sign-in")
    again.fill("#handle", "li")
    again.fill("#password", "zhixing-demo")
    again.click("button.btn-primary")
    again.wait_for_selector("#list")
    _saved(page)
    again.goto(f"{person.base}{AT}/draft/")
    expect(again.locator("#changes")).to_contain_text("改名为“受理并指派”")


def test_two_people_at_one_diagram_the_second_is_told(visit: Opener) -> None:
    first = _begin(visit)
    mine = _studio(first)
    second = visit(locale="en-GB")
    second.sign_in("mei")
    other = _studio(second)
    _choose(mine, "T01_02")
    _say(mine, "name", "受理并指派")
    _saved(mine)
    _choose(other, "T01_03")
    _say(other, "name", "调研")
    expect(other.locator("#trouble")).to_contain_text("李强", timeout=15_000)
    other.on("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="Load again").click()
    expect(other.locator("#studio[data-ready]")).to_be_visible(timeout=20_000)
    _choose(other, "T01_02")
    expect(other.locator("[data-field=name]")).to_have_value("受理并指派")
    assert [said for said in _said(mine) if not CHINESE.search(said)] == []
    assert [said for said in _said(other) if CHINESE.search(said) or not said] == []
