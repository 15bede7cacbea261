"""The escalation classes of a procedure, as its manifest says them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SHARE = re.compile(r"([1-9][0-9]?) ?%")
DAYS = re.compile(r"([1-9][0-9]{0,2}) ?wd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """When, relative to due, and who is told: after a share of the time, or working days before (negative) or after it.

    Whoever has the task is told by every step; `to` are roles.
    """

    days: int = 0
    share: int | None = None
    to: tuple[str, ...] = ()

    @property
    def is_before(self) -> bool:
        """The step comes before the task is overdue."""
        return self.share is not None or self.days < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationClass:
    """The steps of a class in order. One that pauses waits until the window opens."""

    code: str
    steps: tuple[Step, ...]
    pauses: bool = False
    calendar: str | None = None


def classes(table: object) -> dict[str, EscalationClass]:
    """The classes of a manifest's table; what cannot be read is left out, as the check refuses it."""
    rows = table if isinstance(table, dict) else {}
    return {str(code): _class(str(code), row) for code, row in rows.items() if isinstance(row, dict)}


def before(text: object) -> Step | None:
    """A step such as `50 %` (of the time until due) or `2 wd` (working days before it)."""
    if not isinstance(text, str):
        return None
    share, days = SHARE.fullmatch(text), DAYS.fullmatch(text)
    if share is not None:
        return Step(share=int(share[1]))
    return None if days is None else Step(days=-int(days[1]))


def _class(code: str, row: Mapping[str, object]) -> EscalationClass:
    early, late, calendar = row.get("before", []), row.get("steps", []), row.get("calendar")
    found = [step for text in (early if isinstance(early, list) else []) if (step := before(text)) is not None]
    for step in late if isinstance(late, list) else []:
        after, to = (step.get("after"), step.get("to")) if isinstance(step, dict) else (None, None)
        if isinstance(after, int) and isinstance(to, list):
            found.append(Step(days=after, to=tuple(str(role) for role in to)))
    return EscalationClass(
        code=code,
        steps=tuple(found),
        pauses=row.get("pauses") is True,
        calendar=calendar if isinstance(calendar, str) else None,
    )
