"""Messages from outside: brought in once, to a case or to whatever begins with them."""

from __future__ import annotations

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Connection

from engine.case import Case
from engine.commands import Envelope, SendMessage
from engine.errors import Reason, Refused
from engine.stream import ORGANISATION
from engine.words import StreamKind
from web import reading
from web.api import asking, values
from web.api.blueprint import LAST, Whole, resource
from web.api.gate import works
from web.api.shapes import Receipt, Shape
from web.identity import me
from web.sight import states, underway

pages = resource("message", "Messages from outside")
MESSAGE = "message"


class Sent(Shape):
    """A message for a case, or for a procedure when it is for no case."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    case = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=LAST))
    procedure = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))
    correlation = fields.Raw(load_default=None, allow_none=True)
    payload = fields.Dict(keys=fields.String(), load_default=dict)

    @validates_schema
    def one_place(self, data: dict[str, object], **_: object) -> None:
        """It goes to one place."""
        if (data.get("case") is None) == (data.get("procedure") is None):
            raise ValidationError("expected either case or procedure", "case")


@pages.route("/messages", methods=["POST"], zh="送入外部消息;等待它的流程稍后收到")
@works
@pages.arguments(Sent)
@pages.response(200, Receipt)
def send(asked: dict[str, object]) -> Response:
    """Bring in a message; whoever awaits it has it a moment later. Under one key it takes effect once."""
    name, payload = str(asked["name"]), values.context(asked["payload"])
    correlation = values.value(asked["correlation"])
    stream, procedure = _place(asked["case"], asked["procedure"])

    def build(envelope: Envelope) -> SendMessage:
        return SendMessage(envelope=envelope, procedure=procedure, name=name, correlation=correlation, payload=payload)

    rule = None if stream == ORGANISATION else underway.alone(reading.store())
    return asking.submit(build, stream, rule=rule)


def _place(case: object, procedure: object) -> tuple[int, str]:
    """The stream that the message comes to, and its procedure. Raises Refused."""
    with reading.store().database.read() as connection:
        if isinstance(case, int):
            return case, _procedure(connection, case)
        found = reading.store().procedures.in_force(str(procedure), connection)
    if found is None:
        raise Refused(Reason.INVALID_DATA, f"没有生效的程序 {procedure}", f"no version of {procedure} is in force")
    return ORGANISATION, found.key


def _procedure(connection: Connection, case: int) -> str:
    """Whoever brings in messages for everybody need not know of the case otherwise."""
    found = states.standing(connection, StreamKind.CASE, case)[0]
    assert isinstance(found, Case)
    brings = reading.procedure(connection, found.version).may(MESSAGE)
    return found.procedure if me().acting_roles & set(brings) else states.case(connection, case).procedure
