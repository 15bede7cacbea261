"""Where the work of a task or activity can be sent, by name; and where not, in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from engine import flow
from engine.errors import Reason, Refused, Text
from engine.flow.elements import Element, Kind
from engine.flow.moving import Barred, Why
from engine.instance import Instance
from engine.label import label
from engine.procedure import Procedure
from engine.words import ScopeKind

RETURNED_TO = frozenset(
    {Kind.USER_TASK, Kind.MANUAL_TASK, Kind.SUB_PROCESS, Kind.CALL_ACTIVITY, Kind.AD_HOC, Kind.TRANSACTION}
)
"""What people do, or what holds it: the rest happens by itself."""

SENTENCES = {
    Why.BESIDE: ("{target} 在与 {here} 并行的分支上", "{target} is on a branch that runs beside {here}"),
    Why.SIDE_PATH: (
        "{target} 在 {key} 的非中断事件的路径上,只能由该事件开始",
        "{target} is on the path of a non-interrupting event at {key}, which only that event begins",
    ),
    Why.MAIN_ENDED: (
        "{here} 在 {key} 的非中断事件的路径上,而 {key} 之后的主路径已不在进行",
        "{here} is on the path of a non-interrupting event at {key}, and the way on from {key} is no longer under way",
    ),
    Why.OPEN_BRANCH: ("{target} 所在的分支已有人在办理", "work is under way already on the branch of {target}"),
    Why.JOIN: ("{target} 是汇合,只能由其各分支到达", "{target} is a join, which is reached by its branches only"),
    Why.EVENT: ("{target} 是由事件引发的,不能直接到达", "{target} comes about by an event and cannot be gone to"),
    Why.START: ("{target} 不是流程中途可到达的步骤", "{target} is no step that is reached on the way"),
    Why.ELSEWHERE: (
        "{target} 不在 {here} 所在的流程或其外层流程中",
        "{target} is neither in the process of {here} nor in one around it",
    ),
    Why.INSIDE: (
        "{target} 在已不在进行的 {key} 之内,请改选 {key}",
        "{target} is within {key}, which is not under way here: choose {key}",
    ),
    Why.AROUND: ("{here} 就在 {target} 之内", "{here} is itself within {target}"),
    Why.ITSELF: ("{target} 就是当前步骤", "{target} is this very step"),
    Why.LEAVES: (
        "直接退回会结束 {key},无法再返回其中的 {here};请选择逐步办理",
        "going straight would end {key}, and there would be no way back to {here}: choose step by step",
    ),
    Why.EVENT_OPEN: (
        "{key} 的非中断事件的路径尚未办完,不能直接退回;请选择逐步办理",
        "the path of a non-interrupting event at {key} is still open: choose step by step",
    ),
    Why.OPEN: ("{target} 已在办理中", "{target} is waiting already"),
    Why.RESETTING: (
        "{key} 已提前放行,还在等待其余分支",
        "{key} has let the work on before all its branches came, and waits for the others",
    ),
    Why.NOT_DONE: ("{target} 在本次运行中尚未办理过", "{target} has not been done yet in this run"),
    Why.NOT_BEFORE: ("{target} 不在 {here} 之前", "{target} does not come before {here}"),
    Why.MOVED_ON: (
        "{target} 完成之后的工作已有进展,不能撤回",
        "the work has gone on since {target} was completed",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An element to which work might be sent; `refusal` says why it cannot be.

    `item` is the place (from 0) of a finished item of the multi-instance that the task is an item of.
    """

    process: str
    element: str
    label: Text
    refusal: Text | None
    item: int | None = None

    @property
    def name(self) -> str:
        """As a command names it."""
        return self.element if self.item is None else f"{self.element}[{self.item + 1}]"


def targets(
    procedure: Procedure, instance: Instance, window: bytes, task: str, *, straight: bool = False
) -> list[Target]:
    """Every earlier step a task might be returned to, nearest level first, in the order drawn."""
    items = [] if straight else _items(procedure, instance, window, task)
    listed = [element for element in _listed(procedure, instance, window, task) if element.kind in RETURNED_TO]
    return items + _told(
        procedure, instance, task, listed, _returnable(procedure, instance, window, task, listed, straight)
    )


def destinations(procedure: Procedure, instance: Instance, window: bytes, activity: str) -> list[Target]:
    """Every element to which the work of an activity might be moved, nearest level first, in the order drawn."""
    listed = list(_listed(procedure, instance, window, activity))
    return _told(procedure, instance, activity, listed, flow.movable(procedure.model, window, activity, listed))


