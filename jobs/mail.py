"""A mail to one person, through the target that the operator called `mail`."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jobs.connector import Target
from jobs.connectors.notify import note

NAME = "mail"
SCHEMES = ("mailto", "mailtos")
ELSEWHERE = frozenset({"to", "cc", "bcc", "format"})
"""What an address of a target may say that is said here for each mail."""

LONGEST = 254
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
)

log = logging.getLogger(__name__)


def is_address(text: str) -> bool:
    """The text is one mail address, and nothing else that a mail server would read."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None


def office(targets: Mapping[str, Target]) -> Target | None:
    """By what mails to people go; None when the operator named none."""
    found = targets.get(NAME)
    return found if found is not None and urlsplit(found.url).scheme in SCHEMES else None


def send(target: Target, to: str, subject: str, text: str) -> bool:
    """Send a mail; False when it was not taken. Nothing of what it says is logged."""
    if not is_address(to):
        return False
    try:
        taken = note(_addressed(target.url, to), subject, text)
    except Exception as error:
        log.warning("a mail was not sent: %s", type(error).__name__)
        return False
    if not taken:
        log.warning("a mail was not taken by target %s", target.name)
    return bool(taken)


def post(target: Target, to: str, subject: str, text: str) -> None:
    """Send a mail without waiting, so that whoever asks learns nothing from how long it takes."""
    threading.Thread(target=send, args=(target, to, subject, text), name="mail", daemon=True).start()


def _addressed(url: str, to: str) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ELSEWHERE]
    query = urlencode([*kept, ("to", to), ("format", "text")])
    return urlunsplit((parts.scheme, parts.netloc, "", query, ""))
