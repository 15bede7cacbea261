"""Which command ids were answered by what, compared with the entries and refusals that answered them."""

from __future__ import annotations

import json

from sqlalchemy import Connection, or_, select

from engine.errors import Text
from storage import schema
from storage.report import Report, of_entry, of_refusal, said

READ_AHEAD = 1_000
NOWHERE = 0
"""The stream of a command that was refused and belonged to none."""

_received, _entry, _refusal, _disposed = schema.received, schema.entry, schema.refusal, schema.disposed


def check(connection: Connection, only: int | None, report: Report) -> None:
    """Each refusal has its command id, and each command id what answered it; entries look for theirs themselves."""
    _refusals(connection, only, report)
    _without_entry(connection, only, report)
    _without_refusal(connection, only, report)


def _refusals(connection: Connection, only: int | None, report: Report) -> None:
    query = select(_refusal.c.refusal_no, _refusal.c.body, _received.c.key, _received.c.stream_no, _received.c.revision)
    query = query.select_from(_refusal.outerjoin(_received, _received.c.refusal_no == _refusal.c.refusal_no))
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(query.order_by(_refusal.c.refusal_no))
    for row in rows:
        named = _named(row.body)
        if named is None or (only is not None and only not in (named[1], row.stream_no)):
            continue
        if row.key is None:
            en = ": its command id is not kept, so the refusal does not show"
            report.find(of_refusal(row.refusal_no), ":命令编号未保留,该拒绝不会显示", en)
        elif named != (row.key, row.stream_no, row.revision):
            en = ": its command id is kept for another command or stream"
            report.find(of_refusal(row.refusal_no), ":命令编号记在另一命令或另一流名下", en)


def _named(body: bytes) -> tuple[str, int, int] | None:
    """The row that a refusal should have; None for a changed body, which the chain names."""
    try:
        found = json.loads(bytes(body))
        return str(found["command"]), int(found["stream"] or NOWHERE), 0
    except (ValueError, KeyError, TypeError):
        return None


def _without_entry(connection: Connection, only: int | None, report: Report) -> None:
    there = (_entry.c.stream_no == _received.c.stream_no) & (_entry.c.revision == _received.c.revision)
    joined = _received.outerjoin(_entry, there).outerjoin(_disposed, _disposed.c.stream_no == _received.c.stream_no)
    query = select(_received.c.key, _received.c.stream_no, _received.c.revision).select_from(joined)
    query = query.where(_received.c.refusal_no.is_(None), _entry.c.revision.is_(None))
    query = query.where(or_(_disposed.c.revision.is_(None), _disposed.c.revision < _received.c.revision))
    for row in connection.execute(query if only is None else query.where(_received.c.stream_no == only)):
        _dangling(row.key, of_entry(row.stream_no, row.revision), report)


def _without_refusal(connection: Connection, only: int | None, report: Report) -> None:
    query = select(_received.c.key, _received.c.refusal_no).select_from(
        _received.outerjoin(_refusal, _refusal.c.refusal_no == _received.c.refusal_no)
    )
    query = query.where(_received.c.refusal_no.is_not(None), _refusal.c.refusal_no.is_(None))
    for row in connection.execute(query if only is None else query.where(_received.c.stream_no == only)):
        _dangling(row.key, of_refusal(row.refusal_no), report)


def _dangling(key: str, answer: Text, report: Report) -> None:
    place = said(answer, f":命令编号「{key}」", f": command id {key}")
    report.find(place, "以此为答复,但它并不存在", " is answered by it, but it is not there")
