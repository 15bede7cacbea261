"""Return, withdraw, added signers and moves as they are typed, told and proven."""

import json
from pathlib import Path

import pytest

from tests.web.terminal import Terminal

MANIFEST = """
key = "memo"
label = "1"
owner = "OWN"
[title]
zh = "公文"
en = "Memo"
[roles.OWN]
zh = "负责人"
en = "Owner"
[roles.STAFF]
zh = "员工"
en = "Staff"
"""

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zx="urn:zhixing:bpmn:1" targetNamespace="urn:example">
  <process id="memo" name="公文" isExecutable="true">
    <laneSet id="lanes">
      <lane id="L1" name="员工" zx:role="STAFF"><flowNodeRef>Start</flowNodeRef><flowNodeRef>T01_01</flowNodeRef></lane>
      <lane id="L2" name="负责人" zx:role="OWN"><flowNodeRef>T01_02</flowNodeRef><flowNodeRef>Done</flowNodeRef></lane>
    </laneSet>
    <startEvent id="Start"/>
    <userTask id="T01_01" name="起草"/>
    <userTask id="T01_02" name="审核" zx:separateFrom="T01_01"/>
    <endEvent id="Done" name="完成"/>
    <sequenceFlow id="a" sourceRef="Start" targetRef="T01_01"/>
    <sequenceFlow id="b" sourceRef="T01_01" targetRef="T01_02"/>
    <sequenceFlow id="c" sourceRef="T01_02" targetRef="Done"/>
  </process>
