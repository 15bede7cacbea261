"""Where a task stands: the drawing of its process with what is done and what is open, for whoever may know of the task."""

from __future__ import annotations

from dataclasses import replace

from engine.words import StreamKind
from web import reading
from web.sight import dossier, drawing
from web.sight.desk import Desk
from web.sight.dossier import Dossier
from web.sight.drawing import Drawing
from web.translation import _


def drawings(desk: Desk) -> list[Drawing]:
    """The process of the task first and open, then the others that its run has entered."""
    stream = desk.instance.stream
    with reading.store().database.read() as connection:
        known = dossier.courses()
        course = known.of(connection, StreamKind.INSTANCE, stream, desk.instance.revision)
        order = known.order([course])
        found = Dossier(
            connection=connection,
            number=desk.row.case_no or stream,
            place=len(order),
            order=order,
            courses={stream: course},
            people=desk.names.people,
            zone=desk.names.zone,
        )
        made = drawing.drawings(found, desk.instance)
    mine = {"element": desk.row.element, "said": _("本任务")}
    own = [
        replace(one, is_open=True, marks={**one.marks, "mine": mine}) for one in made if one.process == desk.row.process
    ]
    return [*own, *(replace(one, is_open=False) for one in made if one.process != desk.row.process)]
