"""How large a request may be: little as a rule; a page that takes more says so, before anything of it is read."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from flask import Flask, Request, abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
Ahead = Callable[..., Response | None]
DECLARED = "zhixing_bound"

FORM = 8 * 1024 * 1024
"""Bytes of a form: the largest draft, with every Chinese character written as nine signs and every cell by its name."""

CELLS = 200_000
"""Fields of such a form."""

ARCHIVE = 20_000_000
"""Bytes of all files of a procedure in one zip."""

URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Bound:
    """How many bytes and fields a page takes, and what is asked ahead of reading them: an answer is the refusal."""

    most: int
    ahead: Ahead | None = None


class TooManyFields(RequestEntityTooLarge):
    """A form of more fields than its page takes."""

    def __init__(self, most: int, found: int) -> None:
        super().__init__()
        self.most, self.found = most, found


class Fields(FormDataParser):
    """Reads forms; the fields are counted before they are taken apart, also where the framework does not."""

    def parse(self, stream: IO[bytes], mimetype: str, *args: Any, **more: Any) -> Any:
        """The form of a request. Raises TooManyFields."""
        if mimetype == URLENCODED:
            body = stream.read()
            found = body.count(b"&") + 1
            if self.max_form_parts is not None and found > self.max_form_parts:
                raise TooManyFields(self.max_form_parts, found)
            stream = io.BytesIO(body)
        return super().parse(stream, mimetype, *args, **more)


class Bounded(Request):
    """A request whose forms are so read."""

    form_data_parser_class = Fields


def takes(most: int, ahead: Ahead | None = None) -> Callable[[View], View]:
    """Declares a page whose requests may have so many bytes, once `ahead` refuses nothing."""

    def declared(view: View) -> View:
        setattr(view, DECLARED, Bound(most, ahead))
        return view

    return declared


def install(app: Flask) -> None:
    """Bound every request; called behind the room that knows who may ask, before the body is read."""
    app.request_class = Bounded
    app.before_request(_bound)


def _bound() -> Response | None:
    if "\0" in request.path:
        abort(404)  # no database knows a thing by such a name
    if any("\0" in value for value in request.args.values()):
        abort(400)
    bound = getattr(current_app.view_functions.get(request.endpoint or ""), DECLARED, None)
    if not isinstance(bound, Bound):
        return None
    request.max_content_length = request.max_form_memory_size = bound.most
    request.max_form_parts = CELLS
    return None if bound.ahead is None else bound.ahead(**(request.view_args or {}))
