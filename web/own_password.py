"""One's own password, asked for once more before something that it protects is changed."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from storage import accounts
from web import passwords, reading
from web.identity import me
from web.translation import _

TRIES, SPAN = 10, timedelta(minutes=10)
"""How many passwords one person tries in one span of time, on all pages and by programs together: a session left open is no place to guess."""


class Try(Enum):
    """How it went."""

    FITS = auto()
    WRONG = auto()
    TOO_OFTEN = auto()


def tried(given: str) -> Try:
    """Whether what was given is one's own password; every try counts."""
    store, mine = reading.store(), me()
    if not accounts.admitted(store.database, f"own:{mine.person.id}", store.now(), TRIES, SPAN):
        return Try.TOO_OFTEN
    return Try.FITS if passwords.fits(mine.account.password, given) else Try.WRONG


def fault(given: str) -> str:
    """What is wrong with what was given as one's password; empty when it fits."""
    match tried(given):
        case Try.FITS:
            return ""
        case Try.WRONG:
            return _("现在的密码不正确。")
        case Try.TOO_OFTEN:
            return _("尝试次数太多,请等十分钟再试。")
