"""A decision of a DMN file, tried without a database: its value, and which rules matched."""

from __future__ import annotations

from pathlib import Path

import click

from engine import dmn
from engine.decision import inputs_of
from engine.dmn.model import Element
from engine.errors import Reason, Refused
from engine.temporal import READERS
from engine.value import Value
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import FILE, JSON
from web.telling import plain
from web.telling.naming import shown


@command("decision", zh="不用数据库,试算 DMN 文件中的一个决策。")
@click.argument("path", type=FILE)
@click.argument("name", required=False, metavar="[DECISION]")
@option(
    "--input", "values", type=JSON, default="{}", metavar="JSON", zh="按名称给出输入数据。", en="Input data by name."
)
@click.pass_obj
def decide(output: Output, path: Path, name: str | None, values: object) -> None:
    """Try a decision of a DMN file, without a database."""
    library = _library(path)
    wanted = _wanted(library, path, name)
    budget = dmn.Traced()
    found = library.evaluate(wanted.key, _given(library, wanted, values), budget=budget)
    output.say(f"{wanted.variable.name} = {shown(found).zh}", f"{wanted.variable.name} = {shown(found).en}", "bold")
    columns = [("决策表", "table"), ("命中的规则", "rules that match"), ("输入", "inputs")]
    output.table(columns, [_row(matched) for matched in budget.matched])
    for note in budget.notes:
        output.say(f"注意:{note.zh}", f"note: {note.en}")
    output.result(
        {
            "decision": wanted.variable.name,
            "value": plain.shown(found),
            "tables": [_document(matched) for matched in budget.matched],
            "notes": [{"zh": note.zh, "en": note.en} for note in budget.notes],
        }
    )


def _library(path: Path) -> dmn.Library:
    """The file with those beside it, which it may import. Raises Failed when the file itself has mistakes."""
    model = dmn.read(path.read_bytes(), path.name)
    others = [dmn.read(other.read_bytes(), other.name) for other in sorted(path.parent.glob("*.dmn")) if other != path]
    library = dmn.Library([model, *(other for other in others if other.namespace != model.namespace)])
    faults = [fault for fault in library.faults if fault.path.startswith(path.name)]
    if faults:
        zh, en = f"{path.name} 有 {len(faults)} 处问题", f"{path.name} cannot be used; findings: {len(faults)}"
        raise Failed(Exit.FINDINGS, zh, en, faults)
    return library


def _wanted(library: dmn.Library, path: Path, name: str | None) -> Element:
    own = next(iter(library.models))
    there = [e for e in library.elements.values() if isinstance(e, dmn.Decision | dmn.Service) and e.key[0] == own]
    if name is None and there:
        required = {key for element in there if isinstance(element, dmn.Decision) for key in element.requires}
        return next((element for element in there if element.key not in required), there[0])
    found = next((element for element in there if name in (element.variable.name, element.key[1])), None)
    if found is None:
        names = ", ".join(element.variable.name for element in there)
        raise Refused(
            Reason.NOT_FOUND,
            f"{path.name} 中没有决策 {name or ''};有 {names or '零个'}",
            f"there is no decision {name or ''} in {path.name}, but {names or 'none'}",
        )
    return found


def _given(library: dmn.Library, wanted: Element, values: object) -> dict[dmn.Key, Value]:
    if not isinstance(values, dict):
        raise Refused(Reason.INVALID_DATA, "输入应为 JSON 对象", "expected the input to be a JSON object")
    known = {data.variable.name: data for data in inputs_of(library, wanted)}
    for name in values:
        if name not in known:
            names = ", ".join(known)
            raise Refused(
                Reason.INVALID_DATA, f"没有输入 {name};有 {names}", f"there is no input {name}, but {names or 'none'}"
            )
    return {data.key: _read(values.get(name), data) for name, data in known.items()}


def _read(found: object, data: dmn.InputData) -> Value:
    """A value of JSON; a text is read as a date, time or duration where one is wanted."""
    value = plain.value(found)
    if isinstance(value, str) and data.variable.type not in (None, "string", "Any"):
        for reader in READERS:
            try:
                return reader(value)
            except ValueError:
                continue
    return value


def _row(matched: dmn.Matched) -> tuple[str, str, str]:
    inputs = "; ".join(f"{label} = {shown(value).zh}" for label, value in matched.inputs)
    return matched.table, ", ".join(map(str, matched.rules)) or matched.problem or "–", inputs


def _document(matched: dmn.Matched) -> dict[str, object]:
    return {
        "table": matched.table,
        "rules": list(matched.rules),
        "matching": list(matched.matching),
        "problem": matched.problem,
        "inputs": [{"label": label, "value": plain.shown(value)} for label, value in matched.inputs],
    }


COMMANDS = (decide,)
