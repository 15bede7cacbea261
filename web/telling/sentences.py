"""What each event says, in Chinese and English: one row an event; `web/telling/told.py` fills in the names."""

from __future__ import annotations

from engine import events
from engine.document import DocumentStatus
from engine.errors import Text
from engine.events import Event
from engine.words import SignPlace, Stage, Status, TimerKind

QUIET = frozenset(
    {
        events.ScopeOpened,
        events.ScopeClosed,
        events.ElementEntered,
        events.ElementLeft,
        events.VariableSet,
        events.ItemsTaken,
        events.ItemCompleted,
        events.ItemReopened,
        events.TimerCancelled,
        events.MessageWaitCancelled,
        events.SignalWaitCancelled,
        events.ServiceCancelled,
    }
)
"""What happens inside a step and needs no sentence of its own."""

SENTENCES: dict[type[Event], tuple[str, str]] = {
    events.InstanceStarted: ("流程启动:{process}", "process started: {process}"),
    events.InstanceCompleted: ("流程结束:{ends}", "process ended: {ends}"),
    events.InstanceTerminated: ("流程终止:{reason}", "process terminated: {reason}"),
    events.ActivitiesEnabled: ("{step} 可由人员开始:{enabled}", "{step}: people may start {enabled}"),
    events.ActivityStarted: ("开始 {element}", "started {element}"),
    events.CompensationStarted: ("{step} 起补偿 {element}", "{step} undoes {element}"),
    events.TaskOffered: ("待办 {step} → {offered}{due}", "waiting: {step} → {offered}{due}"),
    events.TaskClaimed: ("认领 {step}{principal}", "claimed {step}{principal}"),
    events.TaskOpened: ("打开 {step}", "opened {step}"),
    events.TaskReleased: ("退回待领 {step}", "released {step}"),
    events.TaskTransferred: ("把 {step} 转给 {to}:{reason}", "transferred {step} to {to}: {reason}"),
    events.TaskReassigned: (
        "{step} 因{cause}更换,改为 {offered} 办理{before}",
        "{step} is for {offered} now, as {cause} changed{before}",
    ),
    events.TaskDelegated: ("委派 {to} 办理 {step}:{reason}", "delegated {step} to {to}: {reason}"),
    events.TaskResolved: ("交回 {step} 给 {to}:{opinion}", "handed {step} back to {to}: {opinion}"),
    events.TaskUrged: ("催办 {step}:{message}", "urged {step}: {message}"),
    events.TaskCopied: ("把 {step} 知会 {to}:{message}", "informed {to} of {step}: {message}"),
    events.TaskReminded: ("提醒 {step}", "reminder of {step}"),
    events.TaskEscalated: (
        "{step} 升级,第 {count} 步{overdue}:告知 {persons}",
        "{step} escalated, step {count}{overdue}: told {persons}",
    ),
    events.TaskDueMoved: ("{step} 的期限改为 {due}", "{step} is due {due} now"),
    events.TaskCompleted: ("完成 {step}{principal}", "completed {step}{principal}"),
    events.TaskReturned: (
        "把 {step} 退回至 {target}{mode}:{reason}",
        "returned {step} to {target}{mode}: {reason}",
    ),
    events.TaskWithdrawn: ("撤回 {step}:{reason}", "withdrew {step}: {reason}"),
    events.SignersAdded: (
        "请 {signers} 为 {step} {place}:{reason}",
        "asked {signers} to sign {step} {place}: {reason}",
    ),
    events.TaskSigned: ("加签 {step}{principal}:{opinion}", "signed {step}{principal}: {opinion}"),
    events.TaskSubmitted: ("办毕 {step}{principal},待加签", "did {step}{principal}, to be signed by others"),
    events.TokenMoved: ("把 {step} 移至 {target}:{reason}", "moved {step} to {target}: {reason}"),
    events.TaskCancelled: ("取消 {step}", "cancelled {step}"),
    events.AssigneePassed: (
        "{person} 缺勤至 {until} 且无人代理,{step} 改由 {roles} 办理",
        "{person} is away until {until} without a deputy: {step} goes to {roles}",
    ),
    events.AbsenceReported: ("{person} 缺勤,{first} 至 {last}", "{person} is away, {first} to {last}"),
    events.AbsenceEnded: ("{person} 的缺勤{which}已结束", "the absence of {person}{which} has ended"),
    events.ContactInvited: (
        "把 {step} 的一次性链接交给 {contact},{until} 前有效:{message}",
        "gave {contact} a link for {step}, good until {until}: {message}",
    ),
    events.InvitationRevoked: ("收回 {step} 的一次性链接", "ended the link for {step}"),
    events.InvitationAnswered: ("经一次性链接办理 {step}", "did {step} by the link"),
    events.SeparationWaived: (
        "准许 {person} 办理 {step}(豁免职责分离):{reason}",
        "allowed {person} to do {step} (separation of duties waived): {reason}",
    ),
    events.TimerStarted: ("{step} {wait} {due}", "{step}: {wait} {due}"),
    events.TimerMoved: ("{step} 的定时改到 {due}", "the moment of {step} is {due} now"),
    events.TimerFired: ("{step} 的定时到期", "the moment of {step} has come"),
    events.MessageAwaited: ("{step} 等待消息 {name}", "{step} waits for message {name}"),
    events.MessageReceived: ("{step} 收到消息", "{step} received its message"),
    events.MessageThrown: ("发出消息 {name}", "message {name} sent"),
    events.SignalAwaited: ("{step} 等待信号 {name}", "{step} waits for signal {name}"),
    events.SignalReceived: ("{step} 收到信号", "{step} received its signal"),
    events.SignalThrown: ("发出信号 {name}", "signal {name} sent"),
    events.ConditionAwaited: ("{step} 等待条件成立", "{step} waits for its condition"),
    events.ConditionMet: ("{step} 的条件成立", "the condition of {step} holds"),
    events.ErrorThrown: ("{step} 抛出错误 {code}", "{step} threw error {code}"),
    events.EscalationThrown: ("{step} 提请升级 {code}{nobody}", "{step} escalated {code}{nobody}"),
    events.DecisionMade: ("{step} 判定{rules}", "{step} decided{rules}"),
    events.ServiceRequested: ("开始自动任务 {step}", "automatic task {step} begun"),
    events.ServiceAnswered: ("完成自动任务 {step}", "automatic task {step} done"),
    events.ServiceFailed: ("自动任务 {step} 失败:{message}", "automatic task {step} failed: {message}"),
    events.IncidentRaised: ("{step} 异常:{message_zh}", "{step} has a problem: {message_en}"),
    events.IncidentResolved: ("处置 {step} 的异常:{reason}", "settled the problem of {step}: {reason}"),
    events.IncidentCancelled: ("{step} 的异常已消失", "the problem of {step} is gone"),
    events.FollowUpScheduled: ("→ {follow_up}", "→ {follow_up}"),
    events.CaseOpened: ("建立服务项目,按《{title}》", "case opened under “{title}”"),
    events.CaseDataSet: ("{field}:{value}{because}", "{field}: {value}{because}"),
    events.CaseRoleAssigned: ("项目的{role}:{persons}{because}", "{role} of the case: {persons}{because}"),
    events.DocumentDrafted: ("编制《{document}》{version}{note}", "wrote “{document}” {version}{note}"),
    events.DocumentReviewed: ("审核《{document}》{version}:{verdict}", "reviewed “{document}” {version}: {verdict}"),
    events.DocumentIssued: (
        "发布《{document}》{version},编号 {number},摘要 {digest}",
        "issued “{document}” {version} as {number}, digest {digest}",
    ),
    events.FileAttached: ("添加附件“{file}”{about}", "attached “{file}”{about}"),
    events.CaseClosed: ("服务项目结束:{outcome}", "case closed: {outcome}"),
    events.PersonAdded: ("加入人员 {person}", "person added: {person}"),
    events.RoleGranted: ("{person} 担任 {role}", "{person} holds {role}"),
    events.RoleRevoked: ("{person} 不再担任 {role}", "{person} no longer holds {role}"),
    events.DeputyAppointed: (
        "{deputy} 代理 {person},{first} 至 {last}",
        "{deputy} deputises for {person}, {first} to {last}",
    ),
    events.DeputyDismissed: ("{deputy} 不再代理 {person}", "{deputy} no longer deputises for {person}"),
    events.SettingChanged: ("设置 {key} 改为 {value}", "setting {key} is now {value}"),
    events.CalendarChanged: ("更换工作日历", "working calendar replaced"),
    events.PersonErased: (
        "删除人员 {person} 的姓名和账号,并免去其角色:{reason}",
        "erased name and handle of person {person}, and ended their roles: {reason}",
    ),
    events.CaseErased: (
        "删除服务项目 {case} 中的个人信息:{reason}",
        "erased the personal data of case {case}: {reason}",
    ),
    events.StreamDisposed: (
        "处置流 {disposed},共 {revision} 条:{reason}",
        "disposed of stream {disposed}, {revision} entries: {reason}",
    ),
    events.MilestoneOpened: ("{start} 的里程碑 {key} 出现", "milestone {key} of {start} is there"),
    events.MilestoneFollowed: ("按版本 {version} 的规则", "follows the rules of version {version}"),
    events.MilestonePlanned: ("下一次:{due}", "next: {due}"),
    events.MilestoneOccurred: ("第 {number} 次到期,原定 {planned}", "occurrence {number} came, planned for {planned}"),
    events.MilestonesPassed: (
        "错过 {planned},自第 {number} 次起;只补最近一次",
        "missed {planned}, from occurrence {number} on; only the latest is caught up",
    ),
    events.MilestoneWaived: (
        "{person} 豁免第 {number} 次(原定 {planned}):{reason}",
        "{person} waived occurrence {number}, planned for {planned}: {reason}",
    ),
    events.MilestoneFailed: ("无法排定:{message_zh}", "cannot be planned: {message_en}"),
    events.MilestoneEnded: ("里程碑结束", "the milestone has ended"),
    events.VersionPublished: (
        "版本 {label}{since} 生效,摘要 {version}{written}:{reason}{waived}",
        "version {label} in force{since}, digest {version}{written}: {reason}{waived}",
    ),
}
"""Every event that is told. Who did it stands in front."""

