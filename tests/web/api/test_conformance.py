"""Requests made from what the API says of itself, sound and unsound: it answers as it says, and never fails."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from storage import verification
from tests.web.api.program import PREFIX, Program, program
from tests.web.pages.browser import House
from web.api import pace

FEW, MANY = 6, 150
NOT_OURS = ("positive_data_acceptance",)
"""A request of the right shape may still be refused: nobody has the handle, the step was not done."""


def _tried(house: House, visitor: Program, examples: int, known: Mapping[str, object] | None = None) -> int:
    """Try every operation; how many there are. `known` are parts of addresses that lead to something."""
    load_all_checks()
    house.app.config[pace.SETTING] = sys.maxsize  # time stands still here, so all of it is asked in one minute
    excluded = CHECKS.get_by_names(NOT_OURS)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", house.app)
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        count += 1

        named = re.findall(r"{(\w+)}", operation.path)
        leads = known is not None and named and known.keys() >= set(named)
        parts = {"path_parameters": {name: known[name] for name in named}} if known and leads else {}

        @given(case=one_of(*(operation.as_strategy(mode, **parts) for mode in GenerationMode)))
        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def conforms(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {visitor.token}"}, excluded_checks=excluded)

        conforms()
    return count


@pytest.mark.parametrize("handle", ["li", "admin"])
def test_every_operation_answers_as_it_says(house: House, handle: str) -> None:
    assert _tried(house, program(house, handle), FEW) > 60
    assert verification.verify(house.store).proven


def test_every_operation_answers_as_it_says_of_things_that_are_there(house: House) -> None:
    li = program(house, "li")
    task = li.get("/inbox")["items"][0]
    (version,) = li.get("/procedures/service-planning/versions")["items"]
    (setting, *_) = li.get("/organisation/settings/service-planning")["items"]
    steps = li.get(f"/instances/{task['instance']}")["steps"]
    known = {
        "task": task["task"],
        "instance": task["instance"],
        "stream": task["instance"],
        "case": task["case"],
        "revision": 2,
        "activity": steps[-1]["activity"],
        "procedure": "service-planning",
        "setting": setting["setting"],
        "version": version["version"],
        "path": "procedure.toml",
        "handle": "wang",
        "deputy": "li",
        "role": "SALES",
        "key": li.get("/me/tokens")["items"][0]["key"][:-1],
        "job": "1.1.1",
        "incident": "1.1.1",
        "milestone": 1,
    }
    assert _tried(house, li, FEW, known) > 60
    assert verification.verify(house.store).proven


@pytest.mark.soak
@pytest.mark.parametrize("handle", ["li", "admin", "wang", "wai"])
def test_every_operation_answers_as_it_says_however_often_it_is_tried(house: House, handle: str) -> None:
    assert _tried(house, program(house, handle), int(os.environ.get("ZHIXING_EXAMPLES", str(MANY)))) > 60
    assert verification.verify(house.store).proven
