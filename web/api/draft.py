"""The draft of a procedure: its files read and written with the revision that was read, checked, published by somebody else."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask import Response, abort, request

from engine import xml
from engine.check import files as rules
from engine.errors import Fault, Reason, Refused
from engine.temporal import parse_date_time, to_datetime
from storage import working_copies
from storage.working_copies import Overtaken
from web import reading
from web.api import asking, values
from web.api.blueprint import careful, resource
from web.api.draft_shapes import (
    Content,
    Findings,
    Kept,
    Publication,
    Published,
    Shown,
    Started,
    Trial,
    Tried,
    Written,
)
from web.api.gate import works
from web.api.once import harmless
from web.bounds import FORM, takes
from web.drafting import beginning, draft, publishing, trial
from web.drafting.draft import Draft
from web.identity import me

pages = resource("draft", "Drafts of procedures, for who may change them")
AT = "/procedures/<name:procedure>/draft"
TAG = re.compile(r"\d{1,9}")
MARKUP = (".bpmn", ".dmn")


@pages.route(AT, zh="程序的草稿")
@works
@pages.response(200, Shown, tagged=True)
def shown(procedure: str) -> Response:
    """The draft of a procedure."""
    found = _opened(procedure)
    return asking.with_tag(_document(found), str(found.copy.mark))


@pages.route(AT, methods=["POST"], zh="由生效版本开始一份草稿;已有草稿时返回它")
@works
@pages.response(200, Shown)
def begin(procedure: str) -> Response:
    """Begin a draft of the version in force; the one that is there already is answered."""
    store = reading.store()
    with store.database.read() as connection:
        version = draft.changeable(connection, procedure)
    working_copies.begin(store.database, procedure, version.place.version, me().person, store.now())
    found = _opened(procedure)
    return asking.with_tag(_document(found), str(found.copy.mark))


@pages.route("/procedures", methods=["POST"], zh="新建一个程序的草稿,含一个流程;负责或发布其他程序的人可以新建")
@works
@pages.arguments(Started)
@pages.response(201, Shown)
def start(given: dict[str, str]) -> Response:
    """Begin the draft of a whole new procedure, with one process; whoever owns or publishes another may."""
    key, zh, en, owner, publisher = (given[name] for name in ("key", "zh", "en", "owner", "publisher"))
    wanted = beginning.checked(beginning.Wanted(key=key, zh=zh, en=en, owner=owner, publisher=publisher))
    if wanted.wrong:
        faults = tuple(Fault(name, text) for name, text in wanted.wrong)
        raise Refused(Reason.INVALID_DATA, faults[0].text.zh, faults[0].text.en, faults)
    if not beginning.begun(wanted):
        told = beginning.taken(wanted)
        raise Refused(Reason.WRONG_STATE, told.zh, told.en)
    found = _opened(wanted.key)
    response = asking.with_tag(_document(found), str(found.copy.mark))
    response.status_code = 201
    return response


@pages.route(AT, methods=["DELETE"], zh="放弃草稿;须用 If-Match 说明所读的版本")
@careful
@works
@pages.response(204)
def discard(procedure: str) -> Response:
    """Give a draft up, as it was read (`If-Match`: its mark)."""
    _opened(procedure)
    if not working_copies.discard(reading.store().database, procedure, _seen()):
        abort(412)
    return Response(status=204)


@pages.route(f"{AT}/files/<path:path>", zh="草稿中的一个文件;写入时须说明它的版本")
@works
@pages.response(200, Content, tagged=True)
def file(procedure: str, path: str) -> Response:
    """A file of a draft; its entity tag is what a write has to name."""
    found = _opened(procedure)
    data, revision = found.files.get(path), found.copy.revision(path)
    text = (data if data is not None else abort(404)).decode(errors="replace")
    return asking.with_tag({"path": path, "revision": revision, "text": text}, str(revision))


@pages.route(f"{AT}/files/<path:path>", methods=["PUT"], zh="写入草稿的文件;须用 If-Match 说明所读的版本,新文件为 0")
@careful
@works
@takes(FORM)
@pages.arguments(Written)
@pages.response(200, Kept)
def write(given: dict[str, str], procedure: str, path: str) -> Response:
    """Write a file (`If-Match`: the revision that was read, 0 for a new one)."""
    _opened(procedure)
    data = _encoded(given["text"])
    for fault in rules.findings({path: b""}):
        raise Refused(Reason.INVALID_DATA, fault.text.zh, fault.text.en)
    if path.endswith(MARKUP):
        xml.parse(data, path)
    return _kept(procedure, path, data)


@pages.route(f"{AT}/files/<path:path>", methods=["DELETE"], zh="从草稿中删除文件;须用 If-Match 说明所读的版本")
@careful
@works
@pages.response(200, Kept)
def remove(procedure: str, path: str) -> Response:
    """Take a file out of a draft (`If-Match`: the revision that was read)."""
    if path not in _opened(procedure).files:
        abort(404)
    return _kept(procedure, path, None)


@pages.route(f"{AT}/findings", zh="草稿有哪些问题,与页面所说相同")
@works
@pages.response(200, Findings)
def findings(procedure: str) -> dict[str, object]:
    """What is wrong with a draft, as the pages tell it."""
    found = _opened(procedure)
    rows = [("fault", one) for one in found.faults] + [("advice", one) for one in found.advice]
    return {
        "items": [
            {
                "file": one.file,
                "element": one.element,
                "rule": str(one.rule),
                "kind": kind,
                "text": {"zh": one.text.zh, "en": one.text.en},
            }
            for kind, one in rows
        ]
    }


@pages.route(f"{AT}/try", methods=["POST"], zh="用一组值试算草稿中的决策表;不改变任何内容")
@harmless
@works
@pages.arguments(Trial)
@pages.response(200, Tried)
def attempt(given: dict[str, Any], procedure: str) -> dict[str, object]:
    """Try a decision table of a draft with values; nothing is changed."""
    found = _opened(procedure)
    if given["path"] not in found.files or not given["path"].endswith(".dmn"):
        abort(404)
    trials: Any = trial.answered(found, given["path"], {given["decision"]: given["values"]})["trials"]
    told = trials[given["decision"]]
    return {"value": told.get("value", ""), "rules": told.get("rules", []), "problem": told["problem"]}


@pages.route(f"{AT}/publish", methods=["POST"], zh="按所读的样子发布草稿,由没有参与编写的人进行")
@careful
@works
@pages.arguments(Publication)
@pages.response(200, Published)
def publish(given: dict[str, str | None], procedure: str) -> dict[str, object]:
    """Put a draft in force as it was read (`If-Match`: its mark), by somebody who wrote nothing of it."""
    found, mark = _opened(procedure), _seen()
    reason = publishing.sentence(given["reason"] or "")
    effective = None if given["effective"] is None else _moment(given["effective"])
    envelope = asking.envelope(publishing.stream_of(found))
    receipt = publishing.publish(found, envelope, reason, mark, effective)
    version = reading.store().procedures.keep(found.files).digest
    return {"stream": receipt.stream, "revision": receipt.revision, "version": version}


def _opened(procedure: str) -> Draft:
    with reading.store().database.read() as connection:
        return draft.opened(connection, procedure)


def _document(found: Draft) -> dict[str, object]:
    return {
        "procedure": found.copy.procedure,
        "base": found.copy.base,
        "in_force": found.in_force,
        "mark": found.copy.mark,
        "authors": sorted(values.handles().get(author, author) for author in found.copy.authors),
        "publishers": list(found.publishers),
        "files": [
            {"path": path, "revision": found.copy.revision(path), "size": len(data)}
            for path, data in sorted(found.files.items())
        ],
    }


def _seen() -> int:
    """The revision that was read; 428 when nothing is said of it, 412 when it cannot be one."""
    tags = request.if_match.as_set(include_weak=True)
    if not tags:
        abort(428)
    tag = next(iter(tags)) or ""  # the library reads W/"" as nothing
    return int(tag) if len(tags) == 1 and TAG.fullmatch(tag) else abort(412)


def _kept(procedure: str, path: str, data: bytes | None) -> Response:
    store = reading.store()
    try:
        made = working_copies.save(store.database, procedure, {path: (data, _seen())}, me().person, store.now())
    except Overtaken:
        abort(412)
    return asking.with_tag({"path": path, "revision": made[path]}, str(made[path]))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Refused(
            Reason.INVALID_DATA, "文本应由完整的 Unicode 字符组成", "expected text of whole Unicode characters"
        ) from None


def _moment(text: str) -> datetime:
    found: datetime | None
    try:
        found = to_datetime(parse_date_time(text))
    except (ValueError, OverflowError):
        found = None
    if found is None or found.tzinfo is None:
        raise Refused(
            Reason.INVALID_DATA,
            "生效时刻应为带时区的时刻,如 2026-12-01T00:00:00+08:00",
            "expected a moment with its zone such as 2026-12-01T00:00:00+08:00",
        )
    return found
