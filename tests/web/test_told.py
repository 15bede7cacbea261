"""The record reads like sentences: every event has one, and no id, class name or raw moment stands where a name exists."""

import json
import re
import string
from dataclasses import replace
from decimal import Decimal

import pytest

from engine import commands, events
from engine import procedure as procedures
from engine.errors import Text
from engine.events import Event
from engine.label import ENGLISH
from engine.task import LIFECYCLE
from engine.value import Context, Ref, Value
from tests.web.terminal import SHIPPED, Terminal
from web.cli import company
from web.telling.naming import Names
from web.telling.rules import rules
from web.telling.sentences import ASKED, QUIET, SENTENCES
from web.telling.values import said

EVENTS = [
    kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]
IDS = re.compile(r"\b(svc_\w+|T\d\d_\d\d\w*|End_\w+|G_\w+|F\d\d|[a-z]+_[a-z_]+)\b")
CLASSES = re.compile(
    r"\b(" + "|".join(kind.__name__ for kind in EVENTS) + r"|DraftDocument|ReviewDocument|IssueDocument)\b"
)
RAW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:|@Asia|\b1\.\d+\.1\b")


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_a_sentence_or_needs_none(kind: type[Event]) -> None:
    assert (kind in SENTENCES) is not (kind in QUIET)
    if kind in SENTENCES:
        zh, en = SENTENCES[kind]
        named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, en)]
        assert {name.removesuffix("_zh") for name in named[0]} == {name.removesuffix("_en") for name in named[1]}


def test_every_command_about_a_task_can_be_told_when_it_is_refused() -> None:
    assert {kind.__name__ for kind in LIFECYCLE} <= ASKED.keys()
    assert all(hasattr(commands, name) for name in ASKED)


@pytest.mark.parametrize("scenario", sorted(path.stem for path in (SHIPPED / "scenarios").glob("*.json")))
def test_the_record_of_a_scenario_is_sentences_in_both_languages(terminal: Terminal, scenario: str) -> None:
    (played,) = terminal.json("play", SHIPPED, scenario)
    for language in ("zh", "en"):
        told = terminal.ok("history", played["case"], "--language", language) + terminal.ok("history", 1)
        for pattern in (IDS, CLASSES, RAW):
            assert pattern.findall(told) == [], language


def test_the_record_of_a_case_has_its_refusals_and_documents_in_order_of_time(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "returned-twice")
    lines = terminal.json("history", played["case"])
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert any("refusal" in line for line in lines)
    zh = [sentence for line in lines for sentence in line["zh"]]
    drafted = next(place for place, sentence in enumerate(zh) if "编制《服务需求说明书》A/0" in sentence)
    completed = next(place for place, sentence in enumerate(zh) if sentence.startswith("完成 T01.04"))
    assert completed < drafted
    assert {line["stream"] for line in lines} == {played["case"], played["instance"]}
    alone = terminal.json("history", played["case"], "--alone")
    assert {line["stream"] for line in alone} == {played["case"]}


def test_what_was_decided_stands_behind_the_step(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "returned-twice")
    told = terminal.ok("history", played["instance"])
    assert told.count("完成 T01.05 审核 → 退回修改") == 2
    assert told.count("完成 T01.05 审核 → 通过") == 1


def test_moments_are_told_on_the_organisations_clocks(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "refused")
    shanghai = terminal.ok("history", played["case"])
    calendar = terminal.ok("calendar", "--export").replace("Asia/Shanghai", "Europe/Berlin")
    (terminal.folder / "calendar.json").write_text(calendar, encoding="utf-8")
    terminal.ok("calendar", "--set", "@calendar.json")
    berlin = terminal.ok("history", played["case"])
    assert " 09:05" in shanghai
    assert " 02:05" in berlin


def test_names_replace_ids_in_the_engines_sentences() -> None:
    procedure = procedures.load(company.files_of(SHIPPED))
    names = Names(procedure, {"1.2.1": "王芳"}, "Asia/Shanghai")
    said = names.sentence(
        Text("任务 4.7.2 只提供给 SMO、1.2.1,T01_05", "task 4.7.2, SMO, 1.2.1, T01_05"),
        lambda _: Text("审核", "Review"),
    )
    assert said.zh == "任务 审核 只提供给 服务管理负责人、王芳,T01.05"
    assert said.en == "task Review, Service management, 王芳, T01.05"


