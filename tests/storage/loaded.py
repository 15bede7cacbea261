"""A process with everything that can be lost: tasks in parallel, a script in a loop, a timer, a number, a message."""

from __future__ import annotations

from datetime import timedelta

from storage.database import Database
from tests.engine.flow.drawing import flow, gateway, node, path, script
from tests.engine.world import lane, process
from tests.storage.company import Company

TURNS = 2
NUMBER = '<bpmn:extensionElements><zx:parameter name="pattern" value="&quot;N-{seq4}&quot;"/></bpmn:extensionElements>'
TIMER = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT30M"</bpmn:timeDuration></bpmn:timerEventDefinition>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="called"/>'

LOADED = (
    '<bpmn:startEvent id="s"/>'
    + gateway("parallel", "fork")
    + node("userTask", "write")
    + script("count", "{turns: get or else(turns, 0) + 1}")
    + gateway("exclusive", "again", default="again_join")
    + node("userTask", "look")
    + node("intermediateCatchEvent", "wait", TIMER)
    + node("serviceTask", "number", NUMBER, **{"zx:connector": "number-sequence"})
    + node("intermediateThrowEvent", "call", MESSAGE, **{"zx:correlation": "instance.id"})
    + node("intermediateCatchEvent", "hear", MESSAGE, **{"zx:correlation": "instance.id"})
    + gateway("parallel", "join")
    + '<bpmn:endEvent id="e"/>'
    + path("s", "fork", "write", "count", "again", "join", "e")
    + flow("again", "write", f"turns < {TURNS}")
    + path("fork", "look", "join")
    + path("fork", "wait", "number", "call", "join")
    + path("fork", "hear", "join")
)
"""Two turns of write; each instance calls itself, perhaps before it listens to anybody else."""

TARGET = '<bpmn:extensionElements><zx:parameter name="target" value="&quot;erp&quot;"/></bpmn:extensionElements>'
TELLS = LOADED.replace(
    path("fork", "wait", "number", "call", "join"), path("fork", "wait", "number", "tell", "call", "join")
) + node("serviceTask", "tell", TARGET, **{"zx:connector": "webhook"})
"""The same, and each instance tells another system."""

ELEMENTS = ("s", "fork", "write", "count", "again", "look", "wait", "number", "call", "hear", "join", "e")
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", *ELEMENTS)}</bpmn:laneSet>'
TELLING_LANES = f'<bpmn:laneSet id="ls">{lane("SALES", *ELEMENTS, "tell")}</bpmn:laneSet>'
WAIT = timedelta(minutes=31)
"""Longer than the timer."""


EVERY = '<bpmn:timerEventDefinition><bpmn:timeCycle>duration("PT10M")</bpmn:timeCycle></bpmn:timerEventDefinition>'
MILESTONE = process(
    node("startEvent", "tick", EVERY, **{"zx:catchUp": "each"}) + '<bpmn:endEvent id="done"/>' + path("tick", "done"),
    key="m",
)
"""A process that the clock begins every ten minutes."""


def telling(database: Database) -> Company:
    """A company whose instances tell another system, too, and which has a milestone."""
    return Company(database, TELLS, TELLING_LANES, {"processes/m.bpmn": MILESTONE})


def company(database: Database) -> Company:
    """A company that runs the loaded process."""
    return Company(database, LOADED, LANES)
