"""The files that entries and personal values name: each must be here, byte by byte, unless it was erased by right.

Releases before `KEEPS_BYTES` named files and kept none: what only their entries name is counted, and no finding.
"""

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

KEEPS_BYTES = 4
"""The execution number of the first release that kept the bytes of files."""

PARTS = 4
"""A file in an encoding: digest, name, media type, size."""


@dataclass(kw_only=True)
class Named:
    """The files that were named so far, by digest: size, the place that named each first, and whether bytes were kept then."""

    found: dict[str, tuple[int, Text, bool]] = field(default_factory=dict)

    def note(self, data: bytes, place: Text, *, kept: bool = True) -> None:
        """Remember what these bytes name. Raises ValueError when they are no JSON."""
        for digest, size in _files(json.loads(data)) if TAG in data else ():
            known = self.found.get(digest)
            if known is None or (kept and not known[2]):
                self.found[digest] = (size, place, kept)


def check(files: Files, connection: Connection, report: Report, named: Named, gone: Removals) -> None:
    """Compare every file that is named with its bytes."""
    for digest, (size, place, kept) in sorted(named.found.items()):
        bytes_here, erased_by = _digest(files, digest), gone.values.get(digest)
        if bytes_here is None and not kept:
            report.never_kept += 1
            continue
        report.files += 1
        problem = _wrong(connection, digest, size, bytes_here, erased_by)
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
