"""Milestones: what begins with the clock can be planned ahead, has keys that are names, and moves on."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine import milestone_rule as rules
from engine.check.finding import Finding, Rule, at
from engine.feel.tree import BuiltIn, Call, ContextOf, ListOf, Literal, Node
from engine.flow.elements import Element, Process, Trigger
from engine.procedure import HOST_FUNCTIONS, Procedure

ONLY_HERE = ("per", "catchUp")
NOT_BEFORE = ("instance", "task", "now")
"""Reserved names that mean nothing before a process runs."""

MOMENTS = frozenset({"date", "date and time", "working days after", "working time after"})


def findings(procedure: Procedure) -> Iterator[Finding]:
    """Rules about moments that cannot be told in advance, yield no names, or stand where nothing reads them."""
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if rules.is_timed(element):
                yield from _start(procedure, process, element)
            else:
                yield from _elsewhere(process, element)


def _elsewhere(process: Process, element: Element) -> Iterator[Finding]:
    for name in ONLY_HERE:
        if name in element.extensions:
            yield at(
                process,
                element.id,
                Rule.STRUCTURE,
                f"zx:{name} 应在流程最外层的定时开始事件上",
                f"expected zx:{name} on a timer start event of a process, but {element.id} is none",
            )
    timed = element.trigger in rules.TIMED or element.kind in ("userTask", "manualTask")
    if "calendar" in element.extensions and not timed:
        yield at(
            process,
            element.id,
            Rule.STRUCTURE,
            "zx:calendar 应在定时事件或人员任务上",
            f"expected zx:calendar on a timer or a task of a person, but {element.id} is neither",
        )


def _start(procedure: Procedure, process: Process, start: Element) -> Iterator[Finding]:
    try:
        keys, moment = rules.keys_expression(start), rules.moment_expression(start)
    except feel.FeelError as error:
        if _is_readable(procedure, start):  # otherwise told with the other expressions
            zh, en = error.text.zh, error.text.en
            yield _wrong(
                process,
                start,
                f"流程开始之前没有变量:{zh}",
                f"expected nothing but what is known before the process runs: {en}",
            )
        return
    for what, found in (("zx:per", keys), ("timer", moment)):
        for name in NOT_BEFORE:
            if name in found.names:
                yield _wrong(
                    process,
                    start,
                    f"{what} 中不能使用 {name}:里程碑要能预先排定;请用 last 或 opened",
                    f"expected no {name} in {what}: a milestone is planned ahead; use last or opened",
                )
    yield from _catch_up(process, start)
    if any(_is_no_name(node) for node in _items(keys.tree)):
        zh = "zx:per 的键应为文本、人员或带 id 的上下文"
        yield _wrong(process, start, zh, "expected keys of zx:per that are texts, persons, or contexts with an id")
    if start.trigger is Trigger.TIMER_CYCLE and "last" not in moment.names and _is_moment(moment):
        yield _wrong(
            process,
            start,
            "timeCycle 应从 last 得到下一个时刻,否则永不前进;只发生一次的用 timeDate",
            "expected timeCycle to reckon from last, or it never moves on; draw timeDate for what happens once",
        )


def _wrong(process: Process, start: Element, zh: str, en: str) -> Finding:
    return at(process, start.id, Rule.EXPRESSION, zh, en)


def _is_readable(procedure: Procedure, start: Element) -> bool:
    """The expressions could be read if variables were there."""
    names = procedure.visible | rules.OF_KEYS | rules.OF_MOMENT
    try:
        for text in (rules.per(start), start.expression or "null"):
            feel.compile(text, names, HOST_FUNCTIONS)
    except feel.FeelError:
        return False
    return True


def _catch_up(process: Process, start: Element) -> Iterator[Finding]:
    found = start.extensions.get("catchUp", rules.CatchUp.EACH)
    if found not in tuple(rules.CatchUp):
        yield at(
            process,
            start.id,
            Rule.STRUCTURE,
            f"zx:catchUp 应为 each 或 latest,但为 {found}",
            f"expected zx:catchUp to be each or latest, but found {found}",
        )


def _is_moment(found: feel.Expression) -> bool:
    """The expression cannot be a duration: it says so, or makes a date."""
    tree = found.tree
    made = tree.function.name if isinstance(tree, Call) and isinstance(tree.function, BuiltIn) else ""
    return made in MOMENTS or (found.type is not None and found.type.name in MOMENTS)


def _items(tree: Node) -> tuple[Node, ...]:
    return tree.items if isinstance(tree, ListOf) else (tree,)


def _is_no_name(node: Node) -> bool:
    """A literal that is no text, or a context without an id."""
    match node:
        case Literal():
            return not isinstance(node.value, str)
        case ContextOf():
            return "id" not in {str(entry[0]) for entry in node.entries}
        case _:
            return False
