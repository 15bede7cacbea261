"""Commands and events: the folders' tables of contents name every one of them, and nothing twice."""

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

from engine import commands, events
from engine.commands import Command
from engine.events import Event


def defined(folder: ModuleType, root: type) -> list[str]:
    """The kinds that the files of a folder define."""
    found = []
    for file in pkgutil.iter_modules(folder.__path__):
        module = import_module(f"{folder.__name__}.{file.name}")
        found += [
            name
            for name, kind in vars(module).items()
            if isinstance(kind, type) and issubclass(kind, root) and kind.__module__ == module.__name__
        ]
    return found


@pytest.mark.parametrize(("folder", "root"), [(commands, Command), (events, Event)])
def test_every_kind_stands_in_the_table_of_contents(folder: ModuleType, root: type):
    found = defined(folder, root)
    assert len(found) > 30
    assert len(found) == len(set(found)), "two files define the same kind"
    assert set(found) <= set(folder.__all__)


def test_no_name_is_both_a_command_and_an_event():
    assert not set(commands.__all__) & set(events.__all__)
