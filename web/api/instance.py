"""A run of a process: what is open in it, what was before, and what is done to it as a whole."""

from __future__ import annotations

from flask import Response, abort
from marshmallow import fields, validate

from engine import commands, target
from engine.commands import Envelope
from engine.instance import Instance
from engine.words import StreamKind
from web import reading
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.shapes import Receipt, Said, Shape, Who, Why
from web.api.task_document import of_targets
from web.api.task_shapes import Targets
from web.sight import naming, states
from web.telling.naming import Names

pages = resource("instance", "Runs of processes")


class Open(Shape):
    """An open task."""

    task = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    stage = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    holder = fields.Nested(Who, required=True, allow_none=True)


class Step(Shape):
    """A step under way; `enabled` are the activities that may be started in it."""

    activity = fields.String(required=True)
    element = fields.String(required=True)
    process = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    enabled = fields.List(fields.String(), required=True)


class Incident(Shape):
    """A step that cannot go on, and why."""

    incident = fields.String(required=True)
    activity = fields.String(required=True)
    text = fields.Nested(Said, required=True)


class Run(Shape):
    """An instance as it is, or was."""

    instance = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    process = fields.String(required=True)
    version = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    status = fields.String(required=True)
    ends = fields.List(fields.String(), required=True)
    tasks = fields.List(fields.Nested(Open), required=True)
    steps = fields.List(fields.Nested(Step), required=True)
    incidents = fields.List(fields.Nested(Incident), required=True)
    variables = fields.Dict(required=True)


class Begun(Shape):
    """An activity to be started in an ad-hoc sub-process that is under way."""

    activity = fields.String(required=True, validate=validate.Length(min=1, max=64))
    element = fields.String(required=True, validate=validate.Length(min=1, max=100))


class Moved(Why):
    """Where a step is to be put."""

    target = fields.String(required=True, validate=validate.Length(min=1, max=300))


@pages.route("/instances/<number:instance>", zh="一个流程现在的样子")
@reads
@pages.response(200, Run, tagged=True)
def one(instance: int) -> Response:
    """An instance as it is now."""
    with reading.store().database.read() as connection:
        found, _ = states.instance(connection, instance)
        names = naming.names(connection, reading.procedure(connection, found.version))
    return asking.tagged(document(found, names), found.stream, found.revision)


@pages.route("/instances/<number:instance>/at/<number:revision>", zh="流程在某条记录之后的样子")
@reads
@pages.response(200, Run, tagged=True)
def then(instance: int, revision: int) -> Response:
    """An instance as it was after an entry, made from its entries."""
    with reading.store().database.read() as connection:
        newest, _ = states.instance(connection, instance)
        if revision > newest.revision:
            abort(404)
        found = reading.store().states.at(connection, StreamKind.INSTANCE, instance, revision)
        assert isinstance(found, Instance)
        names = naming.names(connection, reading.procedure(connection, newest.version))
    return asking.tagged(document(found, names), found.stream, found.revision)


@pages.route("/instances/<number:instance>/terminate", methods=["POST"], zh="立即终止流程;未办的任务被取消")
@works
@pages.arguments(Why)
@pages.response(200, Receipt)
def terminate(asked: dict[str, str], instance: int) -> Response:
    """End an instance now; open tasks are cancelled."""
    reason = asked["reason"]
    return _submit(instance, lambda envelope: commands.TerminateInstance(envelope=envelope, reason=reason))


@pages.route("/instances/<number:instance>/activities", methods=["POST"], zh="开始临时子流程中可开始的一项活动")
@works
@pages.arguments(Begun)
@pages.response(200, Receipt)
def begin(asked: dict[str, str], instance: int) -> Response:
    """Start an activity that is enabled in an ad-hoc sub-process."""
    activity, element = asked["activity"], asked["element"]

    def build(envelope: Envelope) -> commands.StartActivity:
        return commands.StartActivity(envelope=envelope, activity=activity, element=element)

    return _submit(instance, build)


@pages.route("/steps/<counted:activity>/targets", zh="进行中的步骤可以移到哪里,以及为什么不能移到别处")
@reads
@pages.response(200, Targets)
def targets(activity: str) -> dict[str, object]:
    """Where a step under way could be moved, and why it cannot go elsewhere."""
    with reading.store().database.read() as connection:
        found, window = states.instance(connection, int(activity.split(".")[0]))
        procedure = reading.procedure(connection, found.version)
    if activity not in found.activities:
        abort(404)
    return of_targets(target.destinations(procedure, found, window, activity))


@pages.route("/steps/<counted:activity>/move", methods=["POST"], zh="把步骤的工作移到别处;须有相应权限")
@works
@pages.arguments(Moved)
@pages.response(200, Receipt)
def move(asked: dict[str, str], activity: str) -> Response:
    """Put the work of a step elsewhere, with the right to do so."""
    to, reason = asked["target"], asked["reason"]

    def build(envelope: Envelope) -> commands.MoveToken:
        return commands.MoveToken(envelope=envelope, activity=activity, target=to, reason=reason)

    return _submit(int(activity.split(".")[0]), build)


def document(found: Instance, names: Names) -> dict[str, object]:
    """An instance for programs."""
    return {
        "instance": found.stream,
        "revision": found.revision,
        "case": found.case,
        "process": found.process,
        "version": found.version,
        "name": values.said(names.process(found.process)),
        "status": str(found.status or ""),
        "ends": list(found.ends),
        "tasks": [
            {
                "task": task.id,
                "element": task.element,
                "name": values.said(names.step(task.process, task.element)),
                "stage": str(task.stage),
                "roles": list(task.roles),
                "holder": values.named(task.holder),
            }
            for task in found.tasks.values()
        ],
        "steps": [
            {
                "activity": step.id,
                "element": step.element,
                "process": step.process,
                "name": values.said(names.step(step.process, step.element)),
                "enabled": list(step.enabled),
            }
            for step in found.activities.values()
        ],
        "incidents": [
            {"incident": i.id, "activity": i.activity, "text": {"zh": i.message_zh, "en": i.message_en}}
            for i in found.incidents.values()
        ],
        "variables": {n: values.shown(v) for scope in found.scopes.values() for n, v in scope.variables.items()},
    }


def _submit(number: int, build: asking.Build) -> Response:
    with reading.store().database.read() as connection:
        states.instance(connection, number)
    return asking.submit(build, number)
