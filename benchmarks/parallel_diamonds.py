"""Start of a model with many parallel diamonds: stock predicts every way through them, ours none."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks import models, servers
from benchmarks.house import House
from benchmarks.report import Report, Scale
from benchmarks.stock import Stock
from benchmarks.stopwatch import Contender, milliseconds, race
from engine.errors import Text

COUNTS = {Scale.FULL: (8, 14), Scale.QUICK: (8, 12), Scale.TINY: (2,)}
ROUNDS = {Scale.FULL: 3, Scale.QUICK: 2, Scale.TINY: 1}


@dataclass(kw_only=True)
class StockStart:
    """Start in memory, and write as JSON."""

    stock: Stock
    tasks: int = 0
    size: int = 0

    def prepare(self) -> None:
        """Nothing is needed."""

    def run(self) -> None:
        """Start and write."""
        workflow = self.stock.start({})
        self.size = len(self.stock.write(workflow))
        self.tasks = len(workflow.tasks)


@dataclass(kw_only=True)
class OurStart:
    """Start through the store: entry, projections, commit."""

    house: House
    streams: list[int] = field(default_factory=list)

    def prepare(self) -> None:
        """Nothing is needed."""

    def run(self) -> None:
        """Start and commit."""
        self.streams.append(self.house.start({})[0])


def measure(scale: Scale) -> Report:
    """Each number of diamonds, both engines."""
    report = Report(
        name="parallel_diamonds",
        title=Text("启动含 n 个并行菱形的流程(毫秒)", "Starting a process of n parallel diamonds (ms)"),
        columns=(
            "",
            "原生\nstock",
            "原生任务数\nstock's tasks",
            "原生 kB\nstock's kB",
            "本系统\nours",
            "原生÷本系统\nstock÷ours",
        ),
    )
    for count in COUNTS[scale]:
        with servers.sqlite() as server, server.database() as database:
            stock = StockStart(stock=Stock(models.diamonds(count, stock=True)))
            house = House(database, models.diamonds(count, stock=False))
            contenders: dict[str, Contender] = {"stock": stock, "ours": OurStart(house=house)}
            found = race(contenders, rounds=ROUNDS[scale], burst=1)
        times = [milliseconds(found[key].median) for key in ("stock", "ours")]
        ratio = found["stock"].median / found["ours"].median
        report.line(str(count), times[0], f"{stock.tasks:,}", f"{stock.size / 1000:,.0f}", times[1], f"{ratio:,.0f}")
        for key, spread in found.items():
            report.figures |= spread.figures(f"{count}.{key}")
        report.figures |= {f"{count}.stock.tasks": stock.tasks, f"{count}.stock.bytes": stock.size}
    return report
