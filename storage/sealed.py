"""Sealed heads, compared with what stands in the journal today.

Without a head kept elsewhere, whoever holds the signing key, or may replace it, can seal another history. A kept head
and the public keys one trusts close that door.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Row, RowMapping, Select, Table, bindparam, except_, func, null, select

from engine.errors import Text
from storage import checkpoint, schema
from storage.report import Report, of_entry, of_head, of_refusal, said

READ_AHEAD = 1_000
SHOWN = 20
"""How many places of one kind are named; the rest is counted."""

NOWHERE = Text("既未封存也不在待封存之列", "is neither sealed nor waiting for it")
GONE = Text("在封存之前被删除", "was deleted before it was sealed")

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


def check(
    connection: Connection,
    only: int | None,
    report: Report,
    kept_head: bytes | None,
    trusted: Collection[bytes] | None,
) -> None:
    """Check every head with what it seals, of one stream or of everything, and say what is not sealed.

    For one stream the heads are checked whole: its positions are worth what the heads over them are.
    """
    last = _heads(connection, only, report, trusted)
    if kept_head is not None:
        known = select(func.count()).select_from(schema.head).where(schema.head.c.digest == kept_head)
        if not connection.execute(known).scalar_one():
            place = Text(f"另存的头 {kept_head.hex()[:16]}…", f"the head kept elsewhere, {kept_head.hex()[:16]}…,")
            report.find(place, "不在此处:签名头被截去或替换", " is not here: heads were cut off or replaced")
    _unheaded(connection, last, report)
    _unplaced(connection, only, report)


def _heads(connection: Connection, only: int | None, report: Report, trusted: Collection[bytes] | None) -> int:
    """Check the heads up to the first that does not fit; returns the last position of the last one there is."""
    heads = connection.execute(select(schema.head).order_by(schema.head.c.head_no)).all()
    previous, first = b"", 1
    for number, head in enumerate(heads, 1):
        _signer(head, report, trusted)
        chain = previous
        for row in _positions(connection, first, head.last_position):
            chain = checkpoint.running(chain, row)
            if only is not None and row["stream_no"] != only:
                continue
            if (finding := _still_there(row)) is not None:
                report.findings.append(finding)
            report.sealed += 1
        digest = checkpoint.head_digest(number, head.last_position, head.at, previous, chain)
        if head.head_no != number or digest != bytes(head.digest):
            report.find(of_head(number), "与所封存的内容不符", " does not fit what it seals")
            break
        if not _signed(bytes(head.key), head.signature, digest):
            report.find(of_head(number), "的签名不符", " does not fit its signature")
            break
        previous, first = digest, head.last_position + 1
        report.heads += 1
        report.last_head = digest.hex()
    return max((head.last_position for head in heads), default=0)


def _signer(head: Row[tuple[object, ...]], report: Report, trusted: Collection[bytes] | None) -> None:
    key = bytes(head.key)
    if key.hex() not in report.keys:
        report.keys.append(key.hex())
    if trusted is not None and key not in trusted:
        short = f"{key.hex()[:16]}…"
        en = f" was signed with a key that is not trusted, {short}"
        report.find(of_head(head.head_no), f"的签名密钥不在信任之列:{short}", en)


def _positions(connection: Connection, first: int, last: int) -> Iterator[RowMapping]:
    """Sealed positions, each with the digest that stands there today."""
    rows = connection.execution_options(yield_per=READ_AHEAD).execute(_SEALED, {"first": first, "last": last})
    yield from rows.mappings()


def _still_there(item: RowMapping) -> Text | None:
    refusal = item["refusal_no"]
    what = of_entry(item["stream_no"], item["revision"]) if refusal is None else of_refusal(refusal)
    today = item["entry_digest"] if refusal is None else item["refusal_digest"]
    if today is None and refusal is None and item["disposed_at"] is not None:
        if item["revision"] < item["disposed_at"]:
            return None
        today = item["disposed_digest"]
    if today is None:
        return said(what, "在封存之后被删除", " was deleted after it was sealed")
    if today == item["digest"]:
        return None
    return said(what, "在封存之后被改动", " was changed after it was sealed")


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
        zh = f"末个签名头之后还有 {behind} 个位置:有签名头被删除"
        report.findings.append(Text(zh, f"{behind} positions stand behind the last head: a head was deleted"))


def _unplaced(connection: Connection, only: int | None, report: Report) -> None:
    """What was written is sealed or waits for it; what waits for it exists."""
    written = _of(select(_entry.c.stream_no, _entry.c.revision, null().label("refusal_no")), _entry, only)
    refused = select(null().label("stream_no"), null().label("revision"), _refusal.c.refusal_no)
    placed, waiting = (
        _of(select(table.c.stream_no, table.c.revision, table.c.refusal_no), table, only)
        for table in (_position, _unsealed)
    )
    exists = [written] if only is not None else [written, refused]
    for there in exists:
        _say(connection.execute(except_(there, placed, waiting)).all(), NOWHERE, report)
    _say(connection.execute(except_(waiting, *exists)).all(), GONE, report)
    counted = _of(select(func.count()).select_from(_unsealed), _unsealed, only)
    report.unsealed = connection.execute(counted).scalar_one()


def _of(query: Select[Any], table: Table, only: int | None) -> Select[Any]:
    """What a query finds of one stream, or everything."""
    return query if only is None else query.where(table.c.stream_no == only)


def _say(rows: Sequence[Row[Any]], problem: Text, report: Report) -> None:
    found = sorted((row.stream_no or 0, row.revision or 0, row.refusal_no or 0) for row in rows)
    for stream, revision, refusal in found[:SHOWN]:
        report.find(of_refusal(refusal) if refusal else of_entry(stream, revision), problem.zh, f" {problem.en}")
    if len(found) > SHOWN:
        more = len(found) - SHOWN
        report.findings.append(Text(f"另有 {more} 处:均{problem.zh}", f"{more} more: each {problem.en}"))
