"""A note to a target of the operator: mail or messenger, whatever apprise can reach."""

from __future__ import annotations

from engine.value import Context, Value
from jobs.connector import Call, ConnectorFailed
from storage.database import Database

LONGEST_SUBJECT, LONGEST_TEXT = 200, 20_000


class Notify:
    """`subject` and `text` go to `target`; the key stands under the text, so that a reader knows a repeat."""

    name = "notify"

    def run(self, call: Call, database: Database) -> Value:
        """`sent`. Raises ConnectorFailed."""
        import apprise  # takes half a second, and most processes send nothing

        target = call.target()
        sender = apprise.Apprise()
        if not sender.add(target.url):
            raise ConnectorFailed(
                f"expected an address that apprise knows for target {target.name}", permanent=True, code="target"
            )
        body = f"{call.text('text')[:LONGEST_TEXT]}\n\n[zhixing {call.key}]"
        if not sender.notify(title=call.text("subject")[:LONGEST_SUBJECT], body=body):
            raise ConnectorFailed(f"target {target.name} did not take the note", permanent=False, code="unreachable")
        return Context({"sent": True})


CONNECTOR = Notify()
