"""A copy of the database has the bytes of its files beside it, and brings them back first."""

from pathlib import Path

import pytest

from engine.errors import Refused
from storage import backup, files, uploads, verification
from storage.database import Database
from storage.file_backup import beside, lacking
from storage.files import Files
from storage.migrations import upgrade
from storage.submission import Store
from tests.storage.company import Company

SCAN = b"%PDF-1.4 the signed contract"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    made = Company(database)
    with files.received([SCAN]) as came:
        file = uploads.keep(made.store, made.people["wang"], came, "合同.pdf")
    stream = made.start()
    made.complete(stream, made.task(stream, "write"), "wang", {"proof": file})
    return made


def kept(found: Files) -> list[str]:
    return [digest for digest, _ in found.all()]


def test_a_copy_has_its_files_beside_it_and_proves_itself_where_it_lies(company: Company, tmp_path: Path) -> None:
    backup.backup(company.database, tmp_path / "copies" / "monday.db")
    assert kept(Files(str(tmp_path / "copies" / "monday.files"))) == kept(company.store.files)
    copied = Store(Database(f"sqlite:///{tmp_path}/copies/monday.db"))
    report = verification.verify(copied)
    assert (report.findings, report.files) == ([], 1)


def test_a_copy_brings_its_files_back(company: Company, tmp_path: Path) -> None:
    backup.backup(company.database, tmp_path / "monday.db")
    backup.restore(f"sqlite:///{tmp_path}/new/zhixing.db", tmp_path / "monday.db", replace=False)
    report = verification.verify(Store(Database(f"sqlite:///{tmp_path}/new/zhixing.db")))
    assert (report.findings, report.files) == ([], 1)


def test_a_copy_that_cannot_be_brought_back_says_so_when_it_is_made(company: Company, tmp_path: Path) -> None:
    backup.backup(company.database, tmp_path / "monday.db")
    assert lacking(tmp_path / "monday.db") == []
    (digest,) = kept(company.store.files)
    company.store.files.remove(digest)
    backup.backup(company.database, tmp_path / "tuesday.db")
    assert lacking(tmp_path / "tuesday.db") == [digest]


@pytest.mark.parametrize(("data", "said"), [(None, "is not in"), (b"%PDF-1.4 forged", "they were altered")])
def test_a_copy_without_a_file_that_is_used_is_not_brought_back(
    company: Company, tmp_path: Path, data: bytes | None, said: str
) -> None:
    backup.backup(company.database, tmp_path / "monday.db")
    copied = beside(tmp_path / "monday.db")
    (digest,) = kept(copied)
    copied.remove(digest)
    if data is not None:
        (tmp_path / "monday.files" / digest[:2] / digest).write_bytes(data)
    with pytest.raises(Refused, match=said):
        backup.restore(f"sqlite:///{tmp_path}/new/zhixing.db", tmp_path / "monday.db", replace=False)
    assert not (tmp_path / "new" / "zhixing.db").exists()


def test_a_copy_that_lost_a_file_comes_back_when_that_is_wanted_and_says_what_is_lost(
    company: Company, tmp_path: Path
) -> None:
    (digest,) = kept(company.store.files)
    (Path(company.store.files.place) / digest[:2] / digest).write_bytes(b"%PDF-1.4 forged")
    backup.backup(company.database, tmp_path / "monday.db")
    assert lacking(tmp_path / "monday.db") == [digest]
    url = f"sqlite:///{tmp_path}/new/zhixing.db"
    target, lost = backup.restore(url, tmp_path / "monday.db", replace=False, incomplete=True)
    assert (target.exists(), lost) == (True, [digest])
