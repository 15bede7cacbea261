"""Links by which contacts outside do a task once."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from storage.schema.catalogue import metadata

invitation = Table(
    "invitation",
    metadata,
    Column("invitation", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of what the link holds, which is kept nowhere
    Column("stream_no", BigInteger, nullable=False),
    Column("task", String(64), nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("given_by", String(64), nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("contact", String(64), nullable=False),  # a reference to name, organisation and mail
    Column("message", String(2000), nullable=False),
    Column("evidence", String(64)),  # a reference to the name typed, address and browser
    Column("ended_at", BigInteger),
    Column("ending", String(16)),
)
Index("invitation_of_digest", invitation.c.digest)
Index("invitation_of_task", invitation.c.task)
