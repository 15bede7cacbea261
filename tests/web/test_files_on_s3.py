"""Files in a bucket on the command line: whoever runs it is told what is wrong with the bucket, and gets no half files."""

from pathlib import Path

import pytest

from storage.files import MEGABYTE, Files, received
from tests.bucket import Bucket
from tests.web.terminal import Terminal
from web.cli.output import Exit

DATA = bytes(8 * MEGABYTE)
"""More than comes by asking three times again for the rest."""


@pytest.fixture
def digest(terminal: Terminal, bucket: Bucket) -> str:
    """A file in the bucket that the settings name."""
    terminal.variables["ZHIXING_FILES"] = bucket.place
    terminal.ok("add-person", "li", "李雷")
    with received([DATA]) as came:
        Files(bucket.place).keep(came)
    return came.digest


def test_a_file_is_saved_whole_or_not_at_all(terminal: Terminal, bucket: Bucket, digest: str, tmp_path: Path) -> None:
    bucket.server.trouble.cut = frozenset({"GET"})
    ran = terminal.run("save-file", digest, tmp_path / "scan.pdf", "--json")
    assert (ran.code, (tmp_path / "scan.pdf").exists()) == (Exit.UNAVAILABLE, False)
    bucket.server.trouble.cut = frozenset()
    terminal.ok("save-file", digest, tmp_path / "scan.pdf")
    assert (tmp_path / "scan.pdf").read_bytes() == DATA


def test_whoever_runs_it_is_told_which_bucket_says_what(
    terminal: Terminal, bucket: Bucket, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    ran = terminal.run("sweep-files")
    assert ran.code == Exit.UNAVAILABLE
    said = ran.err.replace("\n", "")
    assert "存放文件的地方暂时无法访问" in said
    assert bucket.place in said
    assert "InvalidAccessKeyId" in said
