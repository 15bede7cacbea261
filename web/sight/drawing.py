"""Where the tokens of an instance are and were, process by process: for the drawing, and as a list of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import Text
from engine.flow.elements import ACTIVITIES, Kind, Process
from engine.instance import Instance
from engine.procedure import Procedure
from engine.temporal import nanoseconds_utc
from storage.moments import micros
from web import reading, texts
from web.sight.dossier import Dossier
from web.telling.course import Mark, Move
from web.telling.order import Spot
from web.translation import _

DONE, HERE, LATE, TROUBLE, CANCELLED, WAITS = "done", "here", "late", "trouble", "cancelled", "waits"
TOLD = ACTIVITIES | {Kind.CATCH_EVENT, Kind.END, Kind.START, Kind.BOUNDARY_EVENT, Kind.THROW_EVENT}
EVENTS = frozenset({Kind.START, Kind.CATCH_EVENT, Kind.BOUNDARY_EVENT, Kind.EVENT_GATEWAY, Kind.RECEIVE_TASK})
"""What waits by itself: nobody is at work there."""

TONES = {DONE: "good", HERE: "accent", LATE: "late", TROUBLE: "late", CANCELLED: "", WAITS: "note"}


@dataclass(kw_only=True)
class Visit:
    """What is known of one element: how often a token came, when last, when it left, who did it."""

    element: str
    spot: Spot
    entered: int
    times: int = 0
    left: int | None = None
    cancelled: bool = False
    by: str = ""
    flow: str | None = None
    open: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the list of steps."""

    element: str
    number: str
    name: Text
    state: str
    word: str
    tone: str
    times: int
    entered: str
    left: str
    by: str
    spot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One process of an instance: its drawing with marks, and its steps."""

    key: str
    stream: int
    process: str
    version: str
    title: Text
    state: str
    word: str
    tone: str
    steps: Sequence[Step]
    marks: Mapping[str, object]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the whole that the root process calls."""

    name: Text
    state: str
    word: str


def drawings(found: Dossier, instance: Instance) -> list[Drawing]:
    """The processes of an instance that were entered, the root first."""
    if not instance.version:
        return []
    visits, flows = _visits(found, instance)
    late = _late(found, instance)
    keys = [instance.process, *(process for process in visits if process != instance.process)]
    made = [_drawing(found, instance, key, visits.get(key, {}), flows.get(key, []), late) for key in keys]
    busy = any(one.is_open for one in made)
    return made if busy else [_opened(one) if one is made[0] else one for one in made]


def phases(found: Dossier, instance: Instance) -> list[Phase]:
    """What the root process calls, in the order it is written, and how far each has come; empty unless there are several."""
    if not instance.version:
        return []
    procedure = found.procedure(instance.version)
    root = procedure.model.processes[instance.process]
    calls = [one.id for one in root.elements.values() if one.kind is Kind.CALL_ACTIVITY and one.parent is None]
    if len(calls) < 2:
        return []
    visits = _visits(found, instance)[0].get(instance.process, {})
    late = _late(found, instance)
    states = [(call, _state(visits[call], root, instance, late) if call in visits else "") for call in calls]
    return [
        Phase(name=reading.step(procedure, root.id, call)[1], state=state, word=word(state)) for call, state in states
    ]


def word(state: str) -> str:
    """A state in words."""
    words = {
        DONE: _("已完成"),
        HERE: _("进行中"),
        LATE: _("已逾期"),
        TROUBLE: _("有异常"),
        CANCELLED: _("已取消"),
        WAITS: _("等待中"),
    }
    return words.get(state, _("未开始"))


def _visits(found: Dossier, instance: Instance) -> tuple[dict[str, dict[str, Visit]], dict[str, list[str]]]:
    """By process: the elements that tokens came to, and the flows they took."""
    visits: dict[str, dict[str, Visit]] = {}
    flows: dict[str, dict[str, None]] = {}
    for mark in found.courses[instance.stream].marks[: instance.revision]:
        for move in mark.moves:
            here = visits.setdefault(move.process, {})
            if move.entered:
                _came(here, mark, move, instance.stream)
                if move.flow:
                    flows.setdefault(move.process, {})[move.flow] = None
            elif move.element in here:
                _went(here[move.element], mark, move)
    return visits, {process: list(found) for process, found in flows.items()}


