"""The days from and to which something holds, as two fields of a form say them, and what is asked with them."""

from __future__ import annotations

from datetime import date

from flask import request

from engine.errors import Refused
from engine.stream import ORGANISATION
from engine.value import Date
from web import asking
from web.sight import naming
from web.texts import said, today
from web.translation import _

Faults = dict[str, str]


def given(first: str, last: str) -> tuple[tuple[Date, Date] | None, Faults]:
    """The first and the last day in these fields, or what is wrong with them by field."""
    begins, ends = _day(first), _day(last)
    faults = {name: _wrong() for name, found in ((first, begins), (last, ends)) if found is None}
    if ends is not None and ends < today():
        faults[last] = _("最后一天应不早于今天。")
    elif begins is not None and ends is not None and ends < begins:
        faults[last] = _("最后一天应不早于第一天。")
    if faults or begins is None or ends is None:
        return None, faults
    return (_as_date(begins), _as_date(ends)), {}


def day(name: str) -> tuple[Date | None, Faults]:
    """The day in this field, none where nothing is given, or what is wrong with it."""
    found = _day(name)
    if found is None:
        return None, {name: _wrong()} if request.form.get(name) else {}
    return _as_date(found), {}


def asked(build: asking.Build, field: str) -> Faults:
    """Submit it to the organisation; a refusal stands at this field."""
    try:
        asking.submit(build, ORGANISATION)
    except Refused as refused:
        return {field: said(naming.named(refused.text))}
    return {}


def _wrong() -> str:
    return _("日期应写作 2026-12-01 这样的年月日。")


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None


def _as_date(found: date) -> Date:
    return Date(found.year, found.month, found.day)
