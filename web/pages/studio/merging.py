"""Files of a zip beside those of the draft: what only the zip changed since it was taken away, and what both changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web import reading
from web.drafting import draft
from web.drafting.draft import Draft
from web.pages.studio.archive import Archive
from web.translation import _

MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a zip says of a draft: `news` are to be taken in, `both` are files that the draft changed, too, and otherwise."""

    news: Mapping[str, bytes]
    both: Sequence[str]
    is_marked: bool = True


def merged(archive: Archive, found: Draft, *, over: bool) -> Merged:
    """What of a zip is new: a file as it was taken away is no change; without a mark it was taken from the version before.

    With `over` what both changed is taken from the zip.
    """
    before = digests(found.base.files) if archive.taken is None else archive.taken
    now, given = digests(found.files), digests(archive.files)
    changed = [path for path in given if given[path] not in (before.get(path), now.get(path))]
    both = [path for path in changed if now.get(path) != before.get(path) and not over]
    news = {path: archive.files[path] for path in changed if path not in both}
    return Merged(news=news, both=sorted(both), is_marked=archive.taken is not None)


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, in hex."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def left(found: Draft, one: Merged) -> str:
    """Which files were left as they are, who changed them, and what can be done."""
    with reading.store().database.read() as connection:
        people = reading.names(connection)
    told = []
    for path in one.both[:MOST_NAMED]:
        other = found.copy.changed.get(path)
        name = draft.place_of(found, path)
        told.append(name if other is None else _("%(file)s(%(name)s)", file=name, name=people.get(other.by, "")))
    names, count = _("、").join(told), len(one.both)
    if one.is_marked:
        return _(
            "%(count)s 个文件在下载以后又在草稿里改过,没有覆盖:%(names)s。要用 zip 里的,请勾选“也覆盖草稿里改过的文件”再读入一次。",
            count=count,
            names=names,
        )
    return _(
        "zip 里没有 taken.json,所以草稿里改过的 %(count)s 个文件没有覆盖:%(names)s。要用 zip 里的,请勾选“也覆盖草稿里改过的文件”再读入一次。",
        count=count,
        names=names,
    )
