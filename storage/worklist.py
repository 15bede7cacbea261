"""What a person may do, as a list. Its cost does not depend on what was ever closed.

It is read by keyset: a page begins behind the place where the one before ended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from storage import case_search, schema
from storage.batch import Prepared, find
from storage.moments import NEVER
from storage.schema import inbox, task
from storage.staffing import ROLE, TEAM
from storage.task_line import Line, Place, lines

Query: TypeAlias = Select[Any]

LONGEST_COUNT = 10_000
"""More than so many tasks of one person are not counted."""

LONGEST_CASE = 200
"""Among so many open tasks of a case the next one is looked for."""

KNOWN = 512
"""For so many wishes used last the queries are kept."""

_MARK = select(
    select(func.max(schema.unsealed.c.unsealed_no)).scalar_subquery(),
    select(func.max(schema.position.c.position)).scalar_subquery(),
)
_OF_CASE = (
    select(inbox.c.task)
    .where(inbox.c.case_no == bindparam("case"), inbox.c.task != bindparam("but"))
    .distinct()
    .limit(LONGEST_CASE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose tasks, and which of them.

    `mine` is the person, `for_others` those they deputise for, each with company-wide roles. `why` is `mine`, `role`,
    `deputy` or empty; `steps` are elements whose name contains the text; `due` is a half-open range of moments.
    """

    mine: str
    roles: Sequence[str]
    for_others: Sequence[str] = ()
    their_roles: Sequence[str] = ()
    why: str = ""
    process: str = ""
    text: str = ""
    steps: Sequence[str] = ()
    due: tuple[int, int] | None = None
    newest_first: bool = False


def page(connection: Connection, wish: Wish, after: Place | None = None, size: int = 50) -> list[Line]:
    """The next tasks this person may do."""
    found: dict[Place, Row[Any]] = {}
    behind = {} if after is None else {"order": after[0], "key": after[1]}
    for query in _pages(_kept(wish), size, begins=after is None):
        for row in connection.execute(query, behind):
            found.setdefault((row.order, row.task), row)
    chosen = [found[place] for place in sorted(found)[:size]]
    return list(lines(connection, {row.task: row for row in chosen}))


def counts(connection: Connection, wish: Wish, edges: Sequence[int]) -> list[int]:
    """How many tasks fall between the edges, up to the first and from the last on, in one statement."""
    values = {f"edge{place}": edge for place, edge in enumerate(edges)}
    return [int(one) for one in connection.execute(_counting(_kept(wish), len(edges)), values).one()]


@lru_cache(maxsize=KNOWN)
def _counting(wish: Wish, edges: int) -> Query:
    found = _together(_filtered(query, wish).limit(LONGEST_COUNT) for query in _sources(wish))
    once = select(found.c.task, func.min(found.c.due).label("due")).group_by(found.c.task).subquery()
    named = (bindparam(f"edge{place}", type_=BigInteger) for place in range(edges))
    bounds = [literal(-1, BigInteger), *named, literal(NEVER + 1, BigInteger)]
    sums = [
        func.coalesce(func.sum(case((and_(once.c.due >= low, once.c.due < high), 1), else_=0)), 0)
        for low, high in pairwise(bounds)
    ]
    return select(*sums)


def mark(connection: Connection) -> str:
    """What changes whenever anything is journaled: two look-ups, whatever the size of the tables."""
    found = connection.execute(_MARK).one()
    return f"{found[0] or 0}-{found[1] or 0}"


def signature(lines: Sequence[Line], found: Sequence[int]) -> str:
    """What changes whenever the first page of a list does, or what is counted."""
    seen = f"{list(found)}:" + ";".join(f"{line.task},{line.kind},{line.key},{line.due}" for line in lines)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def may_see(connection: Connection, wish: Wish, key: str) -> bool:
    """The task waits in this person's list."""
    return find(connection, (_seeing(_kept(wish)), {"key": key})) is not None


@lru_cache(maxsize=KNOWN)
def _seeing(wish: Wish) -> Prepared:
    found = _together(query.where(inbox.c.task == bindparam("key", None)).limit(1) for query in _sources(wish))
    return Prepared(select(found.c.task).limit(1))


def those_seen(connection: Connection, wish: Wish, keys: Sequence[str]) -> set[str]:
    """Those of these tasks that wait in this person's list."""
    if not keys:
        return set()
    found = _together(query.where(inbox.c.task.in_(keys)) for query in _sources(_kept(wish)))
    return set(connection.execute(select(found.c.task)).scalars())


