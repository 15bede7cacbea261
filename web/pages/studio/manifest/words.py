"""What the tables of a manifest are called, the fields of their rows, and what may be chosen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.translation import lazy

NUMBERS = {
    "int": lazy("整数"),
    "dec": lazy("小数"),
    "money": lazy("金额"),
    "pct": lazy("百分比"),
}
SETTING_TYPES = {**NUMBERS, "text": lazy("文本"), "bool": lazy("是或否")}
CASE_TYPES = {
    "text": lazy("文本"),
    **NUMBERS,
    "bool": lazy("是或否"),
    "date": lazy("日期"),
    "dt": lazy("日期和时刻"),
    "user": lazy("人员"),
    "ref": lazy("编号或客户等的引用"),
}
SHOWN = {
    "title": lazy("项目的名称"),
    "number": lazy("项目的编号"),
    "party": lazy("客户"),
    "state": lazy("状态"),
    "level": lazy("级别"),
    "manager": lazy("负责人"),
}
TYPES: Mapping[str, Mapping[str, str]] = {"settings": SETTING_TYPES, "case": CASE_TYPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table of the manifest: its heading, what a new row is called, what it is for, how its code is formed."""

    table: str
    title: str
    new: str
    about: str
    code: str
    code_rule: str
    column: str


UPPER = lazy("代码应以字母开头,只有字母、数字和下划线,例如 QA 或 site_manager。")
LOWER = lazy("代码应以小写字母开头,只有小写字母、数字和下划线,例如 review_days;id 不可用。")
KINDS = {
    "roles": Kind(
        table="roles",
        title=lazy("角色"),
        new=lazy("新的角色"),
        about=lazy("谁来办。流程图的泳道按代码指定角色;发布以后由系统管理员把人放进角色。"),
        code=lazy("代码"),
        code_rule=UPPER,
        column=lazy("权限"),
    ),
    "settings": Kind(
        table="settings",
        title=lazy("设置"),
        new=lazy("新的设置"),
        about=lazy("期限、金额界限等以后可能调整的值。规则里写作“settings.代码”。"),
        code=lazy("代码"),
        code_rule=LOWER,
        column=lazy("类型和值"),
    ),
    "case": Kind(
        table="case",
        title=lazy("项目数据"),
        new=lazy("新的项目数据"),
        about=lazy("一个项目的各个流程共用的数据。规则里写作“case.代码”。"),
        code=lazy("代码"),
        code_rule=LOWER,
        column=lazy("类型"),
    ),
    "documents": Kind(
        table="documents",
        title=lazy("文件"),
        new=lazy("新的文件"),
        about=lazy("由任务编写、评审和发出的文件。"),
        code=lazy("代码"),
        code_rule=LOWER,
        column="",
    ),
    "escalation": Kind(
        table="escalation",
        title=lazy("升级类别"),
        new=lazy("新的升级类别"),
        about=lazy("期限将到和逾期以后,什么时候告诉谁。任务在流程图上选择类别。"),
        code=lazy("代码"),
        code_rule=UPPER,
        column=lazy("提醒和升级"),
    ),
}
