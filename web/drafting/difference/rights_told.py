"""What a draft changes in the rights of roles, in plain words: the right and who holds it, by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.errors import Text
from web.drafting.difference.change import Change
from web.rights import RIGHTS

Table = Mapping[str, object]


def changes(path: str, before: Table, after: Table, roles: tuple[object, object]) -> Iterator[Change]:
    """Each right whose holders differ; `roles` are those of the two sides."""
    named = {key: row for table in roles if isinstance(table, dict) for key, row in table.items()}
    for right in sorted(before.keys() | after.keys()):
        name = RIGHTS.get(right, Text(right, right))
        old, new = (_holders(table.get(right), named) for table in (before, after))
        if right not in before:
            zh, en = f"新增权限“{name.zh}”:{new.zh}", f"added right “{name.en}”: {new.en}"
            yield Change(file=path, element=right, kind="added", text=Text(zh, en))
        elif right not in after:
            zh, en = f"删除权限“{name.zh}”", f"removed right “{name.en}”"
            yield Change(file=path, element=right, kind="removed", text=Text(zh, en))
        elif before[right] != after[right]:
            zh = f"权限“{name.zh}”:由“{old.zh}”改为“{new.zh}”"
            en = f"right “{name.en}”: from “{old.en}” to “{new.en}”"
            yield Change(file=path, element=right, kind="changed", text=Text(zh, en))


def _holders(held: object, named: Table) -> Text:
    """The roles that hold a right; a code that names none stays as it is."""
    found = [_role(str(code), named) for code in (held if isinstance(held, list) else [held])]
    if not found:
        return Text("无人", "nobody")
    return Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))


def _role(code: str, named: Table) -> Text:
    row = named.get(code)
    if not isinstance(row, dict):
        return Text(code, code)
    return Text(str(row.get("zh") or code), str(row.get("en") or row.get("zh") or code))
