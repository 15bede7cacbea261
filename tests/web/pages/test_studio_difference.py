"""What a draft changes, told in words: steps, settings, and who may do what."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.browser import House
from tests.web.pages.test_procedure import KEY
from tests.web.pages.test_studio_draft import (
    DIAGRAM,
    DRAFT,
    _begun,
)
from web import rights
from web.drafting.difference import changes as differences
from web.pages.studio.manifest import head


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
