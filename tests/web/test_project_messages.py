"""Messages about projects come in from outside: they begin a project, ask for an early start, change its manager."""

import pytest

from tests.web.terminal import Terminal

PROCEDURE = ("--procedure", "service-planning")


@pytest.mark.parametrize(
    ("message", "payload", "first"),
    [
        ("M01 售前支持请求", '{"project_name": "法院信息系统运维"}', "T01_01"),
        ("M02 续签确认", '{"project_name": "法院信息系统续签", "predecessor": {"ref": "case:3"}, "needs": "增加驻场"}', "T01_04"),
    ],
)  # fmt: skip
def test_a_request_and_a_renewal_begin_a_project_once(
    staffed: Terminal, message: str, payload: str, first: str
) -> None:
    for _ in range(2):  # the sender does not know whether the first one arrived
        staffed.ok("send-message", message, *PROCEDURE, "--payload", payload, "--id", "crm-1")
    staffed.ok("work")
    (case,) = staffed.json("cases")
    found = staffed.json("case", case["case"])
    assert found["data"]["state"] == "需求调研"
    assert found["data"]["project_name"].startswith("法院信息系统")
    waiting = {item["element"] for who in ("wang", "zhao") for item in staffed.json("inbox", "--as", who)}
    assert waiting == {first}
    assert staffed.json("verify")["findings"] == []


def test_a_message_that_no_process_awaits_is_refused(staffed: Terminal) -> None:
    ran = staffed.run("send-message", "M05 SLA生效", *PROCEDURE, "--payload", "{}", "--id", "crm-2")
    assert ran.code == 1
    assert staffed.json("cases") == []


def test_a_manager_is_replaced_once_though_two_notices_come(staffed: Terminal) -> None:
    case = staffed.json("start", "service-planning", "svc_lifecycle", "--as", "wang")["case"]
    appointed = ("set-case", case, "--data", '{"pm": "@wang"}', "--as", "li")
    assert "应写明原因" in staffed.run(*appointed).err
    staffed.ok(*appointed, "--reason", "任命")
    notice = ("send-message", "M90 项目经理更换", "--case", case, "--correlation", f'"{case}"')
    payload = ("--payload", '{"pm": "@zhou", "reason": "调任"}')
    staffed.ok(*notice, *payload, "--id", "hr-1")
    ran = staffed.run(*notice, *payload, "--id", "hr-2")
    assert (ran.code, "更换正在进行" in ran.err) == (1, True)
    assert staffed.json(*notice, *payload, "--id", "hr-1")["repeated"]
    assert [item["element"] for item in staffed.json("inbox", "--as", "wang")].count("T00_04") == 1
