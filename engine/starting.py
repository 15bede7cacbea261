"""What may be given at the start of a process: whoever starts decides nothing that others are to decide."""

from __future__ import annotations

from engine.errors import Reason, Refused
from engine.procedure import RESERVED, Procedure
from engine.value import Context, Person


def may_give(procedure: Procedure, process: str, values: Context, actor: Person | None) -> None:
    """Refuse reserved names, and from a person every variable that the start event does not ask for in `zx:inputs`."""
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
