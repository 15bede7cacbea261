"""A draft taken away as a zip and files taken in from one: all or none, whatever the zip is made of."""

from __future__ import annotations

import io
import re
import stat
import zipfile

import pytest
from werkzeug.test import TestResponse

from engine.errors import Refused
from tests.web.pages.browser import PROOF, Browser, House
from web.pages import studio_archive

KEY = "service-planning"
DRAFT = f"/procedures/{KEY}/draft/"
MANIFEST = "procedure.toml"


def _begun(house: House) -> Browser:
    made = house.signed_in("li")
    made.post(f"{DRAFT}begin", at=f"/procedures/{KEY}")
    return made


def _zip(files: dict[str, bytes], *, folder: str = "") -> bytes:
    return studio_archive.packed({folder + path: data for path, data in files.items()})


def _take(visitor: Browser, data: bytes) -> TestResponse:
    proof = PROOF.search(visitor.page(DRAFT))
    assert proof
    sent = {"csrf": proof[1], "archive": (io.BytesIO(data), "draft.zip")}
    where = f"{DRAFT}files/archive"
    answer: TestResponse = visitor.client.post(where, data=sent, base_url=visitor.base, follow_redirects=True)
    return answer


def _changes(visitor: Browser) -> str:
    return visitor.page(DRAFT).partition('id="changes"')[2].partition("</section>")[0]


def test_what_was_taken_away_comes_back_and_only_what_differs_counts(house: House) -> None:
    visitor = _begun(house)
    data = visitor.get(f"{DRAFT}files/archive").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert "0 个有变化" in _take(visitor, data).text
    files[MANIFEST] = files[MANIFEST].replace(b'label = "A/0"', b'label = "A/1"')
    for folder in ("", "service-planning/"):
        extra = {"scenarios/x.json": b"{}", "README.md": b"x"}
        answer = _take(visitor, _zip({**files, **extra}, folder=folder))
        assert ("1 个有变化" if not folder else "0 个有变化") in answer.text
    assert "由“A/0”改为“A/1”" in _changes(visitor)


@pytest.mark.parametrize(
    "files",
    [
        {"../evil.form": b"{}"},
        {"/etc/passwd": b"x"},
        {"forms/../../x.form": b"{}"},
        {"forms\\x.form": b"{}"},
        {"bin/run.sh": b"x"},
        {"processes/x.bpmn": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'},
        {"decisions/x.dmn": b"<a>"},
        {"forms/x.form": b"{"},
        {"forms/x.form": b"[" * 100_000},
        {"texts/en.json": b"\xff"},
        {MANIFEST: b'key = "other"'},
        {MANIFEST: b"= ="},
        {"documents/large": b"0" * 2_000_001},
        {},
    ],
)
def test_a_hostile_zip_is_refused_whole(house: House, files: dict[str, bytes]) -> None:
    visitor = _begun(house)
    good = {"forms/good.form": b'{"type": "default", "components": []}'} if files else {}
    answer = _take(visitor, _zip({**good, **files}))
    assert "没有读入任何文件" in answer.text
    assert "还没有任何改动" in _changes(visitor)


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 1000, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_zip_is_refused(house: House, data: bytes) -> None:
    assert "没有读入任何文件" in _take(_begun(house), data).text


def test_links_repeated_names_and_bombs_are_refused() -> None:
    link = zipfile.ZipInfo("forms/x.form")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    bomb = [zipfile.ZipInfo(f"documents/{number}") for number in range(11)]
    for entries, size in (([link], 2), ([zipfile.ZipInfo("a"), zipfile.ZipInfo("a")], 1), (bomb, 1_999_999)):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, pytest.MonkeyPatch.context() as quiet:
            quiet.setattr("warnings.warn", lambda *_args, **_more: None)
            for entry in entries:
                archive.writestr(entry, b"0" * size, zipfile.ZIP_DEFLATED)
        with pytest.raises(Refused) as refused:
            studio_archive.unpacked(held.getvalue(), KEY)
        assert re.search("[a-z]", refused.value.text.en)


def test_only_who_may_change_the_procedure_takes_or_gives(house: House) -> None:
    _begun(house)
    other = house.signed_in("wang")
    assert other.get(f"{DRAFT}files/archive").status_code == 403
    assert other.post(f"{DRAFT}files/archive", at="/account/").status_code == 403
