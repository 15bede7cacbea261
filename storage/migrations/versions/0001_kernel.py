"""The tables of the kernel, and the triggers that protect what is never changed."""

from alembic import op
from sqlalchemy import insert

from engine.words import StreamKind
from storage.migrations.triggers import protect
from storage.schema import NEVER_CHANGED, metadata, stream

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    bind = op.get_bind()
    metadata.create_all(bind)
    bind.execute(insert(stream).values(kind=StreamKind.ORGANISATION))  # the first stream of every database
    for table in NEVER_CHANGED:
        for statement in protect(table, bind.dialect.name):
            op.execute(statement)
