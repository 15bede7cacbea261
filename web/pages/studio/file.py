"""Files of a draft: a new process, form or decision table is begun, one that nobody needs is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Refused, Text
from engine.label import ENGLISH
from engine.procedure import MANIFEST, Procedure, load
from storage import working_copies
from storage.working_copies import Overtaken
from web import failures, notices, reading
from web.access import signed_in
from web.bounds import ARCHIVE, takes
from web.drafting import draft, english, skeletons
from web.drafting.difference import drawing
from web.drafting.draft import Draft
from web.identity import me
from web.pages.studio import archive, merging, saving
from web.pages.studio.editors import fields, preview
from web.pages.studio.manifest import tables, toml
from web.pages.studio.manifest.rows import texts_of
from web.texts import said
from web.translation import _

pages = Blueprint("studio_file", __name__, url_prefix="/procedures/<key>/draft/files")
LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for: the kind, id and names of a new file; `wrong` says what is not as it should be."""

    kind: str
    key: str = ""
    zh: str = ""
    en: str = ""
    role: str = ""
    wrong: tuple[tuple[str, str], ...] = ()

    def fault(self, name: str) -> str:
        """What is wrong with a field."""
        return dict(self.wrong).get(name, "")


@pages.get("/new")
@signed_in
def new(key: str) -> Response:
    """The form of a new file."""
    return _page(saving.opened(key), Wanted(kind=_kind(request.args.get("kind", ""))))


@pages.post("/new")
@signed_in
def add(key: str) -> Response:
    """Begin the file, with its English; nothing is written over."""
    found = saving.opened(key)
    wanted = _checked(found, _asked())
    if wanted.wrong:
        return _page(found, wanted, 422)
    kind = skeletons.KINDS[wanted.kind]
    path = kind.path(wanted.key)
    try:
        made = skeletons.files(wanted.kind, wanted.key, wanted.zh, wanted.en, _role(found, wanted), _english(found))
        _keep(found, {name: data for name, data in made.items()})
    except Overtaken as other:
        return _page(found, replace(wanted, wrong=(("key", saving.overtaken_sentence(other)),)), 409)
    except (ValueError, Refused) as error:
        text = said(error.text) if isinstance(error, Refused) else _("英文文本现在读不懂,请先改正它。")
        return _page(found, replace(wanted, wrong=(("key", text),)), 422)
    return redirect(url_for(kind.endpoint, key=key, file=path))


@pages.get("/remove")
@signed_in
def ask(key: str) -> str:
    """Who still uses a file, before it is taken away."""
    found = saving.opened(key)
    path = _removable(found, request.args.get("file", ""))
    return render_template(
        "procedure/file_away.html",
        key=key,
        file=path,
        title=draft.place_of(found, path),
        users=users(found, path),
        revision=found.copy.revision(path),
    )


@pages.post("/remove")
@signed_in
def remove(key: str) -> Response:
    """Take a file out of the draft with its English; the version in force keeps it."""
    found = saving.opened(key)
    path = _removable(found, request.form.get("file", ""))
    contents: dict[str, bytes | None] = {path: None}
    try:
        english = _without(found, path)
        if english is not None:
            contents[ENGLISH] = english
        _keep(found, contents, {path: request.form.get("revision", -1, type=int)})
    except Overtaken as other:
        return notices.say(redirect(url_for("studio.draft", key=key)), saving.overtaken_sentence(other), "late")
    except ValueError:
        text = _("英文文本现在读不懂,请先改正它。")
        return notices.say(redirect(url_for("studio.draft", key=key)), text, "late")
    except Refused as refused:
        abort(failures.STATUSES[refused.reason])
    return notices.say(redirect(url_for("studio.draft", key=key)), _("已从草稿中删除 %(file)s。", file=path))


@pages.get("/archive")
@signed_in
def give(key: str) -> Response:
    """All files of the draft as a zip."""
    response = make_response(archive.packed(saving.opened(key).files, key))
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{key}.zip"'
    return response


@pages.post("/archive")
@signed_in
@takes(ARCHIVE)
def take(key: str) -> Response:
    """Take in what a zip changed since it was taken away; what the draft changed, too, stays unless it is asked for."""
    found, sent = saving.opened(key), request.files.get("archive")
    back = redirect(url_for("studio.draft", key=key))
    try:
        given = archive.unpacked(b"" if sent is None else sent.read(), key)
        one = merging.merged(given, found, over=request.form.get("over") == "yes")
        _keep(found, one.news)
    except Overtaken as other:
        return notices.say(back, saving.overtaken_sentence(other), "late")
    except Refused as refused:
        more = len(refused.faults) - 1
        text = said(refused.text) if more < 1 else _("%(why)s(另有 %(count)s 处)", why=said(refused.text), count=more)
        return notices.say(back, _("没有读入任何文件。%(why)s", why=text), "late")
    told = _("从 zip 读入了 %(count)s 个有变化的文件。", count=len(one.news))
    return notices.say(back, f"{told} {merging.left(found, one)}", "late") if one.both else notices.say(back, told)


def users(found: Draft, path: str) -> list[str]:
    """What would miss the file: tasks with the form, tasks that ask the decision, calls of the process."""
    try:
        procedure = load(found.files)
    except (Refused, ValueError):
        return []
    if path.endswith(".form"):
        return [one.name for one in preview.uses(found, path)]
    wanted = _names_in(procedure, path)
    attribute = "decision" if path.endswith(".dmn") else "called"
    rows = []
    for key, process in procedure.model.processes.items():
        for element in process.elements.values():
            named = element.extensions.get("decision") if attribute == "decision" else element.called
            if named in wanted and process.path != path:
                number, name = reading.step(procedure, key, element.id)
                rows.append(f"{number} {said(name)}".strip())
    return rows


