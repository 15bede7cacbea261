"""The API as a whole: its resources, and what it says of itself in OpenAPI 3.1."""

from __future__ import annotations

import http
import json
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app
from flask_smorest import Api
from flask_smorest.utils import prepare_response

from web.api import (
    absence,
    case,
    description,
    draft,
    file,
    history,
    inbox,
    instance,
    invitation,
    me,
    message,
    operation,
    organisation,
    people,
    preference,
    procedure,
    role,
    session,
    several,
    table,
    task,
)
from web.api.blueprint import CONVERTERS, HANZI_AND_ALL, PREFIX
from web.api.gate import open_to_all
from web.api.problems import MEDIA_TYPE
from web.api.shapes import Problem

RESOURCES = (
    *(
        me,
        session,
        preference,
        inbox,
        several,
        task,
        invitation,
        table,
        instance,
        case,
        history,
        message,
        procedure,
        draft,
    ),
    *(organisation, absence, people, role, operation, file),
)
PATTERNS = {"name": f"^{HANZI_AND_ALL}{{1,100}}$"}
EXTENSION = "zhixing_api"
ABOUT = (
    "Everything the pages of Zhixing can do. Refusals are problems (RFC 9457) with a sentence in Chinese and English. "
    "A write takes `Idempotency-Key`: under one key it is done once, and a repeat gets the first answer."
)
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of a person, made on their account's page"},
    "session": {"type": "apiKey", "in": "cookie", "name": "zhixing", "description": "A browser's session, with X-CSRF"},
}

pages = Blueprint("api_document", __name__)


class Described(Api):  # type: ignore[misc]  # the library has no types
    """The library's registry, with problems as what failures are answered with; they are handled elsewhere."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """`web/api/problems.py` does."""

    def _register_responses(self) -> None:
        for name, phrase in [*((s.name, s.phrase) for s in http.HTTPStatus), ("DEFAULT_ERROR", "A problem")]:
            response = {"description": phrase, "schema": Problem}
            prepare_response(response, self.spec, MEDIA_TYPE)
            self.spec.components.response(name, response, lazy=True)


def install(app: Flask) -> None:
    """Add the API to an application."""
    app.url_map.converters.update(CONVERTERS)
    app.config.update(API_TITLE="Zhixing", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    app.config["API_SPEC_OPTIONS"] = {
        "info": {"description": ABOUT},
        "components": {"securitySchemes": SECURITY},
        "security": [{"token": []}, {"session": []}],
    }
    api = Described()
    api.init_app(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name)})
    for name, converter in CONVERTERS.items():
        api.register_converter(converter, _shape(name, converter.regex))
    for resource in RESOURCES:
        api.register_blueprint(resource.pages)
    app.register_blueprint(pages)
    app.extensions[EXTENSION] = description.complete(app, api.spec.to_dict())


@pages.get(f"{PREFIX}/openapi.json")
@open_to_all
def openapi() -> Response:
    """What the API says of itself."""
    return Response(json.dumps(current_app.extensions[EXTENSION], ensure_ascii=False), mimetype="application/json")


def _name(schema: Any) -> str:
    """What a shape is called: shapes of several resources may have the same name."""
    found = schema if isinstance(schema, type) else type(schema)
    room = found.__module__.rpartition(".")[2].removesuffix("_shapes")
    return found.__name__ if room == "shapes" else room.capitalize() + found.__name__


def _shape(name: str, regex: str) -> Any:
    if name == "number":
        return lambda _: {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
    return lambda _: {"type": "string", "pattern": PATTERNS.get(name, f"^{regex}$")}
