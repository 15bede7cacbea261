"""Hostile files: refused with a sentence, and nothing else happens."""

import pytest

from engine import xml
from engine.errors import Reason, Refused
from engine.flow import Model
from tests.engine.flow.drawing import E, S, document, path, user

PLAIN = document(S + user("u") + E + path("s", "u", "e"))
ENTITY = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d ['
    + b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
    + b'<!ENTITY l0 "ha">]><d>&l9;</d>'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (ENTITY, "DOCTYPE|XML"),
        (BOMB, "DOCTYPE|XML"),
        (b"<!DOCTYPE d><d/>", "DOCTYPE"),
        (b"<a>" * 200 + b"</a>" * 200, "nesting"),
        (b"<a>" * 100_000, "XML"),
        (b"<d>" + b" " * 100_000_000 + b"</d>", "bytes"),
        (b"\xff\xfe\x00", "XML"),
        (b"", "XML"),
        (b"<open>", "XML"),
    ],
    ids=["external entity", "entity bomb", "doctype", "deep", "very deep", "100 MB", "no text", "empty", "cut off"],
)
def test_a_hostile_file_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        Model.parse({"p.bpmn": data})
    assert refusal.value.reason is Reason.INVALID_MODEL
    assert "root:" not in str(refusal.value)


def test_an_honest_file_is_read_with_its_lines() -> None:
    assert Model.parse({"p.bpmn": PLAIN}).element("p", "u").line == 1
    assert xml.parse(PLAIN, "p.bpmn").tag.endswith("definitions")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (S + S, "unique id"),
        (S + E + path("s", "nowhere"), "connect two elements"),
        (S + "<bpmn:userTask/>", "unique id"),
        (S + '<bpmn:boundaryEvent id="b" attachedToRef="x"/>', "attached to an activity"),
    ],
    ids=["same id twice", "flow to nowhere", "no id", "boundary without host"],
)
def test_a_broken_model_is_refused(body: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        Model.parse({"p.bpmn": document(body)})
