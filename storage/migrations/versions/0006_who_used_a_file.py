"""Who handed in or attached each file."""

import json

from alembic import op
from sqlalchemy import Column, String, text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DONE = ("TaskCompleted", "TaskSubmitted")


def upgrade() -> None:
    """As the entry says that used it first, and says for what is used already."""
    with op.batch_alter_table("file_use") as table:
        table.add_column(Column("person", String(64), nullable=True))
    connection = op.get_bind()
    used = connection.execute(text("SELECT DISTINCT stream_no FROM file_use ORDER BY stream_no")).scalars().all()
    for stream in used:
        _fill(stream)


def _fill(stream: int) -> None:
    """Of several entries of one moment it is the one that names the file."""
    connection, place = op.get_bind(), {"stream": stream}
    entries = connection.execute(
        text("SELECT envelope, body FROM entry WHERE stream_no = :stream ORDER BY revision DESC"), place
    )
    known = [(json.loads(bytes(envelope)), bytes(body)) for envelope, body in entries]
    files = connection.execute(text("SELECT DISTINCT digest, at FROM file_use WHERE stream_no = :stream"), place)
    change = text("UPDATE file_use SET person = :person WHERE stream_no = :stream AND digest = :digest AND at = :at")
    for digest, at in files.all():
        then = [(envelope, body) for envelope, body in known if int(envelope["at"]) == at]
        naming = [one for one in then if digest.encode() in one[1]] or then
        person = _by(*naming[-1]) if naming else None
        connection.execute(change, {**place, "digest": digest, "at": at, "person": person})


def _by(envelope: dict[str, str], body: bytes) -> str | None:
    """The actor, or the contact who answered by a link."""
    done = (fields["person"]["$person"] for kind, _, fields in json.loads(body)["events"] if kind in DONE)
    return envelope.get("actor") or next(done, None)
