"""An auditor who has only `docs/formats.md` finds what our own verification finds."""

import ast
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.database import Database
from storage.migrations import upgrade
from tests.storage import auditor
from tests.storage.company import Company
from tests.storage.tampering import FOUND, KEY, Tampering, cut, forge_and_reseal, sealed, tamper
from tests.storage.test_proof import last_head

AUDITED = [tampering for tampering in FOUND if tampering.audited]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    database = Database(f"sqlite:///{tmp_path}/zhixing.db")
    upgrade(database)
    return Company(database)


def audited(company: Company, kept: bytes | None = None, trusted: list[bytes] | None = None) -> auditor.Audit:
    path = company.database.url.database
    assert path is not None
    return auditor.audit(path, kept, trusted)


def test_the_auditor_uses_nothing_of_ours() -> None:
    source = Path(auditor.__file__).read_text()
    nodes = list(ast.walk(ast.parse(source)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"cryptography"}
    assert len(source.splitlines()) < 250


def test_the_auditor_finds_nothing_in_what_is_whole(company: Company) -> None:
    sealed(company)
    company.start()
    found = audited(company, last_head(company), [KEY.public_key().public_bytes_raw()])
    assert (found.findings, found.unsealed, found.erased) == ([], 1, 0)
    assert len({reference for _, (reference, _, _) in found.personal}) == 9


@pytest.mark.parametrize("tampering", AUDITED, ids=[tampering.name for tampering in AUDITED])
def test_the_auditor_finds_each_tampering(company: Company, tampering: Tampering) -> None:
    stream = sealed(company)
    tamper(company, tampering.change, stream)
    assert audited(company).findings


def test_the_auditor_needs_a_kept_head_where_the_page_says_so(company: Company) -> None:
    stream = sealed(company)
    kept = last_head(company)
    tamper(company, cut, stream)
    assert audited(company).findings == []
    assert audited(company, kept).findings == ["the head kept elsewhere is not here"]


def test_the_auditor_needs_the_keys_where_the_page_says_so(company: Company) -> None:
    stream = sealed(company)
    tamper(company, forge_and_reseal(Ed25519PrivateKey.generate()), stream)
    assert audited(company).findings == []
    assert len(audited(company, trusted=[KEY.public_key().public_bytes_raw()]).findings) == 2
