"""The window is as large as the open work, in every shape, however long it ran; and the same bytes in every process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands import CompleteTask
from engine.flow import Model
from engine.value import Context, number
from tests.engine.flow.drawing import (
    E,
    S,
    boundary,
    document,
    flow,
    gateway,
    model,
    node,
    path,
    process,
    script,
    several,
    user,
)
from tests.engine.flow.ours import excess
from tests.engine.flow.recorder import Recorder
from tests.engine.world import World, trial

ROOT = Path(__file__).parents[3]
TURNS = 500

LOOP = gateway("exclusive", "m") + gateway("exclusive", "g", default="g_e")
BACK = flow("g", "m", 'u != "stop"') + flow("g", "e", key="g_e")


def user_loop(body: str = "", *more: str) -> str:
    """A loop of a user task; `more` stands beside it after a parallel split."""
    return S + LOOP + user("u") + E + body + path("m", "u", "g") + BACK


SHAPES: dict[str, str] = {
    "a loop": user_loop() + path("s", "m"),
    "a loop beside a branch that waits": user_loop(gateway("parallel", "f") + user("w"))
    + path("s", "f", "m")
    + path("f", "w"),
    "a loop beside a timer that waits": user_loop(
        gateway("parallel", "f")
        + node(
            "intermediateCatchEvent",
            "w",
            '<bpmn:timerEventDefinition><bpmn:timeDuration>"P9Y"</bpmn:timeDuration></bpmn:timerEventDefinition>',
        )
    )
    + path("s", "f", "m")
    + path("f", "w"),
    "a loop in a sub-process under a boundary event": S
    + node(
        "subProcess",
        "sp",
        node("startEvent", "s2")
        + LOOP
        + user("u")
        + node("endEvent", "e2")
        + path("s2", "m", "u", "g")
        + flow("g", "m", 'u != "stop"')
        + flow("g", "e2", key="g_e"),
    )
    + boundary("t", "sp", interrupting=False)
    + user("h")
    + E
    + path("s", "sp", "e")
    + path("t", "h"),
    "a loop under a boundary event that fires at every turn": S
    + LOOP
    + user("u")
    + boundary("t", "u", interrupting=False, cycle=True)
    + script("h", "{n: 1}")
    + E
    + path("s", "m", "u", "g")
    + path("t", "h")
    + BACK,
    "a parallel block in a loop": S
    + LOOP
    + gateway("parallel", "f")
    + gateway("parallel", "j")
    + user("u")
    + script("c", "{n: 1}")
    + E
    + path("s", "m", "f", "u", "j", "g")
    + path("f", "c", "j")
    + BACK,
    "an inclusive block in a loop": S
    + LOOP
    + gateway("inclusive", "f")
    + gateway("inclusive", "j")
    + user("u")
    + script("c", "{n: 1}")
    + E
    + path("s", "m", "f")
    + flow("f", "u", "true")
    + flow("f", "c", "true")
    + path("u", "j", "g")
    + path("c", "j")
    + BACK,
    "a sequential multi-instance": S + user("u", several(sequential=True, times=str(TURNS))) + E + path("s", "u", "e"),
    "a standard loop": S
    + user(
        "u",
        '<bpmn:standardLoopCharacteristics><bpmn:loopCondition>u != "stop"</bpmn:loopCondition></bpmn:standardLoopCharacteristics>',
    )
    + E
    + path("s", "u", "e"),
}


def turn(run: Recorder, answer: str) -> None:
    """One more turn; a boundary event that waits fires first, and the window keeps its bound."""
    if "t" in run.open:
        run.finish("t")
        assert excess(run) == []
    run.finish("u", answer)
    run.log.clear()
    run.left.clear()
    assert excess(run) == []


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_window_does_not_grow_with_the_past(shape: str) -> None:
    run = Recorder(model(SHAPES[shape]))
    sizes = []
    for _ in range(TURNS - 1):
        turn(run, "on")
        sizes.append(len(run.window))
    assert max(sizes[20:]) <= max(sizes[:20]) + 40  # counted ids get longer, nothing else does
    turn(run, "stop")
    assert "u" not in run.open


def test_a_timer_that_fires_again_and_again_leaves_nothing_behind() -> None:
    body = (
        S
        + user("u")
        + boundary("t", "u", interrupting=False, cycle=True)
        + script("h", "{n: 1}")
        + E
        + path("s", "u", "e")
        + path("t", "h")
    )
    run = Recorder(model(body))
    for _ in range(TURNS):
        run.finish("t")
    assert run.sizes[-1] == run.sizes[0] == (2, 2)
    run.finish("u")
    assert run.done


@pytest.mark.soak
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if "sequential" not in shape], ids=str)
def test_ten_thousand_turns(shape: str) -> None:
    run = Recorder(model(SHAPES[shape]))
    sizes = []
    for _ in range(10_000):
        turn(run, "on")
        sizes.append(len(run.window))
    assert max(sizes[20:]) <= max(sizes[:20]) + 60
    turn(run, "stop")
    assert "u" not in run.open


def a_large_variable_through(turns: int) -> list[int]:
    """The sizes of the entries of a loop whose instance holds a variable of 1 MB."""
    body = user_loop() + path("s", "m")
    body = body.replace('id="u"', 'id="u" zx:candidates="&quot;SALES&quot;"', 1).replace('u != "stop"', "u != null")
    world = World(trial(document(body)))
    world.hire("amy", "SALES")
    stream = world.start(big="x" * 1_000_000)
    for _ in range(turns):
        world.do(CompleteTask, "amy", stream, task=world.task(stream, "u").id, data=Context())
    assert world.instance(stream).scopes
    assert b"xxx" not in world.journal.windows[stream]
    return [len(str(entry.events)) + len(str(entry.command)) for entry in world.journal.entries(stream)]


def test_a_variable_of_a_megabyte_stands_in_one_entry_only() -> None:
    first, *others = a_large_variable_through(TURNS)
    assert first > 1_000_000
    assert max(others) < 5_000


@pytest.mark.soak
def test_a_variable_of_a_megabyte_through_ten_thousand_turns() -> None:
    _, *others = a_large_variable_through(10_000)
    assert max(others) < 5_000


def test_fourteen_parallel_diamonds_in_a_row_cost_as_many_tokens_as_they_have_elements() -> None:
    body, last = S, "s"
    for turn in range(14):
        f, j = f"f{turn}", f"j{turn}"
        body += gateway("parallel", f) + gateway("parallel", j) + node("task", f"a{turn}") + node("task", f"b{turn}")
        body += path(last, f, f"a{turn}", j) + path(f, f"b{turn}", j)
        last = j
    run = Recorder(model(body + E + path(last, "e")))
    assert run.done
    assert run.spent == 2 + 14 * 4


def test_five_hundred_tasks_in_a_row() -> None:
    keys = [f"u{number}" for number in range(500)]
    run = Recorder(model(S + "".join(user(key) for key in keys) + E + path("s", *keys, "e")))
    for key in keys:
        run.finish(key)
    assert run.done


def test_two_thousand_automatic_turns_in_one_step() -> None:
    body = (
        S
        + script("i", "{n: 0}")
        + gateway("exclusive", "m")
        + script("c", "{n: n + 1}")
        + gateway("exclusive", "g", default="g_e")
        + E
    )
    body += path("s", "i", "m", "c", "g") + flow("g", "m", "n < 2000") + flow("g", "e", key="g_e")
    run = Recorder(model(body))
    assert (run.done, run.values["n"]) == (True, number(2000))


def test_specs_are_not_changed_by_a_run() -> None:
    shared = model(SHAPES["a parallel block in a loop"])
    shape: Callable[[Model], object] = lambda found: sorted(  # noqa: E731
        (name, list(spec._inputs), list(spec._outputs)) for name, spec in found.specification.task_specs.items()
    )
    before = shape(shared)
    for _ in range(3):
        run = Recorder(shared)
        run.finish("u", "stop")
        assert run.done
    assert shape(shared) == before


def digest_of_runs() -> str:
    """One digest over every window and log of a few runs."""
    whole = hashlib.sha256()
    called = process("q", node("startEvent", "qs") + user("qu") + path("qs", "qu"))
    for body in (*SHAPES.values(), S + node("callActivity", "c", calledElement="q") + E + path("s", "c", "e")):
        run = Recorder(model(body, more=called))
        for _ in range(5):
            for key in list(run.waiting):
                if run.places[key].id in ("u", "qu"):
                    run.finish_activity(key, "on")
                    break
            whole.update(run.window + "|".join(run.log).encode())
    return whole.hexdigest()


def test_another_process_with_another_hash_seed_makes_the_same_bytes() -> None:
    code = "from tests.engine.flow.test_window import digest_of_runs; print(digest_of_runs())"
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == digest_of_runs()
