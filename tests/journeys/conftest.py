"""A real server on a free port and the system's Chromium; pictures go to the folder of `ZHIXING_PICTURES` when it is set."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from storage.database import Database
from storage.migrations import upgrade
from storage.submission import Store
from tests.journeys import furnishing, serving
from tests.web.pages.conftest import cheap_hashes
from web.cli import showcase
from web.cli.play import SimulatedClock

__all__ = ["cheap_hashes"]

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
PATIENCE = 15_000
"""Milliseconds until something that should be seen is missed: a machine may have other work."""

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@dataclass
class Visit:
    """A person at their browser; what the browser complains of is kept."""

    page: Page
    base: str
    sessions: dict[str, Any] | None = None
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str, status: int = 200) -> Page:
        """Open a page that answers as it should: a page of another kind is no page to judge."""
        answer = self.page.goto(self.base + address)
        assert answer is None or answer.status == status, (address, answer.status)
        return self.page

    def until(self, address: str, wanted: Locator) -> None:
        """Open a page until something stands on it: whoever is early looks again."""
        until = time.monotonic() + 3 * PATIENCE / 1_000
        while self.go(address) and not wanted.count():
            assert time.monotonic() < until, f"expected {wanted} at {address}"
            self.page.wait_for_timeout(300)

    def own_time(self) -> None:
        """From the next page on, this browser's time can be sent ahead with `later`."""
        self.page.clock.install()

    def later(self, seconds: float) -> None:
        """What the open page does after so many seconds, it does now."""
        self.page.clock.fast_forward(round(seconds * 1_000))

    def sign_in(self, handle: str, password: str = showcase.PASSWORD) -> Page:
        """Come in; who only looks comes in once a server, as it bounds how often one may."""
        if self.sessions is not None and handle in self.sessions:
            self.page.context.add_cookies(self.sessions[handle])
            return self.go("/")
        self.go("/sign-in")
        self.page.fill("#handle", handle)
        self.page.fill("#password", password)
        self.page.click("button.btn-primary")
        self.page.wait_for_selector("#list")
        if self.sessions is not None:
            self.sessions[handle] = self.page.context.cookies()
        return self.page

    def picture(self, name: str) -> None:
        """Keep a picture for somebody to look at."""
        folder = os.environ.get("ZHIXING_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder, f"{name}.png")))


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Path:
    """The database of the demonstration, as it would be made now."""
    path = tmp_path_factory.mktemp("journeys") / "zhixing.db"
    database, now = Database(f"sqlite:///{path}"), datetime.now(UTC)
    upgrade(database)
    clock = SimulatedClock(now)
    showcase.build(Store(database, clock), clock, now, lambda _: None)
    database.close()
    return path


@pytest.fixture
def server(furnished: Path, tmp_path: Path) -> Iterator[str]:
    """`zhixing serve` on a copy of it."""
    _copy(furnished, tmp_path)
    with _served(tmp_path) as base:
        yield base


@pytest.fixture(scope="session")
def rooms(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """One server for whoever only looks, with more in it than the demonstration; the parts of addresses known only there."""
    folder = tmp_path_factory.mktemp("rooms")
    _copy(furnished, folder)
    with furnishing.house_at(folder / "zhixing.db", datetime.now(UTC)) as house:
        known = furnishing.furnish(house)
    with _served(folder) as base:
        yield base, known


def _copy(furnished: Path, folder: Path) -> None:
    shutil.copyfile(furnished, folder / "zhixing.db")
    shutil.copytree(furnished.with_suffix(".files"), folder / "zhixing.files")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{found.getsockname()[1]}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIXING_")}
    process = serving.begin(["serve", "--listen", place], folder, {**kept, "ZHIXING_DATA": str(folder)})
    base = f"http://{place}"
    _await(lambda: urlopen(f"{base}/health/ready").status == 200, process, folder / "log")  # noqa: S310
    yield base
    process.terminate()
    process.join(60)
    assert process.exitcode == 0, (folder / "log").read_text(encoding="utf-8")


def _await(ready: Callable[[], bool], process: BaseProcess, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.is_alive():
        try:
            if ready():
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; on a machine of continuous integration it may not be missing."""
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "expected Chromium on this machine"
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, server: str) -> Iterator[Callable[..., Visit]]:
    """Opens a browser of its own for each person: `visit(dark=True, width=390)`."""
    with _visits(chromium, server) as opened:
        yield opened


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """The cookies of whoever came in where people only look."""
    return {}


@pytest.fixture
def look(
    chromium: Browser, rooms: tuple[str, dict[str, str]], sessions: dict[str, Any]
) -> Iterator[Callable[..., Visit]]:
    """The same, where people only look."""
    with _visits(chromium, rooms[0], sessions) as opened:
        yield opened


@contextmanager
def _visits(chromium: Browser, base: str, sessions: dict[str, Any] | None = None) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def opened(*, width: int = 1360, height: int = 860, dark: bool = False, **more: Any) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            **{"locale": "zh-CN", **more},
        )
        contexts.append(context)
        made = Visit(context.new_page(), base, sessions)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("console", lambda said: _listen(made, said))
        visits.append(made)
        return made

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for made in visits for complaint in made.complaints] == []


def _listen(made: Visit, said: Any) -> None:
    """Requests that are refused, or end as their page is left, are told to people; what the policy stops, or a script does wrong, to us."""
    refused = ("Failed to load resource", "Response Status Error Code", "htmx:afterRequest", "htmx:send")
    if said.type == "error" and not said.text.startswith(refused):
        made.complaints.append(said.text)
