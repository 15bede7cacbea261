"""Names: how they are found in a source, which an expression uses, and which a script would set."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from engine.feel import lexer
from engine.feel.errors import FeelError
from engine.feel.lexer import Token
from engine.feel.tree import BuiltIn, Name, Node, inner

Words = tuple[str, ...]
SHOWN = 60
FEW = 3
WORD_KINDS = frozenset({"name", "number", "operator", "mistake"})


@lru_cache(maxsize=4_096)
def words(name: str) -> Words:
    """The tokens that a name consists of; none when it cannot stand in a source."""
    try:
        tokens = lexer.tokens(name)[:-1]
    except FeelError:
        return ()
    whole = "".join(token.text for token in tokens) == "".join(name.split())
    return tuple(token.text for token in tokens) if whole and all(t.kind in WORD_KINDS for t in tokens) else ()


def near(name: str, known: Iterable[str]) -> list[str]:
    """The known name that was probably meant; of a few Chinese characters half may differ."""
    cutoff = 0.6 if name.isascii() or len(name) > FEW else 0.5
    return get_close_matches(name[:SHOWN], sorted(known), n=1, cutoff=cutoff)


class Names:
    """Names by their first word, the longest first; more may be added as they are bound."""

    __slots__ = ("by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.by_first: dict[str, list[tuple[int, Words, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """One more name."""
        parts = words(name)
        if parts:
            insort(self.by_first.setdefault(parts[0], []), (-len(parts), parts, name))

    def longest(self, tokens: list[Token], at: int, followed_by: str | None = None) -> str | None:
        """The longest name that stands at a place of the source."""
        for _, parts, name in self.by_first.get(tokens[at].text, ()):
            end = at + len(parts)
            found = tuple(token.text for token in tokens[at:end]) == parts
            if found and (followed_by is None or (end < len(tokens) and tokens[end].text == followed_by)):
                return name
        return None

    def __iter__(self) -> Iterator[str]:
        return (name for several in self.by_first.values() for _, _, name in several)


@lru_cache(maxsize=256)
def outside(names: frozenset[str]) -> Names:
    """The names known before an expression begins; shared, so nothing is ever added to them."""
    return Names(sorted(names))


def used_names(node: Node) -> frozenset[str]:
    """The names from outside that a tree uses; `now()` and `today()` read the name `now`."""
    found: set[str] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Name) and not part.local and not part.dynamic:
            found.add(part.name)
        if isinstance(part, BuiltIn) and part.name in ("now", "today"):
            found.add("now")
        stack.extend(inner(part))
    return frozenset(found)


def used_functions(node: Node) -> frozenset[str]:
    """The functions, built in or of the host, that a tree uses."""
    found: set[str] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, BuiltIn):
            found.add(part.name)
        stack.extend(inner(part))
    return frozenset(found)


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
        depth += _BRACKETS.get(token.text, 0) if token.kind == "operator" else 0
        if depth == 1 and token.text == "," and token.kind == "operator":
            start = at + 1
        if depth == 1 and token.text == ":" and at > start:
            found.append(_entry_name(source, tokens[start], tokens[at - 1]))
            start = len(tokens)
    return tuple(found)


_BRACKETS = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}


def _entry_name(source: str, first: Token, last: Token) -> str:
    if first.kind == "text":
        return lexer.unescape(source, first)
    return " ".join(source[first.at : last.at + len(last.text)].split())
