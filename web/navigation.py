"""The places of the product, in the order of the navigation; whoever may not have one does not see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, request

from web import onward
from web.access import may
from web.translation import lazy


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation; `rooms` are the blueprints of the pages that belong to it."""

    endpoint: str
    text: str
    icon: str
    rooms: tuple[str, ...]
    group: str = "work"

    @property
    def is_here(self) -> bool:
        """The page that is shown belongs to it."""
        return request.blueprint in self.rooms


STUDIO = ("studio", "studio_decision", "studio_file", "studio_form", "studio_row", "studio_start")

PLACES = (
    Place("inbox.waiting", lazy("待办"), "inbox", ("inbox", "task", "several", "invitation")),
    Place("case.every", lazy("项目"), "folder2-open", ("case", "case_team", "case_closing", "file")),
    Place("procedure.every", lazy("程序"), "journal-text", ("procedure", *STUDIO)),
    Place("operations.overview", lazy("运行"), "gear", ("operations",), "keep"),
    Place("people.every", lazy("人员与账号"), "people", ("people",), "keep"),
    Place("roles.every", lazy("角色"), "person-check", ("roles",), "keep"),
)


def places() -> Iterator[Place]:
    """The places that whoever asks may have."""
    return (place for place in PLACES if may(place.endpoint))


def install(app: Flask) -> None:
    """Let the layout show them."""
    app.jinja_env.globals["this_page"] = onward.here
    app.jinja_env.globals["places"] = lambda: list(places())
