"""Sealing and verification: what was done to a sealed database is found and named; on both databases."""

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, LargeBinary, Table, Update, delete, select, update

from engine.stream import ORGANISATION
from engine.words import StreamKind
from storage import checkpoint, reexecution, schema, verification
from storage.database import Database
from tests.storage.company import NOW, Company
from tests.storage.tampering import (
    FOUND,
    KEY,
    STREAM,
    Tampering,
    cut,
    forge_and_reseal,
    gone,
    in_row,
    never_there,
    sealed,
    tail_with_row,
    tamper,
)

ENGLISH = re.compile(r"\b(stream|entry|was|is|changed|deleted|head|refusal|version|expected|table)\b")
QUOTED = re.compile("「.*」|XML:.*", re.DOTALL)
"""What a parser says about bytes that it cannot read."""

NAMES = [tampering.name for tampering in FOUND]
HOLDING_BYTES = (
    schema.entry,
    schema.stream,
    schema.refusal,
    schema.position,
    schema.head,
    schema.large_value,
    schema.version_file,
    schema.personal,
)


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


def findings(company: Company, **asked: object) -> list[str]:
    """What a process that has nothing cached finds; each in Chinese as well."""
    found = verification.verify(Company.again(company).store, **asked).findings  # type: ignore[arg-type]  # its options
    assert [text for text in found if ENGLISH.search(QUOTED.sub("", text.zh))] == []
    return [text.en for text in found]


def last_head(company: Company) -> bytes:
    with company.database.read() as connection:
        query = select(schema.head.c.digest).order_by(schema.head.c.head_no.desc()).limit(1)
        return bytes(connection.execute(query).scalar_one())


def found_and_named(company: Company, tampering: Tampering) -> None:
    stream = sealed(company)
    assert findings(company) == []
    tamper(company, tampering.change, stream)
    found = findings(company)
    assert any(tampering.finding in finding for finding in found), found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tampering", FOUND, ids=NAMES)
def test_tampering_after_sealing_is_found_and_named(company: Company, tampering: Tampering) -> None:
    found_and_named(company, tampering)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("tampering", FOUND[::4], ids=NAMES[::4])
def test_tampering_is_found_and_named_on_the_other_database(company: Company, tampering: Tampering) -> None:
    found_and_named(company, tampering)


@pytest.mark.soak
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("tampering", FOUND, ids=NAMES)
def test_every_tampering_is_found_and_named_on_the_other_database(company: Company, tampering: Tampering) -> None:
    found_and_named(company, tampering)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("table", HOLDING_BYTES, ids=[table.name for table in HOLDING_BYTES])
def test_whatever_is_not_bytes_is_found_and_named(company: Company, table: Table) -> None:
    sealed(company)
    tamper(company, lambda _connection, _number: None, 0)
    for column in (found.name for found in table.c if isinstance(found.type, LargeBinary)):
        for value, kind in (("'x'", "text"), (f"CAST({column} AS TEXT)", "text"), ("5", "a whole number")):
            with company.database.write() as connection:
                rows = connection.exec_driver_sql(f"SELECT rowid, {column} FROM {table.name}").all()
                connection.exec_driver_sql(f"UPDATE {table.name} SET {column} = {value} WHERE rowid = {rows[0][0]}")
            (found,) = findings(company)
            assert found.startswith(f"table {table.name}, row ")
            assert found.endswith(f", column {column}: expected bytes, but found {kind}")
            with company.database.write() as connection:
                change = f"UPDATE {table.name} SET {column} = ? WHERE rowid = ?"
                connection.exec_driver_sql(change, (rows[0][1], rows[0][0]))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", ["salt", "content"])
