"""Events to tables, in the transaction of their entry; `storage/rebuild.py` makes the same tables anew."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table, bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import events
from engine.case import Case
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.journal import Entry
from engine.milestone import Milestone
from engine.publication import Publications
from engine.stream import State
from engine.task import Task
from engine.words import Stage
from storage import (
    case_search,
    correlation,
    file_use,
    invitations,
    milestones,
    outgoing,
    reckoning,
    schema,
    staffing,
    subscriptions,
    team,
)
from storage.batch import Batch, Prepared
from storage.handing import GIVING
from storage.moments import due, micros

TASK_EVENTS = (
    events.TaskOffered,
    events.TaskClaimed,
    events.TaskOpened,
    events.TaskReleased,
    events.TaskTransferred,
    events.TaskReassigned,
    events.TaskDelegated,
    events.TaskResolved,
    events.SignersAdded,
    events.TaskSigned,
    events.TaskSubmitted,
    events.TaskEscalated,
    events.TaskDueMoved,
    events.TaskCompleted,
    events.TaskCancelled,
)

PERFORMED = (events.TaskCompleted, events.TaskSubmitted, events.TaskSigned)

_OFFER = Prepared(insert(schema.task), *schema.task.c.keys())
_ENTER_INBOX = Prepared(insert(schema.inbox), *schema.inbox.c.keys())
_LEAVE_INBOX = Prepared(delete(schema.inbox).where(schema.inbox.c.task == bindparam("gone")))
_DISCARD_DRAFTS = Prepared(delete(schema.draft).where(schema.draft.c.task == bindparam("gone")))
_CHANGED = ("stage", "holder", "opened", "closed_at", "closed_by")
_CHANGE_TASK = Prepared(
    update(schema.task)
    .where(schema.task.c.task == bindparam("key"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_GIVE = Prepared(update(schema.task).where(schema.task.c.task == bindparam("key")).values(given=bindparam("place")))
_MOVE_DUE = Prepared(update(schema.task).where(schema.task.c.task == bindparam("key")).values(due=bindparam("moved")))


def project(
    batch: Batch, entry: Entry, before: State, after: State, staff: staffing.Team, *, jobs: bool = True
) -> None:
    """Bring the tables to the state after an entry; `jobs` is False in a rebuild, which touches neither jobs nor drafts.

    `staff` is the team of the case of an instance. What every step writes waits in the batch; the rest is written at once.
    """
    connection = batch.connection
    made = [*outgoing.jobs(entry, after), *team.jobs(connection, entry, before, after)] if jobs else []
    waiting = subscriptions.begun(before, after)
    if jobs:
        correlation.meet_all(connection, [*subscriptions.messages(waiting), *outgoing.messages(made)])
    file_use.project(connection, entry, after)
    match after:
        case Instance():
            _instance(connection, entry, after)
            _tasks(batch, entry, before, after, staff)
            _copies(connection, entry)
            invitations.project(connection, entry, before)
            _waiting(connection, entry, before, after)
            _incidents(connection, entry, before, after)
            subscriptions.project(connection, before, after, waiting)
            _performers(connection, entry, after)
        case Case():
            _case(connection, entry, after)
            case_search.project(connection, after, entry.events)
        case Milestone():
            milestones.project(connection, entry, after)
        case Publications() if after.versions:
            _publication(connection, after)
            if jobs:
                correlation.awaken_all(connection, micros(entry.at))
        case _:
            pass
    if jobs:
        reckoning.mark(connection, entry, after)
        correlation.wake(connection, subscriptions.messages(waiting), micros(entry.at))
        outgoing.keep(connection, made, micros(entry.at))
        _drafts(batch, entry)


def _instance(connection: Connection, entry: Entry, after: Instance) -> None:
    kinds = {type(event) for event in entry.events}
    if events.InstanceStarted in kinds:
        row = {"stream_no": after.stream, "case_no": after.case, "process": after.process, "version": after.version}
        ended = None if after.status == "running" else micros(entry.at)
        values = {"status": after.status, "started_at": micros(after.started_at), "ended_at": ended}
        connection.execute(insert(schema.instance).values(**row, **values))
    elif kinds & {events.InstanceCompleted, events.InstanceTerminated}:
        change = update(schema.instance).where(schema.instance.c.stream_no == after.stream)
        connection.execute(change.values(status=after.status, ended_at=micros(entry.at)))


def _tasks(batch: Batch, entry: Entry, before: State, after: Instance, staff: staffing.Team) -> None:
    touched = {event.task for event in entry.events if isinstance(event, TASK_EVENTS)}
    if not touched:
        return
    old = touched & before.tasks.keys() if isinstance(before, Instance) else set()
    batch.add(_LEAVE_INBOX, *({"gone": key} for key in sorted(old)))
    new = [_task_row(entry, after, event) for event in entry.events if isinstance(event, events.TaskOffered)]
    batch.add(_OFFER, *new)
    known = sorted(touched - {str(row["task"]) for row in new})
    batch.add(_CHANGE_TASK, *({"key": key, **_task_changes(entry, after, key)} for key in known))
    moved = (event for event in entry.events if isinstance(event, events.TaskDueMoved))
    batch.add(_MOVE_DUE, *({"key": event.task, "moved": due(event.due)} for event in moved))
    if isinstance(entry.command, GIVING) and entry.command.task in known:
        batch.add(_GIVE, {"key": entry.command.task, "place": entry.revision})
    waiting = sorted(touched & after.tasks.keys())
    batch.add(_ENTER_INBOX, *(row for key in waiting for row in inbox_rows(after.tasks[key], after.case, staff)))


def _copies(connection: Connection, entry: Entry) -> None:
    """Who was informed of a task, by whom."""
    rows = [
        {"person": to.id, "at": micros(entry.at), "task": event.task, "by": event.person.id, "message": event.message}
        for event in entry.events
        if isinstance(event, events.TaskCopied)
        for to in dict.fromkeys(event.to)
    ]
    if rows:
        connection.execute(_insert(connection, schema.task_copy).on_conflict_do_nothing(), rows)


def _task_row(entry: Entry, after: Instance, event: events.TaskOffered) -> dict[str, object]:
    return {
        "task": event.task,
        "stream_no": after.stream,
        "case_no": after.case,
        "process": event.process,
        "element": event.element,
        "due": None if event.due is None else due(event.due),
        "offered_at": micros(entry.at),
        "given": None,
        **_task_changes(entry, after, event.task),
    }


def _task_changes(entry: Entry, after: Instance, key: str) -> dict[str, object]:
    task = after.tasks.get(key)
    if task is not None:
        holder = None if task.holder is None else task.holder.id
        return {"stage": task.stage, "holder": holder, "opened": task.opened, "closed_at": None, "closed_by": None}
    done = (event for event in entry.events if isinstance(event, events.TaskCompleted) and event.task == key)
    person = next((event.person.id for event in done), None)
    stage = "completed" if person is not None else "cancelled"
    return {"stage": stage, "holder": None, "opened": True, "closed_at": micros(entry.at), "closed_by": person}


def inbox_rows(task: Task, case: int | None, staff: staffing.Team) -> Iterator[dict[str, object]]:
    """The rows of a task that waits for somebody, and of those who watch it; `staff` is the team of the case."""
    common: dict[str, object] = {"task": task.id, "case_no": case, "due": due(task.due)}
    named = {**common, "role": ""}
    if task.stage is not Stage.OFFERED and task.holder is not None:
        yield {**named, "kind": "holder", "key": task.holder.id}
    else:
        yield from staffing.rows(common, task.roles, staff)
        persons = dict.fromkeys(person.id for person in task.persons)
        yield from ({**named, "kind": "person", "key": person} for person in persons)
    yield from ({**named, "kind": "watcher", "key": person.id} for person in task.watchers)


def _waiting(connection: Connection, entry: Entry, before: State, after: Instance) -> None:
    old = before if isinstance(before, Instance) else Instance(stream=after.stream)
    gone = sorted(old.timers.keys() - after.timers.keys())
    if gone:
        connection.execute(delete(schema.timer).where(schema.timer.c.timer.in_(gone)))
    for event in entry.events:
        if isinstance(event, events.TimerMoved) and event.timer in after.timers:
            change = update(schema.timer).where(schema.timer.c.timer == event.timer)
            connection.execute(change.values(due=due(after.timers[event.timer].due)))
    new = [after.timers[key] for key in sorted(after.timers.keys() - old.timers.keys())]
    if new:
        rows = [
            {"timer": t.id, "stream_no": after.stream, "activity": t.activity, "kind": t.kind, "due": due(t.due)}
            for t in new
        ]
        connection.execute(insert(schema.timer), rows)


def _incidents(connection: Connection, entry: Entry, before: State, after: Instance) -> None:
    old = before.incidents if isinstance(before, Instance) else {}
    if old is after.incidents:
        return
    gone = sorted(old.keys() - after.incidents.keys())
    if gone:
        connection.execute(delete(schema.incident).where(schema.incident.c.incident.in_(gone)))
    rows = [
        {"incident": key, "stream_no": after.stream, "activity": found.activity, "at": micros(entry.at)}
        for key, found in after.incidents.items()
        if key not in old
    ]
    if rows:
        connection.execute(insert(schema.incident), rows)


def _performers(connection: Connection, entry: Entry, after: Instance) -> None:
    done = [event for event in entry.events if isinstance(event, PERFORMED)]
    if after.case is None or not done:
        return
    people = {person.id for event in done for person in (event.person, event.on_behalf_of) if person is not None}
    rows = [
        {"case_no": after.case, "element": element, "person": person.id}
        for element, persons in after.performers.items()
        for person in persons
        if person.id in people
    ]
    if rows:
        connection.execute(_insert(connection, schema.performer).on_conflict_do_nothing(), rows)


def _case(connection: Connection, entry: Entry, after: Case) -> None:
    for event in entry.events:
        if isinstance(event, events.CaseOpened):
            row = {"stream_no": after.stream, "procedure": after.procedure, "version": after.version}
            actor = entry.command.envelope.actor
            opened = {"opened_at": micros(entry.at), "opened_by": None if actor is None else actor.id}
            connection.execute(insert(schema.case).values(**row, status=after.status, **opened))
        elif isinstance(event, events.CaseClosed):
            change = update(schema.case).where(schema.case.c.stream_no == after.stream)
            connection.execute(change.values(status=after.status))
        elif isinstance(event, events.CaseRoleAssigned):
            table = schema.case_role
            connection.execute(delete(table).where(table.c.case_no == after.stream, table.c.role == event.role))
            people = sorted({person.id for person in event.persons})
            if people:
                named = [{"case_no": after.stream, "role": event.role, "person": person} for person in people]
                connection.execute(insert(table), named)
    if any(isinstance(event, events.CaseRoleAssigned) for event in entry.events):
        staffing.settle(connection, after.stream)


def _drafts(batch: Batch, entry: Entry) -> None:
    """What a person had begun to enter ends with the task."""
    ended = (events.TaskCompleted, events.TaskCancelled)
    batch.add(_DISCARD_DRAFTS, *({"gone": event.task} for event in entry.events if isinstance(event, ended)))


def _publication(connection: Connection, after: Publications) -> None:
    """The newest version, and from when it is in force. Raises Refused when another stream is this procedure's."""
    procedure, newest = after.procedure, after.versions[-1]
    statement = _insert(connection, schema.publication).values(procedure=procedure, stream_no=after.stream)
    changed = statement.on_conflict_do_update(
        index_elements=["procedure"],
        set_={"stream_no": statement.excluded.stream_no},
        where=schema.publication.c.stream_no == statement.excluded.stream_no,
    ).returning(schema.publication.c.procedure)
    if connection.execute(changed).one_or_none() is None:
        raise Refused(
            Reason.WRONG_STATE,
            f"程序 {procedure} 已在另一个流中发布",
            f"expected the stream of procedure {procedure}, but it was published in another",
        )
    row = {"procedure": procedure, "revision": after.revision, "version": newest.digest, "since": micros(newest.since)}
    connection.execute(insert(schema.published), row)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