def may_return(
    procedure: Procedure, instance: Instance, window: bytes, task: str, element: Element, *, straight: bool
) -> None:
    """Refuse what the task cannot be returned to. Raises Refused (WRONG_STATE)."""
    (found,) = _told(
        procedure, instance, task, [element], _returnable(procedure, instance, window, task, [element], straight)
    )
    refusal = found.refusal
    if element.kind not in RETURNED_TO:
        name = label(procedure, element.process, element.id)
        refusal = Text(f"{name.zh} 不是由人办理的步骤", f"{name.en} is no step that people do")
    if refusal is not None:
        raise Refused(Reason.WRONG_STATE, f"不能退回:{refusal.zh}", f"cannot be returned: {refusal.en}")


def named(procedure: Procedure, instance: Instance, window: bytes, activity: str, target: str) -> Element:
    """The element a person names, of the nearest level that has it. Raises Refused (NOT_FOUND)."""
    process, _, key = target.rpartition(":")
    levels = flow.levels(procedure.model, window, activity)
    for name in dict.fromkeys((process,) if process else (name for name, _ in levels)):
        model = procedure.model.processes.get(name)
        if model is not None and key in model.elements:
            return model.elements[key]
    raise Refused(Reason.NOT_FOUND, f"没有步骤 {target}", f"there is no step {target}")


def sentence(procedure: Procedure, here: Element, target: Element, barred: Barred) -> Text:
    """Why a token cannot be moved, in names."""
    key = barred.key if barred.key in procedure.model.processes[target.process].elements else target.id
    names = {
        "here": label(procedure, here.process, here.id),
        "target": label(procedure, target.process, target.id),
        "key": label(procedure, target.process, key),
    }
    zh, en = SENTENCES[barred.why]
    return Text(
        zh.format(**{name: text.zh for name, text in names.items()}),
        en.format(**{name: text.en for name, text in names.items()}),
    )


def whole_of(instance: Instance, task: str) -> str | None:
    """The multi-instance that a task is an item of."""
    scope = instance.scopes[instance.tasks[task].scope]
    whole = instance.activities.get(scope.activity or "")
    found = instance.activities[task]
    same = whole is not None and (whole.process, whole.element) == (found.process, found.element)
    return scope.activity if same and scope.kind is ScopeKind.ITEM else None


def item_label(procedure: Procedure, element: Element, item: int) -> Text:
    """What an item is called: that of its element, with its place."""
    name = label(procedure, element.process, element.id)
    return Text(f"{name.zh}(第 {item + 1} 项)", f"{name.en} (item {item + 1})")


def _items(procedure: Procedure, instance: Instance, window: bytes, task: str) -> list[Target]:
    """The finished items beside the task, where it is one of several."""
    whole = whole_of(instance, task) if task in instance.tasks else None
    if whole is None:
        return []
    element = _at(procedure, instance, task)
    return [
        Target(
            process=element.process,
            element=element.id,
            label=item_label(procedure, element, item),
            refusal=None,
            item=item,
        )
        for item in flow.finished_items(procedure.model, window, whole)
    ]


def _returnable(
    procedure: Procedure, instance: Instance, window: bytes, task: str, elements: Sequence[Element], straight: bool
) -> list[Barred | None]:
    def done(scope: str) -> Collection[str]:
        return instance.scopes[scope].done

    return flow.returnable(procedure.model, window, task, elements, done, straight=straight)


def _told(
    procedure: Procedure,
    instance: Instance,
    activity: str,
    elements: Sequence[Element],
    barred: Sequence[Barred | None],
) -> list[Target]:
    here = _at(procedure, instance, activity)
    return [
        Target(
            process=element.process,
            element=element.id,
            label=label(procedure, element.process, element.id),
            refusal=None if why is None else sentence(procedure, here, element, why),
        )
        for element, why in zip(elements, barred, strict=True)
    ]


def _at(procedure: Procedure, instance: Instance, activity: str) -> Element:
    found = instance.activities[activity]
    return procedure.model.element(found.process, found.element)


def _listed(procedure: Procedure, instance: Instance, window: bytes, activity: str) -> Iterator[Element]:
    """The elements of the level and of those around it, each with what lies within; never the activity's own."""
    seen = {(instance.activities[activity].process, instance.activities[activity].element)}
    for process, parent in flow.levels(procedure.model, window, activity):
        for element in procedure.model.processes[process].elements.values():
            if (process, element.id) not in seen and _within(procedure, element, parent):
                seen.add((process, element.id))
                yield element


def _within(procedure: Procedure, element: Element, parent: str | None) -> bool:
    elements, around = procedure.model.processes[element.process].elements, element.parent
    while around != parent and around is not None:
        around = elements[around].parent
    return around == parent
