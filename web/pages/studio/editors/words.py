"""What the editor of diagrams says, and what it offers to choose from: the island itself has no words of ours."""

from __future__ import annotations

from engine.connector import CONNECTORS
from engine.dmn.model import Decision
from engine.errors import Refused
from engine.procedure import load
from engine.signature import LEVEL
from web.drafting.draft import Draft
from web.texts import said
from web.translation import is_english, lazy

WORDS = {
    "saved": lazy("已保存"),
    "saving": lazy("正在保存…"),
    "unsaved": lazy("尚未保存,会自动重试"),
    "expired": lazy("登录已过期。请在新的标签页里重新登录;您的改动保留在这个页面上,登录后会自动保存。"),
    "offline": lazy("网络中断。您的改动保留在这个浏览器里,恢复后会自动保存。"),
    "reload": lazy("重新载入"),
    "mine": lazy("用我的覆盖"),
    "differing": lazy("对方保存的与您的相比,您的不同之处:"),
    "restore": lazy("找到这个浏览器里没有保存成功的改动。"),
    "restored": lazy("恢复这些改动"),
    "forget": lazy("不要了"),
    "nothing": lazy("在图上选一个元素,这里显示它的名称、说明和办理规则。"),
    "diagram": lazy("整张图"),
    "faults": lazy("要改正的问题"),
    "advice": lazy("建议再看一看"),
    "clean": lazy("检查没有发现问题"),
    "checking": lazy("正在检查…"),
    "elsewhere": lazy("在其他文件"),
    "general": lazy("基本"),
    "work": lazy("办理"),
    "rules": lazy("规则"),
    "trace": lazy("依据"),
    "name": lazy("名称"),
    "name_en": lazy("英文名称"),
    "documentation": lazy("说明(这一步为什么做)"),
    "documentation_en": lazy("英文说明"),
    "id": lazy("标识"),
    "role": lazy("角色(这条泳道里的任务归谁)"),
    "form": lazy("表单"),
    "result": lazy("结果存为变量"),
    "assignee": lazy("指定办理人"),
    "candidates": lazy("候选办理人(代替泳道角色)"),
    "due": lazy("期限"),
    "remind": lazy("提醒"),
    "escalation": lazy("升级类别"),
    "calendar": lazy("工作时间"),
    "separateFrom": lazy("不能由这些步骤的办理人办理"),
    "document": lazy("文件与动作"),
    "approved": lazy("批准的条件"),
    "countersign": lazy("会签规则"),
    "sign": lazy("提交时的签名"),
    "section": lazy("表单分区权限"),
    "no_sections": lazy("这张表单没有分区,全部可填。"),
    "right_write": lazy("可填"),
    "right_required": lazy("全部必填"),
    "right_read": lazy("只读"),
    "right_hidden": lazy("不显示"),
    "external": lazy("由外部人员一次性链接办理"),
    "bulk": lazy("可以批量办理"),
    "clause": lazy("标准条款"),
    "source": lazy("制度条文编号"),
    "connector": lazy("连接器"),
    "decision": lazy("决策表"),
    "called": lazy("调用的流程"),
    "condition": lazy("条件"),
    "default": lazy("其余情况走这条线"),
    "timer": lazy("时间"),
    "timeDate": lazy("到某个时刻"),
    "timeDuration": lazy("经过一段时间"),
    "timeCycle": lazy("按周期"),
    "inputs": lazy("启动时给出的变量"),
    "per": lazy("对哪些对象(里程碑)"),
    "catchUp": lazy("错过时补办"),
    "case": lazy("所属项目"),
    "correlation": lazy("消息如何对应"),
    "ttl": lazy("消息保留多久"),
    "script": lazy("脚本(FEEL)"),
    "collection": lazy("对每一个(集合)"),
    "item": lazy("每一个叫做"),
    "completion": lazy("提前结束的条件"),
    "parameter": lazy("参数"),
    "input": lazy("输入"),
    "output": lazy("输出"),
    "add": lazy("添加"),
    "remove": lazy("删除"),
    "value": lazy("值(FEEL)"),
    "none": lazy("不指定"),
    "feel": lazy("FEEL 表达式"),
    "example_due": lazy("例如 working days after(now, 3)"),
    "example_condition": lazy('例如 review.decision = "通过"'),
}
ANEW = lazy("再次输入密码或动态码")


def words() -> dict[str, object]:
    """The words in the language of whoever asks."""
    return {**{key: str(text) for key, text in WORDS.items()}, "language": "en" if is_english() else "zh"}


def choices(found: Draft) -> dict[str, object]:
    """What fields of an element may be chosen from: value and name. Of a draft that cannot be read, what its version says."""
    try:
        procedure = load(found.files)
    except (Refused, ValueError):
        procedure = found.base
    return {
        "roles": [(code, f"{said(role.name)} · {code}") for code, role in procedure.roles.items()],
        "forms": [(path, f"{name} · {path.removeprefix('forms/')}") for path, name in found.forms()],
        "sections": {
            path: [(name, label or name) for name, label in form.sections.items()]
            for path, form in procedure.forms.items()
        },
        "escalations": [(code, code) for code in procedure.escalations],
        "decisions": [
            (one.variable.name, model.name)
            for model in procedure.decisions.models.values()
            for one in model.elements
            if isinstance(one, Decision)
        ],
        "signatures": [(LEVEL, f"{LEVEL} · {ANEW}")],
        "connectors": [(name, name) for name in sorted(CONNECTORS)],
        "processes": [(key, process.name or key) for key, process in procedure.model.processes.items()],
    }
