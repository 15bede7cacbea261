"""Bytes of files: kept once, kept while an entry names them, gone by right; on both databases."""

import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from engine.commands import AttachFile, CloseCase, Envelope
from engine.errors import Reason, Refused
from engine.stream import ORGANISATION
from engine.value import Context, File
from storage import checkpoint, drafts, erasure, files, personal, removals, schema, uploads, verification
from storage.database import Database
from storage.files import Files, TooLarge
from storage.rebuild import rebuild
from storage.submission import Store
from tests.storage.company import Company

SCAN = b"%PDF-1.4 the signed contract"
OTHER = b"%PDF-1.4 another"


@pytest.fixture
def company(database: Database, tmp_path: Path) -> Company:
    made = Company(database)
    made.store.files = Files(str(tmp_path / "bytes"))
    return made


def upload(
    company: Company, who: str | None, data: bytes = SCAN, name: str = "合同.pdf", task: str = "", limit: int = 1_000
) -> File:
    with files.received([data], limit) as came:
        person = None if who is None else company.people[who]
        return uploads.keep(company.store, person, came, name, task=task, most=uploads.MOST_UNUSED)


def attach(company: Company, case: int, file: File, who: str = "chen", **more: object) -> None:
    envelope = Envelope(id=f"a{next(company.numbers)}", stream=case, at=company.now, actor=company.people[who])
    company.store.submit(AttachFile(envelope=envelope, file=file, label="", **more))  # type: ignore[arg-type]  # fields of it


def kept(company: Company) -> set[str]:
    return {digest for digest, _ in company.store.files.all()}


def rows(company: Company) -> int:
    with company.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.upload)).scalar_one()


def proven(company: Company) -> int:
    """Everything verifies and rebuilds; how many files were compared."""
    fresh = Store(company.database, lambda: company.now, company.store.files)
    report = verification.verify(fresh)
    assert report.findings == []
    assert rebuild(fresh, windows=True).differences == []
    return report.files


def found(company: Company) -> list[str]:
    return [finding.en for finding in verification.verify(company.store, execute=False).findings]


def ask(company: Company) -> Envelope:
    return Envelope(id=f"o{next(company.numbers)}", stream=ORGANISATION, at=company.now)


def handed_in(company: Company, file: File, who: str = "wang") -> int:
    stream = company.start()
    company.complete(stream, company.task(stream, "write"), who, {"proof": (file,)})
    return stream


# ------------------------------------------------------------------ keeping


def test_the_same_bytes_are_kept_once_and_come_back_as_they_were(company: Company) -> None:
    one, two = upload(company, "wang"), upload(company, "chen", name="scan.pdf")
    assert one.digest == two.digest
    assert (one.size, one.type, two.name) == (len(SCAN), "application/pdf", "scan.pdf")
    assert b"".join(company.store.files.read(one.digest)) == SCAN
    assert (len(kept(company)), rows(company)) == (1, 2)
    upload(company, "wang")
    assert rows(company) == 2


def test_a_thing_that_was_never_kept_is_not_there(company: Company) -> None:
    nothing = company.store.files
    assert nothing.size("0" * 64) is None
    assert list(nothing.all()) == []
    assert not nothing.remove("0" * 64)
    for name in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(FileNotFoundError):
            nothing.read(name)


def test_the_first_byte_too_many_ends_it_and_nothing_is_kept(company: Company) -> None:
    taken = 0

    def endless() -> Iterable[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1024)

    with pytest.raises(TooLarge, match="at most 1 MB; nothing of it was kept"), files.received(endless(), 1024 * 1024):
        pass
    assert taken == 1025
    assert (kept(company), rows(company)) == (set(), 0)


def test_an_empty_file_is_refused(company: Company) -> None:
    with pytest.raises(Refused, match="is empty"):
        upload(company, "wang", b"")
    assert (kept(company), rows(company)) == (set(), 0)


def test_many_who_upload_the_same_bytes_at_once_all_have_them(company: Company) -> None:
    gone: list[Exception] = []

    def one(number: int) -> None:
        try:
            upload(company, "wang", name=f"{number % 3}.pdf")
        except Exception as error:
            gone.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gone == []
    assert (len(kept(company)), rows(company)) == (1, 3)


