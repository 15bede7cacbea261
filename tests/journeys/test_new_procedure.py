"""A whole new procedure from nothing, in real browsers: its own role and setting, published by a second person, worked by a holder of the role."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Opener = Callable[..., Visit]
DRAFT = "/procedures/site-visits/draft/"
VISIT = "processes/site_visit.bpmn"
FLOW = '<bpmn:sequenceFlow id="{}" sourceRef="{}" targetRef="{}">{}</bpmn:sequenceFlow>'
EDGE = '<bpmndi:BPMNEdge id="{0}_di" bpmnElement="{0}">{1}</bpmndi:BPMNEdge>'
POINT = '<di:waypoint x="{}" y="{}" />'


def test_a_new_procedure_with_a_role_and_a_setting_of_its_own_is_worked_by_a_holder_of_the_role(visit: Opener) -> None:
    owner = visit()
    owner.sign_in("li")
    _begin(owner)
    _add_role(owner)
    _add_setting(owner)
    _draw(owner)
    other = visit()
    other.sign_in("mei")
    page = other.go(DRAFT)
    other.picture("changes")
    for said in (
        "新增权限“查阅全部项目”",
        "服务管理负责人、驻场工程师",
        "新增角色“驻场工程师”",
        "新增设置“到场期限”",
        f"新增文件 {VISIT}",
    ):
        expect(page.locator("#changes")).to_contain_text(said)
    page.fill("#reason", "到场服务要有统一的记录")
    page.get_by_role("button", name="发布").click()
    expect(page.locator("h1")).to_have_text("程序")
    _appoint(visit())
    page = owner.go("/cases/new")
    form = page.locator("form.card-plain", has=page.get_by_role("heading", name="到场服务", exact=True))
    assert _faults(page) == []
    owner.picture("begin")
    form.get_by_label("项目名称").fill("东湖大学到场服务")
    form.get_by_role("button", name="建立并启动").click()
    expect(page.locator("h1")).to_have_text("东湖大学到场服务")
    case = page.url.removeprefix(owner.base)
    engineer = visit()
    engineer.sign_in("wang")
    page = engineer.page
    task = page.locator(".task", has_text="东湖大学到场服务").locator(".task-name", has_text="第一个任务")
    expect(task).to_have_count(1, timeout=60_000)
    task.click()
    page.wait_for_url("**/tasks/*")
    page.get_by_role("button", name="认领").first.click()
    expect(page.get_by_role("button", name="认领")).to_have_count(0)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**done=*")
    expect(engineer.go("/").locator(".task", has_text="东湖大学到场服务")).to_have_count(0)
    owner.go(case)
    owner.picture("worked")


def _begin(owner: Visit) -> None:
    page = owner.go("/procedures/new/")
    for name, text in (("key", "site-visits"), ("zh", "到场服务程序"), ("en", "Site visits")):
        page.fill(f"#{name}", text)
    page.select_option("#owner", "SMO")
    page.select_option("#publisher", "MR")
    page.locator("form button.btn-primary").last.click()
    expect(page.locator("#changes")).to_be_visible()


def _add_role(owner: Visit) -> None:
    """By keyboard alone; a code that is none is refused at its field."""
    page = owner.go(f"{DRAFT}settings")
    page.get_by_role("link", name="新的角色").press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("驻场")
    page.keyboard.press("Tab")
    page.keyboard.type("驻场工程师")
    page.keyboard.press("Tab")
    page.keyboard.type("On-site engineer")
    page.keyboard.press("Enter")
    expect(page.locator("#fault-code")).to_contain_text("代码应以字母开头")
    expect(page.locator("#zh")).to_have_value("驻场工程师")
    assert _faults(page) == []
    owner.picture("row-fault")
    page.fill("#code", "SITE")
    page.get_by_label("查阅全部项目").check()
    page.get_by_role("button", name="保存到草稿").click()
    expect(page.locator("[id='roles.SITE']")).to_contain_text("查阅全部项目")


def _add_setting(owner: Visit) -> None:
    page = owner.page
    page.get_by_role("link", name="新的设置").click()
    for name, text in (
        ("code", "visit_days"),
        ("zh", "到场期限"),
        ("en", "Days to visit"),
        ("default", "3"),
        ("min", "1"),
    ):
        page.fill(f"#{name}", text)
    page.select_option("#type", "int")
    page.get_by_role("button", name="保存到草稿").click()
    expect(page.locator("[id='settings.visit_days']")).to_contain_text("不小于 1")
    assert _faults(page) == []
    owner.picture("manifest")


def _draw(owner: Visit) -> None:
    """A process of the new role, then a decision in it that asks the new setting."""
    page = owner.go(f"{DRAFT}files/new?kind=process")
    for name, text in (("zh", "到场服务"), ("en", "Site visit"), ("key", "site_visit")):
        page.fill(f"#{name}", text)
    page.select_option("#role", "SITE")
    page.get_by_role("button", name="建立").click()
    expect(page.locator("#studio[data-ready]")).to_be_visible(timeout=30_000)
    archive = page.request.get(f"{owner.base}{DRAFT}files/archive").body()
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    page = owner.go(DRAFT)
    page.locator("summary.draft-whole").click()
    sent = {
        "name": "draft.zip",
        "mimeType": "application/zip",
        "buffer": _packed({**files, VISIT: _with_condition(files[VISIT].decode()).encode()}),
    }
    page.set_input_files("[name=archive]", sent)  # type: ignore[arg-type]  # a payload is a mapping
    page.get_by_role("button", name="读入", exact=True).click()
    expect(page.locator(".draft-clean")).to_be_visible()
    page = owner.go(f"{DRAFT}settings/settings/row?code=visit_days")
    expect(page.locator(".row-uses a")).to_have_count(1)


def _with_condition(drawn: str) -> str:
    key = "site_visit"
    gate, task, end = "Gate_visit", f"Task_{key}_1", f"End_{key}"
    condition = "<bpmn:conditionExpression>settings.visit_days &gt; 2</bpmn:conditionExpression>"
    ways = FLOW.format("Flow_yes", gate, task, condition) + FLOW.format("Flow_no", gate, end, "")
    shape = f'<bpmndi:BPMNShape id="{gate}_di" bpmnElement="{gate}"><dc:Bounds x="310" y="155" width="50" height="50" /></bpmndi:BPMNShape>'
    around = [(335, 205), (335, 232), (580, 232), (580, 198)]
    edges = "".join(
        EDGE.format(flow, "".join(POINT.format(*point) for point in points))
        for flow, points in (("Flow_yes", [(360, 180), (370, 180)]), ("Flow_no", around))
    )
    for old, new in (
        (f'targetRef="{task}" />', f'targetRef="{gate}" />{ways}'),
        (
            f'<bpmn:userTask id="{task}"',
            f'<bpmn:exclusiveGateway id="{gate}" default="Flow_no" /><bpmn:userTask id="{task}"',
        ),
        (f"<bpmn:incoming>Flow_{key}_1</bpmn:incoming>", ""),
        (f"<bpmn:incoming>Flow_{key}_2</bpmn:incoming>", ""),
        ("</bpmn:lane>", f"<bpmn:flowNodeRef>{gate}</bpmn:flowNodeRef></bpmn:lane>"),
        ("</bpmndi:BPMNPlane>", f"{shape}{edges}</bpmndi:BPMNPlane>"),
    ):
        assert old in drawn, old
        drawn = drawn.replace(old, new)
    return drawn


def _packed(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return held.getvalue()


def _appoint(administrator: Visit) -> None:
    administrator.sign_in("admin")
    page = administrator.go("/people/")
    page.get_by_role("link", name="王芳").first.click()
    page.select_option("#role", "SITE")
    page.fill("#reason", "负责到场服务")
    page.get_by_role("button", name="授予").click()
    expect(page.locator(".lines").first).to_contain_text("驻场工程师")


def _faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]
