"""A whole case of P01, worked by commands alone, as a script would."""

import json
import re
from pathlib import Path
from typing import Any

from tests.web.terminal import Terminal, answers
from web.cli import sample_file


def test_a_case_from_request_to_confirmation_by_commands_alone(staffed: Terminal, tmp_path: Path) -> None:
    case, instance = staffed.start()
    for number, step in enumerate(answers("straight-through")):
        form, data, files = tmp_path / f"form{number}.json", dict(step["data"]), []
        for name, given in step["data"].items():
            if isinstance(given, dict) and given.keys() == {"file"}:  # by commands a file is one of this machine
                place = tmp_path / str(data.pop(name)["file"])
                place.write_bytes(sample_file.content(place.name))
                files += ["--file", f"{name}={place}"]
        form.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        task = staffed.task_of(step["as"])
        assert staffed.json("claim", task, "--as", step["as"])["task"] == task
        done = staffed.json("complete", task, "--as", step["as"], "--data", f"@{form}", *files)
        assert done["task"] == task
    assert done["status"] == "completed"
    assert done["ends"] == ["End_confirmed"]
    (document,) = staffed.json("documents", case)
    assert (document["version"], document["status"]) == ("A/0", "issued")
    assert len(document["digest"]) == 64
    assert staffed.json("show", instance)["ends"] == ["End_confirmed"]
    assert staffed.json("case", case)["documents"] == [document]
    sealed = staffed.json("seal")
    proven = staffed.json("verify")
    assert proven["proven"] is True
    assert proven["sealed"] == sealed["sealed"] == proven["entries"] + proven["refusals"]
    assert proven["executed"] == proven["entries"]
    assert staffed.json("rebuild", "--windows")["differences"] == []


def test_a_repeat_with_the_same_id_changes_nothing(staffed: Terminal) -> None:
    begin = ("start", "service-planning", "svc_requirements", "--as", "wang", "--id", "order-17")
    first, second = staffed.json(*begin), staffed.json(*begin)
    assert (first["case"], first["repeated"], second["repeated"]) == (second["case"], False, True)
    task, data = staffed.task_of("wang"), json.dumps(answers("straight-through")[0]["data"])
    hand_in = ("complete", task, "--as", "wang", "--data", data, "--id", "request-17")
    first, second = staffed.json(*hand_in), staffed.json(*hand_in)
    assert (first["revision"], second["revision"]) == (2, 2)
    assert (first["repeated"], second["repeated"]) == (False, True)


def test_the_state_after_any_entry_is_that_of_then(staffed: Terminal) -> None:
    _, instance = staffed.start()
    task = staffed.task_of("wang")
    staffed.ok("claim", task, "--as", "wang")
    first, second = (staffed.json("replay", instance, "--at", at)["tasks"][0]["stage"] for at in (1, 2))
    assert (first, second) == ("offered", "claimed")


def test_a_task_changes_hands(staffed: Terminal) -> None:
    _, instance = staffed.start()
    task = staffed.task_of("wang")
    staffed.ok("open", task, "--as", "wang")
    staffed.ok("claim", task, "--as", "wang")
    staffed.ok("release", task, "--as", "wang")
    staffed.ok("delegate", task, "--to", "zhou", "--reason", "出差", "--as", "wang")
    staffed.ok("resolve", task, "--opinion", "已核对", "--as", "zhou")
    staffed.ok("urge", task, "--message", "请今天提交", "--as", "li")
    staffed.ok("copy", task, "--to", "li", "--to", "chen", "--message", "请知悉", "--as", "wang")
    staffed.ok("transfer", task, "--to", "zhou", "--reason", "休假", "--as", "wang")
    assert staffed.json("show", instance)["tasks"][0]["holder"] == _person(staffed, "zhou")["person"]
    told = staffed.ok("history", instance)
    for sentence in (
        "打开 T01.01 提出售前支持请求",
        "退回待领 T01.01",
        "委派 周凯 办理 T01.01 提出售前支持请求:出差",
        "交回 T01.01 提出售前支持请求 给 王芳:已核对",
        "催办 T01.01 提出售前支持请求:请今天提交",
        "把 T01.01 提出售前支持请求 知会 李强、陈静:请知悉",
        "把 T01.01 提出售前支持请求 转给 周凯:休假",
    ):
        assert sentence in told


def test_somebody_who_may_not_is_refused_and_the_history_says_so(staffed: Terminal) -> None:
    case, _ = staffed.start()
    task = staffed.task_of("wang")
    ran = staffed.run("claim", task, "--as", "zhao")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "任务 T01.01 提出售前支持请求 只提供给 市场/销售人员\n"
    assert staffed.run("claim", task, "--as", "zhao", "--json").error["code"] == 1
    told = staffed.ok("history", case)
    assert "✗ 未能认领 T01.01 提出售前支持请求" in told
    assert ran.err.strip() in told
    other = staffed.run("claim", "4.9.9", "--as", "zhao")
    assert (other.code, "4.9.9" in other.err) == (1, True)


