"""The draft of a procedure as its owner sees it: files, what is wrong at which element, English texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flask import abort
from sqlalchemy import Connection

from engine import check as checks
from engine import xml
from engine.check import Finding
from engine.check.texts import heard
from engine.errors import Refused, Text
from engine.label import ENGLISH
from engine.procedure import MANIFEST, Procedure
from engine.publication import Version
from storage import working_copies
from storage.working_copies import WorkingCopy
from web import reading
from web.drafting import english
from web.drafting.difference import changes as differences
from web.drafting.difference import drawing
from web.drafting.difference.change import Change
from web.identity import me
from web.sight import procedure as told
from web.sight import versions
from web.texts import said
from web.translation import _, is_english

LONGEST_TEXT = 4_000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The draft of a procedure beside the version it was made from, `base`, and the one in force."""

    copy: WorkingCopy
    base: Procedure
    in_force: str
    publishers: tuple[str, ...]
    planned: tuple[Version, ...] = ()
    is_new: bool = False
    """No version was ever published; `base` is what it was begun with."""

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files as they would be published."""
        return self.copy.files(self.base.files)

    @cached_property
    def faults(self) -> list[Finding]:
        """What keeps it from being published."""
        return list(_faults(tuple(sorted(self.files.items()))))

    @cached_property
    def advice(self) -> list[Finding]:
        """What may be published, and is hardly meant so."""
        return [] if self.faults else list(_advice(tuple(sorted(self.files.items()))))

    @cached_property
    def changes(self) -> list[Change]:
        """What it changes."""
        return differences.changes(self.base.files, self.files)

    @property
    def is_stale(self) -> bool:
        """Another version came into force since it was begun."""
        return self.copy.base != self.in_force

    def diagrams(self) -> list[tuple[str, str]]:
        """Path and name of each diagram, in the order of the numbers in the drawings."""
        rows = []
        for path in sorted(self.files):
            if path.endswith(".bpmn"):
                drawn = _drawn(self.files[path], path).values()
                name = _("、").join(self._process(said) for said in drawn if said.tag == "process")
                number = next((said.name for said in drawn if said.tag == "participant"), name)
                rows.append((number, path, name or path))
        return [(path, name) for _number, path, name in sorted(rows)]

    def forms(self) -> list[tuple[str, str]]:
        """Path and heading of each form."""
        rows = [(path, data) for path, data in sorted(self.files.items()) if path.endswith(".form")]
        return [(path, self._title(path) or _heading(data) or path) for path, data in rows]

    def decisions(self) -> list[tuple[str, str]]:
        """Path and name of each file of decisions."""
        rows = [(path, data) for path, data in sorted(self.files.items()) if path.endswith(".dmn")]
        return [(path, self._decision(_decided(data, path)) or path) for path, data in rows]

    def _decision(self, found: tuple[tuple[str, str], ...]) -> str:
        """What the decisions of a file are called, in English for who reads that."""
        english = _rows(self.files.get(ENGLISH, b"{}"), "decisions") if is_english() else {}
        return _("、").join(english.get(key, {}).get(name) or name for key, name in found)

    def _title(self, path: str) -> str:
        """The English heading of a form, for who reads English."""
        key = path.removeprefix("forms/").removesuffix(".form")
        return str(_rows(self.files.get(ENGLISH, b"{}"), "forms").get(key, {}).get("title", "")) if is_english() else ""

    def _process(self, found: drawing.Said) -> str:
        english = self.english().get(found.id, {}).get("name") if is_english() else None
        return english or found.name or found.id

    def english(self) -> dict[str, dict[str, str]]:
        """The English texts of elements."""
        return {key: dict(row) for key, row in _rows(self.files.get(ENGLISH, b"{}")).items()}

    def shown(self, found: Finding, *, advice: bool = False) -> dict[str, str]:
        """A finding for the page: with the diagram that its element stands in."""
        file = found.file
        if found.element and found.element not in self._elements(file):
            file = next((path for path, _name in self.diagrams() if found.element in self._elements(path)), file)
        kind = "advice" if advice else "fault"
        return {"file": file, "element": found.element, "rule": found.rule, "text": said(found.text), "kind": kind}

    def findings(self) -> list[dict[str, str]]:
        """All findings for the page."""
        return [*map(self.shown, self.faults), *(self.shown(one, advice=True) for one in self.advice)]

    def _elements(self, path: str) -> frozenset[str]:
        return frozenset(_drawn(self.files.get(path, b""), path))


def opened(connection: Connection, key: str) -> Draft:
    """The draft of a procedure; 403 for who may not change it, 404 where there is none."""
    copy = working_copies.of(connection, key)
    if copy is not None and working_copies.is_unpublished(connection, key):
        return _new(connection, copy)
    version = changeable(connection, key)
    if copy is None:
        abort(404)
    publications, now = told.publications(connection, version.place), reading.store().now()
    current = publications.in_force(now)
    assert isinstance(current, Version)
    return Draft(
        copy=copy,
        base=reading.procedure(connection, copy.base),
        in_force=current.digest,
        publishers=current.publishers,
        planned=publications.planned(now),
    )


def _new(connection: Connection, copy: WorkingCopy) -> Draft:
    """The draft of a procedure that is not there yet; 404 for whoever will not own or publish it."""
    base = reading.procedure(connection, copy.base)
    publishers = base.may("publish")
    if not reading.organisation(connection).acts(me().person, (base.owner, *publishers), reading.store().now()):
        abort(404)
    return Draft(copy=copy, base=base, in_force=copy.base, publishers=publishers, is_new=True)


def changeable(connection: Connection, key: str) -> versions.Version:
    """The version in force, for who may change it."""
    version = versions.current(connection, key)
    if not versions.may_change(reading.organisation(connection), version):
        abort(403)
    return version


def with_texts(source: bytes, given: Mapping[str, Mapping[str, str]]) -> bytes | None:
    """The English texts with those of some elements replaced; one without any text goes; None where nothing changes. Raises ValueError."""
    rows = english.table(english.read(source), "elements")
    for key, row in given.items():
        kept = {what: text[:LONGEST_TEXT] for what, text in row.items() if text.strip()}
        if kept:
            rows[key] = kept
        else:
            rows.pop(key, None)
    return english.changed(source, "elements", rows)


def without_silence(files: Mapping[str, bytes], source: bytes) -> bytes | None:
    """The English texts without messages and signals that no drawing has any more; None where nothing changes. Raises ValueError."""
    rows = english.table(english.read(source), "messages")
    try:
        names = {name for path, data in files.items() if path.endswith(".bpmn") for name in heard(data, path)}
    except Refused:
        return None
    return english.changed(source, "messages", {name: text for name, text in rows.items() if name in names})


def _rows(source: bytes, table: str = "elements") -> dict[str, dict[str, str]]:
    rows = english.table(english.readable(source), table)
    return {key: row for key, row in rows.items() if isinstance(row, dict)}


def _heading(source: bytes) -> str:
    try:
        return told.form_title(source)
    except (ValueError, AttributeError):
        return ""


@lru_cache(maxsize=64)
def _drawn(source: bytes, path: str) -> Mapping[str, drawing.Said]:
    try:
        return drawing.read(source, path)
    except Refused:
        return {}


@lru_cache(maxsize=64)
def _decided(source: bytes, path: str) -> tuple[tuple[str, str], ...]:
    """Id and name of each decision."""
    try:
        root = xml.parse(source, path)
    except Refused:
        return ()
    found = [node for node in root if isinstance(node.tag, str) and node.tag.endswith("}decision")]
    return tuple((node.get("id") or "", node.get("name") or "") for node in found)


@lru_cache(maxsize=4)
def _faults(files: tuple[tuple[str, bytes], ...]) -> tuple[Finding, ...]:
    return tuple(checks.check(dict(files)))


@lru_cache(maxsize=4)
def _advice(files: tuple[tuple[str, bytes], ...]) -> tuple[Finding, ...]:
    return tuple(checks.advice(dict(files)))


def role_names(procedure: Procedure, codes: tuple[str, ...]) -> Text:
    """Roles by name."""
    names = [procedure.roles[code].name if code in procedure.roles else Text(code, code) for code in codes]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def label_of(found: Draft, row: Mapping[str, str]) -> str:
    """What the place of a finding is called: the element's name, else its file."""
    drawn = _drawn(found.files.get(row["file"], b""), row["file"])
    element = drawn.get(row["element"])
    return said(differences.Names(found.files).of(element, row["element"])) if element else place_of(found, row["file"])


def place_of(found: Draft, path: str) -> str:
    """What a file is called."""
    names = {**dict(found.diagrams()), **dict(found.forms()), **dict(found.decisions())}
    fixed = {MANIFEST: _("清单:角色与设置"), ENGLISH: _("英文文本")}
    return names.get(path) or str(fixed.get(path, path))


def grouped(found: Draft) -> list[tuple[str, str, list[Change]]]:
    """The changes by file: its path, what it is called, what changed."""
    return [(path, place_of(found, path), rows) for path, rows in differences.by_file(found.changes).items()]
