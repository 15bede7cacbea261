"""The life of a task as a table: every command, in every stage, by everybody, with the exact outcome."""

from collections.abc import Callable

import pytest

from engine.commands import (
    ClaimTask,
    Command,
    CompleteTask,
    CopyTask,
    DelegateTask,
    OpenTask,
    ReleaseTask,
    ResolveTask,
    TransferTask,
    UrgeTask,
    WaiveSeparation,
)
from engine.errors import Refused
from engine.value import Context
from tests.engine.test_work import BODY, LANES
from tests.engine.world import MANIFEST, World, process, trial

DONE = "done"

PEOPLE = {
    "holder": ("SMO",),
    "candidate": ("SMO",),
    "deputy": (),
    "helper": ("PM",),
    "author": ("SALES", "SMO"),
    "outsider": (),
    "owner": ("OWNER",),
    "waiver": ("MR",),
    "receiver": ("SMO",),
}
"""The review task is offered to SMO and kept apart from the author; `deputy` acts for `candidate`."""

RIGHTS = MANIFEST.replace('owner = "SMO"', 'owner = "OWNER"').replace(
    "[roles.MR]", '[roles.OWNER]\nzh = "主管"\nen = "Owner"\n[roles.MR]'
)

COMMANDS: dict[str, tuple[type[Command], Callable[[World], dict[str, object]]]] = {
    "claim": (ClaimTask, lambda _: {}),
    "open": (OpenTask, lambda _: {}),
    "release": (ReleaseTask, lambda _: {}),
    "complete": (CompleteTask, lambda _: {"data": Context()}),
    "transfer": (TransferTask, lambda world: {"to": world.people["receiver"], "reason": "出差"}),
    "delegate": (DelegateTask, lambda world: {"to": world.people["helper"], "reason": "请提意见"}),
    "resolve": (ResolveTask, lambda _: {"opinion": "可以"}),
    "urge": (UrgeTask, lambda _: {"message": "请尽快"}),
    "copy": (CopyTask, lambda world: {"to": (world.people["outsider"],), "message": "供参考"}),
    "waive": (WaiveSeparation, lambda world: {"person": world.people["author"], "reason": "小公司"}),
}

TABLE = """
command   stage      holder        candidate    deputy       helper       author               outsider     owner        waiver       nobody
claim     offered    done          done         done         not-allowed  separation-of-duties not-allowed  not-allowed  not-allowed  not-allowed
claim     claimed    wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
claim     delegated  wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
open      offered    done          done         done         not-allowed  separation-of-duties not-allowed  not-allowed  not-allowed  not-allowed
open      claimed    done          not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  not-allowed  not-allowed
open      delegated  not-allowed   not-allowed  not-allowed  done         not-allowed          not-allowed  not-allowed  not-allowed  not-allowed
release   offered    wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
release   claimed    done          not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  done         not-allowed  not-allowed
release   delegated  wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
complete  offered    done          done         done         not-allowed  separation-of-duties not-allowed  not-allowed  not-allowed  not-allowed
complete  claimed    done          not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  not-allowed  not-allowed
complete  delegated  wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
transfer  offered    done          done         done         not-allowed  separation-of-duties not-allowed  done         not-allowed  not-allowed
transfer  claimed    done          not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  done         not-allowed  not-allowed
transfer  delegated  wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  done         wrong-state  not-allowed
delegate  offered    done          done         done         not-allowed  separation-of-duties not-allowed  not-allowed  not-allowed  not-allowed
delegate  claimed    done          not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  not-allowed  not-allowed
delegate  delegated  wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
resolve   offered    wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
resolve   claimed    wrong-state   wrong-state  wrong-state  wrong-state  wrong-state          wrong-state  wrong-state  wrong-state  wrong-state
resolve   delegated  done          not-allowed  not-allowed  done         not-allowed          not-allowed  not-allowed  not-allowed  not-allowed
urge      offered    done          done         done         not-allowed  done                 not-allowed  done         done         not-allowed
urge      claimed    done          done         done         not-allowed  done                 not-allowed  done         done         not-allowed
urge      delegated  done          done         done         done         done                 not-allowed  done         done         not-allowed
copy      offered    done          done         done         not-allowed  done                 not-allowed  done         done         not-allowed
copy      claimed    done          done         done         not-allowed  done                 not-allowed  done         done         not-allowed
copy      delegated  done          done         done         done         done                 not-allowed  done         done         not-allowed
waive     offered    not-allowed   not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  done         not-allowed
waive     claimed    not-allowed   not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  done         not-allowed
waive     delegated  not-allowed   not-allowed  not-allowed  not-allowed  not-allowed          not-allowed  not-allowed  done         not-allowed
"""


def cases() -> list[tuple[str, str, str, str]]:
    """Command, stage, who, outcome."""
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(row[0], row[1], who, row[at]) for row in rows for at, who in enumerate(head) if at > 1]


def reviewing(stage: str) -> tuple[World, int, str]:
    """A review in a stage: offered; claimed by the holder; delegated by the holder to the helper."""
    world = World(trial(process(BODY, lanes=LANES), RIGHTS))
    for name, roles in PEOPLE.items():
        world.hire(name, *roles)
    world.deputise("candidate", "deputy")
    stream = world.start("author")
    world.do(CompleteTask, "author", stream, task=world.task(stream, "write").id, data=Context())
    task = world.task(stream, "review").id
    if stage != "offered":
        world.do(ClaimTask, "holder", stream, task=task)
    if stage == "delegated":
        world.do(DelegateTask, "holder", stream, task=task, to=world.people["helper"], reason="请提意见")
    return world, stream, task


@pytest.mark.parametrize(("command", "stage", "who", "outcome"), cases(), ids=lambda found: str(found))
def test_the_table_of_rights(command: str, stage: str, who: str, outcome: str) -> None:
    world, stream, task = reviewing(stage)
    kind, fields = COMMANDS[command]
    actor = None if who == "nobody" else who
    before = (world.instance(stream), len(world.journal.kept[stream]))
    if outcome == DONE:
        assert len(world.do(kind, actor, stream, task=task, **fields(world)).events) >= 1
        return
    with pytest.raises(Refused) as refusal:
        world.do(kind, actor, stream, task=task, **fields(world))
    assert refusal.value.reason == outcome
    assert refusal.value.text.zh != refusal.value.text.en
    assert (world.instance(stream), len(world.journal.kept[stream])) == before


def test_the_table_names_every_command_in_every_stage() -> None:
    assert {(command, stage) for command, stage, _, _ in cases()} == {
        (command, stage) for command in COMMANDS for stage in ("offered", "claimed", "delegated")
    }
