"""The tables of a draft's manifest, row by row: what each says, what is new, what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Text
from engine.escalation_class import classes
from engine.procedure import MANIFEST
from web.drafting.draft import Draft
from web.pages.studio.manifest import rights, words
from web.pages.studio.manifest.rows import texts_of
from web.pages.studio.manifest.toml import read
from web.pages.studio.manifest.words import Kind
from web.rights import RIGHTS
from web.texts import said
from web.translation import _, is_english

Manifest = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as the page of settings shows it; `state` is added, changed, removed or nothing, `seen` marks it as it is."""

    code: str
    name: str
    seen: str
    also: str
    marks: Sequence[str] = ()
    state: str = ""
    findings: Sequence[str] = ()


def tables(found: Draft, manifest: Manifest) -> list[tuple[Kind, list[Line]]]:
    """Every table with its rows in their order, those last that the draft takes away."""
    base, wrong = read(found.base.files[MANIFEST]), findings(found)
    told = []
    for kind in words.KINDS.values():
        here, before = rows_of(manifest, kind.table), rows_of(base, kind.table)
        lines = [_line(kind, code, manifest, base, wrong) for code in here]
        gone = [_gone(kind, code, row, manifest) for code, row in before.items() if code not in here]
        told.append((kind, lines + gone))
    return told


def findings(found: Draft) -> dict[str, list[str]]:
    """What is wrong with the manifest, by its place there."""
    made: dict[str, list[str]] = {}
    for one in found.faults:
        if one.file == MANIFEST:
            made.setdefault(one.element, []).append(said(one.text))
    return made


def elsewhere(manifest: Manifest, told: Mapping[str, list[str]]) -> list[str]:
    """What is wrong at no row: the head, the rights, unknown tables."""
    places = {f"{table}.{code}" for table in words.KINDS for code in rows_of(manifest, table)}
    return [text for place, texts in told.items() if place not in places for text in texts]


def rows_of(manifest: Mapping[str, object], table: str) -> dict[str, object]:
    """The rows of a table by code."""
    found = manifest.get(table)
    return dict(found) if isinstance(found, dict) else {}


def with_row(manifest: Manifest, table: str, code: str, row: object) -> Manifest:
    """The manifest with a row."""
    return {**manifest, table: {**rows_of(manifest, table), code: row}}


def without(manifest: Manifest, table: str, code: str) -> Manifest:
    """The manifest without a row; a role leaves its rights with it."""
    left = {name: row for name, row in rows_of(manifest, table).items() if name != code}
    made = {**manifest, table: left} if left else {name: row for name, row in manifest.items() if name != table}
    return rights.without(made, code) if table == "roles" else made


def mark(manifest: Manifest, table: str, code: str) -> str:
    """A mark of a row as it is now, the same for the same content."""
    held = rights.of(manifest, code) if table == "roles" and code else ()
    content = json.dumps([rows_of(manifest, table).get(code), held], ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def named(row: object) -> str:
    """What a row is called, in the language of whoever asks."""
    found = row if isinstance(row, dict) else {}
    return said(Text(str(found.get("zh", "")), str(found.get("en", ""))))


def _line(kind: Kind, code: str, manifest: Manifest, base: Manifest, wrong: Mapping[str, list[str]]) -> Line:
    row, before = rows_of(manifest, kind.table)[code], rows_of(base, kind.table)
    texts = texts_of(row)
    state, seen = "" if code in before else "added", mark(manifest, kind.table, code)
    if code in before and mark(base, kind.table, code) != seen:
        state = "changed"
    return Line(
        code=code,
        name=named(row) or code,
        seen=seen,
        also=_other(texts),
        marks=_marks(kind, code, row, texts, manifest),
        state=state,
        findings=wrong.get(f"{kind.table}.{code}", ()),
    )


def _gone(kind: Kind, code: str, row: object, manifest: Manifest) -> Line:
    seen = mark(manifest, kind.table, code)
    return Line(code=code, name=named(row) or code, seen=seen, also=_other(texts_of(row)), state="removed")


def _other(texts: Mapping[str, str]) -> str:
    """The name in the other language."""
    return texts.get("zh" if is_english() else "en", "")


def _marks(kind: Kind, code: str, row: object, texts: Mapping[str, str], manifest: Manifest) -> list[str]:
    """What else a row says, in a few words."""
    if kind.table == "roles":
        owner = [_("程序负责人")] if manifest.get("owner") == code else []
        return [*owner, *(said(RIGHTS[right]) for right in rights.of(manifest, code))]
    if kind.table == "escalation":
        return _steps(row)
    if kind.table not in words.TYPES:
        return []
    type_ = str(words.TYPES[kind.table].get(texts.get("type", ""), texts.get("type", "")))
    shown = str(words.SHOWN.get(texts.get("shown", ""), "")) if kind.table == "case" else ""
    value = texts.get("default", "")
    bounds = [
        _("不小于 %(low)s", low=texts["min"]) if "min" in texts else "",
        _("不大于 %(high)s", high=texts["max"]) if "max" in texts else "",
    ]
    also = _("显示为%(what)s", what=shown) if shown else ""
    return [one for one in (type_, value, *bounds, also) if one]


def _steps(row: object) -> list[str]:
    told = []
    for step in classes({"": row})[""].steps if isinstance(row, dict) else ():
        when = _("逾期 %(days)s 个工作日", days=step.days) if step.days else _("到期时")
        if step.share is not None:
            when = _("期限过去 %(share)s%%", share=step.share)
        elif step.days < 0:
            when = _("到期前 %(days)s 个工作日", days=-step.days)
        to = _("、").join(step.to)
        told.append(f"{when} → {to}" if to else when)
    return told
