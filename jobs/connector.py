"""The shape of a connector: it does one thing outside a step.

It may be called again with the same key after a crash, and then gives the same answer without doing the thing twice, or
is declared as one that cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.commands import Command
from engine.value import Context, Value
from storage.database import Database

Telling = Callable[[type[Command], Mapping[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address outside, to which the operator gave a name; a model knows the name only."""

    name: str
    url: str = field(repr=False)  # it may hold a password
    secret: str = field(default="", repr=False)
    private: bool = False


class ConnectorFailed(Exception):
    """The connector could not do it; a `permanent` failure is not tried again. `code` is what an error event catches."""

    def __init__(self, message: str, *, permanent: bool, code: str = "failed") -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code


def _no_case(_kind: type[Command], _fields: Mapping[str, object]) -> None:
    raise ConnectorFailed("expected an instance in a case", permanent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a connector.

    `key` is the same for every try of one request, on every node; `to_case` gives the instance's case a command, once.
    """

    key: str
    parameters: Context
    targets: Mapping[str, Target] = field(default_factory=dict)
    to_case: Telling = _no_case

    def text(self, name: str) -> str:
        """A parameter that is a text; empty when it was not given."""
        found = self.parameters.get(name)
        return found if isinstance(found, str) else ""

    def target(self) -> Target:
        """The address that the parameter `target` names. Raises ConnectorFailed."""
        name = self.text("target")
        if name not in self.targets:
            raise ConnectorFailed(
                f"expected a target of the operator's settings, but found {name!r}", permanent=True, code="target"
            )
        return self.targets[name]


class Connector(Protocol):
    """A connector."""

    name: str

    def run(self, call: Call, database: Database) -> Value:
        """Do it and return the result. Raises ConnectorFailed."""
        ...
