"""What waits for a moment, a message, a person or the worker."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from storage.schema.catalogue import Number, metadata

timer = Table(
    "timer",
    metadata,
    Column("timer", String(64), primary_key=True),
    Column("stream_no", BigInteger, nullable=False),
    Column("activity", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("claimed_until", BigInteger, nullable=False, default=0),  # by the node that is firing it
)
Index("timer_due", timer.c.due)

incident = Table(
    "incident",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("stream_no", BigInteger, nullable=False),
    Column("activity", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("incident_of_stream", incident.c.stream_no)
Index("incident_at", incident.c.at, incident.c.incident)

subscription = Table(
    "subscription",
    metadata,
    Column("subscription", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("stream_no", BigInteger, nullable=False),
    Column("name", String(200), nullable=False),
    Column("correlation", String(64), nullable=False),
)
Index("subscription_of_name", subscription.c.name, subscription.c.correlation)

job = Table(
    "job",
    metadata,
    Column("job_no", Number, primary_key=True, autoincrement=True),
    Column("job", String(64), nullable=False, unique=True),
    Column("stream_no", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("target", BigInteger),  # the stream of a follow-up: its jobs are done in the order of their numbers
    Column("name", String(200)),  # of a message or signal, with its correlation: whoever waits for these has it
    Column("correlation", String(64)),
    Column("payload", LargeBinary, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("expires", BigInteger),  # of a message: it sleeps until then, unless somebody comes to wait for it
    Column("leased_until", BigInteger, nullable=False, default=0),
    Column("begun", BigInteger, nullable=False, default=0),  # when a call that reaches outside began
    Column("tries", Integer, nullable=False, default=0),
    Column("problem_zh", String(1000)),
    Column("problem_en", String(1000)),
)
Index("job_due", job.c.due, job.c.job_no)
Index("job_of_target", job.c.target, job.c.job_no)
Index("job_of_message", job.c.name, job.c.correlation, job.c.job_no)

node = Table(
    "node",
    metadata,
    Column("node", String(100), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

reckoning = Table(
    "reckoning",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False),  # another each time: what was looked at since is told from what is new
    Column("people", Boolean, nullable=False),
    Column("settings", Boolean, nullable=False),
    Column("calendar", Boolean, nullable=False),
    Column("due", BigInteger, nullable=False, default=0),  # when a version that was published earlier comes into force
)
Index("reckoning_due", reckoning.c.due)
"""Streams that changed so that moments may move: the clock reckons these anew. Like a job it is kept in a rebuild."""
