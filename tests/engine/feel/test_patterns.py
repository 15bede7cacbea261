"""Patterns of XPath on a linear-time matcher: what each matches, what is no pattern, and what is refused."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from engine import feel
from engine.feel import Budget
from engine.feel.functions.blocks import BLOCKS
from engine.feel.functions.classes import LAST, complement, ranges_of, without
from engine.feel.functions.patterns import NoPattern, pattern
from tests.engine.value_strategies import TEXTS

MATCHES = [
    ("a.c", "abc", "", True),
    ("a.c", "a\nc", "", False),
    ("a.c", "a\rc", "", False),
    ("a.c", "a\rc", "s", True),
    ("^b$", "a\nb", "", False),
    ("^b$", "a\nb", "m", True),
    ("b$", "b\n", "", False),
    (r"^\d+$", "٣4", "", True),
    (r"^\D$", "三", "", True),
    (r"^\w+$", "知行é1", "", True),
    (r"\w", "_", "", False),
    (r"^\W$", "_", "", True),
    (r"^[\W\d]+$", "1-2", "", True),
    (r"^[^\w]$", "-", "", True),
    (r"^\s$", "\u00a0", "", False),
    (r"^\S$", "\u00a0", "", True),
    (r"^[\S]$", " ", "", False),
    (r"^\i\c*$", "ns:名-1.é", "", True),
    (r"^\i", "1a", "", False),
    (r"^\I$", "1", "", True),
    (r"^[\C]$", " ", "", True),
    (r"^\p{Lu}+$", "AÉ", "", True),
    (r"^\p{Lu}$", "a", "i", False),
    (r"^\P{L}$", "1", "", True),
    (r"^[\p{L}\p{Nd}]+$", "知1", "", True),
    (r"^\p{IsCJKUnifiedIdeographs}+$", "知行合一", "", True),
    (r"^\p{IsBasicLatin}$", "é", "", False),
    (r"^\P{IsBasicLatin}$", "é", "", True),
    (r"^\p{Cn}$", "\u0378", "", True),
    (r"^\p{C}$", "\u0378", "", True),
    ("^[a-z-[aeiou]]+$", "xyz", "", True),
    ("^[a-z-[aeiou]]+$", "xaz", "", False),
    ("^[a-z-[b-y-[m]]]+$", "amz", "", True),
    ("^[a-z-[b-y-[m]]]+$", "b", "", False),
    ("^[^a-[b]]$", "b", "", False),
    ("^[^a-[b]]$", "c", "", True),
    (r"^[\p{L}-[\p{IsBasicLatin}]]$", "é", "", True),
    ("[a-[a]]", "a", "", False),
    ("^[A-Z-[OI]]$", "q", "i", True),
    ("^[A-Z-[OI]]$", "o", "i", False),
    ("^[a^-]+$", "^a-", "", True),
    ("^[-a]+$", "-a", "", True),
    (r"^[\[\]\\]+$", "[]\\", "", True),
    ("a{2}", "aa", "", True),
    ("^a{2,}$", "a", "", False),
    ("^a{1,2}?$", "aa", "", True),
    ("^(?:ab)+$", "abab", "", True),
    (r"(ab)c\1", "abcab", "", True),
    (r"(ab)c\1", "abcb", "", False),
    (r"(a)\1", "aA", "i", True),
    (r"(\.)\1", "..", "", True),
    (r"(\.)\1", ".a", "", False),
    (r"(a)(?:\1b)+$", "aabab", "", True),
    (r"(a)\10", "aa0", "", True),
    ("a b", "ab", "x", True),
    ("a[ ]b", "a b", "x", True),
    (r"\[ a", "[a", "x", True),
    (r"a\ s", "a ", "x", True),
    (r"\p{ Is Basic Latin }", "a", "x", True),
    ("a.b", "axb", "q", False),
    ("A.b", "xa.bx", "qi", True),
    ("é", "É", "i", True),
    ("", "a", "", True),
    ("a|", "b", "", True),
    ("()", "b", "", True),
    ("^*a", "a", "", True),
]
NO_PATTERNS = [
    "(", ")", "a)", "[", "[]", "[^]", "]", "}", "{", "a{", "a{,2}", "a{2,1}", "a{x}", "a{1", "*", "+a", "?", "(*a)", "a**",
    "a|*", "a*+", "[z-a]", "[a", "[a-[b]", "[a-[b]c]", "[[a]]", "[a-\\d]", "\\", "a\\", "\\b", "\\A", "\\x41", "\\Qa",
    "\\0", "\\1", "(a\\1)", "(a)\\2", "[\\1]", "(a)[\\1]", "\\p", "\\p{", "\\pL", "\\p{X}", "\\p{IsNowhere}",
    "\\p{ L}", "\\p{Han}", "\\p{^L}", "[[:alpha:]]", "a{１}",
]  # fmt: skip
REFUSED = [r"(a*)\1", r"(a|b)\1", r"(a)?\1", r"(a)|\1", r"(.)\1", "(?=a)", "(?i)a", "(?P<n>a)", "a{1001}", "a" * 1_001]


@pytest.mark.parametrize(("source", "text", "flags", "expected"), MATCHES, ids=str)
def test_a_pattern_matches(source: str, text: str, flags: str, *, expected: bool) -> None:
    assert (pattern(source, flags).search(text) is not None) is expected


@pytest.mark.parametrize("source", NO_PATTERNS)
def test_what_is_no_pattern_is_null(source: str) -> None:
    budget = Budget()
    compiled = feel.compile("[matches(t, p), replace(t, p, t), split(t, p)]", frozenset("tp"))
    assert compiled.evaluate({"t": "a", "p": source}, budget=budget) == (None, None, None)
    assert all("expected a regular expression, but" in note.en and "不成立" in note.zh for note in budget.notes)


@pytest.mark.parametrize("source", REFUSED, ids=lambda source: source[:12])
def test_what_the_matcher_cannot_do_is_refused_with_a_sentence(source: str) -> None:
    with pytest.raises(feel.FeelError, match="expected a") as refused:
        pattern(source)
    assert not isinstance(refused.value, NoPattern)
    assert "正则表达式" in refused.value.text.zh


def test_the_start_of_a_line_after_the_last_break_matches_other_than_in_xpath() -> None:
    assert pattern("^$", "m").search("a\nb\n") is not None


@given(TEXTS)
def test_an_escaped_text_matches_itself_and_nothing_shorter(text: str) -> None:
    source = "".join(f"\\{sign}" if sign in "\\|.-^?*+{}()[]$" else sign for sign in text)
    assert pattern(f"^{source}$").search(text) is not None
    assert pattern(f"^{source}$").search(text[:-1]) is None or not text
    assert pattern(text, "q").search(f"<{text}>") is not None


@given(st.text("ab|.()*+?[]^$-{}12,\\dpP:L", max_size=12), st.text("ab1-", max_size=6))
def test_any_text_is_a_pattern_or_told_to_be_none(source: str, text: str) -> None:
    compiled, expected = _tried(source), _by_python(source)
    if compiled is not None and expected is not None:
        assert (compiled.search(text) is None) is (expected.search(text) is None)


def _tried(source: str) -> re2.Pattern[str] | None:
    try:
        return pattern(source)
    except feel.FeelError:
        return None


def _by_python(source: str) -> re.Pattern[str] | None:
    """The same pattern for Python, where the two languages agree."""
    if _tried(source) is None or re.search(r"\\[pPd1-9]|\[.*\[|\{|[*+?]\+|\(\?|\$", source):
        return None
    return re.compile(source)


@given(st.lists(st.tuples(st.integers(0, LAST), st.integers(0, 50)), max_size=5))
def test_the_complement_of_a_complement_is_the_set(found: list[tuple[int, int]]) -> None:
    ranges = [(first, min(LAST, first + more)) for first, more in found]
    held = {sign for first, last in ranges for sign in range(first, last + 1)}
    again = complement(complement(ranges))
    assert {sign for first, last in again for sign in range(first, last + 1)} == held
    assert without(again, again) == ()


def test_what_a_class_holds_is_asked_of_the_matcher() -> None:
    assert ranges_of("[b-dx]") == ((ord("b"), ord("d")), (ord("x"), ord("x")))
    assert ranges_of("[\\x{d7ff}-\\x{e000}]") == ((0xD7FF, 0xE000),)


def test_blocks_follow_each_other_without_overlap() -> None:
    ends = sorted(BLOCKS.values())
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    assert len(BLOCKS) > 300
