"""Random damage to the files of a procedure: what an editor, a merge or a hurried hand does to XML, JSON and TOML."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from lxml import etree

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", " ", "x", "审核", [], {}, ["x"], {"x": 1}, "now", "settings.x", "1 +", "T01_04", "true",
    "a" * 300, "\u0000", "9" * 40, 10**400,
)  # fmt: skip
WORDS = (
    "",
    "x",
    "T01_04",
    "true",
    "1",
    "settings",
    "F02",
    "task",
    "userTask",
    "now",
    "forms/T01_04.form",
    "a b",
    "=",
    "审核",
)
Files = dict[str, bytes]


def mutated(files: Files, random: Random) -> tuple[Files, str]:
    """A copy with one to three things damaged, and what was done."""
    found, told = dict(files), []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        path = random.choice(sorted(found))
        kind = path.rpartition(".")[2]
        change = random.choice(CHANGES.get(kind, FILES) if random.random() < 0.95 else FILES)
        told.append(f"{change.__name__} {path}")
        change(found, path, random)
    return found, "; ".join(told)


# ------------------------------------------------------------------ XML


def _tree(files: Files, path: str) -> etree._Element | None:
    try:
        return etree.fromstring(files[path])
    except (etree.XMLSyntaxError, ValueError):
        return None


def _nodes(root: etree._Element) -> list[etree._Element]:
    return [node for node in root.iter("{*}*") if "/DI" not in node.tag and "/DC" not in node.tag]


def _edit(change: Callable[[list[etree._Element], Random], None]) -> Callable[[Files, str, Random], None]:
    def edit(files: Files, path: str, random: Random) -> None:
        root = _tree(files, path)
        if root is not None:
            change(_nodes(root), random)
            files[path] = etree.tostring(root)

    edit.__name__ = change.__name__.strip("_")
    return edit


def _delete_node(nodes: list[etree._Element], random: Random) -> None:
    node = random.choice(nodes)
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _repeat_node(nodes: list[etree._Element], random: Random) -> None:
    node = random.choice(nodes)
    parent = node.getparent()
    if parent is not None:
        parent.append(etree.fromstring(etree.tostring(node)))


def _move_node(nodes: list[etree._Element], random: Random) -> None:
    node, to = random.choice(nodes), random.choice(nodes)
    if node.getparent() is not None and node not in (to, *to.iterancestors()):
        to.append(node)


def _rename_node(nodes: list[etree._Element], random: Random) -> None:
    random.choice(nodes).tag = random.choice(nodes).tag


def _delete_attribute(nodes: list[etree._Element], random: Random) -> None:
    node = random.choice([node for node in nodes if node.attrib])
    del node.attrib[random.choice(sorted(map(str, node.attrib)))]


def _change_attribute(nodes: list[etree._Element], random: Random) -> None:
    node, other = (random.choice([node for node in nodes if node.attrib]) for _ in range(2))
    value = random.choice([*map(str, other.attrib.values()), *WORDS])
    node.set(random.choice(sorted(map(str, node.attrib))), value)


def _borrow_attribute(nodes: list[etree._Element], random: Random) -> None:
    node, other = (random.choice([node for node in nodes if node.attrib]) for _ in range(2))
    name = random.choice(sorted(map(str, other.attrib)))
    node.set(name, str(other.get(name)))


def _change_text(nodes: list[etree._Element], random: Random) -> None:
    node, other = (random.choice([node for node in nodes if (node.text or "").strip()]) for _ in range(2))
    node.text = random.choice([other.text, *WORDS])


# ------------------------------------------------------------------ JSON


def _places(found: Any) -> list[tuple[Any, Any]]:
    if isinstance(found, dict | list):
        keys = list(found) if isinstance(found, dict) else list(range(len(found)))
        return [(found, key) for key in keys] + [place for key in keys for place in _places(found[key])]
    return []


def _edit_json(change: Callable[[list[tuple[Any, Any]], Random], None]) -> Callable[[Files, str, Random], None]:
    def edit(files: Files, path: str, random: Random) -> None:
        try:
            found = json.loads(files[path])
        except ValueError:
            return
        places = _places(found)
        if places:
            change(places, random)
            files[path] = json.dumps(found).encode()

    edit.__name__ = change.__name__.strip("_")
    return edit


def _delete_value(places: list[tuple[Any, Any]], random: Random) -> None:
    holder, key = random.choice(places)
    del holder[key]


def _change_value(places: list[tuple[Any, Any]], random: Random) -> None:
    holder, key = random.choice(places)
    holder[key] = random.choice(ODD)


def _swap_value(places: list[tuple[Any, Any]], random: Random) -> None:
    holder, key = random.choice(places)
    other, name = random.choice(places)
    holder[key] = json.loads(json.dumps(other[name]))


def _rename_key(places: list[tuple[Any, Any]], random: Random) -> None:
    holder, key = random.choice([place for place in places if isinstance(place[0], dict)])
    holder[random.choice([*WORDS, *(str(k) for _, k in places)])] = holder.pop(key)


# ------------------------------------------------------------------ lines and bytes


def delete_line(files: Files, path: str, random: Random) -> None:
    """One line less."""
    lines = files[path].splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    files[path] = b"".join(lines)


def repeat_line(files: Files, path: str, random: Random) -> None:
    """One line twice."""
    lines = files[path].splitlines(keepends=True)
    if lines:
        lines.insert(random.randrange(len(lines)), random.choice(lines))
    files[path] = b"".join(lines)


def change_word(files: Files, path: str, random: Random) -> None:
    """A word of one place at another."""
    words = files[path].split(b" ")
    words[random.randrange(len(words))] = random.choice(words)
    files[path] = b" ".join(words)


def change_byte(files: Files, path: str, random: Random) -> None:
    """One byte wrong."""
    data = bytearray(files[path] or b"x")
    data[random.randrange(len(data))] = random.randrange(256)
    files[path] = bytes(data)


def cut_off(files: Files, path: str, random: Random) -> None:
    """The file ends too early."""
    files[path] = files[path][: random.randrange(len(files[path]) + 1)]


def delete_file(files: Files, path: str, random: Random) -> None:
    """One file less."""
    if len(files) > 1:
        del files[path]


def exchange_files(files: Files, path: str, random: Random) -> None:
    """The content of another file."""
    files[path] = files[random.choice(sorted(files))]


LINES = [delete_line, repeat_line, change_word, change_byte]
FILES = [cut_off, delete_file, exchange_files, change_byte]
CHANGES: dict[str, list[Callable[[Files, str, Random], None]]] = {
    "bpmn": [
        *map(_edit, (_delete_node, _repeat_node, _move_node, _rename_node)),
        *map(_edit, (_delete_attribute, _change_attribute, _change_attribute, _borrow_attribute, _change_text)),
        change_byte,
    ],
    "form": [*map(_edit_json, (_delete_value, _change_value, _change_value, _swap_value, _rename_key)), change_byte],
    "json": [*map(_edit_json, (_delete_value, _change_value, _swap_value, _rename_key)), change_byte],
    "toml": LINES,
}
