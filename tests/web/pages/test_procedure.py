"""The written procedure as everybody reads it, and the draft as its owner changes it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from storage import people, working_copies
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from web import rights, texts
from web.drafting.difference import changes as differences
from web.pages.studio.manifest import head
from web.sight import doing

KEY = "service-planning"
AT = f"/procedures/{KEY}"
DRAFT = f"{AT}/draft/"
DIAGRAM = "processes/svc_requirements.bpmn"
REASON = {"reason": "缩短受理期限,客户反映等待太久"}


def _begun(house: House, handle: str = "li") -> Browser:
    made = house.signed_in(handle)
    assert made.post(f"{DRAFT}begin", at=AT).status_code == 302
    return made


def _file(visitor: Browser, path: str = DIAGRAM) -> dict[str, Any]:
    found: Any = visitor.get(f"{DRAFT}file?file={path}").json
    return dict(found)


def _save(
    visitor: Browser, content: str, revision: int, texts: dict[str, Any] | None = None, path: str = DIAGRAM
) -> Any:
    body = {"file": path, "content": content, "revision": revision, "texts": texts or {}}
    proof = {"X-CSRF": _file(visitor)["csrf"]}
    return visitor.client.post(f"{DRAFT}file", json=body, headers=proof, base_url=visitor.base)


def _findings(visitor: Browser) -> list[dict[str, str]]:
    found: Any = visitor.get(f"{DRAFT}findings").json
    return list(found["findings"])


def _changed(visitor: Browser) -> None:
    """The name of a step and its English, changed."""
    found = _file(visitor)
    content = found["content"].replace('name="受理与指派"', 'name="受理并指派"')
    texts = {"T01_02": {**found["english"]["T01_02"], "name": "Accept, then assign"}}
    assert _save(visitor, content, found["revision"], texts).status_code == 200


def _mark(visitor: Browser) -> dict[str, str]:
    found = re.search(r'name="mark" value="(\d+)"', visitor.page(DRAFT))
    assert found
    return {"mark": found[1]}


def _publish(visitor: Browser, **more: str) -> Any:
    return visitor.post(f"{DRAFT}publish", {**_mark(visitor), **REASON, **more}, at=DRAFT)


def test_everybody_reads_the_procedure_in_force(house: House) -> None:
    visitor = house.signed_in("wang")
    assert AT in visitor.page("/procedures/")
    assert "需求调研与方案设计" in visitor.page(AT)
    page = visitor.page(f"{AT}/processes/svc_requirements")
    for said in (
        "受理与指派",
        "服务管理负责人",
        "判断请求是否受理",
        "到达后 1 个工作日",
        "8.2.2",
        "表单\uff1a受理与指派单",
    ):
        assert said in page, said
    assert visitor.get(f"{AT}/diagrams/svc_requirements").data.startswith(b"<?xml")
    assert "A 级项目的合同金额" in visitor.page(f"{AT}/rules")
    assert "从上到下" in visitor.page(f"{AT}/decisions")
    assert "随产品提供" in visitor.page(f"{AT}/versions")


def test_the_rules_of_decisions_are_read_in_both_languages(house: House) -> None:
    visitor = house.signed_in("wang")
    assert "&gt;= 总经理审批金额" in visitor.page(f"{AT}/decisions")
    visitor.post("/account/look", {"language": "en"}, at="/")
    page = visitor.page(f"{AT}/decisions")
    for said in (
        "&gt;= Contract amount that the general manager approves (CNY)",
        "Supplementary agreement",
        "<code>&gt; 0</code>",
        "General manager",
    ):
        assert said in page, said


def _step(visitor: Browser, process: str, step: str) -> str:
    """What the page says of a step, without its markup."""
    found = re.search(
        rf'<li class="proc-step" id="step-{step}".*?</dl>', visitor.page(f"{AT}/processes/{process}"), re.DOTALL
    )
    assert found
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


@pytest.mark.parametrize(
    ("process", "step", "said", "unsaid"),
    [
        ("svc_requirements", "T01_08", "客户代表 CUST 、市场/销售人员 SALES · 任何一个都可以", "规则"),
        (
            "svc_requirements",
            "T01_05",
            "服务项目经理 PM 、服务管理负责人 SMO 、服务管理小组 SMG · 按规则确定 if",
            "任何一个",
        ),
        ("svc_requirements", "T01_05", "不能由办过这些步骤的人办理:T01.04", ""),
        (
            "svc_contract",
            "T02_03",
            "系统集成部 SID 、财务 FIN 、法务 LEGAL 、内部支持部门 DEPT · 由决策表从中确定",
            "[reviewer]",
        ),
        ("svc_contract", "T02_03", "每人各办一份,同时进行", "任何一个"),
        ("svc_contract", "T02_03", "不能由办过这些步骤的人办理:T02.01 提交合同文本", ""),
        ("svc_initiation", "T03_06", '服务管理负责人 SMO · 按规则确定 [application.proposed_pm, "SMO"]', ""),
        ("svc_lifecycle", "T00_06", "人工任务 服务管理负责人", "服务项目经理"),
        ("svc_requirements", "T01_02", "人工任务 服务管理负责人", "由谁办理"),
    ],
)
def test_who_does_a_step_is_told_as_it_is_offered(
    house: House, process: str, step: str, said: str, unsaid: str
) -> None:
    told = _step(house.signed_in("wang"), process, step)
    assert texts.typeset(said) in html.unescape(told)
    assert not unsaid or unsaid not in told


def test_a_countersignature_is_told_in_words(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    element = found.model.element("svc_contract", "T02_03")
    rules = {
        "all": "全部同意",
        "any": "一人同意",
        "veto": "一人反对",
        "share:0.67": "至少 67% 同意",
        "share:1": "至少 100%",
    }
    for rule, said in rules.items():
        told = doing.votes(replace(element, extensions={**element.extensions, "countersign": rule}))
        assert told is not None
        assert said in told.zh
    assert doing.votes(found.model.element("svc_contract", "T02_02")) is None


def test_a_number_of_a_setting_is_written_as_people_write_it(house: House) -> None:
    page = house.signed_in("wang").page(f"{AT}/rules")
    assert ">10<" in page
    assert "E+" not in page


@pytest.mark.parametrize(
    "address", [f"{AT}?version={'0' * 64}", "/procedures/none", f"{AT}/processes/none", f"{AT}/diagrams/none"]
)
def test_what_was_never_in_force_is_not_found(house: House, address: str) -> None:
    assert house.signed_in("wang").get(address).status_code == 404


def test_only_who_owns_or_publishes_a_procedure_gets_its_draft(house: House) -> None:
    _begun(house)
    other = house.signed_in("wang")
    assert "草稿" not in other.page(AT)
    for address in (DRAFT, f"{DRAFT}diagram?file={DIAGRAM}", f"{DRAFT}file?file={DIAGRAM}", f"{DRAFT}settings"):
        assert other.get(address).status_code == 403, address
    for address in ("begin", "file", "settings", "discard", "publish"):
        assert other.post(f"{DRAFT}{address}", at="/account/").status_code == 403, address
    assert house.signed_in("mei").get(DRAFT).status_code == 200


def _of_another_role(house: House) -> str:
    """A version that the role of before no longer owns nor publishes, in force; the digest of the version of before."""
    mine, other = _begun(house), house.signed_in("mei")
    with house.store.database.read() as connection:
        before = house.store.procedures.in_force(KEY, connection)
    assert before is not None
    data = before.files["procedure.toml"].replace(b'owner = "SMO"', b'owner = "MR"')
    data = data.replace(b'publish = ["SMO", "MR"]', b'publish = ["MR"]')
    author = people.known(house.store, "li")
    working_copies.save(house.store.database, KEY, {"procedure.toml": (data, 0)}, author, house.clock.now)
    assert mine.get(DRAFT).status_code == 200
    assert _publish(other).status_code == 302
    return before.digest


def test_who_owned_an_older_version_gets_no_draft_of_the_one_in_force_by_asking_for_theirs(house: House) -> None:
    old = _of_another_role(house)
    mine, other = house.signed_in("li"), _begun(house, "mei")
    by = {"query_string": {"version": old}}
    for address in ("", "diagram", "file", "findings", "settings", "settings/roles/new", "files/archive", "files/new"):
        assert mine.get(f"{DRAFT}{address}", **by).status_code == 403, address
    for address in ("begin", "file", "settings", "discard", "publish", "files/archive", "settings/roles/restore"):
        assert mine.post(f"{DRAFT}{address}", at="/account/", **by).status_code == 403, address
    assert "草稿" not in mine.page(f"{AT}?version={old}")
    assert other.get(DRAFT, **by).status_code == 200
    asking = program(house, "li")
    for method, where in (("GET", ""), ("POST", ""), ("GET", "/files/procedure.toml"), ("DELETE", "")):
        assert asking.ask(method, f"{AT}/draft{where}?version={old}", If_Match='"0"').status_code == 403, (
            method,
            where,
        )


def test_a_file_outside_the_draft_is_not_found(house: House) -> None:
    visitor = _begun(house)
    for path in ("../secret.bpmn", "/etc/passwd", "processes/none.bpmn", "procedure.toml"):
        assert visitor.get(f"{DRAFT}file?file={path}").status_code == 404, path
        assert _save(visitor, "<x/>", 0, path=path).status_code == 404, path


def test_the_editor_alone_may_place_by_style_attributes(house: House) -> None:
    visitor = _begun(house)
    policy = visitor.get(f"{DRAFT}diagram?file={DIAGRAM}").headers["Content-Security-Policy"]
    assert policy.endswith("style-src-attr 'unsafe-inline'")
    assert "unsafe" not in visitor.get(DRAFT).headers["Content-Security-Policy"]


def test_what_is_drawn_is_kept_as_drawn_with_its_english(house: House) -> None:
    visitor = _begun(house)
    _changed(visitor)
    found = _file(visitor)
    assert 'name="受理并指派"' in found["content"]
    assert (found["revision"], found["english"]["T01_02"]["name"]) == (1, "Accept, then assign")
    page = visitor.page(DRAFT)
    assert "“T01.02 受理与指派”改名为“受理并指派”" in page
    assert "没有发现问题" in page
    assert "受理与指派" in house.signed_in("wang").page(f"{AT}/processes/svc_requirements")


def test_a_message_that_no_drawing_has_any_more_leaves_its_english(house: House) -> None:
    visitor, path = _begun(house), "processes/svc_lifecycle.bpmn"
    before = _heard(house)
    assert before["M90 项目经理更换"] == "M90 Change of the project manager"
    found = _file(visitor, path)
    content = found["content"].replace('name="M91 申请未签先行"', 'name="M91 先行"')
    assert _save(visitor, content, found["revision"], path=path).status_code == 200
    assert _heard(house).keys() == before.keys() - {"M91 申请未签先行"}
    assert "删除消息的英文名称“M91 申请未签先行”" in visitor.page(DRAFT)
    removed = {"file": "processes/svc_initiation.bpmn", "revision": "0"}
    answer = visitor.post(f"{DRAFT}files/remove", removed, at=f"{DRAFT}files/remove?file={removed['file']}")
    assert answer.status_code == 302
    assert _heard(house).keys() == before.keys() - {"M91 申请未签先行", "M04 项目已立项"}
    assert [one for one in _findings(visitor) if "messages" in one["element"]] == []


def _heard(house: House) -> dict[str, str]:
    """The English of messages and signals in the draft."""
    file = program(house, "li").get("/procedures/service-planning/draft/files/texts/en.json")
    return dict(json.loads(file["text"])["messages"])


def test_whoever_saves_second_is_told_by_whom_and_overwrites_nothing(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    before = _file(other)
    _changed(mine)
    answer = _save(other, before["content"], before["revision"])
    assert answer.status_code == 409
    assert "李强" in answer.json["text"]
    assert 'name="受理并指派"' in _file(other)["content"]


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions>&a;</definitions>',
        "<definitions><unclosed></definitions>",
        "not xml",
        "<a>" * 200 + "</a>" * 200,
        f"<a>{'x' * 30_000}</a>",
        "<?xml version='1.0'?><?php evil ?><definitions/>",
    ],
    ids=["entity", "unclosed", "text", "deep", "long", "instruction"],
)
def test_hostile_xml_is_refused_whatever_the_editor_sends(house: House, hostile: str) -> None:
    visitor = _begun(house)
    answer = _save(visitor, hostile, 0)
    assert answer.status_code == 422
    assert answer.json["text"]
    assert _file(visitor)["revision"] == 0


@pytest.mark.parametrize("body", [[], {}, {"file": DIAGRAM}, {"file": DIAGRAM, "content": 1, "revision": 0}, "x", None])
def test_rubbish_is_refused(house: House, body: object) -> None:
    visitor = _begun(house)
    proof = {"X-CSRF": _file(visitor)["csrf"]}
    answer = visitor.client.post(f"{DRAFT}file", json=body, headers=proof, base_url=visitor.base)
    assert answer.status_code == 400


def test_a_save_without_the_proof_of_a_page_of_ours_is_refused(house: House) -> None:
    visitor = _begun(house)
    body = {"file": DIAGRAM, "content": "<x/>", "revision": 0}
    assert visitor.client.post(f"{DRAFT}file", json=body, base_url=visitor.base).status_code == 400


def test_a_drawing_larger_than_is_read_is_refused(house: House) -> None:
    visitor = _begun(house)
    answer = _save(visitor, f"<a>{' ' * 2_200_000}</a>", 0)
    assert (answer.status_code, "应不超过 2000000 字节" in answer.json["text"]) == (422, True)
    assert _file(visitor)["revision"] == 0


def test_a_script_of_another_language_keeps_the_draft_from_being_published(house: House) -> None:
    visitor, other = _begun(house), house.signed_in("mei")
    found = _file(visitor)
    task = '<bpmn:scriptTask id="Bad" name="x" scriptFormat="python"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
    assert _save(visitor, found["content"].replace("</bpmn:process>", f"{task}</bpmn:process>"), 0).status_code == 200
    faults = _findings(visitor)
    assert {"file": DIAGRAM, "element": "Bad", "kind": "fault"}.items() <= faults[0].items()
    assert _publish(other).status_code == 422
    with house.store.database.read() as connection:
        assert working_copies.of(connection, KEY) is not None
    assert "Bad" not in other.page(f"{AT}/processes/svc_requirements")


def test_a_finding_of_an_english_text_leads_to_the_element_in_its_diagram(house: House) -> None:
    visitor = _begun(house)
    found = _file(visitor)
    assert _save(visitor, found["content"], 0, {"T01_02": {"documentation": "Decide."}}).status_code == 200
    [fault] = _findings(visitor)
    assert (fault["file"], fault["element"]) == (DIAGRAM, "T01_02")


def test_somebody_else_publishes_with_a_sentence_why(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    assert "有改动以后" in other.page(DRAFT)
    _changed(mine)
    assert "由另一个人来发布" in mine.page(DRAFT)
    assert _publish(mine).status_code == 403
    assert _publish(other, reason="  ").status_code == 422
    answer = _publish(other)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{AT}/versions")
    page = other.page(f"{AT}/versions")
    assert page.count("<tr>") == 3
    assert "梅雪" in page
    assert "缩短受理期限" in page
    assert "受理并指派" in other.page(f"{AT}/processes/svc_requirements")
    assert other.get(DRAFT).status_code == 404
    old = re.findall(r"version=([0-9a-f]{64})", page)
    assert "受理与指派" in other.page(f"{AT}/processes/svc_requirements?version={old[0]}")


def test_a_version_of_a_later_day_is_in_force_from_that_day_not_from_its_publication(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _changed(mine)
    before = re.findall(r"\d+月\d+日 \d\d:\d\d 起生效", other.page("/procedures/"))
    assert _publish(other, when="later", day="2026-12-01").status_code == 302
    assert re.findall(r"\d+月\d+日 \d\d:\d\d 起生效", other.page("/procedures/")) == before
    house.clock.pass_by(days=12)
    page = house.signed_in("mei").page("/procedures/")
    assert "12月1日 00:00 起生效" in page
    assert "11月24日" not in page


def test_the_second_click_on_publish_leads_to_the_version(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _changed(mine)
    form = {**_mark(other), **REASON, "command": "ab" * 16}
    answers = [other.post(f"{DRAFT}publish", form, at="/account/") for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, f"{AT}/versions")] * 3
    assert other.page(f"{AT}/versions").count("<tr>") == 3
    assert mine.post(f"{DRAFT}publish", form, at="/account/").status_code == 404, "the id is of whoever published"


def test_what_changed_since_it_was_seen_is_not_published(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _changed(mine)
    seen = _mark(other)
    found = _file(mine)
    assert _save(mine, found["content"].replace("受理并指派", "受理、指派"), 1).status_code == 200
    assert other.post(f"{DRAFT}publish", {**seen, **REASON}, at=DRAFT).status_code == 409
    assert "受理与指派" in other.page(f"{AT}/processes/svc_requirements")


def test_a_draft_is_given_up_only_as_it_was_seen(house: House) -> None:
    visitor = _begun(house)
    seen = _mark(visitor)
    _changed(visitor)
    visitor.post(f"{DRAFT}discard", seen, at=DRAFT)
    assert visitor.get(DRAFT).status_code == 200
    visitor.post(f"{DRAFT}discard", _mark(visitor), at=DRAFT)
    assert visitor.get(DRAFT).status_code == 404
    assert "建立草稿" in visitor.page(AT)


@pytest.mark.parametrize(("mark", "onward", "said"), [(0, AT, "草稿已放弃"), (7, DRAFT, "没有放弃")])
def test_what_became_of_a_draft_is_said_on_the_page_that_follows_also_in_the_background(
    house: House, mark: int, onward: str, said: str
) -> None:
    visitor = _begun(house)
    answer = visitor.post(f"{DRAFT}discard", {"mark": str(mark)}, at=DRAFT, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect"), answer.location) == (200, onward, None)
    assert "HX-Trigger" not in answer.headers
    assert said in visitor.page(onward)
    assert said not in visitor.page(onward)


def test_settings_are_changed_in_a_form_and_told_in_words(house: House) -> None:
    visitor = _begun(house)
    sent = {"revision": "0", "m.settings.accept_days.default": "2", "m.label": "A/1", "m.owner.evil": "x"}
    assert visitor.post(f"{DRAFT}settings", sent, at=f"{DRAFT}settings").status_code == 302
    page = visitor.page(DRAFT)
    assert "设置“受理期限\uff08工作日\uff09”的值\uff1a由“1”改为“2”" in page
    assert "由“A/0”改为“A/1”" in page
    assert "没有发现问题" in page
    assert visitor.post(f"{DRAFT}settings", sent, at=f"{DRAFT}settings").status_code == 409


def test_manifests_are_written_as_they_were_read(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    data = found.files["procedure.toml"]
    assert head.read(head.changed(data, {})) == head.read(data)
    odd = b'# head\nkey = "a\\"b"\n[settings]\n"x y" = { type = "int", default = 1, zh = "\xe4\xb8\xad\\n\\u007f", en = "" }\n[rights]\np = ["A"]\n'
    assert head.read(head.changed(odd, {})) == head.read(odd)


def test_an_element_that_only_moved_is_told_as_moved(house: House) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    moved = re.sub(rb'<dc:Bounds x="(\d+)"', rb'<dc:Bounds x="1\1"', found.files[DIAGRAM], count=1)
    [change] = differences.changes(found.files, {**found.files, DIAGRAM: moved})
    assert change.text.zh == "只移动了图形的位置,内容没有变"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('zx:due="working days after(now, settings.accept_days)"', 'zx:due="working days after(now, 9)"', "期限:由“"),
        ("<bpmn:flowNodeRef>T01_02</bpmn:flowNodeRef>", "", "泳道:去掉“服务管理负责人”"),
        ('name="服务管理负责人" zx:role="SMO"', 'name="服务管理负责人" zx:role="MR"', "角色:由“SMO”改为“MR”"),
        ("按受理结论决定去向。", "按结论。", "说明:由“按受理结论决定去向。”改为“按结论。”"),
        ('zx:form="forms/T01_02.form"', "", "表单:去掉“forms/T01_02.form”"),
    ],
)
def test_what_changed_is_said_in_words(house: House, old: str, new: str, said: str) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    source = found.files[DIAGRAM].decode()
    assert old in source
    changes = differences.changes(found.files, {**found.files, DIAGRAM: source.replace(old, new, 1).encode()})
    assert [change for change in changes if said in change.text.zh], [change.text.zh for change in changes]


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        (
            "[rights]\n",
            '[rights]\nmove = ["SMO", "PM"]\n',
            "新增权限“移动流程的步骤”:服务管理负责人、服务项目经理",
            "added right “Move the steps of a process”: ",
        ),
        ("publish = ", "publish-own = ", "删除权限“发布新版本”", "removed right “Publish new versions”"),
        ("publish = [", 'publish = ["XY", ', "权限“发布新版本”:由“", "right “Publish new versions”: from “"),
    ],
)
def test_rights_are_told_with_their_holders_in_both_languages(
    house: House, old: str, new: str, zh: str, en: str
) -> None:
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    source = found.files["procedure.toml"].decode()
    assert old in source
    after = {**found.files, "procedure.toml": source.replace(old, new, 1).encode()}
    told = differences.changes(found.files, after)
    assert [change for change in told if zh in change.text.zh and en in change.text.en], [one.text for one in told]


def test_a_right_is_told_as_the_settings_call_it(house: House) -> None:
    visitor = _begun(house)
    with house.store.database.read() as connection:
        found = house.store.procedures.in_force(KEY, connection)
    assert found is not None
    source = found.files["procedure.toml"]
    after = {**found.files, "procedure.toml": source.replace(b"waive = ", b'reassign = ["PM"]\nwaive = ')}
    [change] = differences.changes(found.files, after)
    page = visitor.page(f"{DRAFT}settings/roles/new")
    assert f"“{rights.RIGHTS['reassign'].zh}”" in change.text.zh
    assert all(f"<span>{text.zh}</span>" in page for text in rights.RIGHTS.values())


def test_everybody_reads_which_role_holds_which_right(house: House) -> None:
    visitor = house.signed_in("wang")
    line = re.search(r'<td class="figures role-code">SMG</td>.*?</tr>', visitor.page(f"{AT}/rules"), re.DOTALL)
    assert line
    assert re.findall('"status">([^<]*)<', line[0]) == ["查阅全部项目"]
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    assert "Read all projects" in visitor.page(f"{AT}/rules")


def test_the_draft_in_english_says_nothing_in_chinese_of_ours(house: House) -> None:
    visitor = _begun(house)
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    page = visitor.page(DRAFT)
    assert "Compared with the version in force" in page
    assert "草稿" not in page
    assert "Requirements research and specification" in page
    assert "Pre-sales support request" in page
