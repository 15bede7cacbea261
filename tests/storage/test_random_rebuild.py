"""What random models and actions leave in the tables is what a rebuild makes of the journal; on both databases."""

from __future__ import annotations

from functools import cache
from itertools import count, islice

import pytest

from engine.commands import StartInstance
from engine.stream import ORGANISATION
from engine.words import StreamKind
from storage import procedures
from storage.database import Database
from storage.rebuild import rebuild
from storage.submission import Store
from tests.engine.test_random_actions import Acted, acted


def submitted(database: Database, found: Acted) -> Store:
    """Every command of a run in memory, given to a database in the same order; its entries are the same."""
    journal = found.world.journal
    store = Store(database, lambda: found.world.now)
    store.procedures.keep(found.world.procedure.files)
    entries = [*journal.entries(ORGANISATION), *journal.entries(found.whole.stream)]
    for entry in sorted(entries, key=lambda one: one.at):
        command = entry.command
        if isinstance(command, StartInstance):
            receipt = store.open_stream(StreamKind.INSTANCE, command.envelope.id, lambda _, given=command: given)  # type: ignore[misc]
        else:
            receipt = store.submit(command)
        assert (receipt.revision, receipt.events) == (entry.revision, entry.events)
    return store


def changing(found: Acted) -> bool:
    """Every command of the run changed something: a database writes no entry for one that did not."""
    return all(entry.events for entry in found.world.journal.entries(found.whole.stream))


@cache
def runs() -> tuple[Acted, ...]:
    """The first runs whose every command changed something."""
    return tuple(islice(filter(changing, map(acted, count())), 4))


@pytest.mark.parametrize("number", range(4))
def test_whatever_people_do_tables_and_windows_are_those_of_a_rebuild(
    database: Database, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procedures, "check", lambda _files: [])  # the models have no English texts and no parameters
    store = submitted(database, runs()[number])
    assert rebuild(store, windows=True).differences == []
