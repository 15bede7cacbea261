"""Values as sentences say them: yes and no, figures in groups, names for codes, a word where nothing was entered."""

from __future__ import annotations

from decimal import Decimal

from engine.errors import Text
from engine.value import Context, Date, DateTime, Person, Ref, Value
from web.telling.naming import Names, joined, same, shown

NOTHING = Text("(未填)", "(nothing)")
TRUE, FALSE = Text("是", "yes"), Text("否", "no")
PERCENT = "pct"


def said(names: Names, value: Value, kind: str = "") -> Text:
    """A value in words; `kind` is the type that its field is declared with."""
    match value:
        case None:
            return NOTHING
        case bool():
            return TRUE if value else FALSE
        case Decimal():
            return same(f"{value:,f}" + ("%" if kind == PERCENT else ""))
        case str():
            return names.role(value)
        case tuple():
            return joined([said(names, one, kind) for one in value]) if value else NOTHING
        case _:
            return _made(names, value)


def _made(names: Names, value: Value) -> Text:
    match value:
        case Person() | Date() | DateTime():
            return names.value(value)
        case Ref():
            return same(value.id)
        case Context():
            parts = [(key, said(names, one)) for key, one in value.items()]
            zh, en = (";".join(f"{key} = {one.zh}" for key, one in parts), "; ".join(f"{k} = {o.en}" for k, o in parts))
            return Text(zh, en)
        case _:
            return shown(value)
