"""Small procedures of one role and an approval with a decision, put in force beside the shipped one and begun a few times."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import select

from engine.commands import StartInstance
from engine.value import Context
from engine.words import StreamKind
from storage import accounts, people, schema
from storage.submission import Store
from web import passwords
from web.cli import company, play
from web.cli.showcase import PASSWORD

MANIFEST = """
key = "{key}"
label = "1"
owner = "OWN"
[title]
zh = "{zh}"
en = "{en}"
[roles.OWN]
zh = "负责人"
en = "Owner"
[roles.STAFF]
zh = "员工"
en = "Staff"
"""
FORM = {
    "type": "default",
    "id": "approve",
    "components": [
        {
            "type": "radio",
            "key": "decision",
            "label": "结论",
            "validate": {"required": True},
            "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}],
        },
        {"type": "textarea", "key": "opinion", "label": "意见"},
    ],
}
OPTIONS = {"yes": "Yes", "no": "No"}
ENGLISH = {
    "approve": {
        "title": "Approve",
        "fields": {"decision": {"label": "Decision", "options": OPTIONS}, "opinion": {"label": "Opinion"}},
    }
}


def begun(store: Store, folder: Path, zh: str, model: str, names: Mapping[str, str], times: int) -> list[str]:
    """The approvals that wait; two new people do them. The first of the English names is that of the process."""
    key = next(iter(names))
    for name, text in {
        "procedure.toml": MANIFEST.format(key=key, zh=zh, en=names[key]),
        f"processes/{key}.bpmn": model,
        "forms/approve.form": json.dumps(FORM),
        "texts/en.json": json.dumps(
            {"elements": {element: {"name": name} for element, name in names.items()}, "forms": ENGLISH}
        ),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    version = play.publish(store, folder, f"test:{key}")
    for handle, name in (("yi", "易一"), ("er", "尔二")):
        people.add(store, f"test:{handle}", handle, name, ["STAFF"])
        person, kept = people.known(store, handle), passwords.hashed(PASSWORD)
        accounts.set_password(store.database, person, kept, store.now(), one_time=False)
    for number in range(times):
        command = f"test:{key}:{number}"
        store.open_stream(StreamKind.INSTANCE, command, _start(store, version, key, command))
    return waiting(store, "Approve")


def waiting(store: Store, element: str) -> list[str]:
    """The open tasks of a step, the oldest first."""
    tasks = schema.task.c
    with store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None))
        return list(connection.execute(query.order_by(tasks.task)).scalars())


def _start(store: Store, version: str, process: str, command: str) -> Callable[[int], StartInstance]:
    def build(stream: int) -> StartInstance:
        envelope = company.envelope(store, stream, people.known(store, "yi"), command)
        return StartInstance(envelope=envelope, case=None, version=version, process=process, input=Context())

    return build
