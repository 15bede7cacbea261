"""What the editor of decision tables says: the island itself has no words of ours."""

from __future__ import annotations

from engine.dmn.model import Aggregator, HitPolicy
from web.pages.studio.editors.words import WORDS as STUDIO
from web.translation import is_english, lazy

POLICIES = {
    HitPolicy.UNIQUE: (lazy("唯一"), lazy("任何情况只能有一行成立;有两行成立就是错误。")),
    HitPolicy.FIRST: (lazy("首行"), lazy("从上到下,第一个成立的行算数。")),
    HitPolicy.ANY: (lazy("一致"), lazy("可以有几行成立,但它们的结果必须相同。")),
    HitPolicy.PRIORITY: (lazy("优先"), lazy("成立的行里,结果在“允许的结果”中排得最前的算数。")),
    HitPolicy.COLLECT: (lazy("汇集"), lazy("所有成立的行都算数,结果是一份清单,或按下面的方式汇总。")),
    HitPolicy.RULE_ORDER: (lazy("按行次序"), lazy("所有成立的行都算数,清单按行的次序。")),
    HitPolicy.OUTPUT_ORDER: (lazy("按结果次序"), lazy("所有成立的行都算数,清单按“允许的结果”的次序。")),
}
AGGREGATIONS = {
    "": lazy("清单"),
    Aggregator.SUM: lazy("求和"),
    Aggregator.COUNT: lazy("计数"),
    Aggregator.MIN: lazy("取最小"),
    Aggregator.MAX: lazy("取最大"),
}
TYPES = {
    "": lazy("不限"),
    "string": lazy("文本"),
    "number": lazy("数"),
    "boolean": lazy("是否"),
    "date": lazy("日期"),
    "date and time": lazy("日期和时间"),
    "time": lazy("时刻"),
    "days and time duration": lazy("时长(天、小时)"),
    "years and months duration": lazy("时长(年、月)"),
}
WORDS = {
    "name": lazy("决策名称"),
    "policy": lazy("几行成立时"),
    "aggregation": lazy("汇总"),
    "conditions": lazy("条件"),
    "results": lazy("结果"),
    "remark": lazy("说明"),
    "english": lazy("英文"),
    "label": lazy("列的名称"),
    "expression": lazy("比较的数据(FEEL)"),
    "result_name": lazy("结果的标识"),
    "type": lazy("类型"),
    "allowed": lazy("允许的值"),
    "allowed_results": lazy("允许的结果"),
    "default": lazy("没有行成立时"),
    "any": lazy("任意"),
    "rule": lazy("第 {row} 行"),
    "add_rule": lazy("加一行"),
    "add_input": lazy("加条件列"),
    "add_output": lazy("加结果列"),
    "new_input": lazy("新条件"),
    "new_output": lazy("新结果"),
    "left": lazy("左移"),
    "right": lazy("右移"),
    "up": lazy("上移"),
    "down": lazy("下移"),
    "copy": lazy("复制"),
    "away": lazy("删除"),
    "column": lazy("列的设置"),
    "data": lazy("可用的数据"),
    "data_hint": lazy("条件可以比较的数据。调用这张表的决策任务要有同名的变量,或用“输入”给出。"),
    "data_name": lazy("数据的名称"),
    "add_data": lazy("加一项数据"),
    "try": lazy("试算"),
    "try_hint": lazy("填几个值,看哪一行成立、结果是什么。文本不用加引号。"),
    "outcome": lazy("结果"),
    "no_match": lazy("没有行成立"),
    "by_default": lazy("没有行成立,取默认结果"),
    "matched": lazy("成立的行:{rows}"),
    "clean": lazy("没有发现问题"),
    "faults": lazy("{count} 处要改正"),
    "advice": lazy("{count} 处建议再看一看"),
    "untabled": lazy("这个文件里还有不是表格的决策,这里不改它们:{names}"),
    "formula_hint": lazy(
        '格子里写:100、> 50000、[1..9]、"甲","乙"、not("丙")、- 表示任意;文本列的文字会自动加上引号。'
    ),
}
KEPT = (
    *("saved", "saving", "unsaved", "expired", "offline", "reload", "mine"),
    *("differing", "restore", "restored", "forget", "none"),
)


def words() -> dict[str, object]:
    """The words in the language of whoever asks."""
    shared = {key: str(STUDIO[key]) for key in KEPT}
    return {**shared, **{key: str(text) for key, text in WORDS.items()}, "language": "en" if is_english() else "zh"}


def policies() -> dict[str, object]:
    """Hit policies with what they mean, and how hits are aggregated."""
    return {
        "policies": [(str(one), str(name), str(means)) for one, (name, means) in POLICIES.items()],
        "aggregations": [(str(one), str(name)) for one, name in AGGREGATIONS.items()],
    }


def types() -> list[tuple[str, str]]:
    """The types that a column may have."""
    return [(name, str(text)) for name, text in TYPES.items()]
