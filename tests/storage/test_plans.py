"""What SQLite reads for the lists: it keeps no statistics, so the way to the rows must not be left to its guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from storage import inbox, journal, worklist
from storage.database import Database
from storage.handing import Hands
from storage.migrations import upgrade
from storage.shelf import Recent
from storage.worklist import Wish

WISH = Wish(mine="1.2.1", roles=["PM"], for_others=["1.3.1"], their_roles=["SMO"])


def _plans(tmp_path: Path, ask: Callable[[Connection], object]) -> list[str]:
    """The steps by which SQLite answers every statement of a question."""
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    asked: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, text: str, found: Any, *_rest: object) -> None:
        asked.append((text, found))

    with database.read() as connection:
        event.listen(database.reader, "before_cursor_execute", hear)
        ask(connection)
        event.remove(database.reader, "before_cursor_execute", hear)
        rows = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", found).all() for text, found in asked]
    database.close()
    return [str(row[3]) for found in rows for row in found]


def _read_whole(plans: list[str]) -> list[str]:
    tables = ("inbox", "task", "entry", "case_role", "instance")
    return [plan for plan in plans for table in tables if plan.split()[:2] == ["SCAN", table]]


def test_a_list_is_read_by_keys_alone(tmp_path: Path) -> None:
    for ask in (
        lambda connection: worklist.page(connection, WISH),
        lambda connection: worklist.counts(connection, WISH, [10, 20]),
        lambda connection: worklist.following(connection, WISH, "7.1.1", 7),
        lambda connection: inbox.page(connection, ["1.2.1"], ["PM"]),
    ):
        plans = _plans(tmp_path, ask)
        assert _read_whole(plans) == []
        assert any("inbox_of_key (kind=? AND key=?" in plan for plan in plans)
        assert not [plan for plan in plans if plan.endswith("inbox_of_key (kind=?)")], "all tasks of all roles"


def test_entries_here_and_there_are_read_by_their_keys(tmp_path: Path) -> None:
    plans = _plans(tmp_path, lambda connection: journal.some(connection, {(7, 1), (7, 9), (8, 2)}, Recent()))
    assert plans
    assert _read_whole(plans) == []


def test_who_handed_on_is_read_by_the_keys_of_entries(tmp_path: Path) -> None:
    plans = _plans(tmp_path, lambda connection: Hands(Recent()).of(connection, ["7.1.1", "7.2.1", "8.1.1"]))
    assert plans
    assert _read_whole(plans) == []
