"""A task: what is to be done, its form, what was entered so far, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

from engine import commands, target
from engine.commands import CompleteTask, Envelope
from engine.errors import Reason, Refused
from engine.value import Context, Person
from engine.words import ReturnMode, SignPlace
from storage import drafts, intake, personal
from storage.database import Database
from web import reading
from web.acting import reference, signature
from web.api import asking, task_document, values
from web.api.blueprint import resource
from web.api.gate import reads, works
from web.api.once import secret
from web.api.shapes import Receipt, Why
from web.api.task_shapes import (
    Back,
    Copied,
    Draft,
    Entered,
    Going,
    HandedIn,
    Message,
    Naming,
    Opinion,
    References,
    Signers,
    Targets,
    Task,
    To,
    Waived,
)
from web.bounds import FORM, takes
from web.identity import me
from web.sight import desk as desks
from web.sight.desk import Desk

pages = resource("task", "Tasks, and what people do with them")


@pages.route("/tasks/<counted:task>", zh="一项任务:表单、上一次的数据、我的草稿和可用的操作")
@reads
@pages.response(200, Task, tagged=True)
def one(task: str) -> Response:
    """A task with its form, the data of the time before, one's draft, and the actions one has."""
    desk = desks.open_for_me(task)
    return asking.tagged(task_document.document(desk), desk.instance.stream, desk.instance.revision)


@pages.route("/tasks/<counted:task>/targets", zh="任务可以退回到哪里,以及为什么不能退到别处")
@reads
@pages.arguments(Going, location="query")
@pages.response(200, Targets)
def targets(asked: dict[str, bool], task: str) -> dict[str, object]:
    """Where the task can be returned to, and why it cannot go elsewhere."""
    desk = desks.open_for_me(task)
    if desk.task is None:
        return {"items": []}
    straight = asked["straight"]
    return task_document.of_targets(target.targets(desk.procedure, desk.instance, desk.window, task, straight=straight))


@pages.route("/tasks/<counted:task>/references", zh="表单中的引用可以选什么:只有本人可以查阅的")
@reads
@pages.arguments(Naming, location="query")
@pages.response(200, References)
def references(asked: dict[str, str], task: str) -> dict[str, object]:
    """What a reference of the form may name: only what this person may know of."""
    desk = desks.open_for_me(task)
    field = reference.field_of(desk, asked["field"])
    if field is None or field.kind is None:
        raise Refused(
            Reason.NOT_FOUND, "表单没有这个引用字段", "expected a field of the form that is a reference of one kind"
        )
    found = reference.offered(desk, field, asked["q"])
    return {"items": [{"ref": f"{field.kind}:{one.id}", "title": one.text} for one in found]}


@pages.route("/tasks/<counted:task>/draft", zh="我已填写的草稿")
@reads
@pages.response(200, Draft)
def draft(task: str) -> dict[str, object]:
    """What this person entered so far."""
    desks.open_for_me(task)
    return {"draft": task_document.draft(task)}


@pages.route("/tasks/<counted:task>/draft", methods=["PUT"], zh="保存草稿;不写入记录")
@secret("draft")
@works
@takes(FORM)
@pages.arguments(Entered)
@pages.response(200, Draft)
def keep(entered: dict[str, object], task: str) -> dict[str, object]:
    """Keep what was entered so far; it is not journaled."""
    desks.open_for_me(task)
    store = reading.store()
    drafts.save(store.database, task, me().person, values.context(entered["data"]), store.now())
    return {"draft": task_document.draft(task)}


@pages.route("/tasks/<counted:task>/draft", methods=["DELETE"], zh="清除草稿")
@works
@pages.response(204)
def discard(task: str) -> Response:
    """Forget what was entered so far."""
    desks.open_for_me(task)
    drafts.discard(reading.store().database, task, me().person)
    return Response(status=204)


@pages.route("/tasks/<counted:task>/open", methods=["POST"], zh="第一次打开任务;此后上一步不能再撤回")
@works
@pages.response(200, Receipt)
def look(task: str) -> Response:
    """Look at the task for the first time; from now on the one before can no longer withdraw."""
    return _submit(task, lambda envelope: commands.OpenTask(envelope=envelope, task=task))


@pages.route("/tasks/<counted:task>/claim", methods=["POST"], zh="认领任务")
@works
@pages.response(200, Receipt)
def claim(task: str) -> Response:
    """Take the task."""
    return _submit(task, lambda envelope: commands.ClaimTask(envelope=envelope, task=task))


@pages.route("/tasks/<counted:task>/release", methods=["POST"], zh="退回待领")
@works
@pages.response(200, Receipt)
def release(task: str) -> Response:
    """Put the task back."""
    return _submit(task, lambda envelope: commands.ReleaseTask(envelope=envelope, task=task))


@pages.route("/tasks/<counted:task>/complete", methods=["POST"], zh="提交表单;每处错误都指明字段")
@works
@takes(FORM)
@pages.arguments(HandedIn)
@pages.response(200, Receipt)
def complete(entered: dict[str, object], task: str) -> Response:
    """Hand in the form; every fault is named by field."""
    desk = desks.open_for_me(task)
    envelope = asking.envelope(desk.instance.stream)
    checked, rows = _checked(desk, entered.get("data"), envelope)

    def build(_: Envelope) -> CompleteTask:
        return CompleteTask(envelope=_proven(desk, envelope, entered), task=task, data=checked)

    return asking.submit(build, desk.instance.stream, rows)


@pages.route("/tasks/<counted:task>/transfer", methods=["POST"], zh="转办:把任务交给另一个人")
@works
@pages.arguments(To)
@pages.response(200, Receipt)
def transfer(asked: dict[str, str], task: str) -> Response:
    """Give the task to another person for good."""
    to, reason = values.person(asked["to"], "to"), asked["reason"]
    return _submit(task, lambda envelope: commands.TransferTask(envelope=envelope, task=task, to=to, reason=reason))