def test_a_form_with_mistakes_is_refused_field_by_field(staffed: Terminal) -> None:
    staffed.start()
    error = staffed.run("complete", staffed.task_of("wang"), "--as", "wang", "--data", "{}", "--json").error
    paths = {fault["path"] for fault in error["faults"]}
    assert {"customer", "opportunity", "service_type"} <= paths
    assert all(fault["zh"] and fault["en"] for fault in error["faults"])


def test_an_instance_is_terminated_by_whoever_has_the_right(staffed: Terminal) -> None:
    _, instance = staffed.start()
    assert staffed.run("terminate", instance, "--reason", "客户取消", "--as", "wang").code == 1
    staffed.ok("terminate", instance, "--reason", "客户取消", "--as", "he")
    assert staffed.json("show", instance)["status"] == "terminated"
    assert staffed.json("inbox", "--as", "wang") == []


def test_a_deputy_sees_and_does_what_is_the_principals(staffed: Terminal) -> None:
    staffed.ok("deputy", "wang", "chen", "--from", "2026-11-24", "--until", "2026-11-30")
    staffed.start()
    task = staffed.task_of("chen")
    staffed.ok("claim", task, "--as", "chen")
    staffed.ok("release", task, "--as", "chen")
    staffed.ok("deputy", "wang", "chen", "--end")
    assert staffed.json("inbox", "--as", "chen") == []


def test_settings_calendar_and_roles_are_the_organisations_own(staffed: Terminal, tmp_path: Path) -> None:
    key = "review_days"
    assert staffed.json("setting", "service-planning", key)[key] == {"value": 2, "default": 2}
    assert staffed.json("setting", "service-planning", key, "5")[key]["value"] == 5
    assert staffed.json("setting", "service-planning", key, "null")[key]["value"] == 2
    assert staffed.run("setting", "service-planning", key, '"two"').code == 1
    assert staffed.run("setting", "service-planning", "no_such", "1").code == 1
    calendar = tmp_path / "calendar.json"
    calendar.write_text(staffed.ok("calendar", "--export").replace("Asia/Shanghai", "Asia/Tokyo"), encoding="utf-8")
    assert staffed.json("calendar", "--set", f"@{calendar}")["zone"] == "Asia/Tokyo"
    assert staffed.run("calendar", "--set", "{}").code == 1
    staffed.ok("revoke-role", "li", "SMO")
    assert _person(staffed, "li")["roles"] == []
    staffed.ok("grant-role", "li", "SMO")
    assert _person(staffed, "li")["roles"] == ["SMO"]
    assert re.search(r"  操作员 +李强 担任 服务管理负责人", staffed.ok("history", 1))


def _person(staffed: Terminal, handle: str) -> Any:
    return next(person for person in staffed.json("people") if person["handle"] == handle)


def test_a_case_has_data_a_team_and_an_end(staffed: Terminal) -> None:
    case, instance = staffed.start()
    staffed.ok("set-case", case, "--data", '{"project_name": "医院运维"}', "--as", "li")
    assert staffed.run("assign-role", case, "SALES", "zhou", "--as", "li").code == 2
    staffed.ok("assign-role", case, "SALES", "zhou", "--reason", "王芳休假", "--as", "li")
    assert "项目的市场/销售人员:周" in staffed.ok("history", case)
    assert "(原因:王芳休假)" in staffed.ok("history", case)
    found = staffed.json("case", case)
    assert found["data"] == {"project_name": "医院运维"}
    assert found["roles"] == {"SALES": [_person(staffed, "zhou")["person"]]}
    assert staffed.json("inbox", "--as", "wang") == []
    assert staffed.run("set-case", case, "--data", '{"nothing": 1}', "--as", "li").code == 1
    ran = staffed.run("close-case", case, "--outcome", "客户取消", "--as", "li")
    assert (ran.code, "还有流程在办理" in ran.err, staffed.json("case", case)["status"]) == (1, True, "running")
    staffed.ok("terminate", instance, "--reason", "客户取消", "--as", "he")
    staffed.ok("close-case", case, "--outcome", "客户取消", "--as", "li")
    assert staffed.json("case", case)["status"] == "completed"
    assert "服务项目结束:客户取消" in staffed.ok("history", case)
    staffed.ok("seal")
    assert staffed.json("dispose", case, "--reason", "保管期满", "--yes")["entries"] > 3
    assert staffed.json("verify")["proven"] is True


def test_whoever_knows_what_runs_ends_a_case_all_the_same(staffed: Terminal) -> None:
    case, instance = staffed.start()
    staffed.ok("close-case", case, "--outcome", "另行办理", "--leave-running", "--as", "li")
    assert staffed.json("case", case)["status"] == "completed"
    assert staffed.json("show", instance)["status"] == "running"
