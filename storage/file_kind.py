"""What a file is by its bytes, compared with what its name and its sender say; nobody's word is taken for it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engine.errors import Reason, Refused, Text
from storage.file_name import ending

LOOKED_AT = 65_536
"""Bytes at the beginning that are looked at."""

ANY = "application/octet-stream"
WORD = "application/vnd.openxmlformats-officedocument."

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"WEBP", "webp"),
    (0, b"BM", "bmp"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (4, b"ftypheic", "heic"),
    (4, b"ftypheix", "heic"),
    (4, b"ftypmif1", "heic"),
    (4, b"ftypqt", "film"),
    (4, b"ftyp", "film"),
    (0, b"ID3", "mp3"),
    (8, b"WAVE", "wav"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (0, b"{\\rtf", "rtf"),
    (0, b"AC10", "drawing"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
)
"""Where which bytes stand, and what a file with them is; the first that fits counts."""

INSIDE = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("OFD.xml", "ofd"),
)
"""What an archive holds that is a document itself."""

NAMED: dict[str, tuple[str, str]] = {
    ".pdf": ("pdf", "application/pdf"),
    ".png": ("png", "image/png"),
    ".jpg": ("jpeg", "image/jpeg"),
    ".jpeg": ("jpeg", "image/jpeg"),
    ".gif": ("gif", "image/gif"),
    ".webp": ("webp", "image/webp"),
    ".bmp": ("bmp", "image/bmp"),
    ".tif": ("tiff", "image/tiff"),
    ".tiff": ("tiff", "image/tiff"),
    ".heic": ("heic", "image/heic"),
    ".heif": ("heic", "image/heic"),
    ".mp4": ("film", "video/mp4"),
    ".mov": ("film", "video/quicktime"),
    ".m4a": ("film", "audio/mp4"),
    ".mp3": ("mp3", "audio/mpeg"),
    ".wav": ("wav", "audio/wav"),
    ".zip": ("zip", "application/zip"),
    ".rar": ("rar", "application/vnd.rar"),
    ".7z": ("7z", "application/x-7z-compressed"),
    ".gz": ("gzip", "application/gzip"),
    ".tgz": ("gzip", "application/gzip"),
    ".docx": ("docx", f"{WORD}wordprocessingml.document"),
    ".xlsx": ("xlsx", f"{WORD}spreadsheetml.sheet"),
    ".pptx": ("pptx", f"{WORD}presentationml.presentation"),
    ".ofd": ("ofd", "application/ofd"),
    ".doc": ("office", "application/msword"),
    ".xls": ("office", "application/vnd.ms-excel"),
    ".ppt": ("office", "application/vnd.ms-powerpoint"),
    ".wps": ("office", "application/vnd.ms-works"),
    ".msg": ("office", "application/vnd.ms-outlook"),
    ".rtf": ("rtf", "application/rtf"),
    ".dwg": ("drawing", "image/vnd.dwg"),
    ".txt": ("text", "text/plain"),
    ".log": ("text", "text/plain"),
    ".csv": ("text", "text/csv"),
    ".md": ("text", "text/markdown"),
    ".json": ("text", "application/json"),
    ".eml": ("text", "message/rfc822"),
    ".xml": ("xml", "application/xml"),
    ".svg": ("svg", "image/svg+xml"),
    ".html": ("html", "text/html"),
    ".htm": ("html", "text/html"),
}
"""What a file with such a name is, and its media type."""

SAID: dict[str, Text] = {
    "office": Text("旧版 Office 文档", "an old Office document"),
    "film": Text("视频", "a film"),
    "drawing": Text(" CAD 图纸", "a CAD drawing"),
    "program": Text("程序", "a program"),
    "text": Text("文本", "text"),
    "xml": Text(" XML", "XML"),
    "svg": Text(" SVG 图形", "an SVG drawing"),
    "html": Text("网页", "a web page"),
    "jpeg": Text(" JPEG 图片", "a JPEG picture"),
    "png": Text(" PNG 图片", "a PNG picture"),
    "zip": Text("压缩包", "a ZIP archive"),
    "": Text("无法识别的内容", "something unknown"),
}
"""What each is called; the others by their own letters."""

MARKUP = frozenset(("xml", "svg", "html"))
SHOWN = frozenset(("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"))
"""Media types that a browser may show in place."""


def media_type(path: Path, name: str, declared: str = "") -> str:
    """The media type of the bytes in a file. Raises Refused when they are not what the name or the sender says."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if not head:
        raise Refused(Reason.INVALID_DATA, f"“{name}”是空的(0 字节)", f"expected bytes in “{name}”, but it is empty")
    found = _found(head, path)
    wanted, kind = NAMED.get(ending(name), (found, _of(found)))
    if not _fits(wanted, found):
        raise _differs(name, wanted, found)
    said = declared.partition(";")[0].strip().lower()
    told = next((one for one, media in NAMED.values() if media == said), None)
    if told is not None and not _fits(told, found):
        raise _differs(name, told, found)
    return kind


def _found(head: bytes, path: Path) -> str:
    """What the bytes are; empty when nothing is known."""
    for place, sign, kind in SIGNATURES:
        if head.startswith(sign, place):
            return _archive(path) if kind == "zip" else kind
    return _text(head)


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "zip"
    return next((kind for start, kind in INSIDE if any(name.startswith(start) for name in names)), "zip")


def _text(head: bytes) -> str:
    text = _decoded(head)
    if text is None or any(sign < " " and sign not in "\t\n\r\f\x1b" for sign in text):
        return ""
    begin = text.lstrip("\ufeff \t\r\n").lower()
    if begin.startswith("<svg") or (begin.startswith("<?xml") and "<svg" in begin):
        return "svg"
    if begin.startswith(("<!doctype html", "<html", "<head", "<body", "<script")):
        return "html"
    return "xml" if begin.startswith("<?xml") else "text"


def _decoded(head: bytes) -> str | None:
    """The text in UTF-8, UTF-16 with a mark, or GB 18030; the last character may be cut."""
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _of(found: str) -> str:
    """The media type of what a name says nothing about; what a browser would run is text."""
    if found in MARKUP or found == "text":
        return "text/plain"
    return next((media for one, media in NAMED.values() if one == found), ANY)


def _fits(wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    if wanted == "zip":
        return found in ("docx", "xlsx", "pptx", "ofd")
    return {wanted, found} <= MARKUP | {"text"}


def _differs(name: str, wanted: str, found: str) -> Refused:
    one, other = _said(wanted), _said(found)
    return Refused(
        Reason.INVALID_DATA,
        f"“{name}”应为{one.zh},但内容是{other.zh}",
        f"expected “{name}” to be {one.en}, but its content is {other.en}",
    )


def _said(kind: str) -> Text:
    return SAID.get(kind, Text(f" {kind.upper()} 文件", f"a {kind.upper()} file"))
