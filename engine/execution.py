"""What a command makes happen in an instance: authority, form, then the flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never

from engine import (
    adhoc,
    countersign,
    entitlement,
    escalation,
    flow,
    invitation,
    paperwork,
    reassigning,
    returning,
    timekeeping,
    waiting,
    work,
)
from engine.commands import (
    AddSigner,
    AnswerInvitation,
    AnswerService,
    ClaimTask,
    Command,
    CompleteTask,
    CopyTask,
    DecideIncident,
    DelegateTask,
    DeliverMessage,
    FailService,
    FailTimer,
    FireTimer,
    InviteContact,
    MoveToken,
    OpenTask,
    ReassignTasks,
    ReceiveSignal,
    ReckonTimers,
    ReleaseTask,
    ResolveTask,
    RetryIncident,
    ReturnTask,
    RevokeInvitation,
    StartActivity,
    StartInstance,
    TerminateInstance,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
    WithdrawTask,
)
from engine.errors import Reason, Refused, Text, UnknownKind
from engine.events import (
    IncidentResolved,
    InstanceCompleted,
    InstanceStarted,
    InstanceTerminated,
    MessageReceived,
    ServiceAnswered,
    ServiceFailed,
    SignalReceived,
    TaskReminded,
    TimerFired,
)
from engine.flow.elements import GATEWAYS, Kind
from engine.flow.host import ExpressionFailed
from engine.instance import Incident, Instance, Timer
from engine.procedure import Procedure
from engine.remark import reason_given
from engine.role import Surroundings
from engine.separation import apart
from engine.size import bounded
from engine.starting import may_begin, may_give
from engine.step import Progress, Step
from engine.task import Task
from engine.value import Context, Value
from engine.words import Status, TimerKind

MACHINE = (FireTimer, FailTimer, ReckonTimers, ReassignTasks, DeliverMessage, ReceiveSignal, AnswerService, FailService)
"""What no person may say has happened."""


def execute(procedure: Procedure, instance: Instance, window: bytes, command: Command, around: Surroundings) -> Step:
    """The step that a command makes. Raises Refused: then nothing has changed."""
    progress = Progress(procedure, instance, command, around)
    if not isinstance(command, StartInstance) and instance.status is not Status.RUNNING:
        if isinstance(command, ReassignTasks):
            return progress.finish(window)  # it ended meanwhile: nothing is left to be asked
        _not_running(instance, command)
    if not isinstance(command, AnswerInvitation):  # whoever holds a link needs no account
        entitlement.signed_in(command.envelope)
    if isinstance(command, MACHINE) and command.envelope.actor is not None:
        raise Refused(
            Reason.NOT_ALLOWED,
            "此命令由时钟和后台作业发出,不由人员发出",
            "expected the clock or the worker to ask for this, not a person",
        )
    try:
        handler = _HANDLERS[type(command)]
    except KeyError:
        raise UnknownKind(type(command).__name__, command.VERSION) from None
    after = handler(progress, command, window)
    returning.hand_back(progress)
    if progress.instance.status is Status.RUNNING and flow.finished(after):
        progress.emit(InstanceCompleted(ends=tuple(progress.ends)))
    return progress.finish(after)


def _not_running(instance: Instance, command: Command) -> Never:
    if isinstance(command, ClaimTask | CompleteTask | AnswerInvitation):
        work.open_task(instance, command.task)  # names who was faster
    raise Refused(
        Reason.WRONG_STATE,
        f"流程实例 {instance.stream} 已不在运行",
        f"expected a running instance, but instance {instance.stream} is {instance.status or 'not started'}",
    )


def _start(progress: Progress, command: StartInstance, _window: bytes) -> bytes:
    if progress.instance.status is not None:
        raise Refused(Reason.WRONG_STATE, "流程实例已经启动", "the instance has already started")
    if command.process not in progress.procedure.model.processes:
        raise Refused(
            Reason.NOT_FOUND,
            f"该程序没有流程 {command.process}",
            f"the procedure has no process {command.process}",
        )
    entitlement.may_start(progress, command.process)
    if command.case is not None:
        _in_case(progress, command.case)
    may_give(progress.procedure, command.process, command.input, command.envelope.actor)
    may_begin(progress.procedure, command.process, command.start, command.payload, command.envelope.actor)
    progress.emit(InstanceStarted(case=command.case, version=command.version, process=command.process))
    model = progress.procedure.model
    return flow.start(model, command.process, progress, command.input, command.start, command.payload)


def _in_case(progress: Progress, number: int) -> None:
    """Refuse a case that has ended, or is one of another procedure."""
    case = progress.around.case
    if case is None or case.status is not Status.RUNNING or case.procedure != progress.procedure.key:
        raise Refused(
            Reason.WRONG_STATE,
            f"{number} 应为本程序进行中的服务项目",
            f"expected {number} to be a running case of this procedure",
        )


def _terminate(progress: Progress, command: TerminateInstance, window: bytes) -> bytes:
    reason_given(command.reason)
    entitlement.privileged(progress, "terminate")
    after = flow.cancel(progress.procedure.model, window, progress)
    progress.emit(InstanceTerminated(reason=command.reason))
    return after


def _begin(progress: Progress, command: StartActivity, window: bytes) -> bytes:
    adhoc.start(progress, command)
    return flow.begin(progress.procedure.model, window, command.activity, command.element, progress)


def _complete(progress: Progress, command: CompleteTask, window: bytes) -> bytes:
    return _handed_in(progress, *work.complete(progress, command), window)


def _answered(progress: Progress, command: AnswerInvitation, window: bytes) -> bytes:
    return _handed_in(progress, *invitation.answer(progress, command), window)


def _handed_in(progress: Progress, task: Task, values: Context, window: bytes) -> bytes:
    """What was handed in becomes the result of the task, and the token goes on."""
    element = progress.procedure.model.element(task.process, task.element)
    yielded = countersign.vote(progress, element, task, values) if countersign.is_countersigned(element) else values
    progress.assign(task.scope, element.result, yielded)
    paperwork.document_written(progress, element, task, values)
    return _onward(progress, task.id, window)


def _opinion(progress: Progress, command: ResolveTask, window: bytes) -> bytes:
    work.resolve(progress, command)
    return _onward(progress, command.task, window)


def _onward(progress: Progress, task: str, window: bytes) -> bytes:
    """The token of a completed task goes on; one that still waits for signatures or its owner does not."""
    if task in progress.instance.tasks:
        return window
    return flow.complete(progress.procedure.model, window, task, progress)


def _fire(progress: Progress, command: FireTimer, window: bytes) -> bytes:
    timer = _fired(progress, command.timer)
    if timer.kind is TimerKind.REMINDER:
        progress.emit(TaskReminded(task=timer.activity))
        return window
    if timer.kind is TimerKind.ESCALATION:
        escalation.escalate(progress, timer)
        return window
    return flow.complete(progress.procedure.model, window, timer.activity, progress)


def _late(progress: Progress, command: FailTimer, window: bytes) -> bytes:
    timer = _fired(progress, command.timer)
    text = Text(f"到期后的一步被拒绝:{command.zh}", f"the step of its moment was refused: {command.en}")
    progress.incident(timer.activity, text, waiting=True)
    return window


def _fired(progress: Progress, key: str) -> Timer:
    timer = progress.instance.timers.get(key)
    if timer is None:
        raise Refused(Reason.NOT_FOUND, f"没有定时器 {key}", f"there is no timer {key}")
    if not progress.has_come(timer.due):
        raise Refused(Reason.WRONG_STATE, f"定时器 {key} 尚未到期", f"expected a due timer, but {key} is not due yet")
    progress.emit(TimerFired(timer=key))
    return timer


def _deliver(progress: Progress, command: DeliverMessage, window: bytes) -> bytes:
    waiting_for = progress.instance.subscriptions.get(command.subscription)
    if waiting_for is None:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有等待中的消息 {command.subscription}",
            f"there is no waiting receiver {command.subscription}",
        )
    progress.emit(MessageReceived(subscription=waiting_for.id))
    return flow.receive(progress.procedure.model, window, waiting_for.activity, progress, command.payload)


def _signal(progress: Progress, command: ReceiveSignal, window: bytes) -> bytes:
    waiting_for = progress.instance.signals.get(command.subscription)
    if waiting_for is None:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有等待中的信号 {command.subscription}",
            f"expected an element that waits for the signal, but there is no {command.subscription}",
        )
    progress.emit(SignalReceived(subscription=waiting_for.id))
    return flow.receive(progress.procedure.model, window, waiting_for.activity, progress, command.payload)


def _answer(progress: Progress, command: AnswerService, window: bytes) -> bytes:
    request = progress.instance.requests.get(command.request)
    if request is None:
        raise _no_request(command.request)
    progress.emit(ServiceAnswered(request=request.id))
    paperwork.document_issued(progress, request.activity, command.result)
    return _yielded(progress, request.activity, command.result, window)


def _fail(progress: Progress, command: FailService, window: bytes) -> bytes:
    request = progress.instance.requests.get(command.request)
    if request is None:
        raise _no_request(command.request)
    model = progress.procedure.model
    if flow.caught(model, window, request.activity, progress, command.error):
        progress.emit(ServiceFailed(request=request.id, error=command.error, message=command.message))
        payload = Context({"code": command.error, "message": command.message})
        return flow.throw(model, window, request.activity, progress, command.error, payload)
    text = Text(f"自动任务失败:{command.message}", f"the service task failed: {command.message}")
    progress.incident(request.activity, text, waiting=True)
    return window


def _no_request(request: str) -> Refused:
    return Refused(Reason.NOT_FOUND, f"没有服务请求 {request}", f"there is no service request {request}")


def _retry(progress: Progress, command: RetryIncident, window: bytes) -> bytes:
    incident = _incident(progress, command.incident)
    _resolve(progress, incident, command.reason, decided=False)
    if not incident.waiting:
        return flow.retry(progress.procedure.model, window, incident.activity, progress)
    activity = progress.instance.activities[incident.activity]
    element = progress.procedure.model.element(activity.process, activity.element)
    if element.kind is not Kind.SERVICE_TASK:  # its moment has come
        return flow.complete(progress.procedure.model, window, activity.id, progress)
    try:
        progress.emit(waiting.service(progress, activity.id, element, activity.scope))
    except ExpressionFailed as error:
        progress.incident(activity.id, error.text, waiting=True)
    return window


def _decide(progress: Progress, command: DecideIncident, window: bytes) -> bytes:
    incident = _incident(progress, command.incident)
    bounded(command.result, "代为给出的结果", "a result")
    _resolve(progress, incident, command.reason, decided=True)
    model = progress.procedure.model
    activity = progress.instance.activities[incident.activity]
    element = model.element(activity.process, activity.element)
    if incident.waiting and element.kind is Kind.SERVICE_TASK:
        return _yielded(progress, incident.activity, command.result, window)
    if incident.waiting:
        return flow.complete(model, window, activity.id, progress)
    if command.flows:
        return flow.retry(model, window, incident.activity, progress, flows=command.flows)
    apart(progress, element, {entitlement.actor(progress)})
    if element.kind not in GATEWAYS:  # a gateway has no result
        progress.assign(activity.scope, element.result, command.result)
    return flow.retry(model, window, incident.activity, progress, done=True)


def _incident(progress: Progress, key: str) -> Incident:
    found = progress.instance.incidents.get(key)
    if found is None:
        raise Refused(Reason.NOT_FOUND, f"没有异常 {key}", f"there is no incident {key}")
    return found


def _resolve(progress: Progress, incident: Incident, reason: str, *, decided: bool) -> None:
    reason_given(reason)
    entitlement.privileged(progress, "resolve")
    actor = progress.command.envelope.actor
    progress.emit(IncidentResolved(incident=incident.id, person=actor, decided=decided, reason=reason))


def _yielded(progress: Progress, activity_id: str, result: Value, window: bytes) -> bytes:
    """The waiting activity yields its result, and the token goes on."""
    activity = progress.instance.activities[activity_id]
    element = progress.procedure.model.element(activity.process, activity.element)
    progress.assign(activity.scope, element.result, result)
    return flow.complete(progress.procedure.model, window, activity.id, progress)


def _people(handler: Callable[..., None]) -> Callable[..., bytes]:
    def handle(progress: Progress, command: Command, window: bytes) -> bytes:
        handler(progress, command)
        return window

    return handle


_HANDLERS: dict[type[Command], Callable[..., bytes]] = {
    StartInstance: _start,
    TerminateInstance: _terminate,
    ReturnTask: returning.return_task,
    WithdrawTask: returning.withdraw,
    AddSigner: returning.add_signer,
    MoveToken: returning.move,
    StartActivity: _begin,
    ClaimTask: _people(work.claim),
    OpenTask: _people(work.open_first),
    ReleaseTask: _people(work.release),
    TransferTask: _people(work.transfer),
    DelegateTask: _people(work.delegate),
    ResolveTask: _opinion,
    UrgeTask: _people(work.urge),
    CopyTask: _people(work.copy),
    WaiveSeparation: _people(work.waive),
    CompleteTask: _complete,
    InviteContact: _people(invitation.invite),
    RevokeInvitation: _people(invitation.revoke),
    AnswerInvitation: _answered,
    FireTimer: _fire,
    FailTimer: _late,
    ReckonTimers: _people(timekeeping.reckon),
    ReassignTasks: _people(reassigning.reassign),
    DeliverMessage: _deliver,
    ReceiveSignal: _signal,
    AnswerService: _answer,
    FailService: _fail,
    RetryIncident: _retry,
    DecideIncident: _decide,
}
