"""Every table, in one place. Bytes are bytes, never a JSON column; moments are UTC microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

metadata = MetaData()
Number = BigInteger().with_variant(Integer(), "sqlite")

# ------------------------------------------------------------------ the journal

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

# ------------------------------------------------------------------ procedures

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
    Column("version", String(64)),
)

# ------------------------------------------------------------------ outside the journal

personal = Table(
    "personal",
    metadata,
    Column("reference", String(64), primary_key=True),
    Column("salt", LargeBinary),
    Column("content", LargeBinary),
)

handle = Table(
    "handle",
    metadata,
    Column("handle", String(100), primary_key=True),
    Column("person", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("task", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("task", "person"),
)

account = Table(
    "account",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("password", String(200)),  # its argon2 hash; without one nobody signs in
    Column("one_time", Boolean, nullable=False, default=False),  # to be changed at the next sign-in
    Column("enabled", Boolean, nullable=False, default=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", BigInteger, nullable=False, default=0),
    Column("language", String(8)),
    Column("theme", String(8), nullable=False, default="system"),
    Column("changed_at", BigInteger, nullable=False, default=0),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the cookie, which is known to the browser alone
    Column("person", String(64), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("address", String(64), nullable=False, default=""),
    Column("agent", String(200), nullable=False, default=""),
)
Index("session_of_person", session.c.person)

token = Table(
    "token",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token, which is known to its program alone
    Column("person", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False, default=0),
    Column("ends_at", BigInteger, nullable=False),
)
Index("token_of_person", token.c.person)

second_factor = Table(
    "second_factor",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("secret", String(64), nullable=False),  # base32; apart from the accounts, and read at sign-in alone
    Column("confirmed", Boolean, nullable=False, default=False),  # a code was given once: from now on it is asked for
    Column("step", BigInteger, nullable=False, default=0),  # of the last code that was taken; it is taken once
    Column("ticket", String(64)),  # SHA-256 of what a browser holds between password and code
    Column("ticket_ends_at", BigInteger, nullable=False, default=0),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("person", "digest"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("key", String(200), nullable=False),
    Column("span", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("key", "span"),
)

task_read = Table(
    "task_read",
    metadata,
    Column("task", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("task", "person"),
)

preference = Table(
    "preference",
    metadata,
    Column("person", String(64), nullable=False),
    Column("page", String(32), nullable=False),
    Column("content", String(2000), nullable=False),
    PrimaryKeyConstraint("person", "page"),
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

sequence = Table(
    "sequence",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

sequence_given = Table(
    "sequence_given",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("number", BigInteger, nullable=False),
)

# ------------------------------------------------------------------ projections

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
)
Index("task_of_stream", task.c.stream_no)
_done = task.c.closed_by.is_not(None)
Index("task_done_by", task.c.closed_by, task.c.closed_at, task.c.task, sqlite_where=_done, postgresql_where=_done)

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
    PrimaryKeyConstraint("task", "kind", "key"),
)
Index("inbox_of_key", inbox.c.kind, inbox.c.key, inbox.c.due, inbox.c.task)
Index("inbox_of_case", inbox.c.case_no, inbox.c.key)

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

performer = Table(
    "performer",
    metadata,
    Column("case_no", BigInteger, nullable=False),
    Column("element", String(200), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("case_no", "element", "person"),
)

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

reckoning = Table(
    "reckoning",
    metadata,
    Column("stream_no", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False),  # another each time: what was looked at since is told from what is new
    Column("people", Boolean, nullable=False),
    Column("settings", Boolean, nullable=False),
    Column("calendar", Boolean, nullable=False),
)
"""Streams that changed so that moments may move: the clock reckons these anew. Like a job it is kept in a rebuild."""

PROJECTIONS = (
    publication,
    instance,
    case,
    case_role,
    case_value,
    case_word,
    task_copy,
    task,
    inbox,
    timer,
    incident,
    subscription,
    performer,
    milestone,
    occurrence,
)
"""What `rebuild` makes anew from events; jobs are kept, as they say what is still to be done."""

NEVER_CHANGED = ("entry", "refusal", "received", "position", "head", "disposed", "version", "version_file")
"""Tables whose rows database triggers protect; entries of a stream in `disposed` may be deleted."""
