"""What a service task may ask the worker for: every connector with its parameters and what it yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engine.errors import Text
from engine.value import Context, Value

TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (Decimal,),
    "boolean": (bool,),
    "context": (Context,),
    "list": (tuple,),
    "any": (),
}
"""The words for types in a declaration; `any` takes whatever can be stored."""

MANY = "*"
"""The name that stands for every parameter without a name of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a parameter may be, and whether the connector can do without it."""

    type: str
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A connector as a model sees it.

    `idempotent`: a second call with the same key does nothing twice. `limit`: after so many seconds without an answer
    the worker goes on without it; None for what only works in our own database.
    """

    name: str
    title: Text
    parameters: Mapping[str, Parameter]
    results: Mapping[str, str] = field(default_factory=dict)
    idempotent: bool = True
    limit: float | None = None

    @property
    def needed(self) -> frozenset[str]:
        """The parameters it cannot do without."""
        return frozenset(name for name, parameter in self.parameters.items() if parameter.needed and name != MANY)

    def takes(self, name: str) -> bool:
        """It has a parameter of this name."""
        return name in self.parameters or MANY in self.parameters

    def unfit(self, given: Context) -> str | None:
        """The first parameter that is missing, unknown or of another type, in words; None when all fit."""
        for name in sorted(self.needed):
            if given.get(name) is None:
                return f"expected a value for the parameter {name}"
        for name, value in given.items():
            parameter = self.parameters.get(name, self.parameters.get(MANY))
            if parameter is None:
                return f"expected no parameter {name}"
            if not fits(parameter.type, value):
                return f"expected {parameter.type} as the parameter {name}"
        return None

    def strange(self, result: Value) -> str | None:
        """What is wrong with a result, in words; None when it is what was declared."""
        if MANY in self.parameters and not self.results:
            return None
        if not isinstance(result, Context):
            return "expected a context as its result"
        for name, value in result.items():
            if name not in self.results:
                return f"expected no {name} in its result"
            if not fits(self.results[name], value):
                return f"expected {self.results[name]} as {name} in its result"
        return None


def fits(kind: str, value: Value) -> bool:
    """The value is null or of the declared type."""
    types = TYPES[kind]
    return value is None or not types or isinstance(value, types)


def _declared(*declarations: Declaration) -> Mapping[str, Declaration]:
    return {declaration.name: declaration for declaration in declarations}


CONNECTORS = _declared(
    Declaration(
        name="number-sequence",
        title=Text("取号", "the next number of a sequence"),
        parameters={
            "pattern": Parameter(type="text"),
            "keep": Parameter(type="text", needed=False),
            MANY: Parameter(type="any", needed=False),
        },
        results={"number": "text", "sequence": "text"},
    ),
    Declaration(
        name="record-to-case",
        title=Text("记入项目数据", "values become data of the case"),
        parameters={MANY: Parameter(type="any", needed=False)},
    ),
    Declaration(
        name="case-role",
        title=Text("确定项目中的角色", "people hold a role in the case"),
        parameters={"role": Parameter(type="text"), "persons": Parameter(type="list")},
        results={"role": "text", "persons": "list"},
    ),
    Declaration(
        name="webhook",
        title=Text("通知外部系统", "a call to another system"),
        parameters={
            "target": Parameter(type="text"),
            "event": Parameter(type="text", needed=False),
            "data": Parameter(type="any", needed=False),
        },
        results={"status": "number", "answer": "any"},
        limit=30.0,
    ),
    Declaration(
        name="notify",
        title=Text("发送通知", "a note by mail or messenger"),
        parameters={
            "target": Parameter(type="text"),
            "subject": Parameter(type="text"),
            "text": Parameter(type="text"),
        },
        results={"sent": "boolean"},
        idempotent=False,
        limit=60.0,
    ),
)
"""Every connector by the name a model gives in `zx:connector`; `jobs/connectors/` has a module for each."""
