"""How the product runs, for whoever runs it: incidents, jobs, timers, milestones, messages, versions, sealing, proof."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, abort
from sqlalchemy import Connection

from engine import commands
from engine.commands import Envelope
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.words import StreamKind
from jobs import health as healths
from jobs import lease
from jobs import milestones as attended
from storage import milestones, operation, verification
from storage.moments import moment
from storage.operation import Place
from web import reading
from web.access import may
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import operates, works
from web.api.once import harmless
from web.api.operation_shapes import (
    Decided,
    Health,
    Incidents,
    Jobs,
    Messages,
    Milestones,
    Proof,
    Timers,
    Versions,
)
from web.api.paging import part
from web.api.shapes import Paged, Receipt, Why
from web.sight import naming, operations, states

pages = resource("operation", "How the product runs")
PLACE = re.compile(r"(-?\d{1,18})~(\d[\d.]{0,62})")


@pages.route("/operation/health", zh="后台工作、到期事项和封存的状况")
@operates
@pages.response(200, Health)
def health() -> dict[str, object]:
    """How jobs are served, what is due, and how far the journal is sealed."""
    store = reading.store()
    found = healths.of(store.database, store.now())
    with store.database.read() as connection:
        sealed = operation.sealed(connection)
    return {
        "nodes": [
            {"node": node.name, "started": node.started.isoformat(), "seen": node.seen.isoformat()}
            for node in found.nodes
        ],
        "served": found.is_served,
        "late": found.is_late,
        "due": found.due,
        "timers": found.timers,
        "parked": found.parked,
        "expired": found.expired,
        "sleeping": found.sleeping,
        "oldest": None if found.oldest is None else found.oldest.isoformat(),
        "sealed_up_to": sealed.position,
        "sealed_at": values.at(sealed.at),
        "head": sealed.digest,
        "unsealed": sealed.waiting,
    }


@pages.route("/operation/incidents", zh="不能继续的步骤,最早的在前")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Incidents)
def incidents(asked: dict[str, object]) -> dict[str, object]:
    """The steps that cannot go on, the oldest first."""
    size = int(str(asked["size"]))
    with reading.store().database.read() as connection:
        found = operation.incidents(connection, _place(asked), size)
        rows = [_failed(connection, one) for one in found]
    return {"items": [row for row in rows if row is not None], "next": _next([one.place for one in found], size)}


@pages.route("/incidents/<counted:incident>/retry", methods=["POST"], zh="让失败的步骤重试;须有处理异常的权限")
@works
@pages.arguments(Why)
@pages.response(200, Receipt)
def retry(asked: dict[str, str], incident: str) -> Response:
    """Try the failed step again, with the right to resolve."""
    reason = asked["reason"]

    def build(envelope: Envelope) -> commands.RetryIncident:
        return commands.RetryIncident(envelope=envelope, incident=incident, reason=reason)

    return _resolve(build, incident)


@pages.route(
    "/incidents/<counted:incident>/decide", methods=["POST"], zh="替失败的步骤作出决定:走哪些流向,或结果是什么"
)
@works
@pages.arguments(Decided)
@pages.response(200, Receipt)
def decide(asked: dict[str, object], incident: str) -> Response:
    """Answer for the failed step: the flows to take, or its result; with the right to resolve."""
    flows = tuple(str(flow) for flow in asked["flows"]) if isinstance(asked["flows"], list) else ()
    result, reason = values.value(asked["result"]), str(asked["reason"])

    def build(envelope: Envelope) -> commands.DecideIncident:
        return commands.DecideIncident(envelope=envelope, incident=incident, flows=flows, result=result, reason=reason)

    return _resolve(build, incident)


@pages.route("/operation/jobs", zh="未完成的后台工作,停下的在前")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Jobs)
def jobs(asked: dict[str, object]) -> dict[str, object]:
    """The jobs that are not done, the parked ones first, with what went wrong."""
    store, size = reading.store(), int(str(asked["size"]))
    with store.database.read() as connection:
        found = lease.listed(connection, store.now(), size, operations.of_jobs(_place(asked)))
    rows = [
        {
            "job": job.key,
            "stream": job.stream,
            "kind": job.kind,
            "state": str(job.standing),
            "due": None if job.due is None else job.due.isoformat(),
            "tries": job.tries,
            "problem": values.said(job.problem) if job.problem.en else None,
        }
        for job in found
    ]
    return {"items": rows, "next": _next([(job.place[0], str(job.place[1])) for job in found], size)}


@pages.route("/operation/jobs/<name:job>/retry", methods=["POST"], zh="让停下的后台工作再试一次")
@operates
@pages.response(204)
def retry_job(job: str) -> Response:
    """Let a parked job be tried again."""
    store = reading.store()
    lease.try_again(store.database, job, store.now())
    return Response(status=204)


@pages.route("/operation/timers", zh="计时器,先到的在前")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Timers)
def timers(asked: dict[str, object]) -> dict[str, object]:
    """The timers, the next first."""
    size = int(str(asked["size"]))
    with reading.store().database.read() as connection:
        found = operation.timers(connection, _place(asked), size)
    rows = [
        {
            "timer": one.timer,
            "instance": one.stream,
            "case": one.case,
            "process": one.process,
            "kind": one.kind,
            "due": values.at(one.due),
        }
        for one in found
    ]
    return {"items": rows, "next": _next([one.place for one in found], size)}


@pages.route("/operation/milestones", zh="周期事项,以及下一次的时间")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Milestones)
def recurring(asked: dict[str, object]) -> dict[str, object]:
    """What recurs, and when it is due next."""
    size, after = int(str(asked["size"])), str(asked["after"])
    begin = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    with reading.store().database.read() as connection:
        found = milestones.listed(connection, None, None, begin, size)
    rows = [
        {
            "milestone": one.stream,
            "procedure": one.procedure,
            "process": one.process,
            "start": one.start,
            "case": one.case,
            "key": one.key,
            "status": one.status,
            "due": values.at(one.due),
            "occurred": one.occurred,
            "problem": values.said(one.problem) if one.problem.en else None,
        }
        for one in found
    ]
    return {"items": rows, "next": str(found[-1].stream) if len(found) == size else None}


@pages.route("/milestones/<number:milestone>/waive", methods=["POST"], zh="豁免周期事项的下一次;须有相应权限")
@works
@pages.arguments(Why)
@pages.response(200, Receipt)
def waive(asked: dict[str, str], milestone: int) -> Response:
    """Let the next occurrence pass without starting anything, with the right to waive."""
    reason = asked["reason"]
    with reading.store().database.read() as connection:
        states.standing(connection, StreamKind.MILESTONE, milestone)
        due = attended.state(reading.store(), connection, milestone).due
    if due is None:
        raise Refused(
            Reason.WRONG_STATE,
            f"里程碑 {milestone} 没有下一次",
            f"expected a next occurrence of milestone {milestone}, but there is none",
        )
    planned = due

    def build(envelope: Envelope) -> commands.WaiveMilestone:
        return commands.WaiveMilestone(envelope=envelope, planned=planned, reason=reason)

    return asking.submit(build, milestone)


@pages.route("/operation/messages", zh="正在等待的消息和信号")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Messages)
def awaited(asked: dict[str, object]) -> dict[str, object]:
    """The messages and signals that are waited for."""
    size = int(str(asked["size"]))
    with reading.store().database.read() as connection:
        found = operation.awaited(connection, str(asked["after"]), size)
    rows = [
        {
            "subscription": one.subscription,
            "kind": one.kind,
            "instance": one.stream,
            "case": one.case,
            "name": one.name,
        }
        for one in found
    ]
    return {"items": rows, "next": found[-1].subscription if len(found) == size else None}


@pages.route("/operation/versions", zh="生效或仍在运行的版本")
@operates
@pages.arguments(Paged, location="query")
@pages.response(200, Versions)
def versions(asked: dict[str, object]) -> dict[str, object]:
    """The versions that are in force or that something runs on."""
    with reading.store().database.read() as connection:
        found = operation.versions(connection, reading.store().now())
    shown, onward = part(found, asked, lambda one: one.version)
    rows = [
        {
            "version": one.version,
            "procedure": one.procedure,
            "instances": one.instances,
            "cases": one.cases,
            "in_force": one.in_force,
        }
        for one in shown
    ]
    return {"items": rows, "next": onward}


@pages.route("/operation/streams/<number:stream>/verify", methods=["POST"], zh="验证一个流:链、封存的头和重新执行")
@harmless
@operates
@pages.response(200, Proof)
def verify(stream: int) -> dict[str, object]:
    """Prove one stream: chain, sealed heads, re-execution. The whole database is proven on the command line."""
    with reading.store().database.read() as connection:
        if not operation.is_there(connection, stream):
            abort(404)
    found = verification.verify(reading.store(), stream)
    return {
        "proven": found.proven,
        "entries": found.entries,
        "streams": found.streams,
        "refusals": found.refusals,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "heads": found.heads,
        "last_head": found.last_head,
        "executed": found.executed,
        "findings": [values.said(text) for text in found.findings],
        "needs_release": [values.said(text) for text in found.needs_release],
    }


def _failed(connection: Connection, one: operation.Failed) -> dict[str, object] | None:
    """An incident with its sentence; nothing when it was settled a moment ago."""
    state = states.standing(connection, StreamKind.INSTANCE, one.stream)[0]
    assert isinstance(state, Instance)
    found = state.incidents.get(one.incident)
    if found is None:
        return None
    names = naming.names(connection, reading.procedure(connection, one.version))
    step = state.activities[found.activity]
    return {
        "incident": one.incident,
        "instance": one.stream,
        "case": one.case,
        "process": one.process,
        "step": values.said(names.step(step.process, step.element)),
        "text": {"zh": found.message_zh, "en": found.message_en},
        "at": moment(one.at).isoformat(),
    }


def _resolve(build: asking.Build, incident: str) -> Response:
    """Whoever has it in their list or may know of the instance asks; whether they may decide is for the engine to say."""
    number = int(incident.split(".")[0])
    with reading.store().database.read() as connection:
        if not (may(f"{pages.name}.{incidents.__name__}") and operation.is_open(connection, incident)):
            states.instance(connection, number)
    return asking.submit(build, number)


def _place(asked: dict[str, object]) -> Place | None:
    found = PLACE.fullmatch(str(asked["after"]))
    return None if found is None else (int(found[1]), found[2])


def _next(places: Sequence[Place], size: int) -> str | None:
    return f"{places[-1][0]}~{places[-1][1]}" if places and len(places) == size else None
