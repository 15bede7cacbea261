"""A verifier written from the page alone finds with files what ours finds."""

from pathlib import Path

import pytest

from engine.commands import AttachFile, Envelope
from engine.stream import ORGANISATION
from storage import erasure, files, uploads, verification
from storage.database import Database
from storage.migrations import upgrade
from tests.storage import file_auditor
from tests.storage.company import Company

SCAN, SECRET = b"%PDF-1.4 the signed contract", b"%PDF-1.4 an identity card"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A case with a plain attachment and a personal one that was erased."""
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    made = Company(database)
    case = made.open_case()
    for number, (data, personal) in enumerate(((SCAN, False), (SECRET, True))):
        with files.received([data]) as came:
            file = uploads.keep(made.store, made.people["chen"], came, "扫描件.pdf")
        envelope = Envelope(id=f"a{number}", stream=case, at=made.now, actor=made.people["chen"])
        made.store.submit(AttachFile(envelope=envelope, file=file, label="", personal=personal))
    envelope = Envelope(id="erase", stream=ORGANISATION, at=made.now)
    erasure.erase_case(made.store, envelope, case, "依本人申请")
    return made


def both(company: Company) -> tuple[int, int]:
    """How many findings each of the two has; they compare the same files."""
    report = verification.verify(company.store, execute=False)
    count, found = file_auditor.audit(Path(str(company.database.url.database)))
    assert count == report.files
    return len(report.findings), len(found)


def test_what_was_erased_by_right_is_no_finding(company: Company) -> None:
    assert both(company) == (0, 0)


@pytest.mark.parametrize("what", ["changed", "cut", "missing", "back"])
def test_what_was_done_to_the_bytes_is_found_by_both(company: Company, what: str) -> None:
    (digest,) = (digest for digest, _ in company.store.files.all())
    assert company.store.files.folder is not None
    place = company.store.files.folder / digest[:2] / digest
    match what:
        case "changed":
            place.write_bytes(SCAN.replace(b"signed", b"forged"))
        case "cut":
            place.write_bytes(SCAN[:-1])
        case "missing":
            place.unlink()
        case _:
            with files.received([SECRET]) as came:
                company.store.files.keep(came)
    assert both(company) == (1, 1)
