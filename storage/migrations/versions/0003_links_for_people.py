"""Links by which contacts do a task, and by which people get a new password; where their mail goes."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "invitation",
        Column("invitation", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("stream_no", BigInteger(), nullable=False),
        Column("task", String(64), nullable=False),
        Column("given_at", BigInteger(), nullable=False),
        Column("given_by", String(64), nullable=False),
        Column("until", BigInteger(), nullable=False),
        Column("contact", String(64), nullable=False),
        Column("message", String(2000), nullable=False),
        Column("evidence", String(64), nullable=True),
        Column("ended_at", BigInteger(), nullable=True),
        Column("ending", String(16), nullable=True),
        PrimaryKeyConstraint("invitation"),
    )
    op.create_index("invitation_of_digest", "invitation", ["digest"])
    op.create_index("invitation_of_task", "invitation", ["task"])
    op.create_table(
        "mail_address",
        Column("person", String(64), nullable=False),
        Column("address", String(254), nullable=False),
        PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "recovery_link",
        Column("digest", String(64), nullable=False),
        Column("person", String(64), nullable=False),
        Column("ends_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("digest"),
    )
    op.create_index("recovery_link_of_person", "recovery_link", ["person"])
