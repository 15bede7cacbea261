"""Somebody who fills in a form by the words that stand beside its fields, with the data of a scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from web.cli import sample_file
from web.cli.demo import SHIPPED

TODAY = date.today()  # noqa: DTZ011  # the day at the clerk's desk
WIDE = {"(": "\uff08", ")": "\uff09", ",": "\uff0c", ":": "\uff1a", ";": "\uff1b"}

KIND = "one => [one.matches('[role=group], .choices') ? 'group' : one.type ?? one.tagName, one.id]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands beside a field: its label, and what its options and columns are called."""

    label: str
    options: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Words] = field(default_factory=dict)

    def of(self, scope: Locator) -> Locator:
        """The control with this label, and no cell of a table beside."""
        return scope.get_by_label(_exactly(self.label))


@lru_cache(maxsize=1)
def scenario(name: str) -> dict[str, Any]:
    """A scenario of the shipped procedure."""
    found: dict[str, Any] = json.loads((SHIPPED / "scenarios" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def fill(page: Page, step: str, data: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Enter the data of a step; `names` says how the people are called that a scenario names by their handles."""
    form, called = page.locator("#form"), words_of(step)
    for key, value in data.items():
        words = called[key]
        control = words.of(form).and_(page.locator(":not(td *)")).first
        if isinstance(value, dict) and value.keys() == {"number"}:
            expect(control).to_have_value(re.compile("."))  # the case knows it, so nobody types it
        elif words.columns:
            _rows(control, words.columns, value, names)
        else:
            _enter(control, words, value, names)


def words_of(step: str) -> dict[str, Words]:
    """The words of each field of the form of a step."""
    return _words(json.loads((SHIPPED / "forms" / f"{step}.form").read_text(encoding="utf-8"))["components"])


def _words(components: list[dict[str, Any]]) -> dict[str, Words]:
    made: dict[str, Words] = {}
    for one in components:
        inner = _words(one.get("components", []))
        if one["type"] == "group":
            made |= inner
        elif key := one.get("path", one.get("key")):
            options = {option["value"]: option["label"] for option in one.get("values", ())}
            made[key] = Words(label=one["label"], options=options, columns=inner)
    return made


def _rows(table: Locator, columns: Mapping[str, Words], rows: list[dict[str, Any]], names: Mapping[str, str]) -> None:
    """Enter the rows of a table; the button below it makes room."""
    whole = table.locator("xpath=ancestor-or-self::*[@role='group'][1]")
    more, lines = whole.get_by_role("button", name="加一行"), whole.locator("tbody tr")
    more.wait_for()
    for place, row in enumerate(rows):
        if place >= lines.count():
            more.click()
        for key, value in row.items():
            _enter(columns[key].of(lines.nth(place)).first, columns[key], value, names)


def _enter(control: Locator, words: Words, value: Any, names: Mapping[str, str]) -> None:
    """Enter one value, as its control wants it."""
    kind, key = control.evaluate(KIND)
    if key:
        control = control.page.locator(f'[id="{key}"]')  # found by its words once, not at every touch
    text = _said(value, words, names)
    if kind == "group":
        _choose(control, words, value if isinstance(value, list) else [value], names)
    elif kind == "checkbox":
        control.set_checked(bool(value))
    elif kind == "select-one":
        _pick(control, text)
    else:
        control.fill(text)


def _choose(group: Locator, words: Words, values: list[Any], names: Mapping[str, str]) -> None:
    """Mark choices, name people one after the other, or add files."""
    for place, value in enumerate(values):
        text = _said(value, words, names)
        if isinstance(value, dict):
            _attach(group, value["file"])
        elif words.options:
            group.get_by_label(_exactly(text)).check()
        else:
            if place:
                group.get_by_role("button", name="再加一人").click()
            _pick(group.locator("select").nth(place), text)


def _attach(group: Locator, name: str) -> None:
    body = FilePayload(name=name, mimeType="application/pdf", buffer=sample_file.content(name))
    group.locator("input[type=file]").first.set_input_files(body)
    expect(group.get_by_role("link", name=name)).to_be_visible(timeout=30_000)


def _pick(select: Locator, text: str) -> None:
    """Choose an option by how it begins: behind a name may stand that it is oneself."""
    option = select.locator("option").filter(has_text=re.compile(rf"^\s*{_loose(text)}")).first
    select.select_option(value=option.get_attribute("value"))


def _said(value: Any, words: Words, names: Mapping[str, str]) -> str:
    """A value of a scenario as people type it."""
    match value:
        case {"day": day, **more}:
            return f"{TODAY + timedelta(days=int(day)):%Y-%m-%d} {more.get('at', '')}".strip()
        case {"ref": ref}:
            return str(ref).partition(":")[2]
        case str() if value.startswith("@"):
            return names[value[1:]]
        case _:
            return words.options.get(str(value), str(value))


def _exactly(label: str) -> re.Pattern[str]:
    """A label as it stands on the page, perhaps marked as demanded."""
    return re.compile(rf"^\s*{_loose(label)}\s*(\*?{_loose('(必填)')})?\s*$")


def _loose(text: str) -> str:
    """A text as a page may set it: with wide punctuation behind Chinese characters."""
    return "".join(f"[{re.escape(sign)}{WIDE[sign]}]" if sign in WIDE else re.escape(sign) for sign in text)
