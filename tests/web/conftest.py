"""A terminal in an empty folder, with a database of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.web.terminal import Terminal
from web.cli import company


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`zhixing` in an empty folder, by a clock that stands still until a test moves it."""
    return _at(tmp_path, monkeypatch)


def _at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("ZHIXING_")]:
        monkeypatch.delenv(name)
    made = Terminal(folder)
    monkeypatch.setattr(company, "right_now", lambda: made.now)
    return made


@pytest.fixture(scope="session")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the shipped procedure is in force, and people have its roles; to be copied."""
    folder = tmp_path_factory.mktemp("staff")
    with pytest.MonkeyPatch.context() as monkeypatch:
        _at(folder, monkeypatch).staff()
    return folder


@pytest.fixture
def staffed(terminal: Terminal, staff: Path) -> Terminal:
    """The shipped procedure in force, and people for its roles."""
    shutil.copytree(staff, terminal.folder, dirs_exist_ok=True)
    return terminal
