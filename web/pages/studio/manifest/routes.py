"""One row of the manifest of a draft: added, changed, taken away, or as it was when the draft was begun."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.label import ENGLISH
from engine.procedure import MANIFEST
from storage import working_copies
from storage.working_copies import Overtaken
from web import notices, reading
from web.access import signed_in
from web.drafting.draft import Draft
from web.identity import me
from web.pages.studio import saving
from web.pages.studio.manifest import case_words, rights, rows, tables, toml, uses, words
from web.pages.studio.manifest.tables import Manifest
from web.pages.studio.manifest.words import Kind
from web.rights import RIGHTS
from web.texts import at, said
from web.translation import _

pages = Blueprint("studio_row", __name__, url_prefix="/procedures/<key>/draft/settings/<table>")
SPARE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody writes into the form of a row; `seen` marks the row as they read it, `wrong` is by field."""

    kind: Kind
    code: str = ""
    is_new: bool = True
    seen: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    rights: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)


@pages.get("/new")
@signed_in
def new(key: str, table: str) -> Response:
    """The form of a new row."""
    found, kind = saving.opened(key), _kind(table)
    return _page(found, Asked(kind=kind, seen=tables.mark(_manifest(found), table, "")))


@pages.get("/row")
@signed_in
def one(key: str, table: str) -> Response:
    """The form of a row, and what uses it."""
    found, kind, code = saving.opened(key), _kind(table), request.args.get("code", "")
    manifest = _manifest(found)
    texts = rows.texts_of(_there(manifest, table, code))
    held = rights.of(manifest, code) if table == "roles" else ()
    seen = tables.mark(manifest, table, code)
    return _page(found, Asked(kind=kind, code=code, is_new=False, seen=seen, texts=texts, rights=held))


@pages.post("/row")
@signed_in
def save(key: str, table: str) -> Response:
    """Keep a row in the draft; what is wrong stands at its field, and nothing that was written is lost."""
    found, asked = saving.opened(key), _asked(_kind(table))
    manifest = _manifest(found)
    if not asked.is_new:
        _there(manifest, table, asked.code)
    if asked.seen != (now := tables.mark(manifest, table, "" if asked.is_new else asked.code)):
        return _page(found, replace(asked, seen=now, wrong={"": _late(found)}), 409)
    after, wrong = _changed(asked, manifest)
    if wrong:
        return _page(found, replace(asked, wrong=wrong), 422)
    try:
        _keep(found, after)
    except Overtaken as other:
        return _page(found, replace(asked, wrong={"": saving.overtaken_sentence(other)}), 409)
    return _back(key, f"{table}.{asked.code}", _("已保存在草稿中。"))


@pages.get("/remove")
@signed_in
def ask(key: str, table: str) -> str:
    """What still uses a row, before it is taken away."""
    found, kind, code = saving.opened(key), _kind(table), request.args.get("code", "")
    manifest = _manifest(found)
    row = _there(manifest, table, code)
    return render_template(
        "procedure/row_away.html",
        key=key,
        kind=kind,
        code=code,
        name=tables.named(row) or code,
        uses=uses.uses(found, table, code),
        rights=[said(RIGHTS[right]) for right in rights.of(manifest, code)] if table == "roles" else [],
        is_owner=_is_owner(manifest, table, code),
        seen=tables.mark(manifest, table, code),
    )


@pages.post("/remove")
@signed_in
def remove(key: str, table: str) -> Response:
    """Take a row out of the draft; a role leaves its rights with it."""
    found, code = saving.opened(key), request.form.get("code", "")
    manifest = _manifest(found)
    _there(manifest, _kind(table).table, code)
    if _is_owner(manifest, table, code):
        return _back(key, f"{table}.{code}", _("程序负责人的角色不能删除。请先换一个程序负责人。"), "late")
    if request.form.get("seen") != tables.mark(manifest, table, code):
        return _back(key, f"{table}.{code}", _left_alone(found), "late")
    return _kept(key, found, tables.without(manifest, table, code), table, _("已从草稿中删除。"))


@pages.post("/restore")
@signed_in
def restore(key: str, table: str) -> Response:
    """A row as it was when the draft was begun."""
    found, code = saving.opened(key), request.form.get("code", "")
    manifest, base = _manifest(found), toml.read(found.base.files[MANIFEST])
    row = _there(base, _kind(table).table, code)
    if request.form.get("seen") != tables.mark(manifest, table, code):
        return _back(key, f"{table}.{code}", _left_alone(found), "late")
    after = tables.with_row(manifest, table, code, row)
    if table == "roles":
        after, _unheld = rights.given(after, code, rights.of(base, code))
    return _kept(key, found, after, table, _("已恢复。"))


