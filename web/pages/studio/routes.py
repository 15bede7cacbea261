"""The draft of a procedure: begun from the version in force, changed in the browser, published by somebody else."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import xml
from engine.errors import Reason, Refused
from engine.label import ENGLISH
from engine.procedure import MANIFEST
from storage import working_copies
from storage.working_copies import Overtaken
from web import asking, csrf, failures, headers, notices, reading, texts
from web.access import signed_in
from web.bounds import FORM, takes
from web.drafting import draft as drafts
from web.drafting import publishing
from web.drafting.draft import Draft
from web.identity import me
from web.pages import procedure as procedures
from web.pages.studio import saving
from web.pages.studio.editors import words
from web.pages.studio.manifest import head, tables
from web.texts import said
from web.translation import _

pages = Blueprint("studio", __name__, url_prefix="/procedures/<key>/draft")

POLICY = f"{headers.POLICY}; style-src-attr 'unsafe-inline'"
"""The modeler places what it draws by style attributes; nothing else of the policy is wider."""


@pages.post("/begin")
@signed_in
def begin(key: str) -> Response:
    """A draft of the version in force; the one that is there already is opened."""
    with reading.store().database.read() as connection:
        version = drafts.changeable(connection, key)
    store = reading.store()
    working_copies.begin(store.database, key, version.place.version, me().person, store.now())
    return redirect(url_for(".draft", key=key))


@pages.get("/")
@signed_in
def draft(key: str) -> str:
    """The draft: what can be changed, what was, what is wrong, and its publication."""
    return _overview(saving.opened(key))


@pages.get("/diagram")
@signed_in
def diagram(key: str) -> Response:
    """The editor of a diagram."""
    found = saving.opened(key)
    path = saving.path_of(found, request.args.get("file", ""), ".bpmn")
    response = make_response(
        render_template(
            "procedure/studio.html",
            key=key,
            draft=found,
            file=path,
            title=found.base.title,
            styles=procedures.styles,
            words=words.words(),
            choices=words.choices(found),
        )
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response


@pages.get("/file")
@signed_in
def file(key: str) -> Response:
    """A diagram as it was saved last, for the editor; with the proof that a save needs after a new sign-in."""
    found = saving.opened(key)
    path = saving.path_of(found, request.args.get("file", ""), ".bpmn")
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
    return jsonify(findings=saving.opened(key).findings())


@pages.post("/file")
@signed_in
@takes(FORM)
def save(key: str) -> Response:
    """Keep a diagram as it was drawn and the English texts of its elements, both or none; 409 when somebody was faster."""
    given = saving.sent(saving.opened(key), ".bpmn")

    def build(found: Draft) -> dict[str, bytes]:
        content = given.content.encode(errors="replace")
        xml.parse(content, given.path)
        spoken = _texts(given.texts)
        texts = found.files.get(ENGLISH, b"{}")
        english = drafts.with_texts(texts, spoken) if spoken else None
        english = drafts.without_silence({**found.files, given.path: content}, english or texts) or english
        return {given.path: content, **({} if english is None else {ENGLISH: english})}

    made = saving.kept(key, given, build)
    return made if isinstance(made, Response) else jsonify(made)


@pages.get("/settings")
@signed_in
def settings(key: str) -> str:
    """The form of what a procedure is called, its label and settings."""
    found = saving.opened(key)
    return _settings(found, {}, "")


@pages.post("/settings")
@signed_in
def change_settings(key: str) -> Response:
    """Keep them."""
    found = saving.opened(key)
    given = {name.removeprefix("m."): text for name, text in request.form.items() if name.startswith("m.")}
    revision = request.form.get("revision", -1, type=int)
    wrong = head.faults(given)
    if wrong:
        return make_response(_settings(found, given, "", wrong), 422)
    try:
        made = head.changed(found.files[MANIFEST], given)
        store = reading.store()
        working_copies.save(store.database, key, {MANIFEST: (made, revision)}, me().person, store.now())
    except Overtaken as other:
        return make_response(_settings(found, given, saving.overtaken_sentence(other)), 409)
    except ValueError:
        return make_response(_settings(found, given, _("程序清单现在读不懂,请先改正它。")), 422)
    return notices.say(redirect(url_for(".draft", key=key)), _("设置已保存在草稿中。"))


@pages.post("/discard")
@signed_in
def discard(key: str) -> Response:
    """Give the draft up, as it was seen."""
    found = saving.opened(key)
    gone = working_copies.discard(reading.store().database, key, request.form.get("mark", -1, type=int))
    if not gone:
        return notices.say(redirect(url_for(".draft", key=key)), _("草稿刚刚又有改动,没有放弃。请再看一遍。"), "late")
    if found.is_new:
        return notices.say(redirect(url_for("procedure.every")), _("新程序的草稿已放弃。"))
    return notices.say(redirect(url_for("procedure.one", key=key)), _("草稿已放弃,生效的版本没有变。"))


@pages.post("/publish")
@signed_in
def publish(key: str) -> Response:
    """Put the draft in force: by somebody who wrote nothing of it, without findings, with a sentence why."""
    reason, day = request.form.get("reason", ""), request.form.get("day", "")
    later = day if request.form.get("when") == "later" else ""
    if asking.is_repeat():  # the draft went with the first of two clicks
        return _published(later, _shown(key))
    found = saving.opened(key)
    with reading.store().database.read() as connection:
        zone = reading.organisation(connection).working.zone
    try:
        if request.form.get("when") == "later" and not day.strip():
            raise Refused(Reason.INVALID_DATA, "请选择从哪一天起生效", "expected the day from which it is in force")
        effective = publishing.moment(later, zone)
        why = publishing.sentence(reason)
        mark = request.form.get("mark", -1, type=int)
        publishing.publish(found, asking.envelope(publishing.stream_of(found)), why, mark, effective)
    except Refused as refused:
        page = _overview(saving.opened(key), reason, said(refused.text), later)
        return make_response(page, failures.STATUSES[refused.reason])
    return _published(later, url_for("procedure.every") if found.is_new else _shown(key))


def _shown(key: str) -> str:
    """Where a publication is seen: among the versions of its procedure, or of all while none of it is in force."""
    with reading.store().database.read() as connection:
        place = reading.store().procedures.place(key, connection)
    is_there = place is not None and place.version
    return url_for("procedure.versions", key=key) if is_there else url_for("procedure.every")


def _published(later: str, onward: str) -> Response:
    told = (
        _("已发布,%(day)s 起生效。在那以前,新的项目仍按现行版本办理。", day=later)
        if later.strip()
        else _("已发布。新的项目按这个版本办理,在办的项目仍按原来的版本。")
    )
    return notices.say(redirect(onward), told)


def _overview(found: Draft, reason: str = "", fault: str = "", day: str = "") -> str:
    store, person = reading.store(), me().person
    with store.database.read() as connection:
        names, company = reading.names(connection), reading.organisation(connection)
    may_publish = company.acts(person, found.publishers, store.now())
    rows = [(one, drafts.label_of(found, one)) for one in found.findings()]
    return render_template(
        "procedure/draft.html",
        key=found.copy.procedure,
        draft=found,
        title=found.base.title,
        names=names,
        authors=sorted(names.get(author, "") for author in found.copy.authors),
        findings=rows,
        changes=drafts.grouped(found),
        may_publish=may_publish,
        is_author=bool(publishing.publishing(found) & found.copy.authors),
        publishers=drafts.role_names(found.base, found.publishers),
        reason=reason,
        fault=fault,
        day=day,
        tomorrow=(texts.today() + timedelta(days=1)).isoformat(),
        longest=publishing.LONGEST,
        planned=found.planned,
        label=head.label(found.files[MANIFEST]),
    )


def _settings(found: Draft, given: dict[str, str], fault: str, wrong: dict[str, str] | None = None) -> str:
    try:
        manifest, unread = head.read(found.files.get(MANIFEST, b"")), ""
    except ValueError:
        manifest, unread = {}, _("程序清单现在读不懂,请先改正它。")
    told = tables.findings(found)
    return render_template(
        "procedure/settings.html",
        key=found.copy.procedure,
        manifest=manifest,
        tables=[] if unread else tables.tables(found, manifest),
        roles=[(code, tables.named(row)) for code, row in tables.rows_of(manifest, "roles").items()],
        findings=tables.elsewhere(manifest, told),
        given=given,
        wrong=wrong or {},
        fault=fault or unread,
        revision=found.copy.revision(MANIFEST),
    )


def _texts(sent: object) -> dict[str, dict[str, str]]:
    """The English texts that came with a diagram: name and description by element."""
    rows = sent.items() if isinstance(sent, dict) else ()
    return {
        str(key): {what: str(row[what]) for what in ("name", "documentation") if isinstance(row.get(what), str)}
        for key, row in rows
        if isinstance(row, dict)
    }
