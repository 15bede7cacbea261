"""Bytes of files in a bucket: kept, proven, copied and removed as in a folder; and told in words when S3 is away."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from storage import backup, erasure, files, uploads, verification
from storage.database import Database
from storage.files import Files, FilesAway, FilesStay
from storage.migrations import upgrade
from storage.submission import Store
from tests.bucket import PAGE, Bucket
from tests.storage import file_auditor
from tests.storage.company import Company
from tests.storage.test_files import SCAN, ask, handed_in, kept, proven, rows, upload, with_secret

LARGE = SCAN + hashlib.shake_128(b"its pages").digest(6 * files.MEGABYTE)
"""More than the 5 MB of one part."""


@pytest.fixture
def company(tmp_path: Path, bucket: Bucket) -> Company:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    made = Company(database)
    made.store.files = Files(bucket.place)
    return made


def put(place: Files, data: bytes) -> str:
    with files.received([data]) as came:
        place.keep(came)
        return came.digest


# ------------------------------------------------------------------ as in a folder


def test_a_large_file_goes_in_parts_and_comes_back_as_it_was(bucket: Bucket) -> None:
    place = Files(bucket.place)
    digest = put(place, LARGE)
    assert [method for method, _ in bucket.server.trouble.asked].count("PUT") == 2
    assert (place.size(digest), bucket.left) == (len(LARGE), [digest])
    pieces = list(place.read(digest))
    assert (b"".join(pieces) == LARGE, len(pieces) > 1) == (True, True)
    bucket.server.trouble.asked.clear()
    put(place, LARGE)
    assert [method for method, _ in bucket.server.trouble.asked] == ["HEAD"]  # the same again sends nothing


def test_every_file_is_listed_and_what_another_keeps_in_the_bucket_is_not(bucket: Bucket) -> None:
    place, beside = Files(bucket.place), Files(f"s3://{bucket.name}")
    found = {put(place, SCAN + bytes([number])) for number in range(2 * PAGE + 1)}
    other = put(beside, SCAN)
    assert {digest for digest, _ in place.all()} == found
    assert [digest for digest, _ in beside.all()] == [other]
    place.remove_all([*found, "0" * 64])
    assert (list(place.all()), place.remove(other), beside.size(other)) == ([], False, len(SCAN))


def test_both_verifiers_find_in_a_bucket_what_they_find_in_a_folder(company: Company, bucket: Bucket) -> None:
    file = upload(company, "wang")
    handed_in(company, file)
    assert proven(company) == 1
    database = Path(str(company.database.url.database))
    database.with_suffix(".files").symlink_to(bucket.folder)  # what a copy of the bucket is
    assert file_auditor.audit(database) == (1, [])
    (bucket.folder / file.digest[:2] / file.digest).write_bytes(SCAN.replace(b"signed", b"forged"))
    (finding,) = verification.verify(company.store, execute=False).findings
    assert f"file {file.digest[:16]}… was changed" in finding.en
    assert len(file_auditor.audit(database)[1]) == 1


def test_what_is_erased_and_what_nobody_used_goes_from_the_bucket(company: Company, bucket: Bucket) -> None:
    case, secret, plain, attached = with_secret(company)
    unused = upload(company, "wang", LARGE, limit=files.LIMIT)
    assert bucket.left == sorted({secret.digest, plain.digest, attached.digest, unused.digest})
    assert erasure.erase_case(company.store, ask(company), case, "依本人申请").files == 2
    company.later(days=8)
    assert uploads.sweep(company.store) == 1
    assert bucket.left == [plain.digest]
    assert proven(company) == 2


def test_a_copy_is_made_from_one_bucket_and_brought_back_into_another(
    company: Company, bucket: Bucket, tmp_path: Path
) -> None:
    file = upload(company, "wang", LARGE, limit=files.LIMIT)
    handed_in(company, file)
    copy, url = tmp_path / "copies" / "monday.db", f"sqlite:///{tmp_path}/new/zhixing.db"
    backup.backup(company.database, copy, company.store.files)
    assert list(Files(str(copy.with_suffix(".files"))).read(file.digest))
    company.store.files.remove(file.digest)
    elsewhere = Files(f"s3://{bucket.name}/elsewhere")
    assert backup.restore(url, copy, replace=False, files=elsewhere)[1] == []
    report = verification.verify(Store(Database(url), files=elsewhere))
    assert (report.findings, report.files) == ([], 1)


# ------------------------------------------------------------------ away


def wrong_key(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")


def no_bucket(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    os.rmdir(bucket.server.folder / bucket.name)


def no_server(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens there


def failing(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.server.trouble.refused = frozenset({"HEAD", "GET", "PUT", "POST", "DELETE"})


@pytest.mark.parametrize("how", [wrong_key, no_bucket, no_server, failing])
def test_a_bucket_that_cannot_be_used_is_said_to_be_so_and_nothing_is_taken_for_missing(
    company: Company, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, how: object
) -> None:
    how(bucket, monkeypatch)  # type: ignore[operator]  # one of the above
    place = company.store.files
    for one in (
        lambda: upload(company, "wang"),
        lambda: place.read("0" * 64),
        lambda: list(place.all()),
    ):
        with pytest.raises(FilesAway, match=f"s3://{bucket.name}/files: ") as away:
            one()
        assert "\n" not in away.value.problem
    assert rows(company) == 0


def test_a_proof_without_its_bucket_is_no_proof_and_no_finding(
    company: Company, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in(company, upload(company, "wang"))
    wrong_key(bucket, monkeypatch)
    fresh = Store(company.database, lambda: company.now, Files(bucket.place))
    with pytest.raises(FilesAway, match="SignatureDoesNotMatch"):
        verification.verify(fresh)


@pytest.mark.parametrize(
    ("what", "data"), [("PUT", SCAN), ("PUT", LARGE), ("POST uploadId", LARGE)], ids=["whole", "in parts", "at the end"]
)
def test_an_upload_that_breaks_off_leaves_nothing(company: Company, bucket: Bucket, what: str, data: bytes) -> None:
    bucket.server.trouble.refused = frozenset({what})
    with pytest.raises(FilesAway):
        upload(company, "wang", data, limit=files.LIMIT)
    assert (rows(company), bucket.left) == (0, [])
    bucket.server.trouble.refused = frozenset()
    again = upload(company, "wang", data, limit=files.LIMIT)
    assert bucket.left == [again.digest]


def test_a_file_whose_end_does_not_come_is_not_taken_for_whole(bucket: Bucket) -> None:
    place = Files(bucket.place)
    digest = put(place, LARGE)
    bucket.server.trouble.cut = frozenset({"GET"})
    pieces = place.read(digest)
    with pytest.raises(FilesAway), files.received(pieces):
        pass


def test_an_erasure_that_could_not_reach_the_bytes_says_so_and_the_sweep_removes_them(
    company: Company, bucket: Bucket
) -> None:
    case, secret, plain, attached = with_secret(company)
    bucket.server.trouble.refused = frozenset({"POST delete"})
    with pytest.raises(FilesStay) as stay:
        erasure.erase_case(company.store, ask(company), case, "依本人申请")
    assert "the bytes of 2 files could not be reached" in stay.value.text.en
    assert bucket.left == sorted({secret.digest, plain.digest, attached.digest})
    bucket.server.trouble.refused = frozenset()
    company.now += timedelta(days=400)  # far behind the real clock, by which files are dated
    assert uploads.sweep(company.store) == 2
    assert kept(company) == {plain.digest}
    assert proven(company) == 2
