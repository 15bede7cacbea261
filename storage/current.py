"""The stream that a command is for, locked until the end of its transaction, with what belongs to it as it is under the lock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from engine.stream import ORGANISATION
from engine.words import StreamKind
from storage.batch import Prepared, Values, find

LAST_STREAM = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A stream, and how far its case and the organisation are; `is_answered` when the id of the command has an answer."""

    kind: StreamKind
    revision: int
    digest: bytes
    at: int
    case_no: int | None
    state: bytes
    window: bytes
    is_answered: bool
    organisation: int
    case_revision: int | None


def find_current(connection: Connection, stream: int, key: str, case: int | None) -> Current | None:
    """The stream for the command of this id; `case` is the one that a new stream will belong to."""
    if not 0 < stream <= LAST_STREAM:
        return None
    asked: list[tuple[Prepared, Values]] = [(_FIND, {"stream": stream, "key": key, "case": case})]
    if connection.dialect.name == "postgresql":  # what is read in the locking statement may be of before
        # whoever changes the case next sees what this one makes, or this one sees the change
        share = (_SHARE_ITS, {"stream": stream}) if case is None else (_SHARE, {"stream": case})
        asked[:0] = [(_LOCK, {"stream": stream}), share]
    row = find(connection, *asked)
    if row is None:
        return None
    kind, revision, digest, at, case_no, state, window, known, organisation, case_revision = row
    return Current(
        kind=StreamKind(kind),
        revision=revision,
        digest=digest,
        at=at,
        case_no=case_no if case is None else case,
        state=state,
        window=window,
        is_answered=known is not None,
        organisation=organisation or 0,
        case_revision=case_revision,
    )


_QUERY = text(
    'SELECT s.kind, s.revision, s.digest, s.at, s.case_no, s.state, s."window", r.key AS known, '
    f"(SELECT o.revision FROM stream o WHERE o.stream_no = {ORGANISATION}) AS organisation, "
    "(SELECT c.revision FROM stream c WHERE c.stream_no = COALESCE(CAST(:case AS BIGINT), s.case_no) AND c.kind = 'case') AS case_revision "
    "FROM stream s LEFT JOIN received r ON r.key = :key WHERE s.stream_no = :stream"
)
_FIND = Prepared(_QUERY)
_LOCK = Prepared(text("SELECT 1 FROM stream WHERE stream_no = :stream FOR UPDATE"))
_SHARE = Prepared(text("SELECT 1 FROM stream WHERE stream_no = :stream FOR SHARE"))
_SHARE_ITS = Prepared(
    text(
        "SELECT 1 FROM stream WHERE stream_no = (SELECT i.case_no FROM stream i WHERE i.stream_no = :stream) FOR SHARE"
    )
)
