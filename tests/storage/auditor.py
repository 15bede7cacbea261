"""A verifier written from `docs/formats.md` alone, for a SQLite database: `python auditor.py FILE [KEPT-HEAD]`.

It imports none of the software it checks.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WORDS = "at channel command consulted kind performers recorded_at revision semantics stream"
ALWAYS, SOMETIMES = set(WORDS.split()), {"actor", "cause", "on_behalf_of", "proof", "role", "version", "window"}


def u64(number: int | None) -> bytes:
    return (number or 0).to_bytes(8, "big")


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def framed(*parts: bytes) -> bytes:
    return b"".join(u64(len(part)) + part for part in parts)


def walk(document: Any, tag: str) -> Iterator[Any]:
    """What stands under a tag anywhere in a document."""
    if isinstance(document, dict):
        if len(document) == 1 and tag in document:
            yield document[tag]
            return
        document = list(document.values())
    for item in document if isinstance(document, list) else ():
        yield from walk(item, tag)


class Audit:
    """The findings about one database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.findings: list[str] = []
        self.personal: list[tuple[str, list[str]]] = []
        self.gone: set[str] = set()
        self.ends: dict[int, list[object]] = {}
        self.erased = 0
        self.unsealed = 0
        self.keys: list[str] = []

    def rows(self, query: str, *values: object) -> sqlite3.Cursor:
        return self.database.execute(query, values)

    def say(self, what: str) -> None:
        self.findings.append(what)

    # -------------------------------------------------------------- streams

    def removals(self) -> None:
        for (body,) in self.rows("SELECT body FROM entry WHERE stream_no = 1 ORDER BY revision"):
            try:
                found = json.loads(body)
            except ValueError:
                continue  # its digest does not fit
            kind, _, fields = found["command"]
            if kind in ("ErasePerson", "EraseCase", "DisposeStream"):
                self.gone.update(fields["values"])
            for kind, _, fields in found["events"]:
                if kind == "StreamDisposed":
                    self.ends[fields["disposed"]] = [fields["revision"], bytes.fromhex(fields["digest"])]
        rows = self.rows("SELECT stream_no, revision, digest FROM disposed")
        if {number: end for number, *end in rows} != self.ends:
            self.say("other streams were disposed of than the entries of stream 1 say")

    def streams(self) -> None:
        disposed = {number: end for number, *end in self.rows("SELECT stream_no, revision, digest FROM disposed")}
        ends = {number: end for number, *end in self.rows("SELECT stream_no, revision, digest FROM stream")}
        numbers = {number for (number,) in self.rows("SELECT DISTINCT stream_no FROM entry")}
        for number in sorted(numbers | {n for n, (revision, _) in ends.items() if revision}):
            if number in disposed and number not in numbers:
                reached = disposed[number]
            else:
                reached = self.stream(number)
            if reached is not None and reached != ends.get(number):
                self.say(f"stream {number} ends at another entry than its row says")

    def stream(self, number: int) -> list[object] | None:
        previous, revision = b"", 0
        query = "SELECT revision, envelope, body, digest FROM entry WHERE stream_no = ? ORDER BY revision"
        for found, envelope, body, digest in self.rows(query, number):
            what, revision = f"stream {number} entry {found}", revision + 1
            if found != revision:
                self.say(f"{what} stands where {revision} should")
                return None
            if digest != b"\x01" + sha(b"zhixing-entry-1\x00", framed(previous, envelope, body)):
                self.say(f"{what} was changed")
                return None
            self.entry(number, revision, json.loads(envelope), json.loads(body))
            previous = digest
        return [revision, previous]

    def entry(self, number: int, revision: int, envelope: dict[str, Any], body: dict[str, Any]) -> None:
        what = f"stream {number} entry {revision}"
        if not ALWAYS <= set(envelope) <= ALWAYS | SOMETIMES or (envelope["stream"], envelope["revision"]) != (
            str(number),
            str(revision),
        ):
            self.say(f"{what} was written for another place")
        answer = self.rows("SELECT stream_no, revision, refusal_no FROM received WHERE key = ?", envelope["command"])
        if answer.fetchone() != (number, revision, None):
            self.say(f"{what}: its command id is not kept")
        for digest in walk(body, "$large"):
            if not self.rows("SELECT 1 FROM large_value WHERE stream_no = ? AND digest = ?", number, digest).fetchone():
                self.say(f"{what}: a large value is missing")
        self.personal += [(what, found) for found in walk(body, "$personal")]

    def values(self) -> None:
        for number, digest, content in self.rows("SELECT stream_no, digest, content FROM large_value"):
            if sha(content).hex() != digest:
                self.say(f"stream {number}: a large value was changed")
                continue
            self.personal += [(f"stream {number}", found) for found in walk(json.loads(content), "$personal")]
        for what, (reference, _, digest) in self.personal:
            row = self.rows("SELECT salt, content FROM personal WHERE reference = ?", reference).fetchone()
            if row is None:
                self.say(f"{what}: personal value {reference} is missing")
            elif (row == (None, None)) is not (reference in self.gone):
                self.say(f"{what}: personal value {reference} is gone without an entry, or there in spite of one")
            elif row == (None, None):
                self.erased += 1
            elif sha(row[0] or b"", b"\x00", row[1] or b"").hex() != digest:
                self.say(f"{what}: personal value {reference} was changed")

    # -------------------------------------------------------------- refusals, versions

    def refusals(self) -> None:
        previous, rows = b"", self.rows("SELECT refusal_no, body, digest FROM refusal ORDER BY refusal_no")
        for number, (found, body, digest) in enumerate(rows, 1):
            fits = digest == b"\x01" + sha(b"zhixing-refusal-1\x00", framed(previous, body))
            if found != number or not fits or json.loads(body)["number"] != str(number):
                self.say(f"refusal {number} was changed or deleted")
                return
            previous = digest

    def versions(self) -> None:
        files: dict[str, list[tuple[bytes, bytes]]] = {}
        for version, path, content in self.rows("SELECT version, path, content FROM version_file"):
            files.setdefault(version, []).append((unicodedata.normalize("NFC", path).encode(), content))
        procedures = dict(self.rows("SELECT digest, procedure FROM version").fetchall())
        for version in procedures.keys() | files.keys():
            found = sorted(files.get(version, []))
            if sha(*(path + b"\x00" + sha(content) for path, content in found)).hex() != version:
                self.say(f"version {version}: its files were changed")
            elif tomllib.loads(dict(found)[b"procedure.toml"].decode())["key"] != procedures.get(version):
                self.say(f"version {version} belongs to another procedure")

    # -------------------------------------------------------------- seals

    def heads(self, kept: bytes | None, trusted: list[bytes] | None) -> None:
        previous, first = b"", 1
        query = "SELECT head_no, last_position, at, digest, key, signature FROM head ORDER BY head_no"
        heads = self.rows(query).fetchall()
        for number, (found, last, at, digest, key, signature) in enumerate(heads, 1):
            self.keys += [] if key.hex() in self.keys else [key.hex()]
            if trusted is not None and key not in trusted:
                self.say(f"head {number} was signed with a key that is not trusted")
            chain = self.positions(first, last, previous)
            said = sha(b"zhixing-head-1\x00", u64(number), u64(last), u64(at), framed(previous), chain)
            if found != number or digest != said or not signed(key, signature, said):
                self.say(f"head {number} does not fit")
                break
            previous, first = digest, last + 1
        if kept is not None and kept not in [digest for _, _, _, digest, _, _ in heads]:
            self.say("the head kept elsewhere is not here")
        if self.rows("SELECT 1 FROM position WHERE position > ?", max((h[1] for h in heads), default=0)).fetchone():
            self.say("positions stand behind the last head")
        self.places()

    def positions(self, first: int, last: int, chain: bytes) -> bytes:
        query = (
            "SELECT position, stream_no, revision, refusal_no, digest FROM position "
            "WHERE position BETWEEN ? AND ? ORDER BY position"
        )
        for position, stream, revision, refusal, digest in self.rows(query, first, last):
            numbers = u64(position) + u64(stream) + u64(revision) + u64(refusal)
            chain = sha(b"zhixing-position-1\x00", chain, numbers, digest)
            if digest != self.today(stream, revision, refusal, digest):
                what = f"refusal {refusal}" if refusal else f"stream {stream} entry {revision}"
                self.say(f"{what} was changed or deleted after it was sealed")
        return chain

    def today(self, stream: int, revision: int, refusal: int | None, digest: bytes) -> bytes | None:
        if refusal is not None:
            row = self.rows("SELECT digest FROM refusal WHERE refusal_no = ?", refusal).fetchone()
        else:
            query = "SELECT digest FROM entry WHERE stream_no = ? AND revision = ?"
            row = self.rows(query, stream, revision).fetchone()
            row = row or self.rows(
                "SELECT CASE revision WHEN ? THEN digest ELSE ? END FROM disposed WHERE stream_no = ? AND revision >= ?",
                revision, digest, stream, revision,
            ).fetchone()  # fmt: skip
        return None if row is None else row[0]

    def places(self) -> None:
        there = "SELECT stream_no, revision, NULL FROM entry UNION ALL SELECT NULL, NULL, refusal_no FROM refusal"
        placed = "SELECT stream_no, revision, refusal_no FROM position"
        waiting = "SELECT stream_no, revision, refusal_no FROM unsealed"
        for row in self.rows(f"SELECT * FROM ({there}) EXCEPT {placed} EXCEPT {waiting}"):
            self.say(f"{row} is neither sealed nor waiting for it")
        for row in self.rows(f"{waiting} EXCEPT SELECT * FROM ({there})"):
            self.say(f"{row} was deleted before it was sealed")
        self.unsealed = len(self.rows(waiting).fetchall())


def signed(key: bytes, signature: bytes, digest: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def audit(path: str, kept: bytes | None = None, trusted: list[bytes] | None = None) -> Audit:
    """Check everything that the page describes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        found = Audit(database)
        found.removals()
        found.streams()
        found.values()
        found.refusals()
        found.versions()
        found.heads(kept, trusted)
    return found


if __name__ == "__main__":
    result = audit(sys.argv[1], bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else None)
    print("\n".join(result.findings) or "nothing wrong", f"\n{result.unsealed} not sealed yet, {result.erased} erased")
    sys.exit(bool(result.findings))
