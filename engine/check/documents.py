"""Documents: written, reviewed and issued by the right kind of task, and never reviewed by whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.finding import Finding, Rule, at
from engine.flow.elements import Element, Kind, Process
from engine.procedure import Procedure
from engine.separation import separation_keys

ACTS = {
    "write": (Kind.USER_TASK, Kind.MANUAL_TASK),
    "review": (Kind.USER_TASK, Kind.MANUAL_TASK),
    "issue": (Kind.SERVICE_TASK,),
}


def findings(procedure: Procedure) -> Iterator[Finding]:
    """What is wrong with `zx:document` and `zx:approved`."""
    writers: dict[str, set[str]] = {}
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            key, _, act = element.extensions.get("document", "").partition(":")
            if act == "write":
                writers.setdefault(key, set()).add(f"{process.id}:{element.id}")
    for process in procedure.model.processes.values():
        for element in process.elements.values():
            if "document" in element.extensions:
                yield from _document(procedure, process, element, writers)
            elif "approved" in element.extensions and "countersign" not in element.extensions:
                yield _found(
                    process,
                    element,
                    "zx:approved 只用于审核文件或会签的任务",
                    "expected zx:approved on a review or countersignature only",
                )


def _document(
    procedure: Procedure, process: Process, element: Element, writers: dict[str, set[str]]
) -> Iterator[Finding]:
    key, _, act = element.extensions["document"].partition(":")
    if element.kind not in ACTS.get(act, ()):
        yield _found(
            process,
            element,
            "zx:document 应为 文件:write 或 文件:review(人工任务)、文件:issue(自动任务)",
            "expected zx:document as document:write or document:review on a task of a person, document:issue on a service",
        )
        return
    if key not in procedure.documents:
        yield _found(
            process, element, f"清单 [documents] 没有 {key}", f"expected a document of the manifest, but found {key}"
        )
    if key not in writers:
        yield _found(process, element, f"没有任务编写 {key}", f"expected a task that writes {key}")
    if act == "review":
        if not element.extensions.get("approved", "").strip():
            yield _found(
                process, element, "审核应以 zx:approved 说明何时通过", "expected zx:approved to say when it passes"
            )
        for writer in sorted(writers.get(key, set()) - set(separation_keys(element))):
            yield _found(
                process,
                element,
                f"审核应与编写分离:zx:separateFrom 缺少 {writer}",
                f"expected a review apart from the writing: zx:separateFrom lacks {writer}",
            )
    elif "approved" in element.extensions:
        yield _found(process, element, "zx:approved 只用于审核文件的任务", "expected zx:approved on a review only")


def _found(process: Process, element: Element, zh: str, en: str) -> Finding:
    return at(process, element.id, Rule.DOCUMENT, zh, en)
