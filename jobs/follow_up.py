"""What an entry makes necessary in another stream: a command by its name and fields."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine import commands, encoding
from engine.commands import Command, OpenCase, StartInstance
from engine.value import Context
from engine.words import StreamKind
from jobs.envelope import envelope, key
from jobs.lease import Job
from storage.attempt import Receipt
from storage.submission import Store

NEW = {StartInstance: StreamKind.INSTANCE, OpenCase: StreamKind.CASE}
"""Commands that begin a stream."""


def submit(store: Store, job: Job, also: Callable[[Connection, Receipt], None]) -> Receipt:
    """Give the command. Raises Refused."""
    kind = getattr(commands, str(job.payload["kind"]))
    fields = encoding.from_json(job.payload["fields"])
    assert isinstance(fields, Context)
    given = dict(_typed(kind, fields))
    if job.target is not None:
        return store.submit(kind(envelope=envelope(store, job, job.target), **given), also=also)
    return store.open_stream(
        NEW[kind], key(job), lambda number: kind(envelope=envelope(store, job, number), **given), also=also
    )


def _typed(kind: type[Command], fields: Context) -> list[tuple[str, object]]:
    """The fields of a follow-up as the command's class wants them; stream numbers travel as text."""
    found: list[tuple[str, object]] = []
    for name, value in fields.items():
        if kind is StartInstance and name == "case":
            found.append((name, None if value is None else int(str(value))))
        else:
            found.append((name, value))
    return found
