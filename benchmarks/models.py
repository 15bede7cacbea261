"""The measured models, once for both engines: they differ in the language of a script, nowhere else."""

from __future__ import annotations

import re
from itertools import pairwise

FEEL, PYTHON = "{ turns: turns + 1 }", "turns = turns + 1"

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zx="urn:zhixing:bpmn:1"'
)
FOREVER = "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition>"
USER_TASK = re.compile('<bpmn:userTask id="([a-z0-9]+)"')
OURS, STOCK = 'duration("P3650D")', '"P3650D"'


def loop(*, stock: bool) -> bytes:
    """One user task, a script, an exclusive gateway, and back."""
    return _document("p", _start("s", "work") + _turn("work", "e", stock) + _end("e"))


def loop_beside_branch(*, stock: bool) -> bytes:
    """The loop, while another branch waits for a person."""
    other = '<bpmn:userTask id="other"/>' + _path("fork", "other", "join")
    return _document("p", _forked(other, stock))


def loop_beside_timer(*, stock: bool) -> bytes:
    """The loop, while another branch waits for a moment in ten years."""
    timer = FOREVER.format(STOCK if stock else OURS)
    other = f'<bpmn:intermediateCatchEvent id="other">{timer}</bpmn:intermediateCatchEvent>'
    return _document("p", _forked(other + _path("fork", "other", "join"), stock))


def loop_under_boundary(*, stock: bool) -> bytes:
    """The loop inside a sub-process that carries a non-interrupting timer."""
    timer = FOREVER.format(STOCK if stock else OURS)
    inner = _start("si", "work") + _turn("work", "ei", stock) + _end("ei")
    body = (
        _start("s", "inside")
        + f'<bpmn:subProcess id="inside">{inner}</bpmn:subProcess>'
        + f'<bpmn:boundaryEvent id="late" attachedToRef="inside" cancelActivity="false">{timer}</bpmn:boundaryEvent>'
        + '<bpmn:userTask id="other"/>'
        + _path("late", "other", "el")
        + _path("inside", "e")
        + _end("e")
        + _end("el")
    )
    return _document("p", body)


def diamonds(count: int, *, stock: bool) -> bytes:
    """A user task, and then this many forks of two user tasks, one after the other."""
    parts = [_start("s", "work"), '<bpmn:userTask id="work"/>']
    last = "work"
    for n in range(count):
        parts.append(f'<bpmn:parallelGateway id="f{n}"/><bpmn:parallelGateway id="j{n}"/>')
        parts.append(f'<bpmn:userTask id="a{n}"/><bpmn:userTask id="b{n}"/>')
        parts.append(_path(last, f"f{n}", f"a{n}", f"j{n}") + _path(f"f{n}", f"b{n}", f"j{n}"))
        last = f"j{n}"
    return _document("p", "".join(parts) + _path(last, "e") + _end("e"))


def _forked(other: str, stock: bool) -> str:
    gateways = '<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>'
    turn = _turn("work", "join", stock)
    return _start("s", "fork") + gateways + _path("fork", "work") + turn + other + _path("join", "e") + _end("e")


def _turn(task: str, after: str, stock: bool) -> str:
    script = PYTHON if stock else FEEL
    condition = "<bpmn:conditionExpression>turns &gt;= 1000000</bpmn:conditionExpression>"
    return (
        f'<bpmn:userTask id="{task}" zx:result="answer"/>'
        f'<bpmn:scriptTask id="count" scriptFormat="{"python" if stock else "feel"}"><bpmn:script>{script}</bpmn:script></bpmn:scriptTask>'
        f'<bpmn:exclusiveGateway id="again" default="again_{task}"/>'
        + _path(task, "count", "again", task)
        + f'<bpmn:sequenceFlow id="again_{after}" sourceRef="again" targetRef="{after}">{condition}</bpmn:sequenceFlow>'
    )


def _start(key: str, first: str) -> str:
    return f'<bpmn:startEvent id="{key}"/>{_path(key, first)}'


def _end(key: str) -> str:
    return f'<bpmn:endEvent id="{key}"/>'


def _path(*keys: str) -> str:
    return "".join(f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(keys))


def _document(key: str, body: str) -> bytes:
    tasks = "".join(f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>" for task in USER_TASK.findall(body))
    lanes = f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" zx:role="WORK">{tasks}</bpmn:lane></bpmn:laneSet>'
    return (
        f'<bpmn:definitions {NAMESPACES} id="d" targetNamespace="benchmarks">'
        f'<bpmn:process id="{key}" isExecutable="true">{lanes}{body}</bpmn:process></bpmn:definitions>'
    ).encode()
