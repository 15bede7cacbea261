"""The list of cases as people read it, what may be chosen in it, and what somebody may begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from engine.errors import Text
from engine.flow.elements import Kind, Trigger
from engine.form import FieldType
from engine.procedure import Procedure
from engine.words import Status
from storage import registers
from storage.coming import Coming
from storage.moments import NEVER, micros
from storage.registers import Open, Registered, Wish
from web import reading, texts
from web.identity import me
from web.reader import who_reads
from web.sight.values import word

PAGE = "cases"
"""Under this name its filters are kept."""

SIZE, MOST_OFFERED = 50, 500
LONGEST_TEXT = 60
SHOWN = ("", "mine", "late", "over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see: `show` is a tab, `level` a value of the field that is shown as the level."""

    show: str = ""
    level: str = ""
    text: str = ""

    @classmethod
    def of(cls, found: Mapping[str, str]) -> Asked:
        """What an address or a preference says; what makes no sense is left out."""
        show = found.get("show", "")
        return cls(
            show=show if show in SHOWN else "",
            level=texts.printable(found.get("level", ""))[:60],
            text=texts.printable(found.get("q", "")).strip()[:LONGEST_TEXT],
        )

    def kept(self) -> dict[str, str]:
        """What stays until it is changed."""
        return {"show": self.show, "level": self.level}

    def address(self) -> dict[str, str | None]:
        """What stands in addresses."""
        return {"show": self.show or None, "level": self.level or None, "q": self.text or None}

    @property
    def is_narrow(self) -> bool:
        """Something keeps cases from being shown."""
        return bool(self.show or self.level or self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One case as a person reads it."""

    case: int
    title: str
    number: str
    party: str
    state: str
    level: str
    manager: str
    procedure: Text
    opened: str
    is_running: bool
    open: int
    late: int
    coming: Text | None
    due: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the list, and the number of cases that fit, which is not counted beyond a bound."""

    cases: tuple[Shown, ...]
    after: int | None
    total: int
    is_more: bool
    levels: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A process that somebody may begin, with the fields to be given at the start."""

    procedure: Procedure
    process: str
    name: Text
    fields: tuple[tuple[str, Text], ...]

    @property
    def key(self) -> str:
        """What names it in a form."""
        return f"{self.procedure.key}/{self.process}"


def listed(connection: Connection, asked: Asked, after: int | None = None) -> Listed:
    """The cases this person may know of, as they asked for them."""
    reader, wish = who_reads(connection), _wish(connection, asked)
    now = micros(reading.store().now())
    rows = registers.page(connection, reader, wish, now, after, SIZE)
    total = registers.count(connection, reader, wish) if after is None else 0
    return Listed(
        cases=tuple(_one(connection, row) for row in rows),
        after=rows[-1].case if len(rows) == SIZE else None,
        total=total,
        is_more=total >= registers.LONGEST_COUNT,
        levels=_levels(connection) if after is None else (),
    )


def beginnings(connection: Connection) -> list[Beginning]:
    """The processes that this person may begin a case with: drawn to be begun by a person, and called by no other."""
    roles = me().acting_roles
    return [
        _beginning(procedure, key)
        for procedure in reading.procedures(connection)
        for key in _roots(procedure)
        if {procedure.start_role(key), procedure.owner} & roles
    ]


def alike(connection: Connection, given: Mapping[str, str]) -> int | None:
    """A case under way that this person may know of, and of which everything given at the start is the same."""
    wish, now = Wish(status=str(Status.RUNNING), values=given), micros(reading.store().now())
    found = registers.page(connection, who_reads(connection), wish, now, size=1) if given else []
    return found[0].case if found else None


def offers(connection: Connection, found: Sequence[Beginning]) -> dict[str, list[str]]:
    """What the cases this person may know of name already, such as their customers: offered, so that it is written the same."""
    fields = {name: one.procedure.case_fields[name] for one in found for name, _title in one.fields}
    named = sorted(name for name, field in fields.items() if field.type == FieldType.REF)
    return {name: registers.choices(connection, who_reads(connection), name)[:MOST_OFFERED] for name in named}


def _roots(procedure: Procedure) -> Iterator[str]:
    processes = procedure.model.processes
    called = {element.called for process in processes.values() for element in process.elements.values()}
    for key, process in processes.items():
        begun = any(one.kind is Kind.START and one.trigger is Trigger.NONE for one in process.elements.values())
        if begun and key not in called:
            yield key


def head(procedure: Procedure, values: Mapping[str, str]) -> dict[str, str]:
    """What a procedure shows of a case in its head, from its short values."""
    fields = reading.shown_fields(procedure)
    return {what: word(procedure, name, values.get(name, "")) for what, name in fields.items()}


def _wish(connection: Connection, asked: Asked) -> Wish:
    wish = Wish(text=asked.text, mine=asked.show == "mine")
    if asked.show == "over":
        wish = replace(wish, status=str(Status.COMPLETED))
    elif asked.show == "late":
        wish = replace(wish, late_at=micros(reading.store().now()))
    field = _level_field(connection)
    return replace(wish, values={field: asked.level}) if field and asked.level else wish


def _level_field(connection: Connection) -> str:
    names = (reading.shown_fields(found).get("level", "") for found in reading.procedures(connection))
    return next((name for name in names if name), "")


def _levels(connection: Connection) -> list[str]:
    field = _level_field(connection)
    return registers.choices(connection, who_reads(connection), field) if field else []


def _one(connection: Connection, row: Registered) -> Shown:
    procedure = reading.procedure(connection, row.version)
    shown = head(procedure, row.values)
    coming = _first(row.open)
    due, tone = texts.due(NEVER if coming is None else coming.at)
    return Shown(
        case=row.case,
        title=shown.get("title", ""),
        number=shown.get("number", ""),
        party=shown.get("party", ""),
        state=shown.get("state", ""),
        level=shown.get("level", ""),
        manager=reading.names(connection).get(shown.get("manager", ""), ""),
        procedure=procedure.title,
        opened=texts.at(row.opened_at),
        is_running=row.status == Status.RUNNING,
        open=row.open.count,
        late=row.open.late,
        coming=None if coming is None else reading.coming(connection, coming),
        due=due,
        tone=tone,
    )


def _first(found: Open) -> Coming | None:
    """What a reader looks for: the task that waits, late or not, unless a milestone comes before it."""
    known = [one for one in (found.waiting, found.coming) if one is not None]
    return min(known, key=lambda one: one.at, default=None)


def _beginning(procedure: Procedure, key: str) -> Beginning:
    shown = reading.shown_fields(procedure)
    names = [shown[what] for what in ("title", "party") if what in shown]
    return Beginning(
        procedure=procedure,
        process=key,
        name=reading.process_name(procedure, key),
        fields=tuple((name, procedure.case_fields[name].title) for name in names if name in procedure.case_fields),
    )
