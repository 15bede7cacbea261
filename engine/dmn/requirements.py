"""The requirements graph: what each element needs, how it names it, and what is wrong with the drawing. DMN 1.5 chapter 6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from engine.dmn.finding import Finding, finding
from engine.dmn.model import Decision, Definitions, Element, InputData, Key, Knowledge, Service

Path = tuple[str, ...]
"""How an element is named where it is required: the name of an import, then its own."""
Models: TypeAlias = Mapping[str, Definitions]
LONGEST = 100
"""Elements in a row of which each requires the next."""


def by_namespace(models: Iterable[Definitions]) -> dict[str, Definitions]:
    """Models by namespace; of several in one, as an editor may leave them, all but the first get one of their own."""
    found: dict[str, Definitions] = {}
    for model in models:
        space = model.namespace
        while space in found:
            space += f" {model.path}"
        found[space] = model if space == model.namespace else _moved(model, space)
    return found


def _moved(model: Definitions, space: str) -> Definitions:
    """The same model in another namespace."""

    def moved(*keys: Key) -> tuple[Key, ...]:
        return tuple((space, key[1]) if key[0] == model.namespace else key for key in keys)

    def element(found: Element) -> Element:
        (key,) = moved(found.key)
        match found:
            case Decision() | Knowledge():
                return replace(found, key=key, requires=moved(*found.requires))
            case Service():
                outputs, decisions, inputs = moved(*found.outputs), moved(*found.decisions), moved(*found.inputs)
                return replace(found, key=key, outputs=outputs, decisions=decisions, inputs=inputs)
            case _:
                return replace(found, key=key)

    return replace(model, namespace=space, elements=tuple(element(found) for found in model.elements))


class Requirements:
    """The elements of models by key; `findings` tells what is wrong with their requirements."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.elements: dict[Key, Element] = {
            element.key: element for model in models.values() for element in model.elements
        }
        self.findings = [
            *self._wrong_names(),
            *self._wrong_types(),
            *self._missing(),
            *self._ambiguous(),
            *self._endless(),
        ]

    def of(self, element: Element) -> tuple[tuple[Path, Key], ...]:
        """What an element requires, with the path that names it there."""
        found = ((self.path(element.key[0], key), key) for key in required(element))
        return tuple((path, key) for path, key in found if path is not None)

    def path(self, namespace: str, key: Key) -> Path | None:
        """How a model names an element; None when there is none, or it is not imported."""
        element = self.elements.get(key)
        if element is None:
            return None
        if key[0] == namespace:
            return (element.variable.name,)
        for imported in self.models[namespace].imports:
            if imported.namespace == key[0]:
                return (imported.name, element.variable.name) if imported.name else (element.variable.name,)
        return None

    def drawn(self, namespace: str) -> frozenset[str]:
        """The names that expressions of a model could require."""
        own = {element.variable.name for element in self.models[namespace].elements}
        return frozenset(own | {imported.name for imported in self.models[namespace].imports if imported.name})

    # -------------------------------------------------------------- findings

    def _wrong_names(self) -> Iterator[Finding]:
        for model in self.models.values():
            seen: set[str] = set()
            for imported in model.imports:
                if any(space.startswith(imported.namespace + " ") for space in self.models):
                    zh = f"有几个模型的命名空间都是 {imported.namespace},无法导入"
                    en = f"expected one model to import with the namespace {imported.namespace}, but there are several"
                    yield finding(model.path, "", imported.line, zh, en)
                if imported.namespace not in self.models:
                    zh, en = (
                        f"没有命名空间为 {imported.namespace} 的模型",
                        f"there is no model with the namespace {imported.namespace}",
                    )
                    yield finding(model.path, "", imported.line, zh, en)
            names = [(imported.name, "", imported.line) for imported in model.imports if imported.name]
            names += [(element.variable.name, element.key[1], element.line) for element in model.elements]
            for name, element, line in names:
                if not name:
                    yield finding(model.path, element, line, "缺少名称", "expected a name")
                elif name in seen:
                    zh, en = f"重复的名称「{name}」", f"expected different names, but {name} repeats"
                    yield finding(model.path, element, line, zh, en)
                seen.add(name)

    def _wrong_types(self) -> Iterator[Finding]:
        for model in self.models.values():
            seen: set[str] = set()
            for definition in model.types:
                if definition.name in seen:
                    zh, en = (
                        f"重复的类型「{definition.name}」",
                        f"expected different types, but {definition.name} repeats",
                    )
                    yield finding(model.path, "", 0, zh, en)
                seen.add(definition.name)

    def _missing(self) -> Iterator[Finding]:
        for element in self.elements.values():
            model = self.models[element.key[0]]
            for key in (*required(element), *_offered(element)):
                if key not in self.elements:
                    zh, en = f"没有 id 为 {key[1]} 的元素", f"there is no element with the id {key[1]}"
                    yield finding(model.path, element.key[1], element.line, zh, en)
                elif self.path(element.key[0], key) is None:
                    zh = f"元素 {key[1]} 所在的模型没有导入"
                    yield finding(
                        model.path, element.key[1], element.line, zh, f"the model of {key[1]} is not imported"
                    )

    def _ambiguous(self) -> Iterator[Finding]:
        """Two requirements of one name, as an import without a name may lead to."""
        for element in self.elements.values():
            seen: set[Path] = set()
            for path, _ in self.of(element):
                if path in seen:
                    name = ".".join(path)
                    zh = f"需求中有两个元素都名为「{name}」"
                    en = f"expected requirements with different names, but two are named {name}"
                    yield self._told(element.key, zh, en)
                seen.add(path)

    def _endless(self) -> Iterator[Finding]:
        """Requirements that lead back; a knowledge model may call itself, and one that calls it."""
        lengths: dict[Key, int] = {}
        for start in self.elements:
            open_keys: dict[Key, Iterator[Key]] = {start: self._next(start)} if start not in lengths else {}
            while open_keys:
                key, following = next(reversed(open_keys.items()))
                step = next((k for k in following if k not in lengths), None)
                if step is None:
                    lengths[key] = 1 + max((lengths.get(k, 0) for k in self._next(key)), default=0)
                    del open_keys[key]
                    if lengths[key] == LONGEST + 1:
                        yield self._told(key, *_too_long())
                elif step in open_keys:
                    ring = list(open_keys)[list(open_keys).index(step) :]
                    if not all(isinstance(self.elements[k], Knowledge) for k in ring):
                        names = " → ".join(self.elements[k].variable.name for k in (*ring, step))
                        yield self._told(
                            step, f"循环的需求:{names}", f"expected requirements without a circle, but {names}"
                        )
                else:
                    open_keys[step] = self._next(step)

    def _next(self, key: Key) -> Iterator[Key]:
        element = self.elements[key]
        return (k for k in (*required(element), *_made(element)) if k in self.elements)

    def _told(self, key: Key, zh: str, en: str) -> Finding:
        return finding(self.models[key[0]].path, key[1], self.elements[key].line, zh, en)