def test_somebody_erased_is_told_as_such() -> None:
    assert Names(None, {}, "Asia/Shanghai").sentence(Text("1.2.1", "1.2.1")).zh == "1.2.1"


def test_what_the_worker_did_is_the_systems_in_both_languages(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "straight-through")
    chinese = terminal.ok("history", played["case"])
    english = terminal.ok("history", played["case"], "--language", "en")
    assert re.search(r"  系统 +发布《服务需求说明书》", chinese)
    assert re.search(r"  the system +issued “Service requirements specification”", english)
    assert not re.search(r"  系统 ", english)


def test_a_change_of_the_project_manager_tells_whose_the_open_task_is_now(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "manager-changes")
    lines = terminal.json("history", played["case"])
    (changed,) = [line for line in lines if any("改为" in sentence for sentence in line["zh"])]
    assert changed["zh"] == ["T03.08 启动会 因服务项目经理更换,改为 江涛 办理(原为 钱伟)"]
    assert changed["en"] == ["T03.08 Kick-off is for 江涛 now, as Service project manager changed (before: 钱伟)"]


def test_values_are_told_as_people_say_them(terminal: Terminal) -> None:
    (played,) = terminal.json("play", SHIPPED, "early-start")
    lines = [one for line in terminal.json("history", played["case"]) for one in (*line["zh"], *line["en"])]
    assert {"合同金额:680,000", "Contract amount: 680,000", "未签先行:是", "Early start: yes"} <= set(lines)
    assert {"项目状态:已签订", "State: Signed", "State: Initiated"} <= set(lines)
    assert "State: 已签订" not in lines
    told = "\n".join(lines)
    assert re.findall(r"\b(true|false|null)\b|\[\"|[a-z]:C-\d", told) == []
    assert "重点客户 = (未填)" in told
    assert "Amount including tax = 680,000" in told
    assert re.search("确定评审人 判定:.*涉及内部支持部门 = 否.* → 服务管理负责人、", told)


def test_a_condition_that_only_says_the_value_again_is_left_out() -> None:
    names = Names(None, {}, "Asia/Shanghai")
    inputs = (Context({"label": "窗口", "value": "7×24"}), Context({"label": "金额", "value": Decimal(50000)}))
    hit = Context({"rule": Decimal(2), "conditions": ('"7×24"', ">= 10000")})
    table = Context({"inputs": inputs, "hits": (hit,), "default": False})
    assert rules(names, table) == Text(
        "规则 2 命中(窗口 = 7×24;金额 = 50,000 (>= 10000))", "rule 2 matches (窗口 = 7×24; 金额 = 50,000 (>= 10000))"
    )
    nothing = Context({"inputs": (Context({"label": "重点", "value": None}),), "hits": (), "default": True})
    assert rules(names, nothing).zh == "没有规则命中,取默认结果(重点 = (未填))"


def test_what_forms_offer_is_told_in_english_where_all_forms_say_the_same() -> None:
    fields = {"kind": {"options": {"新签": "New", "通过": "Passed"}}, "verdict": {"options": {"通过": "Approved"}}}
    forms = {"T01": {"fields": {**fields, "note": {"options": "none"}}}, "T02": {"fields": "none"}}
    procedure = procedures.load(company.files_of(SHIPPED))
    files = {**procedure.files, ENGLISH: json.dumps({"forms": forms}).encode()}
    names = Names(replace(procedure, files=files), {}, "Asia/Shanghai")
    told = [names.choice("contract_reviewers", zh) for zh in ("新签", "通过", "续签", "SMO")]
    assert [one.en for one in told] == ["New", "通过", "续签", "Service management"]
    assert [one.zh for one in told] == ["新签", "通过", "续签", "服务管理负责人"]


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (None, "", "(未填)", "(nothing)"),
        (False, "bool", "否", "no"),
        (Decimal("1234567.50"), "money", "1,234,567.50", "1,234,567.50"),
        (Decimal(15), "pct", "15%", "15%"),
        (Ref("customer", "东海证券"), "ref", "东海证券", "东海证券"),
        ((True, None), "", "是、(未填)", "yes, (nothing)"),
        (Context({"级别": "A", "重点": True}), "", "级别 = A;重点 = 是", "级别 = A; 重点 = yes"),
    ],
)
def test_a_value_is_told_by_its_kind(value: Value, kind: str, zh: str, en: str) -> None:
    assert said(Names(None, {}, "Asia/Shanghai"), value, kind) == Text(zh, en)
