"""What OpenAPI says beyond the library: scopes, keys, revisions, every way to say no, a sample of everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask

from engine.errors import Text
from web.api import once, problems
from web.api.blueprint import CAREFUL, CHINESE, TAGGED
from web.api.gate import scope_of
from web.api.problems import MEDIA_TYPE, REASONS, SAID, TYPE
from web.api.samples import of_name, sample

Operation = dict[str, Any]
NAMES = {
    **{401: "Unknown", 403: "NotAllowed", 404: "NotThere", 409: "Otherwise", 412: "Changed", 413: "TooLarge"},
    **{415: "NoJson", 422: "Unsuitable", 428: "Unread", 429: "TooMany", 503: "NoDatabase"},
}
KEY = {
    "in": "header",
    "name": once.KEY,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": once.LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "Names this request: asked again under the same key it is not done again and gets the first answer; "
    "another request under it is refused (422).",
    "example": "crm-4711",
}
TAG = {"type": "string", "pattern": '^"[0-9]+(-[0-9]+)?"$'}


def complete(app: Flask, spec: dict[str, Any]) -> dict[str, Any]:
    """The description with all of it."""
    schemas, answers = spec["components"]["schemas"], spec["components"].setdefault("responses", {})
    for status, name in NAMES.items():
        answers[name] = _problem(status, SAID[status])
    for endpoint, path, method, found in _operations(app, spec):
        view = app.view_functions[endpoint]
        found["operationId"] = endpoint.removeprefix("api_").replace(".", "_")
        chinese = getattr(view, CHINESE, "")
        found["description"] = f"{chinese}{'。' if chinese else ''}Scope: `{scope_of(app, endpoint)}`."
        found.setdefault("parameters", []).extend(_headers(app, endpoint, method, found["responses"]))
        _say_no(found, method, spec["paths"][path], careful=getattr(view, CAREFUL, False))
        if getattr(view, TAGGED, False):
            _tag(found)
        _exemplify(found, spec["paths"][path], schemas)
    return spec


def _operations(app: Flask, spec: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Operation]]:
    """Endpoint, path, method and description of every operation."""
    endpoints = {
        (_plain(rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        if scope_of(app, rule.endpoint) is not None
        for method in rule.methods or ()
    }
    for path, methods in spec["paths"].items():
        for method, found in methods.items():
            if method != "parameters":
                yield endpoints[path, method], path, method, found


def _plain(rule: str) -> str:
    """A rule as OpenAPI writes it."""
    parts = [part.partition(">") for part in rule.split("<")]
    return parts[0][0] + "".join(f"{{{inside.rpartition(':')[2]}}}{rest}" for inside, _, rest in parts[1:])


def _headers(app: Flask, endpoint: str, method: str, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    if method == "get":
        if not getattr(app.view_functions[endpoint], TAGGED, False):
            return []
        return [_header("If-None-Match", "The `ETag` of an answer that is known: 304 while it still holds.")]
    careful = getattr(app.view_functions[endpoint], CAREFUL, False)
    if not careful and (not once.is_command(app, endpoint) or "201" in answers):
        return [KEY]
    text = "The `ETag` of what was read: 412 when somebody was faster."
    return [KEY, _header("If-Match", f"{text} Without it 428." if careful else text)]


def _header(name: str, text: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": False,
        "schema": {"type": "string"},
        "description": text,
        "example": '"7-12"',
    }


def _say_no(found: Operation, method: str, path: Mapping[str, Any], *, careful: bool) -> None:
    """Which problems it may be answered with."""
    answers, body = found["responses"], "requestBody" in found
    where = {
        **{401: True, 403: True, 404: "parameters" in path, 409: method != "get", 429: True, 503: True},
        **{412: any(one.get("name") == "If-Match" for one in found["parameters"]), 428: careful},
        **{413: body, 415: body, 422: method != "get" or "422" in answers},
    }
    answers |= {str(code): {"$ref": f"#/components/responses/{NAMES[code]}"} for code, does in where.items() if does}


def _tag(found: Operation) -> None:
    told = {"ETag": {"description": "The revision of what is said", "schema": TAG}}
    found["responses"]["200"]["headers"] = told
    found["responses"]["304"] = {"description": "What is known still holds", "headers": told}


def _exemplify(found: Operation, path: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    for one in (*path.get("parameters", ()), *found["parameters"]):
        if "$ref" not in one:
            one.setdefault("example", sample(one["schema"], schemas, one["name"]))
    contents = [
        found.get("requestBody", {}),
        *(found["responses"][code] for code in ("200", "201") if code in found["responses"]),
    ]
    for content in contents:
        told = content.get("content", {}).get("application/json")
        if told is not None:
            told["example"] = sample(told["schema"], schemas)


def _problem(status: int, text: Text) -> dict[str, Any]:
    reason = REASONS.get(status)
    example = {
        "type": TYPE + (str(reason) if reason is not None else str(status)),
        "title": text.zh,
        "status": status,
        "detail": text.zh,
        "reason": None if reason is None else str(reason),
        "text": {"zh": text.zh, "en": text.en},
        "faults": [{"path": "to", "text": {"zh": "必须填写", "en": "expected a value, but it is missing"}}]
        if status == 422
        else [],
        "request": of_name("request"),
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    said = f"{text.zh}。{problems.sentence(text.en)}"
    return {"description": said, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