def _too_long() -> tuple[str, str]:
    return (
        f"逐级需求应不超过 {LONGEST} 个",
        f"expected at most {LONGEST} elements in a row of which each requires the next",
    )


def required(element: Element) -> tuple[Key, ...]:
    """The keys of what an element requires."""
    return element.requires if isinstance(element, Decision | Knowledge) else ()


def _made(element: Element) -> tuple[Key, ...]:
    """What a service makes of what is handed to it."""
    return tuple(k for k in element.outputs if k not in element.decisions) if isinstance(element, Service) else ()


def _offered(element: Element) -> tuple[Key, ...]:
    return (*element.outputs, *element.decisions, *element.inputs) if isinstance(element, Service) else ()


def not_handed(requirements: Requirements) -> Iterator[Finding]:
    """Input data that the decisions of a service need and nobody hands to it: it is null there."""
    for service in requirements.elements.values():
        if not isinstance(service, Service):
            continue
        seen = {*service.inputs, *service.decisions}
        todo = [key for key in service.outputs if key not in seen]
        while todo:
            key = todo.pop()
            element = requirements.elements.get(key)
            if element is None or key in seen:
                continue
            seen.add(key)
            todo.extend(required(element))
            if isinstance(element, InputData):
                name = element.variable.name
                yield finding(
                    requirements.models[service.key[0]].path,
                    service.key[1],
                    service.line,
                    f"决策服务需要输入「{name}」,但没有列出它",
                    f"expected the input {name} among those of the decision service, which needs it",
                )
