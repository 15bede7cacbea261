"""Against the drawing: a task returned, withdrawn, signed by others, and work put elsewhere. What has left stays outside."""

from __future__ import annotations

import re

from engine import flow, signing, target, work
from engine import task as tasks
from engine.commands import AddSigner, MoveToken, ReturnTask, WithdrawTask
from engine.entitlement import actor, privileged, rights
from engine.errors import Reason, Refused
from engine.events import TaskClaimed, TaskOffered, TaskReturned, TaskWithdrawn, TokenMoved
from engine.flow.elements import Element, Kind, MultiInstance
from engine.flow.moving import Barred
from engine.label import label
from engine.remark import reason_given
from engine.role import Authority
from engine.separation import apart, separated
from engine.step import Progress
from engine.task import Task
from engine.trail import Awaited, Completion, place_of
from engine.words import ReturnMode, Stage

ITEM = re.compile(r"(.+)\[([1-9][0-9]{0,4})\]")
"""An item of a multi-instance as a command names it, counted from 1."""

IRREVERSIBLE = frozenset({Kind.SERVICE_TASK})
"""What has begun outside the instance as soon as it waits."""


def return_task(progress: Progress, command: ReturnTask, window: bytes) -> bytes:
    """Send the work back to an earlier step, by whoever has the task."""
    reason_given(command.reason)
    task = tasks.permitted(work.open_task(progress.instance, command.task), command)
    task = work.in_own_hand(progress, task)
    procedure, straight = progress.procedure, command.mode is ReturnMode.STRAIGHT
    item = ITEM.fullmatch(command.target)
    if item is not None:
        return _item_again(progress, task, item[1], int(item[2]) - 1, command, window)
    to = target.named(procedure, progress.instance, window, task.id, command.target)
    target.may_return(procedure, progress.instance, window, task.id, to, straight=straight)
    progress.emit(
        TaskReturned(
            task=task.id,
            person=actor(progress),
            process=to.process,
            element=to.id,
            straight=straight,
            reason=command.reason,
        )
    )
    act = flow.visit if straight else flow.move
    return act(procedure.model, window, task.id, to.process, to.id, progress)


def _item_again(progress: Progress, task: Task, key: str, item: int, command: ReturnTask, window: bytes) -> bytes:
    """Let a finished item of the task's own multi-instance be done again; those under way go on, unless they follow it."""
    whole = target.whole_of(progress.instance, task.id)
    model = progress.procedure.model
    if whole is None or key not in (task.element, task.key) or item not in flow.finished_items(model, window, whole):
        raise Refused(
            Reason.WRONG_STATE,
            f"不能退回:{command.target} 不是与本任务同属一个多实例的已完成项",
            f"cannot be returned: {command.target} is no finished item beside this task",
        )
    if command.mode is ReturnMode.STRAIGHT:
        raise Refused(
            Reason.WRONG_STATE,
            "不能退回:多实例的一项重办后不会直接返回,请选择逐步办理",
            "cannot be returned straight: an item that is done again does not come back here; choose step by step",
        )
    progress.emit(
        TaskReturned(
            task=task.id,
            person=actor(progress),
            process=task.process,
            element=task.element,
            straight=False,
            reason=command.reason,
            item=item,
        )
    )
    return flow.reopen(model, window, whole, item, progress)


def withdraw(progress: Progress, command: WithdrawTask, window: bytes) -> bytes:
    """Take back what one has completed, while all that came of it still waits untouched."""
    reason_given(command.reason)
    found = _completion(progress, command.task)
    model = progress.procedure.model
    item = _finished_item(progress, found, window)
    if item is None:
        _untouched(progress, found, window)
    progress.emit(
        TaskWithdrawn(
            task=found.task,
            person=actor(progress),
            process=found.process,
            element=found.element,
            reason=command.reason,
        )
    )
    if item is not None:
        after = flow.reopen(model, window, found.whole or "", item, progress)
        (scope,) = {s.id for s in progress.instance.scopes.values() if (s.activity, s.index) == (found.whole, item)}
        _again(progress, scope, model.element(found.process, found.element), _right(found))
        return after
    try:
        after = flow.withdraw(model, window, found.task, found.scope, found.element, progress)
    except Barred as barred:
        element = model.element(found.process, found.element)
        text = target.sentence(progress.procedure, element, element, barred)
        raise Refused(Reason.WRONG_STATE, f"不能撤回:{text.zh}", f"cannot be withdrawn: {text.en}") from barred
    _again(progress, found.scope, model.element(found.process, found.element), _right(found))
    return after


def add_signer(progress: Progress, command: AddSigner, window: bytes) -> bytes:
    """Let others sign the task, by whoever has it or signs it now."""
    task = tasks.permitted(work.open_task(progress.instance, command.task), command)
    if task.stage is Stage.SIGNING:
        signing.signing(progress, task)
    else:
        task = work.in_own_hand(progress, task)
    signing.add(progress, task, command)
    return window


