"""Versions, and the working copies that become versions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

version = Table(
    "version",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("procedure", String(100), nullable=False),
)

version_file = Table(
    "version_file",
    metadata,
    Column("version", String(64), ForeignKey("version.digest"), nullable=False),
    Column("path", String(300), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("version", "path"),
)

publication = Table(
    "publication",
    metadata,
    Column("procedure", String(100), primary_key=True),
    Column("stream_no", BigInteger, nullable=False),
)

published = Table(
    "published",
    metadata,
    Column("procedure", String(100), nullable=False),
    Column("revision", BigInteger, nullable=False),  # of the procedure's stream: the later publication counts
    Column("version", String(64), nullable=False),
    Column("since", BigInteger, nullable=False),  # it is in force from this moment on
    PrimaryKeyConstraint("procedure", "revision"),
)

working_copy = Table(
    "working_copy",
    metadata,
    Column("procedure", String(100), primary_key=True),
    Column("base", String(64), nullable=False),  # the version it was made from
    Column("opened_by", String(64), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("mark", BigInteger, nullable=False, default=0),  # grows with every change of any file
)

working_file = Table(
    "working_file",
    metadata,
    Column("procedure", String(100), ForeignKey("working_copy.procedure", ondelete="CASCADE"), nullable=False),
    Column("path", String(300), nullable=False),
    Column("content", LargeBinary),  # without it the file is left out
    Column("revision", BigInteger, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("procedure", "path"),
)

working_author = Table(
    "working_author",
    metadata,
    Column("procedure", String(100), ForeignKey("working_copy.procedure", ondelete="CASCADE"), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("procedure", "person"),
)
