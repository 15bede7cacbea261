"""A draft taken away as a zip and files taken in from one: all or none, whatever the zip is made of."""

from __future__ import annotations

import io
import json
import re
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from engine.check import check
from engine.errors import Refused
from storage.working_copies import TAKEN
from tests.web.pages.browser import PROOF, Browser, House
from web.cli import company
from web.pages.studio import archive as archives

KEY = "service-planning"
DRAFT = f"/procedures/{KEY}/draft/"
MANIFEST = "procedure.toml"


def _begun(house: House) -> Browser:
    made = house.signed_in("li")
    made.post(f"{DRAFT}begin", at=f"/procedures/{KEY}")
    return made


def _zip(files: dict[str, bytes], *, folder: str = "") -> bytes:
    return archives.packed({folder + path: data for path, data in files.items()})


def _taken(visitor: Browser) -> dict[str, bytes]:
    """The files of the draft as they are taken away, with their mark."""
    with zipfile.ZipFile(io.BytesIO(visitor.get(f"{DRAFT}files/archive").data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _take(visitor: Browser, data: bytes, **more: str) -> TestResponse:
    proof = PROOF.search(visitor.page(DRAFT))
    assert proof
    sent = {"csrf": proof[1], "archive": (io.BytesIO(data), "draft.zip"), **more}
    where = f"{DRAFT}files/archive"
    answer: TestResponse = visitor.client.post(where, data=sent, base_url=visitor.base, follow_redirects=True)
    return answer


def _changes(visitor: Browser) -> str:
    return visitor.page(DRAFT).partition('id="changes"')[2].partition("</section>")[0]


def test_what_was_taken_away_comes_back_and_only_what_differs_counts(house: House) -> None:
    visitor = _begun(house)
    files = _taken(visitor)
    assert "0 个有变化" in _take(visitor, visitor.get(f"{DRAFT}files/archive").data).text
    files[MANIFEST] = files[MANIFEST].replace(b'label = "A/0"', b'label = "A/1"')
    for folder in ("", "service-planning/"):
        extra = {"scenarios/x.json": b"{}", "README.md": b"x"}
        answer = _take(visitor, _zip({**files, **extra}, folder=folder))
        assert ("1 个有变化" if not folder else "0 个有变化") in answer.text
    assert "由“A/0”改为“A/1”" in _changes(visitor)


def _form(title: str) -> bytes:
    return json.dumps({"type": "default", "components": [{"type": "text", "text": f"# {title}"}]}).encode()


def _written(visitor: Browser, **titles: str) -> None:
    """Forms of the draft written by somebody, by a zip of their own."""
    files = _taken(visitor)
    _take(visitor, _zip({**files, **{f"forms/{key}.form": _form(title) for key, title in titles.items()}}))


def test_a_zip_takes_back_nothing_that_a_colleague_wrote_since(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    files = _taken(mine)
    _written(other, T01_02="梅的受理单", T01_04="梅的说明书", fresh="梅的新表单")
    files |= {"forms/T01_04.form": _form("我的说明书"), "forms/T01_05.form": _form("我的审核单")}
    files |= {"forms/fresh.form": _form("我的新表单")}
    answer = _take(mine, _zip(files)).text
    assert "读入了 1 个有变化的文件" in answer
    assert "2 个文件在下载以后又在草稿里改过,没有覆盖:梅的说明书(梅雪)、梅的新表单(梅雪)" in unicodedata.normalize(
        "NFKC", answer
    )
    kept = _taken(mine)
    assert kept["forms/T01_02.form"] == _form("梅的受理单")
    assert kept["forms/T01_04.form"] == _form("梅的说明书")
    assert kept["forms/T01_05.form"] == _form("我的审核单")
    assert "读入了 2 个有变化的文件" in _take(mine, _zip(files), over="yes").text
    kept = _taken(mine)
    assert kept["forms/T01_02.form"] == _form("梅的受理单")
    assert kept["forms/T01_04.form"] == _form("我的说明书")


def test_a_file_that_a_colleague_took_away_comes_back_only_where_it_is_asked_for(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    files = _taken(mine)
    other.post(f"{DRAFT}files/remove", {"file": "forms/T01_05.form", "revision": "0"}, at=DRAFT)
    assert "0 个有变化" in _take(mine, _zip(files)).text
    files["forms/T01_05.form"] = _form("我的审核单")
    assert "又在草稿里改过" in _take(mine, _zip(files)).text
    assert "forms/T01_05.form" not in _taken(mine)
    _take(mine, _zip(files), over="yes")
    assert _taken(mine)["forms/T01_05.form"] == _form("我的审核单")


def test_a_zip_without_its_mark_takes_in_what_the_draft_has_not_changed(house: House) -> None:
    mine, other = _begun(house), house.signed_in("mei")
    files = {path: data for path, data in _taken(mine).items() if path != TAKEN}
    _written(other, T01_02="梅的受理单", T01_04="梅的说明书")
    files |= {"forms/T01_04.form": _form("我的说明书"), "forms/T01_05.form": _form("我的审核单")}
    answer = unicodedata.normalize("NFKC", _take(mine, _zip(files)).text)
    assert "读入了 1 个有变化的文件" in answer
    assert "zip 里没有 taken.json,所以草稿里改过的 1 个文件没有覆盖:梅的说明书(梅雪)" in answer
    kept = _taken(mine)
    assert [kept[f"forms/T01_0{number}.form"] for number in (2, 4, 5)] == [
        *map(_form, ("梅的受理单", "梅的说明书", "我的审核单"))
    ]


@pytest.mark.parametrize("mark", [b"", b"[]", b"{}", b'{"procedure": "other", "files": {}}', b"[" * 100_000])
def test_a_mark_that_is_none_of_this_procedure_is_refused(house: House, mark: bytes) -> None:
    visitor = _begun(house)
    answer = _take(visitor, _zip({"forms/good.form": _form("好"), TAKEN: mark}))
    assert "没有读入任何文件" in answer.text
    assert TAKEN in answer.text
    assert "还没有任何改动" in _changes(visitor)


def test_a_draft_taken_away_is_a_folder_that_can_be_checked(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(_begun(house).get(f"{DRAFT}files/archive").data)) as archive:
        archive.extractall(tmp_path / "draft")
    assert (tmp_path / "draft" / TAKEN).is_file()
    assert check(company.files_of(tmp_path / "draft")) == []


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
            archives.unpacked(held.getvalue(), KEY)
        assert re.search("[a-z]", refused.value.text.en)


def test_only_who_may_change_the_procedure_takes_or_gives(house: House) -> None:
    _begun(house)
    other = house.signed_in("wang")
    assert other.get(f"{DRAFT}files/archive").status_code == 403
    assert other.post(f"{DRAFT}files/archive", at="/account/").status_code == 403
