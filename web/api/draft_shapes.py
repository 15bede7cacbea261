"""What the API reads and writes of a draft."""

from __future__ import annotations

from marshmallow import fields, validate

from web.api.shapes import Said, Shape

LONGEST = 1_500_000


class File(Shape):
    """A file of a draft; revision 0 while it is as in the version it was made from."""

    path = fields.String(required=True)
    revision = fields.Integer(required=True)
    size = fields.Integer(required=True)


class Shown(Shape):
    """A draft: what it was made from, who wrote of it; `mark` grows with every change."""

    procedure = fields.String(required=True)
    base = fields.String(required=True)
    in_force = fields.String(required=True)
    mark = fields.Integer(required=True)
    authors = fields.List(fields.String(), required=True)
    publishers = fields.List(fields.String(), required=True)
    files = fields.List(fields.Nested(File), required=True)


class Started(Shape):
    """A procedure that is begun: its names, the role that owns it (one's own), the one that publishes it besides."""

    key = fields.String(required=True, validate=validate.Length(min=1, max=100))
    zh = fields.String(required=True, validate=validate.Length(min=1, max=100))
    en = fields.String(required=True, validate=validate.Length(min=1, max=100))
    owner = fields.String(required=True, validate=validate.Length(min=1, max=100))
    publisher = fields.String(required=True, validate=validate.Length(min=1, max=100))


class Content(Shape):
    """A file with its text; its revision is the entity tag."""

    path = fields.String(required=True)
    revision = fields.Integer(required=True)
    text = fields.String(required=True)


class Written(Shape):
    """What a file is to say."""

    text = fields.String(required=True, validate=validate.Length(max=LONGEST))


class Kept(Shape):
    """The revision of a file that was written."""

    path = fields.String(required=True)
    revision = fields.Integer(required=True)


class Finding(Shape):
    """One thing to be mended, or advice."""

    file = fields.String(required=True)
    element = fields.String(required=True)
    rule = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["fault", "advice"]))
    text = fields.Nested(Said, required=True)


class Findings(Shape):
    """All findings; a draft with faults cannot be published."""

    items = fields.List(fields.Nested(Finding), required=True)


class Trial(Shape):
    """A decision of a file to be tried: its values by the names of the data, as people type them."""

    path = fields.String(required=True, validate=validate.Length(min=1, max=200))
    decision = fields.String(required=True, validate=validate.Length(min=1, max=100))
    values = fields.Dict(
        keys=fields.String(validate=validate.Length(max=200)),
        values=fields.String(validate=validate.Length(max=500)),
        required=True,
    )


class Tried(Shape):
    """What a decision comes to: its value as FEEL, the rows that count (from 1); `problem` says why there is none."""

    value = fields.String(required=True)
    rules = fields.List(fields.Integer(), required=True)
    problem = fields.String(required=True)


class Publication(Shape):
    """Why a draft is published, and from when; at once without a moment."""

    reason = fields.String(required=True, validate=validate.Length(min=4, max=1000))
    effective = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))


class Published(Shape):
    """Where the publication stands, and its version."""

    stream = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    version = fields.String(required=True)
