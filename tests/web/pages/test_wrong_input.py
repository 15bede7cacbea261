"""Wrong input at every form of every page: refused in words, never a failure of ours, and nothing stored in part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import RawIOBase
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, update
from werkzeug.test import TestResponse

from storage import people, schema, verification
from tests.web.pages import kept, wrong
from tests.web.pages.browser import PROOF, Browser, House
from tests.web.pages.wrong import JSON, QUERY, SCRIPT, Form, Sent

AREAS = (
    *(
        "account",
        "case",
        "case_closing",
        "case_team",
        "confirm",
        "file",
        "inbox",
        "invitation",
        "operations",
        "people",
        "recovery",
        "several",
    ),
    *("sign_in", "studio", "studio_decision"),
    *("studio_file", "studio_form", "studio_row", "studio_start", "task", "task_sheet", "tokens", "two_steps"),
)
"""The blueprints that something can be sent to."""

AT = {"key": "service-planning"}
WHY = "理由"
COUNTING = {"sign_in.enter", "sign_in.give_code", "two_steps.confirm"}
"""Forms whose failures are counted at the account: after a few it is locked for a while."""


SILENT = {"confirm.check"}
"""What a script asks in the background while somebody types, and says nothing about a link that is none."""


def forms(house: House) -> list[Form]:
    """Every form, with what is expected in it: a new route needs a row here."""
    task, other, token = _task(house, "T01_05"), _person(house, "gong"), "nothing"
    day = f"{house.clock.now:%Y-%m-%d}"
    row, role = {**AT, "table": "roles"}, {"code": "NEW", "zh": "新", "en": "New", "seen": "0b0b0b0b0b0b0b0b"}
    deputy = {"deputy": other, "first": day, "last": day}
    ask = {"to": other, "reason": WHY, "command": "0" * 32}
    acts: dict[str, dict[str, object]] = {
        "claim": {"command": "0" * 32},
        "release": {},
        "return": {"target": "T01_04", "mode": "step", "reason": WHY},
        "transfer": ask,
        "delegate": ask,
        "sign": {**ask, "place": "before"},
        "resolve": {"opinion": WHY},
        "urge": {"message": WHY},
        "copy": {"to": other, "message": WHY},
        "withdraw": {"reason": WHY},
        "begin": {"activity": "1.1.1/T01_01"},
        "nothing": {},
    }
    at, of = {"task": task}, {"person": other}
    decision = {"file": "decisions/contract_reviewers.dmn", "content": "<a/>", "revision": 0, "texts": {}}
    diagram = {"file": "processes/svc_contract.bpmn", "content": "<a/>", "revision": 0, "texts": {"a": "b"}}
    return [
        Form("sign_in.enter", {"handle": "li", "password": "no", "next": "/"}),
        Form("sign_in.give_code", {"ticket": "a", "code": "1", "next": "/"}),
        Form("sign_in.leave"),
        Form("account.look", {"language": "zh", "theme": "dark", "next": "/"}),
        Form("account.appoint", deputy),
        Form("account.dismiss", {"deputy": other}),
        Form("account.change_password", {"now": "no", "new": "long-enough-1", "again": "long-enough-1"}),
        Form("account.report_absence", {"away_first": day, "away_last": day, "away_why": WHY}),
        Form("account.end_absence", {"away_first": day}),
        Form("account.set_mail", {"mail": "li@example.com", "mail_now": "no"}),
        Form("account.end_session", {"session": "nothing"}),
        Form("two_steps.begin", {"now": "no"}),
        Form("two_steps.confirm", {"code": "1"}),
        Form("two_steps.end", {"now": "no"}),
        Form("tokens.make", {"name": WHY, "scope": "read", "days": "30"}),
        Form("tokens.revoke", {}, {"key": token}),
        Form("people.add", {"handle": "neu", "name": "新人", "roles": "L1", "reason": WHY}, who="admin"),
        Form("people.grant", {"role": "L1", "reason": WHY}, of, "admin"),
        Form("people.revoke", {"role": "L1", "reason": WHY}, of, "admin"),
        Form("people.appoint", deputy, of, "admin"),
        Form("people.dismiss", {"deputy": other}, of, "admin"),
        Form("people.report_absence", {"away_first": day, "away_last": day, "away_why": WHY}, of, "admin"),
        Form("people.end_absence", {"away_first": day}, of, "admin"),
        Form("people.set_mail", {"mail": "gong@example.com"}, of, "admin"),
        Form("people.enable", {"enabled": "1"}, of, "admin"),
        Form("people.reset_password", {}, of, "admin"),
        Form("people.end_two_steps", {}, of, "admin"),
        Form("people.end_sessions", {}, of, "admin"),
        Form("operations.retry", {"reason": WHY}, {"incident": "1.1.1"}),
        Form("operations.decide", {"reason": WHY, "flow": "a", "result": "1"}, {"incident": "1.1.1"}),
        Form("operations.retry_job", {}, {"job": "1.1.1"}),
        Form("inbox.wish", {"q": "港务", "why": "mine", "process": "svc_contract", "sort": "due", "span": "late"}),
        Form("inbox.claim", {"command": "0" * 32}, at),
        Form("inbox.release", {"command": "0" * 32}, at),
        Form("inbox.read", {"read": "1"}, at),
        Form("case.wish", {"q": "港务", "sort": "due", "state": "open"}),
        Form("case.begin", {"begin": "no", "project_name": "名", "customer": "客"}, who="wang"),
        Form("case_closing.close", {"outcome": WHY}, {"number": "3"}),
        Form("case.start", {"activity": "8.2.1/T01_01", "command": "0" * 32}, {"number": "7"}),
        *(
            Form("case_team.change", {"person": other, "reason": WHY, "seen": ""}, {"number": "7", "key": key})
            for key in ("FIN", "PM", "data.csl", "NONE")
        ),
        Form("task.look", {}, at),
        Form("task.draft", {"data.decision": "通过", "data.items[0].result": "符合"}, at),
        Form("task.discard", {}, at),
        Form("task.complete", {"data.decision": "通过", "data.items[0].result": "符合", "command": "0" * 32}, at),
        *(Form("task.act", fields, {**at, "act": act}) for act, fields in acts.items()),
        Form("several.claim", {"task": task}),
        Form("several.read", {"task": task}),
        Form("several.complete", {"task": task, "data.decision": "通过", "command": "0" * 32}),
        Form("file.upload", {"name": "a.pdf", "field": "attachments"}, at, kind=QUERY),
        Form(
            "file.attach", {"name": "a.pdf", "label": WHY, "task": task, "personal": "1"}, {"number": "7"}, kind=QUERY
        ),
        Form("invitation.give", {"name": "沈国栋", "organisation": "客", "mail": "a@example.com", "days": "3"}, at),
        Form("invitation.revoke", {}, at),
        Form("confirm.upload", {"name": "a.pdf", "field": "evidence"}, {"secret": "none"}, kind=QUERY),
        Form("confirm.check", {"data.result": "确认"}, {"secret": "none"}),
        Form("confirm.answer", {"name": "沈国栋", "agreed": "yes", "command": "0" * 32}, {"secret": "none"}),
        Form("recovery.ask", {"handle": "li"}),
        Form("recovery.renew", {"secret": "none", "new": "long-enough-1", "again": "long-enough-1"}),
        Form("task_sheet.take", {}, {**at, "field": "items"}),
        Form("studio.begin", {}, AT),
        Form("studio.save", diagram, AT, kind=JSON),
        Form("studio.change_settings", {"m.title": "名", "m.label": "A/1", "revision": "0"}, AT),
        Form("studio_form.save", {**diagram, "file": "forms/T01_02.form", "content": "{}"}, AT, kind=JSON),
        Form(
            "studio_form.preview", {"file": "forms/T01_02.form", "task": "T01_02", "entries": {"a": "b"}}, AT, kind=JSON
        ),
        Form("studio_decision.save", decision, AT, kind=JSON),
        Form("studio_decision.attempt", {"file": decision["file"], "trials": {"a": {"b": "1"}}}, AT, kind=JSON),
        Form("studio_file.add", {"kind": "form", "key": "new_form", "zh": "新", "en": "New", "role": "SMO"}, AT),
        Form("studio_row.save", {**role, "right": "read", "new": "yes"}, row),
        Form("studio_row.remove", {"code": "XAUD", "seen": ""}, row),
        Form("studio_row.restore", {"code": "XAUD"}, row),
        Form("studio_file.take", {"archive": "no file"}, AT),
        Form("studio_start.add", {"key": "new-one", "zh": "新", "en": "New", "owner": "SMO", "publisher": "MR"}),
        Form("studio_file.remove", {"file": "forms/T01_02.form", "revision": "0"}, AT),
        Form("studio.publish", {"reason": WHY, "mark": "0"}, AT),
        Form("studio.discard", {"mark": "0"}, AT),
    ]


def test_every_form_is_tried(house: House) -> None:
    rules = [rule for rule in house.app.url_map.iter_rules() if not rule.endpoint.startswith("api_")]
    tried = {one.endpoint for one in forms(house)}
    assert {rule.endpoint for rule in rules if "POST" in (rule.methods or ())} == tried
    assert {endpoint.partition(".")[0] for endpoint in tried} == set(AREAS)


@pytest.mark.parametrize("area", AREAS)
def test_what_is_wrong_is_refused_in_words_and_nothing_of_it_is_kept(house: House, area: str) -> None:
    asked = _asked(house)
    for form in forms(house):
        if form.endpoint.partition(".")[0] == area:
            visitor = _signed_in(house, form.who)
            visitor.post("/procedures/service-planning/draft/begin", at="/account/")
            _walk(house, visitor, form, wrong.sent(form, _proof(visitor)))
    assert not [text for text in asked if "\0" in text]
    _holds(house)


@pytest.mark.parametrize("handle", ["li", "admin", ""])
def test_every_page_answers_a_strange_address(house: House, handle: str) -> None:
    visitor = house.signed_in(handle) if handle else house.browser()
    before = kept.contents(house)
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("api_"):
            continue
        parts = dict.fromkeys(rule.arguments, "1")
        asked = [*wrong.addresses(rule.rule, parts)]
        asked += [f"{wrong.filled(rule.rule, parts)}?{query}" for query in wrong.queries()]
        for address in asked:
            answer = visitor.get(address)
            assert answer.status_code < 500, address
            assert SCRIPT not in answer.text, address
    assert kept.contents(house) == before


NUL = (
    "/procedures/%00",
    "/cases/?level=%00&q=a%00",
    "/?process=a%00&q=%00",
    "/tasks/1.1.1%00",
    "/api/v1/procedures/%00",
)


def test_what_a_database_cannot_hold_is_refused_in_an_address_and_left_out_of_a_filter(house: House) -> None:
    visitor, asked = house.signed_in("li"), _asked(house)
    for address in NUL:
        assert visitor.get(address).status_code == (400 if "?" in address else 404), address
    wish = {"level": "a\0b", "process": "a\0b", "q": "a\0b", "show": "late"}
    for sent, page in (("/inbox/wish", "/"), ("/cases/wish", "/cases/")):
        assert visitor.post(sent, wish, at="/account/").status_code == 302
        assert visitor.get(page).status_code == 200
    assert "ab" in asked
    assert not [text for text in asked if "\0" in text]


def _asked(house: House) -> list[str]:
    """Every text that a statement is given from now on."""
    found: list[str] = []

    def note(*given: Any) -> None:
        several = given[3] if isinstance(given[3], list) else [given[3]]
        found.extend(value for values in several for value in values if isinstance(value, str))

    for engine in (house.store.database.reader, house.store.database.writer):
        event.listen(engine, "before_cursor_execute", note)
    return found


class Endless(RawIOBase):
    """A gigabyte that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise AssertionError("expected nobody to read this")


