"""What tasks do to the documents of a case: commands to the case's stream."""

from __future__ import annotations

from engine.flow.elements import Element, Kind
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
        fields: dict[str, Value] = {
            "document": key,
            "author": person,
            "on_behalf_of": task.on_behalf_of,
            "content": data,
            "change_note": note if isinstance(note, str) else "",
        }
        progress.follow_up(case, "DraftDocument", fields)
    elif act == "review":
        approved = progress.optional(element.extensions.get("approved"), task.scope) is True
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
