"""From when each version is in force, and when what changed is to be looked at."""

import json

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every version that was published gets its row, in force from the moment of its entry."""
    op.create_table(
        "published",
        Column("procedure", String(100), nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("version", String(64), nullable=False),
        Column("since", BigInteger, nullable=False),
        PrimaryKeyConstraint("procedure", "revision"),
    )
    _fill()
    with op.batch_alter_table("publication") as table:
        table.drop_column("version")
    with op.batch_alter_table("reckoning") as table:
        table.add_column(Column("due", BigInteger, nullable=False, server_default="0"))
    with op.batch_alter_table("reckoning") as table:
        table.alter_column("due", server_default=None)
    op.create_index("reckoning_due", "reckoning", ["due"])


def _fill() -> None:
    """As the entries say: until this step each entry of such a stream published one version, at once."""
    connection = op.get_bind()
    found = connection.execute(
        text(
            "SELECT p.procedure, e.revision, e.envelope, e.body FROM publication p "
            "JOIN entry e ON e.stream_no = p.stream_no ORDER BY p.procedure, e.revision"
        )
    )
    for procedure, number, envelope, body in found.all():
        _kind, _version, fields = json.loads(bytes(body))["command"]
        row = {"procedure": procedure, "revision": number, "version": fields["version"]}
        row["since"] = int(json.loads(bytes(envelope))["at"])
        connection.execute(text("INSERT INTO published VALUES (:procedure, :revision, :version, :since)"), row)
