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
from sqlalchemy import Connection, Row, delete, insert, select, text

from storage import schema
from storage.database import Database
from storage.moments import micros

LOCK = 7_411_002
HEAD, POSITION = b"zhixing-head-1\x00", b"zhixing-position-1\x00"
BATCH = 10_000


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
    while found := _seal_batch(database, key, now):
        sealed += found
    return sealed


def head_digest(number: int, last_position: int, at: int, previous: bytes, chain: bytes) -> bytes:
    """What a head signs: its number, the last position, the moment, the head before, the running digest."""
    numbers = b"".join(part.to_bytes(8, "big") for part in (number, last_position, at))
    return hashlib.sha256(HEAD + numbers + len(previous).to_bytes(8, "big") + previous + chain).digest()


def _seal_batch(database: Database, key: Ed25519PrivateKey, now: datetime) -> int:
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        waiting = connection.execute(select(schema.unsealed).order_by(schema.unsealed.c.unsealed_no).limit(BATCH)).all()
        rows = _contiguous(connection, waiting)
        if not rows:
            return 0
        last = connection.execute(select(schema.head).order_by(schema.head.c.head_no.desc()).limit(1)).one_or_none()
        position = 0 if last is None else last.last_position
        chain = b"" if last is None else bytes(last.digest)
        placed = []
        for row in rows:
            position += 1
            placed.append(_placed(connection, position, row))
        connection.execute(insert(schema.position), placed)
        for item in placed:
            chain = running(chain, item)
        number = 1 if last is None else last.head_no + 1
        previous = b"" if last is None else bytes(last.digest)
        digest = head_digest(number, position, micros(now), previous, chain)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        values = {"head_no": number, "last_position": position, "at": micros(now), "digest": digest, "key": public}
        connection.execute(insert(schema.head).values(**values, signature=key.sign(digest)))
        done = [row.unsealed_no for row in rows]
        connection.execute(delete(schema.unsealed).where(schema.unsealed.c.unsealed_no.in_(done)))
        return len(rows)


def _contiguous(connection: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Row[tuple[object, ...]]]:
    """The rows whose stream has no gap before them: another commit may become visible later with a lower number."""
    table = schema.position
    kept: list[Row[tuple[object, ...]]] = []
    reached: dict[int, int] = {}
    ordered = sorted(rows, key=lambda row: (row.stream_no or 0, row.revision or row.refusal_no or 0))
    for row in ordered:
        stream, revision = row.stream_no or 0, row.revision or row.refusal_no or 0
        if stream not in reached:
            column = table.c.revision if stream else table.c.refusal_no
            query = select(column).where(table.c.stream_no == stream if stream else table.c.refusal_no.is_not(None))
            reached[stream] = connection.execute(query.order_by(column.desc()).limit(1)).scalar_one_or_none() or 0
        if revision == reached[stream] + 1:
            reached[stream] = revision
            kept.append(row)
    return sorted(kept, key=lambda row: row.unsealed_no)


def _placed(connection: Connection, position: int, row: Row[tuple[object, ...]]) -> dict[str, object]:
    if row.refusal_no is not None:
        query = select(schema.refusal.c.digest).where(schema.refusal.c.refusal_no == row.refusal_no)
    else:
        entry = schema.entry
        query = select(entry.c.digest).where(entry.c.stream_no == row.stream_no, entry.c.revision == row.revision)
    digest = connection.execute(query).scalar_one()
    return {
        "position": position,
        "stream_no": row.stream_no,
        "revision": row.revision,
        "refusal_no": row.refusal_no,
        "digest": bytes(digest),
    }


def running(previous: bytes, item: Mapping[Any, Any]) -> bytes:
    """The running digest after one position: over the one before, the place, and what stands there."""
    parts = [item["position"], item["stream_no"] or 0, item["revision"] or 0, item["refusal_no"] or 0]
    numbers = b"".join(int(str(part)).to_bytes(8, "big") for part in parts)
    digest = item["digest"]
    return hashlib.sha256(POSITION + previous + numbers + bytes(digest)).digest()
