"""Tokens of FEEL. Names are single words here; the parser joins them, as only it knows the names in scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

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

_TOKEN = re.compile(
    r"(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<name>(?:[^\W\d]|\?)[\w]*)"
    r"|(?P<operator>/\*|\*\*|\.\.|!=|<=|>=|->|==|&&|\|\||[-+*/=<>()\[\]{},:.@'&|!%;])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}

FULL_WIDTH = frozenset(
    "\uff08\uff09\uff0c\uff1b\uff1a\u3010\u3011\uff5b\uff5d\uff1d\uff1e\uff1c\uff0b\uff0d\uff0f\u3002\u3001\uff01\uff1f"
)
"""Signs of a Chinese keyboard that look like those of FEEL."""

MISTAKES = {
    "/*": ("注释缺少结尾的 */", "expected a closing */ of the comment"),
    "==": ("比较相等用一个等号 =", "expected one = to compare"),
    "&&": ("“并且”写作 and", "expected the word and instead of &&"),
    "||": ("“或者”写作 or", "expected the word or instead of ||"),
    "'": ('文本用双引号 "…"', 'expected text in double quotes "…"'),
    "&": ("“并且”写作 and,连接文本用 +", "expected and, or + to join texts, instead of &"),
    "|": ("“或者”写作 or", "expected the word or instead of |"),
    "!": ("“非”写作 not(…),不等于写作 !=", "expected not(…) or != instead of !"),
    "%": ("取余写作 modulo(a, b),百分数写作小数", "expected modulo(a, b) or a decimal instead of %"),
    ";": ("一个表达式中没有分号", "expected no semicolon in an expression"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the source: kind is number, text, name, operator or end."""

    kind: str
    text: str
    at: int


def place(source: str, at: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    line = source.count("\n", 0, at) + 1
    return line, at - (source.rfind("\n", 0, at) + 1) + 1


def error(source: str, at: int, zh: str, en: str) -> FeelError:
    """A FeelError at an offset."""
    return FeelError(zh, en, *place(source, at))


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
            if match.group() in MISTAKES:
                raise error(source, at, *MISTAKES[match.group()])
            found.append(Token(kind, match.group(), at))
        at = match.end()
    found.append(Token("end", "", len(source)))
    return found


def unescape(source: str, token: Token) -> str:
    """The text that a quoted token means. Raises FeelError for a lone surrogate or an unknown escape."""

    def one(match: re.Match[str]) -> str:
        short, long, simple = match.groups()
        if simple is not None and simple not in _SIMPLE:
            raise error(
                source, token.at, f"未知的转义 \\{simple}", f"expected an escape such as \\n, but found \\{simple}"
            )
        code = int(short or long or "0", 16)
        if code > 0x10FFFF:
            raise error(source, token.at, "超出 Unicode 的字符", "expected a Unicode character")
        return _SIMPLE[simple] if simple is not None else chr(code)

    text = _ESCAPE.sub(one, token.text[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise error(source, token.at, "文本中有不完整的字符", "expected whole Unicode characters in the text") from None


def _unreadable(source: str, at: int) -> FeelError:
    if source[at] == '"':
        return error(source, at, '文本缺少结尾的双引号 "', 'expected a closing " of the text')
    if source[at] in "“”‘’":
        return error(source, at, '文本用半角双引号 "…"', 'expected straight double quotes "…"')
    if source[at] in FULL_WIDTH:
        return error(
            source, at, f"应用半角符号,而不是 {source[at]}", f"expected a half-width sign instead of {source[at]}"
        )
    return error(source, at, f"无法识别的字符 {source[at]!r}", f"expected an expression, but found {source[at]!r}")