def _changed(asked: Asked, manifest: Manifest) -> tuple[Manifest, dict[str, str]]:
    """The manifest with the row, and what is wrong with it."""
    table, taken = asked.kind.table, tables.rows_of(manifest, asked.kind.table)
    roles = tables.rows_of(manifest, "roles")
    made = rows.made(asked.kind, asked.texts, taken.get(asked.code), roles)
    fault = rows.code_fault(asked.kind, asked.code, taken) if asked.is_new else ""
    wrong = {**({"code": fault} if fault else {}), **made.wrong}
    after = tables.with_row(manifest, table, asked.code, made.row)
    if table == "roles" and not fault:
        after, unheld = rights.given(after, asked.code, asked.rights)
        if unheld:
            names = _("、").join(said(RIGHTS[right]) for right in unheld)
            wrong["rights"] = _("“%(rights)s”至少要有一个角色。请先把它给别的角色。", rights=names)
    return after, wrong


def _asked(kind: Kind) -> Asked:
    form = request.form
    texts = {name: " ".join(text.split()) for name, text in form.items() if name not in ("csrf", "right")}
    return Asked(
        kind=kind,
        code=texts.pop("code", ""),
        is_new=texts.pop("new", "") == "yes",
        seen=texts.pop("seen", ""),
        texts=texts,
        rights=tuple(right for right in RIGHTS if right in form.getlist("right")),
    )


def _kept(key: str, found: Draft, after: Manifest, table: str, told: str) -> Response:
    try:
        _keep(found, after)
    except Overtaken as other:
        return _back(key, table, saving.overtaken_sentence(other), "late")
    return _back(key, table, told)


def _keep(found: Draft, after: Manifest) -> None:
    store, data = reading.store(), toml.rewritten(found.files[MANIFEST], after)
    if data != found.files[MANIFEST]:
        contents: dict[str, tuple[bytes | None, int]] = {MANIFEST: (data, found.copy.revision(MANIFEST))}
        english = case_words.kept(found, _manifest(found), after)
        if english is not None:
            contents[ENGLISH] = english, found.copy.revision(ENGLISH)
        working_copies.save(store.database, found.copy.procedure, contents, me().person, store.now())


def _back(key: str, place: str, told: str, tone: str = "good") -> Response:
    return notices.say(redirect(url_for("studio.settings", key=key, _anchor=place)), told, tone)


def _late(found: Draft) -> str:
    """Somebody changed the same row since it was read, and may be written over."""
    other = _last(found)
    if not other:
        return _("这一行刚刚有改动,您的改动没有覆盖它。再保存一次就用您的。")
    return _("%(name)s 在 %(at)s 改过这一行,没有覆盖。再保存一次就用您的。", **other)


def _left_alone(found: Draft) -> str:
    """Somebody changed the same row since it was read: look first."""
    other = _last(found)
    if not other:
        return _("这一行刚刚有改动,没有动它。请看过现在的内容再决定。")
    return _("%(name)s 在 %(at)s 改过这一行,没有动它。请看过现在的内容再决定。", **other)


def _last(found: Draft) -> dict[str, str]:
    """Who changed the manifest last, and when."""
    other = found.copy.changed.get(MANIFEST)
    if other is None:
        return {}
    with reading.store().database.read() as connection:
        return {"name": reading.names(connection).get(other.by, ""), "at": at(other.at)}


def _manifest(found: Draft) -> Manifest:
    """The manifest of the draft; 404 while it cannot be read, as the page of settings says."""
    try:
        return toml.read(found.files.get(MANIFEST, b""))
    except ValueError:
        abort(404)


def _there(manifest: Manifest, table: str, code: str) -> object:
    taken = tables.rows_of(manifest, table)
    return taken[code] if code in taken else abort(404)


def _is_owner(manifest: Manifest, table: str, code: str) -> bool:
    return table == "roles" and manifest.get("owner") == code


def _kind(table: str) -> Kind:
    return words.KINDS[table] if table in words.KINDS else abort(404)


def _page(found: Draft, asked: Asked, status: int = 200) -> Response:
    manifest, table = _manifest(found), asked.kind.table
    filled = sum(1 for name in asked.texts if name.startswith("after."))
    element = f"{table}.{asked.code}"
    page = render_template(
        "procedure/row.html",
        key=found.copy.procedure,
        asked=asked,
        kind=asked.kind,
        types=words.TYPES.get(table, {}),
        shown=words.SHOWN,
        steps=range(min(max(filled + SPARE, 4), rows.MOST_STEPS)) if table == "escalation" else (),
        roles=[(code, tables.named(row)) for code, row in tables.rows_of(manifest, "roles").items()],
        rights=RIGHTS if table == "roles" else {},
        is_owner=_is_owner(manifest, table, asked.code),
        findings=[] if asked.is_new else tables.findings(found).get(element, []),
        uses=[] if asked.is_new else uses.uses(found, table, asked.code),
        longest=rows.LONGEST,
    )
    return make_response(page, status)