def test_nobody_fills_the_disk_with_files_that_are_never_handed_in(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_UNUSED", 2)
    first = upload(company, "wang", SCAN + b"1")
    upload(company, "wang", SCAN + b"2")
    with pytest.raises(Refused, match="fewer than 2 files"):
        upload(company, "wang", SCAN + b"3")
    assert len(kept(company)) == 2
    upload(company, "chen", SCAN + b"3")
    handed_in(company, first)
    assert upload(company, "wang", SCAN + b"4").size == len(SCAN) + 1


# ------------------------------------------------------------------ handing in


def test_a_file_that_was_uploaded_can_be_handed_in_and_is_proven(company: Company) -> None:
    handed_in(company, upload(company, "wang"))
    assert proven(company) == 1


@pytest.mark.parametrize("who", ["chen", None])
def test_a_digest_that_one_merely_knows_opens_nothing(company: Company, who: str | None) -> None:
    with pytest.raises(Refused, match="expected an uploaded file, but “合同") as refused:
        handed_in(company, upload(company, who))
    assert refused.value.reason is Reason.INVALID_DATA


@pytest.mark.parametrize(
    "change",
    [{"digest": "0" * 64}, {"name": "a.pdf"}, {"type": "text/html"}, {"size": 1}],
)
def test_a_file_is_what_was_uploaded_and_nothing_else(company: Company, change: dict[str, object]) -> None:
    file = upload(company, "wang")
    fields = {"digest": file.digest, "name": file.name, "type": file.type, "size": file.size}
    with pytest.raises(Refused, match="expected an uploaded file"):
        handed_in(company, File(**{**fields, **change}))  # type: ignore[arg-type]  # fields of a file


def test_what_was_uploaded_for_a_task_may_be_handed_in_by_whoever_does_it(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "write")
    file = upload(company, "chen", task=task)
    company.complete(stream, task, "wang", {"proof": file})
    assert proven(company) == 1


def test_a_file_of_the_case_may_be_used_again_in_it_and_nowhere_else(company: Company) -> None:
    case = company.open_case()
    stream, file = company.start(case=case), upload(company, "wang")
    company.complete(stream, company.task(stream, "write"), "wang", {"proof": file})
    company.complete(stream, company.task(stream, "review"), "chen", {"proof": file})
    other = company.start(case=company.open_case())
    company.complete(other, company.task(other, "write"), "wang", {"proof": file})
    third = company.start()
    with pytest.raises(Refused, match="expected an uploaded file"):
        company.complete(third, company.task(third, "write"), "mr", {"proof": file})


def test_a_refused_task_leaves_its_file_unused(company: Company) -> None:
    file, stream = upload(company, "wang"), company.start()
    with pytest.raises(Refused):
        company.complete(stream, company.task(stream, "write"), "guest", {"proof": file})
    company.later(days=8)
    assert uploads.sweep(company.store) == 1


# ------------------------------------------------------------------ sweeping


def test_what_nobody_used_goes_after_a_week_and_not_before(company: Company) -> None:
    used, unused = upload(company, "wang", OTHER), upload(company, "wang")
    handed_in(company, used)
    company.later(days=6)
    assert uploads.sweep(company.store) == 0
    company.later(days=2)
    assert uploads.sweep(company.store) == 1
    assert kept(company) == {used.digest}
    assert company.store.files.size(unused.digest) is None
    assert proven(company) == 1
    with pytest.raises(Refused, match="expected an uploaded file"):
        handed_in(company, unused)


def test_a_file_in_somebodys_draft_stays(company: Company) -> None:
    stream = company.start()
    task = company.task(stream, "write")
    file = upload(company, "wang", task=task)
    drafts.save(company.database, task, company.people["wang"], Context({"proof": file.digest}), company.now)
    company.later(days=30)
    assert uploads.sweep(company.store) == 0
    drafts.discard(company.database, task, company.people["wang"])
    assert uploads.sweep(company.store) == 1


def test_a_process_killed_between_bytes_and_row_leaves_a_file_that_goes(company: Company) -> None:
    with files.received([SCAN]) as came:
        company.store.files.keep(came)
    assert (len(kept(company)), rows(company)) == (1, 0)
    assert uploads.sweep(company.store) == 0
    company.now += timedelta(days=400)  # far behind the real clock, by which files are dated
    assert uploads.sweep(company.store) == 1
    assert kept(company) == set()


def test_bytes_that_an_entry_names_stay_even_if_the_row_of_the_upload_is_gone(company: Company) -> None:
    file = upload(company, "wang")
    handed_in(company, file)
    with company.database.write() as connection:
        uploads.forget(connection, [file.digest])
    company.now += timedelta(days=400)
    assert uploads.sweep(company.store) == 0
    assert uploads.remove(company.store, [file.digest]) == 0
    assert proven(company) == 1


def test_half_written_bytes_are_tidied_away(company: Company) -> None:
    upload(company, "wang")
    assert company.store.files.folder is not None
    (company.store.files.folder / "ab#1").write_bytes(b"half")
    assert company.store.files.tidy(company.now) == 0
    assert company.store.files.tidy(company.now + timedelta(days=400)) == 1
    assert len(kept(company)) == 1


# ------------------------------------------------------------------ attachments


def test_a_file_is_attached_to_a_case_and_stands_in_its_record(company: Company) -> None:
    case, file = company.open_case(), upload(company, "chen")
    attach(company, case, file, task="4.1.1")
    (found,) = company.case(case).attachments.values()
    assert (found.file, found.task, found.personal) == (file, "4.1.1", False)
    assert proven(company) == 1
    with pytest.raises(Refused, match="attached already"):
        attach(company, case, file)


def test_whoever_has_no_part_attaches_nothing(company: Company) -> None:
    case = company.open_case()
    with pytest.raises(Refused, match="a member of the case") as refused:
        attach(company, case, upload(company, "guest"), "guest")
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_nothing_is_attached_to_a_case_that_has_ended(company: Company) -> None:
    case = company.open_case()
    envelope = Envelope(id="end", stream=case, at=company.now)
    company.store.submit(CloseCase(envelope=envelope, outcome="完成"))
    with pytest.raises(Refused, match="a case that is running"):
        attach(company, case, upload(company, "chen"))


# ------------------------------------------------------------------ the proof


def test_a_file_that_is_missing_or_altered_is_found(company: Company) -> None:
    one, two = upload(company, "wang"), upload(company, "wang", OTHER)
    stream = handed_in(company, one)
    handed_in(company, two)
    assert company.store.files.folder is not None
    place = company.store.files.folder / one.digest[:2] / one.digest
    place.write_bytes(SCAN.replace(b"signed", b"forged"))
    company.store.files.remove(two.digest)
    said = found(company)
    assert [line.endswith(end) for line, end in zip(sorted(said), ("was changed", "not by erasure"), strict=False)]
    assert any(f"stream {stream}: entry" in line and f"file {one.digest[:16]}… was changed" in line for line in said)
    assert any(f"file {two.digest[:16]}… is missing, and not by erasure" in line for line in said)
    assert len(said) == 2


# ------------------------------------------------------------------ erasure


def with_secret(company: Company) -> tuple[int, File, File, File]:
    """A case with a personal field, a plain one, and a personal attachment."""
    case = company.open_case()
    stream = company.start(case=case)
    secret, plain = upload(company, "wang", SCAN + b"id card"), upload(company, "wang")
    row = personal.separate(secret)
    company.complete(stream, company.task(stream, "write"), "wang", {"card": row.personal, "proof": plain}, [row])
    company.complete(stream, company.task(stream, "review"), "chen")
    attached = upload(company, "chen", OTHER)
    attach(company, case, attached, personal=True)
    return case, secret, plain, attached


def test_the_bytes_of_personal_files_go_with_the_personal_values(company: Company) -> None:
    case, secret, plain, attached = with_secret(company)
    assert proven(company) == 3
    erased = erasure.erase_case(company.store, ask(company), case, "依本人申请")
    assert (erased.values, erased.files) == (1, 2)
    assert kept(company) == {plain.digest}
    assert proven(company) == 2
    with company.database.read() as connection:
        assert {secret.digest, attached.digest} <= removals.read(connection).values.keys()
    assert erasure.erase_case(company.store, ask(company), case, "再次").files == 0


def test_bytes_that_are_erased_by_an_entry_and_still_there_are_found(company: Company) -> None:
    case, _, _, _ = with_secret(company)
    before = {digest: b"".join(company.store.files.read(digest)) for digest in kept(company)}
    erasure.erase_case(company.store, ask(company), case, "依本人申请")
    for data in before.values():
        with files.received([data]) as came:
            company.store.files.keep(came)
    said = found(company)
    assert len(said) == 1
    assert "is still there, though entry" in said[0]
    company.now += timedelta(days=400)
    assert uploads.sweep(company.store) == 2
    assert found(company) == []


def test_a_personal_file_that_another_case_uses_stays(company: Company) -> None:
    case, secret, _, attached = with_secret(company)
    handed_in(company, upload(company, "wang", SCAN + b"id card"))
    erasure.erase_case(company.store, ask(company), case, "依本人申请")
    assert company.store.files.size(secret.digest) is not None
    assert company.store.files.size(attached.digest) is None
    assert proven(company) == 3


def test_the_files_of_a_case_go_when_it_is_disposed_of(company: Company) -> None:
    case, _, _, _ = with_secret(company)
    shared = upload(company, "chen", OTHER + b"shared")
    attach(company, case, shared)
    other = company.open_case()
    attach(company, other, shared)
    company.store.submit(CloseCase(envelope=Envelope(id="end", stream=case, at=company.now), outcome="完成"))
    checkpoint.seal(company.database, Ed25519PrivateKey.from_private_bytes(bytes(32)), company.now)
    erasure.dispose(company.store, ask(company), case, "保管期满")
    assert kept(company) == {shared.digest}
    assert proven(company) == 1


def test_what_a_person_uploaded_and_never_used_goes_with_them(company: Company) -> None:
    used = upload(company, "wang", OTHER)
    handed_in(company, used)
    upload(company, "wang")
    erased = erasure.erase_person(company.store, ask(company), "wang", "依本人申请")
    assert erased.files == 1
    assert kept(company) == {used.digest}
    assert proven(company) == 1
