"""One moment of a case: who did what, in which role, on whose behalf and why, and what changed by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from engine import events
from engine.commands import Command, CompleteTask, SendMessage
from engine.errors import Text
from engine.journal import Entry
from engine.value import Person, Value
from engine.words import Channel
from web import texts
from web.sight import values
from web.sight.dossier import Dossier, person_name
from web.sight.values import Labels, Row
from web.telling.naming import Names
from web.telling.told import Told
from web.translation import _

REASONS = ("reason", "opinion", "message", "change_note", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed under one heading, field by field."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The entry after which the case is shown."""

    spot: str
    day: str
    time: str
    told: tuple[Told, ...]
    who: str
    role: str
    behalf: str
    way: str
    why: str
    changes: tuple[Change, ...]
    process: str
    cause: tuple[str, Text] | None


def moment(found: Dossier) -> Moment:
    """What happened at the place at which the case is looked at."""
    entry = found.entry(found.spot)
    names = found.names(entry.stream)
    envelope = entry.command.envelope
    here = texts.local(entry.at)
    told = found.sentences(entry)
    author = next((one.who for one in told if one.who.zh), None)
    return Moment(
        spot=f"{entry.stream}.{entry.revision}",
        day=f"{here:%Y-%m-%d}",
        time=f"{here:%H:%M:%S}",
        told=tuple(told),
        who=texts.said(author or found.teller(entry.stream).actor(envelope.actor, envelope.channel)),
        role=_role(entry, names),
        behalf=person_name(found, _behalf(entry)),
        way=_way(envelope.channel),
        why=_why(entry.command),
        changes=tuple(change for change in _changes(found, entry, names) if change.rows),
        process=_process(found, entry),
        cause=_cause(found, entry),
    )


def data(found: Dossier) -> list[Row]:
    """The data of the case."""
    labels, names = _case_labels(found), found.names(found.number)
    held = found.case.data
    return [Row(label=labels.of(key), value=values.fact(names, key, held[key])) for key in labels.in_order("", held)]


def _changes(found: Dossier, entry: Entry, names: Names) -> Iterator[Change]:
    if entry.stream == found.number:
        before, labels = found.case_at(entry.revision - 1).data if entry.revision > 1 else {}, _case_labels(found)
        rows = [
            row
            for event in entry.events
            if isinstance(event, events.CaseDataSet)
            for row in _field(names, labels, event.name, event.value, before.get(event.name))
        ]
        yield Change(title=_("项目数据"), rows=tuple(rows))
        return
    yield from _variables(found, entry, names)


def _variables(found: Dossier, entry: Entry, names: Names) -> Iterator[Change]:
    """What variables hold now and held before; one heading for each form."""
    scopes = found.instance_at(entry.stream, entry.revision - 1).scopes if entry.revision > 1 else {}
    newest: dict[tuple[str, str], Value] = {}
    for event in entry.events:
        if isinstance(event, events.VariableSet):
            newest[event.scope, event.name] = event.value
    processes = _processes(found, entry)
    for (scope, name), value in newest.items():
        before = scopes[scope].variables.get(name) if scope in scopes else None
        labels = _labels(names, processes, name)
        title = texts.said(labels.title) if labels.title is not None else name
        yield Change(title=title, rows=tuple(values.rows(names, labels, value, before)))


def _field(names: Names, labels: Labels, name: str, value: Value, before: Value) -> Iterator[Row]:
    now, then = values.fact(names, name, value), values.fact(names, name, before)
    if now != then:
        yield Row(label=labels.of(name), value=now, before=then)


def _processes(found: Dossier, entry: Entry) -> list[str]:
    """The processes that the entry moved tokens in; of which a variable's form may be."""
    course = found.courses[entry.stream]
    moved = [move.process for move in course.marks[entry.revision - 1].moves]
    return list(dict.fromkeys([*moved, *(process for process, _element in course.steps.values())]))


def _labels(names: Names, processes: list[str], variable: str) -> Labels:
    if names.procedure is not None:
        for process in processes:
            found = values.labels_of(names.procedure, process, variable)
            if found.title is not None:
                return found
    return Labels(None, {})


def _case_labels(found: Dossier) -> Labels:
    titles = found.procedure(found.case.version).case_fields if found.case.version else {}
    return Labels(None, {}, {name: texts.said(one.title) for name, one in titles.items()})


def _process(found: Dossier, entry: Entry) -> str:
    """The process in which something happened last, by the key of its drawing."""
    moves = found.courses[entry.stream].marks[entry.revision - 1].moves
    return f"{entry.stream}-{moves[-1].process}" if moves else ""


def _cause(found: Dossier, entry: Entry) -> tuple[str, Text] | None:
    """The entry of this case that made it necessary, and what it says first."""
    cause = entry.command.envelope.cause
    if cause is None or not found.place_of((cause.stream, cause.revision)):
        return None
    told = found.sentences(found.entry((cause.stream, cause.revision)))
    return (f"{cause.stream}.{cause.revision}", told[0].what) if told else None


def _role(entry: Entry, names: Names) -> str:
    roles = (getattr(event, "role", None) for event in entry.events if _is_act(event))
    found = next((role for role in roles if role), None)
    return "" if found is None else texts.said(names.role(found))


def _behalf(entry: Entry) -> Person | None:
    return next((one for event in entry.events if (one := getattr(event, "on_behalf_of", None)) is not None), None)


def _is_act(event: events.Event) -> bool:
    """The role of the event is the one in which somebody acted."""
    return any(field.name == "on_behalf_of" for field in fields(event))


def _why(command: Command) -> str:
    """The reason or opinion that came with it."""
    said = [command.data.get("opinion")] if isinstance(command, CompleteTask) else []
    said += [command.payload.get("reason")] if isinstance(command, SendMessage) else []
    said += [getattr(command, name, None) for name in REASONS]
    return next((one for one in said if isinstance(one, str) and one), "")


def _way(channel: Channel) -> str:
    ways = {
        Channel.WEB: _("网页"),
        Channel.API: _("接口"),
        Channel.CLI: _("命令行"),
        Channel.CLOCK: _("定时器"),
        Channel.WORKER: _("后台任务"),
        Channel.LINK: _("一次性链接"),
    }
    return ways[channel]
