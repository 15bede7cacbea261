"""A link for a contact outside: made, told once, and sent when the operator named a target for mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

from flask import current_app, request, url_for

from engine.commands import Envelope
from jobs import mail
from jobs.connector import Target
from storage.attempt import Receipt
from web import reading, texts
from web.translation import _
from web.wish import LONGEST_MESSAGE, LONGEST_NAME, MOST, Wish, submit, wrong


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


def faults(wish: Wish) -> dict[str, str]:
    """What is wrong with a wish, by field."""
    said = {
        "name": _("请填写联系人的姓名,不超过 %(most)s 个字。", most=LONGEST_NAME),
        "organisation": _("单位名称应不超过 %(most)s 个字。", most=LONGEST_NAME),
        "mail": _("请填写一个邮箱地址,例如 name@example.com。"),
        "days": _("有效期应为 1 到 %(most)s 天。", most=MOST),
        "message": _("附言应不超过 %(most)s 个字。", most=LONGEST_MESSAGE),
    }
    return {name: said[name] for name in wrong(wish)}


def give(task: str, wish: Wish, envelope: Envelope, title: str) -> Made:
    """Make a link and tell it; by mail too, when that is wished. Raises Refused."""
    receipt, secret = submit(reading.store(), task, wish, envelope)
    if not secret:
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
        until=texts.said_moment(reading.store().now() + timedelta(days=wish.days)),
        link=link,
    )
    sent = mail.send(target, wish.address, _("请您确认:%(title)s", title=title), text)
    return Made(receipt=receipt, link=link, sent=sent)
