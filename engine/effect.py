"""What each event does to the state of one run: `apply` alone makes it, live, in replay and in a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from engine import events as happened
from engine import task as tasks
from engine import trail
from engine.changed import replace
from engine.errors import UnknownKind
from engine.events import Event
from engine.instance import Activity, Incident, Instance, Request, Scope, SignalSubscription, Subscription, Timer
from engine.task import Task
from engine.value import Person
from engine.words import Outcome, ScopeKind, Status, TimerKind

REMEMBERED = 16
"""How many closed tasks an instance remembers, to tell whoever was too late who was faster."""

Item = TypeVar("Item")


def apply(instance: Instance, event: Event, at: datetime) -> Instance:
    """The instance after the event. Never refuses: it has happened."""
    try:
        applier = _APPLIERS[type(event)]
    except KeyError:
        raise UnknownKind(type(event).__name__, event.VERSION) from None
    return applier(instance, event, at)


def _without(items: Mapping[str, Item], key: str) -> dict[str, Item]:
    left = dict(items)  # a copy in one go: several times quicker than picking, and an instance may hold thousands
    left.pop(key, None)
    return left


def _started(instance: Instance, event: happened.InstanceStarted, at: datetime) -> Instance:
    return replace(
        instance,
        status=Status.RUNNING,
        case=event.case,
        version=event.version,
        process=event.process,
        started_at=at,
    )


def _completed(instance: Instance, event: happened.InstanceCompleted, _at: datetime) -> Instance:
    return replace(instance, status=Status.COMPLETED, ends=event.ends)


def _terminated(instance: Instance, _event: happened.InstanceTerminated, _at: datetime) -> Instance:
    return replace(instance, status=Status.TERMINATED)


def _scope_opened(instance: Instance, event: happened.ScopeOpened, _at: datetime) -> Instance:
    scope = Scope(id=event.scope, parent=event.parent, kind=event.kind, activity=event.activity, index=event.index)
    return replace(instance, scopes={**instance.scopes, scope.id: scope})


def _scope_closed(instance: Instance, event: happened.ScopeClosed, _at: datetime) -> Instance:
    awaited = trail.without_scope(instance.awaited, event.scope)
    return replace(instance, scopes=_without(instance.scopes, event.scope), awaited=awaited)


def _variable_set(instance: Instance, event: happened.VariableSet, _at: datetime) -> Instance:
    scope = instance.scopes[event.scope]
    changed = replace(scope, variables={**scope.variables, event.name: event.value})
    return replace(instance, scopes={**instance.scopes, scope.id: changed})


def _entered(instance: Instance, event: happened.ElementEntered, _at: datetime) -> Instance:
    activity = Activity(id=event.activity, process=event.process, element=event.element, scope=event.scope)
    found = replace(instance, activities={**instance.activities, activity.id: activity})
    if instance.awaited and event.flow is not None:  # it came by the drawing: nobody waits for it to come back
        place = trail.place_of(event.scope, event.process, event.element)
        return replace(found, awaited=_without(instance.awaited, place))
    return found


def _left(instance: Instance, event: happened.ElementLeft, _at: datetime) -> Instance:
    found = replace(instance, activities=_without(instance.activities, event.activity))
    activity = instance.activities[event.activity]
    scope = instance.scopes[activity.scope]
    if event.outcome is Outcome.CANCELLED or activity.element in scope.done:
        return found
    scope = replace(scope, done=(*scope.done, activity.element))
    return replace(found, scopes={**instance.scopes, scope.id: scope})


def _items_taken(instance: Instance, event: happened.ItemsTaken, _at: datetime) -> Instance:
    changed = replace(instance.activities[event.activity], taken=event.items)
    return replace(instance, activities={**instance.activities, changed.id: changed})


def _item_completed(instance: Instance, event: happened.ItemCompleted, _at: datetime) -> Instance:
    activity = instance.activities[event.activity]
    changed = replace(activity, items={**activity.items, str(event.index): event.value})
    return replace(instance, activities={**instance.activities, activity.id: changed})


def _enabled(instance: Instance, event: happened.ActivitiesEnabled, _at: datetime) -> Instance:
    changed = replace(instance.activities[event.activity], enabled=event.elements)
    return replace(instance, activities={**instance.activities, changed.id: changed})


def _item_reopened(instance: Instance, event: happened.ItemReopened, _at: datetime) -> Instance:
    activity = instance.activities[event.activity]
    changed = replace(activity, items=_without(activity.items, str(event.index)))
    return replace(instance, activities={**instance.activities, activity.id: changed})


def _offered(instance: Instance, event: happened.TaskOffered, at: datetime) -> Instance:
    return _with_task(instance, tasks.offered(event, at))


def _claimed(instance: Instance, event: happened.TaskClaimed, _at: datetime) -> Instance:
    task = instance.tasks[event.task]
    found = _with_task(instance, tasks.claimed(task, event))
    if not instance.awaited:
        return found
    return replace(found, awaited=_without(instance.awaited, trail.place_of(task.scope, task.process, task.element)))


def _urged(instance: Instance, event: happened.TaskUrged, at: datetime) -> Instance:
    return _with_task(instance, tasks.urged(instance.tasks[event.task], at))


def _unchanged(instance: Instance, _event: Event, _at: datetime) -> Instance:
    return instance


def _task_completed(instance: Instance, event: happened.TaskCompleted, _at: datetime) -> Instance:
    task, revision = instance.tasks[event.task], instance.revision + 1
    found = _performed(_close(instance, event.task, event.person), task.key, event)
    scope = instance.scopes[task.scope]
    whole = scope.activity if scope.kind is ScopeKind.ITEM else None
    completed = trail.completed(instance.completions, task, event, revision, whole, scope.index)
    return replace(found, completions=completed)


def _performed(
    instance: Instance, key: str, event: happened.TaskCompleted | happened.TaskSubmitted | happened.TaskSigned
) -> Instance:
    done = instance.performers.get(key, ())
    new = [p for p in (event.person, event.on_behalf_of) if p is not None and p not in done]
    return replace(instance, performers={**instance.performers, key: (*done, *new)}) if new else instance


def _task_signed(instance: Instance, event: happened.TaskSigned, _at: datetime) -> Instance:
    task = instance.tasks[event.task]
    return _with_task(_performed(instance, tasks.signers_of(task.key), event), tasks.signed(task, event))


def _submitted(instance: Instance, event: happened.TaskSubmitted, _at: datetime) -> Instance:
    task = instance.tasks[event.task]
    return _with_task(_performed(instance, task.key, event), tasks.submitted(task, event))


def _returned(instance: Instance, event: happened.TaskReturned, _at: datetime) -> Instance:
    if not event.straight:
        return instance
    task = instance.tasks[event.task]
    who = trail.Awaited(person=event.person, role=task.role, on_behalf_of=task.on_behalf_of)
    place = trail.place_of(task.scope, task.process, task.element)
    return replace(instance, awaited={**instance.awaited, place: who})


def _withdrawn(instance: Instance, event: happened.TaskWithdrawn, _at: datetime) -> Instance:
    return replace(instance, completions=_without(instance.completions, event.task))


def _follow_up(instance: Instance, event: happened.FollowUpScheduled, at: datetime) -> Instance:
    return (
        instance if event.kind == "DraftDocument" else _thrown(instance, event, at)
    )  # a draft is followed by the next


def _thrown(instance: Instance, _event: Event, _at: datetime) -> Instance:
    completions = trail.thrown(instance.completions, instance.revision + 1)
    return instance if completions is instance.completions else replace(instance, completions=completions)


def _task_cancelled(instance: Instance, event: happened.TaskCancelled, at: datetime) -> Instance:
    return _close(instance, event.task, None)


def _close(instance: Instance, task: str, person: Person | None) -> Instance:
    closed = (*instance.closed, (task, "" if person is None else person.id))[-REMEMBERED:]
    return replace(instance, tasks=_without(instance.tasks, task), closed=closed)


def _timer_moved(instance: Instance, event: happened.TimerMoved, _at: datetime) -> Instance:
    moved = replace(instance.timers[event.timer], due=event.due)
    return replace(instance, timers={**instance.timers, moved.id: moved})


def _timer_started(instance: Instance, event: happened.TimerStarted, at: datetime) -> Instance:
    since = at if event.kind is TimerKind.EVENT else None  # a task says itself since when it is there
    timer = Timer(id=event.timer, kind=event.kind, activity=event.activity, due=event.due, step=event.step, since=since)
    return replace(instance, timers={**instance.timers, timer.id: timer})


def _timer_gone(instance: Instance, event: happened.TimerFired | happened.TimerCancelled, _at: datetime) -> Instance:
    return replace(instance, timers=_without(instance.timers, event.timer))


def _awaited(instance: Instance, event: happened.MessageAwaited, _at: datetime) -> Instance:
    waiting = Subscription(
        id=event.subscription, activity=event.activity, name=event.name, correlation=event.correlation
    )
    return replace(instance, subscriptions={**instance.subscriptions, waiting.id: waiting})


def _message_gone(
    instance: Instance, event: happened.MessageReceived | happened.MessageWaitCancelled, _at: datetime
) -> Instance:
    return replace(instance, subscriptions=_without(instance.subscriptions, event.subscription))


def _signal_awaited(instance: Instance, event: happened.SignalAwaited, _at: datetime) -> Instance:
    waiting = SignalSubscription(id=event.subscription, activity=event.activity, name=event.name)
    return replace(instance, signals={**instance.signals, waiting.id: waiting})


def _signal_gone(
    instance: Instance, event: happened.SignalReceived | happened.SignalWaitCancelled, _at: datetime
) -> Instance:
    return replace(instance, signals=_without(instance.signals, event.subscription))


def _requested(instance: Instance, event: happened.ServiceRequested, _at: datetime) -> Instance:
    request = Request(id=event.request, activity=event.activity, connector=event.connector, parameters=event.parameters)
    return replace(instance, requests={**instance.requests, request.id: request})


def _request_gone(
    instance: Instance,
    event: happened.ServiceAnswered | happened.ServiceFailed | happened.ServiceCancelled,
    _at: datetime,
) -> Instance:
    return replace(instance, requests=_without(instance.requests, event.request))


def _failed(instance: Instance, event: happened.IncidentRaised, _at: datetime) -> Instance:
    incident = Incident(
        id=event.incident,
        activity=event.activity,
        waiting=event.waiting,
        message_zh=event.message_zh,
        message_en=event.message_en,
    )
    requests = {k: r for k, r in instance.requests.items() if r.activity != event.activity}
    return replace(instance, incidents={**instance.incidents, incident.id: incident}, requests=requests)


def _incident_gone(
    instance: Instance, event: happened.IncidentResolved | happened.IncidentCancelled, _at: datetime
) -> Instance:
    return replace(instance, incidents=_without(instance.incidents, event.incident))


def _with_task(instance: Instance, task: Task) -> Instance:
    return replace(instance, tasks={**instance.tasks, task.id: task})


def _of_task(change: Callable[..., Task]) -> Callable[..., Instance]:
    """What concerns one task alone."""

    def applied(instance: Instance, event: Event, _at: datetime) -> Instance:
        task = instance.tasks[getattr(event, "task", "")]
        return _with_task(instance, change(task, event))

    return applied


_APPLIERS: dict[type[Event], Callable[..., Instance]] = {
    happened.InstanceStarted: _started,
    happened.InstanceCompleted: _completed,
    happened.InstanceTerminated: _terminated,
    happened.ScopeOpened: _scope_opened,
    happened.ScopeClosed: _scope_closed,
    happened.VariableSet: _variable_set,
    happened.ElementEntered: _entered,
    happened.ElementLeft: _left,
    happened.ItemsTaken: _items_taken,
    happened.ItemCompleted: _item_completed,
    happened.ItemReopened: _item_reopened,
    happened.ActivitiesEnabled: _enabled,
    happened.ActivityStarted: _unchanged,
    happened.CompensationStarted: _unchanged,
    happened.TaskOffered: _offered,
    happened.TaskClaimed: _claimed,
    happened.TaskOpened: _of_task(tasks.opened),
    happened.TaskReleased: _of_task(tasks.released),
    happened.TaskTransferred: _of_task(tasks.transferred),
    happened.TaskReassigned: _of_task(tasks.reassigned),
    happened.TaskDelegated: _of_task(tasks.delegated),
    happened.TaskResolved: _of_task(tasks.resolved),
    happened.TaskUrged: _urged,
    happened.TaskCopied: _unchanged,
    happened.TaskReminded: _unchanged,
    happened.TaskCompleted: _task_completed,
    happened.TaskCancelled: _task_cancelled,
    happened.TaskReturned: _returned,
    happened.TaskWithdrawn: _withdrawn,
    happened.SignersAdded: _of_task(tasks.signers_added),
    happened.TaskSigned: _task_signed,
    happened.TaskSubmitted: _submitted,
    happened.TokenMoved: _unchanged,
    happened.AssigneePassed: _unchanged,
    happened.ContactInvited: _of_task(tasks.invited),
    happened.InvitationRevoked: _of_task(tasks.uninvited),
    happened.InvitationAnswered: _of_task(tasks.uninvited),
    happened.SeparationWaived: _of_task(tasks.waived),
    happened.TaskDueMoved: _of_task(tasks.moved),
    happened.TaskEscalated: _of_task(tasks.escalated),
    happened.TimerStarted: _timer_started,
    happened.TimerMoved: _timer_moved,
    happened.TimerFired: _timer_gone,
    happened.TimerCancelled: _timer_gone,
    happened.MessageAwaited: _awaited,
    happened.MessageReceived: _message_gone,
    happened.MessageWaitCancelled: _message_gone,
    happened.MessageThrown: _thrown,
    happened.SignalAwaited: _signal_awaited,
    happened.SignalReceived: _signal_gone,
    happened.SignalWaitCancelled: _signal_gone,
    happened.SignalThrown: _thrown,
    happened.ConditionAwaited: _unchanged,
    happened.ConditionMet: _unchanged,
    happened.ErrorThrown: _unchanged,
    happened.EscalationThrown: _unchanged,
    happened.DecisionMade: _unchanged,
    happened.ServiceRequested: _requested,
    happened.ServiceAnswered: _request_gone,
    happened.ServiceFailed: _request_gone,
    happened.ServiceCancelled: _request_gone,
    happened.IncidentRaised: _failed,
    happened.IncidentResolved: _incident_gone,
    happened.IncidentCancelled: _incident_gone,
    happened.FollowUpScheduled: _follow_up,
}
