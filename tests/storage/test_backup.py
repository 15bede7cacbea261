"""Backup under load, and what a restore refuses."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from engine.errors import Refused
from storage import backup as backups
from storage import checkpoint, schema, verification
from storage.database import Database
from storage.migrations import upgrade
from storage.rebuild import rebuild
from storage.submission import Store
from tests.storage.company import NOW, Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    return Company(database)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def entries(path: Path) -> int:
    database = Database(url(path))
    with database.read() as connection:
        found = connection.execute(select(func.count()).select_from(schema.entry)).scalar_one()
    database.close()
    return found


def test_backups_taken_under_load_are_whole_and_prove_themselves(company: Company, tmp_path: Path) -> None:
    stop = threading.Event()
    key = Ed25519PrivateKey.generate()

    def load() -> None:
        while not stop.is_set():
            stream = company.start()
            company.complete(stream, company.task(stream, "write"), "wang", {"text": "汉" * 3_000})
            checkpoint.seal(company.database, key, NOW)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        copies = [tmp_path / f"copy{n}" for n in range(6)]
        for copy in copies:
            assert backups.backup(company.database, copy) == copy.stat().st_size
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    grown = [entries(copy) for copy in copies]
    assert grown == sorted(grown)
    assert grown[0] < grown[-1]
    for number, copy in enumerate(copies):
        target = tmp_path / f"restored{number}" / "zhixing.db"
        backups.restore(url(target), copy, replace=False)
        store = Store(Database(url(target)))
        assert verification.verify(store).findings == []
        assert rebuild(store, windows=True).differences == []


def test_work_goes_on_in_a_restored_database(company: Company, tmp_path: Path) -> None:
    stream = company.start()
    backups.backup(company.database, tmp_path / "copy")
    company.complete(stream, company.task(stream, "write"), "wang")
    company.database.close()
    backups.restore(url(tmp_path / "zhixing.db"), tmp_path / "copy", replace=True)
    company.database = Database(url(tmp_path / "zhixing.db"))
    again = Company.again(company)
    again.complete(stream, again.task(stream, "write"), "wang")
    assert verification.verify(again.store).findings == []


def test_what_is_replaced_is_kept_beside_with_everything_in_its_log(company: Company, tmp_path: Path) -> None:
    backups.backup(company.database, tmp_path / "copy")
    company.start()
    before = entries(tmp_path / "zhixing.db")
    company.database.close()
    backups.restore(url(tmp_path / "zhixing.db"), tmp_path / "copy", replace=True)
    (aside,) = tmp_path.glob("zhixing.db.before-*")
    assert (entries(aside), entries(tmp_path / "zhixing.db")) == (before, before - 1)


@pytest.mark.parametrize("rubbish", ["nothing", "empty", "text", "cut", "altered", "another", "later", "half"])
def test_a_restore_refuses_rubbish_and_changes_nothing(company: Company, tmp_path: Path, rubbish: str) -> None:
    source = tmp_path / "copy"
    _make_rubbish(company, source, rubbish)
    company.database.close()
    target = tmp_path / "zhixing.db"
    before = target.read_bytes()
    with pytest.raises(Refused) as refusal:
        backups.restore(url(target), source, replace=True)
    assert str(source) in refusal.value.text.zh
    assert target.read_bytes() == before
    assert list(tmp_path.glob("*before*")) + list(tmp_path.glob(".*")) == []


def _make_rubbish(company: Company, source: Path, rubbish: str) -> None:
    if rubbish == "nothing":
        return
    if rubbish in ("empty", "text", "another"):
        source.write_bytes(b"" if rubbish == "empty" else b"rubbish " * 10_000)
        if rubbish == "another":
            source.unlink()
            with closing(sqlite3.connect(source)) as connection:
                connection.execute("CREATE TABLE entry (x)")
        return
    backups.backup(company.database, source)
    data = source.read_bytes()
    if rubbish == "cut":
        source.write_bytes(data[: len(data) // 2])
    elif rubbish == "altered":
        middle = len(data) // 2
        source.write_bytes(data[:middle] + bytes(20_000) + data[middle + 20_000 :])
    else:
        with closing(sqlite3.connect(source)) as connection:
            change = {"later": "UPDATE alembic_version SET version_num = '9999'", "half": "DROP TABLE draft"}
            connection.execute(change[rubbish])
            connection.commit()


def test_a_broken_database_is_replaced_and_put_aside_as_it_was(company: Company, tmp_path: Path) -> None:
    target = tmp_path / "zhixing.db"
    backups.backup(company.database, tmp_path / "copy")
    company.database.close()
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    target.write_bytes(b"broken " * 1_000)
    backups.restore(url(target), tmp_path / "copy", replace=True)
    (aside,) = tmp_path.glob("zhixing.db.before-*")
    assert aside.read_bytes() == b"broken " * 1_000
    assert verification.verify(Store(Database(url(target)))).findings == []


def test_nothing_is_overwritten_unasked(company: Company, tmp_path: Path) -> None:
    backups.backup(company.database, tmp_path / "copy")
    with pytest.raises(Refused, match="expected a new file"):
        backups.backup(company.database, tmp_path / "copy")
    with pytest.raises(Refused, match="--replace replaces it"):
        backups.restore(url(tmp_path / "zhixing.db"), tmp_path / "copy", replace=False)


def test_a_database_in_use_is_not_replaced(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "PATIENCE", 0.05)
    backups.backup(company.database, tmp_path / "copy")
    with company.database.read() as connection:
        connection.execute(select(schema.entry)).all()
        with pytest.raises(Refused, match="stop all processes first"):
            backups.restore(url(tmp_path / "zhixing.db"), tmp_path / "copy", replace=True)
    company.start()
    assert verification.verify(company.store).findings == []


def test_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="pg_dump"):
        backups.restore("postgresql+psycopg://somewhere/name", tmp_path / "copy", replace=False)
