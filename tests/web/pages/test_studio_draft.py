"""The draft of a procedure: who gets it, drawn, checked, published by somebody else, given up."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from storage import people, working_copies
from tests.web.api.program import program
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_procedure import AT, KEY

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


def test_the_draft_in_english_says_nothing_in_chinese_of_ours(house: House) -> None:
    visitor = _begun(house)
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    page = visitor.page(DRAFT)
    assert "Compared with the version in force" in page
    assert "草稿" not in page
    assert "Requirements research and specification" in page
    assert "Pre-sales support request" in page
