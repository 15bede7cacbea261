"""What a file is called and what it is: nobody's word is taken for it."""

import io
import zipfile
from pathlib import Path

import pytest

from engine.errors import Refused
from storage import file_kind, file_name

PNG, PDF, JPEG = b"\x89PNG\r\n\x1a\n....", b"%PDF-1.7\n%....", b"\xff\xd8\xff\xe0...."
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return made.getvalue()


def kind(tmp_path: Path, name: str, data: bytes, declared: str = "") -> str:
    path = tmp_path / "bytes"
    path.write_bytes(data)
    return file_kind.media_type(path, name, declared)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\报告.docx", "报告.docx"),
        ("a\x00b\x1f.txt", "ab.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a<b>:c?.txt", "a_b__c_.txt"),
        ("  spaces .txt. . ", "spaces .txt"),
        ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1"),
        ("e\u0301.txt", "é.txt"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_name_is_made_such_that_any_system_saves_it(given: str, name: str) -> None:
    assert file_name.clean(given) == name


@pytest.mark.parametrize("given", ["", "..", "../..", "/", "\x00", "   ", "...", "a/", "\ud800.pdf", "汉" * 201])
def test_a_name_of_which_nothing_is_left_or_too_much_is_refused(given: str) -> None:
    with pytest.raises(Refused, match=r"expected .*name"):
        file_name.clean(given)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PNG", PNG, "image/png"),
        ("scan", JPEG, "image/jpeg"),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml"), WORD),
        ("a.zip", archive("word/document.xml"), "application/zip"),
        ("a.zip", archive("b.txt"), "application/zip"),
        ("发票.ofd", archive("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
        ("a.txt", "中文".encode("gb18030"), "text/plain"),
        ("a.csv", "名称,价格\n".encode(), "text/csv"),
        ("a.txt", "中".encode() * 40_000, "text/plain"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("page", b"<!DOCTYPE html><script>1</script>", "text/plain"),
        ("a.bin", bytes(range(256)), "application/octet-stream"),
        ("a.unknown", PDF, "application/pdf"),
    ],
)
def test_a_file_is_what_its_bytes_are(tmp_path: Path, name: str, data: bytes, found: str) -> None:
    assert kind(tmp_path, name, data) == found


@pytest.mark.parametrize(
    ("name", "data", "declared", "said"),
    [
        ("a.pdf", PNG, "", "to be a PDF file, but its content is a PNG picture"),
        ("a.png", b"<!DOCTYPE html><script>alert(1)</script>", "", "but its content is a web page"),
        ("a.jpg", b"MZ\x90\x00", "image/jpeg", "but its content is a program"),
        ("a.docx", archive("b.txt"), "", "to be a DOCX file, but its content is a ZIP archive"),
        ("a.txt", b"MZ\x90\x00", "", "to be text, but its content is a program"),
        ("a.pdf", b"PK\x03\x04broken", "", "but its content is a ZIP archive"),
        ("scan", PNG, "application/pdf", "to be a PDF file, but its content is a PNG picture"),
        ("a.pdf", bytes(200), "", "but its content is something unknown"),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(
    tmp_path: Path, name: str, data: bytes, declared: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        kind(tmp_path, name, data, declared)
    assert said in refused.value.text.en
    assert refused.value.text.zh.startswith(f"“{name}”应为")


def test_what_a_sender_says_of_what_nobody_knows_is_let_be(tmp_path: Path) -> None:
    assert kind(tmp_path, "a.bin", bytes(range(256)), "application/x-own; v=1") == "application/octet-stream"
    assert kind(tmp_path, "a.csv", b"a,b\n", "application/vnd.ms-excel-like") == "text/csv"
