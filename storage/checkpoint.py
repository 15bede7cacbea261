"""Sealed heads: entries and refusals get global positions, and each new head is chained and signed (Ed25519).

Whoever keeps a head elsewhere can later prove that nothing before it was changed, cut off or taken out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import Connection, Row, delete, func, insert, select, text

from storage import schema
from storage.database import Database
from storage.moments import micros

LOCK = 7_411_002
HEAD, POSITION = b"zhixing-head-1\x00", b"zhixing-position-1\x00"
BATCH = 10_000

Waiting = tuple[Row[tuple[object, ...]], bytes]
"""What waits for its seal, with its digest."""


def key_at(path: Path) -> Ed25519PrivateKey:
    """The signing key in a file outside the database; made when there is none, by whoever is first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_bytes(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
        with suppress(FileExistsError):
            path.hardlink_to(draft)  # whole or not at all
        draft.unlink()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def seal(database: Database, key: Ed25519PrivateKey, now: datetime) -> int:
    """Give what is not sealed yet its positions and sign a new head; returns how many entries and refusals."""
    sealed = 0
    while found := _seal_pass(database, key, now):
        sealed += found
    return sealed


def blocked(connection: Connection) -> int:
    """How many entries and refusals wait for their seal; right after sealing: whose entry, or one before it, is missing."""
    return connection.execute(select(func.count()).select_from(schema.unsealed)).scalar_one()


def _seal_pass(database: Database, key: Ed25519PrivateKey, now: datetime) -> int:
    """Go once over all that waits, page by page, also behind what cannot be sealed."""
    sealed, after = 0, -1
    while True:
        found, reached = _seal_batch(database, key, now, after)
        sealed += found
        if reached is None:
            return sealed
        after = reached


def head_digest(number: int, last_position: int, at: int, previous: bytes, chain: bytes) -> bytes:
    """What a head signs: its number, the last position, the moment, the head before, the running digest."""
    numbers = b"".join(part.to_bytes(8, "big") for part in (number, last_position, at))
    return hashlib.sha256(HEAD + numbers + len(previous).to_bytes(8, "big") + previous + chain).digest()


def _seal_batch(database: Database, key: Ed25519PrivateKey, now: datetime, after: int) -> tuple[int, int | None]:
    """How many were sealed of the page behind a row, and the page's last row; None when there is no page."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        number_of = schema.unsealed.c.unsealed_no
        page = select(schema.unsealed).where(number_of > after).order_by(number_of).limit(BATCH)
        waiting = connection.execute(page).all()
        if not waiting:
            return 0, None
        behind = waiting[-1].unsealed_no
        rows = _contiguous(connection, waiting)
        if not rows:
            return 0, behind
        last = connection.execute(select(schema.head).order_by(schema.head.c.head_no.desc()).limit(1)).one_or_none()
        position = 0 if last is None else last.last_position
        chain = b"" if last is None else bytes(last.digest)
        placed = []
        for row, content in rows:
            position += 1
            placed.append(_placed(position, row, content))
        connection.execute(insert(schema.position), placed)
        for item in placed:
            chain = running(chain, item)
        number = 1 if last is None else last.head_no + 1
        previous = b"" if last is None else bytes(last.digest)
        digest = head_digest(number, position, micros(now), previous, chain)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        values = {"head_no": number, "last_position": position, "at": micros(now), "digest": digest, "key": public}
        connection.execute(insert(schema.head).values(**values, signature=key.sign(digest)))
        done = [row.unsealed_no for row, _ in rows]
        connection.execute(delete(schema.unsealed).where(schema.unsealed.c.unsealed_no.in_(done)))
        return len(rows), behind


def _contiguous(connection: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Waiting]:
    """The rows that stand, with no gap before them: another commit may become visible later with a lower number.

    What was deleted before it was sealed holds up what is behind it in its stream, and nothing else; `verify` names it.
    """
    table = schema.position
    kept: list[Waiting] = []
    reached: dict[int, int] = {}
    ordered = sorted(rows, key=lambda row: (row.stream_no or 0, row.revision or row.refusal_no or 0))
    for row in ordered:
        stream, revision = row.stream_no or 0, row.revision or row.refusal_no or 0
        if stream not in reached:
            column = table.c.revision if stream else table.c.refusal_no
            query = select(column).where(table.c.stream_no == stream if stream else table.c.refusal_no.is_not(None))
            reached[stream] = connection.execute(query.order_by(column.desc()).limit(1)).scalar_one_or_none() or 0
        if revision == reached[stream] + 1 and (digest := _digest(connection, row)) is not None:
            reached[stream] = revision
            kept.append((row, digest))
    return sorted(kept, key=lambda found: found[0].unsealed_no)


def _digest(connection: Connection, row: Row[tuple[object, ...]]) -> bytes | None:
    """The digest of the entry or refusal, or None when it is gone."""
    if row.refusal_no is not None:
        query = select(schema.refusal.c.digest).where(schema.refusal.c.refusal_no == row.refusal_no)
    else:
        entry = schema.entry
        query = select(entry.c.digest).where(entry.c.stream_no == row.stream_no, entry.c.revision == row.revision)
    digest = connection.execute(query).scalar_one_or_none()
    return None if digest is None else bytes(digest)


def _placed(position: int, row: Row[tuple[object, ...]], digest: bytes) -> dict[str, object]:
    return {
        "position": position,
        "stream_no": row.stream_no,
        "revision": row.revision,
        "refusal_no": row.refusal_no,
        "digest": digest,
    }


def running(previous: bytes, item: Mapping[Any, Any]) -> bytes:
    """The running digest after one position: over the one before, the place, and what stands there."""
    parts = [item["position"], item["stream_no"] or 0, item["revision"] or 0, item["refusal_no"] or 0]
    numbers = b"".join(int(str(part)).to_bytes(8, "big") for part in parts)
    digest = item["digest"]
    return hashlib.sha256(POSITION + previous + numbers + bytes(digest)).digest()
