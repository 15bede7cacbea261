"""What is wrong with a source, or cannot be meant: told before it runs, with the place and two sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Text
from engine.feel.errors import FeelError
from engine.feel.inference import Inference
from engine.feel.lexer import Token, place
from engine.feel.notes import KINDS
from engine.feel.printer import write
from engine.feel.tree import Node, Type, inner

SHOWN = 40
MOST = 50
"""Findings of one source; who has more will look again after mending these."""
SINGLE = frozenset(KINDS) - {"list", "context", "range", "function"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing at one place; line and column count from 1.

    An `error` cannot be read, anything else can but yields null: a `missing` entry, or what cannot be meant.
    """

    text: Text
    line: int = 0
    column: int = 0
    length: int = 0
    found: str = ""
    expected: tuple[str, ...] = ()
    error: bool = False
    missing: bool = False


def of_error(error: FeelError) -> Finding:
    """What a source that cannot be read says."""
    return Finding(
        text=error.sentence,
        line=error.line,
        column=error.column,
        length=error.length,
        found=error.found,
        expected=error.expected,
        error=True,
    )


class Review:
    """One source that could be read: its tokens, what is known of its types, and what was found."""

    def __init__(self, source: str, tokens: Iterable[Token], infer: Inference) -> None:
        self.source = source
        self.tokens = {token.at: token for token in tokens}
        self.infer = infer
        self.found: list[Finding] = []
        self.written: dict[int, str] = {}

    def tell(self, node: Node, zh: str, en: str, *expected: str, at: int | None = None, missing: bool = False) -> None:
        """Something wrong at a node, or at a place of its own."""
        if len(self.found) >= MOST:
            return
        at = _first(node) if at is None else at
        token = self.tokens.get(at)
        length = 1 if token is None else max(1, len(token.text))
        line, column = place(self.source, at)
        met = "" if token is None else token.text
        self.found.append(
            Finding(
                text=Text(zh, en),
                line=line,
                column=column,
                length=length,
                found=met,
                expected=expected,
                missing=missing,
            )
        )

    def kind(self, node: Node) -> Type:
        """The type of a node's value, as far as it is known."""
        return self.infer.resolved(self.infer.of(node))

    def shown(self, node: Node) -> str:
        """The node as it could be written, shortened."""
        text = self.written.get(id(node))
        if text is None:
            text = self.written[id(node)] = write(node)
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _first(node: Node) -> int:
    """Where a node begins."""
    found, stack = node.at, [node]
    while stack:
        part = stack.pop()
        found = min(found, part.at)
        stack.extend(inner(part))
    return found