def _came(here: dict[str, Visit], mark: Mark, move: Move, stream: int) -> None:
    at = micros(mark.at)
    visit = here.setdefault(move.element, Visit(element=move.element, spot=(stream, mark.revision), entered=at))
    if not visit.open:  # an item of a multi-instance is no other time
        visit.times, visit.entered, visit.flow, visit.by = visit.times + 1, at, move.flow, ""
    visit.spot = (stream, mark.revision)
    visit.open.add(move.activity)


def _went(visit: Visit, mark: Mark, move: Move) -> None:
    visit.open.discard(move.activity)
    visit.left, visit.cancelled = micros(mark.at), move.cancelled
    visit.by = move.by or visit.by


def _late(found: Dossier, instance: Instance) -> frozenset[str]:
    """Activities whose task was due by then."""
    now = reading.store().now() if found.is_now else found.courses[found.spot[0]].marks[found.spot[1] - 1].at
    limit = micros(now) * 1000
    dues = {task.id: nanoseconds_utc(task.due) for task in instance.tasks.values() if task.due is not None}
    return frozenset(key for key, due in dues.items() if due is not None and due <= limit)


def _state(visit: Visit, process: Process, instance: Instance, late: frozenset[str]) -> str:
    if not visit.open:
        return CANCELLED if visit.cancelled else DONE
    if any(incident.activity in visit.open for incident in instance.incidents.values()):
        return TROUBLE
    known = process.elements.get(visit.element)
    if known is not None and (known.kind in EVENTS or known.by_event):
        return WAITS
    return LATE if visit.open & late else HERE


def _drawing(
    found: Dossier,
    instance: Instance,
    key: str,
    visits: Mapping[str, Visit],
    flows: Sequence[str],
    late: frozenset[str],
) -> Drawing:
    procedure = found.procedure(instance.version)
    process = procedure.model.processes[key]
    states = {element: _state(visit, process, instance, late) for element, visit in visits.items()}
    here = [element for element, visit in visits.items() if visit.open]
    state = _whole(states, here, instance)
    steps = list(_steps(found, procedure, process, visits, states))
    said = {step.element: _said(step) for step in steps}
    marks = {
        "steps": {
            element: {"state": states[element], "times": visit.times, "said": said.get(element, "")}
            for element, visit in visits.items()
        },
        "flows": flows,
        "here": {element: _tokens(instance, visits[element]) for element in here},
        "came": {element: visits[element].flow for element in here if visits[element].flow},
    }
    working = [element for element in here if states[element] in (HERE, LATE, TROUBLE)]
    kinds = {process.elements[element].kind for element in working if element in process.elements}
    return Drawing(
        key=f"{instance.stream}-{key}",
        stream=instance.stream,
        process=key,
        version=instance.version,
        title=reading.process_name(procedure, key),
        state=state,
        word=word(state),
        tone=TONES.get(state, ""),
        steps=steps,
        marks=marks,
        is_open=bool(kinds - {Kind.CALL_ACTIVITY}),
    )


def _whole(states: Mapping[str, str], here: Sequence[str], instance: Instance) -> str:
    """How a process stands: as what is open in it."""
    open_ones = {states[element] for element in here}
    for state in (TROUBLE, LATE, HERE, WAITS):
        if state in open_ones:
            return state
    return DONE if states else ""


def _steps(
    found: Dossier, procedure: Procedure, process: Process, visits: Mapping[str, Visit], states: Mapping[str, str]
) -> Iterator[Step]:
    for element, visit in visits.items():
        known = process.elements.get(element)
        if known is None or known.kind not in TOLD or not known.name:
            continue
        number, name = reading.step(procedure, process.id, element)
        state = states[element]
        yield Step(
            element=element,
            number=number,
            name=name,
            state=state,
            word=word(state),
            tone=TONES[state],
            times=visit.times,
            entered=texts.at(visit.entered),
            left=texts.at(visit.left) if visit.left is not None and not visit.open else "",
            by=found.people.get(visit.by, ""),
            spot=f"{visit.spot[0]}.{visit.spot[1]}",
        )


def _tokens(instance: Instance, visit: Visit) -> int:
    """How many are there: of a task with several holders, those that wait."""
    return sum(key in instance.tasks for key in visit.open) or 1


def _said(step: Step) -> str:
    """What stands in the small sign at an element."""
    when = step.left or step.entered
    return " ".join(part for part in (step.word, step.by, when) if part)


def _opened(one: Drawing) -> Drawing:
    made = {name: getattr(one, name) for name in Drawing.__slots__}
    return Drawing(**{**made, "is_open": True})