def move(progress: Progress, command: MoveToken, window: bytes) -> bytes:
    """Put the work of an activity elsewhere: a right of its own, and not for those who may not do what is left out."""
    reason_given(command.reason)
    right = privileged(progress, "move")
    procedure, activity = progress.procedure, progress.instance.activities.get(command.activity)
    if activity is None:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有进行中的步骤 {command.activity}",
            f"there is no step {command.activity} under way",
        )
    here = procedure.model.element(activity.process, activity.element)
    if here.kind in (Kind.BOUNDARY_EVENT, Kind.START):
        raise Refused(
            Reason.WRONG_STATE,
            "应移动进行中的活动,而不是等待中的边界事件或开始事件",
            "expected an activity to be moved, not a boundary or start event that waits",
        )
    apart(progress, here, {actor(progress)} if right.on_behalf_of is None else {actor(progress), right.on_behalf_of})
    to = target.named(procedure, progress.instance, window, activity.id, command.target)
    progress.emit(
        TokenMoved(
            activity=activity.id,
            person=actor(progress),
            process=to.process,
            element=to.id,
            reason=command.reason,
        )
    )
    try:
        return flow.move(procedure.model, window, activity.id, to.process, to.id, progress)
    except Barred as barred:
        text = target.sentence(procedure, here, to, barred)
        raise Refused(Reason.WRONG_STATE, f"不能移动:{text.zh}", f"cannot be moved: {text.en}") from barred


def hand_back(progress: Progress) -> None:
    """A task that came straight back to its place is again with whoever returned it, if they still may do it."""
    if not progress.instance.awaited:
        return
    for event in tuple(progress.events):
        if isinstance(event, TaskOffered) and event.task in progress.instance.tasks:
            who = progress.instance.awaited.get(place_of(event.scope, event.process, event.element))
            if who is not None:
                _claimed(progress, progress.instance.tasks[event.task], who)


def _completion(progress: Progress, task: str) -> Completion:
    """The completion of a task by the actor, or by a deputy for them."""
    found = progress.instance.completions.get(task)
    if found is None:
        if task in progress.instance.tasks:
            raise Refused(Reason.WRONG_STATE, f"任务 {task} 尚未完成", f"task {task} has not been completed yet")
        if dict(progress.instance.closed).get(task):
            raise Refused(
                Reason.WRONG_STATE,
                f"任务 {task} 完成已久,不能撤回",
                f"task {task} was completed too long ago to be withdrawn",
            )
        raise tasks.gone(task, dict(progress.instance.closed).get(task))
    if actor(progress) not in (found.person, found.on_behalf_of):
        raise Refused(
            Reason.NOT_ALLOWED,
            f"应由完成任务的 {found.person.id} 撤回",
            f"expected {found.person.id}, who completed the task, to withdraw it",
        )
    return found


def _untouched(progress: Progress, found: Completion, window: bytes) -> None:
    """Refuse what has been looked at, or has left the instance."""
    if found.thrown:
        raise Refused(
            Reason.WRONG_STATE,
            "完成时已有消息或记录发往流程之外,不能撤回",
            "cannot be withdrawn: a message or record has left the process with it",
        )
    came, straight = flow.came_of(progress.procedure.model, window, found.task)
    for key in came:
        activity, task = progress.instance.activities[key], progress.instance.tasks.get(key)
        element = progress.procedure.model.element(activity.process, activity.element)
        name = label(progress.procedure, element.process, element.id)
        if element.kind in IRREVERSIBLE:
            raise Refused(
                Reason.WRONG_STATE,
                f"自动任务 {name.zh} 已经开始,不能撤回",
                f"cannot be withdrawn: the automatic task {name.en} has begun",
            )
        held = task is not None and task.stage is not Stage.OFFERED and not straight  # straight back it is held again
        if task is not None and (task.opened or held):
            raise Refused(
                Reason.WRONG_STATE,
                f"下一步 {name.zh} 已被打开,不能撤回",
                f"cannot be withdrawn: the next step {name.en} has been opened",
            )


def _finished_item(progress: Progress, found: Completion, window: bytes) -> int | None:
    """The place of the completed item, while its multi-instance goes on and, of a sequence, nobody opened the next one."""
    whole = progress.instance.activities.get(found.whole or "")
    model = progress.procedure.model
    if whole is None or found.item is None or found.item not in flow.finished_items(model, window, whole.id):
        return None
    loop = model.element(found.process, found.element).loop
    if isinstance(loop, MultiInstance) and loop.sequential:
        scopes = {s.id for s in progress.instance.scopes.values() if s.activity == whole.id}
        tasks_now = [task for task in progress.instance.tasks.values() if task.scope in scopes]
        last = max(flow.finished_items(model, window, whole.id))
        if last != found.item or any(task.opened or task.stage is not Stage.OFFERED for task in tasks_now):
            return None
    return found.item


def _again(progress: Progress, scope: str, element: Element, who: Awaited) -> None:
    """The withdrawn task is with whoever withdrew it."""
    for task in progress.instance.tasks.values():
        if (task.scope, task.process, task.element) == (scope, element.process, element.id):
            _claimed(progress, task, who)


def _right(found: Completion) -> Awaited:
    return Awaited(person=found.person, role=found.role, on_behalf_of=found.on_behalf_of)


def _claimed(progress: Progress, task: Task, who: Awaited) -> None:
    """Somebody has a task again in the right they had it in, unless they lost it or are barred by now."""
    right = next((r for r in rights(progress, task, who.person) if r.on_behalf_of == who.on_behalf_of), None)
    if task.stage is not Stage.OFFERED or right is None or not _unbarred(progress, task, right, who):
        return
    progress.emit(TaskClaimed(task=task.id, person=who.person, role=right.role, on_behalf_of=right.on_behalf_of))


def _unbarred(progress: Progress, task: Task, right: Authority, who: Awaited) -> bool:
    try:
        separated(progress, task, right, who.person)
    except Refused:
        return False
    return True
