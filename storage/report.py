"""What a verification proved, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Report:
    """Counts of what was checked; a finding is one thing wrong, named by stream and entry.

    `keys` are those that signed heads, oldest first; `disposed` the streams whose entries are gone by right;
    `erased` counts personal values that were erased.
    """

    streams: int = 0
    entries: int = 0
    refusals: int = 0
    sealed: int = 0
    unsealed: int = 0
    heads: int = 0
    executed: int = 0
    personal: int = 0
    erased: int = 0
    versions: int = 0
    keys: list[str] = field(default_factory=list)
    disposed: list[int] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    needs_release: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Nothing is wrong."""
        return not self.findings
