"""Everything that can be asked. Imperative mood; the table of contents of the system, a file for each matter.

Commands are read for as long as journals are kept: a published class is never edited. A changed meaning is a new class
with the next VERSION; `storage/codec.py` turns old ones into new ones when they are read.
"""

from engine.commands.absence import (
    EndAbsence,
    ReportAbsence,
)
from engine.commands.attachment import AttachFile
from engine.commands.case import (
    AssignCaseRole,
    CloseCase,
    OpenCase,
    SetCaseData,
)
from engine.commands.command import (
    Cause,
    Command,
    Envelope,
    StreamEnd,
)
from engine.commands.document import (
    DraftDocument,
    IssueDocument,
    ReviewDocument,
)
from engine.commands.erasure import (
    DisposeStream,
    EraseCase,
    ErasePerson,
)
from engine.commands.incident import (
    DecideIncident,
    RetryIncident,
)
from engine.commands.instance import (
    MoveToken,
    StartActivity,
    StartInstance,
    TerminateInstance,
)
from engine.commands.invitation import (
    AnswerInvitation,
    InviteContact,
    RevokeInvitation,
)
from engine.commands.message import (
    DeliverMessage,
    ReceiveSignal,
    SendMessage,
)
from engine.commands.milestone import (
    ReviewMilestone,
    WaiveMilestone,
)
from engine.commands.organisation import (
    AddPerson,
    AppointDeputy,
    ChangeCalendar,
    ChangeSetting,
    DismissDeputy,
    GrantRole,
    RevokeRole,
)
from engine.commands.publication import (
    PublishVersion,
)
from engine.commands.service import (
    AnswerService,
    FailService,
)
from engine.commands.task import (
    AddSigner,
    ClaimTask,
    CompleteTask,
    CopyTask,
    DelegateTask,
    OpenTask,
    ReassignTasks,
    ReleaseTask,
    ResolveTask,
    ReturnTask,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
    WithdrawTask,
)
from engine.commands.timer import (
    FailTimer,
    FireTimer,
    ReckonTimers,
)

__all__ = [
    "AddPerson",
    "AddSigner",
    "AnswerInvitation",
    "AnswerService",
    "AppointDeputy",
    "AssignCaseRole",
    "AttachFile",
    "Cause",
    "ChangeCalendar",
    "ChangeSetting",
    "ClaimTask",
    "CloseCase",
    "Command",
    "CompleteTask",
    "CopyTask",
    "DecideIncident",
    "DelegateTask",
    "DeliverMessage",
    "DismissDeputy",
    "DisposeStream",
    "DraftDocument",
    "EndAbsence",
    "Envelope",
    "EraseCase",
    "ErasePerson",
    "FailService",
    "FailTimer",
    "FireTimer",
    "GrantRole",
    "InviteContact",
    "IssueDocument",
    "MoveToken",
    "OpenCase",
    "OpenTask",
    "PublishVersion",
    "ReassignTasks",
    "ReceiveSignal",
    "ReckonTimers",
    "ReleaseTask",
    "ReportAbsence",
    "ResolveTask",
    "RetryIncident",
    "ReturnTask",
    "ReviewDocument",
    "ReviewMilestone",
    "RevokeInvitation",
    "RevokeRole",
    "SendMessage",
    "SetCaseData",
    "StartActivity",
    "StartInstance",
    "StreamEnd",
    "TerminateInstance",
    "TransferTask",
    "UrgeTask",
    "WaiveMilestone",
    "WaiveSeparation",
    "WithdrawTask",
]
