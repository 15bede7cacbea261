"""Which files there are: what was uploaded, and where it is used. Their bytes lie elsewhere, under their SHA-256."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

upload = Table(
    "upload",
    metadata,
    Column("digest", String(64), nullable=False),
    Column("person", String(64), nullable=False),  # empty: the operator at the machine
    Column("task", String(64), nullable=False),  # for which it was uploaded; empty: for none
    Column("name", String(255), nullable=False),
    Column("type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("used", Boolean, nullable=False, default=False),  # an entry names it: it stays until it is erased
    PrimaryKeyConstraint("digest", "person", "task", "name"),
)
Index("upload_at", upload.c.used, upload.c.at)
Index("upload_of_person", upload.c.person, upload.c.used)

file_use = Table(
    "file_use",
    metadata,
    Column("stream_no", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("task", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("case_no", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("erasable", Boolean, nullable=False),  # attached as personal: gone with the personal values of its case
    Column("person", String(64)),  # who handed it in or attached it; nobody, when a program did
    PrimaryKeyConstraint("stream_no", "digest", "task", "name"),
)
Index("file_use_of_digest", file_use.c.digest)
Index("file_use_of_case", file_use.c.case_no)

personal_file = Table(
    "personal_file",
    metadata,
    Column("stream_no", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("task", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("case_no", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("reference", String(64), nullable=False),  # the personal value that holds it
    PrimaryKeyConstraint("reference", "digest"),
)
Index("personal_file_of_digest", personal_file.c.digest)
Index("personal_file_of_stream", personal_file.c.stream_no)