BY_ITSELF = frozenset(
    {
        events.InstanceStarted,
        events.InstanceCompleted,
        events.ActivitiesEnabled,
        events.CompensationStarted,
        events.TaskOffered,
        events.AssigneePassed,
        events.TaskReassigned,
        events.TaskCancelled,
        events.TaskReminded,
        events.TaskEscalated,
        events.TaskDueMoved,
        events.TimerMoved,
        events.TimerStarted,
        events.TimerFired,
        events.MessageAwaited,
        events.MessageReceived,
        events.MessageThrown,
        events.SignalAwaited,
        events.SignalReceived,
        events.SignalThrown,
        events.ConditionAwaited,
        events.ConditionMet,
        events.ErrorThrown,
        events.EscalationThrown,
        events.DecisionMade,
        events.ServiceRequested,
        events.ServiceAnswered,
        events.ServiceFailed,
        events.IncidentRaised,
        events.IncidentCancelled,
        events.FollowUpScheduled,
        events.MilestoneOpened,
        events.MilestoneFollowed,
        events.MilestonePlanned,
        events.MilestoneOccurred,
        events.MilestonesPassed,
        events.MilestoneFailed,
        events.MilestoneEnded,
    }
)
"""What nobody did, though somebody's command caused it."""

WAITS = {
    TimerKind.EVENT: Text("等到", "waits until"),
    TimerKind.REMINDER: Text("定时提醒", "reminder set for"),
    TimerKind.ESCALATION: Text("定时升级", "escalation set for"),
}

