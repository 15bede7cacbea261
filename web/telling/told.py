"""Entries in plain sentences, in both languages: who did what, to which step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields

from engine import events, temporal
from engine.errors import Text
from engine.events import Event
from engine.journal import Entry
from engine.signature import signs
from engine.value import Context, Person
from engine.words import Channel
from storage.refusals import Kept
from web.telling.course import PLACES, Course, learn
from web.telling.facts import fact
from web.telling.naming import CONTACT, Names, joined, same
from web.telling.rules import rules
from web.telling.sentences import ASKED, BY_ITSELF, FOLLOW_UPS, QUIET, SENTENCES, SIGN_PLACES, WAITS
from web.telling.values import said

CLAIMING = (events.TaskCompleted, events.TaskSubmitted, events.TaskReturned, events.SignersAdded)
"""What claims an unclaimed task by that."""

DONE = (events.TaskCompleted, events.TaskSubmitted)
SIGNED = Text(",签名(已再次验证身份)", ", signed (identity confirmed again)")
SYSTEM, OPERATOR = Text("系统", "the system"), Text("操作员", "the operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One sentence, and who it is about; nobody when it happened by itself."""

    who: Text
    what: Text


class Teller:
    """Tells the entries of one stream, one after another, oldest first."""

    def __init__(self, names: Names, course: Course | None = None) -> None:
        """With a course any entry may be told by itself."""
        self.names = names
        self.steps: dict[str, tuple[str, str]] = {} if course is None else dict(course.steps)
        self.places: dict[str, str] = {} if course is None else dict(course.places)

    def sentences(self, entry: Entry, hidden: Collection[str] = ()) -> list[Told]:
        """What an entry says; follow-ups by jobs in `hidden` are told elsewhere."""
        return list(self._told(entry, hidden))

    def refusal(self, kept: Kept) -> Told:
        """What was asked for and refused, and why."""
        zh, en = ASKED.get(kept.kind, ("办理", "do this"))
        step = same("") if kept.task is None else self.step(kept.task)
        why = self.names.sentence(kept.refused.text, self.step)
        said = f"✗ 未能{zh} {step.zh}".rstrip() + f":{why.zh}", f"✗ could not {en} {step.en}".rstrip() + f": {why.en}"
        return Told(who=self.actor(kept.actor, kept.channel), what=Text(*said))

    def actor(self, actor: Person | None, channel: Channel) -> Text:
        """Who asked: a person, the operator at the machine, or clock and worker."""
        if actor is None and channel is Channel.LINK:
            return CONTACT
        if actor is None:
            return OPERATOR if channel is Channel.CLI else SYSTEM
        return self.names.person(actor)

    def step(self, key: str) -> Text:
        """The step of an activity, or of its timer, request, message or incident."""
        process, element = self.steps.get(self.places.get(key, key), ("", ""))
        return self.names.step(process, element) if element else same(key)

    def _told(self, entry: Entry, hidden: Collection[str]) -> Iterator[Told]:
        kinds = {type(event) for event in entry.events}
        completed = {event.task for event in entry.events if isinstance(event, CLAIMING)}
        for place, event in enumerate(entry.events):
            learn(event, self.steps, self.places)
            if type(event) in QUIET or (isinstance(event, events.TaskClaimed) and event.task in completed):
                continue  # whoever completes an unclaimed task claims it by that
            if isinstance(event, events.TimerFired) and kinds & {events.TaskReminded, events.TaskEscalated}:
                continue  # the reminder or escalation says it
            if isinstance(event, events.FollowUpScheduled) and event.job in hidden:
                continue
            signed = SIGNED if signs(entry.command, event) else same("")
            yield Told(who=self._who(entry, event), what=self._what(event, entry.events[place + 1 :], signed))

    def _who(self, entry: Entry, event: Event) -> Text:
        if type(event) in BY_ITSELF:
            return same("")
        if isinstance(event, events.InvitationAnswered):
            return self.names.person(Person(event.invitation))
        done = event.person if isinstance(event, DONE) else None  # the last who signed is another
        actor = getattr(event, "author", None) or getattr(event, "reviewer", None) or done
        actor = actor or entry.command.envelope.actor
        return self.actor(actor, entry.command.envelope.channel)

    def _what(self, event: Event, after: tuple[Event, ...], signed: Text) -> Text:
        words = {field.name: self.names.word(field.name, getattr(event, field.name)) for field in fields(event)}
        words["step"] = self._step_of(event)
        if type(event) in _MORE:
            words |= _MORE[type(event)](self, event)
        zh, en = SENTENCES[type(event)]
        said_zh = zh.format(**{key: text.zh for key, text in words.items()}).rstrip(":") + signed.zh
        said_en = en.format(**{key: text.en for key, text in words.items()}).rstrip(": ") + signed.en
        way = self._outcome(event, after)
        return Text(said_zh, said_en) if way is None else Text(f"{said_zh} → {way.zh}", f"{said_en} → {way.en}")

    def _outcome(self, event: Event, after: tuple[Event, ...]) -> Text | None:
        """What came of a completed task or a decision."""
        if isinstance(event, events.TaskCompleted):
            return self._way(after)
        if isinstance(event, events.DecisionMade):
            return next(
                (said(self.names, later.value) for later in after if isinstance(later, events.VariableSet)), None
            )
        return None

    def _way(self, after: tuple[Event, ...]) -> Text | None:
        """The named sequence flow that was taken behind a completed task: what was decided."""
        for event in after:
            if isinstance(event, events.TaskOffered):
                return None
            if isinstance(event, events.ElementEntered) and event.flow:
                found = self.names.flow(event.process, event.flow)
                if found is not None:
                    return found
        return None

    def _step_of(self, event: Event) -> Text:
        found = next((getattr(event, name) for name in ("task", "activity", *PLACES) if hasattr(event, name)), None)
        return same("") if found is None else self.step(found)

    def _offer(self, event: events.TaskOffered) -> dict[str, Text]:
        whom = [self.names.person(person) for person in event.persons] + [self.names.role(r) for r in event.roles]
        due = self.names.value(event.due)
        until = Text(f",{due.zh} 前", f", by {due.en}") if due.zh else due
        return {"offered": joined(whom), "due": until}

    def _reassigned(self, event: events.TaskReassigned) -> dict[str, Text]:
        """What changed, whose the task is now, and whose it was."""
        procedure = self.names.procedure
        known = None if procedure is None or event.field is None else procedure.case_fields.get(event.field)
        cause = (
            self.names.role(event.role or "") if event.field is None else known.title if known else same(event.field)
        )
        whom = [self.names.person(person) for person in event.persons] + [self.names.role(r) for r in event.roles]
        before = joined([self.names.person(person) for person in event.before])
        were = Text(f"(原为 {before.zh})", f" (before: {before.en})") if event.before else same("")
        return {"cause": cause, "offered": joined(whom), "before": were}

    def _published(self, event: events.VersionPublished) -> dict[str, Text]:
        """From when the version is in force, who wrote of it, and why one of them published it."""
        moment = None if event.effective is None else self.names.value(temporal.from_datetime(event.effective))
        authors = joined([self.names.person(author) for author in event.authors])
        nothing = same("")
        return {
            "since": nothing if moment is None else Text(f" 自 {moment.zh} 起", f" from {moment.en} on"),
            "written": Text(f",编写 {authors.zh}", f", written by {authors.en}") if event.authors else nothing,
            "waived": nothing
            if event.waiver is None
            else Text(f"(编写人自行发布:{event.waiver})", f" (published by an author: {event.waiver})"),
        }

    def _goal(self, event: events.TaskReturned | events.TokenMoved) -> dict[str, Text]:
        """Where the work went, and whether it comes straight back."""
        straight = isinstance(event, events.TaskReturned) and event.straight
        mode = Text("(改后直接返回)", " (to come straight back)") if straight else same("")
        to = self.names.step(event.process, event.element)
        item = event.item if isinstance(event, events.TaskReturned) else None
        if item is not None:
            to = Text(f"{to.zh}(第 {item + 1} 项)", f"{to.en} (item {item + 1})")
        return {"target": to, "mode": mode}

    def _principal(
        self, event: events.TaskClaimed | events.TaskCompleted | events.TaskSubmitted | events.TaskSigned
    ) -> dict[str, Text]:
        if event.on_behalf_of is None:
            return {"principal": same("")}
        principal = self.names.person(event.on_behalf_of)
        return {"principal": Text(f"(代 {principal.zh})", f" (for {principal.en})")}

    def _absence(self, event: events.AbsenceEnded) -> dict[str, Text]:
        day = self.names.value(event.first)
        which = same("") if event.first is None else Text(f"(自 {day.zh} 起)", f" (from {day.en} on)")
        return {"which": which}

    def _case_data(self, event: events.CaseDataSet) -> dict[str, Text]:
        procedure = self.names.procedure
        known = None if procedure is None else procedure.case_fields.get(event.name)
        value = fact(self.names, event.name, event.value, "" if known is None else known.type)
        return {
            "field": same(event.name) if known is None else known.title,
            "value": value,
            "because": _because(event),
        }

    def _setting(self, event: events.SettingChanged) -> dict[str, Text]:
        return {"value": Text("默认值", "the default again") if event.value is None else said(self.names, event.value)}

    def _decision(self, event: events.DecisionMade) -> dict[str, Text]:
        """The rules that count in each table, and the inputs they were found by."""
        told = [rules(self.names, table, event.decision) for table in event.tables if isinstance(table, Context)]
        return {"rules": Text("".join(f":{one.zh}" for one in told), "".join(f": {one.en}" for one in told))}

    def _enabled(self, event: events.ActivitiesEnabled) -> dict[str, Text]:
        process, _ = self.steps.get(event.activity, ("", ""))
        steps = [self.names.step(process, element) for element in event.elements]
        return {"enabled": joined(steps) if steps else Text("(不再有)", "nothing more")}

    def _element(self, event: events.ActivityStarted | events.CompensationStarted) -> dict[str, Text]:
        return {"element": self.names.step(event.process, event.element)}

    def _draft(self, event: events.DocumentDrafted) -> dict[str, Text]:
        note = event.change_note
        return {"note": Text(f":{note}", f": {note}") if note else same("")}

    def _review(self, event: events.DocumentReviewed) -> dict[str, Text]:
        found = Text("通过", "approved") if event.approved else Text("未通过", "not approved")
        opinion = Text(f",{event.opinion}", f", {event.opinion}") if event.opinion else same("")
        return {"verdict": Text(found.zh + opinion.zh, found.en + opinion.en)}

    def _attachment(self, event: events.FileAttached) -> dict[str, Text]:
        """What the file is, and the step at which it was added."""
        step = same("") if event.task is None else self.step(event.task)
        at = Text(f"(在 {step.zh})", f" (at {step.en})") if step.zh and step.zh != event.task else same("")
        label = Text(f":{event.label}", f": {event.label}") if event.label else same("")
        return {"file": same(event.file.name), "about": Text(at.zh + label.zh, at.en + label.en)}

    def _title(self, _: events.CaseOpened) -> dict[str, Text]:
        return {"title": same("") if self.names.procedure is None else self.names.procedure.title}


