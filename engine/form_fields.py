"""The fields of a form: types, limits and rules as the schema declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.errors import Text
from engine.feel import Expression


class FieldType(StrEnum):
    """The types of the written procedure; a form-js component and its properties decide which."""

    TEXT = "text"
    LONG = "long"
    INT = "int"
    DEC = "dec"
    MONEY = "money"
    PCT = "pct"
    DATE = "date"
    DATE_TIME = "dt"
    DURATION = "dur"
    BOOL = "bool"
    ENUM = "enum"
    ENUMS = "enums"
    USER = "user"
    USERS = "users"
    ORG = "org"
    REF = "ref"
    FILE = "file"
    FILES = "files"
    TABLE = "table"
    COMPUTED = "computed"


class Right(StrEnum):
    """What a task may do with a section of a form."""

    HIDDEN = "hidden"
    READ = "read"
    WRITE = "write"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; `columns` are those of a table, `compute` the expression of a computed field.

    `external` says what becomes of it where a contact fills in the form by a link: their `name`, the `date`, or `hidden`;
    `inner_options` are not offered to them.
    """

    key: str
    type: FieldType
    label: str = ""
    section: str | None = None
    required: bool = False
    required_when: Expression | None = None
    hidden_when: Expression | None = None
    personal: bool = False
    searchable: bool = False
    kind: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    digits: int | None = None
    pattern: str | None = None
    pattern_message: Text | None = None
    readonly: bool = False
    accept: tuple[str, ...] = ()
    check: Expression | None = None
    check_message: Text | None = None
    compute: Expression | None = None
    columns: tuple[Field, ...] = ()
    external: str | None = None
    inner_options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a published version; `sections` are the labels of its groups by the name of the section."""

    id: str
    path: str
    fields: tuple[Field, ...]
    sections: Mapping[str, str] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[str, Field]]:
        """Every field with its path; columns as `table.column`."""
        for found in self.fields:
            yield found.key, found
            for column in found.columns:
                yield f"{found.key}.{column.key}", column
