"""A whole new procedure: begun as a draft with one process, worked on like any other, in force once somebody else publishes it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from flask import abort
from sqlalchemy import Connection

from engine.errors import Text
from engine.label import ENGLISH
from engine.procedure import MANIFEST
from storage import working_copies
from web import reading
from web.drafting import skeletons
from web.identity import me
from web.sight import versions
from web.texts import said

KEY = re.compile(r"(?!new$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST, LONGEST_KEY = 100, 40
NO_KEY = Text(
    f"标识应为小写字母、数字和单个连字符,以字母开头,不超过 {LONGEST_KEY} 个字符,例如 asset-handover",
    "expected an id of small letters, digits and single hyphens that begins with a letter, of at most "
    f"{LONGEST_KEY} characters, such as asset-handover",
)
NAMES = {"zh": ("中文名称", "a Chinese name"), "en": ("英文名称", "an English name")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new procedure is to be called, who owns it, who publishes it besides; `wrong` by field."""

    key: str = ""
    zh: str = ""
    en: str = ""
    owner: str = ""
    publisher: str = ""
    wrong: tuple[tuple[str, Text], ...] = ()

    def fault(self, name: str) -> str:
        """What is wrong with a field."""
        found = dict(self.wrong).get(name)
        return "" if found is None else said(found)


def may_begin(connection: Connection) -> bool:
    """Who owns or publishes a procedure in force may begin another."""
    company = reading.organisation(connection)
    return any(
        versions.may_change(company, versions.Version(procedure=found, place=place))
        for found, place in versions.in_force(connection)
    )


def checked(wanted: Wanted) -> Wanted:
    """What is asked for, with what is wrong about it; 404 for who may not ask."""
    roles = every_role()
    wrong = [] if KEY.fullmatch(wanted.key) and len(wanted.key) <= LONGEST_KEY else [("key", NO_KEY)]
    for name, (zh, en) in NAMES.items():
        if not 1 <= len(getattr(wanted, name)) <= LONGEST:
            text = Text(f"请填写{zh}(1 到 {LONGEST} 个字)", f"expected {en}, of 1 to {LONGEST} characters")
            wrong.append((name, text))
    if wanted.owner not in me().roles & roles.keys():
        wrong.append(("owner", Text("请选择您担任的一个角色", "expected one of your own roles")))
    if wanted.publisher not in roles:
        wrong.append(("publisher", Text("请选择由哪个角色发布", "expected a role that publishes it")))
    return replace(wanted, wrong=tuple(wrong))


def begun(wanted: Wanted) -> bool:
    """Begin the draft; False when there is a procedure or draft of that name."""
    store, roles = reading.store(), every_role()
    with store.database.read() as connection:
        if not working_copies.is_unpublished(connection, wanted.key):
            return False
        if working_copies.of(connection, wanted.key) is not None:
            return False
    files = _files(wanted, roles)
    base = store.procedures.keep(files)
    if not working_copies.begin(store.database, wanted.key, base.digest, me().person, store.now()):
        return False
    working_copies.save(store.database, wanted.key, {MANIFEST: (files[MANIFEST], 0)}, me().person, store.now())
    return True


def taken(wanted: Wanted) -> Text:
    """Why it was not begun."""
    return Text(
        f"已经有程序 {wanted.key},请换一个标识",
        f"expected a new procedure, but there is {wanted.key} already: choose another id",
    )


def _files(wanted: Wanted, roles: dict[str, Text]) -> dict[str, bytes]:
    """A manifest, one process, their English."""
    own = dict.fromkeys((wanted.owner, wanted.publisher))
    lines = [
        f"key = {_quoted(wanted.key)}",
        'label = "A/0"',
        f"owner = {_quoted(wanted.owner)}",
        "\n[title]",
        f"zh = {_quoted(wanted.zh)}",
        f"en = {_quoted(wanted.en)}",
        "\n[rights]",
        f"publish = [{', '.join(map(_quoted, own))}]",
        "\n[roles]",
        *(f"{code} = {{ zh = {_quoted(roles[code].zh)}, en = {_quoted(roles[code].en)} }}" for code in own),
        "\n[case]",
        'project_name = { type = "text", shown = "title", zh = "项目名称", en = "Project name" }',
        "",
    ]
    process, owner = wanted.key.replace("-", "_"), roles[wanted.owner]
    made = skeletons.files("process", process, wanted.zh, wanted.en, (wanted.owner, owner.zh, owner.en), b"{}")
    return {MANIFEST: "\n".join(lines).encode(), ENGLISH: made[ENGLISH], **made}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def every_role() -> dict[str, Text]:
    """Every role of the procedures in force; 404 for who may not begin one."""
    with reading.store().database.read() as connection:
        if not may_begin(connection):
            abort(404)
        found = versions.in_force(connection)
    return {code: role.name for procedure, _place in found for code, role in procedure.roles.items()}
