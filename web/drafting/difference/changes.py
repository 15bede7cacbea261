"""What a draft changes against the version in force, in plain words; nothing that differs is left out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from engine.errors import Refused, Text
from engine.label import ENGLISH, NUMBERED
from engine.procedure import MANIFEST
from web.drafting.difference import drawing, rights_told, rules
from web.drafting.difference.change import Change, short
from web.drafting.difference.drawing import Said
from web.drafting.difference.terms import FACTS, LEAVES, TABLES, TAGS

Files = Mapping[str, bytes]


def changes(before: Files, after: Files) -> list[Change]:
    """Everything that differs, file by file."""
    found: list[Change] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if old is None or new is None:
            found.append(_whole(path, is_new=old is None))
            continue
        told = list(_file(path, old, new, Names(before), Names(after)))
        found += told or [
            _said(path, "", "changed", "文件的写法有变,内容相同", "written differently, with the same content")
        ]
    return found


class Names:
    """What the elements of one side are called."""

    def __init__(self, files: Files) -> None:
        self.english: dict[str, str] = {}
        rows = _json(files.get(ENGLISH, b"{}")).get("elements")
        for key, row in rows.items() if isinstance(rows, dict) else ():
            if isinstance(row, dict):
                self.english[key] = str(row.get("name", ""))

    def of(self, said: Said | None, key: str) -> Text:
        """The name of an element, with its number; its kind and id where it has none."""
        if said is None or not said.name:
            kind = TAGS.get(said.tag if said else "", Text("元素", "element"))
            return Text(f"{kind.zh} {key}", f"{kind.en} {key}")
        number = f"{key.replace('_', '.')} " if NUMBERED.fullmatch(key) else ""
        return Text(f"{number}{said.name}", f"{number}{self.english.get(key) or said.name}")


def _file(path: str, old: bytes, new: bytes, names_before: Names, names_after: Names) -> Iterator[Change]:
    try:
        if path.endswith(".bpmn"):
            yield from _drawing(path, old, new, names_before, names_after)
        elif path.endswith(".form"):
            yield from _form(path, _json(old), _json(new))
        elif path.endswith(".dmn"):
            yield from rules.changes(path, old, new)
        elif path in (MANIFEST, ENGLISH):
            read = _toml if path == MANIFEST else _json
            yield from _table(path, read(old), read(new))
        else:
            yield _said(path, "", "changed", "文件内容有变", "the content of the file changed")
    except Refused as refused:
        yield Change(file=path, element="", kind="changed", text=refused.text)
    except ValueError:
        yield _said(path, "", "changed", "文件内容有变,但现在还读不懂", "the file changed, and cannot be read as it is")


def _drawing(path: str, old: bytes, new: bytes, names_before: Names, names_after: Names) -> Iterator[Change]:
    before, after = drawing.read(old, path), drawing.read(new, path)
    for key in [*after, *(key for key in before if key not in after)]:
        if key not in before:
            yield _drawn(path, key, "added", after, names_after)
        elif key not in after:
            yield _drawn(path, key, "removed", before, names_before)
        else:
            yield from _element(path, before[key], after[key], names_before.of(before[key], key))
    if before == after and drawing.layout(old, path) != drawing.layout(new, path):
        yield _said(
            path, "", "changed", "只移动了图形的位置,内容没有变", "only moved in the drawing; nothing else changed"
        )


def _drawn(path: str, key: str, kind: str, elements: Mapping[str, Said], names: Names) -> Change:
    said = elements[key]
    zh, en = ("新增", "added") if kind == "added" else ("删除", "removed")
    if said.tag in ("sequenceFlow", "messageFlow", "association"):
        ends = [
            names.of(elements.get(said.facts.get(end, "")), said.facts.get(end, ""))
            for end in ("sourceRef", "targetRef")
        ]
        when = said.facts.get("conditionExpression", "")
        zh_when, en_when = (f",条件 {short(when)}", f", when {short(when)}") if when else ("", "")
        text = Text(
            f"{zh}连线:从“{ends[0].zh}”到“{ends[1].zh}”{zh_when}",
            f"{en} flow: from “{ends[0].en}” to “{ends[1].en}”{en_when}",
        )
    else:
        tag, name = TAGS.get(said.tag, Text(said.tag, said.tag)), names.of(said, key)
        text = Text(f"{zh}{tag.zh}“{name.zh}”", f"{en} {tag.en} “{name.en}”")
    return Change(file=path, element=key, kind=kind, text=text)


def _element(path: str, old: Said, new: Said, name: Text) -> Iterator[Change]:
    if old.tag != new.tag:
        kinds = [TAGS.get(said.tag, Text(said.tag, said.tag)) for said in (old, new)]
        zh, en = f"由{kinds[0].zh}改为{kinds[1].zh}", f"from {kinds[0].en} to {kinds[1].en}"
        yield _said(path, old.id, "changed", f"“{name.zh}”{zh}", f"“{name.en}” changed {en}")
    if old.name != new.name:
        yield _said(path, old.id, "changed", f"“{name.zh}”改名为“{new.name}”", f"“{name.en}” renamed to “{new.name}”")
    for what in sorted(old.facts.keys() | new.facts.keys()):
        before, after = old.facts.get(what, ""), new.facts.get(what, "")
        if before != after:
            fact = FACTS.get(what, Text(what, what))
            yield _from_to(path, old.id, name, fact, before, after)


def _form(path: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    before, after = dict(_fields(old)), dict(_fields(new))
    for key in [*after, *(key for key in before if key not in after)]:
        row = after.get(key) or before[key]
        label = str(row.get("label") or row.get("text") or key)
        if key not in before:
            yield _said(path, key, "added", f"新增字段“{label}”", f"added field “{label}”")
        elif key not in after:
            yield _said(path, key, "removed", f"删除字段“{label}”", f"removed field “{label}”")
        else:
            yield from _rows(path, key, Text(f"字段“{label}”", f"field “{label}”"), before[key], after[key])
    if list(before) != list(after) and before.keys() == after.keys():
        yield _said(path, "", "changed", "字段的顺序有变", "the order of the fields changed")


def _fields(found: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    rows = found.get("components")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield (
                str(row.get("key") or row.get("path") or row.get("id")),
                {k: v for k, v in row.items() if k != "components"},
            )
            yield from _fields(row)


def _table(path: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Two tables of tables: sections, rows in them, values in these."""
    for section in sorted(old.keys() | new.keys()):
        before, after = old.get(section), new.get(section)
        if isinstance(before or after, dict):  # a table that one side has not has no rows there
            before, after = before or {}, after or {}
        kind = TABLES.get(section, Text(section, section))
        if not isinstance(before, dict) or not isinstance(after, dict):
            if before != after:
                yield _from_to(path, section, Text("程序", "procedure"), kind, _plain(before), _plain(after))
            continue
        if section == "rights":
            yield from rights_told.changes(path, before, after, (old.get("roles"), new.get("roles")))
            continue
        for key in sorted(before.keys() | after.keys()):
            name = Text(
                f"{kind.zh}“{_named(after.get(key, before.get(key)), key, 'zh')}”",
                f"{kind.en} “{_named(after.get(key, before.get(key)), key, 'en')}”",
            )
            if key not in before:
                yield _said(path, key, "added", f"新增{name.zh}", f"added {name.en}")
            elif key not in after:
                yield _said(path, key, "removed", f"删除{name.zh}", f"removed {name.en}")
            else:
                yield from _rows(path, key, name, before[key], after[key])


