"""Every page in a real browser: nothing serious for axe in light, dark and on a phone, nothing sideways, nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE, Visit
from tests.journeys.every_page import AREAS, NO_PAGES, SIGHTS, Sight
from web.app import PAGES

Opener = Callable[..., Visit]
Rooms = tuple[str, dict[str, str]]

WATCH = """
  window.jumps = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.jumps += one.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
STEADY = 0.02
"""Cumulative layout shift of a page until everything is there; 0.1 counts as good elsewhere."""

SETTLED = (
    "() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60))))"
)
UNFOLD = "() => { for (const one of document.querySelectorAll('main details:not(.menu, .where)')) one.open = true; }"
DIALOGS = "() => [...document.querySelectorAll('dialog[id]')].map((one) => one.id)"
JUDGE = """(options) => axe.run(document.querySelector("dialog[open]") ?? document, options).then(({ violations }) =>
  violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`)))"""
ALL = {"resultTypes": ["violations"]}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}
"""What the same page in the dark may do otherwise."""


@pytest.mark.parametrize("area", AREAS)
def test_a_page_can_be_read_by_everybody_and_stands_still(look: Opener, rooms: Rooms, area: str) -> None:
    visits: dict[str, Visit] = {}
    found, asked = [], {"help"}  # the help is a sight of its own
    for sight in (one for one in SIGHTS if one.area == area):
        if sight.who not in visits:
            visits[sight.who] = _enter(look, sight.who)
        found += [f"{sight.name}: {fault}" for fault in _faults(visits[sight.who], sight, rooms[1], asked)]
    assert not found, "\n".join(found)


def _enter(look: Opener, who: str) -> Visit:
    visit = look(reduced_motion="reduce")
    visit.page.add_init_script(WATCH)
    if who:
        visit.sign_in(who)
    return visit


def _faults(visit: Visit, sight: Sight, known: dict[str, str], asked: set[str]) -> Iterator[str]:
    """One page: wide and light, wide and dark, then as a phone in the dark."""
    page = visit.page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1360, "height": 860})
    _open(visit, sight, known)
    page.evaluate(SETTLED)
    jumped = page.evaluate("window.jumps")
    if jumped > STEADY and not sight.press:
        yield f"jumps by {jumped:.3f}"
    visit.picture(f"{sight.name}-light")
    page.evaluate(UNFOLD)
    page.wait_for_load_state("networkidle")
    page.evaluate(Axe().axe_script)
    yield from page.evaluate(JUDGE, ALL)
    _shine(page, "dark")
    yield from page.evaluate(JUDGE, COLOURS)
    visit.picture(f"{sight.name}-dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(SETTLED)
    visit.picture(f"{sight.name}-390")
    yield from page.evaluate(JUDGE, ALL)
    yield from _wide(page)
    yield from _dialogs(page, asked)
    if page.locator(".side").count() and not page.locator(".tabbar").is_visible():
        yield "no tabs on a phone"


def _open(visit: Visit, sight: Sight, known: dict[str, str]) -> None:
    page = visit.go(sight.address.format(**known), sight.status)
    for field, text in sight.fill:
        page.fill(field, text)
    for button in sight.press:
        page.locator(button).first.click()
    expect(page.locator(sight.shows).first).to_be_visible(timeout=2 * PATIENCE)


def _dialogs(page: Page, asked: set[str]) -> Iterator[str]:
    """Each dialog of a page, once an area: it is the same on every page."""
    if page.locator("dialog[open]").count():
        return
    for dialog in page.evaluate(DIALOGS):
        if dialog not in asked:
            asked.add(dialog)
            page.evaluate("(id) => document.getElementById(id).showModal()", dialog)
            yield from page.evaluate(JUDGE, ALL)
            yield from _wide(page)
            _shine(page, "light")
            yield from page.evaluate(JUDGE, COLOURS)
            _shine(page, "dark")
            page.evaluate("(id) => document.getElementById(id).close()", dialog)


def _shine(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(f"html[data-bs-theme={scheme}]")).to_be_attached()
    page.evaluate(SETTLED)


def _wide(page: Page) -> Iterator[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 390:
        yield f"{width} wide on a phone"


def test_every_address_is_a_page_that_is_looked_at_or_says_why_not() -> None:
    app = Flask("web")
    for one in PAGES:
        app.register_blueprint(one)
    given = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    seen = {one.endpoint for one in SIGHTS if one.endpoint}
    assert given == seen | NO_PAGES.keys()
    assert not seen & NO_PAGES.keys()
