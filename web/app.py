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
from web.pages import (
    account,
    case,
    case_team,
    confirm,
    design,
    file,
    health,
    inbox,
    invitation,
    metrics,
    operations,
    people,
    procedure,
    recovery,
    roles,
    several,
    sign_in,
    studio,
    studio_decision,
    studio_file,
    studio_form,
    studio_row,
    studio_start,
    task,
    task_reference,
    task_sheet,
    tokens,
    two_steps,
)
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
    case_team.pages,
    task.pages,
    file.pages,
    task_reference.pages,
    task_sheet.pages,
    invitation.pages,
    confirm.pages,
    procedure.pages,
    studio.pages,
    studio_decision.pages,
    studio_file.pages,
    studio_form.pages,
    studio_row.pages,
    studio_start.pages,
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
