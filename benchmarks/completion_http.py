"""A task completed over HTTP against the least that a server can do: Flask, one row by SQLAlchemy, a commit."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from flask import Flask, request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert

from benchmarks import models, servers
from benchmarks.house import NOW, House
from benchmarks.office import signed_in
from benchmarks.report import Report, Scale
from benchmarks.served import Client, Served, product, served
from benchmarks.servers import Server
from engine.errors import Text
from engine.value import Context, number
from storage.database import Database

SHARE = 0.4
"""Of the bare server's rate."""

CLIENTS = (1, 8)
BARE, OURS = "bare", "ours"
PROOF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
NAMES = ("subject", "finding", "measure", "remark", "place")
ANSWER = {name: f"{name}:已按程序核对,情况属实,同意按计划办理。" * 3 for name in NAMES}
"""About 1 kB, as people hand it in."""

TABLE = Table("bare", MetaData(), Column("number", Integer, primary_key=True), Column("content", LargeBinary))
WORK = 'userTask id="work"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Requests of one burst, and how many bursts of each kind."""

    burst: int
    rounds: int


NUMBERS = {
    Scale.FULL: Numbers(burst=80, rounds=10),
    Scale.QUICK: Numbers(burst=24, rounds=3),
    Scale.TINY: Numbers(burst=8, rounds=1),
}


@dataclass(kw_only=True)
class Side:
    """One of the two servers, what it is asked, and what that took."""

    server: Served
    ask: Callable[[Client, int], None]
    cookie: str = ""
    asked: int = 0
    took: dict[int, float] = field(default_factory=dict)
    busy: dict[int, float] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)

    def burst(self, clients: int, size: int, *, counts: bool) -> None:
        """So many requests by so many clients at once."""
        share = size // clients
        first, self.asked = self.asked, self.asked + share * clients
        connections = [Client(self.server.port, self.cookie) for _ in range(clients)]
        begun, busy = time.perf_counter(), self.server.busy()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda turn: self._part(connections[turn], first + turn * share, share), range(clients)))
        if counts:
            self.took[clients] = self.took.get(clients, 0) + time.perf_counter() - begun
            self.busy[clients] = self.busy.get(clients, 0) + self.server.busy() - busy
            self.counted[clients] = self.counted.get(clients, 0) + share * clients
        for connection in connections:
            connection.connection.close()

    def rate(self, clients: int) -> float:
        """Requests a second."""
        return self.counted[clients] / self.took[clients]

    def cost(self, clients: int) -> float:
        """Seconds of the server's process on a core for one request."""
        return self.busy[clients] / self.counted[clients]

    def _part(self, client: Client, first: int, size: int) -> None:
        for place in range(first, first + size):
            self.ask(client, place)


def bare(url: str) -> Flask:
    """A server that keeps one row a request, with the same durability as ours."""
    app, database = Flask("bare"), Database(url)
    with database.write() as connection:
        TABLE.create(connection)

    @app.post("/")
    def keep() -> tuple[str, int]:
        with database.write() as connection:
            connection.execute(insert(TABLE).values(content=json.dumps(request.form).encode()))
        return "", 204

    return app


def measure(scale: Scale) -> Report:
    """Both databases, one client and eight."""
    numbers = NUMBERS[scale]
    report = Report(
        name="completion_http",
        title=Text("经 HTTP 办结任务(每秒)", "Tasks completed over HTTP (a second)"),
        columns=(
            "",
            "客户端\nclients",
            "最简\nbare",
            "本系统\nours",
            "本系统÷最简\nours÷bare",
            "最简,处理器毫秒\nbare, busy ms",
            "本系统,处理器毫秒\nours, busy ms",
            "本系统,内存 MB\nours, memory",
        ),
    )
    for opened in (servers.sqlite, servers.postgresql):
        with opened() as server:
            _server(report, server, numbers)
    report.note(
        "最简:Flask 与 SQLAlchemy 写一行并提交,同样的 waitress、线程数与落盘方式;两个服务器轮流应答,客户端也占用处理器。",
        "Bare: Flask and SQLAlchemy write one row and commit, under the same waitress, with as many threads and the same "
        "durability. The two servers take turns; the clients take time on the cores too.",
    )
    return report


def _server(report: Report, server: Server, numbers: Numbers) -> None:
    with _sides(server, numbers) as sides:
        for turn in range(-1, numbers.rounds):
            for clients in CLIENTS:
                for side in sides.values() if turn % 2 else reversed(sides.values()):
                    side.burst(clients, numbers.burst, counts=turn >= 0)
        memory = sides[OURS].server.memory()
    for clients in CLIENTS:
        simple, ours = sides[BARE], sides[OURS]
        share = ours.rate(clients) / simple.rate(clients)
        rates = f"{simple.rate(clients):,.0f}", f"{ours.rate(clients):,.0f}", f"{share:.0%}"
        costs = (f"{side.cost(clients) * 1_000:.1f}" for side in (simple, ours))
        report.line(server.name, str(clients), *rates, *costs, f"{memory:.0f}")
        for name, side in sides.items():
            report.figures |= {f"{server.name}.{clients}.{name}.rate": side.rate(clients)}
            report.figures |= {f"{server.name}.{clients}.{name}.busy_s": side.cost(clients)}
        words = f"{server.name},{clients} 个客户端,本系统 ÷ 最简", f"{server.name}, {clients} clients, ours ÷ bare"
        report.target(*words, limit=SHARE, found=share, at_least=True)
    report.figures[f"{server.name}.memory_mb"] = memory


@contextmanager
def _sides(server: Server, numbers: Numbers) -> Iterator[dict[str, Side]]:
    with ExitStack() as stack:
        database = stack.enter_context(server.database())
        house = House(database, _model(), texts=_english(), work=_form())
        wanted = (numbers.rounds + 1) * numbers.burst * len(CLIENTS)
        tasks = [house.start(Context({"turns": number(0)}))[1] for _ in range(wanted)]
        cookie = signed_in(database, house.person, NOW)
        url = database.url.render_as_string(hide_password=False)
        ours = stack.enter_context(served(product, url))
        simple = stack.enter_context(served(bare, server.empty()))
        page = gzip.decompress(Client(ours.port, cookie).get(f"/tasks/{tasks[0]}")).decode()
        yield {
            BARE: Side(server=simple, ask=lambda client, _place: client.post("/", ANSWER, 204)),
            OURS: Side(server=ours, ask=_completing(tasks, page), cookie=cookie),
        }


def _completing(tasks: Sequence[str], page: str) -> Callable[[Client, int], None]:
    proof = PROOF.search(page)
    assert proof is not None, "expected a form on the page of a task"
    form = {"csrf": proof[1], **{f"data.{name}": text for name, text in ANSWER.items()}}
    return lambda client, place: client.post(f"/tasks/{tasks[place]}/complete", form, 302)


def _model() -> bytes:
    return models.loop(stock=False).replace(WORK.encode(), f'{WORK} zx:form="forms/work.form"'.encode())


def _form() -> bytes:
    fields = [
        {"type": "textarea", "id": f"F_{name}", "key": name, "label": name, "validate": {"required": True}}
        for name in NAMES
    ]
    return json.dumps({"type": "default", "schemaVersion": 18, "id": "work", "components": fields}).encode()


def _english() -> bytes:
    fields = {name: {"label": name} for name in NAMES}
    return json.dumps({"elements": {}, "forms": {"work": {"title": "Work", "fields": fields}}}).encode()
