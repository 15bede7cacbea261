"""What can go wrong with an expression, told to a person who is no programmer."""

from __future__ import annotations

from engine.errors import EngineError, Text


class FeelError(EngineError):
    """An expression that cannot be read or must not go on.

    Line and column count from 1, `length` in characters; `found` is the piece of source that was met and `expected`
    what could stand there, both empty where that says nothing.
    """

    def __init__(
        self,
        zh: str,
        en: str,
        line: int = 0,
        column: int = 0,
        *,
        length: int = 0,
        found: str = "",
        expected: tuple[str, ...] = (),
    ) -> None:
        where_zh, where_en = (f"第 {line} 行第 {column} 列:", f"line {line}, column {column}: ") if line else ("", "")
        super().__init__(where_en + en)
        self.text = Text(where_zh + zh, where_en + en)
        self.sentence = Text(zh, en)
        self.line = line
        self.column = column
        self.length = length
        self.found = found
        self.expected = expected
