"""By what cases are found and named: short values of their data, and pairs of characters, as Chinese has no spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Select, delete, exists, insert, select

from engine.case import Case
from engine.events import CaseDataSet
from engine.value import Person, Ref, Value
from storage.schema import case_value, case_word

LONGEST = 200
RUNS = re.compile(r"\w+")


def project(connection: Connection, case: Case, events: tuple[object, ...]) -> None:
    """Keep what a case's data says in short, after events that changed it."""
    changed = {event.name for event in events if isinstance(event, CaseDataSet)}
    if not changed:
        return
    mine = case_value.c.case_no == case.stream
    connection.execute(delete(case_value).where(mine, case_value.c.name.in_(changed)))
    found = {name: text for name in sorted(changed) if (text := _short(case.data.get(name)))}
    if found:
        rows = [
            {"case_no": case.stream, "name": name, "value": text, "sought": _spelled(text)}
            for name, text in found.items()
        ]
        connection.execute(insert(case_value), rows)
    _index(connection, case)


def cases_with(text: str) -> Select[tuple[int]] | None:
    """The numbers of cases with values that contain each word of this; None when it is too short to look for.

    Pairs of characters find few candidates by index, whose values are then compared.
    """
    text = text.replace("\0", " ")  # no column is compared with a NUL
    wanted = sorted(set(words(text)))
    if not wanted:
        return None
    query = select(case_word.c.case_no).where(case_word.c.word == wanted[0])
    for word in wanted[1:]:
        query = query.where(case_word.c.case_no.in_(select(case_word.c.case_no).where(case_word.c.word == word)))
    for part in _spelled(text).split():
        has_it = case_value.c.sought.contains(part, autoescape=True)
        query = query.where(exists().where(case_value.c.case_no == case_word.c.case_no, has_it))
    return query


def values_of(connection: Connection, cases: Sequence[int]) -> dict[int, dict[str, str]]:
    """The short values of cases, by name."""
    found = dict[int, dict[str, str]]()
    for row in connection.execute(select(case_value).where(case_value.c.case_no.in_(cases))):
        found.setdefault(row.case_no, {})[row.name] = row.value
    return found


def words(text: str) -> Iterator[str]:
    """The pairs of neighbouring characters of a text, in one spelling of letters and widths."""
    for run in RUNS.findall(_spelled(text)):
        yield from (run[place : place + 2] for place in range(len(run) - 1))


def _spelled(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _index(connection: Connection, case: Case) -> None:
    """Only what changed is written: a case keeps most of its words."""
    mine = case_word.c.case_no == case.stream
    texts = (_text(value) for value in case.data.values())
    wanted = {word for text in texts for word in words(text)}
    kept = set(connection.execute(select(case_word.c.word).where(mine)).scalars())
    if gone := sorted(kept - wanted):
        connection.execute(delete(case_word).where(mine, case_word.c.word.in_(gone)))
    if new := sorted(wanted - kept):
        connection.execute(insert(case_word), [{"word": word, "case_no": case.stream} for word in new])


def _short(value: Value) -> str:
    """What is kept of a value: a text, or whom or what it names."""
    return value.id if isinstance(value, Person) else _text(value)


def _text(value: Value) -> str:
    """A text or the id of a reference; other values are neither names nor numbers, and long texts are not short."""
    found = value.id if isinstance(value, Ref) else value
    return found.replace("\0", " ") if isinstance(found, str) and len(found) <= LONGEST else ""  # no column keeps a NUL
