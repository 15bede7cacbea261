"""How large a request may be: little as a rule; a page that takes more says so, before anything of it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "zhixing_bound"

FORM = 8 * 1024 * 1024
"""Bytes of a form: the largest draft, with every Chinese character written as nine signs and every cell by its name."""

ARCHIVE = 20_000_000
"""Bytes of all files of a procedure in one zip."""


def takes(most: int) -> Callable[[View], View]:
    """Declares a page whose requests may have so many bytes."""

    def declared(view: View) -> View:
        setattr(view, DECLARED, most)
        return view

    return declared


def install(app: Flask) -> None:
    """Bound every request; called behind the room that knows who may ask, before the body is read."""
    app.before_request(_bound)


def _bound() -> None:
    most = getattr(current_app.view_functions.get(request.endpoint or ""), DECLARED, None)
    if most is not None:
        request.max_content_length = request.max_form_memory_size = most
