"""From when each version is in force, and when what changed is to be looked at."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The version in force becomes the first row; those before it come back by a rebuild."""
    op.create_table(
        "published",
        Column("procedure", String(100), nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("version", String(64), nullable=False),
        Column("since", BigInteger, nullable=False),
        PrimaryKeyConstraint("procedure", "revision"),
    )
    op.execute(
        "INSERT INTO published (procedure, revision, version, since) "
        "SELECT p.procedure, s.revision, p.version, s.at FROM publication p JOIN stream s ON s.stream_no = p.stream_no "
        "WHERE p.version IS NOT NULL"
    )
    with op.batch_alter_table("publication") as table:
        table.drop_column("version")
    with op.batch_alter_table("reckoning") as table:
        table.add_column(Column("due", BigInteger, nullable=False, server_default="0"))
    with op.batch_alter_table("reckoning") as table:
        table.alter_column("due", server_default=None)
    op.create_index("reckoning_due", "reckoning", ["due"])
