"""The place in a source up to which it was read, and what is told when something else was expected."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feel import lexer
from engine.feel.errors import FeelError
from engine.feel.hints import FORMS, hint
from engine.feel.lexer import KEYWORDS, Token
from engine.feel.names import Names

NESTING = 32
NAME_SIGNS = frozenset({"+", "-", "*", "/", ".", "**", "'"})
"""Signs that a name may hold after its first word."""


class Cursor:
    """The tokens of one source, taken from left to right."""

    def __init__(self, source: str, functions: Names) -> None:
        self.source = source
        self.tokens = lexer.tokens(source)
        self.functions = functions
        self.at = 0
        self.depth = 0
        self.in_names: set[int] = set()

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

    def _words_until(self, end: str) -> str:
        """A new name, and the sign after it."""
        found = self._new_name(end)
        self._expect(end)
        return found

    def _new_name(self, *ends: str) -> str:
        """A new name: the source up to one of some signs, with single spaces."""
        first = self.at
        while self.here.text not in ends:
            if self.here.kind not in ("name", "number") and (self.at == first or self.here.text not in NAME_SIGNS):
                raise self._unexpected(f"名称和 {ends[0]}", f"a name and {ends[0]}", *ends)
            self._next()
        if self.at == first:
            raise self._unexpected("名称", "a name")
        self.in_names.update(range(first, self.at))
        return lexer.spelled(self.source, self.tokens[first : self.at])

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise self._error(f"嵌套应不超过 {NESTING} 层", f"expected at most {NESTING} levels of nesting")

    def _property(self) -> str:
        parts = [self._next().text]
        while self.here.kind == "name" and self.here.text not in KEYWORDS:
            parts.append(self._next().text)
        return " ".join(parts)

    def _takes(self, text: str) -> bool:
        if self.here.text != text or self.here.kind == "text":
            return False
        self._next()
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            form = f"({FORMS[text]})" if text in FORMS else ""
            raise self._unexpected(f"{text}{form}", f"{text} {form}".strip(), text)

    def _end(self) -> None:
        if self.here.kind != "end":
            raise self._unexpected("运算符或表达式的结尾", "an operator or the end")

    def _unexpected(self, zh: str, en: str, *expected: str) -> FeelError:
        token = self.here
        found_zh, found_en = (
            ("表达式到此结束", "the expression ends here")
            if token.kind == "end"
            else (f"写的是 {token.text}", f"found {token.text}")
        )
        if token.kind == "name" and token.text in KEYWORDS:
            found_zh, found_en = f" {token.text} 是 FEEL 的关键字", f"found {token.text}, a word of FEEL"
        told = hint(self.tokens, self.at, self.functions, expected)
        if told is not None:
            return self._error(told.zh, told.en, *told.expected)
        zh = f" {zh}" if zh[0].isascii() else zh
        return self._error(f"此处应为{zh},但{found_zh}", f"expected {en}, but {found_en}", *expected)

    def _error(self, zh: str, en: str, *expected: str) -> FeelError:
        token = self.here
        length = max(1, len(token.text))
        return lexer.error(self.source, token.at, zh, en, length=length, found=token.text, expected=expected)
