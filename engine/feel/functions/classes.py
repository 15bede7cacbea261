"""Sets of characters as patterns of XML Schema write them, put into the words of the linear-time matcher.

XML Schema 1.1 part 2, appendix G: `\\i`, `\\c`, blocks, and classes taken from classes are not known to the matcher; they
become ranges. What a category holds is asked of the matcher itself, so that no other table of Unicode has a say.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import re2

from engine.feel.functions.blocks import BLOCKS

Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)
_DIVIDED = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
CATEGORIES = frozenset(kind + part for kind, parts in _DIVIDED.items() for part in ("", *parts))
UNASSIGNED = r"[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{C}]"
_WORD = r"\p{L}\p{M}\p{N}\p{S}"
_INITIAL: Ranges = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
    (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
_IN_NAME: Ranges = (*_INITIAL, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))


def items(ranges: Iterable[tuple[int, int]]) -> str:
    """Ranges inside square brackets."""
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Every other character."""
    found: list[tuple[int, int]] = []
    start = 0
    for first, last in sorted(ranges):
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


def without(kept: Ranges, taken: Ranges) -> Ranges:
    """The characters of one that are not in the other."""
    return complement((*complement(kept), *taken))


@lru_cache(maxsize=1)
def _every_character() -> str:
    return "".join(map(chr, (*range(SURROGATES[0]), *range(SURROGATES[1] + 1, LAST + 1))))


@lru_cache(maxsize=64)
def ranges_of(written: str) -> Ranges:
    """The characters that a class in square brackets matches, asked of the matcher."""
    found: list[tuple[int, int]] = []
    for match in re2.finditer(f"(?:{written})+", _every_character()):
        found.append((_character(match.start()), _character(match.end() - 1)))
    return tuple(found)


def _character(place: int) -> int:
    return place + (SURROGATES[1] + 1 - SURROGATES[0] if place >= SURROGATES[0] else 0)


@lru_cache(maxsize=256)
def escaped(letter: str) -> str | None:
    """What `\\d` and its like hold, for use inside square brackets; None for a letter without meaning."""
    match letter:
        case "d" | "D":
            return f"\\{'p' if letter == 'd' else 'P'}{{Nd}}"
        case "s":
            return r" \t\n\r"
        case "w":
            return _WORD
        case "i" | "c":
            return items(_INITIAL if letter == "i" else _IN_NAME)
        case "I" | "C":
            return items(complement(_INITIAL if letter == "I" else _IN_NAME))
        case "S" | "W":
            return items(ranges_of(r"[^ \t\n\r]" if letter == "S" else f"[^{_WORD}]"))
        case _:
            return None


def property_of(name: str, *, negated: bool) -> str | None:
    """What `\\p{…}` or `\\P{…}` holds, for use inside square brackets; None for an unknown name."""
    if name.startswith("Is"):
        block = BLOCKS.get(name[2:])
        if block is None:
            return None
        return items(complement([block]) if negated else [block])
    if name not in CATEGORIES:
        return None
    if name in ("C", "Cn"):  # characters without meaning yet are none of the matcher's categories
        held = ranges_of(UNASSIGNED) if name == "Cn" else ranges_of(r"[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}]")
        return items(complement(held) if negated else held)
    return f"\\{'P' if negated else 'p'}{{{name}}}"
