"""A DMN model as it is written: definitions, requirements, boxed expressions. DMN 1.5 chapters 6 to 8 and 10.2."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, Union

from engine.errors import Text

Key = tuple[str, str]
"""An element: the namespace of its model, and its id."""


class HitPolicy(StrEnum):
    """What a decision table yields when several rules match. DMN 1.5 §8.2.10."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregator(StrEnum):
    """How a COLLECT table makes one value of its hits."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class Variable:
    """A name and the name of its type; None when nothing is said about it."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A FEEL source: the id of the element it stands in or under, and the line of the file where it begins.

    `place` says in words where in a table or context it stands.
    """

    text: str
    element: str
    line: int
    type: str | None = None
    place: Text | None = None


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions; `allowed` are unary tests."""

    source: Literal
    type: str | None
    allowed: Literal | None
    label: str


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results; `allowed` lists its values, the most important first."""

    name: str
    type: str | None
    allowed: Literal | None
    default: Literal | None
    label: str
    element: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one cell a column, and what is remarked about it."""

    id: str
    tests: tuple[Literal, ...]
    results: tuple[Literal, ...]
    remarks: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table: its own name, empty when it has none, and that of the element it stands in."""

    id: str
    name: str
    decision: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    policy: HitPolicy
    aggregator: Aggregator | None
    line: int
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """A boxed context; an entry without a variable, the last one, is what the context yields."""

    entries: tuple[tuple[Variable | None, Boxed], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A boxed list."""

    items: tuple[Boxed, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, one a row."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed, ...], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a function with arguments by name."""

    function: Boxed
    arguments: tuple[tuple[Variable, Boxed], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function definition; `external` when it is written in another language."""

    parameters: tuple[Variable, ...]
    body: Boxed | None
    element: str
    line: int
    external: bool = False
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if."""

    condition: Boxed
    then: Boxed
    otherwise: Boxed
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """A boxed filter."""

    items: Boxed
    match: Boxed
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A boxed `for`, `some` or `every`."""

    kind: str
    name: str
    items: Boxed
    body: Boxed
    type: str | None = None


Boxed: TypeAlias = Union[
    Literal, Table, Entries, Items, Relation, Invocation, Function, Conditional, Filtered, Repeated
]


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The type of a function."""

    parameters: tuple[Variable, ...]
    result: str | None


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model. DMN 1.5 §7.3.3: `allowed` tests each item, `constraint` the whole value."""

    name: str
    type: str | None
    components: tuple[ItemDefinition, ...]
    function: FunctionItem | None
    collection: bool
    allowed: Literal | None
    constraint: Literal | None


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose elements stand here behind a name."""

    name: str
    namespace: str
    line: int


@dataclass(frozen=True, slots=True)
class TypeUse:
    """A place where a type is named."""

    name: str
    element: str
    line: int


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that is given from outside."""

    key: Key
    variable: Variable
    line: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with what it requires."""

    key: Key
    variable: Variable
    requires: tuple[Key, ...]
    expression: Boxed | None
    line: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions may require."""

    key: Key
    variable: Variable
    requires: tuple[Key, ...]
    function: Function | None
    line: int


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions that are called together, with what is handed to them."""

    key: Key
    variable: Variable
    outputs: tuple[Key, ...]
    decisions: tuple[Key, ...]
    inputs: tuple[Key, ...]
    line: int


Element: TypeAlias = Union[InputData, Decision, Knowledge, Service]


@dataclass(frozen=True, slots=True)
class Definitions:
    """One DMN file."""

    path: str
    namespace: str
    name: str
    imports: tuple[Import, ...]
    types: tuple[ItemDefinition, ...]
    elements: tuple[Element, ...]
    type_uses: tuple[TypeUse, ...] = ()
