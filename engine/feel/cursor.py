"""The place in a source up to which it was read, and what is told when something else was expected."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feel import lexer
from engine.feel.errors import FeelError
from engine.feel.lexer import KEYWORDS, Token

NAME_SIGNS = frozenset({"+", "-", "*", "/", "."})
"""Signs that a name may hold after its first word."""


class Cursor:
    """The tokens of one source, taken from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = lexer.tokens(source)
        self.at = 0

    @property
    def here(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def _peek(self, ahead: int) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self.here
        if token.kind != "end":
            self.at += 1
        return token

    def _follows(self, parts: Iterable[str]) -> bool:
        return all(self._peek(ahead).text == part for ahead, part in enumerate(parts))

    def _words_until(self, *ends: str) -> str:
        """A new name: the source up to a sign, with single spaces."""
        start = self.here
        parts: list[str] = []
        while self.here.text not in ends:
            if self.here.kind not in ("name", "number") and (not parts or self.here.text not in NAME_SIGNS):
                raise self._unexpected(f"名称和 {ends[0]}", f"a name and {ends[0]}")
            parts.append(self._next().text)
        if not parts:
            raise self._unexpected("名称", "a name")
        text = self.source[start.at : self.here.at].strip()
        self._next()
        return " ".join(text.split())

    def _property(self) -> str:
        parts = [self._next().text]
        while self.here.kind == "name" and self.here.text not in KEYWORDS:
            parts.append(self._next().text)
        return " ".join(parts)

    def _new_name(self) -> str:
        parts: list[str] = []
        while self.here.kind == "name":
            parts.append(self._next().text)
        if not parts:
            raise self._unexpected("参数名称", "the name of a parameter")
        return " ".join(parts)

    def _takes(self, text: str) -> bool:
        if self.here.text != text or self.here.kind == "text":
            return False
        self._next()
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._unexpected(text, text)

    def _end(self) -> None:
        if self.here.kind != "end":
            raise self._unexpected("表达式结束或一个运算符", "the end or an operator")

    def _unexpected(self, zh: str, en: str) -> FeelError:
        token = self.here
        found_zh, found_en = ("表达式结束", "the end") if token.kind == "end" else (token.text, token.text)
        return lexer.error(
            self.source, token.at, f"此处应为{zh},但为 {found_zh}", f"expected {en}, but found {found_en}"
        )

    def _error(self, zh: str, en: str) -> FeelError:
        return lexer.error(self.source, self.here.at, zh, en)
