"""A manifest that is changed in the browser: what was not touched stays as it was written."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pages.studio.manifest import toml

SHIPPED = Path(__file__).parents[3] / "bpmn" / "service-planning" / "procedure.toml"
WRITTEN = b"""# the head
key = "a"      # its name
label = "A/0"

# who
[roles]
# the boss
GM = { zh = "\xe6\x80\xbb", en = "GM" } # one
PM={zh="p",en="PM"}

[rights]
publish = [
  "GM", # both
  "PM",
]

[escalation.C]
zh = "c"
en = "C"
pauses = true
steps = []
# the end
"""


def _after(change: dict[str, Any]) -> tuple[dict[str, Any], str]:
    found: dict[str, Any] = deepcopy(toml.read(WRITTEN))
    for path, value in change.items():
        table, names = found, path.split(".")
        for name in names[:-1]:
            table = table.setdefault(name, {})
        if value is None:
            table.pop(names[-1])
        else:
            table[names[-1]] = value
    return found, toml.rewritten(WRITTEN, found).decode()


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        ({"label": "A/1"}, ['label = "A/0"'], ['label = "A/1"']),
        ({"owner": "GM"}, [], ['owner = "GM"']),
        ({"roles.QA": {"zh": "q", "en": "QA"}}, [], ['QA = { zh = "q", en = "QA" }']),
        ({"roles.PM": None}, ['PM={zh="p",en="PM"}'], []),
        ({"rights.publish": ["GM"]}, ["publish = [", '  "GM", # both', '  "PM",', "]"], ['publish = ["GM"]']),
        ({"settings.days": {"type": "int", "default": 1}}, [], ["[settings]", 'days = { type = "int", default = 1 }']),
        ({"escalation.N": {"zh": "n"}}, [], ["[escalation.N]", 'zh = "n"']),
        ({"escalation.C.pauses": None}, ["pauses = true"], []),
        ({"escalation.C.pauses": 1}, ["pauses = true"], ["pauses = 1"]),
    ],
)
def test_only_the_lines_of_what_changed_change(change: dict[str, Any], gone: list[str], new: list[str]) -> None:
    found, made = _after(change)
    assert repr(toml.read(made.encode())["escalation"]["C"]) == repr(found["escalation"]["C"])
    assert toml.read(made.encode()) == found
    before, after = WRITTEN.decode().splitlines(), made.splitlines()
    assert [line for line in before if line not in after] == gone
    assert [line for line in after if line and line not in before] == new
    kept = [line for line in before if line.strip() and line not in gone]
    assert [line for line in after if line in kept] == kept


def test_a_manifest_that_says_the_same_is_the_same_to_the_byte() -> None:
    data = SHIPPED.read_bytes()
    assert toml.rewritten(data, toml.read(data)) == data


@pytest.mark.parametrize(
    "odd",
    [
        b'a.b = 1\nlabel = "x"\n',
        b"[[roles]]\na = 1\n",
        b"[roles.GM]\nzh = 'g'\n[roles.PM]\nzh = '''\np\n'''\n",
        b"label = '''\n" + b"x\n" * 500 + b"'''\n",
        b'label = "x"\r\n[roles]\r\n"a b" = 1',
        b"",
    ],
)
def test_what_is_written_in_another_way_says_the_same_afterwards(odd: bytes) -> None:
    found = {**toml.read(odd), "owner": "SMO", "case": {"x": {"type": "text"}}}
    assert toml.read(toml.rewritten(odd, found)) == found


NAMES = st.text("abc-_ \"'.#[]=\\中\n", min_size=1, max_size=6)
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TABLES = st.dictionaries(
    st.sampled_from(["key", "roles", "rights", "settings", "escalation", "x y"]),
    VALUES | st.dictionaries(NAMES, VALUES, max_size=4),
)


@given(TABLES, TABLES)
def test_whatever_is_made_of_whatever_says_what_it_should(before: dict[str, object], after: dict[str, object]) -> None:
    written = toml.rewritten(b"", before)
    assert toml.read(written) == before
    assert toml.read(toml.rewritten(written, after)) == after
