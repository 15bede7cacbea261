"""What a draft changes in decision tables, in words: columns, rules, cells, data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.errors import Text
from web.drafting import table
from web.drafting.difference.change import Change, short

Row = Mapping[str, object]
PARTS = {
    "name": Text("名称", "name"),
    "policy": Text("命中策略", "hit policy"),
    "aggregation": Text("汇总方式", "aggregation"),
    "label": Text("名称", "label"),
    "expression": Text("比较的数据", "expression"),
    "type": Text("类型", "type"),
    "allowed": Text("允许的值", "allowed values"),
    "default": Text("没有行成立时的结果", "default"),
    "remark": Text("说明", "remark"),
}


def changes(path: str, old: bytes, new: bytes) -> Iterator[Change]:
    """Everything that differs in the tables of a file. Raises Refused."""
    before, after = table.document(old, path), table.document(new, path)
    yield from _listed(
        path, _by(before, "data", "id"), _by(after, "data", "id"), Text("数据", "data"), ("name", "type")
    )
    tables = _by(before, "tables", "id"), _by(after, "tables", "id")
    for key in [*tables[1], *(key for key in tables[0] if key not in tables[1])]:
        if key not in tables[0] or key not in tables[1]:
            row, kind = (tables[1][key], "added") if key in tables[1] else (tables[0][key], "removed")
            yield _whole(path, key, kind, Text("决策表", "decision table"), _name(row))
        else:
            yield from _table(path, key, tables[0][key], tables[1][key])


def _table(path: str, key: str, old: Row, new: Row) -> Iterator[Change]:
    name = _name(old)
    yield from _parts(
        path, key, Text(f"决策表“{name}”", f"decision table “{name}”"), old, new, ("name", "policy", "aggregation")
    )
    columns = ("label", "expression", "name", "type", "allowed", "default")
    for kind, what in (("inputs", Text("条件列", "condition")), ("outputs", Text("结果列", "result"))):
        yield from _listed(path, _by(old, kind, "id"), _by(new, kind, "id"), what, columns)
    yield from _rules(path, old, new)


def _rules(path: str, old: Row, new: Row) -> Iterator[Change]:
    before, after = _by(old, "rules", "id"), _by(new, "rules", "id")
    places = {key: place for place, key in enumerate(after, start=1)}
    for key, row in after.items():
        what = Text(f"第 {places[key]} 行", f"row {places[key]}")
        if key not in before:
            yield _whole(path, key, "added", what, _told(row))
            continue
        yield from _parts(path, key, what, before[key], row, ("remark",))
        if _told(before[key]) != _told(row):
            yield _change(
                path,
                key,
                "changed",
                what,
                f":由“{_told(before[key])}”改为“{_told(row)}”",
                f": from “{_told(before[key])}” to “{_told(row)}”",
            )
    for place, (key, row) in enumerate(before.items(), start=1):
        if key not in after:
            yield _whole(path, key, "removed", Text(f"第 {place} 行", f"row {place}"), _told(row))
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Change(file=path, element="", kind="changed", text=Text("行的次序有变", "the order of the rows changed"))


def _listed(
    path: str, old: Mapping[str, Row], new: Mapping[str, Row], what: Text, parts: tuple[str, ...]
) -> Iterator[Change]:
    for key, row in new.items():
        if key not in old:
            yield _whole(path, key, "added", what, _name(row))
        else:
            name = _name(old[key])
            yield from _parts(path, key, Text(f"{what.zh}“{name}”", f"{what.en} “{name}”"), old[key], row, parts)
    for key, row in old.items():
        if key not in new:
            yield _whole(path, key, "removed", what, _name(row))


def _parts(path: str, key: str, what: Text, old: Row, new: Row, parts: tuple[str, ...]) -> Iterator[Change]:
    for part in parts:
        before, after = short(str(old.get(part) or "")), short(str(new.get(part) or ""))
        if before != after:
            of = PARTS[part]
            yield _change(
                path,
                key,
                "changed",
                what,
                f"的{of.zh}:由“{before}”改为“{after}”",
                f", {of.en}: from “{before}” to “{after}”",
            )


def _whole(path: str, key: str, kind: str, what: Text, name: str) -> Change:
    zh, en = ("新增", "added") if kind == "added" else ("删除", "removed")
    return Change(file=path, element=key, kind=kind, text=Text(f"{zh}{what.zh}“{name}”", f"{en} {what.en} “{name}”"))


def _change(path: str, key: str, kind: str, what: Text, zh: str, en: str) -> Change:
    return Change(file=path, element=key, kind=kind, text=Text(f"{what.zh}{zh}", f"{what.en}{en}"))


def _told(row: Row) -> str:
    """A rule on one line: its conditions, then its results."""
    sides = [[str(cell["text"]) for cell in _rows(row, side)] for side in ("tests", "results")]
    return short(" | ".join(sides[0]) + " → " + " | ".join(sides[1]))


def _name(row: Row) -> str:
    return short(str(row.get("label") or row.get("name") or row.get("expression") or row.get("id")))


def _by(found: Row, name: str, key: str) -> dict[str, Row]:
    return {str(row[key]): row for row in _rows(found, name)}


def _rows(found: Row, name: str) -> list[Row]:
    rows = found.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
