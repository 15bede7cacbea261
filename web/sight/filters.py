"""What somebody wants to see of their inbox: kept, read from an address, and asked of the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from engine.errors import Text
from engine.flow.elements import Kind
from storage.moments import NEVER, micros
from storage.past_work import Sought
from storage.task_line import Place
from storage.worklist import Wish
from web import reading, texts
from web.identity import me

PAGE = "inbox"
"""Under this name they are kept."""

SPANS = ("late", "today", "week", "later", "never")
WHYS = ("", "mine", "role", "deputy")
SORTS = ("due", "newest")
LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see of their list."""

    why: str = ""
    process: str = ""
    sort: str = "due"
    span: str = ""
    text: str = ""

    @classmethod
    def of(cls, found: Mapping[str, str]) -> Asked:
        """What a form, an address or a preference says; what makes no sense is left out."""
        return cls(
            why=_one_of(found.get("why", ""), WHYS),
            process=texts.printable(found.get("process", ""))[:100],
            sort=_one_of(found.get("sort", ""), SORTS),
            span=_one_of(found.get("span", ""), ("", *SPANS)),
            text=texts.printable(found.get("q", "")).strip()[:LONGEST_TEXT],
        )

    def kept(self) -> dict[str, str]:
        """What stays until it is changed."""
        return {"why": self.why, "process": self.process, "sort": self.sort}

    def address(self) -> dict[str, str | None]:
        """What stands in addresses."""
        return {"span": self.span or None, "q": self.text or None}

    @property
    def is_narrow(self) -> bool:
        """Something keeps tasks from being shown."""
        return bool(self.why or self.process or self.span or self.text)


def processes() -> list[tuple[str, Text]]:
    """The processes of the procedures in force in which people have something to do, by name."""
    with reading.store().database.read() as connection:
        return [
            (key, reading.process_name(procedure, key))
            for procedure in reading.procedures(connection)
            for key, process in sorted(procedure.model.processes.items())
            if any(element.kind is Kind.USER_TASK for element in process.elements.values())
        ]


def turn(asked: Asked) -> int:
    """The moment since which the headings are as they are: counted in minutes, as due moments are said in these."""
    return micros(reading.store().now()) // 60_000_000 if asked.sort == "due" else 0


def place(found: Mapping[str, str]) -> Place | None:
    """Where a page begins, from an address; nothing for what is no place."""
    order, _sign, key = found.get("after", "").partition("~")
    if not re.fullmatch(r"-?\d{1,18}", order) or not re.fullmatch(r"\d[\d.]{0,62}", key):
        return None
    return int(order), key


def numbered(after: Place | None) -> Place | None:
    """Where a page of cases begins; nothing for what is no number of one."""
    return after if after is not None and re.fullmatch(r"\d{1,18}", after[1]) else None


def wish_of(connection: Connection, asked: Asked) -> Wish:
    """What somebody wants to see, as the tables are asked for it."""
    wish = replace(
        me().wish(),
        why=asked.why,
        process=asked.process,
        text=asked.text,
        newest_first=asked.sort == "newest",
        due=_span(asked.span),
    )
    return replace(wish, steps=_steps(connection, asked.text)) if asked.text else wish


def sought(connection: Connection, found: Mapping[str, str]) -> Sought:
    """What a list of the past is searched for, from an address."""
    text = texts.printable(found.get("q", "")).strip()[:LONGEST_TEXT]
    return Sought(text=text, steps=_steps(connection, text) if text else ())


def _steps(connection: Connection, text: str) -> list[str]:
    """The elements of the procedures in force whose number or name contains the text, in either language."""
    wanted = text.casefold()
    return sorted(
        element
        for procedure in reading.procedures(connection)
        for key, process in procedure.model.processes.items()
        for element in process.elements
        if any(wanted in name.casefold() for name in _names(reading.step(procedure, key, element)))
    )


def _names(step: tuple[str, Text]) -> tuple[str, str, str]:
    number, name = step
    return number, name.zh, name.en


def edges_now() -> list[int]:
    """Where one heading ends and the next begins: now, midnight, the end of Sunday, never."""
    now = reading.store().now()
    here = texts.local(now)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
    monday = datetime.combine(here.date() + timedelta(days=7 - here.weekday()), time(), here.tzinfo)
    return [micros(now) + 1, micros(midnight), max(micros(monday), micros(midnight)), NEVER]


def _span(span: str) -> tuple[int, int] | None:
    if not span:
        return None
    bounds = [-1, *edges_now(), NEVER + 1]
    found = SPANS.index(span)
    return bounds[found], bounds[found + 1]


def _one_of(found: str, allowed: Sequence[str]) -> str:
    return found if found in allowed else allowed[0]
