"""A decision of a draft tried with values that somebody types: which rules match and what comes out; and what is wrong at which cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from engine import dmn, feel
from engine.decision import inputs_of
from engine.dmn.trace import written
from engine.errors import Refused
from engine.procedure import HOST_FUNCTIONS
from engine.temporal import from_datetime
from engine.value import Value
from web import reading
from web.drafting.draft import Draft
from web.texts import said
from web.translation import _

YES, NO = frozenset({"是", "yes", "true"}), frozenset({"否", "no", "false"})
LONGEST = 500


def answered(found: Draft, path: str, trials: object) -> dict[str, object]:
    """What the editor shows beside the tables: findings at their cells, and what each table says to the values tried."""
    library = _library(found)
    given = trials if isinstance(trials, dict) else {}
    tried = {
        str(name): _tried(library, path, str(name), values)
        for name, values in given.items()
        if isinstance(values, dict)
    }
    return {"findings": list(_findings(found, library, path)), "trials": tried}


def _library(found: Draft) -> dmn.Library:
    models = []
    for path, data in sorted(found.files.items()):
        if path.endswith(".dmn"):
            with suppress(Refused, ValueError):
                models.append(dmn.read(data, path))
    return dmn.Library(models, HOST_FUNCTIONS)


def _findings(found: Draft, library: dmn.Library, path: str) -> Iterator[dict[str, str]]:
    rows: dict[tuple[str, str], str] = {}
    try:
        dmn.read(found.files[path], path)
    except Refused as refused:
        rows["", said(refused.text)] = "fault"
    for one in library.faults:
        if one.path.startswith((f"{path}#", f"{path}:")) or one.path == path:
            rows.setdefault((one.element, said(one.text)), "fault")
    for fault in found.faults:
        if fault.file == path:
            rows.setdefault((fault.element, said(fault.text)), "fault")
    for one in library.warnings:
        if one.path.startswith((f"{path}#", f"{path}:")):
            rows.setdefault((one.element, said(one.text)), "advice")
    for (element, text), kind in rows.items():
        yield {"element": element, "text": text, "kind": kind}


def _tried(library: dmn.Library, path: str, name: str, values: Mapping[object, object]) -> dict[str, object]:
    """What a decision comes to. Values are typed as people write them."""
    decided = next(
        (one for key, one in library.elements.items() if key[1] == name and _is_of(library, one, path)), None
    )
    if not isinstance(decided, dmn.Decision):
        return {"problem": _("这张表现在不能试算,请先改正标出的问题。")}
    given: dict[dmn.Key, Value] = {}
    for wanted in inputs_of(library, decided):
        text = str(values.get(wanted.variable.name, "")).strip()[:LONGEST]
        try:
            given[wanted.key] = _value(text, wanted.variable.type or "")
        except feel.FeelError as error:
            return {"problem": f"{wanted.variable.name}: {said(error.text)}"}
        if (misfit := library.misfit(wanted.key, given[wanted.key])) is not None:
            return {"problem": said(misfit)}
    budget = dmn.Traced()
    budget.now = from_datetime(reading.store().now())
    try:
        value = library.evaluate(decided.key, given, budget=budget)
    except feel.FeelError as error:
        return {"problem": said(error.text)}
    own = [
        one for one in budget.matched if one.decision == decided.key[1] or one.table.endswith(name)
    ] or budget.matched
    told = own[-1] if own else None
    problem = "" if told is None or told.told is None else said(told.told)
    return {
        "value": "" if value is None else written(value),
        "rules": [] if told is None else list(told.rules),
        "matching": [] if told is None else list(told.matching),
        "default": told is not None and told.default,
        "problem": problem,
    }


def _is_of(library: dmn.Library, one: object, path: str) -> bool:
    return isinstance(one, dmn.Decision) and library.models[one.key[0]].path == path


def _value(text: str, kind: str) -> Value:
    """A value as typed: texts without quotes, yes and no in words, all else as FEEL. Raises FeelError."""
    if not text:
        return None
    if kind == "string" and not text.startswith('"'):
        return text
    if kind == "boolean" and text.lower() in YES | NO:
        return text.lower() in YES
    if kind in ("date", "time", "date and time", "dateTime") and text[:1].isdigit():
        text = f'@"{text}"'
    return feel.compile(text.replace(",", "") if kind == "number" else text).evaluate({})
