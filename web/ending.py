"""Whether a case can be ended: while processes run in it, only by whoever says that they may go on without it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.errors import Fault, Reason, Refused, Text
from engine.words import Status
from storage import schema
from storage.attempt import Also, Receipt
from storage.submission import Store
from web import reading

MOST_NAMED = 3


def idle(store: Store) -> Also:
    """Asked under the lock of the command that ends a case: nothing runs in it. Raises Refused with what does."""

    def ask(connection: Connection, receipt: Receipt) -> None:
        instances = schema.instance.c
        query = select(instances.stream_no, instances.version, instances.process).where(
            instances.case_no == receipt.stream, instances.status == Status.RUNNING
        )
        found = {
            row.stream_no: reading.process_name(store.procedures.get(row.version, connection), row.process)
            for row in connection.execute(query.order_by(instances.stream_no))
        }
        if found:
            raise _busy(found)

    return ask


def _busy(running: dict[int, Text]) -> Refused:
    """What runs, by the number of its instance, each as a fault of its own."""
    names = list(dict.fromkeys(running.values()))
    more = Text(f"等 {len(names)} 个", " and others") if len(names) > MOST_NAMED else Text("", "")
    zh = "、".join(name.zh for name in names[:MOST_NAMED]) + more.zh
    en = ", ".join(name.en for name in names[:MOST_NAMED]) + more.en
    return Refused(
        Reason.WRONG_STATE,
        f"这个项目里还有流程在办理:{zh};请等办完再结束",
        f"expected nothing to run in the case any more, but {en} does: end the case when it is done",
        tuple(Fault(f"instances/{stream}", name) for stream, name in running.items()),
    )
