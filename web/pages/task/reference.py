"""What a reference of a form may name, asked by its page while somebody types."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, request
from werkzeug.wrappers import Response

from web.access import signed_in
from web.acting.reference import field_of, offered
from web.sight import desk as desks

pages = Blueprint("task_reference", __name__, url_prefix="/tasks")


@pages.get("/<task>/references")
@signed_in
def offer(task: str) -> Response:
    """What a reference of the form may name; the page asks while somebody types."""
    desk = desks.open_for_me(task)
    field = field_of(desk, request.args.get("field", ""))
    if field is None or field.kind is None:
        abort(404)
    found = offered(desk, field, request.args.get("q", ""))
    return make_response({"items": [{"id": one.id, "text": one.text} for one in found]})
