"""The rows of a manifest as forms: roles, settings, case data, documents, escalation classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.case import CASE_TYPES
from engine.check.manifest import CODE, NAME
from engine.escalation_class import before
from engine.value import number
from web.pages.studio.manifest.words import Kind
from web.translation import _

LONGEST = 200
MOST_DOTS = 15
"""A line of the manifest may have few: the names, the default and the rest of a row stand on one."""

MOST_STEPS = 20
NUMERIC = frozenset({"int", "dec", "money", "pct"})
YES, NO = frozenset({"是", "yes", "true", "y", "1"}), frozenset({"否", "no", "false", "n", "0"})
ORDER = ("type", "default", "min", "max", "shown", "zh", "en", "pauses", "calendar", "before", "steps")
SPLIT = re.compile(r"[\s,\uff0c、;\uff1b]+")
BETWEEN = re.compile(r"[,\uff0c、;\uff1b]+")

Row = dict[str, object]
Wrong = dict[str, str]
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A row as it would stand in the manifest, and what is wrong with it by field."""

    row: Row
    wrong: Wrong


def code_fault(kind: Kind, code: str, taken: Mapping[str, object]) -> str:
    """What is wrong with the code of a new row."""
    pattern = CODE if kind.table in ("roles", "escalation") else NAME
    if not pattern.fullmatch(code) or (kind.table == "case" and code == "id"):
        return str(kind.code_rule)
    return _("已经有 %(code)s,请换一个。", code=code) if code in taken else ""


def texts_of(row: object) -> dict[str, str]:
    """A row as it stands in the fields of its form."""
    found = row if isinstance(row, dict) else {}
    texts = {name: _text(value) for name, value in found.items() if not isinstance(value, list | dict)}
    early, steps = found.get("before"), found.get("steps")
    if isinstance(early, list):
        texts["before"] = "、".join(map(str, early))
    for place, step in enumerate(steps if isinstance(steps, list) else []):
        if isinstance(step, dict):
            to = step.get("to")
            texts[f"after.{place}"] = _text(step.get("after", ""))
            texts[f"to.{place}"] = "、".join(map(str, to)) if isinstance(to, list) else ""
    return texts


def made(kind: Kind, texts: Texts, old: object, roles: Mapping[str, object]) -> Made:
    """What a form says; fields that a form does not have stay as they were."""
    wrong: Wrong = {}
    row: Row = dict(old) if isinstance(old, dict) else {}
    for name, label in (("zh", _("中文名称")), ("en", _("英文名称"))):
        row[name] = text = texts.get(name, "")
        if not 1 <= len(text) <= LONGEST or text.count(".") > MOST_DOTS:
            wrong[name] = _("请填写%(label)s(1 到 %(most)s 个字)。", label=label, most=LONGEST)
    more = MORE.get(kind.table)
    if more is not None:
        more(row, texts, roles, wrong)
    known = {name: row[name] for name in ORDER if name in row}
    return Made(row={**known, **{name: value for name, value in row.items() if name not in known}}, wrong=wrong)


def _setting(row: Row, texts: Texts, roles: Mapping[str, object], wrong: Wrong) -> None:
    kind = texts.get("type", "")
    if kind not in ("text", "bool", *NUMERIC):
        wrong["type"] = _("请选择类型。")
        return
    row["type"] = kind
    for name in ("min", "max"):
        row.pop(name, None)
        if texts.get(name) and kind in NUMERIC:
            _put(row, name, kind, texts[name], wrong)
        elif texts.get(name):
            wrong[name] = _("只有数才有最小值和最大值,这里请留空。")
    _put(row, "default", kind, texts.get("default", ""), wrong)
    if kind in NUMERIC and not wrong:
        _ordered(row, wrong)


def _put(row: Row, name: str, kind: str, text: str, wrong: Wrong) -> None:
    """A value of the kind; a decimal is written as text, so that no digit is lost."""
    try:
        row[name] = _value(kind, text)
    except ValueError as error:
        wrong[name] = str(error)


def _value(kind: str, text: str) -> object:
    if kind == "bool":
        if text.lower() not in YES | NO:
            raise ValueError(_("请填写“是”或“否”。"))
        return text.lower() in YES
    if kind == "text":
        if len(text) > LONGEST or text.count(".") > MOST_DOTS:
            raise ValueError(_("应不超过 %(most)s 个字。", most=LONGEST))
        return text
    try:
        found = number(text.replace(",", "").replace("\uff0c", ""))
    except ValueError:
        found = None
    if found is None or len(text) > 30:
        raise ValueError(_("请填写一个数,例如 3 或 1500.50。"))
    if kind == "int":
        if found != found.to_integral_value() or abs(found) >= 10**18:
            raise ValueError(_("请填写一个整数,例如 3。"))
        return int(found)
    return f"{found:f}"


def _ordered(row: Row, wrong: Wrong) -> None:
    """The default lies between the least and the most value."""
    bounds = {name: Decimal(str(row[name])) for name in ("default", "min", "max") if name in row}
    low, value, high = bounds.get("min"), bounds["default"], bounds.get("max")
    if low is not None and high is not None and low > high:
        wrong["max"] = _("最大值应不小于最小值 %(low)s。", low=f"{low:f}")
    elif low is not None and value < low:
        wrong["default"] = _("默认值应不小于最小值 %(low)s。", low=f"{low:f}")
    elif high is not None and value > high:
        wrong["default"] = _("默认值应不大于最大值 %(high)s。", high=f"{high:f}")


def _case(row: Row, texts: Texts, roles: Mapping[str, object], wrong: Wrong) -> None:
    row["type"], shown = texts.get("type", ""), texts.get("shown", "")
    if row["type"] not in CASE_TYPES:
        wrong["type"] = _("请选择类型。")
    row.pop("shown", None)
    if shown:
        row["shown"] = shown[:LONGEST]


def _escalation(row: Row, texts: Texts, roles: Mapping[str, object], wrong: Wrong) -> None:
    for name in ("pauses", "calendar", "before"):
        row.pop(name, None)
    if texts.get("pauses") == "yes":
        row["pauses"] = True
    if texts.get("calendar"):
        row["calendar"] = texts["calendar"][:LONGEST]
    early = [one for one in BETWEEN.split(texts.get("before", "")) if one.strip()]
    if any(before(one.strip()) is None for one in early) or len(early) > MOST_STEPS:
        wrong["before"] = _("请写作 50 %(percent)s(时间过半)或 2 wd(提前两个工作日),几个之间用顿号。", percent="%")
    elif early:
        row["before"] = [one.strip() for one in early]
    row["steps"] = [step for place in range(MOST_STEPS) if (step := _step(texts, place, roles, wrong)) is not None]


def _step(texts: Texts, place: int, roles: Mapping[str, object], wrong: Wrong) -> Row | None:
    after, to = texts.get(f"after.{place}", ""), [one for one in SPLIT.split(texts.get(f"to.{place}", "")) if one]
    if not after and not to:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", after):
        wrong[f"after.{place}"] = _("请填写逾期几个工作日:0 或更大的整数。")
    unknown = [one for one in to if one not in roles]
    if unknown:
        wrong[f"to.{place}"] = _("程序没有角色 %(code)s。请写角色的代码,几个之间用顿号。", code=unknown[0][:40])
    return {"after": int(after) if re.fullmatch(r"[0-9]{1,4}", after) else 0, "to": to}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


MORE: Mapping[str, Callable[[Row, Texts, Mapping[str, object], Wrong], None]] = {
    "settings": _setting,
    "case": _case,
    "escalation": _escalation,
}
