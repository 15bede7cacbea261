"""Cases, their instances and what they are found by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

instance = Table(
    "instance",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("case_no", BigInteger),
    Column("process", String(100), nullable=False),
    Column("version", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
Index("instance_of_case", instance.c.case_no)

case = Table(
    "case_",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("procedure", String(100), nullable=False),
    Column("version", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", String(64)),
)
Index("case_opened_by", case.c.opened_by, case.c.opened_at, case.c.stream_no)

case_role = Table(
    "case_role",
    metadata,
    Column("case_no", BigInteger, nullable=False),
    Column("role", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("case_no", "role", "person"),
)
Index("case_role_of_person", case_role.c.person)

case_value = Table(
    "case_value",
    metadata,
    Column("case_no", BigInteger, nullable=False),
    Column("name", String(64), nullable=False),
    Column("value", String(200), nullable=False),
    Column("sought", String(4000), nullable=False),  # in one spelling of letters and widths
    PrimaryKeyConstraint("case_no", "name"),
)

case_word = Table(
    "case_word",
    metadata,
    Column("word", String(8), nullable=False),
    Column("case_no", BigInteger, nullable=False),
    PrimaryKeyConstraint("word", "case_no"),
)
Index("case_word_of_case", case_word.c.case_no)

performer = Table(
    "performer",
    metadata,
    Column("case_no", BigInteger, nullable=False),
    Column("element", String(200), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("case_no", "element", "person"),
)
