"""What the API reads and writes of a case."""

from __future__ import annotations

from marshmallow import fields, validate

from engine.words import Status
from web.api.shapes import HANDLE, Paged, Said, Shape, Who

REFUSE, LEAVE = "refuse", "leave"
KEY = validate.Length(min=1, max=100)


class Asking(Paged):
    """Which cases."""

    status = fields.String(load_default="", validate=validate.OneOf(("", *(str(one) for one in Status))))
    q = fields.String(
        load_default="", validate=validate.Length(max=60), metadata={"description": "Two characters suffice"}
    )
    mine = fields.Boolean(load_default=False, metadata={"description": "Only those one has a part in"})
    late = fields.Boolean(load_default=False, metadata={"description": "Only those with an overdue task"})


class Coming(Shape):
    """What is due next: a step of an open task, or the start event of a milestone."""

    kind = fields.String(required=True, validate=validate.OneOf(("task", "milestone")))
    process = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    at = fields.String(required=True)


class Listed(Shape):
    """A case in a list; `values` are its short data, `late` of the waiting tasks are late, `next` is what is due after them."""

    case = fields.Integer(required=True)
    procedure = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    opened = fields.String(required=True)
    opened_by = fields.Nested(Who, required=True, allow_none=True)
    values = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    waiting = fields.Integer(required=True)
    late = fields.Integer(required=True)
    next = fields.Nested(Coming, required=True, allow_none=True)


class Cases(Shape):
    """A page of cases; `next` is null at the end."""

    items = fields.List(fields.Nested(Listed), required=True)
    next = fields.String(required=True, allow_none=True)


class Field(Shape):
    """A field of a case's data; `words` is a value of a fixed set in both languages, where the procedure has its English."""

    field = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.Nested(Said, required=True)
    value = fields.Raw(required=True, allow_none=True)
    words = fields.Nested(Said, required=True, allow_none=True)


class Team(Shape):
    """Who holds a role in the case."""

    role = fields.String(required=True)
    name = fields.Nested(Said, required=True)
    persons = fields.List(fields.Nested(Who), required=True)


class Document(Shape):
    """The newest version of a document."""

    document = fields.String(required=True)
    title = fields.Nested(Said, required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    author = fields.Nested(Who, required=True)
    digest = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    issued_version = fields.String(required=True, allow_none=True)


class One(Shape):
    """A case as it is, or was."""

    case = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    procedure = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    data = fields.List(fields.Nested(Field), required=True)
    team = fields.List(fields.Nested(Team), required=True)
    documents = fields.List(fields.Nested(Document), required=True)
    instances = fields.List(fields.Integer(), required=True)


class Documents(Shape):
    """A page of the documents of a case; `next` is null at the end."""

    items = fields.List(fields.Nested(Document), required=True)
    next = fields.String(required=True, allow_none=True)


class Begun(Shape):
    """A case to be opened on the version in force, with an instance of a process."""

    procedure = fields.String(required=True, validate=KEY)
    process = fields.String(load_default=None, allow_none=True, validate=KEY)
    data = fields.Dict(keys=fields.String(), load_default=dict)
    input = fields.Dict(keys=fields.String(), load_default=dict)


class Changed(Shape):
    """Fields of a case's data, with their new values."""

    data = fields.Dict(keys=fields.String(), required=True)
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=2000),
        metadata={"description": "Wanted where the fields name other people"},
    )


class Assigned(Shape):
    """Who is to hold the role, and why; replaces the holders before."""

    persons = fields.List(fields.String(validate=HANDLE), required=True, validate=validate.Length(max=100))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class Ended(Shape):
    """How the case ended, and what is to become of processes that still run in it."""

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=1000))
    running = fields.String(
        load_default=REFUSE,
        validate=validate.OneOf((REFUSE, LEAVE)),
        metadata={"description": "`refuse`: while any runs, the case is not ended; `leave`: they go on without it"},
    )
