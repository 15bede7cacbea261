"""The shipped procedure, whole: every scenario plays, is journaled, verifies, and rebuilds to the same tables."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from engine import check
from engine.commands import Envelope
from engine.stream import ORGANISATION
from storage import checkpoint, erasure, schema, verification
from storage.database import Database
from storage.rebuild import rebuild
from storage.submission import Store
from web.cli import company
from web.cli.play import SimulatedClock, play, publish, scenarios
from web.cli.timetable import begin

ROOT = Path(__file__).parents[2] / "bpmn" / "service-planning"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENDS = {
    "straight-through": "End_confirmed",
    "returned-twice": "End_confirmed",
    "five-roles": "End_confirmed",
    "author-reviews": "End_confirmed",
    "refused": "End_declined",
    "review-failed": "End_stopped",
    "customer-changes": "End_confirmed",
    "customer-silent": "End_abandoned",
    "renewal": "End_confirmed",
    "change": "End_confirmed",
    "project-straight-through": "End_project_initiated",
    "whole-project": "End_project_initiated",
    "requirement-rejected-twice": "End_project_initiated",
    "finance-declines": "End_project_abandoned",
    "manager-refuses": "End_project_initiated",
    "manager-changes": "End_project_initiated",
    "early-start": "End_chase",
    "early-start-declined": "End_project_abandoned",
    "early-start-overtaken": "End_project_initiated",
    "general-manager-rejects": "End_contract_refused",
    "signature-chased": "End_signed",
    "initiation-returned": "End_initiated",
}
FOUND = {scenario["key"]: scenario for scenario in scenarios(ROOT)}


def test_the_shipped_procedure_has_no_findings() -> None:
    assert check.check(company.files_of(ROOT)) == []


def test_every_scenario_has_an_expected_end() -> None:
    assert FOUND.keys() == ENDS.keys()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a PostgreSQL database lie in the working directory, unless the settings say otherwise."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("key", sorted(ENDS))
def test_a_scenario_ends_where_it_should_and_proves_itself(database: Database, key: str) -> None:
    clock = SimulatedClock(begin(FOUND[key], NOW))
    store = Store(database, clock)
    played = play(store, clock, FOUND[key], publish(store, ROOT, "publish"), lambda _: None)
    assert played.ended == ENDS[key]
    sealed = checkpoint.seal(database, Ed25519PrivateKey.generate(), NOW)
    report = verification.verify(Store(database))
    assert report.findings == []
    assert report.executed == report.entries > 20
    assert report.sealed == sealed == report.entries + report.refusals
    assert rebuild(Store(database), windows=True).differences == []


def test_documents_are_facts_of_the_case(database: Database) -> None:
    scenario = FOUND["returned-twice"]
    clock = SimulatedClock(begin(scenario, NOW))
    store = Store(database, clock)
    played = play(store, clock, scenario, publish(store, ROOT, "publish"), lambda _: None)
    case = company.case_of(store, company.instance_of(store, played.instance))
    assert case is not None
    document = case.documents["service_requirements_specification"]
    assert (document.version, document.status, document.number) == ("A/2", "issued", f"ZX-SRS-PRE{case.stream}-2026001")


def test_personal_values_stand_nowhere_in_the_journal_and_erasing_them_leaves_it_verifiable(database: Database) -> None:
    scenario = FOUND["straight-through"]
    clock = SimulatedClock(begin(scenario, NOW))
    store = Store(database, clock)
    played = play(store, clock, scenario, publish(store, ROOT, "publish"), lambda _: None)
    with database.read() as connection:
        bodies = b"".join(bytes(body) for body in connection.execute(select(schema.entry.c.body)).scalars())
        large = b"".join(bytes(c) for c in connection.execute(select(schema.large_value.c.content)).scalars())
        states = b"".join(bytes(c) for c in connection.execute(select(schema.stream.c.state)).scalars())
    for secret in ("刘建国", "13800010001", "zhang@example.cn", "王芳"):
        assert secret.encode() not in bodies + large + states
        assert json.dumps(secret).strip('"').encode() not in bodies + large + states
    case = company.instance_of(store, played.instance).case
    assert case is not None
    envelope = Envelope(id="erase", stream=ORGANISATION, at=clock.now)
    assert erasure.erase_case(store, envelope, case, "保存期已过").values > 10
    assert verification.verify(Store(database)).findings == []
