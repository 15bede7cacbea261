"""The names of things as people know them, in both languages: never an id where a name exists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from engine import temporal
from engine.errors import Text
from engine.flow.elements import Element
from engine.label import ENGLISH
from engine.procedure import Procedure
from engine.stream import ORGANISATION
from engine.task import Task
from engine.value import Date, DateTime, Person, Value
from web.telling import plain

CONTACT = Text("外部联系人", "a contact outside")
"""Somebody who did a task by a link, and whose name is not there (any more)."""

SHORT, DIGEST = 12, 64
COUNTED = re.compile(r"(?<![\d.])[1-9]\d*\.[1-9]\d*\.[1-9]\d*(?![\d.]|\.\d)")
CODE = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]{1,9}(?![A-Za-z0-9_])")
NUMBERED = re.compile(r"(?<![A-Za-z0-9_])(T\d+)_(\d+[A-Z]?)(?![A-Za-z0-9_])")


def same(text: str) -> Text:
    """A text that is the same in both languages."""
    return Text(text, text)


def joined(found: list[Text]) -> Text:
    """Several texts as one."""
    return Text("、".join(text.zh for text in found), ", ".join(text.en for text in found))


def shown(value: Value) -> Text:
    """A value in a sentence."""
    found = plain.shown(value)
    return same(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


class Names:
    """The names of people, and of the parts of one version of a procedure."""

    def __init__(self, procedure: Procedure | None, people: Mapping[str, str], zone: str) -> None:
        self.procedure, self.people, self.zone = procedure, people, zone
        texts = _texts(procedure)
        self.english, self.headings, self.options = _english(texts), _headings(texts), _options(texts)
        self.messages = _table(texts, "messages")

    def person(self, person: Person) -> Text:
        """The name of a person; the id of one who was erased."""
        found = self.people.get(person.id)
        if found is None and not person.id.startswith(f"{ORGANISATION}."):
            return CONTACT
        return Text(f"已删除的人员 {person.id}", f"erased person {person.id}") if found is None else same(found)

    def sentence(self, text: Text, step: Callable[[str], Text] = same) -> Text:
        """A sentence of the engine, which speaks of ids and codes, with names instead; `step` names tasks by id."""
        roles = {} if self.procedure is None else self.procedure.roles

        def counted(key: str) -> Text:
            return self.person(Person(key)) if key in self.people else step(key)

        zh = COUNTED.sub(lambda found: counted(found[0]).zh, text.zh)
        en = COUNTED.sub(lambda found: counted(found[0]).en, text.en)
        zh = CODE.sub(lambda found: roles[found[0]].name.zh if found[0] in roles else found[0], zh)
        en = CODE.sub(lambda found: roles[found[0]].name.en if found[0] in roles else found[0], en)
        return Text(NUMBERED.sub(r"\1.\2", zh), NUMBERED.sub(r"\1.\2", en))

    def offered(self, task: Task) -> Text:
        """Who holds a task, or whom it is offered to."""
        if task.holder is not None:
            return self.person(task.holder)
        return joined([*(self.person(person) for person in task.persons), *(self.role(role) for role in task.roles)])

    def step(self, process: str, element: str) -> Text:
        """A step with its number as written in the procedure, and its name."""
        found = self.element(process, element)
        number = element.replace("_", ".") if element[:1] == "T" and element[1:2].isdigit() else ""
        zh = (found.name or "") if found is not None else ""
        en = self.english.get(element) or zh
        if not (number or zh):
            return same(element)
        return Text(f"{number} {zh}".strip(), f"{number} {en}".strip())

    def element(self, process: str, element: str) -> Element | None:
        """The element of the model, when the model is known."""
        found = None if self.procedure is None else self.procedure.model.processes.get(process)
        return None if found is None else found.elements.get(element)

    def flow(self, process: str, flow: str) -> Text | None:
        """The name of a sequence flow, if it has one."""
        found = None if self.procedure is None else self.procedure.model.processes[process].flows.get(flow)
        return None if found is None or not found.name else Text(found.name, self.english.get(flow) or found.name)

    def ends(self, ends: tuple[str, ...]) -> Text:
        """The names of end events."""
        processes = [] if self.procedure is None else list(self.procedure.model.processes)
        homes = [next((key for key in processes if self.element(key, end) is not None), "") for end in ends]
        return joined([self.step(process, end) for process, end in zip(homes, ends, strict=True)])

    def role(self, code: str) -> Text:
        """The name of a role."""
        found = None if self.procedure is None else self.procedure.roles.get(code)
        return same(code) if found is None else found.name

    def heading(self, decision: str, zh: str) -> Text:
        """What a column of a decision is called."""
        return Text(zh, self.headings.get(decision, {}).get(zh) or zh)

    def choice(self, decision: str, zh: str) -> Text:
        """A text that a decision is given: a role, a word of the decision, or what a form offers to choose."""
        if self.procedure is not None and zh in self.procedure.roles:
            return self.role(zh)
        return Text(zh, self.headings.get(decision, {}).get(zh) or self.options.get(zh) or zh)

    def document(self, key: str) -> Text:
        """The title of a document."""
        found = None if self.procedure is None else self.procedure.documents.get(key)
        return same(key) if found is None else found

    def process(self, key: str) -> Text:
        """The name of a process."""
        found = None if self.procedure is None else self.procedure.model.processes.get(key)
        name = key if found is None or not found.name else found.name
        return Text(name, self.english.get(key) or name)

    def message(self, name: str) -> Text:
        """The name of a message or signal."""
        return Text(name, str(self.messages.get(name) or name))

    def word(self, field: str, found: object) -> Text:
        """What a field of an event says."""
        named: dict[str, Callable[[str], Text]] = {
            "role": self.role,
            "document": self.document,
            "process": self.process,
        }
        if field in named and isinstance(found, str):
            return named[field](found)
        if field in ("digest", "version") and isinstance(found, str) and len(found) == DIGEST:
            return same(f"{found[:SHORT]}…")
        return self.value(found)

    def value(self, found: object) -> Text:
        """A person, a day, a moment on the organisation's clocks, or a text."""
        match found:
            case None:
                return same("")
            case Person():
                return self.person(found)
            case DateTime():
                text = temporal.in_zone(found, self.zone)
                return same(f"{temporal.format_date(text.date)} {text.time.hour:02}:{text.time.minute:02}")
            case Date():
                return same(temporal.format_date(found))
            case tuple():
                return joined([self.value(item) for item in found])
            case _:
                return same(str(found))


def _texts(procedure: Procedure | None) -> Mapping[str, Any]:
    """The English of a version."""
    if procedure is None or ENGLISH not in procedure.files:
        return {}
    found: Mapping[str, Any] = json.loads(procedure.files[ENGLISH])
    return found


def _english(texts: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(found.get("name", "")) for key, found in texts.get("elements", {}).items()}


def _headings(texts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The English of each decision, by the Chinese that stands in it."""
    found = {key: words for key, words in texts.get("decisions", {}).items() if isinstance(words, dict)}
    return {key: {zh: str(en) for zh, en in words.items()} for key, words in found.items()}


def _options(texts: Mapping[str, Any]) -> dict[str, str]:
    """The English of what forms offer to choose, where all that offer it say the same."""
    found: dict[str, set[str]] = {}
    forms = _table(texts, "forms")
    for form in forms:
        fields = _table(_table(forms, form), "fields")
        for field in fields:
            for zh, en in _table(_table(fields, field), "options").items():
                found.setdefault(zh, set()).add(str(en))
    return {zh: words.pop() for zh, words in found.items() if len(words) == 1}


def _table(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table in a table; anything else is none, as the check of a version has it."""
    table = found.get(key, {})
    return table if isinstance(table, dict) else {}
