"""Tasks, and who finds them where."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

task = Table(
    "task",
    metadata,
    Column("task", String(64), primary_key=True),
    Column("stream_no", BigInteger, nullable=False),
    Column("case_no", BigInteger),
    Column("process", String(100), nullable=False),
    Column("element", String(100), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("holder", String(64)),
    Column("opened", Boolean, nullable=False, default=False),
    Column("due", BigInteger),
    Column("offered_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", String(64)),
    Column("given", BigInteger),  # the entry by which somebody last gave it to another
)
Index("task_of_stream", task.c.stream_no)
_done = task.c.closed_by.is_not(None)
Index("task_done_by", task.c.closed_by, task.c.closed_at, task.c.task, sqlite_where=_done, postgresql_where=_done)

task_copy = Table(
    "task_copy",
    metadata,
    Column("person", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("task", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("message", String(1000), nullable=False),
    PrimaryKeyConstraint("person", "at", "task"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("task", String(64), nullable=False),
    Column("case_no", BigInteger),
    Column("kind", String(8), nullable=False),
    Column("key", String(64), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("role", String(64), nullable=False, default=""),  # by which it was offered
    PrimaryKeyConstraint("task", "kind", "key"),
)
Index("inbox_of_key", inbox.c.kind, inbox.c.key, inbox.c.due, inbox.c.task)
Index("inbox_of_case", inbox.c.case_no, inbox.c.key)
