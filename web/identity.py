"""Who asks: the person of the session whose cookie came with the request, read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app, g, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import temporal
from engine.errors import Text
from engine.value import Person
from storage import accounts
from storage.accounts import Account, Session, Visitor
from storage.worklist import Wish
from web import reading


@dataclass(frozen=True, kw_only=True)
class Me:
    """A person who has signed in, with company-wide roles and those for whom they act today."""

    person: Person
    handle: str
    name: str
    account: Account
    session: Session
    roles: frozenset[str]
    principals: tuple[Person, ...]
    their_roles: frozenset[str]

    @cached_property
    def titles(self) -> tuple[Text, ...]:
        """What the company-wide roles are called."""
        with reading.store().database.read() as connection:
            return tuple(reading.role_name(connection, role) for role in sorted(self.roles))

    @property
    def acting_roles(self) -> frozenset[str]:
        """The company-wide roles in which this person may act today, also as a deputy."""
        return self.roles | self.their_roles

    @property
    def initial(self) -> str:
        """What stands for the person in a small circle."""
        return self.name[:1]

    def wish(self) -> Wish:
        """Everything this person may do."""
        return Wish(
            mine=self.person.id,
            roles=sorted(self.roles),
            for_others=[person.id for person in self.principals],
            their_roles=sorted(self.their_roles),
        )


def visitor() -> Me | None:
    """Who asks, or None."""
    found: Me | None = g.get("me")
    return found


def me() -> Me:
    """Who asks, on a page that needs a sign-in."""
    found = visitor()
    assert found is not None, "expected a page that declares who may have it"
    return found


def install(app: Flask) -> None:
    """Read who asks before every page, and let pages speak of them."""
    app.before_request(_recognise)
    app.context_processor(lambda: {"me": visitor()})


def cookie_name() -> str:
    """The prefix makes browsers refuse it from anybody but this very host, over TLS."""
    return "__Host-zhixing" if current_app.config["SESSION_COOKIE_SECURE"] else "zhixing"


def remember(response: Response, token: str) -> None:
    """Give the browser the cookie of a session."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=accounts.LONGEST,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(cookie_name(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)


def token() -> str:
    """The cookie of the session, as it came."""
    return request.cookies.get(cookie_name(), "")


def _recognise() -> None:
    g.me = None
    if request.endpoint == "static" or not token():
        return
    store = reading.store()
    with store.database.glance() as connection:
        found = accounts.visitor(connection, token(), store.now())
        if found is None:
            return
        g.me = known(connection, found)
    accounts.seen(store.database, found.session, store.now())


def known(connection: Connection, found: Visitor) -> Me:
    """Who it is that was found, with what they may do today."""
    company, person = reading.organisation_at(connection, found.organisation), found.session.person
    g.zone = temporal.zone(company.working.zone)
    roles = frozenset(role for role, held in company.roles.items() if person in held)
    principals = company.principals(person, company.today(reading.store().now()))
    return Me(
        person=person,
        handle=found.handle,
        name=found.name,
        account=found.account,
        session=found.session,
        roles=roles,
        principals=principals,
        their_roles=frozenset(role for role, held in company.roles.items() if set(principals) & set(held)),
    )
