"""The tasks of roles that the team of a case names stand under the people of the team."""

from alembic import op
from sqlalchemy import Column, String, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED = "EXISTS (SELECT 1 FROM case_role r WHERE r.case_no = inbox.case_no AND r.role = inbox.key)"


def upgrade() -> None:
    """Rows say by which role they are there; one row more for each person of a team."""
    with op.batch_alter_table("inbox") as table:
        table.add_column(Column("role", String(64), nullable=False, server_default=""))
    connection = op.get_bind()
    connection.execute(text("UPDATE inbox SET role = key WHERE kind = 'role'"))
    connection.execute(text(f"UPDATE inbox SET kind = 'staffed' WHERE kind = 'role' AND {NAMED}"))
    connection.execute(
        text(
            "INSERT INTO inbox (task, case_no, kind, key, due, role) "
            "SELECT i.task, i.case_no, 'team', r.person, i.due, MIN(r.role) FROM inbox i "
            "JOIN case_role r ON r.case_no = i.case_no AND r.role = i.key "
            "WHERE i.kind = 'staffed' GROUP BY i.task, i.case_no, r.person, i.due"
        )
    )
    with op.batch_alter_table("inbox") as table:
        table.alter_column("role", server_default=None)
