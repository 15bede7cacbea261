"""For whom a link is to be, what they are told, and the command that makes it: the same from a page, a program or a terminal."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from engine import temporal
from engine.commands import Envelope, InviteContact
from engine.errors import Fault, Reason, Refused, Text
from engine.invitation import LONGEST
from engine.value import Context
from jobs import mail
from storage import personal
from storage.attempt import Receipt
from storage.submission import Store

USUAL, MOST = 14, LONGEST.days
"""Days for which a link is good."""

LONGEST_NAME, LONGEST_MESSAGE = 100, 1000

EXPECTED = {
    "days": Text(f"应为 1 到 {MOST} 天", f"expected 1 to {MOST} days"),
    "message": Text(f"应不超过 {LONGEST_MESSAGE} 个字", f"expected at most {LONGEST_MESSAGE} characters"),
    "name": Text("应为可见的姓名", "expected a name that can be read"),
    "organisation": Text("应为可见的单位名称", "expected the name of an organisation that can be read"),
    "mail": Text("应为邮箱地址,例如 name@example.com", "expected a mail address, such as name@example.com"),
    "mailed": Text("还没有设置发信的邮箱", "expected a target named mail in the settings of the operator"),
}
"""What a program or a terminal is told of each field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """For whom a link is to be, and what they are told."""

    name: str
    organisation: str = ""
    address: str = ""
    message: str = ""
    days: int = USUAL
    mailed: bool = False


def digest_of(secret: str) -> str:
    """Under what a link is known."""
    return hashlib.sha256(secret.encode()).hexdigest()


def wrong(wish: Wish) -> Iterator[str]:
    """The fields with which something is wrong."""
    if not 0 < len(wish.name) <= LONGEST_NAME or not wish.name.isprintable():
        yield "name"
    if len(wish.organisation) > LONGEST_NAME or not wish.organisation.isprintable():
        yield "organisation"
    if (wish.address or wish.mailed) and not mail.is_address(wish.address):
        yield "mail"
    if not 1 <= wish.days <= MOST:
        yield "days"
    if len(wish.message) > LONGEST_MESSAGE:
        yield "message"


def sound(wish: Wish, *, can_mail: bool) -> None:
    """Raises Refused (INVALID_DATA) with every fault."""
    found = [*wrong(wish), *(["mailed"] if wish.mailed and not can_mail else [])]
    faults = tuple(Fault(name, EXPECTED[name]) for name in found)
    if faults:
        first = faults[0]
        raise Refused(Reason.INVALID_DATA, f"{first.path}:{first.text.zh}", f"{first.path}: {first.text.en}", faults)


def submit(store: Store, task: str, wish: Wish, envelope: Envelope) -> tuple[Receipt, str]:
    """Make a link, and what it holds: told now and kept nowhere; empty for a repeat. Raises Refused."""
    secret = secrets.token_urlsafe(32)
    row = personal.separate(Context({"name": wish.name, "organisation": wish.organisation, "mail": wish.address}))
    command = InviteContact(
        envelope=envelope,
        task=task,
        contact=row.personal,
        digest=digest_of(secret),
        until=temporal.from_datetime(store.now() + timedelta(days=wish.days)),
        message=wish.message,
        mailed=wish.mailed,
    )
    receipt = store.submit(command, [row])
    return receipt, "" if receipt.repeated else secret
