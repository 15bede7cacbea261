"""The manifest: keys, rights, settings, case data, escalation classes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from engine.case import CASE_TYPES
from engine.check.finding import Finding, Rule
from engine.errors import Text
from engine.escalation_class import before
from engine.line import EXPECTED, is_line
from engine.procedure import MANIFEST, Procedure
from engine.publication import SELF

TABLES = frozenset({"key", "label", "owner", "title", "rights", "roles", "settings", "case", "documents", "escalation"})
RIGHTS = frozenset(
    {"publish", SELF, "terminate", "waive", "resolve", "reassign", "move", "settings", "case", "message", "read"}
)
SETTINGS = frozenset({"int", "dec", "money", "pct", "text", "bool"})
ROWS = {
    "title": frozenset({"zh", "en"}),
    "roles": frozenset({"zh", "en"}),
    "settings": frozenset({"type", "default", "min", "max", "zh", "en"}),
    "case": frozenset({"type", "zh", "en", "shown"}),
    "documents": frozenset({"zh", "en"}),
    "escalation": frozenset({"zh", "en", "before", "steps", "pauses", "calendar"}),
}
KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def findings(procedure: Procedure) -> Iterator[Finding]:
    """What the manifest says that nothing reads, that nobody has, or that fits no type."""
    manifest = tomllib.loads(procedure.files[MANIFEST].decode())
    if not KEY.fullmatch(procedure.key):
        yield _found("key", "key 应由小写字母、数字和连字符组成", "expected a key of small letters, digits and hyphens")
    if not procedure.label.strip():
        yield _found("label", "label 不应为空", "expected a label")
    elif not is_line(procedure.label):
        yield _found("label", EXPECTED.zh, EXPECTED.en)
    yield from _known(manifest)
    yield from _named(procedure)
    yield from _roles(procedure)
    yield from _settings(procedure)
    for name, field in procedure.case_fields.items():
        if field.type not in CASE_TYPES:
            yield _expected(f"case.{name}", CASE_TYPES, field.type)
        if name == "id" or not NAME.fullmatch(name):
            yield _name(f"case.{name}")
    yield from _escalations(procedure, manifest.get("escalation", {}))


def escalations(procedure: Procedure) -> frozenset[str]:
    """The escalation classes of the manifest."""
    found = tomllib.loads(procedure.files[MANIFEST].decode()).get("escalation", {})
    return frozenset(found) if isinstance(found, dict) else frozenset()


def _known(manifest: Mapping[str, object]) -> Iterator[Finding]:
    for table in sorted(manifest.keys() - TABLES):
        yield _found(table, f"清单没有 {table}", f"the manifest has no {table}")
    for table, known in ROWS.items():
        found = manifest.get(table)
        rows = {"": found} if table == "title" else found
        for name, row in rows.items() if isinstance(rows, dict) else ():
            for key in sorted(row.keys() - known) if isinstance(row, dict) else ():
                where = f"{table}.{name}" if name else table
                yield _found(where, f"{where} 没有 {key}", f"expected no {key} at {where}")


def _named(procedure: Procedure) -> Iterator[Finding]:
    named = {"title": procedure.title}
    named |= {f"roles.{code}": role.name for code, role in procedure.roles.items()}
    named |= {f"settings.{key}": setting.name for key, setting in procedure.settings.items()}
    named |= {f"case.{name}": field.title for name, field in procedure.case_fields.items()}
    named |= {f"documents.{key}": name for key, name in procedure.documents.items()}
    for where, text in named.items():
        for language, words in (("zh", text.zh), ("en", text.en)):
            if not words.strip():
                yield _found(where, f"{where} 应有 {language} 名称", f"expected a name in {language} at {where}")
            elif not is_line(words):
                yield _found(where, EXPECTED.zh, EXPECTED.en)


def _roles(procedure: Procedure) -> Iterator[Finding]:
    for code in procedure.roles:
        if not CODE.fullmatch(code):
            yield _name(f"roles.{code}")
    for right, roles in procedure.rights.items():
        if right not in RIGHTS:
            yield _expected(f"rights.{right}", RIGHTS, right)
        if not roles:
            yield _found(f"rights.{right}", f"权限 {right} 应有角色", f"expected a role with the right {right}")
        yield from _unknown(procedure, f"rights.{right}", roles)
    yield from _unknown(procedure, "owner", (procedure.owner,))


def _settings(procedure: Procedure) -> Iterator[Finding]:
    for key, setting in procedure.settings.items():
        if not NAME.fullmatch(key):
            yield _name(f"settings.{key}")
        if setting.type not in SETTINGS:
            yield _expected(f"settings.{key}", SETTINGS, setting.type)
        elif not setting.accepts(setting.default):
            yield _found(
                f"settings.{key}",
                f"设置项 {key} 的默认值应为{setting.wanted.zh}",
                f"expected a default {setting.wanted.en} for setting {key}",
            )


def _escalations(procedure: Procedure, found: object) -> Iterator[Finding]:
    classes = found if isinstance(found, dict) else {}
    for name, row in classes.items():
        where = f"escalation.{name}"
        if not isinstance(row, dict) or not all(str(row.get(key, "")).strip() for key in ("zh", "en")):
            yield _found(where, f"{where} 应有中英文名称", f"expected names in both languages at {where}")
            continue
        yield from _early(where, row)
        steps = row.get("steps")
        for step in steps if isinstance(steps, list) else [None]:
            after, to = (step.get("after"), step.get("to")) if isinstance(step, dict) else (None, None)
            if type(after) is not int or after < 0 or not isinstance(to, list):
                yield _found(
                    where,
                    "升级步骤应为 { after = 天数, to = [角色] } 的列表",
                    "expected steps as a list of { after = days, to = [roles] }",
                )
            else:
                yield from _unknown(procedure, where, [str(role) for role in to])


def _early(where: str, row: Mapping[str, object]) -> Iterator[Finding]:
    """Warnings in advance, and whether and by which window the class pauses."""
    early = row.get("before", [])
    if not isinstance(early, list) or any(before(text) is None for text in early):
        yield _found(
            where,
            "before 应为列表,如 50 %(时间过半)或 2 wd(提前两个工作日)",
            "expected before as a list of such as 50 % (of the time) or 2 wd (working days before)",
        )
    if not isinstance(row.get("pauses", False), bool) or not isinstance(row.get("calendar", ""), str):
        yield _found(
            where,
            "pauses 应为 true 或 false,calendar 应为服务时段的名称",
            "expected pauses to be true or false, and calendar the name of a service window",
        )


def _unknown(procedure: Procedure, where: str, roles: Iterable[str]) -> Iterator[Finding]:
    for role in roles:
        if role not in procedure.roles:
            yield _found(where, f"程序没有角色 {role}", f"the procedure has no role {role}")


def _expected(where: str, known: Iterable[str], found: str) -> Finding:
    wanted = sorted(known)
    return _found(
        where,
        f"{where} 应为 {'、'.join(wanted)} 之一,但为 {found}",
        f"expected one of {', '.join(wanted)} at {where}, but found {found}",
    )


def _name(where: str) -> Finding:
    return _found(
        where,
        f"{where} 的名称应由字母、数字和下划线组成,以字母开头,且不为保留名",
        f"expected a name of letters, digits and underscores at {where}, beginning with a letter and not reserved",
    )


def _found(where: str, zh: str, en: str) -> Finding:
    return Finding(file=MANIFEST, element=where, rule=Rule.MANIFEST, text=Text(zh, en))
