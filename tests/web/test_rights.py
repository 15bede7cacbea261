"""The rights in words: each that is asked for anywhere, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from engine.check import manifest
from engine.publication import SELF
from web import access, reader, rights
from web.api import message

HERE = Path(__file__).parents[2]
ASKING = {"may": 0, "privileged": 1, "holds_right": 1}
"""The functions that ask for a right, and which of their arguments it is."""


def _asked() -> Iterator[str]:
    """The rights that engine, jobs and pages ask for by name."""
    for room in ("engine", "jobs", "web"):
        for path in (HERE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _named(node)


def _named(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = ASKING.get(name, len(call.args))
    said = call.args[place] if place < len(call.args) else None
    if isinstance(said, ast.Constant) and isinstance(said.value, str) and "." not in said.value:
        yield said.value


def test_every_right_that_is_asked_for_is_told_in_words_and_no_other() -> None:
    by_constant = {SELF, access.OPERATOR, message.MESSAGE, reader.RIGHT}
    assert set(rights.RIGHTS) == {*_asked(), *by_constant}


def test_a_manifest_may_give_every_right_and_no_other() -> None:
    assert set(rights.RIGHTS) == manifest.RIGHTS
