"""The English texts of a draft: whatever changes in them is read and written in one room, and nothing else of the file moves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from web.drafting import english

WEB = Path(__file__).parents[2] / "web"
SOURCE = english.written({"elements": {"A": {"name": "Accept"}}, "forms": {"F": {"title": "Form"}}, "own": 1})


def test_a_table_is_replaced_and_the_rest_stays_as_it_was() -> None:
    made = english.changed(SOURCE, "elements", {"B": {"name": "Begin"}})
    assert made is not None
    assert json.loads(made) == {"elements": {"B": {"name": "Begin"}}, "forms": {"F": {"title": "Form"}}, "own": 1}
    assert made.decode().splitlines()[-5:] == SOURCE.decode().splitlines()[-5:]


def test_a_table_without_rows_goes_and_one_that_is_as_it_was_is_no_change() -> None:
    gone = english.changed(SOURCE, "elements", {})
    assert gone is not None
    assert json.loads(gone) == {"forms": {"F": {"title": "Form"}}, "own": 1}
    assert english.changed(SOURCE, "elements", {"A": {"name": "Accept"}}) is None
    assert english.changed(SOURCE, "values", {}) is None


@pytest.mark.parametrize("source", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_file_of_texts_is_refused_and_looks_empty(source: bytes) -> None:
    with pytest.raises(ValueError, match="expected texts"):
        english.changed(source, "elements", {"A": {}})
    assert english.readable(source) == {}


def test_no_other_room_of_drafts_writes_json_files() -> None:
    rooms = [path for room in ("drafting", "pages") for path in (WEB / room).rglob("*.py")]
    writing = {path.relative_to(WEB).as_posix() for path in rooms if "indent=2" in path.read_text(encoding="utf-8")}
    assert writing == {"drafting/english.py"}
