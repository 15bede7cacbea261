"""The one XML parser: no DOCTYPE, no entities, no network, bounded in size and depth."""

from __future__ import annotations

from lxml import etree

from engine.errors import Fault, Reason, Refused, Text

MAX_BYTES = 2_000_000
MAX_DEPTH = 128
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZX = "urn:zhixing:bpmn:1"


def parse(data: bytes, path: str) -> etree._Element:
    """The root of an XML document. Raises Refused (INVALID_MODEL) with file and line."""
    if len(data) > MAX_BYTES:
        raise unreadable(path, 0, f"文件应不超过 {MAX_BYTES} 字节", f"expected at most {MAX_BYTES} bytes")
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise unreadable(path, line, f"应为格式良好的 XML:{error.msg}", f"expected XML, but {error.msg}") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise unreadable(path, 1, "不允许 DOCTYPE 和实体", "expected no DOCTYPE and no entities")
    _shallow(root, path)
    return root


def unreadable(path: str, line: int, zh: str, en: str) -> Refused:
    """The refusal of a file that cannot be read."""
    where = f"{path}:{line}" if line else path
    return Refused(Reason.INVALID_MODEL, f"{where}:{zh}", f"{where}: {en}", (Fault(where, Text(zh, en)),))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )


def _shallow(root: etree._Element, path: str) -> None:
    """Refuse nesting deeper than any drawn model has."""
    level, below = [root], 0
    while level:
        below += 1
        if below > MAX_DEPTH:
            line = level[0].sourceline or 0
            raise unreadable(
                path, line, f"嵌套应不超过 {MAX_DEPTH} 层", f"expected at most {MAX_DEPTH} levels of nesting"
            )
        level = [child for node in level for child in node]
