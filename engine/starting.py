"""What may be given at the start of a process: whoever starts decides nothing that others are to decide."""

from __future__ import annotations

from engine.errors import Reason, Refused
from engine.flow.elements import Trigger
from engine.flow.level import begun_by, starts
from engine.procedure import RESERVED, Procedure
from engine.size import LARGEST_START, bounded
from engine.value import Context, Person, Value


def may_give(procedure: Procedure, process: str, values: Context, actor: Person | None) -> None:
    """Refuse what is too large, reserved names, and from a person every variable that the start event does not ask for in `zx:inputs`."""
    bounded(values, "启动时给出的变量", "variables at the start", LARGEST_START)
    reserved = sorted(RESERVED & values.keys())
    if reserved:
        raise Refused(
            Reason.INVALID_DATA,
            f"{'、'.join(reserved)} 是保留名称,不能作为变量",
            f"expected variables of other names than {', '.join(reserved)}, which are reserved",
        )
    asked = procedure.inputs(process)
    others = sorted(values.keys() - asked)
    if others and actor is not None:
        raise Refused(
            Reason.INVALID_DATA,
            f"流程 {process} 启动时只接受变量 {'、'.join(sorted(asked)) or '(无)'},但给出了 {'、'.join(others)}",
            f"expected only {', '.join(sorted(asked)) or 'no variables'} at the start, but found {', '.join(others)}",
        )


def may_begin(procedure: Procedure, process: str, start: str | None, payload: Value, actor: Person | None) -> None:
    """Refuse a start that is none, one that a person may not make happen, and none at all where an event must come."""
    bounded(payload, "启动事件的内容", "a start event's content")
    model = procedure.model.processes[process]
    if start is None and not starts(model, None):
        events = [e.id for e in model.elements.values() if begun_by(model, e.id) is not None]
        raise Refused(
            Reason.INVALID_DATA,
            f"流程 {process} 由事件启动,请指明 {'、'.join(events) or '(无)'} 之一",
            f"process {process} begins with an event: expected one of {', '.join(events) or 'none'} to be named",
        )
    if start is None:
        return
    if begun_by(model, start) is None:
        raise Refused(
            Reason.NOT_FOUND,
            f"流程 {process} 没有开始事件 {start}",
            f"expected a start event of process {process}, but {start} is none",
        )
    if actor is not None and model.elements[start].trigger is not Trigger.NONE:
        raise Refused(
            Reason.NOT_ALLOWED,
            f"{start} 由消息、信号或时钟启动,不由人员启动",
            f"expected a message, a signal or the clock to begin {start}, not a person",
        )