def test_a_personal_value_of_which_a_part_is_gone_is_found(company: Company, column: str) -> None:
    sealed(company)
    with company.database.write() as connection:
        connection.execute(update(schema.personal).values({column: None}))
    assert len(findings(company)) == 9


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (update(schema.stream).values(kind="foo"), "column kind: expected a kind of stream, but found foo"),
        (update(schema.head).values(at=-1), "column at: expected no number below zero, but found -1"),
        (update(schema.position).values(stream_no=-1), "column stream_no: expected no number below zero, but found -1"),
    ],
    ids=["a kind of stream", "a moment", "a number"],
)
def test_a_value_that_no_column_may_have_is_found_and_named(company: Company, change: Update, finding: str) -> None:
    stream = sealed(company)
    tamper(company, lambda _connection, _number: None, stream)
    with company.database.write() as connection:
        connection.execute(change)
    assert {said.endswith(finding) for said in findings(company)} == {True}


def test_a_sealed_company_is_proven_whole(company: Company) -> None:
    sealed(company)
    trusted = [KEY.public_key().public_bytes_raw()]
    report = verification.verify(company.store, kept_head=last_head(company), trusted=trusted)
    assert report.findings == []
    assert (report.heads, report.unsealed, report.refusals, report.versions) == (2, 0, 1, 1)
    assert report.sealed == report.entries + report.refusals == report.executed + report.refusals
    assert (report.personal, report.erased) == (9, 0)
    assert report.keys == [trusted[0].hex()]


def test_one_stream_is_proven_with_what_is_sealed_of_it(company: Company) -> None:
    stream = sealed(company)
    company.terminate(stream + 1)
    report = verification.verify(company.store, stream + 1, kept_head=last_head(company))
    assert report.findings == []
    assert (report.streams, report.entries, report.sealed, report.unsealed) == (1, 3, 2, 1)
    assert (report.heads, report.last_head) == (2, last_head(company).hex())


@pytest.mark.parametrize("change", [gone(schema.entry, stream_no=STREAM, revision=3), tail_with_row, never_there])
def test_a_tail_cut_off_is_found_when_its_stream_alone_is_verified(
    company: Company, change: Callable[[Connection, int], None]
) -> None:
    stream = sealed(company)
    tamper(company, change, stream)
    assert any(f"stream {stream}: entry 3 was deleted" in found for found in findings(company, only=stream))
    assert [found for found in findings(company, only=stream + 1) if "entry" in found] == []


def test_what_entries_point_to_is_checked_without_executing_anything(company: Company) -> None:
    stream = sealed(company)
    change = next(found.change for found in FOUND if found.name == "a changed file of a version")
    tamper(company, change, stream)
    report = verification.verify(Company.again(company).store, execute=False)
    assert (len(report.findings), report.executed) == (1, 0)
    assert report.findings[0].en.endswith("its files were changed")


def test_what_is_not_sealed_yet_is_reported_as_such(company: Company) -> None:
    sealed(company)
    company.start()
    report = verification.verify(company.store)
    assert (report.findings, report.unsealed) == ([], 1)


def test_an_act_in_a_role_that_no_entry_gave_is_found_even_when_the_state_says_nothing_of_it_any_more(
    company: Company,
) -> None:
    stream = company.start()
    with company.database.read() as connection:
        query = select(schema.stream.c.state).where(schema.stream.c.stream_no == ORGANISATION)
        before = connection.execute(query).scalar_one()
    guest = json.dumps({"$person": company.people["guest"].id}, separators=(",", ":"))
    tamper(company, in_row(ORGANISATION, "state", '"SALES":[', f'"SALES":[{guest},'), stream)
    deceived = Company.again(company)
    deceived.complete(stream, deceived.task(stream, "write"), "guest")
    with company.database.write() as connection:
        here = schema.stream.c.stream_no == ORGANISATION
        connection.execute(update(schema.stream).where(here).values(state=before))
    checkpoint.seal(company.database, KEY, NOW)
    for store in (deceived.store, Company.again(company).store):
        found = verification.verify(store).findings
        assert [text.en.partition(" now")[0] for text in found] == [f"stream {stream}: entry 2 is refused"]


