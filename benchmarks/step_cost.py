"""Step cost by history length: one completion through storage against stock SpiffWorkflow saving its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import models, servers
from benchmarks.house import House
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from benchmarks.stock import DEPTH, Data, Stock, Table
from benchmarks.stopwatch import Contender, Spread, race
from engine.errors import Text
from engine.value import Context, Value, number

PER_TURN = 3
"""Finished tasks of one turn: user task, script, gateway."""

SHORT = 100
"""Below this length every run has an instance of its own; above it a run's few tasks hardly lengthen the history."""

FIELDS = {f"field{n:02}": f"value {n:02} ".ljust(75, "x") for n in range(12)}
"""About 1 kB of data that an instance carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one scale measures."""

    histories: tuple[int, ...]
    rounds: int
    burst: int

    @property
    def runs(self) -> int:
        """Of one contender, with the round that does not count."""
        return (self.rounds + 1) * self.burst


NUMBERS = {
    Scale.FULL: Numbers(histories=(10, 100, 950, 10_000), rounds=10, burst=6),
    Scale.QUICK: Numbers(histories=(10, 100, 950, 3_000), rounds=3, burst=4),
    Scale.TINY: Numbers(histories=(10, 20), rounds=1, burst=2),
}
FACTORS = {10: 1.0, 100: 4.0, 950: 35.0}
FLAT = 1.2
STOCK, KEPT, COLD, WARM = "stock", "stock_spec_kept", "cold", "warm"


class StockStep:
    """One step of stock: every run starts from the same row, an instance with a history of exactly this length."""

    def __init__(self, stock: Stock, document: str, url: str) -> None:
        self.stock, self.document, self.table = stock, document, Table(url)
        self.count = 0
        self.table.put(document)

    def prepare(self) -> None:
        """A step that is not timed, as a busy server has just done one; then the row as it was."""
        self.run()
        self.table.put(self.document)
        self.count += 1

    def run(self) -> None:
        """Load, complete, save, commit."""
        self.table.step(self.stock, answer(self.count))


class Track:
    """Instances of ours with a history of about this length: a short one serves one run, a long one all of them."""

    def __init__(self, house: House, history: int, runs: int) -> None:
        self.house = house
        self.turns = history // PER_TURN
        wanted = runs if history < SHORT else 1
        self.instances = [self._begin() for _ in range(wanted)]

    def take(self) -> tuple[int, str]:
        """An instance one turn younger than wanted, and its task."""
        return self.instances.pop() if len(self.instances) > 1 else self.instances[0]

    def give(self, stream: int, task: str) -> None:
        """A long one comes back for the next run."""
        if self.instances and self.instances[0][0] == stream:
            self.instances[0] = (stream, task)

    def _begin(self) -> tuple[int, str]:
        stream, task = self.house.start({**ours(FIELDS), "turns": number(0)})
        for _ in range(self.turns - 1):
            task = self.house.turn(stream, task, ours(answer(0)))
        return stream, task


class OurStep:
    """One completion through the store; `cold` when the process does not have the instance in memory."""

    def __init__(self, track: Track, *, cold: bool) -> None:
        self.track, self.cold = track, cold
        self.count = 0

    def prepare(self) -> None:
        """A step of the same instance that is not timed: now it is in memory, unless the process forgets it."""
        house = self.track.house
        self.stream, task = self.track.take()
        self.task = house.turn(self.stream, task, ours(answer(self.count)))
        self.count += 1
        self.form = ours(answer(self.count))
        self.door = house.forgetful() if self.cold else house

    def run(self) -> None:
        """Load, complete, persist, project, commit."""
        task = self.door.turn(self.stream, self.task, self.form)
        self.track.give(self.stream, task)


def our_steps(house: House, history: int, runs: int) -> dict[str, Contender]:
    """Cold and warm steps, for so many runs of each."""
    track = Track(house, history, 2 * runs + 1)
    return {COLD: OurStep(track, cold=True), WARM: OurStep(track, cold=False)}


def answer(count: int) -> Data:
    """What a person hands in: small, and another each time."""
    return {"decision": "again", "remark": f"turn {count}"}


def ours(data: Data) -> Context:
    """The same as values."""
    found: dict[str, Value] = {key: str(value) for key, value in data.items()}
    return Context(found)


