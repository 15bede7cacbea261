"""What an editor in the browser sends is kept, with the English that belongs to it, or nothing is; who was slower is told what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response, abort, jsonify, request

from engine.errors import Refused
from storage import working_copies
from storage.working_copies import Overtaken
from web import failures, reading
from web.drafting import draft
from web.drafting.difference import changes as differences
from web.drafting.draft import Draft
from web.identity import me
from web.texts import at, said, said_moment
from web.translation import _

TRIES = 3
MOST_TOLD = 40
Build = Callable[[Draft], Mapping[str, bytes]]
Differing = Callable[[bytes, str], tuple[Mapping[str, bytes], Mapping[str, bytes]]]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What an editor sends: a file of the draft as it is now, the revision it was made from, its English."""

    path: str
    content: str
    revision: int
    texts: Mapping[str, object]
    more: Mapping[str, object]


def opened(key: str) -> Draft:
    """The draft as it is now."""
    with reading.store().database.read() as connection:
        return draft.opened(connection, key)


def sent(found: Draft, kind: str) -> Sent:
    """What was sent about a file of that kind; 400 for what no editor of ours sends, 404 for a file that is not there."""
    document = request.get_json(silent=True)
    if not isinstance(document, dict):
        abort(400)
    content, revision, texts = (document.get(name) for name in ("content", "revision", "texts"))
    if not isinstance(content, str) or not isinstance(revision, int):
        abort(400)
    given = texts if isinstance(texts, dict) else {}
    path = path_of(found, str(document.get("file", "")), kind)
    return Sent(path=path, content=content, revision=revision, texts=given, more=document)


def path_of(found: Draft, path: str, kind: str) -> str:
    """A file of the draft; 404 for any other."""
    if path not in found.files or not path.endswith(kind):
        abort(404)
    return path


def kept(key: str, given: Sent, build: Build, differing: Differing | None = None) -> dict[str, object] | Response:
    """Keep what `build` makes of the newest draft: the new revision, or the answer that says why not.

    `differing` makes files of theirs and of mine where what is sent is no file. The English of all files stands in one file: who changes another part of it at the same moment is no rival.
    """
    try:
        made = _save(key, given, build)
    except Refused as refused:
        return told(failures.STATUSES[refused.reason], said(refused.text))
    except (ValueError, AttributeError, TypeError):
        return told(422, _("内容或英文文本现在读不懂,没有保存。"))
    except Overtaken as other:
        return _conflict(other, given.content, differing)
    return {"revision": made, "at": said_moment(reading.store().now())}


def _save(key: str, given: Sent, build: Build) -> int:
    store, tries = reading.store(), 0
    while True:
        found = opened(key)
        contents: dict[str, tuple[bytes | None, int]] = {
            path: (data, given.revision if path == given.path else found.copy.revision(path))
            for path, data in build(found).items()
        }
        try:
            return working_copies.save(store.database, key, contents, me().person, store.now())[given.path]
        except Overtaken as other:
            tries += 1
            if other.now.path == given.path or tries >= TRIES:
                raise


def _conflict(other: Overtaken, mine: str, differing: Differing | None) -> Response:
    """Who was faster, and what differs between theirs and mine."""
    path = other.now.path
    before: Mapping[str, bytes] = {} if other.now.content is None else {path: other.now.content}
    after: Mapping[str, bytes] = {path: mine.encode(errors="replace")}
    if differing is not None and other.now.content is not None:
        before, after = differing(other.now.content, mine)
    changes = differences.changes(before, after)
    response = jsonify(
        text=overtaken_sentence(other),
        revision=other.now.revision,
        differences=[said(one.text) for one in changes[:MOST_TOLD]],
    )
    response.status_code = 409
    return response


def overtaken_sentence(other: Overtaken) -> str:
    """Who was faster, and what that means."""
    with reading.store().database.read() as connection:
        name = reading.names(connection).get(other.now.by, "")
    return _("%(name)s 在 %(at)s 保存过这个文件,您的改动没有覆盖它。请重新载入后再改。", name=name, at=at(other.now.at))


def told(status: int, text: str) -> Response:
    """An answer that says why not."""
    response = jsonify(text=text)
    response.status_code = status
    return response
