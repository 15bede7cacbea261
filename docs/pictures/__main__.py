"""Pictures of the product for the READMEs, taken of the demonstration by the system's Chromium: `make pictures`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect, sync_playwright

from web.cli.showcase import PASSWORD

HERE = Path(__file__).parent
LONGEST_WAIT = 120
AT = "/procedures/service-planning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is on a picture: whose page, where, which link is followed there, and what has to be seen before it is taken."""

    name: str
    who: str
    address: str
    shows: str
    follow: str = ""
    press: str = ""
    width: int = 1280
    height: int = 800
    dark: bool = False
    language: str = "zh-CN"


PICTURES = (
    Picture(name="inbox", who="li", address="/", shows=".task-list"),
    Picture(name="task", who="feng", address="/", follow=".task-name", shows="#form"),
    Picture(name="case", who="li", address="/cases/7", shows=".case-drawing[open] .mark-done"),
    Picture(name="moment", who="li", address="/cases/3/at?place=46", shows=".case-drawing[open] .mark-done"),
    Picture(name="procedure", who="wang", address=f"{AT}/processes/svc_requirements", shows="#drawing[data-ready]"),
    Picture(
        name="studio",
        who="li",
        address=f"{AT}/draft/diagram?file=processes/svc_requirements.bpmn",
        shows="#studio[data-ready]",
        press=".djs-element[data-element-id=T01_05] .djs-hit",
    ),
    Picture(name="dark", who="li", address="/cases/7/at?place=40", shows=".case-drawing[open] .mark-done", dark=True),
    Picture(name="english", who="li", address="/", shows=".task-list", language="en"),
    Picture(name="phone", who="li", address="/", shows=".task-list", width=390, height=780),
)
"""In the order in which the READMEs show them."""


def main(folder: Path) -> None:
    """Take every picture anew."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "expected Chromium on this machine"
    with TemporaryDirectory() as data, _served(Path(data)) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            _take(browser, base, picture, folder / f"{picture.name}.png")
        browser.close()


def _take(browser: Browser, base: str, picture: Picture, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        locale=picture.language,
    )
    page = context.new_page()
    _sign_in(page, base, picture.who)
    if picture.name == "studio":
        page.goto(base + AT)
        page.get_by_role("button", name="建立草稿").click()
    page.goto(base + picture.address)
    if picture.follow:
        page.locator(picture.follow).first.click()
    expect(page.locator(picture.shows).first).to_be_visible(timeout=30_000)
    if picture.press:
        page.locator(picture.press).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(path), animations="disabled")
    context.close()


def _sign_in(page: Page, base: str, handle: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("#handle", handle)
    page.fill("#password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_selector("#list")


@contextmanager
def _served(data: Path) -> Iterator[str]:
    """The product with the demonstration, in a folder of its own."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{found.getsockname()[1]}"
    environment = {**os.environ, "ZHIXING_DATA": str(data), "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, "-m", "web.cli", "serve", "--demo", "--listen", place]
    process = subprocess.Popen(command, cwd=data, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://{place}", process)
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(60)


def _await(base: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until and process.poll() is None:
        try:
            if urlopen(f"{base}/health/ready").status == 200:  # noqa: S310  # our own server
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("expected the product to be ready")


if __name__ == "__main__":
    main(HERE)
