"""The entry by which somebody last gave an open task to another."""

import json

from alembic import op
from sqlalchemy import BigInteger, Column, text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GIVING = ("TransferTask", "DelegateTask", "ResolveTask", "AddSigner")
SPELT = {
    "postgresql": "position(convert_to('\"{kind}\"', 'UTF8') IN envelope) > 0",
    "sqlite": "instr(envelope, CAST('\"{kind}\"' AS BLOB)) > 0",
}
"""How each database finds a word in bytes."""


def upgrade() -> None:
    """Its revision, for what was given on already: told by the envelope, named by the command."""
    with op.batch_alter_table("task") as table:
        table.add_column(Column("given", BigInteger, nullable=True))
    connection = op.get_bind()
    spelt = " OR ".join(SPELT[connection.dialect.name].format(kind=kind) for kind in GIVING)
    found = connection.execute(text(f"SELECT revision, body FROM entry WHERE {spelt} ORDER BY stream_no, revision"))
    given: dict[str, int] = {}
    for number, body in found:
        kind, _, fields = json.loads(bytes(body))["command"]
        if kind in GIVING:
            given[fields["task"]] = number
    rows = [{"task": task, "given": number} for task, number in given.items()]
    if rows:
        connection.execute(text("UPDATE task SET given = :given WHERE task = :task"), rows)
