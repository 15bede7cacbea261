"""What the API reads and writes of how the product runs."""

from __future__ import annotations

from marshmallow import fields, validate

from web.api.shapes import Said, Shape, Why


class Node(Shape):
    """A process that serves jobs."""

    node = fields.String(required=True)
    started = fields.String(required=True)
    seen = fields.String(required=True)


class Health(Shape):
    """The queue and its nodes."""

    nodes = fields.List(fields.Nested(Node), required=True)
    served = fields.Boolean(required=True)
    late = fields.Boolean(required=True)
    due = fields.Integer(required=True)
    timers = fields.Integer(required=True)
    parked = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    sleeping = fields.Integer(required=True)
    oldest = fields.String(required=True, allow_none=True)
    sealed_up_to = fields.Integer(required=True)
    sealed_at = fields.String(required=True, allow_none=True)
    head = fields.String(required=True)
    unsealed = fields.Integer(required=True)


class Failed(Shape):
    """A step that cannot go on."""

    incident = fields.String(required=True)
    instance = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    process = fields.String(required=True)
    step = fields.Nested(Said, required=True)
    text = fields.Nested(Said, required=True)
    at = fields.String(required=True)


class Incidents(Shape):
    """A page of incidents, the oldest first; `next` is null at the end."""

    items = fields.List(fields.Nested(Failed), required=True)
    next = fields.String(required=True, allow_none=True)


class Decided(Why):
    """What is to be taken for the answer of the step: sequence flows (gateway), or its result."""

    flows = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)), load_default=list, validate=validate.Length(max=100)
    )
    result = fields.Raw(load_default=None, allow_none=True)


class Job(Shape):
    """A job that is not done."""

    job = fields.String(required=True)
    stream = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    due = fields.String(required=True, allow_none=True)
    tries = fields.Integer(required=True)
    problem = fields.Nested(Said, required=True, allow_none=True)


class Jobs(Shape):
    """A page of the jobs that are not done, the parked ones first; `next` is null at the end."""

    items = fields.List(fields.Nested(Job), required=True)
    next = fields.String(required=True, allow_none=True)


class Timer(Shape):
    """A timer."""

    timer = fields.String(required=True)
    instance = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    process = fields.String(required=True)
    kind = fields.String(required=True)
    due = fields.String(required=True, allow_none=True)


class Timers(Shape):
    """A page of timers, the next first; `next` is null at the end."""

    items = fields.List(fields.Nested(Timer), required=True)
    next = fields.String(required=True, allow_none=True)


class Milestone(Shape):
    """What recurs."""

    milestone = fields.Integer(required=True)
    procedure = fields.String(required=True)
    process = fields.String(required=True)
    start = fields.String(required=True)
    case = fields.Integer(required=True, allow_none=True)
    key = fields.String(required=True)
    status = fields.String(required=True)
    due = fields.String(required=True, allow_none=True)
    occurred = fields.Integer(required=True)
    problem = fields.Nested(Said, required=True, allow_none=True)


class Milestones(Shape):
    """A page of milestones; `next` is null at the end."""

    items = fields.List(fields.Nested(Milestone), required=True)
    next = fields.String(required=True, allow_none=True)


class Awaited(Shape):
    """A message or signal that is waited for."""

    subscription = fields.String(required=True)
    kind = fields.String(required=True)
    instance = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)


class Messages(Shape):
    """A page of what is waited for; `next` is null at the end."""

    items = fields.List(fields.Nested(Awaited), required=True)
    next = fields.String(required=True, allow_none=True)


class InUse(Shape):
    """A version that is in force, or that something runs on."""

    version = fields.String(required=True)
    procedure = fields.String(required=True)
    instances = fields.Integer(required=True)
    cases = fields.Integer(required=True)
    in_force = fields.Boolean(required=True)


class Versions(Shape):
    """A page of the versions in use; `next` is null at the end."""

    items = fields.List(fields.Nested(InUse), required=True)
    next = fields.String(required=True, allow_none=True)


class Proof(Shape):
    """What a verification proved, and what is wrong."""

    proven = fields.Boolean(required=True)
    entries = fields.Integer(required=True)
    streams = fields.Integer(required=True)
    refusals = fields.Integer(required=True)
    sealed = fields.Integer(required=True)
    unsealed = fields.Integer(required=True)
    heads = fields.Integer(required=True)
    last_head = fields.String(required=True)
    executed = fields.Integer(required=True)
    findings = fields.List(fields.Nested(Said), required=True)
    needs_release = fields.List(fields.Nested(Said), required=True)
