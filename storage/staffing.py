"""Who finds the tasks that are offered to roles: the team of the case where it names the role, else whoever has it in the company.

It is decided when a task is offered and when a team changes, so that a list is read by one key, however many teams somebody was ever in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from engine.case import Case
from storage.schema import case_role, inbox

Team = Mapping[str, Sequence[str]]
"""Persons of a case by role."""

ROLE, STAFFED, TEAM = "role", "staffed", "team"
"""A task for whoever has the role in the company; for a role that the team names, found by nobody; for somebody of the team."""


def of(case: Case | None) -> Team:
    """The team of a case as it is."""
    if case is None:
        return {}
    return {role: [person.id for person in persons] for role, persons in case.roles.items() if persons}


def kept(connection: Connection, case: int | None) -> Team:
    """The team of a case as the table has it."""
    found: dict[str, list[str]] = {}
    if case is not None:
        query = select(case_role.c.role, case_role.c.person).where(case_role.c.case_no == case)
        for role, person in connection.execute(query):
            found.setdefault(role, []).append(person)
    return found


def rows(task: dict[str, object], roles: Iterable[str], team: Team) -> Iterator[dict[str, object]]:
    """The rows of a task in the inbox; a person stands there once, by the first of their roles."""
    by_person: dict[str, str] = {}
    for role in sorted(set(roles)):
        staff = team.get(role, ())
        yield {**task, "kind": STAFFED if staff else ROLE, "key": role, "role": role}
        for person in staff:
            by_person.setdefault(person, role)
    for person, role in by_person.items():
        yield {**task, "kind": TEAM, "key": person, "role": role}


def settle(connection: Connection, case: int) -> None:
    """Bring the open tasks of a case to its team, which has changed."""
    kinds = inbox.c.kind.in_((ROLE, STAFFED, TEAM))
    columns = inbox.c.task, inbox.c.case_no, inbox.c.due, inbox.c.key
    offered = connection.execute(select(*columns).where(inbox.c.case_no == case, kinds, inbox.c.kind != TEAM)).all()
    if not offered:
        return
    roles: dict[str, set[str]] = {}
    for row in offered:
        roles.setdefault(row.task, set()).add(row.key)
    tasks = {row.task: {"task": row.task, "case_no": row.case_no, "due": row.due} for row in offered}
    team = kept(connection, case)
    connection.execute(delete(inbox).where(inbox.c.case_no == case, kinds))
    connection.execute(insert(inbox), [row for key, task in tasks.items() for row in rows(task, roles[key], team)])
