"""What the API reads and writes of a task."""

from __future__ import annotations

from marshmallow import fields, validate

from engine.words import ReturnMode, SignPlace
from web import passwords
from web.api.shapes import HANDLE, LIST, Said, Shape, Who, Why
from web.proving import LONGEST_CODE

LONGEST = 10_000


class Task(Shape):
    """A task; what is only of an open one is null of a closed one."""

    task = fields.String(required=True)
    instance = fields.Integer(required=True)
    case = fields.Integer(required=True, allow_none=True)
    process = fields.String(required=True)
    element = fields.String(required=True)
    version = fields.String(required=True)
    number = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    purpose = fields.Nested(Said, required=True)
    stage = fields.String(required=True)
    holder = fields.Nested(Who, required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    persons = fields.List(fields.Nested(Who), required=True)
    due = fields.String(required=True, allow_none=True)
    offered = fields.String(required=True)
    closed = fields.String(required=True, allow_none=True)
    closed_by = fields.Nested(Who, required=True, allow_none=True)
    actions = fields.List(fields.String(), required=True, metadata={"description": "What this person may do with it"})
    form = fields.Raw(required=True, allow_none=True, metadata={"description": "The form-js schema"})
    signed = fields.Boolean(
        required=True,
        metadata={"description": "Who hands it in, or gives an opinion, sends their `password` or `code` with it"},
    )
    sections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    data = fields.Dict(required=True, metadata={"description": "The result of the time before"})
    draft = fields.Dict(required=True, allow_none=True, metadata={"description": "What this person entered so far"})


class Entered(Shape):
    """What is entered in the form of a task, by field."""

    data = fields.Dict(keys=fields.String(), required=True)


class Proven(Shape):
    """By what whoever signs a task proves themselves anew; asked for by tasks that are `signed` alone."""

    password = fields.String(validate=validate.Length(max=passwords.LONGEST))
    code = fields.String(validate=validate.Length(max=LONGEST_CODE), metadata={"description": "Of one's telephone"})


class HandedIn(Proven):
    """What is handed in; without data the draft is."""

    data = fields.Dict(keys=fields.String())


class Draft(Shape):
    """What a person entered so far."""

    draft = fields.Dict(required=True, allow_none=True)


class To(Why):
    """Another person, and why."""

    to = fields.String(required=True, validate=HANDLE, metadata={"description": "A handle"})


class Signers(Why):
    """Who is to sign, in this order."""

    to = fields.List(fields.String(validate=HANDLE), required=True, validate=LIST)
    place = fields.String(load_default=SignPlace.BEFORE.value, validate=validate.OneOf([str(p) for p in SignPlace]))


class Copied(Shape):
    """Who is to know of it."""

    to = fields.List(fields.String(validate=HANDLE), required=True, validate=LIST)
    message = fields.String(load_default="", validate=validate.Length(max=1000))


class Opinion(Proven):
    """An opinion."""

    opinion = fields.String(load_default="", validate=validate.Length(max=LONGEST))


class Message(Shape):
    """A message."""

    message = fields.String(load_default="", validate=validate.Length(max=1000))


class Back(Why):
    """Where the work is to go back to."""

    target = fields.String(required=True, validate=validate.Length(min=1, max=300))
    mode = fields.String(
        load_default=ReturnMode.STEP.value, validate=validate.OneOf([str(mode) for mode in ReturnMode])
    )


class Waived(Why):
    """Who may do the task in spite of the separation of duties."""

    person = fields.String(required=True, validate=HANDLE)


class Going(Shape):
    """How the work would come back."""

    straight = fields.Boolean(load_default=False)


class Naming(Shape):
    """For which field, and what it has to do with."""

    field = fields.String(required=True, metadata={"description": "The path of a reference; columns as `table.column`"})
    q = fields.String(load_default="", validate=validate.Length(max=200))


class Named(Shape):
    """A thing that a field may refer to."""

    ref = fields.String(required=True, metadata={"description": "As it is handed in: `kind:id`"})
    title = fields.String(required=True)


class References(Shape):
    """What a field may refer to, the newest first."""

    items = fields.List(fields.Nested(Named), required=True)


class Target(Shape):
    """A step the work could go to; `refusal` says why not."""

    element = fields.String(required=True)
    process = fields.String(required=True)
    label = fields.Nested(Said, required=True)
    refusal = fields.Nested(Said, required=True, allow_none=True)


class Targets(Shape):
    """Where the work could go."""

    items = fields.List(fields.Nested(Target), required=True)
