"""Somebody begins to use a file while it is being removed: whoever comes second learns of it; on both databases."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from engine.commands import AttachFile
from engine.errors import Refused
from storage import erasure, file_use, schema, uploads
from storage.database import Database
from storage.files import Files
from tests.storage.company import Company
from tests.storage.test_files import SCAN, ask, attach, handed_in, kept, proven, upload

PATIENCE = 60
BLOCKED = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def company(database: Database, tmp_path: Path) -> Company:
    made = Company(database)
    made.store.files = Files(str(tmp_path / "bytes"))
    return made


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def until_it_waits(company: Company, other: Future[object]) -> None:
    """On PostgreSQL the other stands before a lock of ours, or has ended; on SQLite it has not begun."""
    while not company.database.is_sqlite and not other.done():
        with company.database.read() as connection:
            if connection.execute(BLOCKED).scalar_one():
                return


def test_a_file_that_is_being_swept_is_not_handed_in(company: Company, beside: ThreadPoolExecutor) -> None:
    file = upload(company, "wang")
    with company.database.write() as connection:
        connection.execute(delete(schema.upload).where(schema.upload.c.digest == file.digest))
        handing: Future[object] = beside.submit(handed_in, company, file)
        until_it_waits(company, handing)
    with pytest.raises(Refused, match="expected an uploaded file"):
        handing.result(PATIENCE)
    assert uploads.remove(company.store, [file.digest]) == 1
    assert proven(company) == 0


def test_a_file_that_somebody_begins_to_use_outlives_the_erasure_of_another_case(
    company: Company, beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = company.open_case(), company.open_case()
    attach(company, case, upload(company, "chen"), personal=True)
    file = upload(company, "mr", SCAN)
    looked, erasing = threading.Event(), list[Future[object]]()
    project = file_use.project

    def while_erasing(*asked: object) -> None:
        """What is about to be committed as used, while somebody else erases it."""
        project(*asked)  # type: ignore[arg-type]  # handed on as it came
        if isinstance(asked[1].command, AttachFile):  # type: ignore[attr-defined]  # an entry
            erasing.append(beside.submit(erasure.erase_case, company.store, ask(company), case, "依本人申请"))
            until_it_waits(company, erasing[0])
            looked.set()

    monkeypatch.setattr(file_use, "project", while_erasing)
    attach(company, other, file, who="mr")
    assert looked.is_set()
    erasing[0].result(PATIENCE)
    assert kept(company) == {file.digest}
    with company.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.upload)).scalar_one() == 2
    assert proven(company) == 1
