"""A link for a contact outside: made, told once, and sent when the operator named a target for mails."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

from flask import current_app, request, url_for

from engine import temporal
from engine.commands import Envelope, InviteContact
from engine.invitation import LONGEST
from engine.value import Context
from jobs import mail
from jobs.connector import Target
from storage import personal
from storage.submission import Receipt
from web import reading, texts
from web.translation import _

USUAL, MOST = 14, LONGEST.days
"""Days for which a link is good."""

LONGEST_NAME, LONGEST_MESSAGE = 100, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """For whom a link is to be, and what they are told."""

    name: str
    organisation: str = ""
    address: str = ""
    message: str = ""
    days: int = USUAL
    mailed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A link that was made: it is told now and never again. A repeat has none."""

    receipt: Receipt
    link: str
    sent: bool = False


def office() -> Target | None:
    """By what mails go; None when there is no way."""
    return mail.office(current_app.config["SETTINGS"].targets)


def address(endpoint: str, secret: str) -> str:
    """A page of ours behind a secret, as people outside reach it."""
    base = current_app.config["SETTINGS"].address or request.url_root
    return urljoin(base, url_for(endpoint, secret=secret))


def has_address() -> bool:
    """The operator said where people outside reach us, so that no request can say otherwise."""
    return bool(current_app.config["SETTINGS"].address)


def digest_of(secret: str) -> str:
    """Under what a link is known."""
    return hashlib.sha256(secret.encode()).hexdigest()


def faults(wish: Wish) -> dict[str, str]:
    """What is wrong with a wish, by field."""
    found: dict[str, str] = {}
    if not 0 < len(wish.name) <= LONGEST_NAME or not wish.name.isprintable():
        found["name"] = _("请填写联系人的姓名,不超过 %(most)s 个字。", most=LONGEST_NAME)
    if len(wish.organisation) > LONGEST_NAME or not wish.organisation.isprintable():
        found["organisation"] = _("单位名称应不超过 %(most)s 个字。", most=LONGEST_NAME)
    if (wish.address or wish.mailed) and not mail.is_address(wish.address):
        found["mail"] = _("请填写一个邮箱地址,例如 name@example.com。")
    if not 1 <= wish.days <= MOST:
        found["days"] = _("有效期应为 1 到 %(most)s 天。", most=MOST)
    if len(wish.message) > LONGEST_MESSAGE:
        found["message"] = _("附言应不超过 %(most)s 个字。", most=LONGEST_MESSAGE)
    return found


def give(task: str, wish: Wish, envelope: Envelope, title: str) -> Made:
    """Make a link and tell it; by mail too, when that is wished. Raises Refused."""
    secret = secrets.token_urlsafe(32)
    row = personal.separate(Context({"name": wish.name, "organisation": wish.organisation, "mail": wish.address}))
    until = reading.store().now() + timedelta(days=wish.days)
    command = InviteContact(
        envelope=envelope,
        task=task,
        contact=row.personal,
        digest=digest_of(secret),
        until=temporal.from_datetime(until),
        message=wish.message,
        mailed=wish.mailed,
    )
    receipt = reading.store().submit(command, [row])
    if receipt.repeated:
        return Made(receipt=receipt, link="")
    link, target = address("confirm.page", secret=secret), office()
    if not wish.mailed or target is None:
        return Made(receipt=receipt, link=link)
    text = _(
        "%(name)s,您好:\n\n请您办理“%(title)s”。\n%(message)s\n\n请在 %(until)s 前打开下面的链接,不需要账号:\n%(link)s\n\n"
        "链接只能使用一次,请不要转发给他人。如果您没有参与此事,请不要理会本邮件。",
        name=wish.name,
        title=title,
        message=wish.message,
        until=texts.said_moment(until),
        link=link,
    )
    sent = mail.send(target, wish.address, _("请您确认:%(title)s", title=title), text)
    return Made(receipt=receipt, link=link, sent=sent)
