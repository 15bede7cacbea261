"""A request that is too large is refused at its first bytes, in a sentence, before anything of it is kept."""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

from storage.files import MEGABYTE


class Refusal(RequestEntityTooLarge):  # type: ignore[misc]  # the server has no types
    """What is said of it."""

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """The sentence in both languages."""
        text = f"应不超过 {self.body} MB;没有保存任何部分。\nexpected at most {self.body} MB; nothing of it was kept\n"
        return f"{self.code} {self.reason}", [("Content-Type", "text/plain; charset=utf-8")], text.encode()


class Parser(HTTPRequestParser):  # type: ignore[misc]  # the server has no types
    """Reads requests; says what was expected of one that is too large."""

    error: Any

    def received(self, data: bytes) -> int:
        """More of a request."""
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge) and not isinstance(self.error, Refusal):
            self.error = Refusal(f"{self.adj.max_request_body_size / MEGABYTE:.0f}")
        return consumed


class Channel(HTTPChannel):  # type: ignore[misc]  # the server has no types
    """A connection whose requests are so read."""

    parser_class = Parser


def said_by(server: Any) -> Any:
    """The same server, which says what it expected."""
    for one in (server, *(getattr(server, "map", None) or {}).values()):  # one for each address
        if hasattr(one, "channel_class"):
            one.channel_class = Channel
    return server
