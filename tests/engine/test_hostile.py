"""Hostile files: refused quickly, in both languages, at their place, with little memory, and nothing of them is read."""

import codecs
import resource
import sys
from collections.abc import Callable

import pytest

from engine import procedure as procedures
from engine import xml
from engine.check import Rule, check
from engine.errors import Refused
from tests.engine.approval import MAIN, MANIFEST, files
from tests.engine.sketch import model

MODEL = "processes/main.bpmn"
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
EXTERNAL = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
DEEP = "<a>" * 10_000 + "</a>" * 10_000

XML: dict[str, Callable[[], bytes]] = {
    "external entity": lambda: (EXTERNAL + "<d>&x;</d>").encode(),
    "external entity in an attribute": lambda: (EXTERNAL + '<d a="&x;"/>').encode(),
    "entity bomb": lambda: (BOMB + "<d>&m;</d>").encode(),
    "entity bomb in an attribute": lambda: (BOMB + '<d a="&m;"/>').encode(),
    "entity bomb in UTF-16": lambda: (BOMB + "<d>&m;</d>").encode("utf-16"),
    "DOCTYPE in UTF-16 big endian": lambda: codecs.BOM_UTF16_BE + "<!DOCTYPE d><d/>".encode("utf-16-be"),
    "DOCTYPE in UTF-16 without a mark": lambda: "<!DOCTYPE d><d/>".encode("utf-16-le"),
    "DOCTYPE in UTF-32": lambda: "<!DOCTYPE d><d/>".encode("utf-32"),
    "DOCTYPE in UTF-7": lambda: b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE d+AD4-<d/>',
    "DOCTYPE behind a mark": lambda: codecs.BOM_UTF8 + b"<!DOCTYPE d><d/>",
    "DOCTYPE behind comments": lambda: b"<!-- a --><!-- > --> <!DOCTYPE d><d/>",
    "parameter entity": lambda: b'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://localhost/x">%p;]><d/>',
    "another encoding": lambda: '<?xml version="1.0" encoding="gb2312"?><d>中</d>'.encode("gb2312"),
    "an encoding that is not the file's": lambda: b'<?xml version="1.0" encoding="utf-16"?><d/>',
    "processing instruction before": lambda: b'<?xml-stylesheet href="x"?><d/>',
    "processing instruction inside": lambda: b"<d><?php system('x')?></d>",
    "processing instruction behind": lambda: b"<d/><?x y?>",
    "invalid UTF-8": lambda: b"<d>\xc3\x28</d>",
    "overlong UTF-8": lambda: b"<d>\xc0\xbc</d>",
    "half a character": lambda: b"<d>\xed\xa0\x80</d>",
    "NUL": lambda: b"<d>\x00</d>",
    "NUL as a reference": lambda: b"<d>&#0;</d>",
    "control character as a reference": lambda: b"<d>&#8;</d>",
    "100 MB": lambda: b"<d>" + bytes(100_000_000) + b"</d>",
    "10,000 levels": DEEP.encode,
    "200 levels": lambda: b"<a>" * 200 + b"</a>" * 200,
    "a huge attribute": lambda: b'<d a="' + b"x" * 1_900_000 + b'"/>',
    "a huge text": lambda: b"<d>" + b"x" * 1_900_000 + b"</d>",
    "300,000 elements": lambda: b"<d>" + b"<a/>" * 300_000 + b"</d>",
    "1,000,000 elements": lambda: b"<d>" + b"<a/>" * 1_000_000 + b"</d>",
    "20,000 attributes twice": lambda: ("<d " + " ".join(f'a{n}="x"' for n in range(20_000)) + ' a0="y"/>').encode(),
    "undeclared prefix": lambda: b"<x:d/>",
    "cut off": lambda: MAIN.encode()[:-200],
    "nothing": lambda: b"",
    "no XML": lambda: b"key = 1",
}


@pytest.mark.parametrize("case", XML)
def test_hostile_xml_is_refused_where_it_stands(case: str) -> None:
    with pytest.raises(Refused) as refusal:
        xml.parse(XML[case](), "p.bpmn")
    assert refusal.value.text.en.startswith("p.bpmn")
    assert refusal.value.text.zh != refusal.value.text.en
    assert len(refusal.value.text.en) < 300


@pytest.mark.parametrize("case", XML)
def test_the_check_tells_hostile_xml_as_a_finding(case: str) -> None:
    found = check({**files(), MODEL: XML[case]()})
    assert [f for f in found if f.rule is Rule.UNREADABLE]
    assert check(files()) == []


def test_the_secret_of_another_file_is_in_no_refusal() -> None:
    secret = open("/etc/passwd", encoding="utf-8").readline().strip()  # noqa: SIM115, PTH123  # one line, at once
    for case in ("external entity", "external entity in an attribute"):
        with pytest.raises(Refused) as refusal:
            xml.parse(XML[case](), "p.bpmn")
        assert secret not in str(refusal.value)


def test_hostile_files_take_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in ("entity bomb", "10,000 levels", "300,000 elements", "a huge attribute"):
        with pytest.raises(Refused):
            xml.parse(XML[case](), "p.bpmn")
    unit = 1 if sys.platform == "darwin" else 1_024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 400_000_000


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/BPMN/20100524/MODEL/",
        "http://www.omg.org/spec/BPMN/20100524/MODEL ",
        "https://www.omg.org/spec/BPMN/20100524/MODEL",
        "http://www.omg.org/spec/BPMN/20100524/model",
        "http://schema.omg.org/spec/BPMN/2.0",
        "http://www.omg.org/spec/BPMN/20100524/МODEL",
    ],
)
def test_a_namespace_that_only_looks_right_is_told(namespace: str) -> None:
    source = MAIN.replace("http://www.omg.org/spec/BPMN/20100524/MODEL", namespace, 1)
    found = check({**files(), MODEL: source.encode()})
    told = {f.rule: f.text.en for f in found if f.file == MODEL and f.element in ("", "d")}
    refused = "URI" in told.get(Rule.UNREADABLE, "")
    assert refused or told.get(Rule.UNSUPPORTED) == "expected definitions of BPMN 2.0 as root"


