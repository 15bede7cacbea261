"""FEEL in a running instance: which names an expression sees, and the functions a procedure may call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import feel, temporal
from engine.errors import Text
from engine.flow.host import ExpressionFailed
from engine.instance import Instance
from engine.procedure import HOST_FUNCTIONS, RESERVED, Procedure
from engine.role import Surroundings, holders
from engine.value import Context, DateTime, Person, Value
from engine.words import ScopeKind
from engine.working_time import calendar_functions

SHOWN, REASONS = 80, 2
"""How much of an expression is shown beside why it was null, and how many of its reasons."""


@dataclass(frozen=True, slots=True)
class Null:
    """An expression that yielded null, and why; put into words only when somebody is to read it."""

    expression: str
    budget: feel.Budget

    @property
    def text(self) -> Text:
        """The expression with its first reasons."""
        source = self.expression if len(self.expression) <= SHOWN else f"{self.expression[:SHOWN]}…"
        notes = self.budget.notes[:REASONS]
        zh, en = ";".join(note.zh for note in notes), "; ".join(note.en for note in notes)
        return Text(f"{source}:{zh}", f"{source}: {en}")


class Variables(Mapping[str, Value]):
    """The names visible in a scope: its own, those around it up to the call, and the reserved ones."""

    def __init__(
        self,
        procedure: Procedure,
        instance: Instance,
        around: Surroundings,
        now: DateTime,
        scope: str,
        names: Mapping[str, Value] | None = None,
    ) -> None:
        self.procedure = procedure
        self.instance = instance
        self.around = around
        self.now = now
        self.nulls: list[Null] = []
        self.found: dict[str, Value] = {}
        for variables in reversed(list(_chain(instance, scope))):
            self.found.update(variables)
        for name in RESERVED & self.found.keys():  # a script may have made one: it never hides what is reserved
            del self.found[name]
        self.found.update(names or {})

    def __getitem__(self, name: str) -> Value:
        if name in self.found:
            return self.found[name]
        if name in RESERVED:
            return self.found.setdefault(name, self._reserved(name))
        if name in self.procedure.variables:
            return None
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    @property
    def known(self) -> frozenset[str]:
        """Every name that an expression may use here; one not set yet is null."""
        expected = self.procedure.visible
        return expected if self.found.keys() <= expected else expected.union(self.found)

    def _reserved(self, name: str) -> Value:
        match name:
            case "now":
                return self.now
            case "settings":
                own = self.around.organisation.settings.get(self.procedure.key, Context())
                return self.procedure.defaults.with_entries(own)
            case "case":
                return _case(self.around)
            case "instance":
                return _instance(self.instance, self.now)
            case _:
                return None


def evaluate(expression: str, variables: Variables) -> Value:
    """The value of an expression. Raises ExpressionFailed with a sentence a process owner understands."""
    try:
        compiled = feel.compile(expression, variables.known, HOST_FUNCTIONS)
        budget = feel.Budget()
        found = compiled.evaluate(variables, functions=functions(variables), budget=budget)
        if found is None and budget.kept:
            variables.nulls.append(Null(expression, budget))
        return found
    except (feel.FeelError, ValueError) as error:
        if not isinstance(error, feel.FeelError):
            raise ExpressionFailed(Text(f"{expression}:{error}", f"{expression}: {error}")) from error
        raise ExpressionFailed(Text(f"{expression}:{error.text.zh}", f"{expression}: {error.text.en}")) from error


def _chain(instance: Instance, scope: str) -> Iterator[Mapping[str, Value]]:
    current: str | None = scope
    while current is not None:
        found = instance.scopes[current]
        yield found.variables
        current = None if found.kind is ScopeKind.CALL else found.parent


def _case(around: Surroundings) -> Value:
    if around.case is None:
        return None
    return around.case.data.with_entries({"id": str(around.case.stream)})


def _instance(instance: Instance, now: DateTime) -> Context:
    zone = now.time.zone
    started = temporal.from_datetime(instance.started_at)
    return Context(
        {
            "id": str(instance.stream),
            "process": instance.process,
            "version": instance.version,
            "started": started if zone is None else temporal.in_zone(started, zone),
        }
    )


def organisation_functions(around: Surroundings) -> dict[str, feel.HostFunction]:
    """What every expression calls: who holds a role, and when working days are over."""

    def in_role(role: Value) -> Value:
        return holders(around, role) if isinstance(role, str) else None

    def has_role(person: Value, role: Value) -> Value:
        if not isinstance(person, Person) or not isinstance(role, str):
            return None
        return person in holders(around, role)

    return {
        **calendar_functions(around.organisation.working),
        "persons in role": feel.HostFunction(("role",), in_role),
        "has role": feel.HostFunction(("person", "role"), has_role),
    }


def functions(variables: Variables) -> dict[str, feel.HostFunction]:
    """What expressions of an instance call: also who did a task."""

    def performers(element: Value) -> Value:
        if not isinstance(element, str):
            return None
        key = element if ":" in element else f"{variables.instance.process}:{element}"
        done = (*variables.instance.performers.get(key, ()), *variables.around.performers.get(key, ()))
        return tuple(dict.fromkeys(done))  # the case counts this instance too: everybody once

    own = {"performers": feel.HostFunction(("element",), performers)}
    return {**organisation_functions(variables.around), **own}
