"""The tables of the kernel, and the triggers that protect what is never changed.

Written out: what `storage/schema/` says later must not change how this step is taken.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)

from storage.migrations.triggers import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
ORGANISATION = {"kind": "organisation", "revision": 0, "digest": b"", "at": 0, "state": b"", "window": b""}
PROTECTED = ("entry", "refusal", "received", "position", "head", "disposed", "version", "version_file")


def upgrade() -> None:
    """Create everything."""
    for make in (
        _streams,
        _answers,
        _proofs,
        _heads,
        _procedures,
        _outside,
        _worker,
        _jobs,
        _work,
        _tasks,
        _inbox,
        _waiting,
        _clock,
        _reckoning,
        _accounts,
        _habits,
        _tokens,
        _working_copies,
        _found,
    ):
        make()
    for table in PROTECTED:
        for statement in protect(table, op.get_bind().dialect.name):
            op.execute(statement)


def _streams() -> None:
    """What the journal says; the organisation's is the first stream of every database."""
    stream = op.create_table(
        "stream",
        Column("stream_no", NUMBER, autoincrement=True, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("digest", LargeBinary(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("case_no", BigInteger(), nullable=True),
        Column("state", LargeBinary(), nullable=False),
        Column("window", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("stream_no"),
    )
    op.create_table(
        "entry",
        Column("stream_no", BigInteger(), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("envelope", LargeBinary(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
        Column("digest", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("stream_no", "revision"),
    )
    op.create_table(
        "large_value",
        Column("stream_no", BigInteger(), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("content", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("stream_no", "digest"),
    )
    op.bulk_insert(stream, [ORGANISATION])


def _answers() -> None:
    """The first answer to every command id."""
    op.create_table(
        "received",
        Column("key", String(200), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("refusal_no", BigInteger(), nullable=True),
        PrimaryKeyConstraint("key"),
    )
    refused = text("refusal_no IS NOT NULL")
    columns = ["stream_no", "refusal_no"]
    op.create_index("received_refused", "received", columns, sqlite_where=refused, postgresql_where=refused)


def _proofs() -> None:
    """Refusals, and what is not sealed yet."""
    op.create_table(
        "refusal",
        Column("refusal_no", NUMBER, autoincrement=False, nullable=False),
        Column("body", LargeBinary(), nullable=False),
        Column("digest", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("refusal_no"),
    )
    op.create_table(
        "unsealed",
        Column("unsealed_no", NUMBER, autoincrement=True, nullable=False),
        Column("stream_no", BigInteger(), nullable=True),
        Column("revision", BigInteger(), nullable=True),
        Column("refusal_no", BigInteger(), nullable=True),
        PrimaryKeyConstraint("unsealed_no"),
    )


def _heads() -> None:
    """What was sealed, and what was disposed of."""
    op.create_table(
        "position",
        Column("position", NUMBER, autoincrement=False, nullable=False),
        Column("stream_no", BigInteger(), nullable=True),
        Column("revision", BigInteger(), nullable=True),
        Column("refusal_no", BigInteger(), nullable=True),
        Column("digest", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("position"),
    )
    op.create_index("position_of_entry", "position", ["stream_no", "revision"])
    op.create_table(
        "head",
        Column("head_no", NUMBER, autoincrement=False, nullable=False),
        Column("last_position", BigInteger(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("digest", LargeBinary(), nullable=False),
        Column("key", LargeBinary(), nullable=False),
        Column("signature", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("head_no"),
    )
    op.create_table(
        "disposed",
        Column("stream_no", BigInteger(), autoincrement=False, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("digest", LargeBinary(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("stream_no"),
    )


def _procedures() -> None:
    """Versions of procedures."""
    op.create_table(
        "version",
        Column("digest", String(64), nullable=False),
        Column("procedure", String(100), nullable=False),
        PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "version_file",
        Column("version", String(64), nullable=False),
        Column("path", String(300), nullable=False),
        Column("content", LargeBinary(), nullable=False),
        ForeignKeyConstraint(
            ["version"],
            ["version.digest"],
        ),
        PrimaryKeyConstraint("version", "path"),
    )
    op.create_table(
        "publication",
        Column("procedure", String(100), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("version", String(64), nullable=True),
        PrimaryKeyConstraint("procedure"),
    )


def _outside() -> None:
    """What stands outside the journal and may be erased."""
    op.create_table(
        "personal",
        Column("reference", String(64), nullable=False),
        Column("salt", LargeBinary(), nullable=True),
        Column("content", LargeBinary(), nullable=True),
        PrimaryKeyConstraint("reference"),
    )
    op.create_table(
        "handle",
        Column("handle", String(100), nullable=False),
        Column("person", String(64), nullable=False),
        Column("name", String(100), nullable=False),
        PrimaryKeyConstraint("handle"),
        UniqueConstraint("person"),
    )
    op.create_table(
        "draft",
        Column("task", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("content", LargeBinary(), nullable=False),
        Column("saved_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("task", "person"),
    )


def _worker() -> None:
    """The numbers that the worker has given."""
    op.create_table(
        "sequence",
        Column("name", String(200), nullable=False),
        Column("next", BigInteger(), nullable=False),
        PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sequence_given",
        Column("key", String(200), nullable=False),
        Column("name", String(200), nullable=False),
        Column("number", BigInteger(), nullable=False),
        PrimaryKeyConstraint("key"),
    )


def _jobs() -> None:
    """What the worker is still to do, and the processes that do it."""
    op.create_table(
        "job",
        Column("job_no", NUMBER, autoincrement=True, nullable=False),
        Column("job", String(64), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("target", BigInteger(), nullable=True),
        Column("name", String(200), nullable=True),
        Column("correlation", String(64), nullable=True),
        Column("payload", LargeBinary(), nullable=False),
        Column("due", BigInteger(), nullable=False),
        Column("expires", BigInteger(), nullable=True),
        Column("leased_until", BigInteger(), nullable=False),
        Column("begun", BigInteger(), nullable=False),
        Column("tries", Integer(), nullable=False),
        Column("problem_zh", String(1000), nullable=True),
        Column("problem_en", String(1000), nullable=True),
        PrimaryKeyConstraint("job_no"),
        UniqueConstraint("job"),
    )
    op.create_index("job_due", "job", ["due", "job_no"])
    op.create_index("job_of_message", "job", ["name", "correlation", "job_no"])
    op.create_index("job_of_target", "job", ["target", "job_no"])
    op.create_table(
        "node",
        Column("node", String(100), nullable=False),
        Column("started_at", BigInteger(), nullable=False),
        Column("seen_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("node"),
    )


def _work() -> None:
    """Instances and cases."""
    op.create_table(
        "instance",
        Column("stream_no", BigInteger(), autoincrement=False, nullable=False),
        Column("case_no", BigInteger(), nullable=True),
        Column("process", String(100), nullable=False),
        Column("version", String(64), nullable=False),
        Column("status", String(16), nullable=False),
        Column("started_at", BigInteger(), nullable=False),
        Column("ended_at", BigInteger(), nullable=True),
        PrimaryKeyConstraint("stream_no"),
    )
    op.create_index("instance_of_case", "instance", ["case_no"])
    op.create_table(
        "case_",
        Column("stream_no", BigInteger(), autoincrement=False, nullable=False),
        Column("procedure", String(100), nullable=False),
        Column("version", String(64), nullable=False),
        Column("status", String(16), nullable=False),
        Column("opened_at", BigInteger(), nullable=False),
        Column("opened_by", String(64), nullable=True),
        PrimaryKeyConstraint("stream_no"),
    )
    op.create_index("case_opened_by", "case_", ["opened_by", "opened_at", "stream_no"])


def _tasks() -> None:
    """Tasks and inboxes."""
    op.create_table(
        "task",
        Column("task", String(64), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("case_no", BigInteger(), nullable=True),
        Column("process", String(100), nullable=False),
        Column("element", String(100), nullable=False),
        Column("stage", String(16), nullable=False),
        Column("holder", String(64), nullable=True),
        Column("opened", Boolean(), nullable=False),
        Column("due", BigInteger(), nullable=True),
        Column("offered_at", BigInteger(), nullable=False),
        Column("closed_at", BigInteger(), nullable=True),
        Column("closed_by", String(64), nullable=True),
        PrimaryKeyConstraint("task"),
    )
    op.create_index("task_of_stream", "task", ["stream_no"])
    done = text("closed_by IS NOT NULL")
    op.create_index(
        "task_done_by", "task", ["closed_by", "closed_at", "task"], sqlite_where=done, postgresql_where=done
    )
    op.create_table(
        "case_role",
        Column("case_no", BigInteger(), nullable=False),
        Column("role", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        PrimaryKeyConstraint("case_no", "role", "person"),
    )
    op.create_index("case_role_of_person", "case_role", ["person"])


def _inbox() -> None:
    """Who finds a task where."""
    op.create_table(
        "inbox",
        Column("task", String(64), nullable=False),
        Column("case_no", BigInteger(), nullable=True),
        Column("kind", String(8), nullable=False),
        Column("key", String(64), nullable=False),
        Column("due", BigInteger(), nullable=False),
        PrimaryKeyConstraint("task", "kind", "key"),
    )
    op.create_index("inbox_of_key", "inbox", ["kind", "key", "due", "task"])
    op.create_index("inbox_of_case", "inbox", ["case_no", "key"])


def _waiting() -> None:
    """What is waited for."""
    op.create_table(
        "timer",
        Column("timer", String(64), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("activity", String(64), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("due", BigInteger(), nullable=False),
        Column("claimed_until", BigInteger(), nullable=False),
        PrimaryKeyConstraint("timer"),
    )
    op.create_index("timer_due", "timer", ["due"])
    op.create_table(
        "incident",
        Column("incident", String(64), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("activity", String(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("incident"),
    )
    op.create_index("incident_of_stream", "incident", ["stream_no"])
    op.create_index("incident_at", "incident", ["at", "incident"])
    op.create_table(
        "subscription",
        Column("subscription", String(64), nullable=False),
        Column("kind", String(8), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("name", String(200), nullable=False),
        Column("correlation", String(64), nullable=False),
        PrimaryKeyConstraint("subscription"),
    )
    op.create_index("subscription_of_name", "subscription", ["name", "correlation"])
    op.create_table(
        "performer",
        Column("case_no", BigInteger(), nullable=False),
        Column("element", String(200), nullable=False),
        Column("person", String(64), nullable=False),
        PrimaryKeyConstraint("case_no", "element", "person"),
    )


def _clock() -> None:
    """What recurs, and what of it has happened."""
    op.create_table(
        "milestone",
        Column("stream_no", BigInteger(), autoincrement=False, nullable=False),
        Column("name", String(64), nullable=False),
        Column("procedure", String(100), nullable=False),
        Column("process", String(100), nullable=False),
        Column("start", String(100), nullable=False),
        Column("case_no", BigInteger(), nullable=True),
        Column("key", String(200), nullable=False),
        Column("version", String(64), nullable=False),
        Column("status", String(16), nullable=False),
        Column("due", BigInteger(), nullable=False),
        Column("occurred", BigInteger(), nullable=False),
        Column("problem_zh", String(1000), nullable=False),
        Column("problem_en", String(1000), nullable=False),
        Column("claimed_until", BigInteger(), nullable=False),
        PrimaryKeyConstraint("stream_no"),
        UniqueConstraint("name"),
    )
    op.create_index("milestone_due", "milestone", ["due"])
    op.create_index("milestone_of_case", "milestone", ["case_no"])
    op.create_index("milestone_of_procedure", "milestone", ["procedure", "stream_no"])
    op.create_table(
        "occurrence",
        Column("stream_no", BigInteger(), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("planned", BigInteger(), nullable=False),
        Column("actual", BigInteger(), nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("job", String(64), nullable=True),
        Column("person", String(64), nullable=True),
        PrimaryKeyConstraint("stream_no", "number"),
    )


def _reckoning() -> None:
    """What is to be reckoned anew."""
    op.create_table(
        "reckoning",
        Column("stream_no", BigInteger(), autoincrement=False, nullable=False),
        Column("mark", BigInteger(), nullable=False),
        Column("people", Boolean(), nullable=False),
        Column("settings", Boolean(), nullable=False),
        Column("calendar", Boolean(), nullable=False),
        PrimaryKeyConstraint("stream_no"),
    )


def _working_copies() -> None:
    """Procedures that are being changed: outside the journal until they are published."""
    op.create_table(
        "working_copy",
        Column("procedure", String(100), nullable=False),
        Column("base", String(64), nullable=False),
        Column("opened_by", String(64), nullable=False),
        Column("opened_at", BigInteger(), nullable=False),
        Column("mark", BigInteger(), nullable=False),
        PrimaryKeyConstraint("procedure"),
    )
    op.create_table(
        "working_file",
        Column("procedure", String(100), nullable=False),
        Column("path", String(300), nullable=False),
        Column("content", LargeBinary(), nullable=True),
        Column("revision", BigInteger(), nullable=False),
        Column("changed_by", String(64), nullable=False),
        Column("changed_at", BigInteger(), nullable=False),
        ForeignKeyConstraint(["procedure"], ["working_copy.procedure"], ondelete="CASCADE"),
        PrimaryKeyConstraint("procedure", "path"),
    )
    op.create_table(
        "working_author",
        Column("procedure", String(100), nullable=False),
        Column("person", String(64), nullable=False),
        ForeignKeyConstraint(["procedure"], ["working_copy.procedure"], ondelete="CASCADE"),
        PrimaryKeyConstraint("procedure", "person"),
    )


def _accounts() -> None:
    """Who may sign in, and who has."""
    op.create_table(
        "account",
        Column("person", String(64), nullable=False),
        Column("password", String(200), nullable=True),
        Column("one_time", Boolean(), nullable=False),
        Column("enabled", Boolean(), nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("locked_until", BigInteger(), nullable=False),
        Column("language", String(8), nullable=True),
        Column("theme", String(8), nullable=False),
        Column("changed_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "session",
        Column("digest", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("began_at", BigInteger(), nullable=False),
        Column("seen_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=False),
        Column("address", String(64), nullable=False),
        Column("agent", String(200), nullable=False),
        PrimaryKeyConstraint("digest"),
    )
    op.create_index("session_of_person", "session", ["person"])


def _habits() -> None:
    """What people keep for themselves, and how often somebody tried."""
    op.create_table(
        "attempt",
        Column("key", String(200), nullable=False),
        Column("span", BigInteger(), nullable=False),
        Column("count", Integer(), nullable=False),
        PrimaryKeyConstraint("key", "span"),
    )
    op.create_table(
        "task_read",
        Column("task", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        PrimaryKeyConstraint("task", "person"),
    )
    op.create_table(
        "preference",
        Column("person", String(64), nullable=False),
        Column("page", String(32), nullable=False),
        Column("content", String(2000), nullable=False),
        PrimaryKeyConstraint("person", "page"),
    )


def _tokens() -> None:
    """By what programs ask in somebody's name."""
    op.create_table(
        "token",
        Column("digest", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("name", String(100), nullable=False),
        Column("scope", String(16), nullable=False),
        Column("made_at", BigInteger(), nullable=False),
        Column("used_at", BigInteger(), nullable=False),
        Column("ends_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("digest"),
    )
    op.create_index("token_of_person", "token", ["person"])
    op.create_table(
        "second_factor",
        Column("person", String(64), nullable=False),
        Column("secret", String(64), nullable=False),
        Column("confirmed", Boolean(), nullable=False),
        Column("step", BigInteger(), nullable=False),
        Column("ticket", String(64), nullable=True),
        Column("ticket_ends_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "recovery_code",
        Column("person", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
        PrimaryKeyConstraint("person", "digest"),
    )


def _found() -> None:
    """By what cases are found and named, and who was informed of a task."""
    op.create_table(
        "case_value",
        Column("case_no", BigInteger(), nullable=False),
        Column("name", String(64), nullable=False),
        Column("value", String(200), nullable=False),
        Column("sought", String(4000), nullable=False),
        PrimaryKeyConstraint("case_no", "name"),
    )
    op.create_table(
        "case_word",
        Column("word", String(8), nullable=False),
        Column("case_no", BigInteger(), nullable=False),
        PrimaryKeyConstraint("word", "case_no"),
    )
    op.create_index("case_word_of_case", "case_word", ["case_no"])
    op.create_table(
        "task_copy",
        Column("person", String(64), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("task", String(64), nullable=False),
        Column("by", String(64), nullable=False),
        Column("message", String(1000), nullable=False),
        PrimaryKeyConstraint("person", "at", "task"),
    )
