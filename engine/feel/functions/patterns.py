"""Patterns of XPath, which FEEL uses, translated for the linear-time matcher.

XPath and XQuery Functions and Operators 3.1 §5.6.1. A pattern that is none is told apart from one that this matcher cannot
run: the first is null in FEEL, the second is refused. One difference stays: with the flag `m`, `^` also matches after a
line break that ends the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import re2

from engine.feel.errors import FeelError
from engine.feel.functions import classes

FLAGS = frozenset("smixq")
MAX_PATTERN = 1_000
SPACE = " \t\n\r"
SINGLE = {"n": "\n", "r": "\r", "t": "\t", **{sign: sign for sign in "\\|.-^?*+{}()[]$"}}
META = frozenset("\\.+*?()|[]{}^$")


class NoPattern(FeelError):
    """A text that is no pattern, or flags that do not exist."""


@dataclass(slots=True)
class Group:
    """A bracket that is open: where its branch began, and whether all of it so far is plain text."""

    number: int
    branch: int = 0
    text: str | None = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """A group that was closed: its text when it can match no other, and where it stands."""

    text: str | None
    around: Group
    branch: int


@lru_cache(maxsize=128)
def pattern(source: str, flags: str = "") -> re2.Pattern[str]:
    """A pattern for the linear-time matcher.

    Raises NoPattern for what is none, and FeelError for what the matcher cannot do, such as most back-references.
    """
    if not set(flags) <= FLAGS:
        raise NoPattern(
            f"正则表达式的标志 {flags!r} 应为 s、m、i、x、q", f"expected flags out of s, m, i, x, q, not {flags!r}"
        )
    if len(source) > MAX_PATTERN:
        raise FeelError(
            f"正则表达式应不超过 {MAX_PATTERN} 个字符", f"expected a pattern of at most {MAX_PATTERN} characters"
        )
    inline = "".join(sorted(set(flags) & set("im")))
    translated = re2.escape(source) if "q" in flags else Translator(source, flags).whole()
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(f"(?{inline}){translated}" if inline else translated, options)
    except re2.error as error:
        raise FeelError(
            f"无法使用的正则表达式 {source!r}:重复次数应不超过 1000,且不过于复杂",
            f"expected a simpler regular expression with at most 1000 repetitions, but found {source!r}: {error}",
        ) from error


def _without_space(source: str) -> str:
    """The pattern without white space, which stays inside square brackets only."""
    made: list[str] = []
    depth, escape = 0, False
    for sign in source:
        if sign in SPACE and not depth:
            continue
        made.append(sign)
        if not escape:
            depth = max(0, depth + (sign == "[") - (sign == "]"))
        escape = sign == "\\" and not escape
    return "".join(made)


class Translator:
    """One pass through a pattern, from left to right."""

    def __init__(self, source: str, flags: str) -> None:
        self.source = _without_space(source) if "x" in flags else source
        self.flags = flags
        self.at = 0
        self.made: list[str] = []
        self.open = [Group(0)]
        self.closed: dict[int, Closed] = {}
        self.groups = 0
        self.repeatable = False
        self.last = 0

    def whole(self) -> str:
        """The pattern for the matcher. Raises NoPattern, and FeelError for what the matcher cannot do."""
        while self.at < len(self.source):
            sign = self._take()
            _SIGNS.get(sign, Translator._plain)(self, sign)
        if len(self.open) > 1:
            raise self._wrong()
        return "".join(self.made)

    def _wrong(self) -> NoPattern:
        return NoPattern(
            f"正则表达式 {self.source!r} 在第 {self.at} 个字符处不成立",
            f"expected a regular expression, but {self.source!r} is none at character {self.at}",
        )

    def _refused(self, sign: str, zh: str, en: str) -> FeelError:
        return FeelError(
            f"正则表达式 {self.source!r} 不能使用 {sign}(不支持{zh})",
            f"expected a regular expression without {sign}, but found {self.source!r} ({en} cannot be used)",
        )

    def _take(self) -> str:
        if self.at >= len(self.source):
            raise self._wrong()
        self.at += 1
        return self.source[self.at - 1]

    def _next(self, text: str) -> bool:
        """Step over a text if it stands here."""
        if not self.source.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def _atom(self, made: str, text: str | None = None) -> None:
        """One thing that may be repeated; `text` when it matches nothing else."""
        self.made.append(made)
        self.repeatable, self.last = True, 0
        group = self.open[-1]
        group.text = None if group.text is None or text is None else group.text + text

    # -------------------------------------------------------------- atoms

    def _plain(self, sign: str) -> None:
        self._atom(f"\\{sign}" if sign in META else sign, sign)

    def _any(self, _: str) -> None:
        self._atom("(?s:.)" if "s" in self.flags else r"[^\n\r]")

    def _edge(self, sign: str) -> None:
        self._atom(sign)

    def _unexpected(self, _: str) -> None:
        raise self._wrong()

    def _alternative(self, _: str) -> None:
        self.made.append("|")
        self.open[-1].branch += 1
        self.open[-1].text = None
        self.repeatable = False

    def _begin(self, _: str) -> None:
        self.repeatable = False
        if self._next("?:"):
            self.made.append("(?:")
            self.open.append(Group(0))
            return
        if self._next("?"):
            raise self._refused("(?", "环视、命名分组与行内标志", "look-around, named groups and flags inside")
        self.groups += 1
        self.made.append("(")
        self.open.append(Group(self.groups))

    def _end(self, _: str) -> None:
        if len(self.open) == 1:
            raise self._wrong()
        group = self.open.pop()
        if group.number:
            self.closed[group.number] = Closed(group.text, self.open[-1], self.open[-1].branch)
        self._atom(")", group.text)
        self.last = group.number

    def _escape(self, _: str) -> None:
        letter = self._take()
        if letter in SINGLE:
            self._plain(SINGLE[letter])
        elif letter in "123456789":
            self._again(letter)
        else:
            held = self._held(letter)
            self._atom(f"(?-i:[{held}])" if letter in "pP" else f"[{held}]")

    def _again(self, digits: str) -> None:
        """A back-reference; what it repeats must be plain text, as the matcher keeps nothing of what it has read."""
        number = int(digits)
        while self.source[self.at : self.at + 1].isdecimal() and number * 10 <= self.groups:
            longer = number * 10 + int(self.source[self.at])
            if longer > self.groups:
                break
            number, self.at = longer, self.at + 1
        found = self.closed.get(number)
        if found is None:
            raise self._wrong()
        passed = any(found.around is group and found.branch == group.branch for group in self.open)
        if found.text is None or not passed:
            raise self._refused(f"\\{number}", "对非固定文字的反向引用", "back-references to what is no plain text")
        self._atom("(?:" + "".join(f"\\{sign}" if sign in META else sign for sign in found.text) + ")", found.text)

    # -------------------------------------------------------------- repetitions

    def _repeat(self, sign: str) -> None:
        if not self.repeatable:
            raise self._wrong()
        quantifier = self._counts() if sign == "{" else sign
        self.made.append(quantifier + ("?" if self._next("?") else ""))
        self.repeatable = False
        self.open[-1].text = None
        if self.last:
            self.closed[self.last] = Closed(None, self.open[-1], self.open[-1].branch)

    def _counts(self) -> str:
        end = self.source.find("}", self.at)
        least, comma, most = self.source[self.at : max(end, self.at)].partition(",")
        numbers = [count for count in (least, most) if count]
        if not least or not all(count.isascii() and count.isdigit() for count in numbers):
            raise self._wrong()
        if most and int(least) > int(most):
            raise self._wrong()
        self.at = end + 1
        return f"{{{int(least)}{comma}{int(most) if most else ''}}}"

    # -------------------------------------------------------------- classes

    def _class(self, _: str) -> None:
        self._atom(self._brackets())

    def _brackets(self, depth: int = 0) -> str:
        """A class after its opening bracket, as the matcher writes it."""
        negated = "^" if self._next("^") else ""
        held: list[str] = []
        while not self._next("]"):
            if held and self._next("-["):
                return self._taken_from(f"[{negated}{''.join(held)}]", depth)
            held.append(self._item())
        if not held:
            raise self._wrong()
        return f"[{negated}{''.join(held)}]"

    def _taken_from(self, kept: str, depth: int) -> str:
        if depth > 8:
            raise self._wrong()
        taken = self._brackets(depth + 1)
        if not self._next("]"):
            raise self._wrong()
        left = classes.without(classes.ranges_of(kept), classes.ranges_of(taken))
        return f"[{classes.items(left)}]" if left else r"[^\x{0}-\x{10FFFF}]"

    def _item(self) -> str:
        """One character, a range, or a set with a name."""
        first = self._character()
        if len(first) > 1:
            return first
        ends_here = self.source[self.at + 1 : self.at + 2] in ("]", "[", "")
        if self.source[self.at : self.at + 1] != "-" or ends_here:
            return f"\\x{{{ord(first):x}}}"
        self.at += 1
        last = self._character()
        if len(last) > 1 or last < first:
            raise self._wrong()
        return f"\\x{{{ord(first):x}}}-\\x{{{ord(last):x}}}"

    def _character(self) -> str:
        """A character of a class, or the set that an escape names, which is longer."""
        sign = self._take()
        if sign in "[]":
            raise self._wrong()
        if sign != "\\":
            return sign
        letter = self._take()
        return SINGLE[letter] if letter in SINGLE else self._held(letter)

    def _held(self, letter: str) -> str:
        """The set that an escape names."""
        if letter not in "pP":
            held = classes.escaped(letter)
        else:
            start, end = self.at + 1, self.source.find("}", self.at)
            if not self._next("{") or end < 0:
                raise self._wrong()
            self.at = end + 1
            held = classes.property_of(self.source[start:end], negated=letter == "P")
        if held is None:
            raise self._wrong()
        return held


_SIGNS: dict[str, Callable[[Translator, str], None]] = {
    ".": Translator._any,
    "^": Translator._edge,
    "$": Translator._edge,
    "|": Translator._alternative,
    "(": Translator._begin,
    ")": Translator._end,
    "[": Translator._class,
    "]": Translator._unexpected,
    "}": Translator._unexpected,
    "\\": Translator._escape,
    "?": Translator._repeat,
    "*": Translator._repeat,
    "+": Translator._repeat,
    "{": Translator._repeat,
}
