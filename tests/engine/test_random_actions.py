"""Random actions of people between the steps of random models, through commands: they end once and execute again alike."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import encoding, record, replay
from engine.commands import AddSigner, MoveToken, OpenTask, ResolveTask, ReturnTask, WithdrawTask
from engine.errors import Refused
from engine.flow import window as windows
from engine.instance import Instance
from engine.replay import Verdict
from engine.target import destinations, targets
from engine.task import Task
from engine.words import ReturnMode, SignPlace, Stage, Status, StreamKind
from tests.engine.flow.blocks import Block, draw
from tests.engine.flow.runs import Moves
from tests.engine.flow.whole import Whole
from tests.engine.test_determinism import NoShelf

ROOT = Path(__file__).parents[2]
CHUNK = 10
SLICE, SOAK = 60, 1000
MOST_ACTIONS = 10
STAFF = ("amy", "bob")


class Acted:
    """One random model run through commands, with what people do against its drawing."""

    def __init__(self, seed: int) -> None:
        self.model: Block = draw(seed)
        self.random = random.Random(seed * 15_485_863 + 3)
        self.moves = Moves(self.model, seed)
        self.whole = Whole(self.model)
        self.world = self.whole.world
        for name, role in (("bob", "SALES"), ("owner", "SMO"), ("cas", ""), ("dan", "")):
            self.world.hire(name, *([role] if role else []))
        self.made: Counter[str] = Counter()

    @property
    def instance(self) -> Instance:
        """The instance as it is now."""
        return self.world.instance(self.whole.stream)

    @property
    def window(self) -> bytes:
        """Its window."""
        return self.world.journal.windows[self.whole.stream]

    def run(self) -> None:
        """To its end, with actions as long as there are some left."""
        left = MOST_ACTIONS
        while True:
            for _ in range(self.random.choice([0, 0, 1, 1, 2])):
                if left > 0 and self.instance.tasks:
                    left -= 1
                    self.act()
                    self.sound()
            self.sign_all()
            move = self.moves.next(self.whole.open)
            if move is None:
                break
            self.whole.finish(*move)
            self.sign_all()
            self.sound()
        assert self.instance.status is Status.COMPLETED, dict(self.made)
        assert self.whole.completed["e"] == 1, dict(self.made)
        assert not self.instance.scopes.keys() - {next(iter(self.instance.scopes), "")}

    def sound(self) -> None:
        """Everything that waits has its token, and every token of a task its task."""
        tokens = windows.decode(self.window, self.world.procedure.model.specification, None)  # type: ignore[arg-type]
        entered = {token.activity for token in tokens.open() if token.activity is not None}
        assert self.instance.activities.keys() == entered
        waits = (*self.instance.timers.values(), *self.instance.requests.values())
        assert {wait.activity for wait in waits} | self.instance.tasks.keys() <= entered
        assert not self.instance.incidents, dict(self.made)
        assert {scope.activity for scope in self.instance.scopes.values()} - {None} <= entered
        assert len(self.instance.completions) <= 16

    def act(self) -> None:
        """Something a person may try; a refusal changes nothing."""
        kind = self.random.choice(["return", "straight", "withdraw", "move", "before", "after", "open"])
        before = self.world.journal.state(self.whole.stream)
        try:
            getattr(self, f"_{kind}")()
            self.made[kind] += 1
        except (Refused, IndexError):
            self.made[f"no {kind}"] += 1
            assert self.world.journal.state(self.whole.stream) == before

    def sign_all(self) -> None:
        """Whoever signs, signs."""
        while True:
            signing = [task for task in self.instance.tasks.values() if task.stage is Stage.SIGNING]
            if not signing:
                return
            task = signing[0]
            names = {person: name for name, person in self.world.people.items()}
            assert task.holder is not None
            self.world.do(ResolveTask, names[task.holder], self.whole.stream, task=task.id, opinion="同意")

    def _task(self) -> Task:
        return self.random.choice(list(self.instance.tasks.values()))

    def _who(self, task: Task) -> str:
        names = {person: name for name, person in self.world.people.items()}
        return self.random.choice(STAFF) if task.holder is None else names[task.holder]

    def _return(self, mode: ReturnMode = ReturnMode.STEP) -> None:
        task = self._task()
        straight = mode is ReturnMode.STRAIGHT
        found = targets(self.world.procedure, self.instance, self.window, task.id, straight=straight)
        legal = [one for one in found if one.refusal is None]
        to = self.random.choice(legal if self.random.random() < 0.9 else found)
        fields = {
            "target": to.name if to.item is not None else f"{to.process}:{to.element}",
            "mode": mode,
            "reason": "改",
        }
        self.world.do(
            ReturnTask, "amy" if task.holder is None else self._who(task), self.whole.stream, task=task.id, **fields
        )

    def _straight(self) -> None:
        self._return(ReturnMode.STRAIGHT)

    def _withdraw(self) -> None:
        found = self.random.choice(list(self.instance.completions.values())[-3:])
        self.world.do(WithdrawTask, "amy", self.whole.stream, task=found.task, reason="撤")

    def _move(self) -> None:
        task = self._task()
        found = destinations(self.world.procedure, self.instance, self.window, task.id)
        undecided = {f"x{key[1:]}" for key in self.whole.deciding}
        to = self.random.choice([one for one in found if one.element not in undecided])
        target = f"{to.process}:{to.element}"
        self.world.do(MoveToken, "owner", self.whole.stream, activity=task.id, target=target, reason="移")

    def _before(self, place: SignPlace = SignPlace.BEFORE) -> None:
        task = self._task()
        persons = tuple(self.world.people[name] for name in self.random.choice([("cas",), ("cas", "dan")]))
        self.world.do(AddSigner, "amy", self.whole.stream, task=task.id, persons=persons, place=place, reason="签")

    def _after(self) -> None:
        self._before(SignPlace.AFTER)

    def _open(self) -> None:
        self.world.do(OpenTask, "amy", self.whole.stream, task=self._task().id)


def acted(seed: int) -> Acted:
    """A model run to its end."""
    found = Acted(seed)
    found.run()
    return found


def entries(seed: int) -> Iterator[bytes]:
    """The bytes of every entry of a run, with the digest of the window after it."""
    found = acted(seed)
    for entry in found.world.journal.entries(found.whole.stream):
        document = record.write_entry(entry.command, entry.events, NoShelf())
        yield encoding.write({**document, "window": entry.window or ""})


def digest(seeds: range) -> str:
    """One digest over the entries of many runs."""
    whole = hashlib.sha256()
    for seed in seeds:
        for entry in entries(seed):
            whole.update(entry)
    return whole.hexdigest()


def executed_again(found: Acted) -> replay.Comparison:
    """The commands of a run once more."""
    journal = found.world.journal
    return replay.re_execute(
        StreamKind.INSTANCE,
        found.whole.stream,
        list(journal.entries(found.whole.stream)),
        procedure=lambda _entry, _state: found.world.procedure,
        surroundings=journal.surroundings,
    )


def end_and_execute_again(seeds: range) -> Counter[str]:
    """Runs that end once, with the same events when they are executed again."""
    made: Counter[str] = Counter()
    for seed in seeds:
        found = acted(seed)
        compared = executed_again(found)
        assert compared.verdict is Verdict.IDENTICAL, f"seed {seed}: {compared.reason}"
        assert compared.window == found.window
        made += found.made
    return made


@pytest.mark.parametrize("first", range(0, SLICE, CHUNK))
def test_whatever_people_do_every_instance_ends_once_and_executes_again(first: int) -> None:
    made = end_and_execute_again(range(first, first + CHUNK))
    assert min(made[kind] for kind in ("return", "straight", "move", "before", "after")) > 0, made


def test_another_process_with_another_hash_seed_makes_the_same_entries() -> None:
    seeds = range(12)
    code = f"from tests.engine.test_random_actions import digest; print(digest({seeds!r}))"
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest(seeds)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(SLICE, SOAK, CHUNK * 4))
def test_a_thousand_models_with_actions_end_once_and_execute_again(first: int) -> None:
    end_and_execute_again(range(first, first + CHUNK * 4))
