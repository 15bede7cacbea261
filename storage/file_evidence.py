"""The files that entries and personal values name: each must be here, byte by byte, unless it was erased by right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.errors import Text
from storage import schema
from storage.file_use import TAG
from storage.files import Files
from storage.removals import Removals, entry_of_organisation
from storage.report import Report, said

PARTS = 4
"""A file in an encoding: digest, name, media type, size."""


@dataclass(kw_only=True)
class Named:
    """The files that were named so far: size and the place that named each first, by digest."""

    found: dict[str, tuple[int, Text]] = field(default_factory=dict)

    def note(self, data: bytes, place: Text) -> None:
        """Remember what these bytes name. Raises ValueError when they are no JSON."""
        if TAG in data:
            for digest, size in _files(json.loads(data)):
                self.found.setdefault(digest, (size, place))


def check(files: Files, connection: Connection, report: Report, named: Named, gone: Removals) -> None:
    """Compare every file that is named with its bytes."""
    for digest, (size, place) in sorted(named.found.items()):
        report.files += 1
        erased_by = gone.values.get(digest)
        problem = _wrong(connection, digest, size, _digest(files, digest), erased_by)
        if problem is not None:
            what = said(place, f":文件 {digest[:16]}…", f": file {digest[:16]}…")
            report.find(what, problem.zh, f" {problem.en}")


def _wrong(
    connection: Connection, digest: str, size: int, found: tuple[str, int] | None, erased_by: int | None
) -> Text | None:
    """What is wrong with the bytes of a file, if anything."""
    if found is None:
        return None if erased_by is not None else Text("缺失,且不是依规删除", "is missing, and not by erasure")
    if found != (digest, size):
        return Text("被改动", "was changed")
    if erased_by is not None and not _came_again(connection, digest):
        place = entry_of_organisation(erased_by)
        return Text(f"仍在,而{place.zh}记载已删除", f"is still there, though {place.en} says that it was erased")
    return None


def _came_again(connection: Connection, digest: str) -> bool:
    """Somebody uploaded the same bytes after they were erased."""
    query = select(schema.upload.c.digest).where(schema.upload.c.digest == digest).limit(1)
    return connection.execute(query).first() is not None


def _digest(files: Files, digest: str) -> tuple[str, int] | None:
    """SHA-256 and size of what is kept under a digest; None when nothing is."""
    hashed, size = hashlib.sha256(), 0
    try:
        for piece in files.read(digest):
            hashed.update(piece)
            size += len(piece)
    except FileNotFoundError:
        return None
    return hashed.hexdigest(), size


def _files(document: object) -> Iterator[tuple[str, int]]:
    if isinstance(document, list):
        for item in document:
            yield from _files(item)
    elif isinstance(document, dict):
        found = document.get("$file")
        if isinstance(found, list) and len(document) == 1 and len(found) == PARTS:
            yield str(found[0]), int(str(found[3]))
            return
        for item in document.values():
            yield from _files(item)
