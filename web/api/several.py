"""Several tasks at once: each is a command of its own, and what became of it stands in the answer."""

from __future__ import annotations

from contextlib import suppress

from marshmallow import fields, validate
from werkzeug.exceptions import NotFound

from engine.errors import Reason, Text
from web.acting import bulk
from web.acting.bulk import Outcome
from web.api import asking, values
from web.api.blueprint import resource
from web.api.gate import works
from web.api.shapes import Said, Shape
from web.sight import desk
from web.sight.desk import Desk

pages = resource("several", "Several tasks at once, each by a command of its own")

COUNTED = validate.Regexp(r"^[1-9]\d{0,17}\.[1-9]\d{0,17}\.[1-9]\d{0,17}$")
GONE = Text("没有这一项,或您不能查看", "there is no such task, or you may not see it")


class Chosen(Shape):
    """Which tasks."""

    tasks = fields.List(fields.String(validate=COUNTED), required=True, validate=validate.Length(min=1, max=bulk.MOST))


class Entered(Chosen):
    """Which tasks, and what is entered for all of them, by field."""

    data = fields.Dict(keys=fields.String(), load_default=dict)


class Became(Shape):
    """What became of one task; reason and text are null when it is done."""

    task = fields.String(required=True)
    done = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    text = fields.Nested(Said, required=True, allow_none=True)


class Outcomes(Shape):
    """What became of each task, in the order given."""

    items = fields.List(fields.Nested(Became), required=True)


@pages.route("/inbox/several/claim", methods=["POST"], zh="认领几项任务,逐项告知结果")
@works
@pages.arguments(Chosen)
@pages.response(200, Outcomes)
def claim(asked: dict[str, list[str]]) -> dict[str, object]:
    """Take several tasks; those that cannot be taken are told, the others are taken."""
    return _told(asked["tasks"], bulk.claim(_desks(asked["tasks"]), asking.envelope(0)))


@pages.route("/inbox/several/complete", methods=["POST"], zh="用同一份填写内容完成几项任务,逐项告知结果")
@works
@pages.arguments(Entered)
@pages.response(200, Outcomes)
def complete(asked: dict[str, object]) -> dict[str, object]:
    """Hand in the same entry for several tasks of one step that the procedure allows to be done together."""
    tasks, data = asked["tasks"], values.read(asked["data"])
    assert isinstance(tasks, list)
    assert isinstance(data, dict)
    return _told(tasks, bulk.complete(_desks(tasks), data, asking.envelope(0)))


def _desks(tasks: list[str]) -> list[Desk]:
    """Those that this person may know of."""
    found: list[Desk] = []
    for task in dict.fromkeys(tasks):
        with suppress(NotFound):
            found.append(desk.open_for_me(task))
    return found


def _told(tasks: list[str], outcomes: list[Outcome]) -> dict[str, object]:
    known = {one.desk.key: one for one in outcomes}
    return {"items": [_one(task, known.get(task)) for task in dict.fromkeys(tasks)]}


def _one(task: str, outcome: Outcome | None) -> dict[str, object]:
    if outcome is None:
        return {"task": task, "done": False, "reason": str(Reason.NOT_FOUND), "text": values.said(GONE)}
    refused = outcome.refusal
    return {
        "task": task,
        "done": outcome.done,
        "reason": None if refused is None else str(refused.reason),
        "text": None if refused is None else values.said(refused.text),
    }
