"""The shipped procedure, loaded once."""

from __future__ import annotations

import pytest
from lxml import etree

from engine import procedure as procedures
from engine.procedure import Procedure
from tests.bpmn.shipped import DIAGRAM, FILES


@pytest.fixture(scope="session")
def procedure() -> Procedure:
    """The procedure as it would be published."""
    return procedures.load(FILES)


@pytest.fixture(scope="session")
def drawing() -> etree._Element:
    """The diagram of P01 as XML."""
    return etree.fromstring(FILES[DIAGRAM])
