"""A terminal in an empty folder, with a database of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.web.terminal import Terminal
from web.cli import company


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`zhixing` in an empty folder, by a clock that stands still until a test moves it."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ZHIXING_")]:
        monkeypatch.delenv(name)
    made = Terminal(tmp_path)
    monkeypatch.setattr(company, "right_now", lambda: made.now)
    return made


@pytest.fixture
def staffed(terminal: Terminal) -> Terminal:
    """The shipped procedure in force, and people for its roles."""
    terminal.staff()
    return terminal