@pages.route("/tasks/<counted:task>/delegate", methods=["POST"], zh="委派:请另一个人协助,之后交回")
@works
@pages.arguments(To)
@pages.response(200, Receipt)
def delegate(asked: dict[str, str], task: str) -> Response:
    """Ask another person to work on the task; it comes back."""
    to, reason = values.person(asked["to"], "to"), asked["reason"]
    return _submit(task, lambda envelope: commands.DelegateTask(envelope=envelope, task=task, to=to, reason=reason))


@pages.route("/tasks/<counted:task>/resolve", methods=["POST"], zh="交回委派的任务,或给出加签意见")
@works
@pages.arguments(Opinion)
@pages.response(200, Receipt)
def resolve(asked: dict[str, str], task: str) -> Response:
    """Hand a delegated task back, or sign, with an opinion."""
    desk, opinion = desks.open_for_me(task), asked["opinion"]

    def build(envelope: Envelope) -> commands.ResolveTask:
        return commands.ResolveTask(envelope=_proven(desk, envelope, asked), task=task, opinion=opinion)

    return asking.submit(build, desk.instance.stream)


@pages.route("/tasks/<counted:task>/urge", methods=["POST"], zh="催办")
@works
@pages.arguments(Message)
@pages.response(200, Receipt)
def urge(asked: dict[str, str], task: str) -> Response:
    """Ask whoever holds the task to hurry."""
    message = asked["message"]
    return _submit(task, lambda envelope: commands.UrgeTask(envelope=envelope, task=task, message=message))


@pages.route("/tasks/<counted:task>/copy", methods=["POST"], zh="知会")
@works
@pages.arguments(Copied)
@pages.response(200, Receipt)
def copy(asked: dict[str, list[str]], task: str) -> Response:
    """Let others know of the task."""
    to, message = _persons(asked["to"]), str(asked["message"])
    return _submit(task, lambda envelope: commands.CopyTask(envelope=envelope, task=task, to=to, message=message))


@pages.route("/tasks/<counted:task>/waive", methods=["POST"], zh="豁免职责分离,允许某人办理")
@works
@pages.arguments(Waived)
@pages.response(200, Receipt)
def waive(asked: dict[str, str], task: str) -> Response:
    """Allow one person the task in spite of the separation of duties."""
    person, reason = values.person(asked["person"], "person"), asked["reason"]

    def build(envelope: Envelope) -> commands.WaiveSeparation:
        return commands.WaiveSeparation(envelope=envelope, task=task, person=person, reason=reason)

    return _submit(task, build)


@pages.route("/tasks/<counted:task>/return", methods=["POST"], zh="驳回到之前的步骤")
@works
@pages.arguments(Back)
@pages.response(200, Receipt)
def send_back(asked: dict[str, str], task: str) -> Response:
    """Send the work back to an earlier step, as `targets` lists them."""
    to, mode, reason = asked["target"], ReturnMode(asked["mode"]), asked["reason"]

    def build(envelope: Envelope) -> commands.ReturnTask:
        return commands.ReturnTask(envelope=envelope, task=task, target=to, mode=mode, reason=reason)

    return _submit(task, build)


@pages.route("/tasks/<counted:task>/withdraw", methods=["POST"], zh="撤回刚提交的任务")
@works
@pages.arguments(Why)
@pages.response(200, Receipt)
def withdraw(asked: dict[str, str], task: str) -> Response:
    """Take back a task one has completed, while nobody has opened what follows."""
    reason = asked["reason"]
    return _submit(task, lambda envelope: commands.WithdrawTask(envelope=envelope, task=task, reason=reason))


@pages.route("/tasks/<counted:task>/signers", methods=["POST"], zh="加签:请其他人在办理之前或之后给出意见")
@works
@pages.arguments(Signers)
@pages.response(200, Receipt)
def sign(asked: dict[str, list[str]], task: str) -> Response:
    """Let others give their opinion, before or after its holder."""
    persons, place, reason = _persons(asked["to"]), SignPlace(str(asked["place"])), str(asked["reason"])

    def build(envelope: Envelope) -> commands.AddSigner:
        return commands.AddSigner(envelope=envelope, task=task, persons=persons, place=place, reason=reason)

    return _submit(task, build)


def _submit(task: str, build: asking.Build) -> Response:
    """Submit a command about a task that this person may know of."""
    return asking.submit(build, desks.open_for_me(task).instance.stream)


def _checked(desk: Desk, entered: object, envelope: Envelope) -> tuple[Context, list[personal.Row]]:
    """The values of a form; nothing for a repeat, which gets its first answer, nor for a task that is gone."""
    if desk.task is None or asking.is_repeat(envelope):
        return Context(), []
    given = drafts.read(_database(), desk.key, me().person) if entered is None else values.read(entered)
    data = given if isinstance(given, dict) else {}
    checked, rows = intake.prepare(reading.store(), desk.instance, desk.task, data, envelope)
    reference.demand(desk, checked)
    return checked, rows


def _proven(desk: Desk, envelope: Envelope, given: Mapping[str, object]) -> Envelope:
    """The envelope with the proof of a signature where the task asks for one. Raises Refused (NOT_PROVEN)."""
    return signature.proven(desk, envelope, str(given.get("password", "")), str(given.get("code", "")))


def _persons(handles: list[str]) -> tuple[Person, ...]:
    return tuple(values.person(handle, f"to[{place}]") for place, handle in enumerate(handles))


def _database() -> Database:
    return reading.store().database
