"""What a verification proved, and what is wrong, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.errors import Text


@dataclass(kw_only=True)
class Report:
    """Counts of what was checked; a finding is one thing wrong, named by stream and entry.

    `keys` are those that signed heads, oldest first; `last_head` is the digest (hex) of the last head that fits, empty
    without one; `disposed` the streams whose entries are gone by right;
    `erased` counts personal values that were erased, `never_kept` files that releases named which kept no bytes of files.
    """

    streams: int = 0
    entries: int = 0
    refusals: int = 0
    sealed: int = 0
    unsealed: int = 0
    heads: int = 0
    last_head: str = ""
    executed: int = 0
    personal: int = 0
    erased: int = 0
    versions: int = 0
    files: int = 0
    never_kept: int = 0
    keys: list[str] = field(default_factory=list)
    disposed: list[int] = field(default_factory=list)
    findings: list[Text] = field(default_factory=list)
    needs_release: list[Text] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Nothing is wrong."""
        return not self.findings

    def find(self, place: Text, zh: str, en: str) -> None:
        """Something is wrong at a place."""
        self.findings.append(said(place, zh, en))


def of_stream(number: int) -> Text:
    """A stream as a place."""
    return Text(f"流 {number}", f"stream {number}")


def of_entry(stream: int, revision: int | None) -> Text:
    """An entry as a place."""
    return Text(f"流 {stream} 第 {revision} 条", f"stream {stream}: entry {revision}")


def of_refusal(number: int) -> Text:
    """A refusal as a place."""
    return Text(f"拒绝记录 {number}", f"refusal {number}")


def of_head(number: int) -> Text:
    """A sealed head as a place."""
    return Text(f"签名头 {number}", f"head {number}")


def said(place: Text, zh: str, en: str) -> Text:
    """What is said of a place."""
    return Text(f"{place.zh}{zh}", f"{place.en}{en}")


def quoted(error: Exception) -> Text:
    """The words of a program about bytes that it cannot read; there are none in Chinese."""
    return Text(f"「{error}」", str(error))
