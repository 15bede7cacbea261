"""What tasks do to the documents of a case: commands to the case's stream."""

from __future__ import annotations

from engine.document import missing_note
from engine.errors import Reason, Refused
from engine.flow.elements import Element, Kind
from engine.flow.host import ExpressionFailed
from engine.step import Progress
from engine.task import Task
from engine.value import Context, Value


def document_written(progress: Progress, element: Element, task: Task, data: Context) -> None:
    """What a task does to a document of the case becomes a command to the case's stream."""
    case = progress.instance.case
    if case is None or "document" not in element.extensions:
        return
    key, _, act = element.extensions["document"].partition(":")
    person = task.holder
    if act == "write":
        note = data.get("change_note")
        _note_given(progress, key, note)
        fields: dict[str, Value] = {
            "document": key,
            "author": person,
            "on_behalf_of": task.on_behalf_of,
            "content": data,
            "change_note": note if isinstance(note, str) else "",
        }
        progress.follow_up(case, "DraftDocument", fields)
    elif act == "review":
        approved = _approved(progress, element, task)
        opinion = data.get("opinion")
        fields = {
            "document": key,
            "reviewer": person,
            "on_behalf_of": task.on_behalf_of,
            "approved": approved,
            "opinion": opinion if isinstance(opinion, str) else "",
            "waived": person in task.waived,
        }
        progress.follow_up(case, "ReviewDocument", fields)


def _note_given(progress: Progress, key: str, note: Value) -> None:
    """Refuse at once what the case would refuse later, when nobody looks any more."""
    case = progress.around.case
    if case is not None and key in case.documents and not (isinstance(note, str) and note.strip()):
        raise missing_note()


def _approved(progress: Progress, element: Element, task: Task) -> bool:
    try:
        return progress.optional(element.extensions.get("approved"), task.scope) is True
    except ExpressionFailed as failed:
        raise Refused(
            Reason.INVALID_DATA,
            f"无法判断审核是否通过:{failed.text.zh}",
            f"expected zx:approved to say whether the review passes, but {failed.text.en}",
        ) from failed


def document_issued(progress: Progress, activity_id: str, result: Value) -> None:
    """A service task that numbers a document puts it in force on the case's stream."""
    activity = progress.instance.activities[activity_id]
    element = progress.procedure.model.element(activity.process, activity.element)
    key, _, act = element.extensions.get("document", "").partition(":")
    case = progress.instance.case
    if case is None or element.kind is not Kind.SERVICE_TASK or act != "issue":
        return
    number = result.get("number") if isinstance(result, Context) else result
    progress.follow_up(case, "IssueDocument", {"document": key, "number": number if isinstance(number, str) else ""})
