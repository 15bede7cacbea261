"""Tokens of FEEL. Names are single words here; the parser joins them, as only it knows the names in scope."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from engine.feel.errors import FeelError

MAX_SOURCE = 20_000
KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "true",
        "false",
        "null",
        "function",
        "external",
    ]
)
FULL_WIDTH = frozenset(
    "\uff08\uff09\uff0c\uff1b\uff1a\u3010\u3011\uff5b\uff5d\uff1d\uff1e\uff1c\uff0b\uff0d\uff0f\u3002\u3001\uff01\uff1f"
)
"""Signs of a Chinese keyboard that look like those of FEEL. A name in scope may hold them, as the grammar allows."""

_SIGNS = "".join(sorted(FULL_WIDTH))
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f\u2040"
_SPACE = r"\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_NEVER = f"[{_SIGNS}{_SPACE}]"
_TOKEN = re.compile(
    rf"(?P<space>(?:[{_SPACE}]|//[^\n]*|/\*.*?\*/)+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    rf"|(?P<name>(?!{_NEVER})(?:[{_START}]|[^\W\d])(?:(?!{_NEVER})[{_PART}]|\w)*)"
    r"|(?P<mistake>/\*|==|&&|\|\||:=|=>|['&|!%;](?!=)|;"
    rf"|[{_SIGNS}])"
    r"|(?P<operator>\*\*|\.\.|!=|<=|>=|->|[-+*/=<>()\[\]{},:.@])",
    re.DOTALL,
)
"""Rules 27 to 30 and 61 of the grammar, DMN 1.5 §10.3.1.2; letters of newer alphabets are letters too."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}

MISTAKES = {
    "/*": ("注释缺少结尾的 */", "expected a closing */ of the comment"),
    "==": ("比较相等用一个等号 =", "expected one = to compare"),
    "&&": ("“并且”写作 and", "expected the word and instead of &&"),
    "||": ("“或者”写作 or", "expected the word or instead of ||"),
    ":=": ("表达式不给变量赋值;比较相等写作 =", "expected = to compare: an expression sets no variable"),
    "=>": ("“大于或等于”写作 >=", "expected >= for at least"),
    "'": ('文本用双引号 "…"', 'expected text in double quotes "…"'),
    "&": ("“并且”写作 and,连接文本用 +", "expected and, or + to join texts, instead of &"),
    "|": ("“或者”写作 or", "expected the word or instead of |"),
    "!": ("“非”写作 not(…),不等于写作 !=", "expected not(…) or != instead of !"),
    "%": (
        "百分数写作小数,如 5% 写作 0.05;取余写作 modulo(a, b)",
        "expected a decimal, such as 0.05 for 5%, or modulo(a, b) for a remainder",
    ),
    ";": ("表达式中不用分号;各项之间用半角逗号", "expected no semicolon: commas stand between items"),
}
MATHEMATICAL = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "∧": "and", "∨": "or"}
ON_KEYBOARD = {"、": ",", "。": ".", "【": "[", "】": "]"}
"""Signs of a Chinese keyboard whose counterparts are others than their narrow forms."""
INSTEAD = {
    "==": "=", "&&": "and", "||": "or", ":=": "=", "=>": ">=", "'": '"', "&": "and", "|": "or", "!": "not(", "/*": "*/",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source: kind is number, text, name, operator, mistake or end."""

    kind: str
    text: str
    at: int


def place(source: str, at: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    line = source.count("\n", 0, at) + 1
    return line, at - (source.rfind("\n", 0, at) + 1) + 1


def error(
    source: str, at: int, zh: str, en: str, *, length: int = 1, found: str = "", expected: tuple[str, ...] = ()
) -> FeelError:
    """A FeelError at an offset."""
    line, column = place(source, at)
    return FeelError(zh, en, line, column, length=length, found=found, expected=expected)


def tokens(source: str) -> list[Token]:
    """The tokens of a source, with an end token last. Raises FeelError."""
    if len(source) > MAX_SOURCE:
        raise FeelError(f"表达式应不超过 {MAX_SOURCE} 个字符", f"expected at most {MAX_SOURCE} characters")
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(source, at)
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match.group(), at))
        at = match.end()
    found.append(Token("end", "", len(source)))
    return found


def mistaken(source: str, token: Token) -> FeelError:
    """What to write instead of a sign that FEEL does not have."""
    sign = token.text
    if sign in FULL_WIDTH:
        half = ON_KEYBOARD.get(sign) or unicodedata.normalize("NFKC", sign)
        zh, en = f"应写作半角的“{half}”,而不是“{sign}”", f"expected the half-width {half} instead of {sign}"
    else:
        zh, en = MISTAKES[sign]
    expected = (INSTEAD[sign],) if sign in INSTEAD else ()
    return error(source, token.at, zh, en, length=len(sign), found=sign, expected=expected)


def spelled(source: str, found: list[Token]) -> str:
    """The name that some tokens make: written as in the source, with single spaces and without comments."""
    text = found[0].text
    for before, token in pairwise(found):
        text += (" " if token.at > before.at + len(before.text) else "") + token.text
    return text


def unescape(source: str, token: Token) -> str:
    """The text that a quoted token means. Raises FeelError for a lone surrogate.

    A backslash that begins no escape of FEEL is a backslash, as in patterns.
    """

    def one(match: re.Match[str]) -> str:
        short, long, simple = match.groups()
        code = int(short or long or "0", 16)
        if code > 0x10FFFF:
            raise error(source, token.at, "超出 Unicode 的字符", "expected a Unicode character", length=len(token.text))
        return _SIMPLE.get(simple, match.group()) if simple is not None else chr(code)

    text = _ESCAPE.sub(one, token.text[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        zh, en = "文本中有不完整的字符", "expected whole Unicode characters in the text"
        raise error(source, token.at, zh, en, length=len(token.text)) from None


def _unreadable(source: str, at: int) -> FeelError:
    sign = source[at]
    if sign == '"':
        end = source.find("\n", at)
        length = (len(source) if end < 0 else end) - at
        zh, en = '文本缺少结尾的双引号 "', 'expected a closing " of the text'
        return error(source, at, zh, en, length=length, found=source[at : at + length], expected=('"',))
    if sign in "“”‘’":
        zh, en = '文本用半角双引号 "…"', 'expected straight double quotes "…"'
        return error(source, at, zh, en, found=sign, expected=('"',))
    if sign in MATHEMATICAL:
        instead = MATHEMATICAL[sign]
        zh, en = f"{sign} 写作 {instead}", f"expected {instead} instead of {sign}"
        return error(source, at, zh, en, found=sign, expected=(instead,))
    return error(source, at, f"无法识别的字符 {sign!r}", f"expected an expression, but found {sign!r}", found=sign)
