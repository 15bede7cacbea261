"""What the editor of forms says, and the kinds of field it offers: the island itself has no words of ours."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Refused
from engine.procedure import load
from web.drafting.draft import Draft
from web.pages.studio.editors.words import WORDS as STUDIO
from web.texts import said
from web.translation import is_english, lazy

Component = dict[str, object]
KINDS: Mapping[str, tuple[str, str, Component]] = {
    "text": (lazy("文本"), "pencil-square", {"type": "textfield"}),
    "long": (lazy("多行文本"), "chat-left-text", {"type": "textarea"}),
    "int": (lazy("整数"), "sliders", {"type": "number", "decimalDigits": 0}),
    "dec": (lazy("小数"), "sliders", {"type": "number"}),
    "money": (lazy("金额"), "bookmark", {"type": "number", "properties": {"type": "money", "currency": "CNY"}}),
    "pct": (lazy("百分比"), "sliders", {"type": "number", "properties": {"type": "pct"}}),
    "date": (lazy("日期"), "calendar3", {"type": "datetime", "subtype": "date", "dateLabel": ""}),
    "dt": (
        lazy("日期和时间"),
        "clock",
        {"type": "datetime", "subtype": "datetime", "dateLabel": "", "timeLabel": ""},
    ),
    "dur": (lazy("时长"), "clock", {"type": "textfield", "properties": {"type": "dur"}}),
    "bool": (lazy("是否"), "check-lg", {"type": "checkbox"}),
    "enum": (lazy("单选"), "bullseye", {"type": "radio", "values": []}),
    "enums": (lazy("多选"), "check2-circle", {"type": "checklist", "values": []}),
    "user": (lazy("人员"), "person", {"type": "select", "properties": {"type": "user"}}),
    "users": (lazy("多个人员"), "people", {"type": "taglist", "properties": {"type": "users"}}),
    "org": (lazy("部门或单位"), "house", {"type": "select", "properties": {"type": "org"}}),
    "ref": (lazy("引用"), "link-45deg", {"type": "select", "properties": {"type": "ref", "kind": ""}}),
    "file": (lazy("一个附件"), "paperclip", {"type": "filepicker"}),
    "files": (lazy("多个附件"), "paperclip", {"type": "filepicker", "multiple": True}),
    "table": (lazy("表格"), "table", {"type": "dynamiclist", "components": []}),
    "computed": (lazy("自动计算"), "gear", {"type": "expression", "expression": ""}),
    "group": (lazy("分区"), "folder2-open", {"type": "group", "components": []}),
}
"""Every kind of field, with its icon and the component it becomes."""

WORDS = {
    "untitled": lazy("未命名"),
    "form_head": lazy("整张表单"),
    "form_hint": lazy("在左边选一个字段,这里可以改它的全部性质;改动会自动保存。"),
    "empty": lazy("表单还没有字段。从“添加字段”里选一种开始。"),
    "title": lazy("表单标题"),
    "title_en": lazy("英文标题"),
    "label": lazy("名称"),
    "label_en": lazy("英文名称"),
    "key": lazy("标识"),
    "key_hint": lazy("字母开头,只用字母、数字和单个下划线。规则、流程图和决策表用它来称呼这个字段。"),
    "section": lazy("分区标识"),
    "description": lazy("填写提示"),
    "required": lazy("必填"),
    "readonly": lazy("只读"),
    "options": lazy("选项"),
    "option": lazy("选项(中文)"),
    "option_en": lazy("英文"),
    "option_value": lazy("值"),
    "limits": lazy("范围与格式"),
    "min": lazy("最小值"),
    "max": lazy("最大值"),
    "least_date": lazy("最早(2026-03-02)"),
    "most_date": lazy("最晚(2026-03-02)"),
    "minLength": lazy("最少字数"),
    "maxLength": lazy("最多字数"),
    "decimals": lazy("小数位数"),
    "currency": lazy("币种"),
    "validationType": lazy("格式"),
    "email": lazy("电子邮箱"),
    "phone": lazy("电话号码"),
    "custom": lazy("按下面的样式"),
    "pattern": lazy("样式(正则表达式)"),
    "patternMessage": lazy("不合样式时说什么"),
    "patternMessage_en": lazy("不合样式时说什么(英文)"),
    "default": lazy("开始时已填的内容"),
    "rows": lazy("行高"),
    "first_rows": lazy("开始时的空行数"),
    "role": lazy("先列出这个角色的人"),
    "kind": lazy("引用的类别"),
    "accept": lazy("可以登记的文件(如 .pdf, image/*)"),
    "conditions": lazy("什么时候显示、必填、正确"),
    "hide": lazy("什么时候隐藏"),
    "requiredWhen": lazy("什么时候必填"),
    "check": lazy("填写后必须成立"),
    "checkMessage": lazy("不成立时说什么"),
    "checkMessage_en": lazy("不成立时说什么(英文)"),
    "expression": lazy("怎样计算"),
    "privacy": lazy("个人信息与搜索"),
    "personal": lazy("个人信息(可以依法删除,规则不能读取)"),
    "searchable": lazy("可以搜索"),
    "internal": lazy("只供内部,不进文件"),
    "uses": lazy("用到这张表单的任务"),
    "add_option": lazy("添加选项"),
    "up": lazy("上移"),
    "down": lazy("下移"),
    "copy": lazy("复制"),
    "away": lazy("删除"),
    "static": lazy("文字"),
    "elsewhere_count": lazy("草稿的其他文件还有 {count} 处问题。"),
    "clean_form": lazy("这张表单没有问题"),
    "faults_form": lazy("{count} 处要改正"),
    "example_feel": lazy('例如 kind = "续签"'),
    "example_sum": lazy("例如 sum(items.price)"),
    "examples_hide": lazy('例如 not(kind = "续签")'),
}
KEPT = (
    "saved",
    "saving",
    "unsaved",
    "expired",
    "offline",
    "reload",
    "mine",
    "differing",
    "restore",
    "restored",
    "forget",
    "none",
    "remove",
    "feel",
)


def words() -> dict[str, object]:
    """The words in the language of whoever asks."""
    shared = {key: str(STUDIO[key]) for key in KEPT}
    return {**shared, **{key: str(text) for key, text in WORDS.items()}, "language": "en" if is_english() else "zh"}


def kinds() -> list[dict[str, object]]:
    """The kinds of field, as the island takes them."""
    return [
        {"kind": kind, "name": str(name), "icon": icon, "component": component}
        for kind, (name, icon, component) in KINDS.items()
    ]


def roles(found: Draft) -> list[tuple[str, str]]:
    """The roles that a field of persons may offer first."""
    try:
        procedure = load(found.files)
    except (Refused, ValueError):
        procedure = found.base
    return [(code, f"{said(role.name)} · {code}") for code, role in procedure.roles.items()]