def test_a_foreign_element_does_not_hide_behind_our_prefix() -> None:
    source = model('<bpmn:task xmlns:bpmn="urn:other" id="x"/>')
    found = check({**files(), MODEL: source})
    assert "task is of the unknown namespace urn:other; leave it out" in {f.text.en for f in found}


TOML: dict[str, bytes] = {
    "deep arrays": b"key = " + b"[" * 20_000 + b"]" * 20_000,
    "deep tables": b"key = " + b"{a=" * 20_000 + b"1" + b"}" * 20_000,
    "a number of 10,000 digits": b"key = " + b"9" * 10_000,
    "a key of 10,000 parts": b".".join([b"a"] * 10_000) + b" = 1",
    "a date as default": MANIFEST.replace("default = 2", "default = 2026-01-01").encode(),
    "a list as default": MANIFEST.replace("default = 2", "default = [2]").encode(),
    "infinity": MANIFEST.replace('"1000.00"', "inf").encode(),
    "no number": MANIFEST.replace('"1000.00"', '"NaN"').encode(),
    "a number that is too large": MANIFEST.replace('"1000.00"', '"1e999999999"').encode(),
    "not text": b"\xff\xfe",
    "rows that are none": MANIFEST.replace("[escalation.N]", "[escalation]\nN = 1\n[x]")
    .replace("[roles]", "[roles]\nX = 1")
    .encode(),
    "3 MB": b"#" * 3_000_000,
}


@pytest.mark.parametrize("case", TOML)
def test_a_hostile_manifest_is_told(case: str) -> None:
    found = check({**files(), "procedure.toml": TOML[case]})
    assert [f for f in found if f.file == "procedure.toml" and f.rule is Rule.UNREADABLE]
    with pytest.raises(Refused):
        procedures.load({**files(), "procedure.toml": TOML[case]})


JSON: dict[str, bytes] = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a deep form": b'{"type":"default","components":' + b'[{"type":"group","components":' * 5_000 + b"[]" + b"}]" * 5_000 + b"}",
    "a number of 10,000 digits": b'{"type":"default","components":[{"type":"number","key":"a","decimalDigits":' + b"9" * 10_000 + b"}]}",
    "not a number": b'{"type":"default","components":[{"type":"number","key":"a","validate":{"min":"NaN"}}]}',
    "the wrong types": b'{"type":"default","components":[{"type":[],"key":{},"values":{"a":1},"validate":[],"properties":7}]}',
    "no components": b'{"type":"default","components":{"a":1}}',
    "half a character": b'{"type":"default","components":[{"type":"textfield","key":"\\ud800","label":"\\ud800"}]}',
    "not text": b"\xff",
    "1 MB": b" " * 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("case", JSON)
@pytest.mark.parametrize("file", ["forms/review.form", "texts/en.json"])
def test_hostile_json_is_told(case: str, file: str) -> None:
    found = check({**files(), file: JSON[case]})
    assert [f for f in found if f.file.startswith(file)]


EXPRESSIONS = {
    "deep brackets": "(" * 4_000 + "1" + ")" * 4_000,
    "deep lists": "[" * 4_000 + "]" * 4_000,
    "deep not": "not(" * 2_000 + "true" + ")" * 2_000,
    "a long sum": " + ".join(["1"] * 2_500),
    "a huge number": "9" * 9_000,
    "a huge power": "10 ** 10 ** 10 ** 10",
    "Python": '__import__("os").system("true")',
    "attributes of Python": "offer.__class__.__mro__",
    "a function that calls itself": "{f: function(x) f(x), r: f(1)}.r",
    "control characters": "1 \x0b 2",
    "quotes left open": '"' * 999,
    "a byte order mark": "\ufeff1",
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_a_hostile_expression_ends_the_check_with_findings_or_none(case: str) -> None:
    text = EXPRESSIONS[case].replace("&", "&amp;").replace("<", "&lt;").replace("\x0b", "\u2028")
    source = MAIN.replace("{size: count(offer.contacts)}", "{size: " + text + "}")
    assert source != MAIN
    found = check({**files(), MODEL: source.encode()})
    assert all(f.element == "count" and len(f.text.en) < 1_000 for f in found)


def test_lanes_within_lanes_to_the_limit_are_told_and_not_followed_for_ever() -> None:
    nested = '<bpmn:lane id="l{0}"><bpmn:childLaneSet id="c{0}">'
    inner = "".join(nested.format(n) for n in range(70)) + "</bpmn:childLaneSet></bpmn:lane>" * 70
    found = check({**files(), MODEL: model(f'<bpmn:laneSet id="ls">{inner}</bpmn:laneSet>')})
    assert [f for f in found if f.rule is Rule.UNREADABLE and "levels of nesting" in f.text.en]


def test_a_thousand_sub_processes_in_each_other_are_told() -> None:
    inner = "".join(f'<bpmn:subProcess id="x{n}">' for n in range(1_000)) + "</bpmn:subProcess>" * 1_000
    assert [f for f in check({**files(), MODEL: model(inner)}) if f.rule is Rule.UNREADABLE]
