"""A case: a service project, and what its instances share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from engine import attachment as attachments
from engine import document as documents
from engine import line
from engine import message as messages
from engine.attachment import Attachment
from engine.commands import (
    AssignCaseRole,
    AttachFile,
    CloseCase,
    Command,
    DraftDocument,
    IssueDocument,
    OpenCase,
    ReviewDocument,
    SendMessage,
    SetCaseData,
)
from engine.document import Document
from engine.errors import Fault, Reason, Refused, Text, UnknownKind
from engine.events import (
    CaseClosed,
    CaseDataSet,
    CaseOpened,
    CaseRoleAssigned,
    DocumentDrafted,
    DocumentIssued,
    DocumentReviewed,
    Event,
    FileAttached,
    FollowUpScheduled,
    MessageThrown,
)
from engine.organisation import Organisation, known, unattended
from engine.procedure import CaseField, Procedure
from engine.remark import reason_given, written
from engine.size import bounded
from engine.starting import may_begin, may_give
from engine.value import Context, Date, DateTime, Person, Ref, Value
from engine.words import Status

CASE_TYPES: dict[str, type] = {
    "text": str,
    "bool": bool,
    "int": Decimal,
    "dec": Decimal,
    "money": Decimal,
    "pct": Decimal,
    "date": Date,
    "dt": DateTime,
    "user": Person,
    "ref": Ref,
}
"""The types of case data, as the manifest names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Data and team of a service project, and the newest version of each of its documents."""

    stream: int
    revision: int = 0
    status: Status | None = None
    procedure: str = ""
    version: str = ""
    data: Context = field(default_factory=Context)
    roles: dict[str, tuple[Person, ...]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    outcome: str | None = None
    attachments: dict[str, Attachment] = field(default_factory=dict)


def execute(procedure: Procedure | None, case: Case, command: Command, organisation: Organisation) -> tuple[Event, ...]:
    """What the command makes happen. Raises Refused."""
    if isinstance(command, OpenCase):
        return _open(procedure, case, command, organisation)
    if case.status is not Status.RUNNING:
        raise Refused(Reason.WRONG_STATE, "应为进行中的服务项目", "expected a case that is running")
    if isinstance(command, SendMessage):
        return (messages.sent(procedure, case.stream, case.revision, command, organisation),)
    if isinstance(command, AttachFile):
        _may_attach(procedure, case, command, organisation)
        key = f"{case.stream}.{case.revision + 1}.1"
        return (attachments.attach(case.attachments, key, command),)
    _may(procedure, command, organisation)
    match command:
        case SetCaseData():
            return _changed(procedure, case, command)
        case AssignCaseRole():
            return (_assigned(procedure, command, organisation),)
        case DraftDocument():
            return (documents.draft(case.documents.get(command.document), command),)
        case ReviewDocument():
            return (documents.review(case.documents.get(command.document), command),)
        case IssueDocument():
            return (documents.issue(case.documents.get(command.document), command),)
        case CloseCase():
            return (CaseClosed(outcome=_told(command.outcome)),)
        case _:
            raise UnknownKind(type(command).__name__, command.VERSION)


def apply(case: Case, event: Event) -> Case:
    """The case after the event."""
    match event:
        case CaseOpened():
            return replace(case, status=Status.RUNNING, procedure=event.procedure, version=event.version)
        case CaseDataSet():
            return replace(case, data=case.data.with_entries({event.name: event.value}))
        case CaseRoleAssigned():
            return replace(case, roles={**case.roles, event.role: event.persons})
        case DocumentDrafted():
            return _with(case, documents.drafted(case.documents.get(event.document), event))
        case DocumentReviewed():
            return _with(case, documents.reviewed(case.documents[event.document], event))
        case DocumentIssued():
            return _with(case, documents.issued(case.documents[event.document], event))
        case FileAttached():
            added = attachments.attached(event)
            return replace(case, attachments={**case.attachments, event.attachment: added})
        case CaseClosed():
            return replace(case, status=Status.COMPLETED, outcome=event.outcome)
        case FollowUpScheduled() | MessageThrown():
            return case
        case _:
            raise UnknownKind(type(event).__name__, event.VERSION)


def _open(procedure: Procedure | None, case: Case, command: OpenCase, organisation: Organisation) -> tuple[Event, ...]:
    if case.status is not None:
        raise Refused(Reason.WRONG_STATE, "服务项目已经建立", "the case is already open")
    if procedure is None:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有程序版本 {command.version}",
            f"there is no procedure version {command.version}",
        )
    _may_open(procedure, command, organisation)
    opened = CaseOpened(procedure=command.procedure, version=command.version)
    data = _data(procedure, case, command.data)
    if command.process is None:
        return (opened, *data)
    fields = Context(
        {"case": str(case.stream), "version": command.version, "process": command.process, "input": command.input}
    )
    if command.start is not None:
        fields = fields.with_entries({"start": command.start, "payload": command.payload})
    job = f"{case.stream}.{case.revision + 1}.1"
    return (opened, *data, FollowUpScheduled(job=job, stream=None, kind="StartInstance", fields=fields))


def _may_open(procedure: Procedure, command: OpenCase, organisation: Organisation) -> None:
    """Whoever opens a case with a process holds the role in whose lane the process starts, or owns the procedure."""
    roles = {procedure.owner}
    if command.process is not None:
        if command.process not in procedure.model.processes:
            raise Refused(
                Reason.NOT_FOUND,
                f"该程序没有流程 {command.process}",
                f"the procedure has no process {command.process}",
            )
        roles.add(procedure.start_role(command.process) or procedure.owner)
        may_give(procedure, command.process, command.input, command.envelope.actor)
        may_begin(procedure, command.process, command.start, command.payload, command.envelope.actor)
    if not unattended(command.envelope) and not _acts(command, roles, organisation):
        wanted = sorted(roles)
        raise Refused(
            Reason.NOT_ALLOWED,
            f"服务项目应由 {'、'.join(wanted)} 建立",
            f"expected a holder of {', '.join(wanted)} to open a case",
        )


def _may(procedure: Procedure | None, command: Command, organisation: Organisation) -> None:
    """Data, team and end of a case are changed by whoever has the right `case`; documents by the tasks alone."""
    if unattended(command.envelope):
        return
    if isinstance(command, DraftDocument | ReviewDocument | IssueDocument):
        raise Refused(
            Reason.NOT_ALLOWED,
            "文件由流程中的任务编写、审核和发布",
            "expected a task of the process to write, review or issue the document",
        )
    roles = () if procedure is None else procedure.may("case")
    if not _acts(command, roles, organisation):
        raise Refused(
            Reason.NOT_ALLOWED,
            f"服务项目应由 {'、'.join(roles)} 修改",
            f"expected a holder of {', '.join(roles)} to change the case",
        )


def may_attach(
    procedure: Procedure | None, case: Case, person: Person, organisation: Organisation, at: datetime
) -> bool:
    """Whoever has a part in the case, or any role of its procedure, adds to its record."""
    if any(person in persons for persons in case.roles.values()):
        return True
    return procedure is not None and organisation.acts(person, procedure.roles, at)


def _may_attach(procedure: Procedure | None, case: Case, command: AttachFile, organisation: Organisation) -> None:
    actor = command.envelope.actor
    if unattended(command.envelope):
        return
    if actor is None or not may_attach(procedure, case, actor, organisation, command.envelope.at):
        raise Refused(
            Reason.NOT_ALLOWED,
            "附件应由项目成员,或担任程序中任一角色的人添加",
            "expected a member of the case, or a holder of any role of its procedure, to attach a file",
        )


def _told(outcome: str) -> str:
    """How a case ended, in words that stay in its record."""
    if not outcome.strip():
        raise Refused(Reason.INVALID_DATA, "应写明结果", "expected how the case ended, but found nothing")
    written(outcome)
    return outcome


def _assigned(procedure: Procedure | None, command: AssignCaseRole, organisation: Organisation) -> CaseRoleAssigned:
    persons = tuple(known(organisation, person) for person in command.persons)
    actor = command.envelope.actor
    if actor is not None and actor in persons:
        raise Refused(
            Reason.NOT_ALLOWED,
            "本人不能为自己分配服务项目中的角色",
            "expected somebody else to assign a role of the case to you",
        )
    role = _role(procedure, command.role)
    return CaseRoleAssigned(role=role, persons=persons, reason=_because(command))


def _changed(procedure: Procedure | None, case: Case, command: SetCaseData) -> tuple[Event, ...]:
    fields = {} if procedure is None else procedure.case_fields
    events = _data(procedure, case, command.data)
    if command.reason is None and not any(fields[event.name].type == "user" for event in events):
        return events
    reason = _because(command)
    return tuple(replace(event, reason=reason) for event in events)


def _because(command: AssignCaseRole | SetCaseData) -> str | None:
    """Why people of a case are changed: a step of the process is reason enough, a person says it."""
    if command.reason is not None:
        reason_given(command.reason)
    elif not unattended(command.envelope):
        wanted = Text("更改项目组应写明原因", "expected a reason to change the team of the case")
        raise Refused(Reason.INVALID_DATA, wanted.zh, wanted.en, (Fault("reason", wanted),))
    return command.reason


def _acts(command: Command, roles: Iterable[str], organisation: Organisation) -> bool:
    actor = command.envelope.actor
    return actor is not None and organisation.acts(actor, roles, command.envelope.at)


def _data(procedure: Procedure | None, case: Case, data: Context) -> tuple[CaseDataSet, ...]:
    fields = {} if procedure is None else procedure.case_fields
    faults = tuple(
        fault for name, value in data.items() if (fault := _fault(fields.get(name), name, value)) is not None
    )
    if faults:
        raise Refused(Reason.INVALID_DATA, faults[0].text.zh, faults[0].text.en, faults)
    bounded(case.data.with_entries(data), "服务项目的全部数据", "all data of a case")
    return tuple(
        CaseDataSet(name=name, value=value) for name, value in data.items() if _changes(case.data, name, value)
    )


def _fault(field: CaseField | None, name: str, value: Value) -> Fault | None:
    if field is None:
        return Fault(name, Text(f"服务项目没有数据项 {name}", f"a case of this procedure has no field {name}"))
    if field.is_shown and not line.is_line(_read(value)):
        title, wanted = field.title, line.EXPECTED
        return Fault(name, Text(f"{title.zh}{wanted.zh}", f"{title.en}: {wanted.en}"))
    if value is None or isinstance(value, CASE_TYPES.get(field.type, str)):
        return None
    return Fault(name, Text(f"{name} 应为 {field.type} 类型的值", f"expected a value of type {field.type} for {name}"))


def _read(value: Value) -> str:
    """What people read of a value that somebody wrote."""
    return f"{value.kind}{value.id}" if isinstance(value, Ref) else value if isinstance(value, str) else ""


def _changes(data: Context, name: str, value: Value) -> bool:
    return name not in data or type(data[name]) is not type(value) or data[name] != value


def _role(procedure: Procedure | None, role: str) -> str:
    if procedure is None or role not in procedure.roles:
        raise Refused(Reason.NOT_FOUND, f"程序没有角色 {role}", f"the procedure has no role {role}")
    return role


def _with(case: Case, document: Document) -> Case:
    return replace(case, documents={**case.documents, document.key: document})
