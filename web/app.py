"""The wiring of the web product, and nothing else: settings in, a Flask application out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from storage.database import Database
from storage.submission import Store
from web import (
    access,
    asking,
    assets,
    bounds,
    csrf,
    failures,
    headers,
    identity,
    logs,
    navigation,
    notices,
    taking,
    texts,
)
from web.api import document, gate, once, problems
from web.documents import Documents
from web.pages import design, file, procedure
from web.pages.account import routes as account
from web.pages.account import tokens, two_steps
from web.pages.case import closing, team
from web.pages.case import routes as case
from web.pages.confirm import invitation
from web.pages.confirm import routes as confirm
from web.pages.inbox import routes as inbox
from web.pages.inbox import several
from web.pages.operations import health, metrics
from web.pages.operations import routes as operations
from web.pages.people import roles
from web.pages.people import routes as people
from web.pages.sign_in import recovery
from web.pages.sign_in import routes as sign_in
from web.pages.studio import file as draft_file
from web.pages.studio import routes as studio
from web.pages.studio import start
from web.pages.studio.editors import decision, form
from web.pages.studio.manifest import routes as manifest
from web.pages.task import reference, sheet
from web.pages.task import routes as task
from web.settings import Settings, place_of_files

LARGEST = 2 * 1024 * 1024
"""Bytes of a request; what a page of large forms takes it says by `bounds.takes`, one of files as it receives them."""

MOST_FIELDS = 2_000
POLL = 15
"""Seconds between two looks of an open list at whether anything is new."""

PAGES = (
    inbox.pages,
    several.pages,
    case.pages,
    team.pages,
    closing.pages,
    task.pages,
    file.pages,
    reference.pages,
    sheet.pages,
    invitation.pages,
    confirm.pages,
    procedure.pages,
    studio.pages,
    decision.pages,
    draft_file.pages,
    form.pages,
    manifest.pages,
    start.pages,
    sign_in.pages,
    recovery.pages,
    account.pages,
    people.pages,
    roles.pages,
    two_steps.pages,
    operations.pages,
    tokens.pages,
    design.pages,
    health.pages,
    metrics.pages,
)
"""One blueprint a resource."""

ROOMS = (
    logs,
    metrics,
    headers,
    identity,
    gate,
    texts,
    assets,
    taking,
    access,
    bounds,
    csrf,
    once,
    notices,
    navigation,
    failures,
    problems,
)
"""In this order requests pass through, and answers come back the other way."""


def create_app(
    settings: Settings, store: Store | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """The application; without a store it opens the database of the settings."""
    app = Flask("web", static_folder=None)
    app.config.update(
        LANGUAGE=settings.language,
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        MAX_FORM_PARTS=MOST_FIELDS,
        SETTINGS=settings,
    )
    app.extensions["zhixing"] = store or Store(Database(settings.database), now, place_of_files(settings))
    app.json = Documents(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(new_id=asking.new_id, poll=POLL)
    for pages in PAGES:
        app.register_blueprint(pages)
    document.install(app)
    for room in ROOMS:
        room.install(app)
    if settings.proxies:
        _behind(app, settings.proxies)
    return app


def _behind(app: Flask, proxies: int) -> None:
    """Believe what so many proxies in front say of the browser; nothing of it is believed otherwise."""
    wrapped: Any = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    app.wsgi_app = wrapped  # type: ignore[method-assign]  # as Flask documents it
