"""Whether the process lives, and whether it can serve: for whoever runs it, without a word about data."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from storage.migrations import is_current
from web import reading
from web.access import anybody

pages = Blueprint("health", __name__, url_prefix="/health")


@pages.get("/live")
@anybody
def live() -> Response:
    """The process answers."""
    return jsonify(status="live")


@pages.get("/ready")
@anybody
def ready() -> tuple[Response, int]:
    """The database answers, and its tables are of this release."""
    database = reading.store().database
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
        if is_current(database):
            return jsonify(status="ready"), 200
    except SQLAlchemyError:
        return jsonify(status="unavailable", reason="the database does not answer"), 503
    return jsonify(status="unavailable", reason="the tables are of another release"), 503
