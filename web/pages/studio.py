"""The draft of a procedure: begun from the version in force, changed in the browser, published by somebody else."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import xml
from engine.commands import Envelope, PublishVersion
from engine.errors import Refused
from engine.label import ENGLISH
from engine.procedure import MANIFEST
from storage import working_copies
from storage.submission import Receipt
from storage.working_copies import Overtaken
from web import asking, csrf, failures, headers, notices, reading
from web.access import signed_in
from web.identity import me
from web.pages import procedure as procedures
from web.pages import studio_draft, studio_manifest, studio_words
from web.pages.studio_draft import Draft
from web.texts import at, said, said_moment
from web.translation import _

pages = Blueprint("studio", __name__, url_prefix="/procedures/<key>/draft")

POLICY = f"{headers.POLICY}; style-src-attr 'unsafe-inline'"
"""The modeler places what it draws by style attributes; nothing else of the policy is wider."""

SHORTEST, LONGEST = 4, 1_000
"""Characters of the sentence that says why."""


@pages.post("/begin")
@signed_in
def begin(key: str) -> Response:
    """A draft of the version in force; the one that is there already is opened."""
    with reading.store().database.read() as connection:
        version = studio_draft.changeable(connection, key)
    store = reading.store()
    working_copies.begin(store.database, key, version.place.version, me().person, store.now())
    return redirect(url_for(".draft", key=key))


@pages.get("/")
@signed_in
def draft(key: str) -> str:
    """The draft: what can be changed, what was, what is wrong, and its publication."""
    return _overview(_opened(key))


@pages.get("/diagram")
@signed_in
def diagram(key: str) -> Response:
    """The editor of a diagram."""
    found = _opened(key)
    path = _path(found, request.args.get("file", ""), ".bpmn")
    response = make_response(
        render_template(
            "procedure/studio.html",
            key=key,
            draft=found,
            file=path,
            title=found.base.title,
            styles=procedures.styles,
            words=studio_words.words(),
            choices=studio_words.choices(found),
        )
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response


@pages.get("/file")
@signed_in
def file(key: str) -> Response:
    """A diagram as it was saved last, for the editor; with the proof that a save needs after a new sign-in."""
    found = _opened(key)
    path = _path(found, request.args.get("file", ""), ".bpmn")
    return jsonify(
        content=found.files[path].decode(errors="replace"),
        revision=found.copy.revision(path),
        english=found.english(),
        csrf=csrf.proof(),
    )


@pages.get("/findings")
@signed_in
def findings(key: str) -> Response:
    """What is wrong with the draft as it was saved last."""
    return jsonify(findings=_opened(key).findings())


@pages.post("/file")
@signed_in
def save(key: str) -> Response:
    """Keep a diagram as it was drawn and the English texts of its elements, both or none; 409 when somebody was faster."""
    found, sent = _opened(key), request.get_json(silent=True)
    if (
        not isinstance(sent, dict)
        or not isinstance(sent.get("content"), str)
        or not isinstance(sent.get("revision"), int)
    ):
        abort(400)
    path = _path(found, str(sent.get("file", "")), ".bpmn")
    content = sent["content"].encode(errors="replace")
    contents: dict[str, tuple[bytes | None, int]] = {path: (content, sent["revision"])}
    try:
        xml.parse(content, path)
        texts = _texts(sent.get("texts"))
        if texts:
            source = studio_draft.with_texts(found.files.get(ENGLISH, b"{}"), texts)
            contents[ENGLISH] = (source, found.copy.revision(ENGLISH))
        made = working_copies.save(reading.store().database, key, contents, me().person, reading.store().now())
    except Refused as refused:
        return _refusal(refused)
    except ValueError:
        return _told(422, _("英文文本文件 %(file)s 读不懂,请先改正它。", file=ENGLISH))
    except Overtaken as other:
        return _overtaken(other)
    return jsonify(revision=made[path], at=said_moment(reading.store().now()))


@pages.get("/settings")
@signed_in
def settings(key: str) -> str:
    """The form of what a procedure is called, its label and settings."""
    found = _opened(key)
    return _settings(found, {}, "")


@pages.post("/settings")
@signed_in
def change_settings(key: str) -> Response:
    """Keep them."""
    found = _opened(key)
    given = {name.removeprefix("m."): text for name, text in request.form.items() if name.startswith("m.")}
    revision = request.form.get("revision", -1, type=int)
    try:
        made = studio_manifest.changed(found.files[MANIFEST], given)
        store = reading.store()
        working_copies.save(store.database, key, {MANIFEST: (made, revision)}, me().person, store.now())
    except Overtaken as other:
        return make_response(_settings(found, given, overtaken_sentence(other)), 409)
    except ValueError:
        return make_response(_settings(found, given, _("程序清单现在读不懂,请先改正它。")), 422)
    return notices.say(redirect(url_for(".draft", key=key)), _("设置已保存在草稿中。"))


@pages.post("/discard")
@signed_in
def discard(key: str) -> Response:
    """Give the draft up, as it was seen."""
    _opened(key)
    gone = working_copies.discard(reading.store().database, key, request.form.get("mark", -1, type=int))
    if not gone:
        return notices.say(redirect(url_for(".draft", key=key)), _("草稿刚刚又有改动,没有放弃。请再看一遍。"), "late")
    return notices.say(redirect(url_for("procedure.one", key=key)), _("草稿已放弃,生效的版本没有变。"))


@pages.post("/publish")
@signed_in
def publish(key: str) -> Response:
    """Put the draft in force: by somebody who wrote nothing of it, without findings, with a sentence why."""
    found, reason = _opened(key), " ".join(request.form.get("reason", "").split())
    if not SHORTEST <= len(reason) <= LONGEST:
        fault = _("请用一句话写明为什么发布(%(least)s 到 %(most)s 个字)。", least=SHORTEST, most=LONGEST)
        return make_response(_overview(found, reason, fault), 422)
    try:
        _publish(found, reason, request.form.get("mark", -1, type=int))
    except Refused as refused:
        return make_response(_overview(_opened(key), reason, said(refused.text)), failures.STATUSES[refused.reason])
    return notices.say(
        redirect(url_for("procedure.versions", key=key)), _("已发布。新的项目按这个版本办理,在办的项目仍按原来的版本。")
    )


def _publish(found: Draft, reason: str, mark: int) -> Receipt:
    """Submit the command; the draft goes in its transaction, if it still is as it was seen. Raises Refused."""
    store, key = reading.store(), found.copy.procedure
    procedure = store.procedures.keep(found.files)
    with store.database.read() as connection:
        place = store.procedures.place(key, connection)
    assert place is not None

    def build(envelope: Envelope) -> PublishVersion:
        return PublishVersion(
            envelope=envelope, procedure=key, version=procedure.digest, label=procedure.label, reason=reason
        )

    def also(connection: Connection, _receipt: Receipt) -> None:
        working_copies.publish(connection, key, mark, place.version, _publishing(found))

    return store.submit(build(asking.envelope(place.stream)), also=also)


def _publishing(found: Draft) -> frozenset[str]:
    """Who would publish: the person, and whoever they act for where they have no right of their own. They count as one."""
    is_own = bool(me().roles & set(found.publishers))
    return frozenset({me().person.id, *(() if is_own else (person.id for person in me().principals))})


def _overview(found: Draft, reason: str = "", fault: str = "") -> str:
    store, person = reading.store(), me().person
    with store.database.read() as connection:
        names, company = reading.names(connection), reading.organisation(connection)
    may_publish = company.acts(person, found.publishers, store.now())
    rows = [(one, studio_draft.label_of(found, one)) for one in found.findings()]
    return render_template(
        "procedure/draft.html",
        key=found.copy.procedure,
        draft=found,
        title=found.base.title,
        names=names,
        authors=sorted(names.get(author, "") for author in found.copy.authors),
        findings=rows,
        changes=studio_draft.grouped(found),
        may_publish=may_publish,
        is_author=bool(_publishing(found) & found.copy.authors),
        publishers=studio_draft.role_names(found.base, found.publishers),
        reason=reason,
        fault=fault,
        longest=LONGEST,
        label=studio_manifest.label(found.files[MANIFEST]),
    )


def _settings(found: Draft, given: dict[str, str], fault: str) -> str:
    manifest = studio_manifest.read(found.files[MANIFEST])
    return render_template(
        "procedure/settings.html",
        key=found.copy.procedure,
        draft=found,
        title=found.base.title,
        manifest=manifest,
        given=given,
        fault=fault,
        revision=found.copy.revision(MANIFEST),
    )


def _opened(key: str) -> Draft:
    with reading.store().database.read() as connection:
        return studio_draft.opened(connection, key)


def _path(found: Draft, path: str, kind: str) -> str:
    """A file of the draft; 404 for any other."""
    if path not in found.files or not path.endswith(kind):
        abort(404)
    return path


def _texts(sent: object) -> dict[str, dict[str, str]]:
    """The English texts that came with a diagram: name and description by element."""
    rows = sent.items() if isinstance(sent, dict) else ()
    return {
        str(key): {what: str(row[what]) for what in ("name", "documentation") if isinstance(row.get(what), str)}
        for key, row in rows
        if isinstance(row, dict)
    }


def _refusal(refused: Refused) -> Response:
    return _told(failures.STATUSES[refused.reason], said(refused.text))


def _overtaken(other: Overtaken) -> Response:
    return _told(409, overtaken_sentence(other))


def overtaken_sentence(other: Overtaken) -> str:
    """Who was faster, and what that means."""
    with reading.store().database.read() as connection:
        name = reading.names(connection).get(other.now.by, "")
    return _("%(name)s 在 %(at)s 保存过这个文件,您的改动没有覆盖它。请重新载入后再改。", name=name, at=at(other.now.at))


def _told(status: int, text: str) -> Response:
    response = jsonify(text=text)
    response.status_code = status
    return response
