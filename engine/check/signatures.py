"""Signed tasks: at a level that is executed, and where whoever does them can prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from engine import bulk
from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Process
from engine.invitation import is_external
from engine.procedure import Procedure
from engine.signature import LEVEL, MARK, is_signed

CLICK, OUTSIDE = "L0", ("L2", "L3")


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Levels that are none or not executed, and signed tasks for several at once or by a link."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if not is_signed(element):
                continue
            level = element.extensions[MARK]
            if level != LEVEL:
                yield _level(process, element.id, level)
            if bulk.is_bulk(element):
                yield at(
                    process,
                    element.id,
                    Rule.FORM,
                    "zx:sign 的任务不能有 zx:bulk:每次签名只签一项,看过这一项的内容再签",
                    "expected no zx:bulk on a task with zx:sign: each signature is for one task, by whoever has read that one",
                )
            if is_external(element):
                yield at(
                    process,
                    element.id,
                    Rule.FORM,
                    "zx:sign 的任务不能有 zx:external:外部人员没有账号,无法用密码或动态码证明本人",
                    "expected no zx:external on a task with zx:sign: a contact has no account to prove themselves by",
                )


def _level(process: Process, element: str, level: str) -> Finding:
    """What may stand there instead."""
    if level == CLICK:
        zh, en = "登录后提交就是 L0,不必写 zx:sign", "handing in is L0 already: leave zx:sign out"
    elif level in OUTSIDE:
        zh = f"zx:sign 应为 {LEVEL};本版本不执行 {level}(数字证书、可信时间戳、合格签名服务或纸面签章),请在系统外签署,把签好的文件作为附件提交"
        en = (
            f"expected zx:sign to be {LEVEL}: {level} (certificates, trusted timestamps, services for qualified signatures, paper) "
            "is not executed by this release; sign outside and hand the signed file in"
        )
    else:
        zh, en = f"zx:sign 应为 {LEVEL},但为 {level}", f"expected zx:sign to be {LEVEL}, but found {level}"
    return at(process, element, Rule.STRUCTURE, zh, en)
