"""The only path by which anything changes: one command, one entry, one transaction, one commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from engine.commands import Command
from engine.errors import EngineError, MalformedValue, Reason, Refused
from engine.words import StreamKind
from storage import personal, refusals
from storage.attempt import Also, Attempt, Receipt
from storage.database import Database
from storage.files import Files
from storage.procedures import Procedures
from storage.shelf import Recent
from storage.states import States

ATTEMPTS = 8
LONGEST_ID = 200

log = logging.getLogger(__name__)


class Store:
    """The journal of one database, with the caches of this process; all of them hold immutable values."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        files: Files | None = None,
    ) -> None:
        self.database = database
        self.files = files or Files.beside(database)
        self.now = now
        self.recent = Recent()
        self.states = States(self.recent)
        self.procedures = Procedures(database, now)

    def submit(self, command: Command, personal_rows: Sequence[personal.Row] = (), also: Also | None = None) -> Receipt:
        """Execute a command and write what it makes, once. Raises Refused, after the refusal was kept."""
        return self._attempt(command.envelope.id, lambda _: command, None, personal_rows, also)

    def open_stream(
        self,
        kind: StreamKind,
        key: str,
        build: Callable[[int], Command],
        personal_rows: Sequence[personal.Row] = (),
        also: Also | None = None,
    ) -> Receipt:
        """A new stream with its first entry; `key` is the id of the command that `build` makes for its number."""
        return self._attempt(key, build, kind, personal_rows, also)

    def _attempt(
        self,
        key: str,
        build: Callable[[int], Command],
        kind: StreamKind | None,
        rows: Sequence[personal.Row],
        also: Also | None,
    ) -> Receipt:
        _readable(key)
        for turn in range(ATTEMPTS):
            attempt = Attempt(self.states, self.procedures, self.now, rows, also)
            try:
                with self.database.write() as connection:
                    receipt = attempt.run(connection, key, build, kind)
            except Refused as refused:
                if attempt.is_decided and not self._keep(attempt, refused):
                    continue  # the same command was answered meanwhile: give the first answer
                raise
            except (MalformedValue, UnicodeEncodeError) as error:
                raise Refused(
                    Reason.INVALID_DATA,
                    f"应只含可以保存的值:{error}",
                    f"expected only values that may be stored, but {error}",
                ) from error
            except DataError as error:  # a text or number that no column of this database keeps
                log.exception("command %s", key)
                raise Refused(
                    Reason.INVALID_DATA,
                    "有的文字或数值数据库无法保存",
                    "expected only values that the database keeps, but found a text or number that it does not",
                ) from error
            except (IntegrityError, OperationalError):
                if turn == ATTEMPTS - 1:
                    raise
                continue  # somebody was faster: read and decide again
            attempt.committed()
            return receipt
        raise EngineError("expected an answer to the command, but others were faster each time")

    def _keep(self, attempt: Attempt, refused: Refused) -> bool:
        assert attempt.command is not None
        command, nowhere = attempt.command, attempt.nowhere
        return refusals.keep(self.database, command, refused, self.now(), nowhere=nowhere)


def _readable(key: str) -> None:
    if not 0 < len(key) <= LONGEST_ID or not key.isprintable():
        raise Refused(
            Reason.INVALID_DATA,
            f"命令编号应为 1 到 {LONGEST_ID} 个可见字符",
            f"expected a command id of 1 to {LONGEST_ID} characters that can be printed, but found {len(key)}",
        )
