"""Whoever has signed in proves themselves anew: by password or a code of their telephone; what is wrong counts as at the sign-in."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from engine.errors import Fault, Reason, Refused, Text
from engine.value import Person
from engine.words import Proof
from storage import accounts, second_factor
from web import passwords, reading, telephone_codes
from web.identity import me
from web.logs import log

OF_ADDRESS, OF_HANDLE, SPAN = 60, 15, timedelta(minutes=10)
"""How many passwords and codes are tried from one address and for one handle in one span of time, wherever they are asked for."""

LONGEST_CODE = 40
FIELD = "password"
EMPTY = Text("请填写密码或动态码", "expected your password or a code")
WRONG = Text(
    "密码或动态码不正确(动态码只能用一次);连续五次错误后,账号会锁定十五分钟",
    "expected your password or a new code of your telephone; after five wrong ones in a row the account is locked for fifteen minutes",
)
LOCKED = Text(
    "连续五次错误,账号已锁定,请过十五分钟再试",
    "the account is locked after five wrong tries in a row: try again in fifteen minutes",
)
TOO_OFTEN = Text("尝试次数太多,请等十分钟再试", "expected fewer tries: try again in ten minutes")


def admitted(handle: str) -> bool:
    """Count one try for the handle, from the address that asks; False when there were too many."""
    store, now = reading.store(), reading.store().now()
    return all([accounts.admitted(store.database, key, now, limit, SPAN) for key, limit in _keys(handle)])


def by_telephone(person: Person, code: str) -> bool:
    """It is the present code of the person's telephone, and is used by this."""
    store = reading.store()
    with store.database.read() as connection:
        factor = second_factor.of(connection, person)
    if factor is None or not factor.confirmed:
        return False
    step = telephone_codes.step_of(factor.secret, code, store.now())
    return step is not None and second_factor.take(store.database, person, step)


def has_telephone() -> bool:
    """Whoever asks may give a code instead of the password."""
    with reading.store().database.read() as connection:
        factor = second_factor.of(connection, me().person)
    return factor is not None and factor.confirmed


def proof(password: str, code: str) -> Proof:
    """By what whoever asks proved themselves just now. Raises Refused (NOT_PROVEN) with the sentence at its field."""
    mine, store = me(), reading.store()
    if not (password or code):
        raise _refused(EMPTY)
    if mine.account.locked_until > store.now():
        raise _refused(LOCKED)
    if not admitted(mine.handle):
        raise _refused(TOO_OFTEN)
    found = _found(password, plain(code))
    if found is None:
        accounts.failed(store.database, mine.person, store.now())
        log.warning("signature refused", address=request.remote_addr)
        raise _refused(WRONG)
    accounts.proved(store.database, mine.person, [key for key, _limit in _keys(mine.handle)])
    return found


def plain(given: str) -> str:
    """A code as it is kept: people type spaces between its groups, and telephones make the first letter large."""
    return "".join(given.split()).casefold()[:LONGEST_CODE]


def _found(password: str, code: str) -> Proof | None:
    if code and by_telephone(me().person, code):
        return Proof.CODE
    return Proof.PASSWORD if password and passwords.fits(me().account.password, password) else None


def _keys(handle: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"address:{request.remote_addr}", OF_ADDRESS), (f"handle:{handle[:100]}", OF_HANDLE)


def _refused(text: Text) -> Refused:
    return Refused(Reason.NOT_PROVEN, text.zh, text.en, (Fault(FIELD, text),))
