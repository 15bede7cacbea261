"""The signature of a task that asks for one: whoever hands it in proves themselves for that command; the proof goes into its envelope."""

from __future__ import annotations

from engine import signature
from engine.changed import replace
from engine.commands import Envelope
from engine.words import Stage
from storage.answered import answer_to
from web import proving, reading
from web.acting.allowed import Standing, standing
from web.sight.desk import Desk


def asked(desk: Desk, found: Standing | None = None) -> bool:
    """This person signs when they hand the task in, or give the opinion that is asked of them."""
    if desk.task is None or not signature.is_signed(desk.element):
        return False
    found = found or standing(desk)
    return found.may_do or (desk.task.stage is Stage.SIGNING and found.has("resolve"))


def proven(desk: Desk, envelope: Envelope, password: str, code: str) -> Envelope:
    """The envelope with the proof where one is asked for; a repeat gets its first answer. Raises Refused (NOT_PROVEN).

    Who may not do the task is told so by the engine, and asked for nothing.
    """
    if not asked(desk) or answer_to(reading.store().database, envelope.id) is not None:
        return envelope
    return replace(envelope, proof=proving.proof(password, code))
