"""The places of the product, in the order of the navigation; whoever may not have one does not see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, request

from web.access import may
from web.translation import lazy


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation; `within` are other endpoints that belong to it."""

    endpoint: str
    text: str
    icon: str
    group: str = "work"
    within: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """The page that is shown belongs to it: the same blueprint, unless another place names the endpoint."""
        here = request.endpoint or ""
        return here == self.endpoint or here in self.within


PLACES = (
    Place("inbox.waiting", lazy("待办"), "inbox", within=("inbox.done", "inbox.sent", "inbox.told", "task.one")),
    Place(
        "case.every",
        lazy("项目"),
        "folder2-open",
        within=("case.one", "case.history", "case.at", "case.moment", "case.new"),
    ),
    Place(
        "procedure.every",
        lazy("程序"),
        "journal-text",
        within=(
            *(f"procedure.{name}" for name in ("one", "process", "rules", "decisions", "versions")),
            *(f"studio.{name}" for name in ("draft", "diagram", "settings")),
            "studio_form.one",
        ),
    ),
    Place(
        "operations.overview",
        lazy("运行"),
        "gear",
        "keep",
        within=tuple(f"operations.{name}" for name in ("incidents", "jobs", "timers", "milestones", "messages")),
    ),
    Place(
        "people.every",
        lazy("人员与账号"),
        "people",
        "keep",
        within=tuple(f"people.{name}" for name in ("one", "new", "add", "grant", "revoke", "appoint", "dismiss")),
    ),
    Place("roles.every", lazy("角色"), "person-check", "keep"),
)


def places() -> Iterator[Place]:
    """The places that whoever asks may have."""
    return (place for place in PLACES if may(place.endpoint))


def install(app: Flask) -> None:
    """Let the layout show them."""
    app.jinja_env.globals["places"] = lambda: list(places())
