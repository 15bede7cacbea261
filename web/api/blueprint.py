"""How a resource of the API is declared: its routes, what it reads exactly, and the types of its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from flask import abort
from flask import request as asked
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter

from engine.errors import Reason, Refused
from web.telling import plain

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
LAST, DEEPEST = 2**63 - 1, 64
CHINESE, TAGGED, ANSWER, CAREFUL = "zhixing_chinese", "zhixing_tagged", "zhixing_answer", "zhixing_careful"
HANZI_AND_ALL = r"[^/\x00-\x1f\x7f]"


class Counted(BaseConverter):
    """The id of a task, step, timer or incident: stream, revision and place."""

    regex = r"[1-9]\d{0,17}\.[1-9]\d{0,17}\.[1-9]\d{0,17}"


class Number(BaseConverter):
    """The number of a stream."""

    regex = r"[1-9]\d{0,17}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class Digest(BaseConverter):
    """The digest of a version."""

    regex = r"[0-9a-f]{64}"


class Name(BaseConverter):
    """A handle, a role, the key of a procedure or setting."""

    regex = HANZI_AND_ALL + "{1,100}"


CONVERTERS = {"counted": Counted, "number": Number, "digest": Digest, "name": Name}


class Exact(FlaskParser):
    """Reads JSON with exact numbers, and nothing that could not be stored; what nobody knows is told, not left out."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": RAISE, "query": RAISE}  # noqa: RUF012  # so declared

    def load_json(self, req: Any, schema: Any) -> Any:
        """The object of the body. Raises Refused."""
        if not req.content_length and not req.headers.get("Transfer-Encoding"):
            return {}
        if not req.is_json:
            abort(415)
        found = plain.read(req.get_data())
        if not isinstance(found, dict):
            raise Refused(Reason.INVALID_DATA, "应为 JSON 对象", "expected a JSON object")
        _storable(found)
        return found


class Resource(Blueprint):  # type: ignore[misc]  # the library has no types
    """A part of the API."""

    ARGUMENTS_PARSER = Exact()

    def route(self, rule: str, *, methods: Sequence[str] = ("GET",), zh: str = "") -> Callable[[View], View]:
        """Declares where it is found, and in Chinese what its first line says in English."""
        made: Callable[[View], View] = super().route(rule, methods=list(methods))

        def declare(view: View) -> View:
            setattr(view, CHINESE, zh)
            return made(view)

        return declare

    def arguments(self, schema: type[Schema], *, location: str = "json") -> Callable[[View], View]:
        """Declares what it reads, which comes first among its arguments."""
        made: Callable[[View], View] = super().arguments(schema, location=location)
        return made

    def response(
        self,
        status: int,
        schema: type[Schema] | dict[str, str] | None = None,
        *,
        content_type: str | None = None,
        tagged: bool = False,
    ) -> Callable[[View], View]:
        """Declares what it answers; `tagged`: with the revision of what it says."""
        made: Callable[[View], View] = super().response(status, schema, content_type=content_type)

        def declare(view: View) -> View:
            setattr(view, TAGGED, tagged)
            setattr(view, ANSWER, schema)
            return made(view)

        return declare


class Whole(fields.Integer):
    """A whole number, however it is written."""

    def _deserialize(self, value: Any, *more: Any, **data: Any) -> int:
        if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) <= LAST:
            return super()._deserialize(int(value), *more, **data)
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value) and asked.method == "GET":
            return super()._deserialize(value, *more, **data)
        raise self.make_error("invalid")


def careful(view: View) -> View:
    """Declares what replaces what was read: it is done only with `If-Match`."""
    setattr(view, CAREFUL, True)
    return view


def resource(name: str, description: str) -> Resource:
    """A part of the API, with what it is about."""
    return Resource(f"api_{name}", f"web.api.{name}", url_prefix=PREFIX, description=description)


def _storable(found: object, depth: int = 0) -> None:
    """Refuse what could not be stored: the NUL character, and objects within objects without end."""
    if depth > DEEPEST:
        zh, en = f"嵌套应不超过 {DEEPEST} 层", f"expected at most {DEEPEST} levels of nesting"
        raise Refused(Reason.INVALID_DATA, zh, en)
    match found:
        case str() if "\0" in found:
            raise Refused(Reason.INVALID_DATA, "文本中不能有空字符", "expected text without the NUL character")
        case list():
            for item in found:
                _storable(item, depth + 1)
        case dict():
            for key, item in found.items():
                _storable(key)
                _storable(item, depth + 1)