def _rows(path: str, key: str, name: Text, old: object, new: object) -> Iterator[Change]:
    before, after = dict(_leaves(old, "")), dict(_leaves(new, ""))
    for leaf in sorted(before.keys() | after.keys()):
        if before.get(leaf) != after.get(leaf):
            yield _from_to(
                path, key, name, LEAVES.get(leaf, Text(leaf, leaf)), before.get(leaf, ""), after.get(leaf, "")
            )


def _leaves(found: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _leaves(value, f"{path}.{key}".lstrip("."))
    else:
        yield path, _plain(found)


def _from_to(path: str, key: str, name: Text, fact: Text, before: str, after: str) -> Change:
    old, new = short(before), short(after)
    zh, en = f"由“{old}”改为“{new}”", f"from “{old}” to “{new}”"
    if not before:
        zh, en = f"加上“{new}”", f"added “{new}”"
    elif not after:
        zh, en = f"去掉“{old}”", f"removed “{old}”"
    of = Text(f"{name.zh}的{fact.zh}" if fact.zh else name.zh, f"{name.en}, {fact.en}" if fact.en else name.en)
    return _said(path, key, "changed", f"{of.zh}:{zh}", f"{of.en}: {en}")


def _whole(path: str, *, is_new: bool) -> Change:
    zh, en = ("新增", "added") if is_new else ("删除", "removed")
    return _said(path, "", "added" if is_new else "removed", f"{zh}文件 {path}", f"{en} file {path}")


def _said(path: str, key: str, kind: str, zh: str, en: str) -> Change:
    return Change(file=path, element=key, kind=kind, text=Text(zh, en))


def _named(row: object, key: str, language: str) -> str:
    return str(row.get(language) or row.get("name") or key) if isinstance(row, dict) else key


def _plain(found: object) -> str:
    return "" if found is None else found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _json(data: bytes) -> dict[str, object]:
    found = json.loads(data)
    return found if isinstance(found, dict) else {}


def _toml(data: bytes) -> dict[str, object]:
    return tomllib.loads(data.decode())


def by_file(found: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes of each file."""
    rows: dict[str, list[Change]] = {}
    for one in found:
        rows.setdefault(one.file, []).append(one)
    return rows
