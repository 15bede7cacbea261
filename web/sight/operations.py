"""What the operator's pages show: rows as people read them, with names for ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.errors import Text
from engine.flow.elements import Kind
from engine.instance import Incident, Instance
from engine.procedure import Procedure
from engine.words import StreamKind
from jobs import health as healths
from jobs import lease
from jobs.lease import Standing
from storage import milestones as recurring
from storage import operation, schema
from storage.moments import NEVER, micros
from storage.operation import Awaited, Failed, Place, Timed
from storage.shelf import StreamShelf
from web import reading, texts
from web.access import OPERATOR
from web.identity import me
from web.telling.naming import Names
from web.telling.sentences import STATUS
from web.translation import _, lazy

SIZE = 50
WHOLE = "organisation"
"""What recurs for, where its start does not say for each of what."""

STANDINGS = {
    Standing.PARKED: (lazy("搁置"), "late"),
    Standing.EXPIRED: (lazy("已过期"), "late"),
    Standing.LEASED: (lazy("进行中"), "accent"),
    Standing.AWAITED: (lazy("等待接收方"), ""),
    Standing.DUE: (lazy("待办理"), "soon"),
}
KINDS = {
    "connector": lazy("自动任务"),
    "message": lazy("外部消息"),
    "signal": lazy("信号"),
    "received": lazy("信号送达"),
    "command": lazy("后续工作"),
}
TIMERS = {"event": lazy("定时事件"), "reminder": lazy("提醒"), "escalation": lazy("升级")}
WAITS = {"message": lazy("外部消息"), "signal": lazy("信号")}
GATEWAYS = (Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY, Kind.COMPLEX_GATEWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A step that cannot go on; `flows` are those a person may choose behind a gateway."""

    key: str
    case: int | None
    instance: int
    process: Text
    step: Text
    text: Text
    at: str
    flows: tuple[tuple[str, Text], ...]
    may_decide: bool


def overview() -> dict[str, Any]:
    """A few figures, the nodes, sealing, and the versions in use."""
    store = reading.store()
    health = healths.of(store.database, store.now())
    with store.database.read() as connection:
        counts, sealed = operation.counts(connection), operation.sealed(connection)
        used = [
            (one, reading.procedure(connection, one.version))
            for one in operation.versions(connection, reading.store().now())
        ]
    return {
        "health": health,
        "oldest": None if health.oldest is None else texts.at(micros(health.oldest)),
        "counts": counts,
        "sealed": sealed,
        "sealed_at": None if sealed.at is None else texts.at(sealed.at),
        "versions": used,
    }


def incidents(after: Place | None) -> dict[str, Any]:
    """The steps that cannot go on, the oldest first."""
    with reading.store().database.read() as connection:
        found = operation.incidents(connection, after, SIZE)
        rows = [row for one in found if (row := _broken(connection, one)) is not None]
    return {"incidents": rows, "after": found[-1].place if len(found) == SIZE else None}


def of_jobs(after: Place | None) -> lease.Place | None:
    """A place of an address as one of jobs, whose keys are plain numbers."""
    is_one = after is not None and after[1].isdecimal() and len(after[1]) < 19
    return (after[0], int(after[1])) if after is not None and is_one else None


def jobs(after: Place | None) -> dict[str, Any]:
    """The jobs that are not done, the parked ones first."""
    store = reading.store()
    with store.database.read() as connection:
        found = lease.listed(connection, store.now(), SIZE, of_jobs(after))
    rows = [
        {
            "key": job.key,
            "kind": KINDS.get(job.kind, job.kind),
            "state": STANDINGS[job.standing][0],
            "tone": STANDINGS[job.standing][1],
            "is_parked": job.due is None,
            "due": "" if job.due is None else texts.at(micros(job.due)),
            "tries": job.tries,
            "problem": job.problem,
        }
        for job in found
    ]
    return {"jobs": rows, "after": found[-1].place if len(found) == SIZE else None}


