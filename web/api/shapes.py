"""What the API reads and writes, as far as several resources share it; other shapes stand beside their routes."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from storage.tokens import Scope
from web.api.blueprint import Whole

REASON = validate.Length(min=1, max=1000)
HANDLE = validate.Length(min=1, max=100)
LIST = validate.Length(min=1, max=100)


class Shape(Schema):
    """An object of which every field is known."""

    class Meta:
        """Nothing is read that nobody knows."""

        unknown = RAISE


class Said(Shape):
    """A text in Chinese and English."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class Wrong(Shape):
    """One thing wrong at one place."""

    path = fields.String(required=True, metadata={"description": "The field, as in contacts[2].mobile"})
    text = fields.Nested(Said, required=True)


class Problem(Shape):
    """A problem by RFC 9457: why not, in both languages."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "In the language of whoever asks"})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "The engine's reason"})
    text = fields.Nested(Said, required=True)
    faults = fields.List(fields.Nested(Wrong), required=True)
    request = fields.String(required=True, metadata={"description": "The id of the request, as in the logs"})


class Who(Shape):
    """A person; handle and name are null of one who was erased."""

    person = fields.String(required=True)
    handle = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)


class Receipt(Shape):
    """Where the entry of a command stands."""

    stream = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class Paged(Shape):
    """Which part of a list."""

    after = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"description": "`next` of the page before"}
    )
    size = Whole(load_default=50, validate=validate.Range(min=1, max=200))


class Why(Shape):
    """A reason, which is kept in the journal."""

    reason = fields.String(required=True, validate=REASON)


class Ended(Shape):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)


class Deputyship(Shape):
    """Who acts for whom, from one day to another, both included."""

    person = fields.Nested(Who, required=True)
    deputy = fields.Nested(Who, required=True)
    first = fields.String(required=True)
    last = fields.String(required=True)


class TokenWanted(Shape):
    """A token to be made."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=100))
    scope = fields.String(load_default=Scope.READ.value, validate=validate.OneOf([str(scope) for scope in Scope]))
    days = Whole(load_default=90, validate=validate.Range(min=1, max=366))


class TokenShown(Shape):
    """A token in a list."""

    key = fields.String(required=True, metadata={"description": "Names the token; nobody can ask by it"})
    name = fields.String(required=True)
    scope = fields.String(required=True)
    made = fields.String(required=True)
    used = fields.String(required=True, allow_none=True)
    ends = fields.String(required=True)


class TokenMade(TokenShown):
    """A new token; its text is told this once."""

    token = fields.String(required=True, allow_none=True, metadata={"description": "Null in a repeat under a key"})


class Addressed(Shape):
    """Where mail to a person goes; empty for nowhere."""

    mail = fields.String(required=True, validate=validate.Length(max=254))
