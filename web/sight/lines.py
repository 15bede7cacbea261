"""Lines of lists as people read them: names for ids, words for moments, headings by what is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from engine import bulk
from engine.commands import AddSigner, Command, DelegateTask, ResolveTask, TransferTask
from engine.errors import Text
from engine.procedure import Procedure
from storage import case_search, coming, past_work, preferences, worklist
from storage.coming import Coming
from storage.handing import Handed, Hands
from storage.moments import NEVER
from storage.past_work import Opened
from storage.task_line import Line, Place
from web import reading, texts
from web.identity import me
from web.sight.cases import head
from web.sight.filters import SPANS, Asked, edges_now, numbered, sought, turn, wish_of
from web.translation import _

SIZE, MOST = 50, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One task as a person reads it."""

    line: Line
    number: str
    name: Text
    process: Text
    title: str
    case_number: str
    party: str
    why: str
    due: str
    tone: str
    is_new: bool
    is_mine: bool
    bulk: str
    by: str
    at: str
    said: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks under one heading."""

    span: str
    tasks: tuple[Shown, ...]
    continues: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the list, from where it `begins`; `signature` is what it is compared by, `turn` when time alone changes it."""

    groups: tuple[Group, ...]
    counts: Mapping[str, int]
    total: int
    begins: Place | None
    after: Place | None
    loaded: int
    mark: str
    signature: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A case this person opened, with the state it is in and the task that waits in it, late or not."""

    case: Opened
    title: str
    number: str
    party: str
    state: str
    at: str
    step: Text | None
    due: str
    tone: str


def waiting(asked: Asked, after: Place | None = None, size: int = SIZE) -> Listed:
    """What this person may do, as they asked for it."""
    size = min(max(size, SIZE), MOST)
    with reading.store().database.read() as connection:
        wish, edges = wish_of(connection, asked), edges_now()
        mark = worklist.mark(connection)
        lines = worklist.page(connection, wish, after, size)
        found = worklist.counts(connection, replace(wish, due=None), edges)
        counts = dict(zip(SPANS, found, strict=True))
        shown = _shown(connection, lines)
    return Listed(
        groups=tuple(_groups(shown, edges, after, by_due=not wish.newest_first)),
        counts=counts,
        total=sum(found),
        begins=after,
        after=lines[-1].place if len(lines) == size else None,
        loaded=len(lines),
        mark=mark,
        signature=worklist.signature(lines, found),
        turn=turn(asked),
    )


def done(after: Place | None, found: Mapping[str, str]) -> dict[str, Any]:
    """What this person completed."""
    with reading.store().database.read() as connection:
        lines = past_work.done(connection, me().person.id, after, SIZE, sought(connection, found))
        return {"tasks": _shown(connection, lines), "after": lines[-1].place if len(lines) == SIZE else None}


def told(after: Place | None, found: Mapping[str, str]) -> dict[str, Any]:
    """What this person was informed of."""
    with reading.store().database.read() as connection:
        lines = past_work.told(connection, me().person.id, after, SIZE, sought(connection, found))
        return {"tasks": _shown(connection, lines), "after": lines[-1].place if len(lines) == SIZE else None}


def sent(after: Place | None, found: Mapping[str, str]) -> dict[str, Any]:
    """The cases this person opened."""
    after = numbered(after)
    with reading.store().database.read() as connection:
        cases = past_work.opened(connection, me().person.id, after, SIZE, sought(connection, found))
        values = case_search.values_of(connection, [case.case for case in cases])
        first = coming.waiting(connection, [case.case for case in cases])
        rows = [_sent(connection, case, values.get(case.case, {}), first.get(case.case)) for case in cases]
    return {"cases": rows, "after": cases[-1].place if len(cases) == SIZE else None}


def _groups(shown: Sequence[Shown], edges: Sequence[int], after: Place | None, *, by_due: bool) -> Iterator[Group]:
    if not by_due:
        if shown:
            yield Group(span="newest", tasks=tuple(shown), continues=after is not None)
        return

    def span(due: int) -> str:
        return SPANS[sum(due >= edge for edge in edges)]

    before = None if after is None else span(after[0])
    for name, found in groupby(shown, key=lambda one: span(one.line.due)):
        yield Group(span=name, tasks=tuple(found), continues=name == before)


def _shown(connection: Connection, lines: Sequence[Line]) -> list[Shown]:
    keys = [line.task for line in lines]
    values = case_search.values_of(connection, sorted({line.case for line in lines if line.case is not None}))
    given = {line.task: line.given for line in lines}
    handed, seen = hands().of(connection, keys, given), preferences.read_by(connection, me().person, keys)
    return [
        _one(connection, line, values.get(line.case or 0, {}), handed.get(line.task), is_new=line.task not in seen)
        for line in lines
    ]


def _one(
    connection: Connection, line: Line, values: Mapping[str, str], handed: Handed | None, *, is_new: bool
) -> Shown:
    procedure = reading.procedure(connection, line.version)
    number, name = reading.step(procedure, line.process, line.element)
    shown = {what: values.get(field, "") for what, field in reading.shown_fields(procedure).items()}
    due, tone = texts.due(line.due)
    by = line.by or (None if handed is None else handed.person)
    at = line.closed_at or (line.offered_at if handed is None else handed.at)
    return Shown(
        line=line,
        number=number,
        name=name,
        process=reading.process_name(procedure, line.process),
        title=shown.get("title", ""),
        case_number=shown.get("number", ""),
        party=shown.get("party", ""),
        why=_why(connection, line),
        due=due,
        tone=tone,
        is_new=is_new,
        is_mine=line.holder == me().person.id,
        bulk=_bulk(procedure, line),
        by=reading.names(connection).get(by or "", ""),
        at=texts.at(at),
        said=line.message or ("" if handed is None else handed.opinion),
        way=_way(handed, reading.names(connection).get(by or "", "")),
    )


def _way(handed: Handed | None, name: str) -> str:
    """Who handed it on, and how."""
    ways: dict[type[Command] | None, str] = {
        TransferTask: _("%(name)s 转办", name=name),
        DelegateTask: _("%(name)s 委派", name=name),
        ResolveTask: _("%(name)s 交回", name=name),
        AddSigner: _("%(name)s 请求加签", name=name),
    }
    found = None if handed is None else ways.get(handed.by)
    return found or _("%(name)s 交办", name=name)


def _bulk(procedure: Procedure, line: Line) -> str:
    """What tasks have in common that may be done together; nothing for others."""
    allowed = bulk.is_bulk(procedure.model.element(line.process, line.element))
    return f"{line.version[:12]}/{line.process}/{line.element}" if allowed and line.closed_at is None else ""


def _why(connection: Connection, line: Line) -> str:
    """Why a task stands in somebody's list: their role, their name, or that of a person they deputise for."""
    if line.kind == "role":
        return texts.said(reading.role_name(connection, line.key))
    if line.kind and line.key != me().person.id:
        return _("代%(name)s", name=reading.names(connection).get(line.key, ""))
    return _("指派给我") if line.kind == "person" else ""


def _sent(connection: Connection, case: Opened, values: Mapping[str, str], first: Coming | None) -> Sent:
    shown = head(reading.procedure(connection, case.version), values)
    due, tone = texts.due(NEVER if first is None else first.at)
    return Sent(
        case=case,
        title=shown.get("title", ""),
        number=shown.get("number", ""),
        party=shown.get("party", ""),
        state=shown.get("state", ""),
        at=texts.at(case.at),
        step=None if first is None else reading.coming(connection, first),
        due=due,
        tone=tone,
    )


def hands() -> Hands:
    """Who handed tasks on, as far as this process has read it."""
    found = current_app.extensions.setdefault("zhixing_hands", Hands(reading.store().recent))
    assert isinstance(found, Hands)
    return found