def timers(after: Place | None) -> dict[str, Any]:
    """The timers, the next first."""
    with reading.store().database.read() as connection:
        found = operation.timers(connection, after, SIZE)
        rows = [
            {
                "case": one.case,
                "process": reading.process_name(reading.procedure(connection, one.version), one.process),
                "step": _step(connection, one),
                "kind": TIMERS.get(one.kind, one.kind),
                "due": texts.at(one.due),
                "late": one.due <= micros(reading.store().now()),
            }
            for one in found
        ]
    return {"timers": rows, "after": found[-1].place if len(found) == SIZE else None}


def milestones(after: int) -> dict[str, Any]:
    """What recurs, and when it is due next."""
    with reading.store().database.read() as connection:
        found = recurring.listed(connection, None, None, after, SIZE)
        rows = [
            {
                "number": one.stream,
                "case": one.case,
                "process": _process(connection, one.procedure, one.process),
                "key": _("整个组织") if one.key == WHOLE else one.key,
                "status": STATUS[one.status],
                "due": "" if one.due == NEVER else texts.at(one.due),
                "occurred": one.occurred,
                "problem": one.problem,
            }
            for one in found
        ]
    return {"milestones": rows, "after": found[-1].stream if len(found) == SIZE else None}


def messages(after: str) -> dict[str, Any]:
    """The messages and signals that are waited for."""
    with reading.store().database.read() as connection:
        found = operation.awaited(connection, after, SIZE)
        rows = [
            {"case": one.case, "kind": WAITS.get(one.kind, one.kind), "name": _called(connection, one)} for one in found
        ]
    return {"messages": rows, "after": found[-1].subscription if len(found) == SIZE else None}


def _called(connection: Connection, one: Awaited) -> Text:
    """What is waited for, as the version calls it on which whoever waits runs."""
    known = None if one.version is None else reading.procedure(connection, one.version)
    return Names(known, {}, "").message(one.name)


def _process(connection: Connection, key: str, process: str) -> Text:
    found = reading.store().procedures.in_force(key, connection)
    known = found is not None and process in found.model.processes
    return reading.process_name(found, process) if found is not None and known else Text(process, process)


def _broken(connection: Connection, one: Failed) -> Broken | None:
    """An incident with its sentence; nothing when it was settled a moment ago."""
    state = _instance(connection, one.stream)
    found = None if state is None else state.incidents.get(one.incident)
    if state is None or found is None:
        return None
    procedure = reading.procedure(connection, one.version)
    names = Names(procedure, reading.names(connection), reading.organisation(connection).working.zone)
    step = state.activities[found.activity]
    return Broken(
        key=one.incident,
        case=one.case,
        instance=one.stream,
        process=reading.process_name(procedure, one.process),
        step=names.step(step.process, step.element),
        text=Text(found.message_zh, found.message_en),
        at=texts.at(one.at),
        flows=tuple(_flows(procedure, names, state, found)),
        may_decide=bool(me().acting_roles & set(procedure.may(OPERATOR))),
    )


def _step(connection: Connection, one: Timed) -> Text:
    """The step that a timer belongs to."""
    procedure, state = reading.procedure(connection, one.version), _instance(connection, one.stream)
    step = None if state is None else state.activities.get(one.activity)
    if step is None:
        return reading.process_name(procedure, one.process)
    return Names(procedure, {}, "UTC").step(step.process, step.element)


def _flows(procedure: Procedure, names: Names, state: Instance, found: Incident) -> list[tuple[str, Text]]:
    """Where a person may let it go on behind a gateway."""
    step = state.activities[found.activity]
    process = procedure.model.processes[step.process]
    if found.waiting or process.elements[step.element].kind not in GATEWAYS:
        return []
    out = [flow for flow in process.flows.values() if flow.source == step.element]
    return [(flow.id, names.flow(step.process, flow.id) or names.step(step.process, flow.target)) for flow in out]


def _instance(connection: Connection, number: int) -> Instance | None:
    table = schema.stream
    row = connection.execute(select(table).where(table.c.stream_no == number)).one_or_none()
    if row is None or not row.state:
        return None
    shelf = StreamShelf(connection, number, reading.store().recent)
    found = reading.store().states.decode(StreamKind.INSTANCE, number, row.revision, bytes(row.state), shelf)
    return found if isinstance(found, Instance) else None
