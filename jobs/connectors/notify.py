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
        target = call.target()
        body = f"{call.text('text')[:LONGEST_TEXT]}\n\n[zhixing {call.key}]"
        taken = note(target.url, call.text("subject")[:LONGEST_SUBJECT], body)
        if taken is None:
            raise ConnectorFailed(
                f"expected an address that apprise knows for target {target.name}", permanent=True, code="target"
            )
        if not taken:
            raise ConnectorFailed(f"target {target.name} did not take the note", permanent=False, code="unreachable")
        return Context({"sent": True})


def note(url: str, subject: str, text: str) -> bool | None:
    """Whether an address took a note; None when it is no address of a kind that is known."""
    import apprise  # takes half a second, and most processes send nothing

    sender = apprise.Apprise()
    return bool(sender.notify(title=subject, body=text, body_format="text")) if sender.add(url) else None


CONNECTOR = Notify()