def _because(event: events.CaseDataSet | events.CaseRoleAssigned) -> Text:
    """Why people of the case changed, where somebody said so."""
    return same("") if event.reason is None else Text(f"(原因:{event.reason})", f" (reason: {event.reason})")


_MORE: dict[type[Event], Callable[..., dict[str, Text]]] = {
    events.TaskOffered: Teller._offer,
    events.TaskReassigned: Teller._reassigned,
    events.VersionPublished: Teller._published,
    events.TaskClaimed: Teller._principal,
    events.TaskCompleted: Teller._principal,
    events.TaskSubmitted: Teller._principal,
    events.TaskSigned: Teller._principal,
    events.TaskReturned: Teller._goal,
    events.TokenMoved: Teller._goal,
    events.AssigneePassed: lambda teller, event: {"roles": joined([teller.names.role(role) for role in event.roles])},
    events.AbsenceEnded: Teller._absence,
    events.ContactInvited: lambda teller, event: {"contact": teller.names.person(Person(event.invitation))},
    events.SignersAdded: lambda _, event: {"place": SIGN_PLACES[event.place]},
    events.InstanceCompleted: lambda teller, event: {"ends": teller.names.ends(event.ends)},
    events.FollowUpScheduled: lambda _, event: {"follow_up": FOLLOW_UPS.get(event.kind, FOLLOW_UPS[""])},
    events.TaskEscalated: lambda teller, event: {
        "count": same(str(event.step)),
        "overdue": Text("(已超期)", " (overdue)") if event.overdue else same(""),
        "persons": teller.names.value(event.persons) if event.persons else Text("(无人)", "nobody"),
    },
    **dict.fromkeys(
        (events.MessageAwaited, events.MessageThrown, events.SignalAwaited, events.SignalThrown),
        lambda teller, event: {"name": teller.names.message(event.name)},
    ),
    events.TimerStarted: lambda _, event: {"wait": WAITS[event.kind]},
    events.CaseOpened: Teller._title,
    events.CaseRoleAssigned: lambda _, event: {"because": _because(event)},
    events.CaseDataSet: Teller._case_data,
    events.SettingChanged: Teller._setting,
    events.PersonErased: lambda _, event: {"person": same(event.person.id)},
    events.DecisionMade: Teller._decision,
    events.ActivitiesEnabled: Teller._enabled,
    events.ActivityStarted: Teller._element,
    events.CompensationStarted: Teller._element,
    events.EscalationThrown: lambda _, event: {
        "nobody": same("") if event.caught else Text("(无人接收)", " (nobody takes it)")
    },
    events.DocumentDrafted: Teller._draft,
    events.DocumentReviewed: Teller._review,
    events.FileAttached: Teller._attachment,
}
"""Words of a sentence that are more than a field of its event."""
