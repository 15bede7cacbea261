"""The shipped procedure with random damage: the check always answers, and what it passes loads, starts and runs."""

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from engine import procedure as procedures
from engine.check import Finding, check
from engine.commands import AnswerService, CompleteTask
from engine.errors import Refused
from engine.flow.level import starts
from engine.procedure import Procedure
from engine.value import Context
from tests.engine.mutations import Files, mutated
from tests.engine.world import World

ROOT = Path(__file__).parents[2] / "bpmn" / "service-planning"
SHIPPED = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted(ROOT.rglob("*"))
    if path.is_file() and "scenarios" not in path.parts
}
BLOCK = 50


def examined(files: Files) -> Procedure | None:
    """The procedure, when the check has nothing against it. Whatever is wrong with it, only a refusal may say so."""
    findings = check(files)
    assert all(isinstance(finding, Finding) and finding.text.zh and finding.text.en for finding in findings)
    if not findings:
        return procedures.load(files)
    with suppress(Refused):
        procedures.load(files)
    return None


def run(procedure: Procedure) -> int:
    """Start every process and hand in empty forms; returns how many steps were taken or refused."""
    world, steps = World(procedure), 0
    world.hire("all", *procedure.roles)
    for process, drawn in procedure.model.processes.items():
        if not starts(drawn, None):
            continue  # an event begins it
        given = {"entry": "change"} if "entry" in procedure.inputs(process) else {}
        stream = world.start("all", process, **given)
        for _ in range(6):
            instance = world.instance(stream)
            with suppress(Refused):
                for key in list(instance.tasks)[:1]:
                    world.do(CompleteTask, "all", stream, task=key, data=Context())
                for key in list(instance.requests)[:1]:
                    world.do(AnswerService, None, stream, request=key, result=Context({"number": "X-1"}))
            steps += 1
    return steps


def fuzz(seed: int) -> tuple[int, int]:
    """How many of a block of damaged copies pass, and how many are refused."""
    random, passed = Random(seed), 0
    for place in range(BLOCK):
        files, told = mutated(SHIPPED, random)
        try:
            procedure = examined(files)
            if procedure is not None:
                passed += run(procedure) > 0
        except Exception as error:
            raise AssertionError(f"seed {seed}, copy {place}: {told}") from error
    return passed, BLOCK - passed


@pytest.mark.parametrize("seed", range(6))
def test_the_check_answers_whatever_the_damage_and_what_it_passes_runs(seed: int) -> None:
    passed, refused = fuzz(seed)
    assert refused > BLOCK // 2
    assert passed + refused == BLOCK


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6, 206))
def test_ten_thousand_damaged_copies(seed: int) -> None:
    passed, refused = fuzz(seed)
    assert passed + refused == BLOCK
