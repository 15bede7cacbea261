"""The keys of requests that programs made."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "request_key",
        Column("person", String(64), nullable=False),
        Column("key", String(100), nullable=False),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        PrimaryKeyConstraint("person", "key"),
    )
    op.create_index("request_key_by_age", "request_key", ["at"])