def test_a_gigabyte_is_refused_before_it_is_read(house: House) -> None:
    refused = 0
    for form in forms(house):
        visitor = _signed_in(house, form.who)
        headers = {"X-CSRF": _proof(visitor)}
        body = {"wsgi.input": Endless(), "CONTENT_LENGTH": str(2**30)}
        for kind in (wrong.FORM, "multipart/form-data; boundary=x"):
            answer = visitor.client.post(
                form.address(house.app), content_type=kind, headers=headers, environ_overrides=body
            )
            assert answer.status_code < 500, form.endpoint  # whoever reads on fails
            refused += answer.status_code == 413
            said = str(answer.get_json()) if answer.is_json else answer.text
            assert answer.status_code != 413 or "太大" in said or "不超过" in said
    assert refused > 60


def _walk(house: House, visitor: Browser, form: Form, all_sent: Iterator[Sent]) -> None:
    """Send it; whatever is refused leaves no trace but that it was."""
    address, before, count, has_changed = form.address(house.app), kept.contents(house), kept.counts(house), False
    for one in all_sent:
        answer = visitor.client.post(address, base_url=visitor.base, **one.more)
        where = f"{form.endpoint} {dict(form.parts)}: {one.wrong}: {answer.status_code}"
        assert answer.status_code < 500, where
        assert SCRIPT not in answer.text, where
        if answer.status_code >= 400:
            if form.endpoint not in SILENT:
                _says_what_is_expected(answer, where)
            assert kept.counts(house) == count, where
        else:
            count, has_changed = kept.counts(house), True
    after = kept.contents(house) | ({"account": before["account"]} if form.endpoint in COUNTING else {})
    assert has_changed or after == before, form.endpoint


def _signed_in(house: House, handle: str) -> Browser:
    """Somebody signed in, whatever was guessed before."""
    with house.store.database.write() as connection:
        connection.execute(delete(schema.attempt))
        connection.execute(update(schema.account).values(failures=0, locked_until=0))
    return house.signed_in(handle)


def _says_what_is_expected(answer: TestResponse, where: str) -> None:
    """A sentence that a person can act on: in the page, in the answer to a script, or in the one of a background request."""
    text = str(answer.get_json()) if answer.is_json else re.sub(r"<[^>]*>", "", answer.text)
    assert re.search("应|请|没有|不能|不再|已|不正确", text), (where, text[:200])


def _holds(house: House) -> None:
    """The journal is what it was, and what was done since; a second look at every command finds the same events."""
    found = verification.verify(house.store)
    assert found.proven


def _proof(visitor: Browser) -> str:
    found = PROOF.search(visitor.get("/account/").text)
    assert found is not None
    return found[1]


def _rule(app: Flask, endpoint: str) -> str:
    return next(rule.rule for rule in app.url_map.iter_rules(endpoint) if "POST" in (rule.methods or ()))


def _person(house: House, handle: str) -> str:
    return people.known(house.store, handle).id


def _task(house: House, element: str) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())
