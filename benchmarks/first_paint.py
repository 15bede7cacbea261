"""The first paint of the inbox in a real browser that has nothing of ours yet, and what goes over the wire for it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserType, sync_playwright

from benchmarks import servers
from benchmarks.loader import Loader, Size
from benchmarks.office import Office
from benchmarks.report import Report, Scale
from benchmarks.served import product, served
from benchmarks.stopwatch import percentile
from engine.errors import Text

PAINT, WEIGHT = 300.0, 200.0
"""Milliseconds to the first paint with an empty cache; kB of a page, compressed, without islands."""

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
VISITS = {Scale.FULL: 30, Scale.QUICK: 6, Scale.TINY: 1}
SIZES = {
    Scale.FULL: Size(open=100_000, closed=100_000, crowd=10_000, teams=200),
    Scale.QUICK: Size(open=20_000, closed=10_000, crowd=10_000, teams=200),
    Scale.TINY: Size(open=120, closed=40, crowd=40, teams=4),
}
READ = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const files = performance.getEntriesByType('resource').map(
    one => [new URL(one.name).pathname, one.encodedBodySize]);
  return {paint: paint.startTime, answer: page.responseStart, page: page.encodedBodySize, files};
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"


def measure(scale: Scale) -> Report:
    """SQLite, one server, a browser profile of its own for every visit."""
    report = Report(
        name="first_paint",
        title=Text("待办页首次显示(无缓存)", "First paint of the inbox (nothing cached)"),
        columns=("", "中位数 / p95 · median / p95", "最少 · least"),
    )
    if CHROMIUM is None:
        report.line("没有 Chromium no Chromium", "–", "–")
        report.note("本机没有 Chromium,未测。", "There is no Chromium on this machine: not measured.")
        return report
    found = _visits(CHROMIUM, scale)
    paints, answers = ([float(one[key]) for one in found] for key in ("paint", "answer"))
    for name, values in (("首次显示,毫秒 first paint, ms", paints), ("其中服务器应答 of it the answer", answers)):
        report.line(name, f"{median(values):.0f} / {percentile(values, 0.95):.0f}", f"{min(values):.0f}")
    islands, rest = _weights(found[-1])
    report.line("页面,不含脚本,kB page without islands", f"{rest:.1f}", "")
    report.line("脚本,kB islands", f"{islands:.1f}", "")
    report.figures |= {
        "paint_ms": median(paints),
        "paint_p95_ms": percentile(paints, 0.95),
        "answer_ms": median(answers),
    }
    report.figures |= {"page_kb": rest, "islands_kb": islands}
    report.target("首次显示,中位数毫秒", "first paint, median in ms", limit=PAINT, found=median(paints))
    report.target("页面,压缩后,不含脚本,kB", "page, compressed, without islands, kB", limit=WEIGHT, found=rest)
    return report


def _visits(chromium: str, scale: Scale) -> list[Mapping[str, Any]]:
    with ExitStack() as stack:
        server = stack.enter_context(servers.sqlite())
        loader = Loader(Office(stack.enter_context(server.database())), SIZES[scale])
        loader.load()
        url = loader.office.store.database.url.render_as_string(hide_password=False)
        cookie = loader.office.session(loader.measured.team)
        pages = stack.enter_context(served(product, url))
        playwright = stack.enter_context(sync_playwright())
        visits = range(-1, VISITS[scale])  # the first warms the server, and does not count
        return [_visit(playwright.chromium, chromium, pages.port, cookie) for _ in visits][1:]


def _visit(kind: BrowserType, chromium: str, port: int, cookie: str) -> Mapping[str, Any]:
    """One visit of a browser that was just started, with an empty profile; it has drawn an empty page before."""
    with _profile() as folder:
        context = kind.launch_persistent_context(
            folder, executable_path=chromium, args=list(QUIET), locale="zh-CN", viewport={"width": 1360, "height": 860}
        )
        address = f"http://127.0.0.1:{port}/"
        context.add_cookies([{"name": "zhixing", "value": cookie, "url": address}])
        page = context.pages[0]
        page.goto(address, wait_until="load")
        page.wait_for_function(PAINTED)
        found: Mapping[str, Any] = page.evaluate(READ)
        assert page.locator("li.task").count() > 0, "expected tasks in the inbox"
        context.close()
    return found


@contextmanager
def _profile() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="zhixing-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _weights(found: Mapping[str, Any]) -> tuple[float, float]:
    """Kilobytes of scripts, and of everything else."""
    files: Sequence[tuple[str, float]] = found["files"]
    islands = sum(size for name, size in files if name.endswith(".js"))
    rest = float(found["page"]) + sum(size for name, size in files if not name.endswith(".js"))
    return islands / 1_000, rest / 1_000
