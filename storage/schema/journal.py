"""What is written once: entries, refusals, large values, and their proof."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import Number, metadata

stream = Table(
    "stream",
    metadata,
    Column("stream_no", Number, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("revision", BigInteger, nullable=False, default=0),
    Column("digest", LargeBinary, nullable=False, default=b""),
    Column("at", BigInteger, nullable=False, default=0),
    Column("case_no", BigInteger),
    Column("state", LargeBinary, nullable=False, default=b""),
    Column("window", LargeBinary, nullable=False, default=b""),
)

entry = Table(
    "entry",
    metadata,
    Column("stream_no", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("stream_no", "revision"),  # a taken revision is a lost race
)

refusal = Table(
    "refusal",
    metadata,
    Column("refusal_no", Number, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

received = Table(
    "received",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("stream_no", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("refusal_no", BigInteger),
)
_refused = received.c.refusal_no.is_not(None)  # so that an entry, which is never looked for here, costs nothing more
Index(
    "received_refused",
    received.c.stream_no,
    received.c.refusal_no,
    sqlite_where=_refused,
    postgresql_where=_refused,
)

large_value = Table(
    "large_value",
    metadata,
    Column("stream_no", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("stream_no", "digest"),
)

unsealed = Table(
    "unsealed",
    metadata,
    Column("unsealed_no", Number, primary_key=True, autoincrement=True),
    Column("stream_no", BigInteger),
    Column("revision", BigInteger),
    Column("refusal_no", BigInteger),
)

position = Table(
    "position",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=False),
    Column("stream_no", BigInteger),
    Column("revision", BigInteger),
    Column("refusal_no", BigInteger),
    Column("digest", LargeBinary, nullable=False),
)
Index("position_of_entry", position.c.stream_no, position.c.revision)

head = Table(
    "head",
    metadata,
    Column("head_no", Number, primary_key=True, autoincrement=False),
    Column("last_position", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

disposed = Table(
    "disposed",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
