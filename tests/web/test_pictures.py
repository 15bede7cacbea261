"""The pictures of the READMEs: each is taken by the script, and every picture that is taken is shown."""

import re
import struct

from docs.pictures.__main__ import HERE, PICTURES
from tests.web.terminal import ROOT

LARGEST = 150 * 1024
SHOWN = re.compile(r"docs/pictures/(\w+)\.png")


def _shown(name: str) -> set[str]:
    return set(SHOWN.findall((ROOT / name).read_text(encoding="utf-8")))


def test_what_is_taken_is_what_the_readmes_show() -> None:
    chinese, english = _shown("README.zh-CN.md"), _shown("README.md")
    assert chinese | english == {picture.name for picture in PICTURES} == {path.stem for path in HERE.glob("*.png")}
    assert len(chinese & english) >= 7


def test_each_is_small_and_as_large_as_was_asked() -> None:
    for picture in PICTURES:
        data = (HERE / f"{picture.name}.png").read_bytes()
        assert len(data) <= LARGEST, picture.name
        assert struct.unpack(">II", data[16:24]) == (picture.width, picture.height), picture.name
