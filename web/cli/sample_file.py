"""A small real file for scenarios: a PDF of one page that says what it stands for, or a text; always the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from storage.file_name import ending

SAID = "演示文件,仅供试用"


def content(name: str) -> bytes:
    """The bytes of a file with this name."""
    if ending(name) == ".pdf":
        return _document(name.removesuffix(".pdf"))
    return f"{name}\n{SAID}\n".encode()


def _document(title: str) -> bytes:
    """A PDF whose Chinese is set in a font that readers bring themselves."""
    page = f"BT /F 24 Tf 72 740 Td <{_hex(title)}> Tj 0 -36 Td /F 12 Tf <{_hex(SAID)}> Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    return b"".join(_file(objects))


def _file(objects: tuple[bytes, ...]) -> Iterator[bytes]:
    place = len(head := b"%PDF-1.4\n")
    yield head
    places = []
    for number, found in enumerate(objects, 1):
        places.append(place)
        written = b"%d 0 obj\n%b\nendobj\n" % (number, found)
        place += len(written)
        yield written
    yield b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    yield from (b"%010d 00000 n \n" % one for one in places)
    yield b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, place)


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()
