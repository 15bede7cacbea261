"""Events in plain sentences, in both languages: who did what, to which step, when."""

from __future__ import annotations

from collections.abc import Mapping

from engine import events, temporal
from engine.errors import Text
from engine.events import Event
from engine.journal import Entry
from engine.procedure import Procedure
from engine.value import Person

QUIET = (
    events.ScopeOpened,
    events.ScopeClosed,
    events.ElementEntered,
    events.ElementLeft,
    events.VariableSet,
    events.ItemsTaken,
    events.ItemCompleted,
    events.TimerCancelled,
)
"""What happens inside a step and needs no sentence of its own."""


class Teller:
    """Knows the names of people and steps; tells entries one after another."""

    def __init__(self, procedure: Procedure | None, names: Mapping[str, str], english: Mapping[str, str]) -> None:
        self.procedure, self.names, self.english = procedure, names, english
        self.elements: dict[str, tuple[str, str]] = {}

    def sentences(self, entry: Entry) -> list[Text]:
        """What an entry says."""
        told: list[Text] = []
        for event in entry.events:
            if isinstance(event, events.ElementEntered):
                self.elements[event.activity] = (event.process, event.element)
            if not isinstance(event, QUIET):
                told.append(self._sentence(event))
        return told

    def person(self, person: Person | None) -> str:
        """The name of a person; the id of one who was erased."""
        return "系统" if person is None else self.names.get(person.id, person.id)

    def step(self, activity: str) -> Text:
        """The step an activity is at, with its number as written in the procedure."""
        process, element = self.elements.get(activity, ("", activity))
        found = None
        if self.procedure is not None and process in self.procedure.model.processes:
            found = self.procedure.model.processes[process].elements.get(element)
        number = element.replace("_", ".") if element.startswith("T") else element
        zh = f"{number} {found.name}" if found is not None and found.name else number
        en = f"{number} {self.english.get(element, element)}" if element in self.english else number
        return Text(zh, en)

    def _sentence(self, event: Event) -> Text:
        if hasattr(event, "task"):
            return self._task(event, self.step(str(event.task)))
        match event:
            case events.InstanceStarted():
                return Text(f"流程 {event.process} 启动", f"process {event.process} started")
            case events.InstanceCompleted():
                return Text(f"流程结束于 {'、'.join(event.ends)}", f"process ended at {', '.join(event.ends)}")
            case events.InstanceTerminated():
                return Text(f"流程终止:{event.reason}", f"process terminated: {event.reason}")
            case events.TimerStarted():
                due = temporal.format_date_time(event.due)
                return Text(f"定时至 {due}", f"a timer is set to {due}")
            case events.TimerFired():
                return Text("定时到期", "a timer fired")
            case events.ServiceRequested():
                step = self.step(event.activity)
                return Text(f"请求自动任务:{step.zh}", f"service requested: {step.en}")
            case events.ServiceAnswered():
                return Text("自动任务完成", "service done")
            case events.IncidentRaised():
                return Text(f"异常:{event.message_zh}", f"incident: {event.message_en}")
            case events.FollowUpScheduled():
                return Text(f"后续:{event.kind}", f"follow-up: {event.kind}")
            case _:
                return self._fact(event)

    def _task(self, event: Event, step: Text) -> Text:
        who = self.person(getattr(event, "person", None))
        principal = getattr(event, "on_behalf_of", None)
        who = who if principal is None else f"{who}(代 {self.person(principal)})"
        verbs = {
            events.TaskOffered: ("待办:{step}", "offered: {step}"),
            events.TaskClaimed: ("{who} 认领 {step}", "{who} claimed {step}"),
            events.TaskOpened: ("{who} 打开 {step}", "{who} opened {step}"),
            events.TaskReleased: ("{who} 退回待领 {step}", "{who} released {step}"),
            events.TaskTransferred: ("{who} 转办 {step}", "{who} transferred {step}"),
            events.TaskDelegated: ("{who} 委派 {step}", "{who} delegated {step}"),
            events.TaskResolved: ("{who} 交回 {step}", "{who} resolved {step}"),
            events.TaskUrged: ("{who} 催办 {step}", "{who} urged {step}"),
            events.TaskCopied: ("{who} 知会 {step}", "{who} informed others of {step}"),
            events.TaskReminded: ("提醒:{step}", "reminded: {step}"),
            events.TaskCompleted: ("{who} 完成 {step}", "{who} completed {step}"),
            events.TaskCancelled: ("取消 {step}", "cancelled {step}"),
            events.SeparationWaived: ("职责分离豁免 {step}", "separation of duties waived for {step}"),
        }
        zh, en = verbs[type(event)]
        return Text(zh.format(who=who, step=step.zh), en.format(who=who, step=step.en))

    def _fact(self, event: Event) -> Text:
        match event:
            case events.CaseOpened():
                return Text("建立服务项目", "case opened")
            case events.CaseDataSet():
                return Text(f"项目数据 {event.name}", f"case data {event.name}")
            case events.DocumentDrafted():
                who = self.person(event.author)
                return Text(
                    f"{who} 编制 {event.document} {event.version}", f"{who} wrote {event.document} {event.version}"
                )
            case events.DocumentReviewed():
                outcome = ("通过", "approved") if event.approved else ("未通过", "not approved")
                who = self.person(event.reviewer)
                return Text(
                    f"{who} 审核 {event.document} {event.version}:{outcome[0]}",
                    f"{who} reviewed {event.document} {event.version}: {outcome[1]}",
                )
            case events.DocumentIssued():
                return Text(
                    f"发布 {event.number} {event.version},摘要 {event.digest[:12]}…",
                    f"issued {event.number} {event.version}, digest {event.digest[:12]}…",
                )
            case _:
                name = type(event).__name__
                return Text(name, name)
