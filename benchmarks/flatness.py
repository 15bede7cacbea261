"""Flatness: the step of a loop that runs beside something that waits for years, by turns already done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import models, servers
from benchmarks.house import House
from benchmarks.report import Report, Scale
from benchmarks.step_cost import COLD, FIELDS, FLAT, PER_TURN, STOCK, WARM, StockStep, answer, our_steps
from benchmarks.stock import Stock
from benchmarks.stopwatch import Contender, Spread, race
from engine.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A loop and what waits beside it."""

    key: str
    title: str
    model: Callable[..., bytes]


SHAPES = (
    Shape(key="branch", title="旁有等待的分支 beside a waiting branch", model=models.loop_beside_branch),
    Shape(key="timer", title="旁有等待的定时 beside a waiting timer", model=models.loop_beside_timer),
    Shape(key="boundary", title="在非中断边界下 under a non-interrupting boundary", model=models.loop_under_boundary),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Turns before the measured step."""

    turns: tuple[int, ...]
    rounds: int
    burst: int


NUMBERS = {
    Scale.FULL: Numbers(turns=(10, 100, 1_000, 10_000), rounds=10, burst=6),
    Scale.QUICK: Numbers(turns=(10, 100, 1_000), rounds=3, burst=4),
    Scale.TINY: Numbers(turns=(2, 4), rounds=1, burst=2),
}
STOCK_TURNS = 100


def measure(scale: Scale) -> Report:
    """Three shapes on SQLite, each with its own race."""
    numbers = NUMBERS[scale]
    report = Report(
        name="flatness",
        title=Text("长期等待之旁的循环(毫秒,中位数 / p95)", "A loop beside what waits for long (ms, median / p95)"),
        columns=("", "已完成圈数\nturns done", "原生\nstock", "本系统,冷\nours, cold", "本系统,热\nours, warm"),
    )
    for shape in SHAPES:
        with servers.sqlite() as server:
            _shape(report, server, shape, numbers)
    return report


def _shape(report: Report, server: servers.Server, shape: Shape, numbers: Numbers) -> None:
    contenders: dict[str, Contender] = {}
    with ExitStack() as stack:
        house = House(stack.enter_context(server.database()), shape.model(stock=False))
        for turns in numbers.turns:
            steps = our_steps(house, turns * PER_TURN, (numbers.rounds + 1) * numbers.burst)
            contenders |= {f"{turns}.{key}": step for key, step in steps.items()}
        compared = STOCK_TURNS if STOCK_TURNS in numbers.turns else min(numbers.turns)
        stock = Stock(shape.model(stock=True))
        document = stock.with_history(compared * PER_TURN, {**FIELDS, "turns": 0}, answer(0))
        step = StockStep(stock, document, server.empty())
        stack.callback(step.table.close)
        contenders[f"{compared}.{STOCK}"] = step
        found = race(contenders, rounds=numbers.rounds, burst=numbers.burst)
    _tell(report, shape, numbers.turns, found)


def _tell(report: Report, shape: Shape, turns: tuple[int, ...], found: dict[str, Spread]) -> None:
    for count in turns:
        stock = found.get(f"{count}.{STOCK}")
        cells = ["" if stock is None else stock.words, *(found[f"{count}.{key}"].words for key in (COLD, WARM))]
        report.line(shape.title, f"{count:,}", *cells)
    for key, spread in found.items():
        report.figures |= spread.figures(f"{shape.key}.{key}")
    zh, en = shape.title.split(" ", 1)
    for key, word in ((COLD, "冷"), (WARM, "热")):
        ratio = found[f"{max(turns)}.{key}"].median / found[f"{min(turns)}.{key}"].median
        words = (f"{zh},{max(turns)} 圈 ÷ {min(turns)} 圈,{word}", f"{en}, {max(turns)} turns ÷ {min(turns)}, {key}")
        report.target(*words, limit=FLAT, found=ratio)
