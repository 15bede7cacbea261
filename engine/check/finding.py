"""A finding: file, element, rule, sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import Text
from engine.flow.elements import Process


class Rule(StrEnum):
    """What a finding is about; the name stands in documents and is never renamed."""

    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    IDENTIFIER = "identifier"
    STRUCTURE = "structure"
    EXPRESSION = "expression"
    FORM = "form"
    ROLE = "role"
    CONNECTOR = "connector"
    FILE = "file"
    MANIFEST = "manifest"
    VARIABLE = "variable"
    PERSONAL = "personal"
    GATEWAY = "gateway"
    CALL = "call"
    DECISION = "decision"
    MESSAGE = "message"
    DOCUMENT = "document"
    TEXT = "text"


ONLY_TO_PUBLISH = frozenset(
    {
        Rule.ROLE,
        Rule.FILE,
        Rule.MANIFEST,
        Rule.PERSONAL,
        Rule.GATEWAY,
        Rule.MESSAGE,
        Rule.DOCUMENT,
        Rule.TEXT,
    }
)
"""What keeps a procedure from being published, but not a model from being tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to be mended."""

    file: str
    element: str
    rule: Rule
    text: Text


def at(process: Process, element: str, rule: Rule, zh: str, en: str) -> Finding:
    """A finding at an element of a diagram."""
    return Finding(file=process.path, element=element, rule=rule, text=Text(zh, en))
