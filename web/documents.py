"""JSON of requests: what is nested beyond all use is as unreadable as what is broken."""

from __future__ import annotations

from typing import Any

from flask.json.provider import DefaultJSONProvider


class Documents(DefaultJSONProvider):
    """Reads and writes JSON. Raises ValueError for what cannot be read."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value that a text says."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("expected less nesting") from error
