"""Decision tables in words: their texts, and the cells of their rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from engine.errors import Text
from engine.label import ENGLISH
from engine.procedure import Procedure

LITERAL = re.compile(r'"([^"\\]*)"')
SETTING = re.compile(r"\s*settings\.(\w+)\s*")


def spoken(found: Procedure, decision: str) -> Callable[[str], Text]:
    """What the texts of a decision are in both languages; without English they stay as they are."""
    english = _texts(found.files.get(ENGLISH, b"{}"), decision)
    return lambda zh: Text(zh, english.get(zh) or zh)


def cells(found: Procedure, decision: str) -> Callable[[str], Text | None]:
    """What a cell says in words: a value, or a condition on a setting by its name; None for another expression."""
    words, settings = spoken(found, decision), _settings(found, decision)

    def cell(source: str) -> Text | None:
        text = source.strip()
        if text in ("true", "false"):
            return Text("是", "yes") if text == "true" else Text("否", "no")
        literal = LITERAL.fullmatch(text)
        if literal is None:
            return _named(text, settings)
        role = found.roles.get(literal[1])
        return words(literal[1]) if role is None else role.name

    return cell


def _named(source: str, settings: Mapping[str, Text]) -> Text | None:
    """A condition with the names of settings; what stands in quotes stays."""
    names = "|".join(re.escape(name) for name in sorted(settings, key=len, reverse=True))
    english = re.sub(
        rf'"[^"]*"|(?<!\w)(?:{names})(?!\w)',
        lambda found: settings[found[0]].en if found[0] in settings else found[0],
        source,
    )
    return None if english == source else Text(source, english)


def _settings(found: Procedure, decision: str) -> dict[str, Text]:
    """The inputs that are settings of the procedure, as the tasks that ask the decision give them."""
    asked = (
        row
        for process in found.model.processes.values()
        for element in process.elements.values()
        if element.extensions.get("decision") == decision
        for row in element.inputs.items()
    )
    given = ((name, SETTING.fullmatch(source)) for name, source in asked)
    return {
        name: found.settings[match[1]].name for name, match in given if match is not None and match[1] in found.settings
    }


def _texts(source: bytes, key: str) -> Mapping[str, str]:
    found = json.loads(source).get("decisions", {}).get(key, {})
    return {zh: str(en) for zh, en in found.items()} if isinstance(found, dict) else {}
