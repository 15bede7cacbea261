"""What was uploaded, and where files are used."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, PrimaryKeyConstraint, String

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "upload",
        Column("digest", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("task", String(64), nullable=False),
        Column("name", String(255), nullable=False),
        Column("type", String(100), nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("used", Boolean, nullable=False),
        PrimaryKeyConstraint("digest", "person", "task", "name"),
    )
    op.create_index("upload_at", "upload", ["used", "at"])
    op.create_index("upload_of_person", "upload", ["person", "used"])
    _used("file_use", Column("erasable", Boolean, nullable=False), ("stream_no", "digest", "task", "name"))
    op.create_index("file_use_of_digest", "file_use", ["digest"])
    op.create_index("file_use_of_case", "file_use", ["case_no"])
    _used("personal_file", Column("reference", String(64), nullable=False), ("reference", "digest"))
    op.create_index("personal_file_of_digest", "personal_file", ["digest"])
    op.create_index("personal_file_of_stream", "personal_file", ["stream_no"])


def _used(name: str, own: Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        Column("stream_no", BigInteger, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("task", String(64), nullable=False),
        Column("name", String(255), nullable=False),
        Column("type", String(255), nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("case_no", BigInteger, nullable=True),
        Column("at", BigInteger, nullable=False),
        own,
        PrimaryKeyConstraint(*key),
    )
