"""Files that lie in a bucket: sent and given out by pages and programs as from a folder; in words when it is away."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from storage.files import MEGABYTE, Files
from tests.bucket import Bucket
from tests.web.api.program import program
from tests.web.api.test_file import send as sent_by_program
from tests.web.pages.browser import House
from tests.web.pages.test_file import SCAN, attach, case_of, kept, task_of, upload

LARGE = SCAN + bytes(6 * MEGABYTE)


@pytest.fixture
def remote(house: House, bucket: Bucket) -> House:
    house.store.files = Files(bucket.place)
    return house


def test_pages_and_programs_keep_a_file_once_and_give_it_out(remote: House, bucket: Bucket) -> None:
    zhao, task = remote.signed_in("zhao"), task_of(remote, "T01_07")
    found, again = upload(zhao, task, data=LARGE).get_json(), sent_by_program(program(remote, "zhao"), LARGE)
    assert again.status_code == 201
    digest = found["file"]["digest"]
    assert (again.get_json()["digest"], bucket.left) == (digest, [digest])
    given = zhao.get(found["address"])
    assert (given.status_code, given.headers["Content-Length"], given.data == LARGE) == (200, str(len(LARGE)), True)
    by_program = program(remote, "zhao").ask("GET", f"/files/{digest}")
    assert by_program.data == LARGE
    assert attach(zhao, case_of(remote, task)).status_code == 200
    assert len(bucket.left) == 2


def test_people_and_programs_are_told_that_it_is_away_and_nothing_is_kept(remote: House, bucket: Bucket) -> None:
    zhao, task = remote.signed_in("zhao"), task_of(remote, "T01_07")
    address, before = upload(zhao, task).get_json()["address"], kept(remote)
    bucket.server.trouble.refused = frozenset({"HEAD", "GET", "PUT"})
    for answer in (zhao.get(address), upload(zhao, task, data=LARGE), attach(zhao, case_of(remote, task), LARGE)):
        assert (answer.status_code, "存放文件的地方暂时无法访问" in answer.text) == (503, True)
        assert bucket.name not in answer.text
    behind = zhao.get(address, headers={"HX-Request": "true"})
    assert "存放文件的地方暂时无法访问" in unquote(behind.headers["X-Said"])
    told = sent_by_program(program(remote, "zhao"), LARGE)
    assert (told.status_code, told.mimetype) == (503, "application/problem+json")
    assert "where files are kept" in told.get_json()["text"]["en"]
    assert (kept(remote), len(bucket.left)) == (before, 1)
