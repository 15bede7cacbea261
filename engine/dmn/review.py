"""What a model can be carried out with, but is hardly meant to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.dmn.compiler import Compiler
from engine.dmn.finding import Finding
from engine.dmn.requirements import Requirements, not_handed


def warnings_of(requirements: Requirements, compilers: Iterable[Compiler]) -> Iterator[Finding]:
    """Every warning about the requirements and the tables."""
    yield from not_handed(requirements)