def measure(scale: Scale) -> Report:
    """Both databases, every history."""
    numbers = NUMBERS[scale]
    stocks = list(_stocks(numbers.histories))
    report = Report(
        name="step_cost",
        title=Text("一步的成本与历史长度(毫秒,中位数 / p95)", "One step by length of history (ms, median / p95)"),
        columns=(
            "",
            "已完成任务\nfinished",
            "原生\nstock",
            "原生,规格留内存\nstock, spec kept",
            "本系统,冷\nours, cold",
            "本系统,热\nours, warm",
            "原生÷冷\nstock÷cold",
            "原生÷热\nstock÷warm",
        ),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server:
            _server(report, server, numbers, stocks)
    report.note(
        "原生:从自己的 JSON 载入、办一步、存回、提交;模型只解析一次。冷:内存中没有该实例;热:即产品本身,有其缓存。",
        "Stock loads its own JSON, does the step, saves, commits; its model is parsed once. "
        "Cold: the instance is not in memory. Warm: the product as it is, with its cache.",
    )
    report.note(
        "比值按耗时;括号内按本进程的处理器时间(不含 PostgreSQL 服务器的)。",
        "Ratios are of waiting time; in brackets of this process's time on a core (PostgreSQL's own is not in it).",
    )
    report.note(
        f"原生引擎不能超过约 {DEPTH} 个连续任务:它的遍历在深度 1000 停止,之后悄悄丢失任务。",
        f"Stock cannot go beyond about {DEPTH} tasks in a row: its iterator stops at a depth of 1,000 and loses tasks.",
    )
    return report


def _stocks(histories: Sequence[int]) -> Iterator[tuple[str, Stock, str]]:
    """Contender, engine and document for every history that stock can have."""
    model = models.loop(stock=True)
    stocks = {STOCK: Stock(model), KEPT: Stock(model, keeps_specification=True)}
    for history in histories:
        for name, stock in stocks.items() if history <= DEPTH else ():
            yield f"{history}.{name}", stock, stock.with_history(history, {**FIELDS, "turns": 0}, answer(0))


def _server(report: Report, server: Server, numbers: Numbers, stocks: Sequence[tuple[str, Stock, str]]) -> None:
    with ExitStack() as stack:
        house = House(stack.enter_context(server.database()), models.loop(stock=False))
        contenders: dict[str, Contender] = {}
        for name, stock, document in stocks:
            contenders[name] = step = StockStep(stock, document, server.empty())
            stack.callback(step.table.close)
        for history in numbers.histories:
            contenders |= {f"{history}.{key}": step for key, step in our_steps(house, history, numbers.runs).items()}
        found = race(contenders, rounds=numbers.rounds, burst=numbers.burst)
    for history in numbers.histories:
        _line(report, server.name, history, found)
    _targets(report, server.name, numbers.histories, found)
    for key, spread in found.items():
        report.figures |= spread.figures(f"{server.name}.{key}")


def _line(report: Report, name: str, history: int, found: Mapping[str, Spread]) -> None:
    spreads = {key: found.get(f"{history}.{key}") for key in (STOCK, KEPT, COLD, WARM)}
    cells = ["不能 cannot" if spread is None else spread.words for spread in spreads.values()]
    ratios = [_ratio_words(found, history, key) for key in (COLD, WARM)]
    report.line(name, f"{history:,}", *cells, *ratios)


def _ratio_words(found: Mapping[str, Spread], history: int, key: str) -> str:
    """By wall time, and in brackets by this process's time on a core, which a busy machine blurs less."""
    stock, other = found.get(f"{history}.{STOCK}"), found[f"{history}.{key}"]
    return "–" if stock is None else f"{stock.median / other.median:.1f} ({stock.busy / other.busy:.1f})"


def _ratio(found: Mapping[str, Spread], history: int, key: str) -> float | None:
    stock = found.get(f"{history}.{STOCK}")
    return None if stock is None else stock.median / found[f"{history}.{key}"].median


def _targets(report: Report, name: str, histories: Sequence[int], found: Mapping[str, Spread]) -> None:
    for history, factor in FACTORS.items():
        for key, zh in ((COLD, "冷"), (WARM, "热")):
            ratio = _ratio(found, history, key) if history in histories else None
            if ratio is not None:
                words = (f"{name},{history} 个任务后,原生 ÷ {zh}", f"{name}, after {history} tasks, stock ÷ {key}")
                report.target(*words, limit=factor, found=ratio, at_least=True)
    first, last = min(histories), max(histories)
    for key, zh in ((COLD, "冷"), (WARM, "热")):
        ratio = found[f"{last}.{key}"].median / found[f"{first}.{key}"].median
        words = (f"{name},{last} 个任务后 ÷ {first} 个后,{zh}", f"{name}, step at {last} ÷ step at {first}, {key}")
        report.target(*words, limit=FLAT, found=ratio)
