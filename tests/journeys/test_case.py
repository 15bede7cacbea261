"""People looking at a case, in a real browser: its drawings, its past step by step, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

Opener = Callable[..., Visit]


def _open(person: Visit, title: str, handle: str = "li", tab: str = "") -> Page:
    """The page of a case, found as people find it."""
    page = person.sign_in(handle)
    person.go("/cases/")
    page.locator(".case-name a", has_text=title).click()
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    if tab:
        page.locator(".tabs a", has_text=tab).click()
        page.wait_for_url(re.compile(r"/at"))
    page.locator(".case-drawing[open] .djs-container").first.wait_for()  # scripts are there
    return page


def _place(page: Page) -> int:
    return int(page.locator("#player-place").get_attribute("data-place") or 0)


def test_a_project_is_found_by_two_characters_and_shows_where_it_is(visit: Opener) -> None:
    person = visit()
    page = person.sign_in("li")
    page.locator(".place", has_text="项目").click()
    person.picture("cases")
    page.wait_for_load_state("networkidle")  # what listens to keys has been loaded
    page.keyboard.press("/")
    page.keyboard.type("港务")
    expect(page.locator(".case-name a")).to_have_count(1)
    page.locator(".case-name a").click()
    expect(page.locator(".case-drawing[open] .djs-container svg").first).to_be_visible()
    expect(
        page.locator(
            ".case-drawing[open] [data-element-id='T02_03'].mark-late, .case-drawing[open] [data-element-id='T02_03'].mark-here"
        )
    ).to_have_count(1)
    expect(page.locator(".case-drawing[open] [data-element-id='T02_02']")).to_have_class(re.compile("mark-done"))
    expect(page.locator(".case-drawing[open] [data-element-id='T02_06']")).not_to_have_class(re.compile("mark-"))
    expect(page.locator(".case-token").first).to_have_text("4")
    person.picture("case")


def test_a_process_that_is_done_opens_below_and_shows_its_way(look: Opener) -> None:
    page = _open(look(), "宁波港务")
    done = page.locator(".case-drawing", has=page.get_by_role("heading", name="需求调研与方案设计"))
    expect(done.locator(".djs-container")).to_have_count(0)
    done.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(done.locator("[data-element-id='T01_05']")).to_have_class(re.compile("mark-done"))
    assert done.locator(".mark-taken").count() > 5
    expect(done.locator(".case-times").first).to_be_visible()
    done.locator(".case-step-name", has_text="审核").click()
    page.wait_for_url(re.compile(r"/at/"))


def test_a_drawing_that_cannot_be_had_says_so_and_is_asked_for_again(look: Opener) -> None:
    person = look()
    page = person.sign_in("li")
    page.route("**/cases/drawing/**", lambda route: route.abort())
    person.go("/cases/7")
    drawing = page.locator(".case-drawing[open]")
    expect(drawing.get_by_role("alert")).to_contain_text("流程图没有画出来")
    expect(drawing.locator(".case-step-name").first).to_be_visible()
    person.picture("case-undrawn")
    page.unroute("**/cases/drawing/**")
    drawing.get_by_role("button", name="再试一次").click()
    expect(drawing.locator(".djs-container svg").first).to_be_visible()
    expect(drawing.locator("[data-waits]")).to_have_count(0)


def test_what_is_pointed_at_in_the_list_is_shown_in_the_drawing(look: Opener) -> None:
    page = _open(look(), "宁波港务")
    expect(page.locator("[data-element-id='T02_01']")).to_be_attached()
    page.locator(".case-drawing[open] [data-step='T02_01']").hover()
    expect(page.locator("[data-element-id='T02_01']")).to_have_class(re.compile("mark-pointed"))


def test_the_past_is_walked_by_keys_and_the_drawing_follows(look: Opener) -> None:
    person = look()
    page = _open(person, "江南水务", tab="逐步回看")
    last = _place(page)
    page.keyboard.press("Home")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "1")
    for place in range(2, 12):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#player-place")).to_have_attribute("data-place", str(place))
    expect(page.locator(".case-drawing[open] .case-token").first).to_be_visible()
    person.picture("case-moment")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "10")
    assert "/at/" in page.url
    expect(page).to_have_title(re.compile("第 10 条"))
    page.go_back()
    expect(page.locator("#player-place")).to_have_attribute("data-place", "11")
    page.keyboard.press("End")
    expect(page.locator("#player-place")).to_have_attribute("data-place", str(last))
    expect(page.locator("#step-arrowright")).to_have_attribute("aria-disabled", "true")


def test_the_slider_goes_to_any_entry_and_keeps_the_focus(look: Opener) -> None:
    page = _open(look(), "江南水务", tab="逐步回看")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "1")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "5")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("第 5 条"))
    assert slider.input_value() == "5"


def test_playing_goes_on_by_itself_until_it_is_stopped(look: Opener) -> None:
    page = _open(look(), "滨江实验", tab="逐步回看")
    page.keyboard.press("Home")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "1")
    page.get_by_role("button", name="自动播放").click()
    expect(page.locator("#player-place")).to_have_attribute("data-place", "4", timeout=20_000)
    page.get_by_role("button", name="自动播放").click()
    expect(page.get_by_role("button", name="自动播放")).to_have_attribute("aria-pressed", "false")


def test_the_link_to_a_moment_shows_a_colleague_the_same(look: Opener) -> None:
    mine, other = look(), look()
    page = _open(mine, "江南水务", tab="逐步回看")
    page.keyboard.press("Home")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#player-place")).to_have_attribute("data-place", "2")
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator("#says")).to_contain_text("链接已复制")
    address = page.locator("#player-copy").get_attribute("data-copies") or ""
    colleague = other.sign_in("wai")
    colleague.goto(address)
    assert _place(colleague) == 2
    assert colleague.locator(".case-happened").inner_text() == page.locator(".case-happened").inner_text()


def test_a_new_project_is_begun_and_its_first_step_appears(visit: Opener) -> None:
    page = visit().sign_in("wang")
    page.locator(".place", has_text="项目").click()
    page.get_by_role("link", name="新建项目").click()
    page.get_by_label("项目名称").fill("北站枢纽弱电运维")
    page.get_by_label("客户").fill("北站枢纽")
    page.get_by_role("button", name="建立并启动").click()
    expect(page.locator("h1")).to_have_text("北站枢纽弱电运维")
    expect(page.locator(".case-step-name", has_text="T01.01")).to_be_visible(timeout=30_000)


def test_without_scripts_everything_is_there_as_text(look: Opener) -> None:
    person = look(java_script_enabled=False)
    person.go("/sign-in")
    page = person.page
    page.fill("#handle", "li")
    page.fill("#password", "zhixing-demo")
    page.click("button.btn-primary")
    person.go("/cases/")
    page.locator(".case-name a", has_text="江南水务").click()
    expect(page.locator(".case-picture").first).to_be_hidden()
    expect(page.locator(".case-drawing[open] .case-step-name").first).to_be_visible()
    page.locator(".tabs a", has_text="逐步回看").click()
    last = _place(page)
    page.locator("#step-arrowleft").click()
    assert _place(page) == last - 1
    page.get_by_role("button", name="前往").click()
    assert _place(page) == last - 1


def test_a_printed_moment_is_a_document(look: Opener) -> None:
    person = look()
    page = _open(person, "宁波港务", tab="逐步回看")
    expect(page.locator(".case-drawing[open] .djs-container")).to_have_count(1)
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    page.get_by_role("button", name="打印").click()
    expect(page.locator("body[data-printed]")).to_have_count(1)
    expect(page.locator(".case-drawing[open] .djs-container")).to_have_count(3)
    page.emulate_media(media="print")
    for gone in (".case-player", ".side", ".case-picture-tools", ".tabs"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".case-happened")).to_be_visible()
    person.picture("case-print")