def _names_in(procedure: Procedure, path: str) -> set[str]:
    if path.endswith(".bpmn"):
        return {key for key, process in procedure.model.processes.items() if process.path == path}
    models = [model for model in procedure.decisions.models.values() if model.path == path]
    return {name for model in models for one in model.elements for name in (one.variable.name, one.key[1])}


def _asked() -> Wanted:
    key, zh, en, role = (" ".join(request.form.get(name, "").split()) for name in ("key", "zh", "en", "role"))
    return Wanted(kind=_kind(request.form.get("kind", "")), key=key, zh=zh, en=en, role=role)


def _checked(found: Draft, wanted: Wanted) -> Wanted:
    wrong = []
    if not skeletons.ID.fullmatch(wanted.key) or "__" in wanted.key:
        text = _("标识应以字母开头,只有字母、数字和单个下划线,2 到 60 个字符,例如 contract_review。")
        wrong.append(("key", text))
    elif skeletons.KINDS[wanted.kind].path(wanted.key) in found.files:
        wrong.append(("key", _("已经有 %(file)s,请换一个标识。", file=skeletons.KINDS[wanted.kind].path(wanted.key))))
    elif wanted.kind != "form" and wanted.key in _taken(found):
        wrong.append(("key", _("图上已有 %(key)s,请换一个标识。", key=wanted.key)))
    for name, label in (("zh", _("中文名称")), ("en", _("英文名称"))):
        text = wanted.zh if name == "zh" else wanted.en
        if not 1 <= len(text) <= LONGEST:
            wrong.append((name, _("请填写%(label)s(1 到 %(most)s 个字)。", label=label, most=LONGEST)))
    if wanted.kind == "process" and wanted.role not in _roles(found):
        wrong.append(("role", _("请选择第一个任务归哪个角色。")))
    return replace(wanted, wrong=tuple(wrong))


def _taken(found: Draft) -> set[str]:
    taken: set[str] = set()
    for path, data in found.files.items():
        if path.endswith(".bpmn"):
            try:
                taken |= drawing.read(data, path).keys()
            except Refused:
                continue
    return taken


def _role(found: Draft, wanted: Wanted) -> tuple[str, str, str]:
    role = _roles(found).get(wanted.role)
    return ("", "", "") if role is None else (wanted.role, role.zh, role.en)


def _roles(found: Draft) -> dict[str, Text]:
    """The roles of the draft; of one whose manifest cannot be read, those it was begun with."""
    try:
        rows = tables.rows_of(toml.read(found.files.get(MANIFEST, b"")), "roles")
    except ValueError:
        return {code: role.name for code, role in found.base.roles.items()}
    texts = {code: texts_of(row) for code, row in rows.items()}
    return {code: Text(text.get("zh", code), text.get("en", code)) for code, text in texts.items()}


def _english(found: Draft) -> bytes:
    return found.files.get(ENGLISH, b"{}")


def _keep(
    found: Draft, contents: Mapping[str, bytes] | Mapping[str, bytes | None], seen: dict[str, int] | None = None
) -> None:
    store = reading.store()
    rows: dict[str, tuple[bytes | None, int]] = {
        path: (data, (seen or {}).get(path, found.copy.revision(path))) for path, data in contents.items()
    }
    if rows:
        working_copies.save(store.database, found.copy.procedure, rows, me().person, store.now())


def _without(found: Draft, path: str) -> bytes | None:
    """The English texts without those of the file; None where there are none. Raises ValueError."""
    source = _english(found)
    if path.endswith(".form"):
        return fields.without_english(source, path.removeprefix("forms/").removesuffix(".form"))
    is_decision = path.endswith(".dmn")
    name, gone = ("decisions", _decisions_in(found, path)) if is_decision else ("elements", _only_here(found, path))
    rows = english.table(english.read(source), name)
    left = english.changed(source, name, {key: row for key, row in rows.items() if key not in gone})
    drawn = {one: data for one, data in found.files.items() if one != path}
    return draft.without_silence(drawn, left or source) or left


def _decisions_in(found: Draft, path: str) -> set[str]:
    try:
        return _names_in(load(found.files), path)
    except (Refused, ValueError):
        return set()


def _only_here(found: Draft, path: str) -> set[str]:
    """The elements that are drawn in this file and in no other."""
    here: set[str] = set()
    elsewhere: set[str] = set()
    for one, data in found.files.items():
        if one.endswith(".bpmn"):
            try:
                (here if one == path else elsewhere).update(drawing.read(data, one).keys())
            except Refused:
                continue
    return here - elsewhere


def _removable(found: Draft, path: str) -> str:
    if path not in found.files or not skeletons.kind_of(path):
        abort(404)
    return path


def _kind(name: str) -> str:
    return name if name in skeletons.KINDS else abort(404)


def _page(found: Draft, wanted: Wanted, status: int = 200) -> Response:
    page = render_template(
        "procedure/file_new.html",
        key=found.copy.procedure,
        wanted=wanted,
        kind=skeletons.KINDS[wanted.kind],
        roles=[(code, said(name)) for code, name in _roles(found).items()],
        longest=LONGEST,
    )
    return make_response(page, status)