SIGN_PLACES = {
    SignPlace.BEFORE: Text("前加签", "before its holder"),
    SignPlace.AFTER: Text("后加签", "after its holder"),
}

FOLLOW_UPS = {
    "StartInstance": Text("安排启动流程", "the process is to start"),
    "DraftDocument": Text("安排登记文件的新版本", "the new version of the document is to be recorded"),
    "ReviewDocument": Text("安排登记文件的审核结论", "the review of the document is to be recorded"),
    "ReassignTasks": Text("安排重新确认待办归谁办理", "whose the open tasks are is to be asked again"),
    "IssueDocument": Text("安排登记文件的发布", "the issue of the document is to be recorded"),
    "": Text("安排后续工作", "more is to follow"),
}
"""What is to happen in another stream, by the command that is to do it."""

ASKED = {
    "StartActivity": ("开始", "start"),
    "ClaimTask": ("认领", "claim"),
    "OpenTask": ("打开", "open"),
    "ReleaseTask": ("退回", "release"),
    "CompleteTask": ("完成", "complete"),
    "TransferTask": ("转办", "transfer"),
    "DelegateTask": ("委派", "delegate"),
    "ResolveTask": ("交回", "hand back"),
    "UrgeTask": ("催办", "urge"),
    "CopyTask": ("知会", "inform others of"),
    "ReturnTask": ("退回修改", "return"),
    "WithdrawTask": ("撤回", "withdraw"),
    "InviteContact": ("发出一次性链接", "give a link for"),
    "RevokeInvitation": ("收回一次性链接", "end the link for"),
    "AnswerInvitation": ("经一次性链接办理", "do by the link"),
    "AddSigner": ("加签", "add signers to"),
    "MoveToken": ("移动", "move"),
    "WaiveSeparation": ("豁免", "waive the separation of duties for"),
    "OpenCase": ("建立服务项目", "open a case"),
    "SetCaseData": ("修改项目数据", "change the data of the case"),
    "AssignCaseRole": ("指定项目角色", "assign a role of the case"),
    "SendMessage": ("送入消息", "bring in a message"),
    "AttachFile": ("添加附件", "attach a file"),
    "CloseCase": ("结束服务项目", "close the case"),
    "AddPerson": ("加入人员", "add a person"),
    "GrantRole": ("授予角色", "grant a role"),
    "RevokeRole": ("免去角色", "revoke a role"),
    "ReportAbsence": ("登记缺勤", "report an absence"),
    "EndAbsence": ("结束缺勤", "end an absence"),
    "AppointDeputy": ("指定代理人", "appoint a deputy"),
    "DismissDeputy": ("结束代理", "dismiss a deputy"),
    "ChangeSetting": ("修改设置", "change a setting"),
    "ChangeCalendar": ("更换工作日历", "replace the working calendar"),
    "WaiveMilestone": ("豁免里程碑", "waive a milestone"),
    "ErasePerson": ("删除人员", "erase a person"),
    "EraseCase": ("删除个人信息", "erase personal data"),
    "DisposeStream": ("处置", "dispose of a stream"),
    "PublishVersion": ("发布版本", "publish a version"),
    "TerminateInstance": ("终止流程", "terminate the process"),
    "RetryIncident": ("重试", "retry"),
    "DecideIncident": ("处置异常", "settle the problem"),
}
"""What was asked for and refused, by the command's name."""

STAGES = {
    Stage.OFFERED: Text("待认领", "offered"),
    Stage.CLAIMED: Text("办理中", "claimed"),
    Stage.DELEGATED: Text("已委派", "delegated"),
    Stage.SIGNING: Text("加签中", "being signed"),
}

STATUS = {
    "None": Text("尚未启动", "not started"),
    str(Status.RUNNING): Text("进行中", "running"),
    str(Status.COMPLETED): Text("已结束", "completed"),
    str(Status.TERMINATED): Text("已终止", "terminated"),
}

DOCUMENT_STATUS = {
    DocumentStatus.DRAFTED: Text("待审核", "waits for review"),
    DocumentStatus.APPROVED: Text("已批准", "approved"),
    DocumentStatus.REJECTED: Text("未通过", "not approved"),
    DocumentStatus.ISSUED: Text("已发布", "issued"),
}
