"""A draft as an archive: taken away as a zip, and files taken in from one, whatever else is in it."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tomllib
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import xml
from engine.check import files as rules
from engine.errors import Fault, Reason, Refused, Text
from engine.label import ENGLISH
from engine.procedure import MANIFEST
from storage.working_copies import TAKEN
from web.bounds import ARCHIVE
from web.drafting import english

MOST_FILES, LONGEST = 500, 2_000_000
LEFT = ("scenarios/", "README.md", "__MACOSX/", ".DS_Store")
"""What stands in a folder of a procedure, or in what some systems make of it, and is no part of a version."""

ABOUT = Text(
    "下载草稿时各文件的摘要;读入时据此看出哪些文件改过。",
    "The digests of the files as they were taken away: they tell what was changed since.",
)
UNREADABLE_MARK = Text("应为下载这个程序的草稿时的原样", "expected it as it came with the draft of this procedure")

EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The files of a zip, and the digest of each as it was taken away; None where nothing says so."""

    files: Mapping[str, bytes]
    taken: Mapping[str, str] | None


def packed(files: Mapping[str, bytes], procedure: str = "") -> bytes:
    """The files as a zip, of a procedure with the mark of what is taken away; the same files give the same bytes."""
    held, mark = io.BytesIO(), {TAKEN: _mark(files, procedure)} if procedure else {}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted({**files, **mark}.items()):
            entry = zipfile.ZipInfo(path, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return held.getvalue()


def unpacked(data: bytes, procedure: str) -> Archive:
    """What is in a zip, each file readable and in its place. Raises Refused with a fault for each that is not."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = dict(_entries(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error):
        raise _refused("应为没有密码的 zip 文件", "expected a zip file without a password") from None
    found = _inside(found)
    mark = found.pop(TAKEN, None)
    faults = [
        *([] if mark is None or _taken(mark, procedure) is not None else [Fault(TAKEN, UNREADABLE_MARK)]),
        *_misplaced(found),
        *(fault for path, one in found.items() for fault in _unreadable(path, one, procedure)),
    ]
    if not found:
        raise _refused("zip 里没有程序的文件", "expected files of a procedure, but found none")
    if faults:
        first = faults[0]
        raise Refused(
            Reason.INVALID_DATA,
            f"{first.path}:{first.text.zh}",
            f"{first.path}: {first.text.en}",
            tuple(faults),
        )
    return Archive(files=found, taken=None if mark is None else _taken(mark, procedure))


def _mark(files: Mapping[str, bytes], procedure: str) -> bytes:
    """What is taken away, for whoever takes it in again."""
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())}
    mark = {"about": f"{ABOUT.zh} {ABOUT.en}", "procedure": procedure, "files": digests}
    return english.written(mark)


def _taken(mark: bytes, procedure: str) -> Mapping[str, str] | None:
    """The digests of a mark; None where it is of another procedure, or cannot be read."""
    try:
        found = json.loads(mark)
    except (ValueError, RecursionError):
        return None
    files = found.get("files") if isinstance(found, dict) and found.get("procedure") == procedure else None
    return {str(path): str(digest) for path, digest in files.items()} if isinstance(files, dict) else None


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries, seen, room = archive.infolist(), set(), ARCHIVE
    if len(entries) > MOST_FILES * 2:
        raise _refused(f"应不超过 {MOST_FILES} 个文件", f"expected at most {MOST_FILES} files")
    for entry in entries:
        if entry.is_dir():
            continue
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.filename in seen:
            raise _refused(
                f"不应有链接或重复的文件:{entry.filename}", f"expected no links or repeated files: {entry.filename}"
            )
        seen.add(entry.filename)
        with archive.open(entry) as held:
            data = held.read(min(LONGEST, room) + 1)
        if len(data) > min(LONGEST, room):
            raise _refused(
                f"每个文件应不超过 {LONGEST} 字节,全部不超过 {ARCHIVE} 字节",
                f"expected files of at most {LONGEST} bytes, and {ARCHIVE} together",
            )
        room -= len(data)
        yield entry.filename, data


def _inside(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Without the one folder that all may stand in, and without what is no part of a version."""
    folders = {path.partition("/")[0] for path in found if not path.startswith(LEFT)}
    folder = f"{next(iter(folders))}/" if len(folders) == 1 else ""
    whole = folder and all(path.startswith((folder, *LEFT)) for path in found) and f"{folder}{MANIFEST}" in found
    plain = {path.removeprefix(folder): data for path, data in found.items()} if whole else dict(found)
    return {path: data for path, data in plain.items() if not path.startswith(LEFT) and not path.endswith("/.DS_Store")}


def _misplaced(found: Mapping[str, bytes]) -> Iterator[Fault]:
    for one in rules.findings(found):
        yield Fault(one.file, one.text)


def _unreadable(path: str, data: bytes, procedure: str) -> Iterator[Fault]:
    try:
        if path.endswith((".bpmn", ".dmn")):
            xml.parse(data, path)
        elif path.endswith(".form") or path == ENGLISH:
            json.loads(data)
        elif path == MANIFEST and tomllib.loads(data.decode()).get("key") != procedure:
            yield Fault(path, Text(f"应是程序 {procedure} 的清单", f"expected the manifest of {procedure}"))
    except Refused as refused:
        yield Fault(path, refused.text)
    except (ValueError, RecursionError):
        yield Fault(path, Text("文件读不懂", "expected a file that can be read"))


def _refused(zh: str, en: str) -> Refused:
    return Refused(Reason.INVALID_DATA, zh, en)
