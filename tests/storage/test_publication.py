"""Versions in force: settings are changed under the version of their day; a procedure has one stream; on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from engine.commands import ChangeSetting, Envelope, PublishVersion
from engine.errors import Reason, Refused
from engine.stream import ORGANISATION
from engine.value import number
from engine.words import StreamKind
from storage import schema, verification
from storage.database import Database
from storage.rebuild import rebuild
from tests.engine.world import MANIFEST
from tests.storage.company import Company

SETTING = MANIFEST[MANIFEST.index("[settings.review_days]") :]


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database)


def another_version(company: Company, manifest: str) -> str:
    files = dict(company.procedure.files) | {"procedure.toml": manifest.encode()}
    return company.store.procedures.keep(files).digest


def publish(company: Company, stream: int, version: str, key: str) -> PublishVersion:
    envelope = Envelope(id=key, stream=stream, at=company.now, actor=company.people["chen"])
    return PublishVersion(envelope=envelope, procedure="trial", version=version, label="A/1", reason="修订")


def test_a_setting_changed_under_an_old_version_is_re_executed_under_it(company: Company) -> None:
    envelope = Envelope(id="setting", stream=ORGANISATION, at=company.now)
    company.store.submit(ChangeSetting(envelope=envelope, procedure="trial", key="review_days", value=number(5)))
    with company.database.read() as connection:
        place = company.store.procedures.place("trial", connection)
    assert place is not None
    without = another_version(company, MANIFEST.replace(SETTING, ""))
    company.store.submit(publish(company, place.stream, without, "again"))
    envelope = Envelope(id="setting-2", stream=ORGANISATION, at=company.now)
    with pytest.raises(Refused, match="has no setting review_days"):
        company.store.submit(ChangeSetting(envelope=envelope, procedure="trial", key="review_days", value=number(6)))
    fresh = Company.again(company)
    assert verification.verify(fresh.store).findings == []
    assert rebuild(fresh.store, windows=True).differences == []


def test_a_version_of_a_later_moment_is_in_force_from_then_on(company: Company) -> None:
    now, later = company.now, company.now + timedelta(days=30)
    first, second = company.procedure.digest, another_version(company, MANIFEST.replace(SETTING, ""))
    with company.database.read() as connection:
        company.procedure = company.store.procedures.get(second, connection)
    company.publish("B/0", later)

    def in_force(at: datetime | None = None) -> str:
        with company.database.read() as connection:
            found = company.store.procedures.in_force("trial", connection, at)
            assert found is not None
            return found.digest

    assert [in_force(at) for at in (None, now, later - timedelta(seconds=1), later)] == [first, first, first, second]
    with company.database.read() as connection:
        assert company.store.procedures.place("trial", connection, now - timedelta(days=1)) is None
    change_setting(company, "before")
    company.later(days=30)
    assert in_force() == second
    with pytest.raises(Refused, match="has no setting review_days"):
        change_setting(company, "after")
    fresh = Company.again(company)
    assert verification.verify(fresh.store).findings == []
    assert rebuild(fresh.store, windows=True).differences == []


def change_setting(company: Company, key: str) -> None:
    envelope = Envelope(id=key, stream=ORGANISATION, at=company.now)
    company.store.submit(ChangeSetting(envelope=envelope, procedure="trial", key="review_days", value=number(5)))


def test_a_forged_moment_of_a_version_is_found(company: Company) -> None:
    with company.database.write() as connection:
        connection.execute(update(schema.published).values(since=schema.published.c.since + 1))
    (finding,) = verification.verify(Company.again(company).store).findings
    assert "another version is in force" in str(finding)


def test_a_procedure_has_one_stream(company: Company) -> None:
    other = another_version(company, MANIFEST.replace('label = "A/0"', 'label = "A/1"'))
    with pytest.raises(Refused, match="published in another"):
        company.store.open_stream(
            StreamKind.PROCEDURE, "second", lambda stream: publish(company, stream, other, "second")
        )
    assert verification.verify(company.store).findings == []


def test_of_several_first_publications_at_once_one_stands(company: Company) -> None:
    manifest = MANIFEST.replace('key = "trial"', 'key = "other"')
    version = another_version(company, manifest)
    answers: list[str] = []

    def attempt(number: int) -> None:
        def build(stream: int) -> PublishVersion:
            envelope = Envelope(id=f"first{number}", stream=stream, at=company.now)
            return PublishVersion(envelope=envelope, procedure="other", version=version, label="A/0", reason="试行")

        try:
            company.store.open_stream(StreamKind.PROCEDURE, f"first{number}", build)
            answers.append("published")
        except Refused as refused:
            answers.append(str(refused.reason))

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["published", "wrong-state", "wrong-state", "wrong-state"]
    assert verification.verify(company.store).findings == []
    assert rebuild(company.store).differences == []


def test_what_the_check_finds_fault_with_is_never_kept(company: Company) -> None:
    files = {path: bytes(data) for path, data in company.procedure.files.items()}
    model = files["processes/p.bpmn"]
    faulty = {**files, "processes/p.bpmn": model.replace(b"<bpmn:endEvent", b'<bpmn:endEvent zx:no="1"', 1)}
    with pytest.raises(Refused) as refusal:
        company.store.procedures.keep(faulty)
    assert refusal.value.reason is Reason.INVALID_MODEL
    assert [fault.path for fault in refusal.value.faults] == ["processes/p.bpmn#e"]
    with company.database.read() as connection:
        assert len(connection.execute(select(schema.version)).all()) == 1
