"""The one XML parser: no DOCTYPE, no entities, no instructions, no network, bounded in size and depth.

Bytes are decoded here, so that nothing is hidden from us in an encoding that only the parser below knows.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from engine.errors import Fault, Reason, Refused, Text

MAX_BYTES = 2_000_000
MAX_DEPTH = 128
MAX_ELEMENTS = 50_000
MAX_TEXT = 20_000
"""Characters in one attribute or text: more than any expression or description of a person."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZX = "urn:zhixing:bpmn:1"

DECLARATION = re.compile(r"<\?xml\s[^?]{0,200}\?>")
ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def parse(data: bytes, path: str) -> etree._Element:
    """The root of an XML document. Raises Refused (INVALID_MODEL) with file and line."""
    if len(data) > MAX_BYTES:
        raise unreadable(path, 0, f"文件应不超过 {MAX_BYTES} 字节", f"expected at most {MAX_BYTES} bytes")
    text = _decoded(data, path)
    if _doctype(text):
        raise unreadable(path, 1, "不允许 DOCTYPE 和实体", "expected no DOCTYPE and no entities")
    try:
        root = etree.fromstring(text.encode(), _parser())
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise unreadable(path, line, f"应为格式良好的 XML:{error.msg}", f"expected XML, but {error.msg}") from error
    _bounded(root, path)
    return root


def unreadable(path: str, line: int, zh: str, en: str) -> Refused:
    """The refusal of a file that cannot be read."""
    where = f"{path}:{line}" if line else path
    return Refused(Reason.INVALID_MODEL, f"{where}:{zh}", f"{where}: {en}", (Fault(where, Text(zh, en)),))


def _decoded(data: bytes, path: str) -> str:
    """The characters of a file in UTF-8, or in UTF-16 with its mark; without the declaration."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not data.startswith(codecs.BOM_UTF32_LE)
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    declaration = DECLARATION.match(text)
    named = ENCODING.search(declaration[0]) if declaration is not None else None
    wanted = {"utf-16"} if wide else {"utf-8", "us-ascii", "ascii"}
    if "\0" in text or (named is not None and named[1].lower() not in wanted):
        raise unreadable(
            path, 1, "应为 UTF-8(或带标记的 UTF-16)的 XML", "expected XML in UTF-8, or in UTF-16 with its mark"
        )
    return text if declaration is None else text[declaration.end() :]


def _doctype(text: str) -> bool:
    """A DOCTYPE stands before the root: nothing else may stand there but comments and instructions."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        for begin, end in (("<!--", "-->"), ("<?", "?>")):
            if text.startswith(begin, at):
                found = text.find(end, at + len(begin))
                if found < 0:
                    return False  # not well-formed: told by the parser
                at = found + len(end)
                break
        else:
            return text.startswith("<!", at)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )


def _bounded(root: etree._Element, path: str) -> None:
    """Refuse instructions, and more of anything than a drawn model has."""
    if root.getprevious() is not None or root.getnext() is not None:
        raise unreadable(path, 1, "不允许处理指令", "expected no processing instructions")
    depth = count = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "pi")):
        line = node.sourceline or 0
        if event == "pi":
            raise unreadable(path, line, "不允许处理指令", "expected no processing instructions")
        if event == "end":
            depth -= 1
            continue
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH:
            raise unreadable(
                path, line, f"嵌套应不超过 {MAX_DEPTH} 层", f"expected at most {MAX_DEPTH} levels of nesting"
            )
        if count > MAX_ELEMENTS:
            raise unreadable(path, line, f"应不超过 {MAX_ELEMENTS} 个元素", f"expected at most {MAX_ELEMENTS} elements")
        if any(len(text) > MAX_TEXT for text in (node.text or "", *map(str, node.attrib.values()))):
            raise unreadable(
                path, line, f"一段文字应不超过 {MAX_TEXT} 个字符", f"expected at most {MAX_TEXT} characters in one text"
            )
