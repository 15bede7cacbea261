"""What is done and can still be compensated: one row for each completed instance of an activity, by scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

Row = list[str | list[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A completed activity; `inner` are the scopes kept with it, `turn_of` the loop whose turn it was.

    An empty `name` is a sub-process that was cancelled with a transaction: only what was done inside is compensated.
    """

    order: int
    name: str
    scope: str
    inner: tuple[str, ...] = ()
    turn_of: str | None = None

    def row(self) -> Row:
        """As the window keeps it."""
        return [str(self.order), self.name, self.scope, list(self.inner), self.turn_of]

    @classmethod
    def of(cls, row: Row) -> Self:
        """From the window."""
        order, name, scope, inner, turn_of = row
        return cls(
            order=int(str(order)),
            name=str(name),
            scope=str(scope),
            inner=tuple(inner or ()),
            turn_of=None if turn_of is None else str(turn_of),
        )


class Compensable:
    """The rows of one instance, in order of completion."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, Done]] = {}

    def keep(self, done: Done) -> None:
        """It can be compensated from now on."""
        self._rows.setdefault(done.scope, {})[done.order] = done

    def holds(self, scope: str) -> bool:
        """Something that was done in this scope can be compensated."""
        return scope in self._rows

    def within(self, scope: str) -> list[Done]:
        """What can be compensated in a scope, oldest first."""
        return sorted(self._rows.get(scope, {}).values(), key=lambda done: done.order)

    def forget(self, taken: Iterable[Done]) -> None:
        """It can be compensated no more."""
        for done in taken:
            rows = self._rows[done.scope]
            del rows[done.order]
            if not rows:
                del self._rows[done.scope]

    def turns_of(self, scope: str, activity: str) -> list[Done]:
        """The turns of a loop."""
        return [done for done in self.within(scope) if done.turn_of == activity]

    def drop(self, scope: str) -> list[str]:
        """Forget what was done in a scope; the scopes that were kept for it, the innermost first."""
        closed: list[str] = []
        for done in reversed(list(self._rows.pop(scope, {}).values())):
            for inner in reversed(done.inner):
                closed += [*self.drop(inner), inner]
        return closed

    def rows(self) -> list[Row]:
        """Everything, as the window keeps it."""
        every = (done for rows in self._rows.values() for done in rows.values())
        return [done.row() for done in sorted(every, key=lambda done: done.order)]

    def scopes(self) -> list[str]:
        """The scopes in which something was done, the oldest first."""
        return list(self._rows)
