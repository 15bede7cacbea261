"""The processes of a version, parsed once; their SpiffWorkflow specification is made when first needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine import xml
from engine.errors import Fault, Reason, Refused
from engine.flow import parse, specification
from engine.flow.elements import Element, Process
from engine.flow.wording import wording

NORMALISER = 1
"""The number of the way in which a model becomes a specification; a version is published under it."""


@dataclass(frozen=True)
class Model:
    """All processes of a version by id."""

    processes: Mapping[str, Process]

    @classmethod
    def parse(cls, files: Mapping[str, bytes]) -> Model:
        """The model in these files. Raises Refused (INVALID_MODEL)."""
        processes: dict[str, Process] = {}
        for path, data in sorted(files.items()):
            root = xml.parse(data, path)
            for process in parse.processes(root, path):
                if process.id in processes:
                    raise xml.unreadable(
                        path, 0, f"流程 id 重复:{process.id}", f"expected unique process ids, but {process.id} repeats"
                    )
                _connected(process, root)
                processes[process.id] = process
        return cls(processes)

    def element(self, process: str, key: str) -> Element:
        """A flow node. Raises KeyError."""
        return self.processes[process].elements[key]

    @cached_property
    def specification(self) -> WorkflowSpec:
        """The task specs of all processes."""
        return specification.build(self.processes)


def _connected(process: Process, root: etree._Element) -> None:
    """Refuse flows and attachments that lead nowhere, or out of their sub-process."""
    for flow in process.flows.values():
        _executed(process, root, flow.source, flow.target)
        ends = [process.elements.get(flow.source), process.elements.get(flow.target)]
        if None in ends or len({end.parent for end in ends if end is not None}) != 1:
            raise xml.unreadable(
                process.path,
                0,
                f"顺序流 {flow.id} 应连接同一层的两个元素",
                f"expected sequence flow {flow.id} to connect two elements of one level",
            )
    for element in process.elements.values():
        if element.attached_to is not None:
            _executed(process, root, element.attached_to)
        if element.attached_to is not None and element.attached_to not in process.elements:
            raise xml.unreadable(
                process.path,
                element.line,
                f"边界事件 {element.id} 应附在一个活动上",
                f"expected boundary event {element.id} to be attached to an activity",
            )


def _executed(process: Process, root: etree._Element, *keys: str) -> None:
    """Refuse an element that stands in the drawing and is not executed, in the words that are said of it."""
    missing = {key for key in keys if key not in process.elements}
    if not missing:
        return
    for key, rule, text in wording(root):
        if key in missing and rule == "unsupported":
            zh, en = f"{process.path}:{key} {text.zh}", f"{process.path}: {key}: {text.en}"
            raise Refused(Reason.INVALID_MODEL, zh, en, (Fault(f"{process.path}#{key}", text),))
