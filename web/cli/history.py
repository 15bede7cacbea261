"""What happened, in sentences; refusals included; and the state at any moment of the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from engine import replay as replays
from engine.case import Case
from engine.events import FollowUpScheduled
from engine.instance import Instance
from engine.journal import Entry
from engine.words import StreamKind
from storage import journal, refusals
from storage.refusals import Kept
from storage.shelf import StreamShelf
from storage.submission import Store
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.parameters import NUMBER
from web.telling import plain
from web.telling.naming import Names
from web.telling.order import in_order
from web.telling.sentences import STAGES
from web.telling.told import Teller, Told

NARROW = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry, or a refusal, with what it says."""

    found: Entry | Kept
    told: list[Told]

    @property
    def place(self) -> str:
        """Where it stands: stream and entry, or the number of the refusal."""
        return f"✗{self.found.number}" if isinstance(self.found, Kept) else f"{self.found.stream}.{self.found.revision}"


@command(zh="一个服务项目、流程实例、程序或组织(1)的经过。")
@click.argument("number", type=NUMBER)
@option("--alone", is_flag=True, zh="服务项目不含其流程实例。", en="A case without its instances.")
@click.pass_obj
def history(output: Output, number: int, alone: bool) -> None:
    """What happened in a case, an instance, a procedure, or the organisation (1)."""
    with company.opened(output) as store:
        show_history(output, store, number, alone=alone)


def show_history(output: Output, store: Store, number: int, *, alone: bool = False) -> None:
    """Print the history of a stream; of a case, with that of its instances."""
    state = company.state_of(store, number)
    streams = [number, *(company.instances_of(store, number) if isinstance(state, Case) and not alone else [])]
    lines = list(_lines(output, store, streams))
    output.table([("条目", "entry"), ("时间", "time"), ("人员", "who"), ("事项", "what")], _rows(output, lines))
    output.result([_document(line) for line in lines])


def read_entries(store: Store, stream: int, until: int | None = None) -> list[Entry]:
    """The entries of a stream."""
    with store.database.read() as connection:
        return list(journal.read(connection, stream, StreamShelf(connection, stream, store.recent), until=until))


def names_for(output: Output, store: Store, stream: int) -> Names:
    """The names that the history of a stream needs."""
    state = company.state_of(store, stream)
    version = state.version if isinstance(state, Instance | Case) else company.newest(store)
    procedure = company.procedure_of(store, version) if version else None
    return Names(procedure, company.names_of(store), output.zone)


def _lines(output: Output, store: Store, streams: list[int]) -> Iterator[Line]:
    tellers = {stream: Teller(names_for(output, store, stream)) for stream in streams}
    entries = _in_order([entry for stream in streams for entry in read_entries(store, stream)])
    told = [Line(found=entry, told=_told(tellers[entry.stream], entry, streams)) for entry in entries]
    with store.database.read() as connection:
        refused = refusals.of_streams(connection, streams)
    told += [Line(found=kept, told=[tellers[kept.stream].refusal(kept)]) for kept in refused]
    yield from sorted(told, key=lambda line: line.found.at)


def _told(teller: Teller, entry: Entry, streams: list[int]) -> list[Told]:
    """What an entry says; a follow-up is left out when what it led to is told as well."""
    hidden = {event.job for event in entry.events if isinstance(event, FollowUpScheduled) and len(streams) > 1}
    return teller.sentences(entry, hidden)


def _in_order(entries: list[Entry]) -> list[Entry]:
    """As they are told."""
    known = {(entry.stream, entry.revision): entry for entry in entries}
    causes = {spot: entry.command.envelope.cause for spot, entry in known.items()}
    spots = {spot: None if cause is None else (cause.stream, cause.revision) for spot, cause in causes.items()}
    return [known[spot] for spot in in_order({spot: (known[spot].at, cause) for spot, cause in spots.items()})]


def _rows(output: Output, lines: Iterable[Line]) -> Iterator[tuple[str, str, str, str]]:
    """One row a sentence; place and time only where they change."""
    first = 5 if output.console.width < NARROW else 0
    before, who_before = "", ""
    for line in lines:
        at = output.moment(line.found.at)[first:]
        for number, told in enumerate(line.told):
            who = output.text(told.who)
            place = line.place if number == 0 else ""
            yield place, "" if at == before else at, "" if number and who == who_before else who, output.text(told.what)
            before, who_before = at, who


