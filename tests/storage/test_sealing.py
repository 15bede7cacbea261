"""Sealing goes on beside what is gone; on both databases."""

import pytest
from sqlalchemy import delete

from storage import checkpoint, schema, verification
from storage.database import Database
from tests.storage.company import NOW, Company
from tests.storage.tampering import KEY, tamper


def test_an_entry_deleted_before_its_seal_holds_up_its_own_stream_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "BATCH", 1)
    company = Company(database)
    checkpoint.seal(database, KEY, NOW)
    gone, other = company.start(), company.start()
    entry = schema.entry.c
    one = delete(schema.entry).where(entry.stream_no == gone, entry.revision == 1)
    tamper(company, lambda connection, _stream: connection.execute(one) and None, gone)
    assert checkpoint.seal(database, KEY, NOW) > 0
    with database.read() as connection:
        assert checkpoint.blocked(connection) == 1
    report = verification.verify(Company.again(company).store)
    assert any(f"stream {gone}" in finding.en for finding in report.findings)
    assert not any(f"stream {other}" in finding.en for finding in report.findings)