def following(connection: Connection, wish: Wish, but: str, case_no: int | None) -> str | None:
    """What this person may do after a task: the most urgent of the same case, else of all."""
    place = {"case": case_no, "but": but}
    near = [] if case_no is None else list(connection.execute(_OF_CASE, place).scalars())
    found = connection.execute(_most_urgent(_kept(wish), near=True), {"near": near}).scalar() if near else None
    if found is not None:
        return str(found)
    row = find(connection, (_after(_kept(wish)), {"but": but}))
    return None if row is None else str(row[0])


@lru_cache(maxsize=KNOWN)
def _after(wish: Wish) -> Prepared:
    return Prepared(_most_urgent(wish, near=False))


@lru_cache(maxsize=KNOWN)
def _most_urgent(wish: Wish, *, near: bool) -> Query:
    which = inbox.c.task.in_(bindparam("near", expanding=True)) if near else inbox.c.task != bindparam("but", None)
    place = inbox.c.due, inbox.c.task
    found = _together(query.where(which).order_by(*place).limit(1) for query in _sources(wish))
    return select(found.c.task).order_by(found.c.due, found.c.task).limit(1)


def _kept(wish: Wish) -> Wish:
    """The wish as queries are kept for it: each takes SQLAlchemy longer to make than the database to answer."""
    return replace(
        wish,
        roles=tuple(wish.roles),
        for_others=tuple(wish.for_others),
        their_roles=tuple(wish.their_roles),
        steps=tuple(wish.steps),
    )


@lru_cache(maxsize=KNOWN)
def _pages(wish: Wish, size: int, *, begins: bool) -> tuple[Query, ...]:
    """The queries of a page, one a source; one that does not begin the list is behind `order` and `key`."""
    by, key = _order(wish), inbox.c.task
    order = bindparam("order", type_=by.type)
    behind = or_(by > order, and_(by == order, key > bindparam("key")))
    found = (_ordered(query, wish) for query in _sources(wish))
    return tuple((query if begins else query.where(behind)).order_by(by, key).limit(size) for query in found)


def _sources(wish: Wish) -> Iterator[Query]:
    """Where tasks of this person stand: in hand, in a company-wide role, in the team of a case; in each a task stands once."""
    others = wish.for_others
    if wish.why in ("", "mine"):
        yield from _in_hand([wish.mine])
    if wish.why in ("", "role"):
        yield from _of_roles(wish.roles, [wish.mine])
    if wish.why in ("", "deputy") and others:
        yield from _in_hand(others)
        yield from _of_roles(wish.their_roles, others)
    elif wish.why == "deputy":
        yield _of(ROLE, "").where(false())


def _together(queries: Iterable[Query]) -> Subquery:
    """The rows of several queries; each in brackets of its own, as SQLite limits only whole statements."""
    return union_all(*(select(query.subquery()) for query in queries)).subquery()


def _in_hand(persons: Sequence[str]) -> Iterator[Query]:
    return (_of(kind, person) for person in persons for kind in ("person", "holder"))


def _of_roles(roles: Sequence[str], persons: Sequence[str]) -> Iterator[Query]:
    """Offered to company-wide roles, and to those whom the team of a case names for a role."""
    yield from (_of(ROLE, role) for role in roles)
    yield from (_of(TEAM, person) for person in persons)


def _of(kind: str, key: str) -> Query:
    """The tasks of one key: read in the order of the index, up to the end of the page."""
    by_role = kind in (ROLE, TEAM)
    shown = literal(ROLE if by_role else kind).label("kind"), (inbox.c.role if by_role else inbox.c.key).label("key")
    return select(inbox.c.task, inbox.c.due, *shown).where(inbox.c.kind == kind, inbox.c.key == key)


def _filtered(query: Query, wish: Wish) -> Query:
    if wish.due is not None:
        query = query.where(inbox.c.due >= wish.due[0], inbox.c.due < wish.due[1])
    if wish.process or wish.text or wish.newest_first:
        query = query.join(task, task.c.task == inbox.c.task)
    if wish.process:
        query = query.where(task.c.process == wish.process)
    if wish.text:
        cases = case_search.cases_with(wish.text)
        steps = task.c.element.in_(wish.steps)
        query = query.where(steps if cases is None else or_(steps, inbox.c.case_no.in_(cases)))
    return query


def _ordered(query: Query, wish: Wish) -> Query:
    """The rows of one source with what they are ordered by."""
    filtered = _filtered(query, wish)
    kind, key = list(filtered.selected_columns)[2:4]
    return filtered.with_only_columns(inbox.c.task, _order(wish).label("order"), kind, key)


def _order(wish: Wish) -> ColumnElement[int]:
    return -task.c.offered_at if wish.newest_first else inbox.c.due
