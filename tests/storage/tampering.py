"""What somebody with the database's password could do after sealing, each with the words in which it is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, delete, insert, select, text, update

from engine.errors import Refused
from engine.procedure import version_digest
from storage import checkpoint, journal, personal, schema
from tests.storage.company import NOW, Company

entry, stream, position, head, refusal = schema.entry, schema.stream, schema.position, schema.head, schema.refusal
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """A change to a sealed company; `finding` stands in what verification says, `audited` when the page shows it, too."""

    name: str
    change: Callable[[Connection, int], None]
    finding: str
    audited: bool = True


def sealed(company: Company, key: Ed25519PrivateKey = KEY) -> int:
    """Two heads over a stream with a large and a personal value, another like it, and a refusal."""
    found = company.start()
    other = company.start()
    row = personal.separate("刘建国")
    company.complete(found, company.task(found, "write"), "wang", {"long": "汉" * 5_000, "who": row.personal}, [row])
    company.complete(other, company.task(other, "write"), "wang")
    with pytest.raises(Refused):
        company.complete(found, company.task(found, "review"), "guest")
    checkpoint.seal(company.database, key, NOW)
    company.complete(found, company.task(found, "review"), "chen")
    checkpoint.seal(company.database, key, NOW + timedelta(hours=1))
    return found


def tamper(company: Company, change: Callable[[Connection, int], None], stream_no: int) -> None:
    """Drop the triggers, and do it."""
    with company.database.write() as connection:
        for table in schema.NEVER_CHANGED:
            if company.database.is_sqlite:
                for act in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{act}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        change(connection, stream_no)


def _set(table: Table, where: dict[str, object] | None = None, **values: object) -> Callable[[Connection, int], None]:
    """Change columns; a byte column gets its last byte turned over when the value is FLIP."""

    def change(connection: Connection, number: int) -> None:
        given = {key: number if value is STREAM else value for key, value in (where or {}).items()}
        chosen = [table.c[key] == value for key, value in given.items()]
        row = connection.execute(select(table).where(*chosen).limit(1)).mappings().one()
        made = {key: _flipped(row[key]) if value is FLIP else value for key, value in values.items()}
        assert connection.execute(update(table).where(*chosen).values(**made)).rowcount

    return change


def gone(table: Table, **where: object) -> Callable[[Connection, int], None]:
    """Delete rows."""

    def change(connection: Connection, number: int) -> None:
        chosen = [table.c[key] == (number if value is STREAM else value) for key, value in where.items()]
        assert connection.execute(delete(table).where(*chosen)).rowcount

    return change


STREAM, FLIP = object(), object()


def _flipped(data: Any) -> bytes:
    found = bytes(data)
    return found[:-1] + bytes([found[-1] ^ 1])


def _both(*changes: Callable[[Connection, int], None]) -> Callable[[Connection, int], None]:
    def change(connection: Connection, number: int) -> None:
        for one in changes:
            one(connection, number)

    return change


def rows_of(connection: Connection, number: int) -> list[Any]:
    """The entries of a stream."""
    return list(connection.execute(select(entry).where(entry.c.stream_no == number).order_by(entry.c.revision)))


def rechain(connection: Connection, number: int) -> None:
    """Make the digests of a stream fit what it says now."""
    previous = b""
    for row in rows_of(connection, number):
        previous = journal.digest_of(journal.ENTRY, previous, bytes(row.envelope), bytes(row.body))
        here = (entry.c.stream_no == number) & (entry.c.revision == row.revision)
        connection.execute(update(entry).where(here).values(digest=previous))
    last = {"digest": previous, "revision": len(rows_of(connection, number))}
    connection.execute(update(stream).where(stream.c.stream_no == number).values(**last))


def _forged(connection: Connection, number: int) -> None:
    body = bytes(rows_of(connection, number)[1].body).replace(b'"CompleteTask",1', b'"CompleteTask",2')
    _set(entry, {"stream_no": STREAM, "revision": 2}, body=body)(connection, number)
    rechain(connection, number)


def _swapped(connection: Connection, number: int) -> None:
    mine, yours = rows_of(connection, number)[1], rows_of(connection, number + 1)[1]
    for target, source in ((number, yours), (number + 1, mine)):
        here = (entry.c.stream_no == target) & (entry.c.revision == 2)
        connection.execute(update(entry).where(here).values(envelope=source.envelope, body=source.body))
        rechain(connection, target)


def tail_with_row(connection: Connection, number: int) -> None:
    """The last entry deleted, and an end of the stream that fits."""
    gone(entry, stream_no=STREAM, revision=3)(connection, number)
    rechain(connection, number)


def _another_position(connection: Connection, _number: int) -> None:
    """Two sealed entries change places, and the head says so with a digest that fits but is not signed."""
    first, second = connection.execute(select(position).order_by(position.c.position).limit(2)).all()
    for target, source in ((first, second), (second, first)):
        values = {key: source._mapping[key] for key in ("stream_no", "revision", "refusal_no", "digest")}
        connection.execute(update(position).where(position.c.position == target.position).values(**values))
    reseal(connection, None)


def reseal(connection: Connection, key: Ed25519PrivateKey | None) -> None:
    """Make all heads fit the positions, with signatures when a key is given."""
    previous, first = b"", 1
    for row in connection.execute(select(head).order_by(head.c.head_no)).all():
        chain = previous
        inside = position.c.position.between(first, row.last_position)
        for place in connection.execute(select(position).where(inside).order_by(position.c.position)):
            chain = checkpoint.running(chain, place._mapping)
        digest = checkpoint.head_digest(row.head_no, row.last_position, row.at, previous, chain)
        values: dict[str, object] = {"digest": digest}
        if key is not None:
            values |= {"signature": key.sign(digest), "key": key.public_key().public_bytes_raw()}
        connection.execute(update(head).where(head.c.head_no == row.head_no).values(**values))
        previous, first = digest, row.last_position + 1


def cut(connection: Connection, _number: int) -> None:
    """The last head with its positions, and everything in it put back among what is not sealed."""
    last, before = connection.execute(select(head).order_by(head.c.head_no.desc())).all()
    behind = position.c.position > before.last_position
    columns = ("stream_no", "revision", "refusal_no")
    rows = [{c: row._mapping[c] for c in columns} for row in connection.execute(select(position).where(behind))]
    connection.execute(delete(position).where(behind))
    connection.execute(delete(head).where(head.c.head_no == last.head_no))
    connection.execute(insert(schema.unsealed), rows)


def forge_and_reseal(key: Ed25519PrivateKey) -> Callable[[Connection, int], None]:
    """A forged stream whose positions and heads were made to fit, signed with this key."""

    def change(connection: Connection, number: int) -> None:
        rows = rows_of(connection, number)
        envelope = bytes(rows[0].envelope).replace(b'"channel":"cli"', b'"channel":"web"')
        _set(entry, {"stream_no": STREAM, "revision": 1}, envelope=envelope)(connection, number)
        rechain(connection, number)
        for row in rows_of(connection, number):
            here = (position.c.stream_no == number) & (position.c.revision == row.revision)
            connection.execute(update(position).where(here).values(digest=row.digest))
        reseal(connection, key)

    return change


def _uncounted(connection: Connection, number: int) -> None:
    cut(connection, number)
    connection.execute(delete(schema.unsealed))


def never_there(connection: Connection, number: int) -> None:
    """The last entry deleted with the head and everything else that says it was there."""
    cut(connection, number)
    tail_with_row(connection, number)


def _another_version(connection: Connection, _number: int) -> None:
    connection.execute(insert(schema.version).values(digest="0" * 64, procedure="trial"))
    row = {"version": "0" * 64, "path": "procedure.toml", "content": b'key = "trial"'}
    connection.execute(insert(schema.version_file).values(**row))
    connection.execute(update(schema.published).values(version="0" * 64))


def _large(connection: Connection, number: int) -> None:
    row = connection.execute(select(schema.large_value).where(schema.large_value.c.stream_no == number)).first()
    assert row is not None
    changed = bytes(row.content).replace("汉".encode(), "宋".encode(), 1)
    connection.execute(update(schema.large_value).values(content=changed))


def _personal(connection: Connection, _number: int) -> None:
    table = schema.personal
    row = connection.execute(select(table).where(table.c.content == '"刘建国"'.encode())).one()
    connection.execute(update(table).where(table.c.reference == row.reference).values(content='"刘建军"'.encode()))


def _emptied(connection: Connection, _number: int) -> None:
    table = schema.personal
    change = update(table).where(table.c.content == '"刘建国"'.encode())
    assert connection.execute(change.values(content=None, salt=None)).rowcount == 1


def _disposed(connection: Connection, number: int) -> None:
    """What disposal leaves behind, by hand."""
    row = connection.execute(select(stream).where(stream.c.stream_no == number)).one()
    kept = {"stream_no": number, "kind": row.kind, "revision": row.revision, "digest": row.digest, "at": 0}
    connection.execute(insert(schema.disposed).values(**kept))
    connection.execute(delete(schema.large_value).where(schema.large_value.c.stream_no == number))
    connection.execute(delete(entry).where(entry.c.stream_no == number))


def in_row(number: object, column: str, old: str, new: str) -> Callable[[Connection, int], None]:
    """Other words in what stands beside the entries of a stream."""

    def change(connection: Connection, found: int) -> None:
        here = stream.c.stream_no == (found if number is STREAM else number)
        data = bytes(connection.execute(select(stream.c[column]).where(here)).scalar_one())
        assert old.encode() in data
        values = {column: data.replace(old.encode(), new.encode(), 1)}
        connection.execute(update(stream).where(here).values(**values))

    return change


def _other_task(table: Table, **values: object) -> Callable[[Connection, int], None]:
    """Change the rows of the task that is still open, in the stream beside; nothing given: delete them."""

    def change(connection: Connection, number: int) -> None:
        query = select(schema.task.c.task).where(
            schema.task.c.stream_no == number + 1, schema.task.c.closed_at.is_(None)
        )
        here = table.c.task == connection.execute(query).scalar_one()
        assert connection.execute(
            update(table).where(here).values(**values) if values else delete(table).where(here)
        ).rowcount

    return change


def _answered(**values: object) -> Callable[[Connection, int], None]:
    """A command id that nobody sent is said to be answered already."""

    def change(connection: Connection, _number: int) -> None:
        connection.execute(insert(schema.received).values(key="x", **values))

    return change


def _no_procedure(connection: Connection, _number: int) -> None:
    """A version that nobody published, whose digest fits its only file."""
    files = {"procedure.toml": b"key ="}
    digest = version_digest(files)
    connection.execute(insert(schema.version).values(digest=digest, procedure="trial"))
    rows = [{"version": digest, "path": path, "content": content} for path, content in files.items()]
    connection.execute(insert(schema.version_file), rows)


def _names_swapped(connection: Connection, _number: int) -> None:
    for handle, name in (("wang", "chen"), ("chen", "wang")):
        connection.execute(update(schema.handle).where(schema.handle.c.handle == handle).values(name=name))


FOUND = [
    Tampering(name="a changed byte", change=_set(entry, {"stream_no": STREAM, "revision": 2}, body=FLIP), finding="entry 2 was changed"),
    Tampering(name="a changed envelope", change=_set(entry, {"stream_no": STREAM, "revision": 2}, envelope=FLIP), finding="entry 2 was changed"),
    Tampering(name="a changed digest", change=_set(entry, {"stream_no": STREAM, "revision": 2}, digest=FLIP), finding="entry 2 was changed"),
    Tampering(name="a changed end of a stream", change=_set(stream, {"stream_no": STREAM}, digest=FLIP), finding="ends at entry 3, not where its head says"),
    Tampering(name="a deleted entry", change=gone(entry, stream_no=STREAM, revision=1), finding="expected entry 1, but found 2"),
    Tampering(name="a deleted tail", change=gone(entry, stream_no=STREAM, revision=3), finding="entry 3 was deleted after it was sealed"),
    Tampering(name="a deleted tail with a fitting end", change=tail_with_row, finding="entry 3 was deleted after it was sealed"),
    Tampering(name="a deleted stream", change=_both(gone(entry, stream_no=STREAM), gone(stream, stream_no=STREAM)), finding="entry 1 was deleted after it was sealed"),
    Tampering(name="a forged stream with a fitting chain", change=_forged, finding="entry 2 was changed after it was sealed"),
    Tampering(name="entries swapped between streams", change=_swapped, finding="entry 2 was written for another place"),
    Tampering(name="a deleted refusal", change=gone(refusal, refusal_no=1), finding="refusal 1 was deleted after it was sealed"),
    Tampering(name="a changed refusal", change=_set(refusal, {"refusal_no": 1}, body=FLIP), finding="refusal 1 was changed"),
    Tampering(name="a deleted position", change=gone(position, position=2), finding="head 1 does not fit what it seals"),
    Tampering(name="a changed position", change=_set(position, {"position": 3}, digest=FLIP), finding="head 1 does not fit what it seals"),
    Tampering(name="swapped positions", change=_another_position, finding="head 1 does not fit its signature"),
    Tampering(name="a changed head", change=_set(head, {"head_no": 2}, digest=FLIP), finding="head 2 does not fit what it seals"),
    Tampering(name="a changed moment of a head", change=_set(head, {"head_no": 1}, at=0), finding="head 1 does not fit what it seals"),
    Tampering(name="a changed signature", change=_set(head, {"head_no": 2}, signature=FLIP), finding="head 2 does not fit its signature"),
    Tampering(name="a deleted head", change=gone(head, head_no=2), finding="positions stand behind the last head"),
    Tampering(name="a deleted first head", change=gone(head, head_no=1), finding="head 1 does not fit what it seals"),
    Tampering(name="a head deleted with its positions", change=_uncounted, finding="entry 3 is neither sealed nor waiting for it"),
    Tampering(name="a tail that was put back and deleted", change=never_there, finding="entry 3 was deleted before it was sealed"),
    Tampering(name="a changed file of a version", change=_set(schema.version_file, {"path": "processes/p.bpmn"}, content=FLIP), finding="its files were changed"),
    Tampering(name="a deleted file of a version", change=gone(schema.version_file, path="processes/p.bpmn"), finding="its files were changed"),
    Tampering(name="a version of another procedure", change=_set(schema.version, procedure="other"), finding="belongs to procedure trial"),
    Tampering(name="another version in force", change=_another_version, finding="procedure trial: its stream says another version is in force"),
    Tampering(name="a procedure that is not in force", change=gone(schema.publication), finding="procedure trial: its stream says another version is in force", audited=False),
    Tampering(name="a changed large value", change=_large, finding="was changed"),
    Tampering(name="a deleted large value", change=gone(schema.large_value, stream_no=STREAM), finding="cannot be read"),
    Tampering(name="a changed personal value", change=_personal, finding="was changed"),
    Tampering(name="a deleted personal value", change=gone(schema.personal), finding="is missing, and not by erasure"),
    Tampering(name="a changed byte beside personal values", change=_set(entry, {"stream_no": 1, "revision": 1}, body=FLIP), finding="stream 1: entry 1 was changed"),
    Tampering(name="a personal value erased without an entry", change=_emptied, finding="was erased, but no entry says so"),
    Tampering(name="a stream disposed of without an entry", change=_disposed, finding="was disposed of, but no entry says so"),
    Tampering(name="a role in the state of the organisation", change=in_row(1, "state", '"SALES":[', '"SALES":[{"$person":"1.7.1"},'), finding="stream 1: its state is not what its entries make", audited=False),
    Tampering(name="a changed state of an instance", change=in_row(STREAM, "state", '"1.1.1"', '"1.7.1"'), finding=": its state is not what its entries make", audited=False),
    Tampering(name="a deleted state", change=_set(stream, {"stream_no": STREAM}, state=b""), finding=": its state is not what its entries make", audited=False),
    Tampering(name="a changed window", change=_set(stream, {"stream_no": STREAM}, window=FLIP), finding=": its window is not what its entries make", audited=False),
    Tampering(name="an instance moved to a case", change=_set(stream, {"stream_no": STREAM}, case_no=1), finding=": its case is not what its entries make", audited=False),
    Tampering(name="an inbox row for another role", change=_other_task(schema.inbox, key="SALES"), finding=": its rows in table inbox are not what its entries make", audited=False),
    Tampering(name="a deleted inbox row", change=_other_task(schema.inbox), finding=": its rows in table inbox are not what its entries make", audited=False),
    Tampering(name="a task held by another", change=_other_task(schema.task, holder="x"), finding=": its rows in table task are not what its entries make", audited=False),
    Tampering(name="a version that describes no procedure", change=_no_procedure, finding="belongs to procedure (none)", audited=False),
    Tampering(name="a changed name of a person", change=_set(schema.handle, {"handle": "wang"}, name="李强"), finding="stream 1: entry 1: person 1.1.1 has another name or handle", audited=False),
    Tampering(name="people who changed names", change=_names_swapped, finding="person 1.1.1 has another name or handle", audited=False),
    Tampering(name="another handle of a person", change=_set(schema.handle, {"handle": "wang"}, handle="boss"), finding="person 1.1.1 has another name or handle", audited=False),
    Tampering(name="a handle given to nobody who was added", change=_set(schema.handle, {"handle": "wang"}, person="9.9.9"), finding="handle wang: no entry adds person 9.9.9", audited=False),
    Tampering(name="a deleted handle", change=gone(schema.handle, handle="wang"), finding="person 1.1.1 has no handle, and not by erasure", audited=False),
    Tampering(name="a refusal that does not show", change=gone(schema.received, refusal_no=1), finding="refusal 1: its command id is not kept", audited=False),
    Tampering(name="a refusal shown elsewhere", change=_set(schema.received, {"refusal_no": 1}, stream_no=1), finding="refusal 1: its command id is kept for another command or stream", audited=False),
    Tampering(name="a refusal of another command", change=_set(schema.received, {"refusal_no": 1}, key="x"), finding="refusal 1: its command id is kept for another command or stream", audited=False),
    Tampering(name="a command id answered by no entry", change=_answered(stream_no=1, revision=99), finding="stream 1: entry 99: command id x is answered by it, but it is not there", audited=False),
    Tampering(name="a command id answered by no refusal", change=_answered(stream_no=1, revision=0, refusal_no=9), finding="refusal 9: command id x is answered by it, but it is not there", audited=False),
    Tampering(name="a second command id of an entry", change=_answered(stream_no=1, revision=1), finding="stream 1: entry 1: its command id is not kept", audited=False),
    Tampering(name="a forgotten command id", change=gone(schema.received, stream_no=STREAM, revision=2), finding="its command id is not kept"),
]  # fmt: skip
