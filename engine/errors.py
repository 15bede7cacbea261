"""Every way the engine says no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


class Reason(StrEnum):
    """Why a command was refused. Stored in the journal: a value is never renamed."""

    NOT_FOUND = "not-found"
    WRONG_STATE = "wrong-state"
    NOT_ALLOWED = "not-allowed"
    SEPARATION_OF_DUTIES = "separation-of-duties"
    NOT_PROVEN = "not-proven"
    INVALID_DATA = "invalid-data"
    INVALID_MODEL = "invalid-model"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place: `path` names the field (`contacts[2].mobile`), element or line."""

    path: str
    text: Text


class EngineError(Exception):
    """The root of the engine's errors."""


class Refused(EngineError):
    """The command is well formed, but state, authority or data do not permit it: nothing was changed."""

    def __init__(self, reason: Reason, zh: str, en: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(en)
        self.reason = reason
        self.text = Text(zh, en)
        self.faults = faults


class UnknownKind(EngineError):
    """The journal holds a command or event that this release cannot read."""

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(f"expected a kind this release knows, but found {kind!r} version {version}")


class MalformedValue(EngineError, ValueError):
    """Bytes or an object that are not the encoding of a value."""
