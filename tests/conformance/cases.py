"""Test cases of the DMN technology compatibility kit, read from a folder: `*-test-*.xml` beside the models they try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from engine.temporal import READERS
from engine.value import Context, Value, number

CASES = "{http://www.omg.org/spec/DMN/20160719/testcase}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True)
class Expected:
    """What an element should yield; `error` when it should fail, which is null here."""

    name: str
    namespace: str | None
    value: Value
    error: bool


@dataclass(frozen=True)
class Case:
    """One test case: the file it stands in, the model it tries, what is given, what should come."""

    folder: str
    id: str
    model: Path
    service: str | None
    inputs: tuple[tuple[str, str | None, Value], ...]
    expected: tuple[Expected, ...]


def cases_in(root: Path) -> Iterator[Case]:
    """Every case found below a folder, in the order of file names."""
    for path in sorted(root.rglob("*-test-*.xml")):
        yield from _cases(root, path)


def _cases(root: Path, path: Path) -> Iterator[Case]:
    tree = etree.parse(str(path)).getroot()
    model = path.parent / (tree.findtext(f"{CASES}modelName") or path.name.split("-test-")[0] + ".dmn").strip()
    folder = str(path.parent.relative_to(root)) if path.parent != root else path.parent.name
    for node in tree.iterfind(f"{CASES}testCase"):
        service = node.get("invocableName") if node.get("type") == "decisionService" else None
        inputs = tuple(
            (part.get("name") or "", part.get("namespace"), _value(part)) for part in node.iterfind(f"{CASES}inputNode")
        )
        expected = tuple(_expected(part) for part in node.iterfind(f"{CASES}resultNode"))
        yield Case(folder, node.get("id") or "", model, service, inputs, expected)


def _expected(node: etree._Element) -> Expected:
    found = node.find(f"{CASES}expected")
    error = node.get("errorResult") in ("true", "1")
    return Expected(node.get("name") or "", node.get("namespace"), None if found is None else _value(found), error)


def _value(node: etree._Element) -> Value:
    """A value written as simple value, list or components."""
    written = node.find(f"{CASES}value")
    listed = node.find(f"{CASES}list")
    if written is not None:
        return _simple(written)
    if listed is not None:
        return None if listed.get(f"{XSI}nil") == "true" else tuple(_value(i) for i in listed.iterfind(f"{CASES}item"))
    parts = list(node.iterfind(f"{CASES}component"))
    if not parts or all(part.get(f"{XSI}nil") == "true" and part.get("name") is None for part in parts):
        return None
    return Context({part.get("name") or "": _value(part) for part in parts})


def _simple(node: etree._Element) -> Value:
    if node.get(f"{XSI}nil") == "true":
        return None
    kind = (node.get(f"{XSI}type") or "xsd:string").split(":")[-1]
    text = node.text or ""
    match kind:
        case "boolean":
            return text.strip() in ("true", "1")
        case "decimal" | "double" | "float" | "integer" | "int" | "long":
            return number(text.strip())
        case "date" | "time" | "dateTime" | "duration":
            return _moment(text.strip())
        case _:
            return text


def _moment(text: str) -> Value:
    for reader in READERS:
        try:
            return reader(text)
        except ValueError:
            continue
    raise ValueError(f"expected a date, a time or a duration, but found {text!r}")
