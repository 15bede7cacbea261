"""The inbox: time of a whole page in the server for three people, at two numbers of closed tasks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask

from benchmarks import servers
from benchmarks.loader import Loader, Size
from benchmarks.office import HEADERS, Office, application, browser, logging_aside
from benchmarks.report import Report, Scale
from benchmarks.servers import Server
from benchmarks.stopwatch import Contender, Spread, race
from engine.errors import Text
from engine.value import Person

LIMIT, FLAT = 50.0, 1.2
"""Milliseconds of a page, p95; and the page at ten times the closed tasks against the page before."""

WHO = {"ordinary": "普通人员 anybody", "crowd": "一万项的角色 role of 10,000", "team": "二百个项目角色 200 case roles"}
FIRST_LOOK, AGAIN = "first", "again"
HOW = {FIRST_LOOK: "初看 first look", AGAIN: "再看 again"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one scale loads and measures."""

    sizes: tuple[Size, Size]
    rounds: int
    burst: int


def _sizes(open_tasks: int, closed: int, crowd: int, teams: int) -> tuple[Size, Size]:
    few, many = (Size(open=open_tasks, closed=number, crowd=crowd, teams=teams) for number in (closed, 10 * closed))
    return few, many


NUMBERS = {
    Scale.FULL: Numbers(sizes=_sizes(100_000, 100_000, 10_000, 200), rounds=20, burst=5),
    Scale.QUICK: Numbers(sizes=_sizes(20_000, 10_000, 10_000, 200), rounds=3, burst=3),
    Scale.TINY: Numbers(sizes=_sizes(120, 40, 40, 4), rounds=1, burst=1),
}


class Page:
    """One page of one person; `forgets` when who handed the tasks on is read anew each time."""

    def __init__(self, app: Flask, cookie: str, *, forgets: bool) -> None:
        self.app, self.forgets = app, forgets
        self.client = browser(app, cookie)

    def prepare(self) -> None:
        """Forget, if the page is to be as on a first look."""
        if self.forgets:
            self.app.extensions.pop("zhixing_hands", None)

    def run(self) -> None:
        """The page as a browser gets it, compressed."""
        answer = self.client.get("/", headers=HEADERS)
        assert answer.status_code == 200, answer.status


def measure(scale: Scale) -> Report:
    """Both databases, each at both numbers of closed tasks, side by side."""
    numbers = NUMBERS[scale]
    few, many = (size.closed for size in numbers.sizes)
    report = Report(
        name="inbox_page",
        title=Text(
            f"待办页的服务器时间(毫秒,中位数 / p95;{numbers.sizes[0].open:,} 项未完成)",
            f"The inbox's time in the server (ms, median / p95; {numbers.sizes[0].open:,} open tasks)",
        ),
        columns=(
            "",
            "人员 who",
            "",
            f"已完成 {few:,}\nclosed",
            f"已完成 {many:,}\nclosed",
            f"处理器时间,{many:,}\nbusy",
            "之比\nratio",
        ),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server, logging_aside():
            _server(report, server, numbers)
    report.note(
        "初看:任务由谁转来须从日志读出;再看:已记住(进程内记两万项)。之比按耗时,括号内按本进程的处理器时间(不含 PostgreSQL 服务器的)。",
        "First look: who handed the tasks on is read from the journal. Again: it is remembered, as for 20,000 tasks of a "
        "process. The ratio is of waiting time, in brackets of this process's time on a core, without PostgreSQL's server.",
    )
    return report


def _server(report: Report, server: Server, numbers: Numbers) -> None:
    contenders: dict[str, Contender] = {}
    with ExitStack() as stack:
        for size in numbers.sizes:
            loader = Loader(Office(stack.enter_context(server.database())), size)
            loader.load()
            for who, person in loader.measured.named().items():
                contenders |= _pages(loader.office, f"{size.closed}.{who}", person)
        found = race(contenders, rounds=numbers.rounds, burst=numbers.burst)
    few, many = (size.closed for size in numbers.sizes)
    for who in WHO:
        for how in HOW:
            _tell(report, server.name, who, how, {few: found[f"{few}.{who}.{how}"], many: found[f"{many}.{who}.{how}"]})


def _pages(office: Office, name: str, person: Person) -> dict[str, Contender]:
    cookie = office.session(person)
    return {f"{name}.{how}": Page(application(office.store), cookie, forgets=how == FIRST_LOOK) for how in HOW}


def _tell(report: Report, server: str, who: str, how: str, found: Mapping[int, Spread]) -> None:
    few, many = found.values()
    ratio, on_core = many.median / few.median, many.busy / few.busy
    report.line(server, WHO[who], HOW[how], few.words, many.words, many.busy_words, f"{ratio:.2f} ({on_core:.2f})")
    for closed, spread in found.items():
        report.figures |= spread.figures(f"{server}.{closed}.{who}.{how}")
    if how != AGAIN:
        return
    zh, en = WHO[who].split(" ", 1)
    words = f"{server},{zh},p95 毫秒", f"{server}, {en}, p95 in ms"
    report.target(*words, limit=LIMIT, found=many.p95 * 1_000)
    words = f"{server},{zh},已完成任务十倍时之比", f"{server}, {en}, ratio at ten times the closed tasks"
    is_whole = server == "SQLite"  # whose work is done in this process; PostgreSQL's is seen by waiting alone
    report.target(*words, limit=FLAT, found=on_core if is_whole else ratio)
