"""What programs asked under a key of theirs, so that a key names one request."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from storage.schema.catalogue import metadata

request_key = Table(
    "request_key",
    metadata,
    Column("person", String(64), nullable=False),
    Column("key", String(100), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of what was asked
    Column("status", Integer, nullable=False),  # of the answer that stands here; 0 while it is made, or none is kept
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("person", "key"),
)
Index("request_key_by_age", request_key.c.at)
