"""The team of a case changed in the browser: at once, or by the steps that the procedure has drawn for it."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.commands import AssignCaseRole, Command, Envelope, SendMessage, SetCaseData
from engine.errors import Reason, Refused
from engine.events import CaseRoleAssigned
from engine.value import Context, Person, Value
from storage.attempt import Receipt
from web import asking, notices, reading
from web.access import hidden, signed_in
from web.pages.case import view
from web.pages.task import acts
from web.sight import dossier, naming, team, underway
from web.sight.dossier import Dossier, person_name
from web.sight.team import Part
from web.texts import said
from web.translation import _

pages = Blueprint("case_team", __name__, url_prefix="/cases")

MOST = 100
"""More people than so many hold no role in one case."""

LONGEST_REASON = 2_000
Faults = dict[str, str]


@pages.get("/<number>/team/")
@signed_in
def every(number: str) -> str:
    """Every part in a case, for those who may give one to somebody else."""
    with reading.store().database.read() as connection:
        found = _found(connection, number)
        parts = team.parts(found)
        if not any(part.may for part in parts):
            hidden()
        head = view.head(found)
        return render_template("case/team.html", found=found, head=head, parts=parts, name=_names(found))


@pages.get("/<number>/team/<key>")
@signed_in
def one(number: str, key: str) -> str:
    """The form that gives a part to somebody else."""
    with reading.store().database.read() as connection:
        found = _found(connection, number)
        part = team.part_of(found, key) or hidden()
        assert isinstance(part, Part)
        return _page(found, part, {})


@pages.post("/<number>/team/<key>")
@signed_in
def change(number: str, key: str) -> Response:
    """Give a part to somebody else."""
    with reading.store().database.read() as connection:
        found = _found(connection, number)
        part = team.part_of(found, key) or hidden()
        assert isinstance(part, Part)
        onward = redirect(url_for("case.one", number=found.number))
        is_repeat = asking.is_repeat()
        if is_repeat and not part.is_half_given:
            return onward
        faults = {} if is_repeat else _faults(found, part)
        if faults:
            return make_response(_page(found, part, faults), 422)
    try:
        _submit(found, part)
    except Refused as refused:
        with reading.store().database.read() as connection:
            now = _found(connection, number)
            part = team.part_of(now, key) or part
            return make_response(_page(now, part, {"person": said(naming.named(refused.text))}), 422)
    return notices.say(onward, _done(part))


def _submit(found: Dossier, part: Part) -> None:
    """Ask for the change; nobody changed the case since it was read. Raises Refused."""
    first, persons = asking.envelope(found.number), _persons()
    if part.awaited is not None:
        reading.store().submit(_message(found, part, first, persons[0]), (), underway.alone(reading.store()))
        return
    unchanged = _Unchanged(found.case.revision)
    if part.field:
        reading.store().submit(_data(first, (part.field,), persons[0], _reason()), (), unchanged)
        return
    role = AssignCaseRole(envelope=first, role=part.key, persons=persons, reason=_reason())
    given = reading.store().submit(role, (), unchanged)
    if part.way is not None and part.way.data:  # sent again, what was left half done is finished: both are done once
        second = replace(first, id=f"{first.id}:data")
        assigned = _assigned(given)
        (person,), reason = assigned.persons, assigned.reason or _reason()
        reading.store().submit(_data(second, part.way.data, person, reason), (), _Unchanged(given.revision))


def _assigned(receipt: Receipt) -> CaseRoleAssigned:
    """To whom the role was given and why, also when it is asked again."""
    return next(event for event in receipt.events if isinstance(event, CaseRoleAssigned))


def _message(found: Dossier, part: Part, envelope: Envelope, person: Person) -> Command:
    assert part.way is not None
    assert part.awaited is not None
    payload: dict[str, Value] = {part.way.field: person, "reason": _reason()}
    return SendMessage(
        envelope=envelope,
        procedure=found.case.procedure,
        name=part.way.message,
        correlation=part.awaited.correlation,
        payload=Context(payload),
    )


def _data(envelope: Envelope, fields: tuple[str, ...], person: Person, reason: str) -> Command:
    return SetCaseData(envelope=envelope, data=Context(dict.fromkeys(fields, person)), reason=reason)


class _Unchanged:
    """Asked under the lock of the command: its entry follows the revision that was read."""

    def __init__(self, revision: int) -> None:
        self.revision = revision

    def __call__(self, _connection: Connection, receipt: Receipt) -> None:
        if receipt.revision != self.revision + 1:
            raise Refused(
                Reason.WRONG_STATE,
                "这个项目刚刚有了变化,请核对现在的担任者,再保存一次",
                "expected nobody to change the case meanwhile; look at who has the part now, and save once more",
            )


def _faults(found: Dossier, part: Part) -> Faults:
    """What is wrong with the form, by field."""
    persons, faults = _persons(), dict[str, str]()
    known = {person for person, _name in _choices(found, part)}
    if not {person.id for person in persons} <= known:
        faults["person"] = _("请从列表中选择人员。")
    elif part.is_one and len(persons) != 1:
        faults["person"] = _("请选择一个人。")
    elif len(persons) > MOST:
        faults["person"] = _("应不超过 %(most)s 人。", most=MOST)
    elif set(persons) == set(part.held) and not part.is_half_given:
        faults["person"] = _("担任者没有变化,请选择另外的人。")
    elif request.form.get("seen", "") != _seen(part):
        faults["person"] = _("担任者刚刚由别人更改过,请核对现在的担任者,再保存一次。")
    if not _reason():
        faults["reason"] = _("请写明更换的原因:它会留在记录中。")
    elif len(_reason()) > LONGEST_REASON:
        faults["reason"] = _("应不超过 %(most)s 个字,现有 %(count)s 个。", most=LONGEST_REASON, count=len(_reason()))
    if not part.is_open:
        faults["person"] = _("更换正在进行,请等它办完。") if part.is_under_way else _("请等流程任命以后再更换。")
    return faults


def _page(found: Dossier, part: Part, faults: Faults) -> str:
    is_sent = request.method == "POST"
    return render_template(
        "case/part.html",
        found=found,
        head=view.head(found),
        part=part,
        faults=faults,
        people=_people(found, part),
        chosen=request.form.getlist("person") if is_sent else ([] if part.is_one else [p.id for p in part.held]),
        reason=_reason(),
        seen=_seen(part),
        name=_names(found),
        moving=team.moving(found, part),
        to_come=team.to_come(found, part),
    )


def _people(found: Dossier, part: Part) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody who may be chosen, those who have or hold it first."""
    company = reading.organisation(found.connection)
    return acts.grouped(company, found.people, [person.id for person in (*part.held, *part.company)])


def _choices(found: Dossier, part: Part) -> list[tuple[str, str]]:
    return [row for _head, rows in _people(found, part) for row in rows]


def _names(found: Dossier) -> dict[str, str]:
    """Names of people by id, for the templates."""
    company = reading.organisation(found.connection)
    return {person.id: person_name(found, person) for person in company.persons}


def _persons() -> tuple[Person, ...]:
    return tuple(dict.fromkeys(Person(one) for one in request.form.getlist("person") if one))


def _reason() -> str:
    return request.form.get("reason", "").replace("\r\n", "\n").strip()


def _seen(part: Part) -> str:
    """Who had it when the form was read."""
    return " ".join(sorted(person.id for person in part.held))


def _done(part: Part) -> str:
    if part.awaited is not None:
        return _("已发出更换通知,交接的第一步马上出现。")
    return _("“%(part)s”已更改,相关的待办随即转给现在的担任者。", part=said(part.name))


def _found(connection: Connection, number: str) -> Dossier:
    return dossier.dossier(connection, dossier.number_of(number))
