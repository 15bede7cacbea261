"""The actions that a task page offers, in their order, and what each asks for: one row an action."""

from __future__ import annotations

from dataclasses import dataclass

from web.translation import lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An action as a page offers it; `asks` names what its dialog asks for; without it there is no dialog."""

    name: str
    text: str
    icon: str
    explains: str = ""
    asks: tuple[str, ...] = ()
    done: str = ""


ACTS = {
    act.name: act
    for act in (
        Act(name="claim", text=lazy("认领"), icon="hand-index", done=lazy("已认领。")),
        Act(name="release", text=lazy("退回待领"), icon="box-arrow-in-down", done=lazy("已退回,其他人可以认领。")),
        Act(
            name="return",
            text=lazy("驳回"),
            icon="arrow-return-left",
            explains=lazy("把工作退回到之前的步骤,由那里的办理人更正。"),
            asks=("target", "reason"),
            done=lazy("已驳回。"),
        ),
        Act(
            name="transfer",
            text=lazy("转办"),
            icon="arrow-right",
            explains=lazy("把任务交给另一个人,之后由其负责。"),
            asks=("person", "reason"),
            done=lazy("已转办。"),
        ),
        Act(
            name="delegate",
            text=lazy("委派"),
            icon="person-check",
            explains=lazy("请另一个人协助,办完交回给您,由您提交。"),
            asks=("person", "reason"),
            done=lazy("已委派。"),
        ),
        Act(
            name="sign",
            text=lazy("加签"),
            icon="person-plus",
            explains=lazy("请其他人依次给出意见:在您办理之前,或在您办理之后。"),
            asks=("persons", "place", "reason"),
            done=lazy("已加签。"),
        ),
        Act(
            name="resolve",
            text=lazy("交回"),
            icon="arrow-return-left",
            explains=lazy("写下您的意见,任务回到交给您的人手中。"),
            asks=("opinion",),
            done=lazy("已交回。"),
        ),
        Act(
            name="urge",
            text=lazy("催办"),
            icon="bell",
            explains=lazy("请办理人尽快处理,一小时内只能催办一次。"),
            asks=("message",),
            done=lazy("已催办。"),
        ),
        Act(
            name="copy",
            text=lazy("知会"),
            icon="send",
            explains=lazy("让其他人知道这项任务;他们不需要办理。"),
            asks=("persons", "message"),
            done=lazy("已知会。"),
        ),
        Act(
            name="withdraw",
            text=lazy("撤回"),
            icon="arrow-return-left",
            explains=lazy("下一步还没有人打开时,可以把已提交的任务取回来重新办理。"),
            asks=("reason",),
            done=lazy("已撤回,任务回到您手中。"),
        ),
        Act(
            name="terminate",
            text=lazy("终止流程"),
            icon="x-octagon",
            explains=lazy("结束整个流程:还没有办完的任务都会取消,不能恢复;已经办完的记录保留。"),
            asks=("reason",),
            done=lazy("流程已终止。"),
        ),
        Act(
            name="begin",
            text=lazy("开始一项活动"),
            icon="plus-lg",
            explains=lazy("按需要开始下面的一项活动。"),
            asks=("activity",),
            done=lazy("已开始。"),
        ),
    )
}
"""In the order in which they are offered."""

FIRST = ("claim", "return", "transfer", "sign", "resolve")
"""What has a button of its own; the rest is in a menu."""