def test_what_is_written_while_streams_are_executed_again_is_no_finding(company: Company) -> None:
    stream = company.start()
    company.complete(stream, company.task(stream, "write"), "wang")
    parts = list(reexecution.run(company.store, [(stream, StreamKind.INSTANCE, 1)]))
    assert [(part.entries, part.findings) for part in parts] == [(1, [])]


def test_heads_cut_off_without_a_trace_are_found_with_a_head_kept_elsewhere(company: Company) -> None:
    stream = sealed(company)
    kept = last_head(company)
    tamper(company, cut, stream)
    assert findings(company) == []
    assert ["the head kept elsewhere" in found for found in findings(company, kept_head=kept)] == [True]


def test_a_history_sealed_anew_with_the_stolen_key_is_found_with_a_head_kept_elsewhere(company: Company) -> None:
    stream = sealed(company)
    kept = last_head(company)
    tamper(company, forge_and_reseal(KEY), stream)
    trusted = [KEY.public_key().public_bytes_raw()]
    assert findings(company, trusted=trusted) == []
    assert ["the head kept elsewhere" in found for found in findings(company, kept_head=kept)] == [True]


def test_a_history_sealed_anew_with_another_key_is_found_by_whoever_knows_the_right_one(company: Company) -> None:
    stream = sealed(company)
    tamper(company, forge_and_reseal(Ed25519PrivateKey.generate()), stream)
    found = findings(company, trusted=[KEY.public_key().public_bytes_raw()])
    assert [finding.partition(",")[0] for finding in found] == [
        f"head {number} was signed with a key that is not trusted" for number in (1, 2)
    ]


def test_a_seal_key_that_changes_is_named(company: Company) -> None:
    sealed(company)
    other = Ed25519PrivateKey.generate()
    company.start()
    checkpoint.seal(company.database, other, NOW + timedelta(days=1))
    keys = [key.public_key().public_bytes_raw() for key in (KEY, other)]
    report = verification.verify(company.store, trusted=keys)
    assert (report.findings, report.keys) == ([], [key.hex() for key in keys])


def test_two_sealers_at_once_seal_everything_once(company: Company) -> None:
    for _ in range(20):
        company.start()
    counted: list[int] = []
    threads = [
        threading.Thread(target=lambda: counted.append(checkpoint.seal(company.database, KEY, NOW))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verification.verify(company.store)
    assert (report.findings, report.unsealed) == ([], 0)
    assert sum(counted) == report.sealed == report.entries


class Interrupted(Ed25519PrivateKey):
    """A key that is never given back: the sealer dies while it signs."""

    def public_key(self) -> object:  # type: ignore[override]  # it ends here
        raise KeyboardInterrupt

    def sign(self, data: bytes) -> bytes:
        raise KeyboardInterrupt

    private_bytes = private_bytes_raw = __copy__ = __deepcopy__ = public_key  # type: ignore[assignment]  # never called


def test_a_sealer_that_dies_in_the_middle_leaves_nothing_behind(company: Company) -> None:
    company.start()
    with pytest.raises(KeyboardInterrupt):
        checkpoint.seal(company.database, Interrupted(), NOW)
    with company.database.read() as connection:
        assert connection.execute(select(schema.position)).all() == []
    checkpoint.seal(company.database, KEY, NOW)
    assert findings(company) == []


def test_an_entry_that_was_kept_from_the_sealer_leaves_those_behind_it_unsealed_and_is_named(company: Company) -> None:
    stream = company.start()
    company.complete(stream, company.task(stream, "write"), "wang")
    with company.database.write() as connection:
        mark = schema.unsealed.c
        connection.execute(delete(schema.unsealed).where(mark.stream_no == stream, mark.revision == 1))
    checkpoint.seal(company.database, KEY, NOW)
    report = verification.verify(company.store)
    assert [found.en for found in report.findings] == [f"stream {stream}: entry 1 is neither sealed nor waiting for it"]
    assert report.unsealed == 1


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "seal.key"
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(checkpoint.key_at(path).private_bytes_raw())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["seal.key"]
