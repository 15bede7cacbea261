"""What was typed to sign a task on its page: one field takes the password, or the code of a telephone."""

from __future__ import annotations

import re

from flask import request

from engine.commands import Envelope
from web import proving
from web.acting import signature
from web.sight.desk import Desk

DIALOG = "dialog-"
CODE = re.compile(r"\s*(?:\d\s*){6}")
"""Six digits, which no password is: those are longer."""


def proven(desk: Desk, envelope: Envelope) -> Envelope:
    """The envelope with the proof where the task asks for one. Raises Refused (NOT_PROVEN)."""
    given = next((found for found in request.form.getlist(proving.FIELD) if found), "")
    return signature.proven(desk, envelope, given, given if CODE.fullmatch(given) else "")


def is_in_dialog() -> bool:
    """It was typed in a dialog, where what is wrong with it is told."""
    return request.headers.get("HX-Target", "").startswith(DIALOG)
