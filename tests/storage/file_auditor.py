"""The part of a verifier that compares files, written from `docs/formats.md` alone: every file that is named, with its bytes.

Like `auditor.py`, whose way of walking documents it takes, it imports none of the software it checks.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.storage.auditor import walk

KEEPING = 4
ENTRIES = "SELECT 'stream ' || stream_no || ' entry ' || revision, body, envelope FROM entry"
DOCUMENTS = (
    "SELECT 'stream ' || stream_no, content FROM large_value",
    "SELECT 'personal value ' || reference, content FROM personal WHERE content IS NOT NULL",
)


def audit(path: Path) -> tuple[int, list[str]]:
    """How many files are named in a database, and what is wrong with their bytes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        entries = [(what, body, _release(envelope)) for what, body, envelope in database.execute(ENTRIES)]
        rows = [(what, body) for what, body, release in entries if release >= KEEPING]
        rows += [row for query in DOCUMENTS for row in database.execute(query)]
        named = {found[0]: (what, int(found[3])) for what, data in rows for found in walk(json.loads(data), "$file")}
        bodies = database.execute("SELECT body FROM entry WHERE stream_no = 1").fetchall()
        commands = [json.loads(body)["command"] for (body,) in bodies]
        erased = {digest for _, _, fields in commands for digest in fields.get("values", ())}
        again = {digest for (digest,) in database.execute("SELECT digest FROM upload")}
    return len(named), list(_findings(path.with_suffix(".files"), named, erased, again))


def _release(envelope: bytes) -> int:
    return int(json.loads(envelope)["semantics"].split(".")[0])


def _findings(folder: Path, named: dict[str, tuple[str, int]], erased: set[str], again: set[str]) -> Iterator[str]:
    for digest, (what, size) in named.items():
        place = folder / digest[:2] / digest
        if not place.exists():
            if digest not in erased:
                yield f"{what}: file {digest} is missing"
        elif place.stat().st_size != size or hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            yield f"{what}: file {digest} was changed"
        elif digest in erased and digest not in again:
            yield f"{what}: file {digest} is there in spite of an entry"
