"""Which names an expression uses, and which a script would set."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel import lexer
from engine.feel.errors import FeelError
from engine.feel.tree import Name


def used_names(node: object) -> frozenset[str]:
    """The names from outside that a tree uses."""
    return frozenset(_names(node))


def entry_names(source: str) -> tuple[str, ...]:
    """The entries of a context literal, read without knowing the names in scope; empty for anything else."""
    try:
        tokens = lexer.tokens(source)
    except FeelError:
        return ()
    if tokens[0].text != "{":
        return ()
    found: list[str] = []
    depth, start = 0, 1
    for at, token in enumerate(tokens):
        depth += (
            {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(token.text, 0) if token.kind == "operator" else 0
        )
        if depth == 1 and token.text == "," and token.kind == "operator":
            start = at + 1
        if depth == 1 and token.text == ":" and start is not None and at > start:
            first, last = tokens[start], tokens[at - 1]
            quoted = first.kind == "text"
            found.append(
                lexer.unescape(source, first)
                if quoted
                else " ".join(source[first.at : last.at + len(last.text)].split())
            )
            start = len(tokens)
    return tuple(found)


def _names(node: object) -> Iterator[str]:
    if isinstance(node, Name):
        if not node.local and not node.dynamic:
            yield node.name
        return
    if isinstance(node, tuple):
        for part in node:
            yield from _names(part)
        return
    for slot in getattr(type(node), "__slots__", ()):
        yield from _names(getattr(node, slot))