</definitions>
"""

ENGLISH = {"memo": "Memo", "L1": "Staff", "L2": "Owner", "T01_01": "Draft", "T01_02": "Review", "Done": "Done"}


@pytest.fixture
def memo(terminal: Terminal) -> Terminal:
    folder: Path = terminal.folder / "memo"
    (folder / "processes").mkdir(parents=True)
    (folder / "texts").mkdir()
    english = {"elements": {key: {"name": name} for key, name in ENGLISH.items()}}
    (folder / "texts" / "en.json").write_text(json.dumps(english), encoding="utf-8")
    (folder / "procedure.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "processes" / "memo.bpmn").write_text(MODEL, encoding="utf-8")
    terminal.ok("publish", "memo", "--reason", "试用")
    for handle, name, role in (("gao", "高远", "OWN"), ("lin", "林青", "STAFF"), ("bai", "白露", "STAFF")):
        terminal.ok("add-person", handle, name, "--role", role)
    return terminal


def review(memo: Terminal) -> tuple[int, str, str]:
    """An instance whose review waits, with the ids of draft and review."""
    instance = int(memo.json("start", "memo", "memo", "--as", "lin")["instance"])
    (draft,) = [row["task"] for row in memo.json("inbox", "--as", "lin")]
    done = memo.json("complete", draft, "--data", "{}", "--as", "lin")
    return instance, draft, done["waiting"][0]["task"]


def test_a_review_is_returned_to_the_step_that_targets_names(memo: Terminal) -> None:
    instance, _, task = review(memo)
    shown = memo.json("targets", task)
    assert shown == [
        {"process": "memo", "element": "T01_01", "label": {"zh": "T01.01 起草", "en": "T01.01 Draft"}, "refusal": None}
    ]
    said = memo.ok("return", task, "--to", "T01_01", "--reason", "缺附件", "--as", "gao")
    assert "已退回" in said
    assert "T01.02 审核" in said
    assert "高远 把 T01.02 审核 退回至 T01.01 起草:缺附件" in memo.ok("history", instance).replace("  ", " ")
    assert "returned T01.02 Review to T01.01 Draft: 缺附件" in memo.ok("history", instance, "--language", "en")
    assert [row["element"] for row in memo.json("inbox", "--as", "bai")] == ["T01_01"]


def test_it_comes_straight_back_to_whoever_returned_it(memo: Terminal) -> None:
    instance, _, task = review(memo)
    memo.ok("return", task, "--to", "T01_01", "--straight", "--reason", "缺附件", "--as", "gao")
    (draft,) = memo.json("inbox", "--as", "lin")
    memo.ok("complete", draft["task"], "--data", "{}", "--as", "lin")
    (again,) = memo.json("inbox", "--as", "gao")
    assert again["element"] == "T01_02"
    assert "高远" in memo.ok("show", instance)
    assert memo.json("rebuild", "--windows")["differences"] == []


def test_a_refused_return_says_in_names_why(memo: Terminal) -> None:
    _, _, task = review(memo)
    ran = memo.run("return", task, "--to", "Done", "--reason", "试", "--as", "gao", "--json")
    assert ran.code == 1
    assert ran.error["zh"] == "不能退回:完成 不是由人办理的步骤"
    assert memo.json("targets", task, "--move")[0]["refusal"] is None


def test_a_completed_task_is_withdrawn_until_the_next_is_opened(memo: Terminal) -> None:
    instance, draft, _ = review(memo)
    assert "已撤回" in memo.ok("withdraw", draft, "--reason", "漏填", "--as", "lin")
    (mine,) = memo.json("inbox", "--as", "lin")
    done = memo.json("complete", mine["task"], "--data", "{}", "--as", "lin")
    memo.ok("open", done["waiting"][0]["task"], "--as", "gao")
    ran = memo.run("withdraw", mine["task"], "--reason", "漏填", "--as", "lin", "--json")
    assert ran.code == 1
    assert ran.error["zh"] == "下一步 T01.02 审核 已被打开,不能撤回"
    assert "撤回 T01.01 起草:漏填" in memo.ok("history", instance)
    assert memo.json("rebuild", "--windows")["differences"] == []


def test_signers_find_the_task_in_their_inbox_one_after_the_other(memo: Terminal) -> None:
    memo.ok("add-person", "qin", "秦川", "--role", "OWN")
    instance, _, task = review(memo)
    memo.ok("add-signer", task, "--to", "bai", "--to", "qin", "--reason", "请会看", "--as", "gao")
    assert [row["task"] for row in memo.json("inbox", "--as", "bai")] == [task]
    assert memo.json("inbox", "--as", "gao") == []
    memo.ok("resolve", task, "--opinion", "无异议", "--as", "bai")
    assert [row["task"] for row in memo.json("inbox", "--as", "qin")] == [task]
    memo.ok("resolve", task, "--opinion", "同意", "--as", "qin")
    memo.ok("add-signer", task, "--to", "bai", "--after", "--reason", "备案", "--as", "gao")
    memo.ok("complete", task, "--data", "{}", "--as", "gao")
    memo.ok("resolve", task, "--opinion", "已备案", "--as", "bai")
    assert memo.json("rebuild", "--windows")["differences"] == []
    told = memo.ok("history", instance)
    assert "请 白露、秦川 为 T01.02 审核 前加签:请会看" in told
    assert "加签 T01.02 审核:已备案" in told
    assert "高远  完成 T01.02 审核" in told or "高远 完成 T01.02 审核" in told


def test_a_move_names_both_ends_and_everything_is_proven_and_rebuilt(memo: Terminal) -> None:
    instance, _, task = review(memo)
    assert "已移动" in memo.ok("move", task, "--to", "T01_01", "--reason", "重做", "--as", "gao")
    assert "高远" in memo.ok("history", instance)
    assert "把 T01.02 审核 移至 T01.01 起草:重做" in memo.ok("history", instance)
    memo.ok("seal")
    memo.ok("verify")
    assert memo.json("rebuild", "--windows")["differences"] == []
    assert memo.run("move", task, "--to", "T01_01", "--reason", "重做", "--as", "gao").code == 1


def test_show_says_who_has_countersigned_and_who_has_not_yet(memo: Terminal) -> None:
    model = memo.folder / "memo" / "processes" / "memo.bpmn"
    signed = (
        '<userTask id="T01_02" name="会签" zx:countersign="all" zx:approved="T01_02.decision = &quot;yes&quot;" '
        'zx:assignee="who"><multiInstanceLoopCharacteristics zx:item="who" '
        'zx:collection="persons in role(&quot;OWN&quot;)"/></userTask>'
    )
    before = '<userTask id="T01_02" name="审核" zx:separateFrom="T01_01"/>'
    model.write_text(model.read_text(encoding="utf-8").replace(before, signed), encoding="utf-8")
    memo.ok("publish", "memo", "--reason", "改为会签", "--as", "gao")
    memo.ok("add-person", "qin", "秦川", "--role", "OWN")
    instance, _, _ = review(memo)
    (mine,) = memo.json("inbox", "--as", "gao")
    memo.ok("complete", mine["task"], "--data", '{"decision": "yes"}', "--as", "gao")
    told = memo.ok("show", instance)
    assert "会签 T01.02 会签(all):已签 1/2" in told
    assert [line.split()[1:] for line in told.splitlines() if "同意" in line or "未签" in line] == [
        ["高远", "同意"],
        ["秦川", "未签"],
    ]
    (standing,) = memo.json("show", instance)["countersigned"]
    assert [vote["approved"] for vote in standing["votes"]] == [True, None]
    memo.ok("withdraw", mine["task"], "--reason", "再想想", "--as", "gao")
    assert "已签 0/2" in memo.ok("show", instance)


def test_a_signed_task_is_not_handed_in_here_and_says_where(memo: Terminal) -> None:
    _, draft, _ = review(memo)
    path = memo.folder / "memo" / "processes" / "memo.bpmn"
    path.write_text(MODEL.replace('id="T01_01"', 'id="T01_01" zx:sign="L1"'), encoding="utf-8")
    memo.ok("publish", "memo", "--reason", "须签名", "--as", "gao")
    memo.ok("start", "memo", "memo", "--as", "lin")
    (signed,) = [row["task"] for row in memo.json("inbox", "--as", "lin") if row["task"] != draft]
    ran = memo.run("complete", signed, "--data", "{}", "--as", "lin", "--json")
    assert ran.code == 1
    assert "请在浏览器中打开任务" in ran.error["zh"]
    assert "in a browser" in ran.error["en"]
    assert signed in [row["task"] for row in memo.json("inbox", "--as", "lin")]
