"""Files that come with a request, and files that go out with an answer: never whole in memory, never run by a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, Response, current_app, request

from engine.value import File, Person
from storage import file_kind, uploads
from storage.files import MEGABYTE, PIECE, TooLarge, received
from web import reading
from web.forms import shown as showing
from web.identity import me

COUNTED_HERE = 2**62
"""No bound of the framework: `received` counts, and says what was expected."""

MOST_OF_LINK = 50
"""Files that came by one link and are not handed in."""

RUN_BY_BROWSERS = ("text/", "image/svg", "application/xml", "application/json", "message/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file whose bytes are here, as it was called."""

    digest: str
    name: str
    type: str
    size: int

    @property
    def is_shown(self) -> bool:
        """A browser may show it in place."""
        return self.type in file_kind.SHOWN


def install(app: Flask) -> None:
    """Let templates say how large a file is, how large it may be, and whether it is shown in place."""
    app.jinja_env.filters["bytes"] = showing.size
    app.jinja_env.globals.update(shown_types=file_kind.SHOWN, file_bounds=bounds)


def bounds() -> dict[str, object]:
    """What a page that takes files says of them."""
    return {"bytes": limit(), "said": f"{limit() / MEGABYTE:g} MB"}


def limit() -> int:
    """Bytes of the largest file."""
    return int(current_app.config["SETTINGS"].file_limit)


def taken(name: str, task: str = "", accept: Sequence[str] = ()) -> File:
    """Keep the body of this request as a file of whoever signed in. Raises TooLarge, Refused."""
    return _kept(me().person, name, task, accept, uploads.MOST_UNUSED)


def taken_by_link(link: str, name: str, accept: Sequence[str]) -> File:
    """Keep the body of this request as a file of whoever holds a link, and for it alone. Raises TooLarge, Refused."""
    return _kept(Person(link), name, "", accept, MOST_OF_LINK)


def _kept(whose: Person, name: str, task: str, accept: Sequence[str], most: int) -> File:
    if (request.content_length or 0) > limit():
        raise TooLarge(limit())
    request.max_content_length = COUNTED_HERE
    declared = request.headers.get("Content-Type", "")
    with received(_body(), limit()) as came:
        return uploads.keep(reading.store(), whose, came, name, declared, task, accept, most)


def given(found: Kept, *, shown: bool = False) -> Response | None:
    """The answer with the bytes of a file; None when they were erased. Only pictures and PDF are shown in place."""
    try:
        pieces = reading.store().files.read(found.digest)
    except FileNotFoundError:
        return None
    kind = file_kind.ANY if found.type.startswith(RUN_BY_BROWSERS) else found.type
    response = Response(pieces, mimetype=kind)
    response.content_length = found.size
    place = "inline" if shown and found.is_shown else "attachment"
    response.headers["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(found.name, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _body() -> Iterator[bytes]:
    return iter(lambda: request.stream.read(PIECE), b"")
