"""The decision tables of an editor written into their file again: what it does not show of it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from engine.dmn.model import Aggregator, HitPolicy
from engine.errors import Reason, Refused
from web.drafting.table import Json, Paper, paper

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
MOST_COLUMNS, MOST_RULES, LONGEST = 40, 2_000, 4_000
DRAWN = ("DMNShape", "DMNEdge")


def written(data: bytes, path: str, given: Json) -> bytes:
    """The file with what an editor says of its tables. Raises Refused."""
    found = paper(data, path)
    names = _write_data(found, _rows(given, "data", MOST_COLUMNS))
    tables = {_text(row, "id"): row for row in _rows(given, "tables", MOST_COLUMNS)}
    for node in found.all(found.root, "decision"):
        row, table = tables.get(node.get("id") or ""), found.first(node, "decisionTable")
        if row is None or table is None:
            continue
        node.set("name", _text(row, "name"))
        _require(found, node, names)
        _write_table(found, table, row)
    _tidy(found)
    etree.indent(found.root, "  ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(found.root, encoding="UTF-8") + b"\n"


def _write_data(found: Paper, rows: list[Json]) -> dict[str, str]:
    """The data as they are now; their ids by name."""
    before = {node.get("id") or "": node for node in found.all(found.root, "inputData")}
    kept: dict[str, str] = {}
    for row in rows:
        name, key = _text(row, "name").strip(), _id(row, "Data", len(kept))
        node = before.pop(key, None)
        if node is None:
            node = found.make("inputData", id=key)
            found.root.insert(len(found.all(found.root, "inputData")), node)
        node.set("name", name)
        variable = found.first(node, "variable")
        if variable is None:
            variable = found.make("variable", id=f"Variable_{key}")
            node.insert(0, variable)
        variable.set("name", name)
        _put(variable, "typeRef", _text(row, "type"))
        kept[name] = key
    for node in before.values():
        found.root.remove(node)
    return kept


def _require(found: Paper, decision: etree._Element, names: Mapping[str, str]) -> None:
    """The decision requires all the data of its file, in their order."""
    wanted = list(names.values())
    for node in found.all(decision, "informationRequirement"):
        link = found.first(node, "requiredInput")
        if link is None:
            continue
        key = (link.get("href") or "").removeprefix("#")
        if key in wanted:
            wanted.remove(key)
        elif "#" not in (link.get("href") or "").removeprefix("#") and key not in names.values():
            decision.remove(node)
    place = 1 + max((list(decision).index(node) for name in BEFORE for node in found.all(decision, name)), default=-1)
    for offset, key in enumerate(wanted):
        made = found.make("informationRequirement", id=f"Requires_{key}_{decision.get('id')}")
        made.append(found.make("requiredInput", href=f"#{key}"))
        decision.insert(place + offset, made)


BEFORE = ("description", "extensionElements", "question", "allowedAnswers", "variable", "informationRequirement")
"""What stands before further requirements in a decision. DMN 1.5 §6.3.7."""


def _write_table(found: Paper, table: etree._Element, row: Json) -> None:
    policy, aggregation = _text(row, "policy"), _text(row, "aggregation")
    _put(table, "hitPolicy", policy if policy in set(HitPolicy) else HitPolicy.UNIQUE.value)
    _put(table, "aggregation", aggregation if aggregation in set(Aggregator) and policy == HitPolicy.COLLECT else "")
    inputs, outputs = _rows(row, "inputs", MOST_COLUMNS), _rows(row, "outputs", MOST_COLUMNS)
    rules = _rows(row, "rules", MOST_RULES)
    if not outputs:
        raise Refused(Reason.INVALID_DATA, "决策表应有结果列", "expected an output column in the decision table")
    notes = {node.get("id"): found.all(node, "annotationEntry") for node in found.all(table, "rule")}
    annotations = found.all(table, "annotation")
    for name in ("input", "output", "annotation", "rule"):
        for node in found.all(table, name):
            table.remove(node)
    table.extend(_input(found, one, place) for place, one in enumerate(inputs))
    table.extend(_output(found, one, place) for place, one in enumerate(outputs))
    table.extend(annotations)
    taken: set[str] = set()
    for place, one in enumerate(rules):
        key = _id(one, "Rule", place)
        if key in taken:
            key = f"{key}_{place + 1}"
        taken.add(key)
        table.append(_made_rule(found, one, key, (len(inputs), len(outputs)), notes.get(key, [])))


def _input(found: Paper, row: Json, place: int) -> etree._Element:
    key = _id(row, "Input", place)
    made = found.make("input", id=key, label=_text(row, "label"))
    made.append(
        found.make("inputExpression", _text(row, "expression"), id=f"{key}_expression", typeRef=_text(row, "type"))
    )
    if _text(row, "allowed").strip():
        made.append(found.make("inputValues", _text(row, "allowed")))
    return made


def _output(found: Paper, row: Json, place: int) -> etree._Element:
    key = _id(row, "Output", place)
    made = found.make("output", id=key, label=_text(row, "label"), name=_text(row, "name"), typeRef=_text(row, "type"))
    for name, what in (("outputValues", "allowed"), ("defaultOutputEntry", "default")):
        if _text(row, what).strip():
            made.append(found.make(name, _text(row, what)))
    return made


def _made_rule(
    found: Paper, row: Json, key: str, columns: tuple[int, int], notes: list[etree._Element]
) -> etree._Element:
    made, remark = found.make("rule", id=key), _text(row, "remark")
    if remark.strip() and not notes:
        made.append(found.make("description"))
        made[-1].text = remark
    for name, what, count in (("inputEntry", "tests", columns[0]), ("outputEntry", "results", columns[1])):
        cells = _rows(row, what, MOST_COLUMNS)
        if len(cells) != count:
            raise Refused(Reason.INVALID_DATA, f"每条规则应有 {count} 格", f"expected {count} cells in each rule")
        for place, cell in enumerate(cells, start=1):
            text = _text(cell, "text").strip() or ("-" if what == "tests" else "")
            usual = f"{key}_{'' if what == 'tests' else 'out'}{place}"
            own = _text(cell, "id")
            made.append(found.make(name, text, id=own if own.startswith(f"{key}_") and ID.fullmatch(own) else usual))
    for node in notes[:1]:
        written_note = found.first(node, "text")
        if written_note is not None:
            written_note.text = remark
    made.extend(notes)
    return made


def _tidy(found: Paper) -> None:
    """Nothing stays drawn that is no longer there."""
    known = {node.get("id") for node in found.root.iter() if node.get("id")}
    for node in list(found.root.iter()):
        if isinstance(node.tag, str) and etree.QName(node).localname in DRAWN:
            parent, of = node.getparent(), node.get("dmnElementRef")
            if parent is not None and of not in known:
                parent.remove(node)


def _id(row: Json, kind: str, place: int) -> str:
    key = _text(row, "id")
    return key if ID.fullmatch(key) else f"{kind}_{place + 1}"


def _put(node: etree._Element, name: str, value: str) -> None:
    if value:
        node.set(name, value)
    elif name in node.attrib:
        del node.attrib[name]


def _text(row: Json, name: str) -> str:
    found = row.get(name)
    if not isinstance(found, str):
        return ""
    if len(found) > LONGEST or any(ord(sign) < 32 and sign not in "\n\t\r" for sign in found):
        raise Refused(
            Reason.INVALID_DATA,
            f"文本应不超过 {LONGEST} 个字,不含控制字符",
            f"expected texts of at most {LONGEST} characters without control characters",
        )
    return found.replace("\r\n", "\n").encode(errors="replace").decode()


def _rows(given: Json, name: str, most: int) -> list[Json]:
    found = given.get(name)
    rows: list[Json] = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if len(rows) > most:
        raise Refused(Reason.INVALID_DATA, f"应不超过 {most} 项", f"expected at most {most}")
    return rows


def spoken(given: Json) -> Iterator[tuple[str, str]]:
    """Every Chinese text of the tables, with the decision that it belongs to: what English is kept for."""
    for table in _rows(given, "tables", MOST_COLUMNS):
        key = _text(table, "id")
        labels = [
            _text(column, "label") for kind in ("inputs", "outputs") for column in _rows(table, kind, MOST_COLUMNS)
        ]
        remarks = [_text(rule, "remark") for rule in _rows(table, "rules", MOST_RULES)]
        for text in (_text(table, "name"), *labels, *remarks):
            if text.strip():
                yield key, text
