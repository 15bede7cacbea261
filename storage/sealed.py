"""Sealed heads, compared with what stands in the journal today.

Without a head kept elsewhere, whoever holds the signing key, or may replace it, can seal another history. A kept head
and the public keys one trusts close that door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, RowMapping, bindparam, except_, func, null, select

from storage import checkpoint, schema
from storage.report import Report

READ_AHEAD = 1_000
SHOWN = 20
"""How many places of one kind are named; the rest is counted."""

_position, _entry, _refusal, _unsealed = schema.position, schema.entry, schema.refusal, schema.unsealed
_disposed = schema.disposed
_SEALED = (
    select(
        _position,
        _entry.c.digest.label("entry_digest"),
        _refusal.c.digest.label("refusal_digest"),
        _disposed.c.revision.label("disposed_at"),
        _disposed.c.digest.label("disposed_digest"),
    )
    .select_from(
        _position.outerjoin(
            _entry, (_entry.c.stream_no == _position.c.stream_no) & (_entry.c.revision == _position.c.revision)
        )
        .outerjoin(_refusal, _refusal.c.refusal_no == _position.c.refusal_no)
        .outerjoin(_disposed, _disposed.c.stream_no == _position.c.stream_no)
    )
    .where(_position.c.position >= bindparam("first"), _position.c.position <= bindparam("last"))
    .order_by(_position.c.position)
)


def check(connection: Connection, report: Report, kept_head: bytes | None, trusted: Collection[bytes] | None) -> None:
    """Check every head with what it seals, and say what is not sealed."""
    last = _heads(connection, report, trusted)
    if kept_head is not None:
        known = select(func.count()).select_from(schema.head).where(schema.head.c.digest == kept_head)
        if not connection.execute(known).scalar_one():
            report.findings.append(
                f"the head kept elsewhere, {kept_head.hex()[:16]}…, is not here: heads were cut off or replaced"
            )
    _unheaded(connection, last, report)
    _unplaced(connection, report)


def _heads(connection: Connection, report: Report, trusted: Collection[bytes] | None) -> int:
    """Check the heads up to the first that does not fit; returns the last position of the last one there is."""
    heads = connection.execute(select(schema.head).order_by(schema.head.c.head_no)).all()
    previous, first = b"", 1
    for number, head in enumerate(heads, 1):
        _signer(head, report, trusted)
        chain = previous
        for row in _positions(connection, first, head.last_position):
            chain = checkpoint.running(chain, row)
            if (finding := _still_there(row)) is not None:
                report.findings.append(finding)
            report.sealed += 1
        digest = checkpoint.head_digest(number, head.last_position, head.at, previous, chain)
        if head.head_no != number or digest != bytes(head.digest):
            report.findings.append(f"head {number} does not fit what it seals")
            break
        if not _signed(bytes(head.key), head.signature, digest):
            report.findings.append(f"head {number} does not fit its signature")
            break
        previous, first = digest, head.last_position + 1
        report.heads += 1
    return max((head.last_position for head in heads), default=0)


def _signer(head: Row[tuple[object, ...]], report: Report, trusted: Collection[bytes] | None) -> None:
    key = bytes(head.key)
    if key.hex() not in report.keys:
        report.keys.append(key.hex())
    if trusted is not None and key not in trusted:
        report.findings.append(f"head {head.head_no} was signed with a key that is not trusted, {key.hex()[:16]}…")


def _positions(connection: Connection, first: int, last: int) -> Iterator[RowMapping]:
    """Sealed positions, each with the digest that stands there today."""
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(_SEALED, {"first": first, "last": last})
    yield from rows.mappings()


def _still_there(item: RowMapping) -> str | None:
    refusal = item["refusal_no"]
    what = f"stream {item['stream_no']}: entry {item['revision']}" if refusal is None else f"refusal {refusal}"
    today = item["entry_digest"] if refusal is None else item["refusal_digest"]
    if today is None and refusal is None and item["disposed_at"] is not None:
        if item["revision"] < item["disposed_at"]:
            return None
        today = item["disposed_digest"]
    if today is None:
        return f"{what} was deleted after it was sealed"
    return None if today == item["digest"] else f"{what} was changed after it was sealed"


def _signed(key: bytes, signature: bytes, digest: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes(signature), digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def _unheaded(connection: Connection, last: int, report: Report) -> None:
    behind = connection.execute(
        select(func.count()).select_from(_position).where(_position.c.position > last)
    ).scalar_one()
    if behind:
        report.findings.append(f"{behind} positions stand behind the last head: a head was deleted")


def _unplaced(connection: Connection, report: Report) -> None:
    """What was written is sealed or waits for it; what waits for it exists."""
    written = select(_entry.c.stream_no, _entry.c.revision, null().label("refusal_no"))
    refused = select(null().label("stream_no"), null().label("revision"), _refusal.c.refusal_no)
    placed, waiting = (
        select(table.c.stream_no, table.c.revision, table.c.refusal_no) for table in (_position, _unsealed)
    )
    for there in (written, refused):
        _say(connection.execute(except_(there, placed, waiting)).all(), "is neither sealed nor waiting for it", report)
    gone = except_(waiting, written, refused)
    _say(connection.execute(gone).all(), "was deleted before it was sealed", report)
    report.unsealed = connection.execute(select(func.count()).select_from(_unsealed)).scalar_one()


def _say(rows: Sequence[Row[Any]], problem: str, report: Report) -> None:
    found = sorted((row.stream_no or 0, row.revision or 0, row.refusal_no or 0) for row in rows)
    for stream, revision, refusal in found[:SHOWN]:
        what = f"refusal {refusal}" if refusal else f"stream {stream}: entry {revision}"
        report.findings.append(f"{what} {problem}")
    if len(found) > SHOWN:
        report.findings.append(f"{len(found) - SHOWN} more: each {problem}")
