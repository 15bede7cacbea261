"""How the parts of a DMN file are taken: children, references, names of types, FEEL sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from engine.dmn.model import Key, Literal, TypeUse
from engine.errors import Refused, Text
from engine.xml import unreadable

FEEL = frozenset(
    {
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
        "feel",
    }
)
TYPES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
"""Names that DMN 1.1 gives to types of FEEL."""
ANYTHING = "-"
"""Allowed values that are no restriction."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def local(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(node).localname


class Reader:
    """One file: where it lies, the namespace of its elements, and the namespace that its own elements are in."""

    def __init__(self, path: str, standard: str, namespace: str) -> None:
        self.path = path
        self.standard = standard
        self.namespace = namespace
        self.aliases: dict[str, str] = {}
        self.type_uses: list[TypeUse] = []

    def error(self, node: etree._Element, zh: str, en: str) -> Refused:
        """The refusal of a file because of what stands at a node."""
        return unreadable(self.path, node.sourceline or 0, zh, en)

    def children(self, node: etree._Element, passed: frozenset[str] = frozenset()) -> Iterator[etree._Element]:
        """The elements of the standard directly within a node, without those to be passed over."""
        for child in node:
            name = etree.QName(child)
            if name.namespace == self.standard and name.localname not in passed:
                yield child

    def all(self, node: etree._Element, *names: str) -> Iterator[etree._Element]:
        """The children with one of these names."""
        return (child for child in self.children(node) if local(child) in names)

    def first(self, node: etree._Element, *names: str) -> etree._Element | None:
        """The first child with one of these names."""
        return next(self.all(node, *names), None)

    def key(self, node: etree._Element) -> Key:
        """Which element this is; one without an id goes by its name."""
        found = node.get("id") or node.get("name")
        if not found:
            raise self.error(node, "缺少 id", "expected an id")
        return self.namespace, found

    def reference(self, node: etree._Element) -> Key:
        """The element that an href means."""
        href = (node.get("href") or "").strip()
        namespace, sign, element = href.rpartition("#")
        if not sign:
            raise self.error(node, "href 应为 #id", "expected #id as href")
        return namespace or self.namespace, element

    def type_name(self, written: str | None, node: etree._Element) -> str | None:
        """The name of a type as FEEL calls it; the prefix that DMN 1.1 puts before one may mean an imported model."""
        if written is None or not written.strip():
            return None
        prefix, sign, name = written.strip().partition(":")
        found = written.strip()
        if sign and prefix in node.nsmap:
            alias = self.aliases.get(node.nsmap[prefix], "")
            found = f"{alias}.{name}" if alias else name
        found = TYPES.get(found, found)
        self.type_uses.append(TypeUse(found, self.owner(node), node.sourceline or 0))
        return found

    def language(self, node: etree._Element) -> None:
        """Refuse expressions in another language than FEEL."""
        for attribute in ("expressionLanguage", "typeLanguage"):
            found = node.get(attribute)
            if found and found not in FEEL and found.lower() != "feel":
                raise self.error(
                    node, f"表达式语言应为 FEEL,但为 {found}", f"expected the language FEEL, but found {found}"
                )

    def literal(self, node: etree._Element, place: Text | None = None) -> Literal | None:
        """The FEEL source in an element with a text; None when nothing is written."""
        self.language(node)
        text = self.first(node, "text")
        if text is None or text.text is None or not text.text.strip():
            return None
        line = text.sourceline or node.sourceline or 0
        return Literal(text.text, self.owner(node), line, self.type_name(node.get("typeRef"), node), place)

    def tests(self, node: etree._Element, name: str, place: Text | None = None) -> Literal | None:
        """The unary tests in a child of that name; None when they let anything through."""
        found = self.first(node, name)
        literal = None if found is None else self.literal(found, place)
        return None if literal is None or literal.text.strip() == ANYTHING else literal

    def distinct(self, nodes: Iterable[etree._Element], names: Iterable[str]) -> None:
        """Refuse a name that repeats among entries, columns or parameters."""
        seen: set[str] = set()
        for node, name in zip(nodes, names, strict=True):
            if name in seen:
                raise self.error(node, f"重复的名称 {name}", f"expected different names, but {name} repeats")
            seen.add(name)

    def drawn_in(self, node: etree._Element) -> str:
        """The name of the decision or knowledge model that a node belongs to."""
        current: etree._Element | None = node
        while current is not None and local(current) not in ("decision", "businessKnowledgeModel"):
            current = current.getparent()
        return "" if current is None else current.get("name") or ""

    def owner(self, node: etree._Element) -> str:
        """The nearest id: a place that the editor can show."""
        current: etree._Element | None = node
        while current is not None:
            if found := current.get("id"):
                return found
            current = current.getparent()
        return ""
