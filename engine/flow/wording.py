"""What a model says in words this release does not execute: elements, attributes, expressions, foreign extensions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.errors import Text
from engine.flow.vocabulary import (
    ACTIVITIES,
    BOOLEANS,
    ENGINES,
    HARMLESS_NAMESPACES,
    INSTEAD,
    ONLY,
    WORDS,
    ZX_ANYWHERE,
    ZX_ELEMENTS,
    Word,
)
from engine.xml import BPMN, ZX

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(DMN/\d+/)?FEEL(/\d+)?/?", re.IGNORECASE)
EXPRESSIONS = frozenset(tag for tag, word in WORDS.items() if "evaluatesToTypeRef" in word.attributes)

Found = tuple[str, str, Text]


def wording(root: etree._Element) -> Iterator[Found]:
    """(element id, rule, sentence) for every word that has no meaning here."""
    if root.tag != f"{{{BPMN}}}definitions":
        yield found(
            root, "unsupported", "根元素应为 BPMN 2.0 的 definitions", "expected definitions of BPMN 2.0 as root"
        )
        return
    todo: list[etree._Element] = [root]
    while todo:
        node = todo.pop()
        yield from _node(node)
        todo += [child for child in reversed(node) if isinstance(child.tag, str) and _namespace(child) == BPMN]


def found(node: etree._Element, rule: str, zh: str, en: str) -> Found:
    """A finding at an element, or at the nearest one around it that has an id."""
    key, parent = node.get("id", ""), node.getparent()
    while not key and parent is not None:
        key, parent = parent.get("id", ""), parent.getparent()
    return key, rule, Text(zh, en)


def local(node: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(node).localname


def _namespace(node: etree._Element) -> str:
    return etree.QName(node).namespace or ""


def _node(node: etree._Element) -> Iterator[Found]:
    tag = local(node)
    word = WORDS.get(tag)
    if word is None:
        return  # told at its parent, with all that is in it
    for name, value in node.attrib.items():
        yield from _attribute(node, word, etree.QName(name), str(value))
    yield from _children(node, tag, word)
    if tag == "extensionElements":
        yield from _extensions(node)
    if tag in EXPRESSIONS:
        yield from _expression(node)
    if tag == "scriptTask" and node.get("scriptFormat") != "feel":
        yield found(node, "unsupported", '脚本语言应为 feel(scriptFormat="feel")', 'expected scriptFormat="feel"')
    if tag == "extensionElements" or not word.children:
        return
    if tag in ACTIVITIES or tag == "multiInstanceLoopCharacteristics":
        yield from _loops(node, tag)


def _children(node: etree._Element, tag: str, word: Word) -> Iterator[Found]:
    if tag == "extensionElements":
        return
    counted: Counter[str] = Counter()
    for child in node:
        if not isinstance(child.tag, str):
            continue
        name, namespace = local(child), _namespace(child)
        if namespace == BPMN:
            counted[name] += 1
            if name not in word.children:
                yield _misplaced(child, tag, name)
        elif namespace not in HARMLESS_NAMESPACES or tag != "definitions":
            yield _foreign(child, name, namespace)
    for name in sorted(word.once & counted.keys()):
        if counted[name] > 1:
            yield found(node, "unsupported", f"{tag} 中最多一个 {name}", f"expected at most one {name} in {tag}")


def _misplaced(child: etree._Element, parent: str, name: str) -> Found:
    if name in INSTEAD:
        zh, en = INSTEAD[name]
        return found(child, "unsupported", f"不支持 {name},请{zh}", f"{name} is not supported; draw {en} instead")
    if name not in WORDS:
        return found(child, "unsupported", f"BPMN 2.0 没有元素 {name}", f"BPMN 2.0 has no element {name}")
    return found(
        child,
        "unsupported",
        f"{name} 不能放在 {parent} 之中",
        f"expected no {name} within {parent}: it is not executed there",
    )


def _foreign(node: etree._Element, name: str, namespace: str) -> Found:
    if namespace == ZX:
        return found(
            node, "unsupported", f"zx:{name} 应放在 extensionElements 中", f"expected zx:{name} in extensionElements"
        )
    engine = ENGINES.get(namespace)
    if engine is not None:
        return found(
            node,
            "unsupported",
            f"{engine}:{name} 是另一引擎的执行设置,请改用 zx 扩展",
            f"{engine}:{name} tells another engine what to execute; use the zx extensions instead",
        )
    where = namespace or "(no namespace)"
    return found(
        node,
        "unsupported",
        f"{name} 属于未知的命名空间 {where},请去掉",
        f"{name} is of the unknown namespace {where}; leave it out",
    )


def _extensions(node: etree._Element) -> Iterator[Found]:
    parent = node.getparent()
    word = WORDS.get(local(parent)) if parent is not None else None
    for child in node.iterdescendants():
        if not isinstance(child.tag, str):
            continue
        name, namespace = local(child), _namespace(child)
        if namespace == ZX:
            yield from _zx_element(child, name, word)
        elif namespace == BPMN:
            yield found(
                child, "unsupported", f"扩展之中的 {name} 不会执行", f"expected no {name} within extensionElements"
            )
        elif namespace not in HARMLESS_NAMESPACES:
            yield _foreign(child, name, namespace)


def _zx_element(child: etree._Element, name: str, word: Word | None) -> Iterator[Found]:
    if name not in ZX_ELEMENTS:
        yield found(child, "unsupported", f"未知的扩展 zx:{name}", f"there is no extension zx:{name}")
    elif word is None or name not in word.inside:
        yield found(child, "unsupported", f"此元素没有 zx:{name}", f"expected no zx:{name} on this element")
    for wanted in ("name", "value"):
        if not child.get(wanted, "").strip():
            yield found(child, "unsupported", f"zx:{name} 应有 {wanted}", f"expected zx:{name} to have a {wanted}")
    for attribute in sorted(str(key) for key in child.attrib if key not in ("name", "value")):
        yield found(
            child, "unsupported", f"zx:{name} 没有属性 {attribute}", f"expected no attribute {attribute} on zx:{name}"
        )
    before = child.itersiblings(f"{{{ZX}}}{name}", preceding=True)
    if any(other.get("name") == child.get("name") for other in before):
        key = child.get("name")
        yield found(child, "unsupported", f"zx:{name} {key} 重复", f"expected one zx:{name} named {key}")


def _attribute(node: etree._Element, word: Word, name: etree.QName, value: str) -> Iterator[Found]:
    key, namespace = name.localname, name.namespace
    if namespace == ZX:
        yield from _zx_attribute(node, word, key)
    elif namespace == XSI_TYPE[1:].partition("}")[0]:
        yield from _type(node, key, value)
    elif namespace is not None:
        if namespace not in HARMLESS_NAMESPACES:
            yield _foreign(node, f"@{key}", namespace)
    elif key not in word.attributes or key == "evaluatesToTypeRef":
        yield found(
            node, "unsupported", f"不支持属性 {key}", f"the attribute {key} is not supported here; leave it out"
        )
    elif key in BOOLEANS and value not in ("true", "false"):
        yield found(node, "unsupported", f"{key} 应为 true 或 false", f"expected {key} to be true or false")
    elif key in ONLY and value not in ONLY[key][0]:
        zh, en = ONLY[key][1]
        yield found(
            node, "unsupported", f"不支持 {key}={value},请{zh}", f"{key}={value} is not supported; draw {en} instead"
        )
    elif key in ("language", "expressionLanguage") and not FEEL.fullmatch(value):
        yield found(node, "unsupported", f"表达式应为 FEEL,但为 {value}", f"expected FEEL as {key}, but found {value}")


def _zx_attribute(node: etree._Element, word: Word, key: str) -> Iterator[Found]:
    if key in word.zx:
        return
    known = key in ZX_ANYWHERE or any(key in other.zx for other in WORDS.values())
    if known:
        yield found(node, "unsupported", f"{local(node)} 没有扩展 zx:{key}", f"expected no zx:{key} on {local(node)}")
    else:
        yield found(node, "unsupported", f"未知的扩展 zx:{key}", f"there is no extension zx:{key}")


def _type(node: etree._Element, key: str, value: str) -> Iterator[Found]:
    if key == "schemaLocation":
        return
    prefix, _, name = value.rpartition(":")
    if (
        key != "type"
        or local(node) not in EXPRESSIONS
        or node.nsmap.get(prefix or None) != BPMN
        or name != "tFormalExpression"
    ):
        yield found(
            node,
            "unsupported",
            f"xsi:{key} 应为 tFormalExpression",
            f"expected xsi:type tFormalExpression, but found {value}",
        )


def _expression(node: etree._Element) -> Iterator[Found]:
    if not (node.text or "").strip().removeprefix("=").strip():
        yield found(node, "expression", f"{local(node)} 应有表达式", f"expected an expression in {local(node)}")


def _loops(node: etree._Element, tag: str) -> Iterator[Found]:
    if tag == "multiInstanceLoopCharacteristics":
        given = [
            name for name in ("loopCardinality", "loopDataInputRef") if node.find(f"{{{BPMN}}}{name}") is not None
        ] + ["zx:collection"] * (node.get(f"{{{ZX}}}collection") is not None)
        if len(given) != 1:
            yield found(
                node,
                "structure",
                "多实例应有集合(zx:collection)或次数(loopCardinality)之一",
                f"expected either a collection (zx:collection) or a loopCardinality, but found {len(given)}",
            )
        return
    loops = [child for child in node if isinstance(child.tag, str) and local(child).endswith("LoopCharacteristics")]
    if len(loops) > 1:
        yield found(node, "unsupported", "一个活动只能有一种循环", "expected one kind of loop on an activity")
    for loop in loops:
        maximum = loop.get("loopMaximum")
        if maximum is not None and not re.fullmatch(r"[1-9][0-9]{0,5}", maximum):
            yield found(
                node, "structure", "loopMaximum 应为正整数", "expected loopMaximum to be a whole number above 0"
            )
        endless = maximum is None and loop.find(f"{{{BPMN}}}loopCondition") is None
        if local(loop) == "standardLoopCharacteristics" and endless:
            yield found(node, "structure", "循环应有条件或次数", "expected a loopCondition or a loopMaximum")
