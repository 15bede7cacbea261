"""What service tasks can ask for: one module a connector, all behind the same interface.

A connector does one thing outside a step. It may be called again with the same key after a crash, and then gives the
same answer without doing the thing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.value import Context, Value
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a connector; `key` is the same for every try of one request."""

    key: str
    parameters: Context


class ConnectorFailed(Exception):
    """The connector could not do it; a `permanent` failure is not tried again."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Connector(Protocol):
    """A connector."""

    name: str

    def run(self, call: Call, database: Database) -> Value:
        """Do it and return the result. Raises ConnectorFailed."""
        ...
