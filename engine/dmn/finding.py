"""What is wrong with a model, or looks wrong: file, element, place within a FEEL source, sentence."""

from __future__ import annotations

from dataclasses import dataclass

from engine import feel
from engine.errors import Fault, Text
from engine.feel import FeelError


@dataclass(frozen=True, slots=True)
class Finding(Fault):
    """A fault with its places apart: `element` and `line` of the file; `row`, `column` and `length` in a FEEL source.

    Rows and columns count from 1; 0 where a finding is about no source.
    """

    element: str = ""
    line: int = 0
    row: int = 0
    column: int = 0
    length: int = 0


def finding(path: str, element: str, line: int, zh: str, en: str) -> Finding:
    """A finding at an element, or at a line where the element has no id."""
    return Finding(_where(path, element, line), Text(zh, en), element, line)


def unreadable(path: str, element: str, line: int, place: Text | None, error: FeelError) -> Finding:
    """A FEEL source that cannot be read: `place` says in words where it stands."""
    text = error.text if place is None else Text(f"{place.zh}:{error.text.zh}", f"{place.en}: {error.text.en}")
    return Finding(_where(path, element, line), text, element, line, error.line, error.column, error.length)


def unmeant(path: str, element: str, line: int, place: Text | None, found: feel.Finding) -> Finding:
    """What in a FEEL source can be read, but yields null or is hardly meant so."""
    text = found.text if place is None else Text(f"{place.zh}:{found.text.zh}", f"{place.en}: {found.text.en}")
    return Finding(_where(path, element, line), text, element, line, found.line, found.column, found.length)


def not_required(
    path: str, element: str, line: int, place: Text | None, missing: tuple[str, ...], error: FeelError
) -> Finding:
    """A FEEL source that uses elements of the model without a requirement that says so."""
    names = "、".join(missing)
    zh = f"使用了「{names}」,但没有画出对它的需求"
    en = f"expected a requirement of {', '.join(missing)}, which is used here"
    told = Text(zh, en) if place is None else Text(f"{place.zh}:{zh}", f"{place.en}: {en}")
    return Finding(_where(path, element, line), told, element, line, error.line, error.column, error.length)


def _where(path: str, element: str, line: int) -> str:
    if element:
        return f"{path}#{element}"
    return f"{path}:{line}" if line else path
