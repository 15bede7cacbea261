"""Milestones and their occurrences."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

milestone = Table(
    "milestone",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False, unique=True),  # a digest of procedure, start event, scope and key
    Column("procedure", String(100), nullable=False),
    Column("process", String(100), nullable=False),
    Column("start", String(100), nullable=False),
    Column("case_no", BigInteger),
    Column("key", String(200), nullable=False),
    Column("version", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("occurred", BigInteger, nullable=False),
    Column("problem_zh", String(1000), nullable=False),
    Column("problem_en", String(1000), nullable=False),
    Column("claimed_until", BigInteger, nullable=False, default=0),  # by the node that attends to it
)
Index("milestone_due", milestone.c.due)
Index("milestone_of_case", milestone.c.case_no)
Index("milestone_of_procedure", milestone.c.procedure, milestone.c.stream_no)

occurrence = Table(
    "occurrence",
    metadata,
    Column("stream_no", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("planned", BigInteger, nullable=False),
    Column("actual", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("job", String(64)),
    Column("person", String(64)),
    PrimaryKeyConstraint("stream_no", "number"),
)
