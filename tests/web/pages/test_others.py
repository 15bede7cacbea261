"""Real things of others: who may not know of one gets the answer of a thing that is not there, on every route that names one.

Who may is said here once more, person by person, as the demonstration's projects went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import select

from storage import people, schema
from tests.web.pages import kept
from tests.web.pages.browser import Browser, House

READERS = {"li", "mei", "gu", "he", "he2", "yan", "wai"}
"""Service management, its group and representative, general manager, auditors inside and outside, document control."""

OF_CASE = READERS | {"wang", "zhao", "huang"}
"""With those who began the case, studied what is needed, and are to confirm it for the customer."""

OF_FILE = OF_CASE | {"cao", "feng", "lin", "luo", "qian", "tang", "wu", "xu"}
"""With the legal and financial reviewers, and the team of the first case that the file was handed in to."""

CHANGING = {"li", "mei"}
"""They own the procedure, or publish it."""

EVERYBODY = {"*"}
KEY, FORM = {"key": "service-planning"}, "?file=forms/T01_05.form"
CASE, MOMENT, TASK, SHEET = {"number": "9"}, {"number": "9", "spot": "10.3"}, {"task": "10.13.1"}, {"task": "14.8.2"}
PAPER = {**CASE, "key": "service_requirements_specification", "version": "A/1"}
LEADING_ON = {"case.paper"}
"""Answered by the address of the page that has what is asked for."""

READ: Mapping[str, tuple[Mapping[str, str], set[str], str]] = {
    **dict.fromkeys(("case.one", "case.history", "case.at"), (CASE, OF_CASE, "")),
    "file.every": (CASE, OF_CASE, ""),
    "case.moment": (MOMENT, OF_CASE, ""),
    "case.paper": (PAPER, OF_CASE, ""),
    "case_team.every": (CASE, CHANGING, ""),
    "case_team.one": ({**CASE, "key": "PM"}, CHANGING, ""),
    "case_closing.form": ({"number": "3"}, CHANGING, ""),
    **{f"task.{name}": (TASK, OF_CASE, "") for name in ("one", "where", "goals", "news", "proof")},
    "task_sheet.give": ({**SHEET, "field": "items"}, CHANGING, ""),
    "task_reference.offer": ({"task": "18.2.5"}, READERS | {"wang"}, "?field=predecessor"),
    "invitation.one": (TASK, {"wang", "huang"}, ""),
    "file.one": ({"digest": "file"}, OF_FILE, ""),
    "people.one": ({"person": "person"}, {"admin"}, ""),
    **{f"procedure.{name}": (KEY, EVERYBODY, "") for name in ("one", "rules", "decisions", "versions")},
    **{f"procedure.{name}": ({**KEY, "process": "svc_contract"}, EVERYBODY, "") for name in ("process", "diagram")},
    "case.drawing": ({"version": "version", "process": "svc_contract"}, EVERYBODY, ""),
    **{f"studio.{name}": (KEY, CHANGING, "") for name in ("draft", "settings", "findings")},
    **dict.fromkeys(("studio.file", "studio.diagram"), (KEY, CHANGING, "?file=processes/svc_contract.bpmn")),
    **dict.fromkeys(("studio_form.one", "studio_form.file"), (KEY, CHANGING, FORM)),
    **dict.fromkeys(
        ("studio_decision.one", "studio_decision.file"), (KEY, CHANGING, "?file=decisions/project_level.dmn")
    ),
    "studio_file.ask": (KEY, CHANGING, FORM),
    "studio_file.new": (KEY, CHANGING, "?kind=form"),
    "studio_file.give": (KEY, CHANGING, ""),
    "studio_row.new": ({**KEY, "table": "roles"}, CHANGING, ""),
    **dict.fromkeys(("studio_row.one", "studio_row.ask"), ({**KEY, "table": "roles"}, CHANGING, "?code=XAUD")),
}
"""Each page that names a thing: of which, who may have it, and what else stands in the address."""

CHANGED: Mapping[str, Mapping[str, str]] = {
    **{f"task.{name}": TASK for name in ("look", "draft", "discard", "complete")},
    **{f"inbox.{name}": TASK for name in ("claim", "release", "read")},
    "task.act": {**TASK, "act": "urge"},
    "task_sheet.take": {**SHEET, "field": "items"},
    "file.upload": TASK,
    "file.attach": CASE,
    "case.start": CASE,
    "case_team.change": {**CASE, "key": "PM"},
    "case_closing.close": {"number": "3"},
    **{f"invitation.{name}": TASK for name in ("give", "revoke")},
    **{f"studio.{name}": KEY for name in ("save", "change_settings", "publish", "discard")},
    **{f"studio_form.{name}": KEY for name in ("save", "preview")},
    **{f"studio_decision.{name}": KEY for name in ("save", "attempt")},
    **{f"studio_file.{name}": KEY for name in ("add", "remove", "take")},
    **{f"studio_row.{name}": {**KEY, "table": "roles"} for name in ("save", "remove", "restore")},
    "studio.begin": KEY,
}
"""What is sent about a thing, tried by people who may not know of it."""

OUTSIDERS = ("admin", "gong", "qian")
"""Who runs the machine, who delivers, and who manages another project."""

ELSEWHERE = {"people", "operations", "confirm", "recovery", "static", "tokens"}
"""Rooms for some roles alone, walked as every role; or behind a secret."""

ABSENT = {"number": "999", "task": "10.999.1"}
EVER_NEW = re.compile(r"[0-9a-f]{32,}")
"""The number of a request, and the proof that a form is ours."""


@pytest.fixture
def names(house: House) -> dict[str, str]:
    """What stands in addresses for things of which the number is not known beforehand."""
    house.signed_in("li").post("/procedures/service-planning/draft/begin", at="/account/")
    with house.store.database.read() as connection:
        uses, versions = schema.file_use.c, schema.version.c
        digest = connection.execute(
            select(uses.digest).where(uses.case_no == 3, uses.name == "客户确认函.pdf")
        ).scalar()
        version = connection.execute(select(versions.digest)).scalar()
    return {"file": str(digest), "person": people.known(house.store, "gong").id, "version": str(version)}


def _address(house: House, endpoint: str, parts: Mapping[str, str], names: Mapping[str, str], method: str) -> str:
    found = {name: names.get(part, part) for name, part in parts.items()}
    return str(house.app.url_map.bind("localhost").build(endpoint, found, method=method))


def test_every_route_that_names_a_thing_is_walked_here(house: House) -> None:
    named: dict[str, set[str]] = {"GET": set(), "POST": set()}
    for rule in house.app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if rule.arguments and not room.startswith("api_") and (room not in ELSEWHERE or rule.endpoint in READ):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                named[method].add(rule.endpoint)
    assert named == {"GET": set(READ), "POST": set(CHANGED)}


def _everybody(house: House) -> Iterator[tuple[str, Browser]]:
    with house.store.database.read() as connection:
        handles = sorted(people.handles(connection).values())
    for handle in handles:
        yield handle, house.signed_in(handle)


def test_each_person_reads_the_things_they_may_know_of_and_no_other(house: House, names: dict[str, str]) -> None:
    for handle, visitor in _everybody(house):
        for endpoint, (parts, who, query) in READ.items():
            if endpoint.startswith("studio") and handle not in (*CHANGING, *OUTSIDERS, "he"):
                continue  # one rule for all of them, tried with those who read and with those who do not
            address = _address(house, endpoint, parts, names, "GET") + query
            refused = 403 if endpoint.startswith(("studio", "people")) else 404
            allowed = 302 if endpoint in LEADING_ON else 200
            expected = allowed if who == EVERYBODY or handle in who else refused
            assert visitor.get(address).status_code == expected, (handle, address)


@pytest.mark.parametrize("handle", OUTSIDERS)
def test_what_is_sent_about_a_thing_of_others_is_answered_as_if_it_were_not_there(
    house: House, names: dict[str, str], handle: str
) -> None:
    visitor = house.signed_in(handle)
    proof, before = visitor.proof("/account/"), kept.contents(house)
    for endpoint, parts in CHANGED.items():
        answers = []
        for wanted in (parts, {name: ABSENT.get(name, part) for name, part in parts.items()}):
            address = _address(house, endpoint, wanted, names, "POST")
            sent = visitor.send(address, {**proof, "reason": "x", "to": "1.1.1"})
            answers.append((sent.status_code, sent.headers.get("Location"), EVER_NEW.sub("", sent.text)))
        refused = 302 if endpoint.startswith("inbox") else 403 if endpoint.startswith("studio") else 404
        assert answers[0][0] == refused, endpoint
        assert answers[0] == answers[1], endpoint
    assert kept.contents(house) == before
