"""What a decision table found, in a sentence: the rules that count, and the inputs they were found by."""

from __future__ import annotations

from decimal import Decimal

from engine.errors import Text
from engine.value import Context, Value
from web.telling.naming import Names, shown
from web.telling.values import said


def rules(names: Names, table: Context, decision: str = "") -> Text:
    """The rules of a table that count, each input with its value and the condition it met."""
    given = _contexts(table["inputs"])
    told = [_hit(names, decision, hit, given) for hit in _contexts(table["hits"])]
    if not told:
        zh, en = ("没有规则命中,取默认结果", "no rule matches: the default is taken")
        zh, en = (zh, en) if table["default"] is True else ("没有规则命中", "no rule matches")
        inputs = [_input(names, decision, one, "-") for one in given]
        told = [_with(Text(zh, en), inputs)]
    return Text(";".join(one.zh for one in told), "; ".join(one.en for one in told))


def _hit(names: Names, decision: str, hit: Context, given: list[Context]) -> Text:
    conditions = hit["conditions"] if isinstance(hit["conditions"], tuple) else ()
    met = [_input(names, decision, one, condition) for one, condition in zip(given, conditions, strict=False)]
    rule = shown(hit["rule"]).zh
    return _with(Text(f"规则 {rule} 命中", f"rule {rule} matches"), met)


def _with(head: Text, inputs: list[Text]) -> Text:
    zh, en = ";".join(one.zh for one in inputs), "; ".join(one.en for one in inputs)
    return Text(f"{head.zh}({zh})", f"{head.en} ({en})")


def _input(names: Names, decision: str, given: Context, condition: Value) -> Text:
    """An input with its value; with the condition, too, unless that says nothing or only the value again."""
    label, found = names.heading(decision, shown(given["label"]).zh), given["value"]
    value = names.choice(decision, found) if isinstance(found, str) else said(names, found)
    more = "" if condition in ("-", _literal(given["value"])) else f" ({condition})"
    return Text(f"{label.zh} = {value.zh}{more}", f"{label.en} = {value.en}{more}")


def _literal(value: Value) -> str:
    """A value as a condition would name it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case str():
            return f'"{value}"'
        case _:
            return ""


def _contexts(found: Value) -> list[Context]:
    return [one for one in found if isinstance(one, Context)] if isinstance(found, tuple) else []