def _document(line: Line) -> dict[str, object]:
    found = line.found
    said = {"zh": [told.what.zh for told in line.told], "en": [told.what.en for told in line.told]}
    if isinstance(found, Kept):
        actor = None if found.actor is None else found.actor.id
        asked = {"at": found.at, "command": found.kind, "actor": actor}
        return {"refusal": found.number, "stream": found.stream, **asked, "reason": str(found.refused.reason), **said}
    envelope = found.command.envelope
    asked = {
        "at": found.at,
        "command": type(found.command).__name__,
        "actor": None if envelope.actor is None else envelope.actor.id,
        "channel": str(envelope.channel),
    }
    return {"stream": found.stream, "revision": found.revision, **asked, **said}


@command(zh="流程实例在某一条目之后的样子,只由事件重现。")
@click.argument("instance", type=NUMBER)
@option("--at", "revision", type=NUMBER, required=True, zh="在哪一条目之后。", en="The entry after which to look.")
@click.pass_obj
def replay(output: Output, instance: int, revision: int) -> None:
    """An instance as it was after an entry, made from its events alone."""
    with company.opened(output) as store:
        show_moment(output, store, instance, revision)


def show_moment(output: Output, store: Store, stream: int, revision: int) -> None:
    """Print an instance as of an entry."""
    last = company.instance_of(store, stream).revision
    if revision > last:
        raise Failed(Exit.USAGE, f"--at 应在 1 到 {last} 之间", f"expected --at from 1 to {last}")
    entries = read_entries(store, stream, revision)
    state = replays.at(StreamKind.INSTANCE, stream, entries, revision)
    assert isinstance(state, Instance)
    names = names_for(output, store, stream)
    at = output.moment(entries[-1].at)
    output.say(f"第 {revision} 条之后,{at}:", f"after entry {revision}, {at}:")
    show_state(output, names, state)
    output.result({"revision": revision, "at": entries[-1].at} | state_document(state))


def show_state(output: Output, names: Names, state: Instance) -> None:
    """Print what is open in an instance, and its variables."""
    rows = [
        (
            task.id,
            output.text(names.step(task.process, task.element)),
            output.text(STAGES[task.stage]),
            output.text(names.offered(task)),
            output.text(names.value(task.due)),
        )
        for task in state.tasks.values()
    ]
    if rows:
        heads = [("任务", "task"), ("名称", "name"), ("状态", "stage"), ("办理", "with"), ("到期", "due")]
        output.table(heads, rows, wide="name with")
    else:
        output.say("没有待办任务。", "No task is open.")
    free = [
        (activity.id, element, output.text(names.step(activity.process, element)))
        for activity in state.activities.values()
        for element in activity.enabled
    ]
    if free:
        output.table([("自由子流程", "ad-hoc"), ("可开始", "may start"), ("名称", "name")], free)
    incidents = [(i.id, output.either(i.message_zh, i.message_en)) for i in state.incidents.values()]
    if incidents:
        output.table([("异常", "incident"), ("原因", "why")], incidents)
    waiting = [(s.id, s.name, plain.shown(s.correlation)) for s in state.subscriptions.values()]
    if waiting:
        output.table([("等待", "waits"), ("消息", "message"), ("关联", "correlation")], waiting)
    signals = [(s.id, s.name) for s in state.signals.values()]
    if signals:
        output.table([("等待", "waits"), ("信号", "signal")], signals)


def state_document(state: Instance) -> dict[str, object]:
    """An instance for programs."""
    return {
        "status": state.status,
        "ends": list(state.ends),
        "tasks": [
            {
                "task": task.id,
                "element": task.element,
                "stage": str(task.stage),
                "roles": list(task.roles),
                "persons": [person.id for person in task.persons],
                "holder": None if task.holder is None else task.holder.id,
            }
            for task in state.tasks.values()
        ],
        "variables": {n: plain.shown(v) for scope in state.scopes.values() for n, v in scope.variables.items()},
        "enabled": [
            {"step": activity.id, "element": element}
            for activity in state.activities.values()
            for element in activity.enabled
        ],
        "incidents": incidents_document(state),
        "messages": [
            {"subscription": s.id, "name": s.name, "correlation": plain.shown(s.correlation)}
            for s in state.subscriptions.values()
        ],
        "signals": [{"subscription": s.id, "name": s.name} for s in state.signals.values()],
    }


def incidents_document(state: Instance) -> list[dict[str, str]]:
    """What cannot go on in an instance, for programs."""
    return [{"incident": i.id, "zh": i.message_zh, "en": i.message_en} for i in state.incidents.values()]


COMMANDS = (history, replay)
