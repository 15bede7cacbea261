"""Tasks as the lists of a person's page show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, select

from storage import schema
from storage.moments import NEVER
from storage.schema import task

Place: TypeAlias = tuple[int, str]
"""Where a page ends: the number it is ordered by, and the id."""

_OF_TASKS = (
    select(task, schema.instance.c.version)
    .join(schema.instance, schema.instance.c.stream_no == task.c.stream_no)
    .where(task.c.task.in_(bindparam("tasks", expanding=True)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task as a list shows it; `given` is the entry by which somebody last gave it to another."""

    task: str
    stream: int
    case: int | None
    process: str
    element: str
    version: str
    kind: str
    key: str
    due: int
    offered_at: int
    order: int
    stage: str
    holder: str | None = None
    closed_at: int | None = None
    by: str | None = None
    message: str = ""
    given: int | None = None

    @property
    def place(self) -> Place:
        """Where a page that ends with this line ends."""
        return self.order, self.task


def lines(connection: Connection, found: dict[str, Row[Any]]) -> Iterator[Line]:
    """The tasks with these ids, each with what its list says of it besides: its order, how it came to the person, who wrote."""
    rows = {row.task: row for row in connection.execute(_OF_TASKS, {"tasks": list(found)})}
    for key, place in found.items():
        row = rows.get(key)
        if row is None:
            continue
        yield Line(
            task=key,
            stream=row.stream_no,
            case=row.case_no,
            process=row.process,
            element=row.element,
            version=row.version,
            kind=getattr(place, "kind", ""),
            key=getattr(place, "key", ""),
            due=NEVER if row.due is None else row.due,
            offered_at=row.offered_at,
            order=place.order,
            stage=row.stage,
            holder=row.holder,
            closed_at=getattr(place, "told_at", row.closed_at),
            by=getattr(place, "by", None),
            message=getattr(place, "message", ""),
            given=row.given,
        )
