"""The rights that a procedure gives to roles, in words: the one list, for every page that names them."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Text
from engine.procedure import Procedure
from engine.publication import SELF

RIGHTS: Mapping[str, Text] = {
    "publish": Text("发布新版本", "Publish new versions"),
    "settings": Text("更改设置", "Change settings"),
    "case": Text("更改项目资料和项目组", "Change project data and teams"),
    "read": Text("查阅全部项目", "Read all projects"),
    "terminate": Text("终止项目", "Terminate projects"),
    "waive": Text("豁免里程碑和职责分离", "Waive milestones and the separation of duties"),
    "resolve": Text("处理异常", "Resolve incidents"),
    "move": Text("移动流程的步骤", "Move the steps of a process"),
    "message": Text("发送外部消息", "Send messages from outside"),
    "reassign": Text("转交别人的任务", "Transfer the tasks of others"),
    SELF: Text("发布自己改过的草稿", "Publish a draft that they changed themselves"),
}


def held(procedure: Procedure, role: str) -> list[Text]:
    """What a role may do in a procedure. Their own draft nobody publishes unless it is said."""
    return [
        text
        for right, text in RIGHTS.items()
        if role in (procedure.rights.get(SELF, ()) if right == SELF else procedure.may(right))
    ]
