"""Structured logs, one line an event, each with the id of its request; no form data, no query strings."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid

import structlog
from flask import Flask, g, request
from structlog.typing import Processor
from werkzeug.wrappers import Response

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9_.-]{8,64}")
SECRET = ("/confirm/", "/recovery/")
"""Where an address holds what only one person may know."""

log = structlog.get_logger("web")


def configure() -> None:
    """One JSON object a line on the standard error, from us and from libraries; on a terminal lines for people."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    is_watched = sys.stderr.isatty()
    rendering: Processor = (
        structlog.dev.ConsoleRenderer() if is_watched else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    foreign: list[Processor] = [*shared, structlog.processors.format_exc_info]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=rendering, foreign_pre_chain=foreign))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for chatty in ("apscheduler", "alembic", "waitress"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def install(app: Flask) -> None:
    """Give every request an id, and write one line about it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.get("request_id", "")
    if request.endpoint != "static":
        who = g.get("me")
        log.info(
            "request",
            method=request.method,
            route=request.endpoint,
            path=_path(),
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1),
            person=None if who is None else who.person.id,
        )
    return response


def _path() -> str:
    """What was asked for, without the secret of a link."""
    return next((f"{start}…" for start in SECRET if request.path.startswith(start)), request.path)
