"""What every answer says to browsers, and what is refused before any page sees it."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.web.pages.browser import PROOF, Browser, House
from web.app import LARGEST
from web.headers import POLICY


@pytest.mark.parametrize("address", ["/", "/sign-in", "/done", "/people/", "/nowhere", "/health/live", "/logo.svg"])
def test_every_answer_says_what_a_page_may_load(house: House, address: str) -> None:
    headers = house.signed_in("wang").get(address).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_under_tls_browsers_are_told_to_stay_with_it(house: House) -> None:
    headers = Browser(house.app, "https://localhost").get("/sign-in").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_no_page_has_a_script_or_a_style_of_its_own(house: House) -> None:
    visitor = house.signed_in("admin")
    for address in ("/", "/done", "/sent", "/told", "/account/", "/people/", "/design", "/nowhere"):
        page = visitor.get(address).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
        assert "http://" not in page.replace("http://www.w3.org/", "")
        assert "https://" not in page


def test_pages_are_kept_by_nobody_and_built_files_for_ever(house: House) -> None:
    visitor = house.signed_in("wang")
    page = visitor.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    file = visitor.get(style, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in file.headers["Cache-Control"]
    assert file.headers["Content-Type"] == "text/css; charset=utf-8"
    assert b"--zx-accent" in gzip.decompress(file.data)
    assert "--zx-accent" in visitor.get(style).text


@pytest.mark.parametrize("name", ["manifest.json", "../app.py", "%2e%2e/app.py", ".hidden", "nothing.js"])
def test_other_files_are_not_served(house: House, name: str) -> None:
    assert house.browser().get(f"/static/{name}").status_code == 404


def test_pages_travel_compressed(house: House) -> None:
    visitor = house.signed_in("wang")
    answer = visitor.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "王芳" in gzip.decompress(answer.data).decode()


def test_a_request_has_an_id_that_its_sender_may_give(house: House) -> None:
    visitor = house.browser()
    assert visitor.get("/sign-in", headers={"X-Request-Id": "abc-123-def"}).headers["X-Request-Id"] == "abc-123-def"
    made = {visitor.get("/sign-in", headers={"X-Request-Id": "<b>"}).headers["X-Request-Id"] for _ in range(2)}
    assert len(made) == 2
    assert all(len(one) == 32 for one in made)


# ------------------------------------------------------------------ requests from elsewhere


def test_a_form_without_the_proof_changes_nothing(house: House) -> None:
    visitor = house.signed_in("wang")
    for proof in ({}, {"csrf": "00"}, {"csrf": "zz"}, {"csrf": "00" * 64}):
        answer = visitor.client.post("/account/look", data={"theme": "dark", **proof})
        assert answer.status_code == 400
    assert 'data-theme="system"' in visitor.page("/")


def test_the_proof_of_another_session_is_none(house: House) -> None:
    visitor, other = house.signed_in("wang"), house.signed_in("li")
    found = PROOF.search(other.page("/"))
    assert found is not None
    answer = visitor.client.post("/account/look", data={"theme": "dark", "csrf": found[1]})
    assert answer.status_code == 400


def test_the_proof_is_written_anew_on_every_page(house: House) -> None:
    visitor = house.signed_in("wang")
    assert len({found[1] for _ in range(3) if (found := PROOF.search(visitor.page("/")))}) == 3


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_sent_from_another_site_is_refused_whatever_it_proves(house: House, headers: dict[str, str]) -> None:
    visitor = house.signed_in("wang")
    assert visitor.post("/account/look", {"theme": "dark"}, at="/", headers=headers).status_code == 400
    assert visitor.post("/account/look", {"theme": "dark"}, at="/").status_code == 302


def test_a_request_in_the_background_proves_itself_with_a_header(house: House) -> None:
    visitor = house.signed_in("wang")
    found = visitor.page("/").split('"X-CSRF": "')[1].split('"')[0]
    headers = {"X-CSRF": found, "HX-Request": "true"}
    assert visitor.client.post("/account/look", data={"theme": "dark"}, headers=headers).status_code == 302


def test_too_much_is_refused_in_words(house: House) -> None:
    visitor = house.signed_in("wang")
    answer = visitor.post("/account/look", {"theme": "x" * (LARGEST + 1)}, at="/")
    assert answer.status_code == 413
    assert "太大" in answer.text


# ------------------------------------------------------------------ failures in words


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", ["/nowhere", "/people/"])
def test_a_failure_is_a_page_in_the_language_of_its_reader(house: House, address: str, language: str) -> None:
    visitor = house.signed_in("wang")
    visitor.post("/account/look", {"language": language}, at="/")
    page = visitor.get(address).text
    assert ("Back to the inbox" in page) == (language == "en")
    assert ("回到待办" in page) == (language == "zh")


def test_an_unforeseen_fault_tells_the_id_of_its_request_and_nothing_of_the_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = house.signed_in("wang")

    def fail(*_: object) -> None:
        raise RuntimeError("secret place")

    monkeypatch.setattr("web.sight.lines.waiting", fail)
    answer = visitor.get("/", headers={"X-Request-Id": "abc-123-def"})
    assert answer.status_code == 500
    assert "abc-123-def" in answer.text
    assert "secret" not in answer.text


def test_health_says_nothing_of_data(house: House) -> None:
    visitor = house.browser()
    assert json.loads(visitor.page("/health/live")) == {"status": "live"}
    assert json.loads(visitor.page("/health/ready")) == {"status": "ready"}
