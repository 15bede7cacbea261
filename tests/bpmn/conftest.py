"""The shipped procedure, loaded once."""

from __future__ import annotations

import pytest
from lxml import etree

from engine import procedure as procedures
from engine.procedure import Procedure
from tests.bpmn.shipped import DIAGRAMS, FILES


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    """The procedure as it would be published."""
    return procedures.load(FILES)


@pytest.fixture(scope="session", params=sorted(DIAGRAMS))
def drawing(request: pytest.FixtureRequest) -> etree._Element:
    """One diagram after the other as XML."""
    return etree.fromstring(FILES[DIAGRAMS[request.param]])
