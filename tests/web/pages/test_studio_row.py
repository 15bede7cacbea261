"""The tables of a procedure's manifest in the browser: rows are added, changed, taken away and restored."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.check import manifest as checked
from storage import working_copies
from tests.web.pages.browser import Browser, House
from web.pages.studio.manifest import rights as held
from web.pages.studio.manifest import words

AT = "/procedures/service-planning"
SETTINGS = f"{AT}/draft/settings"
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
NEW: dict[str, dict[str, Any]] = {
    "roles": {"code": "SITE", "zh": "驻场工程师", "en": "On-site engineer", "right": ["read", "move"]},
    "settings": {"code": "visit_days", "zh": "到场期限", "en": "Visit", "type": "int", "default": "3", "min": "1"},
    "case": {"code": "site", "zh": "现场", "en": "Site", "type": "text"},
    "documents": {"code": "visit_report", "zh": "到场报告", "en": "Visit report"},
    "escalation": {
        **{"code": "V", "zh": "到场类", "en": "Visits", "before": "50 %、1 wd", "pauses": "yes", "calendar": "5×8"},
        **{"after.0": "0", "to.0": "", "after.2": "2", "to.2": "PM,SMO"},
    },
}
KEPT: dict[str, object] = {
    "roles": {"zh": "驻场工程师", "en": "On-site engineer"},
    "settings": {"type": "int", "default": 3, "min": 1, "zh": "到场期限", "en": "Visit"},
    "case": {"type": "text", "zh": "现场", "en": "Site"},
    "documents": {"zh": "到场报告", "en": "Visit report"},
    "escalation": {
        **{"zh": "到场类", "en": "Visits", "pauses": True, "calendar": "5×8", "before": ["50 %", "1 wd"]},
        "steps": [{"after": 0, "to": []}, {"after": 2, "to": ["PM", "SMO"]}],
    },
}


def _begun(house: House, handle: str = "li") -> Browser:
    visitor = house.signed_in(handle)
    visitor.post(f"{AT}/draft/begin", at=AT)
    return visitor


def _source(house: House) -> str:
    return _file(house, "procedure.toml")


def _file(house: House, path: str) -> str:
    with house.store.database.read() as connection:
        copy = working_copies.of(connection, "service-planning")
        assert copy is not None
        files = copy.files(house.store.procedures.get(copy.base, connection).files)
    return files[path].decode()


def _manifest(house: House) -> dict[str, Any]:
    return tomllib.loads(_source(house))


def _seen(visitor: Browser, address: str) -> dict[str, str]:
    found = SEEN.search(visitor.page(address))
    assert found
    return {"seen": found[1]}


def _add(visitor: Browser, table: str, **more: Any) -> TestResponse:
    address = f"{SETTINGS}/{table}/new"
    return visitor.post(
        f"{SETTINGS}/{table}/row", {"new": "yes", **_seen(visitor, address), **NEW[table], **more}, at=address
    )


def _change(visitor: Browser, table: str, code: str, **more: Any) -> TestResponse:
    address = f"{SETTINGS}/{table}/row?code={code}"
    return visitor.post(f"{SETTINGS}/{table}/row", {**_seen(visitor, address), "code": code, **more}, at=address)


def _remove(visitor: Browser, table: str, code: str) -> TestResponse:
    address = f"{SETTINGS}/{table}/remove?code={code}"
    return visitor.post(f"{SETTINGS}/{table}/remove", {**_seen(visitor, address), "code": code}, at=address)


def _shown(visitor: Browser, table: str, code: str) -> dict[str, str]:
    """What the form sends that restores a row."""
    _before, _id, line = visitor.page(SETTINGS).partition(f'<tr id="{table}.{code}"')
    found = SEEN.search(line.partition("</tr>")[0])
    assert found
    return {"code": code, "seen": found[1]}


def _restore(visitor: Browser, table: str, code: str) -> TestResponse:
    return visitor.post(f"{SETTINGS}/{table}/restore", _shown(visitor, table, code), at=SETTINGS)


@pytest.mark.parametrize("table", NEW)
def test_a_new_row_is_kept_and_nothing_else_of_the_manifest_is_written_anew(house: House, table: str) -> None:
    visitor = _begun(house)
    before = _source(house)
    assert _add(visitor, table).status_code == 302
    assert _manifest(house)[table][NEW[table]["code"]] == KEPT[table]
    gone = [line for line in before.splitlines() if line not in _source(house).splitlines()]
    assert gone == (['read = ["SMO", "SMG", "MR", "GM", "QA", "DOCC", "XAUD"]'] if table == "roles" else [])
    assert "没有发现问题" in visitor.page(f"{AT}/draft/")
    page = visitor.page(f"{SETTINGS}/{table}/row?code={NEW[table]['code']}")
    assert "草稿里没有别的地方用它" in page
    assert _change(visitor, table, **NEW[table]).status_code == 302
    assert _manifest(house)[table][NEW[table]["code"]] == KEPT[table]


def test_rights_of_a_role_are_given_and_taken(house: House) -> None:
    visitor = _begun(house)
    _add(visitor, "roles")
    rights = _manifest(house)["rights"]
    assert (rights["read"][-1], rights["move"]) == ("SITE", ["SMO", "SITE"])
    assert _change(visitor, "roles", "SITE", zh="驻场", en="On site", right=["waive"]).status_code == 302
    rights = _manifest(house)["rights"]
    assert ("SITE" in rights["read"], rights["move"], rights["waive"]) == (False, ["SMO"], ["MR", "SITE"])
    answer = _change(visitor, "roles", "SMO", zh="服务管理", en="Service", right=["publish"])
    assert answer.status_code == 422
    assert "至少要有一个角色" in answer.text
    assert 'value="服务管理"' in answer.text
    assert _manifest(house)["roles"]["SMO"]["en"] == "Service management"


def test_every_kind_of_row_and_type_that_the_check_knows_can_be_given() -> None:
    assert set(words.SETTING_TYPES) == checked.SETTINGS
    assert set(words.CASE_TYPES) == set(checked.CASE_TYPES)
    assert set(words.KINDS) == checked.ROWS.keys() - {"title"}


@pytest.mark.parametrize(
    ("table", "given", "said"),
    [
        ("roles", {"code": "SMO"}, "已经有 SMO"),
        ("roles", {"code": "1A"}, "代码应以字母开头"),
        ("roles", {"code": 'x"]\n[evil'}, "代码应以字母开头"),
        ("roles", {"zh": ""}, "请填写中文名称"),
        ("roles", {"en": "x" * 201}, "请填写英文名称"),
        ("roles", {"en": "." * 100}, "请填写英文名称"),
        ("case", {"code": "id"}, "代码应以小写字母开头"),
        ("case", {"type": "nothing"}, "请选择类型"),
        ("settings", {"type": ""}, "请选择类型"),
        ("settings", {"default": "three"}, "请填写一个数"),
        ("settings", {"default": "1.5"}, "请填写一个整数"),
        ("settings", {"default": "0"}, "默认值应不小于最小值 1"),
        ("settings", {"max": "2"}, "默认值应不大于最大值 2"),
        ("settings", {"max": "0"}, "最大值应不小于最小值 1"),
        ("settings", {"type": "text"}, "只有数才有最小值和最大值"),
        ("settings", {"type": "bool", "min": ""}, "请填写\u201c是\u201d或\u201c否\u201d"),
        ("settings", {"type": "money", "default": "NaN"}, "请填写一个数"),
        ("escalation", {"before": "soon"}, "请写作 50 %"),
        ("escalation", {"after.0": "x"}, "请填写逾期几个工作日"),
        ("escalation", {"after.0": "", "to.0": "PM"}, "请填写逾期几个工作日"),
        ("escalation", {"to.2": "PM、BOSS"}, "程序没有角色 BOSS"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    house: House, table: str, given: dict[str, str], said: str
) -> None:
    visitor = _begun(house)
    before = _source(house)
    answer = _add(visitor, table, **{"en": "Something typed", **given})
    assert answer.status_code == 422
    assert said in re.sub(r"\s+", " ", answer.text).translate({0xFF0C: ","})
    assert 'class="field-fault"' in answer.text
    assert "Something typed" in answer.text or "en" in given
    assert _source(house) == before


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("money", "1,500.50", "1500.5"),
        ("pct", "15", "15"),
        ("bool", "否", False),
        ("text", "", ""),
        ("dec", "-2", "-2"),
    ],
)
def test_a_value_is_kept_by_its_type(house: House, kind: str, typed: str, kept: object) -> None:
    visitor = _begun(house)
    assert _add(visitor, "settings", type=kind, default=typed, min="").status_code == 302
    found = _manifest(house)["settings"]["visit_days"]["default"]
    assert (type(found), str(found)) == (type(kept), str(kept))
    assert "没有发现问题" in visitor.page(f"{AT}/draft/")


@pytest.mark.parametrize(
    ("table", "code", "where"),
    [
        ("roles", "SALES", "svc_requirements.bpmn"),
        ("settings", "accept_days", "受理与指派"),
        ("case", "key_customer", "项目级别"),
        ("documents", "contract", "svc_contract.bpmn"),
        ("escalation", "N", "受理与指派"),
        ("roles", "CSL", "升级类别 M"),
    ],
)
def test_what_uses_a_row_is_told_before_it_is_taken_away_and_the_row_can_be_restored(
    house: House, table: str, code: str, where: str
) -> None:
    visitor = _begun(house)
    before = _manifest(house)
    page = visitor.page(f"{SETTINGS}/{table}/remove?code={code}")
    assert "处在用它" in page
    assert where in page
    assert _remove(visitor, table, code).status_code == 302
    assert code not in _manifest(house)[table]
    assert "没有发现问题" not in visitor.page(f"{AT}/draft/")
    assert "已删除" in visitor.page(SETTINGS)
    _restore(visitor, table, code)
    assert _manifest(house) == before
    assert "没有发现问题" in visitor.page(f"{AT}/draft/")


def test_a_role_leaves_its_rights_and_comes_back_with_them(house: House) -> None:
    visitor = _begun(house)
    _remove(visitor, "roles", "MR")
    rights = _manifest(house)["rights"]
    assert "waive" not in rights
    assert rights["terminate"] == ["SMO", "GM"]
    _restore(visitor, "roles", "MR")
    assert {"publish", "terminate", "waive", "read"} <= set(held.of(_manifest(house), "MR"))


def test_case_data_leave_the_english_of_their_values_and_come_back_with_it(house: House) -> None:
    visitor = _begun(house)
    before = json.loads(_file(house, "texts/en.json"))
    assert _remove(visitor, "case", "service_type").status_code == 302
    assert json.loads(_file(house, "texts/en.json"))["values"] == {"state": before["values"]["state"]}
    _restore(visitor, "case", "service_type")
    assert json.loads(_file(house, "texts/en.json")) == before


def test_a_row_that_somebody_changed_since_the_page_was_opened_is_not_restored(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    _change(mine, "roles", "PM", zh="项目经理", en="Project manager")
    seen = _shown(mine, "roles", "PM")
    _change(other, "roles", "PM", zh="服务经理", en="Service manager")
    kept = _manifest(house)
    answer = mine.post(f"{SETTINGS}/roles/restore", seen, at=SETTINGS, follow_redirects=True)
    assert "梅雪 在" in answer.text
    assert "没有动它" in answer.text
    assert _manifest(house) == kept
    _restore(mine, "roles", "PM")
    assert _manifest(house)["roles"]["PM"]["zh"] == "服务项目经理"


def test_the_role_of_the_owner_stays(house: House) -> None:
    visitor = _begun(house)
    page = visitor.page(f"{SETTINGS}/roles/remove?code=SMO")
    assert "请先换一个程序负责人" in page
    assert "btn-danger" not in page
    assert visitor.post(f"{SETTINGS}/roles/remove", {"code": "SMO"}, at=SETTINGS).status_code == 302
    assert "SMO" in _manifest(house)["roles"]


def test_the_second_at_the_same_row_is_told_and_others_are_not_in_the_way(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    address = f"{SETTINGS}/roles/row?code=PM"
    seen = _seen(other, address)
    _change(mine, "roles", "GM", zh="总经理", en="GM", right=["terminate", "read"])
    sent = {**seen, "code": "PM", "zh": "项目经理", "en": "Project manager"}
    assert other.post(f"{SETTINGS}/roles/row", sent, at=address).status_code == 302
    late = mine.post(f"{SETTINGS}/roles/row", {**sent, "zh": "我的说法"}, at=address)
    assert late.status_code == 409
    assert "改过这一行" in late.text
    assert 'value="我的说法"' in late.text
    again = SEEN.search(late.text)
    assert again
    assert (
        mine.post(f"{SETTINGS}/roles/row", {**sent, "zh": "我的说法", "seen": again[1]}, at=address).status_code == 302
    )
    assert (_manifest(house)["roles"]["PM"]["zh"], _manifest(house)["roles"]["GM"]["zh"]) == ("我的说法", "总经理")


def test_what_is_wrong_with_a_row_stands_at_the_row(house: House) -> None:
    visitor = _begun(house)
    _remove(visitor, "roles", "GM")
    page = visitor.page(SETTINGS)
    row = page[page.index('id="escalation.C"') :]
    assert "程序没有角色 GM" in row[: row.index("</tr>")]
    assert "程序没有角色 GM" in visitor.page(f"{SETTINGS}/escalation/row?code=C")
    assert f'href="{SETTINGS}#escalation.C"' in visitor.page(f"{AT}/draft/")


def test_an_empty_name_of_the_procedure_is_refused_at_its_field(house: House) -> None:
    visitor = _begun(house)
    sent = {"revision": "0", "m.title.zh": " ", "m.label": "A/7", "m.owner": "MR"}
    answer = visitor.post(SETTINGS, sent, at=SETTINGS)
    assert answer.status_code == 422
    assert "请填写程序名称" in answer.text
    assert 'value="A/7"' in answer.text
    assert visitor.post(SETTINGS, {**sent, "m.title.zh": "新名"}, at=SETTINGS).status_code == 302
    assert (_manifest(house)["owner"], _manifest(house)["title"]["zh"]) == ("MR", "新名")


def test_a_new_role_can_have_the_first_task_of_a_new_diagram(house: House) -> None:
    visitor = _begun(house)
    _add(visitor, "roles")
    assert "驻场工程师 · SITE" in visitor.page(f"{AT}/draft/files/new?kind=process")


@pytest.mark.parametrize("address", ["nothing/new", "roles/row?code=NOBODY", "roles/remove", "rights/new", "title/row"])
def test_what_is_not_there_is_not_found(house: House, address: str) -> None:
    assert _begun(house).get(f"{SETTINGS}/{address}").status_code == 404


@pytest.mark.parametrize("handle", ["wang", "wai"])
def test_whoever_may_not_change_the_procedure_gets_no_form(house: House, handle: str) -> None:
    _begun(house)
    visitor = house.signed_in(handle)
    for address in ("roles/new", "roles/row?code=PM", "roles/remove?code=PM"):
        assert visitor.get(f"{SETTINGS}/{address}").status_code == 403, address
    for address in ("row", "remove", "restore"):
        sent = {"code": "PM", "new": "", "zh": "x", "en": "y"}
        assert visitor.post(f"{SETTINGS}/roles/{address}", sent, at="/account/").status_code == 403, address


def test_the_tables_in_english_say_nothing_in_chinese_of_ours(house: House) -> None:
    visitor = _begun(house)
    _add(visitor, "escalation")
    visitor.post("/account/look", {"language": "en"}, at="/account/")
    assert "Where it is used" in visitor.page(f"{SETTINGS}/settings/row?code=accept_days")
    page = visitor.page(SETTINGS)
    assert "New escalation class" in page
    assert "逾期" not in page
    row = re.sub(r"<[^>]*>", " ", visitor.page(f"{SETTINGS}/escalation/row?code=V"))
    assert "Who is told when it is late" in row
    assert "逾期" not in row
