"""The built front end: files with hashed names, kept by browsers for ever, named by a manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, has_request_context, request, send_from_directory, url_for
from markupsafe import Markup

from web.access import anybody

BUILT = Path(__file__).parent / "static" / "built"
FOR_EVER = "public, max-age=31536000, immutable"


class NotBuilt(RuntimeError):
    """The front end was not built yet."""


@lru_cache(maxsize=1)
def manifest() -> Mapping[str, Mapping[str, str | None]]:
    """What was built, by name. Raises NotBuilt."""
    try:
        found: Mapping[str, Mapping[str, str | None]] = json.loads((BUILT / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise NotBuilt("expected web/static/built: run `make run`, or `python -m web.building`") from None
    return found


def asset(name: str) -> str:
    """The address of a bundle, of the stylesheet or of the icons."""
    return url_for("static", filename=manifest()[name]["file"])


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; one that says nothing by itself is hidden from screen readers."""
    return _icon(name, label, request.script_root if has_request_context() else "")


@lru_cache(maxsize=1_024)
def _icon(name: str, label: str, _root: str) -> Markup:
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>').format(spoken, asset("icons"), name)


def install(app: Flask) -> None:
    """Serve what was built, and let templates name it."""
    manifest()
    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.add_url_rule("/static/<path:filename>", "static", anybody(_file))


def _file(filename: str) -> Response:
    """A built file, compressed when it was built so and the browser reads that."""
    if "/" in filename or filename.startswith(".") or filename.endswith((".gz", ".json")):
        abort(404)
    squeezed = request.accept_encodings["gzip"] > 0 and (BUILT / f"{filename}.gz").is_file()
    response = send_from_directory(BUILT, f"{filename}.gz" if squeezed else filename, conditional=True)
    if squeezed:
        kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
        response.headers["Content-Type"] = f"{kinds[Path(filename).suffix]}; charset=utf-8"
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER
    response.vary.add("Accept-Encoding")
    return response
