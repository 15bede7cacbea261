"""What is to be gone by right."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command, StreamEnd
from engine.value import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePerson(Command):
    """Forget who a person is; `values` are the references of the personal values to erase."""

    person: Person
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCase(Command):
    """Erase the personal values of a case and its instances; `values` are their references."""

    case: int
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposeStream(Command):
    """Delete the entries of a stream after its retention, of a case with its instances.

    `ends` are the last entries of all of them, `values` the references of the personal values that go with them.
    """

    disposed: int
    ends: tuple[StreamEnd, ...]
    values: tuple[str, ...]
    reason: str
