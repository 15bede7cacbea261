"""What people from spreadsheets and other languages write where FEEL writes something else, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.feel.lexer import KEYWORDS, Token
from engine.feel.names import Names

CLOSING = {"(": ")", "[": "]", "{": "}"}
OPERATORS = frozenset(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "between", "of"])
AFTERWARDS = OPERATORS | {"then", "else", "return", "satisfies", "if", "not"}
FORMS = {
    "then": "if … then … else …",
    "else": "if … then … else …",
    "return": "for … in … return …",
    "satisfies": "some … in … satisfies …",
}
"""How the form goes in which a word is missing."""


class Hint(NamedTuple):
    """What is wrong at a token, in Chinese and English, and what could stand there."""

    zh: str
    en: str
    expected: tuple[str, ...] = ()


class Spot(NamedTuple):
    """A token that cannot stand where it does, those beside it, and all of them."""

    before: Token
    here: Token
    after: Token
    at: int
    tokens: Sequence[Token]
    functions: Names


def hint(tokens: Sequence[Token], at: int, functions: Names, wanted: Sequence[str]) -> Hint | None:
    """A better sentence than that something else was expected, when the mistake is a known one."""
    start = Token("start", "", 0)
    after = tokens[min(at + 1, len(tokens) - 1)]
    spot = Spot(tokens[at - 1] if at else start, tokens[at], after, at, tokens, functions)
    if spot.here.text in CLOSING.values() and _opened(spot) is None and spot.here.kind == "operator":
        return Hint(
            f"多了一个 {spot.here.text},前面没有与之对应的括号",
            f"there is one {spot.here.text} too many: no bracket before it is open",
        )
    found = next((told for rule in _RULES if (told := rule(spot)) is not None), None)
    if found is None and not set(wanted) & FORMS.keys():
        return _two_values(spot)
    return found


def _thousands(spot: Spot) -> Hint | None:
    """`10,000`, `10 000`, `1.000.000`, `1,5`."""
    digits = spot.after if spot.here.text == "," else spot.here
    if spot.before.kind != "number" or digits.kind != "number":
        return None
    if len(digits.text.lstrip(".")) == 3:
        whole = (spot.before.text + digits.text).replace(".", "")
        return Hint(f"数字中不写千位分隔符,应写作 {whole}", f"expected a number without separators: {whole}", (whole,))
    if spot.here.text != ",":
        return None
    decimal = f"{spot.before.text}.{digits.text}"
    return Hint(f"小数点写作 .,应写作 {decimal}", f"expected a point in a decimal: {decimal}", (decimal,))


def _null_test(spot: Spot) -> Hint | None:
    """`x is null`, `x is not null`."""
    if spot.here.text != "is":
        return None
    sign = "!=" if spot.after.text == "not" else "="
    shown = f"{spot.before.text if _ends_value(spot.before) else 'x'} {sign} null"
    zh, en = f"判断写作 {sign},如 {shown}", f"expected {sign} instead of the word is, such as {shown}"
    return Hint(zh, en, (sign,))


def _negation(spot: Spot) -> Hint | None:
    """`not x`."""
    if spot.before.text != "not" or spot.here.kind == "end":
        return None
    shown = spot.here.text
    return Hint(f"“非”要加括号:not({shown})", f"expected brackets after not: not({shown})", ("(",))


def _unequal(spot: Spot) -> Hint | None:
    """`<>`."""
    if (spot.before.text, spot.here.text) != ("<", ">"):
        return None
    return Hint("不等于写作 !=", "expected != instead of <>", ("!=",))


def _function_between(spot: Spot) -> Hint | None:
    """`a contains b`."""
    if spot.here.kind != "name" or not _ends_value(spot.before):
        return None
    name = spot.functions.longest(list(spot.tokens), spot.at)
    if name is None or name == "not":
        return None
    place = min(spot.at + len(name.split()), len(spot.tokens) - 1)
    after = spot.tokens[place].text if spot.tokens[place].kind in ("name", "number", "text") else "…"
    shown = f"{name}({spot.before.text if spot.before.kind != 'operator' else '…'}, {after})"
    return Hint(f"{name} 是函数,写作 {shown}", f"{name} is a function: expected {shown}", (f"{name}(",))


def _braces(spot: Spot) -> Hint | None:
    """`if x { … }`."""
    if spot.here.text != "{" or not any(token.text == "if" for token in spot.tokens[: spot.at]):
        return None
    return Hint(
        "if 的写法为 if 条件 then 值 else 值,不用大括号",
        "expected if condition then value else value, without braces",
        ("then",),
    )


def _joined(spot: Spot) -> Hint | None:
    """`elseif`, `elif`."""
    if spot.here.text not in ("elseif", "elif", "elsif"):
        return None
    return Hint(
        f"应写作 else if,而不是 {spot.here.text}", f"expected else if instead of {spot.here.text}", ("else if",)
    )


def _missing_value(spot: Spot) -> Hint | None:
    """`1 +`."""
    if spot.here.kind != "end" or spot.before.text not in AFTERWARDS or spot.before.kind == "text":
        return None
    return Hint(f"{spot.before.text} 后面缺少一个值", f"expected a value after {spot.before.text}")


def _unclosed(spot: Spot) -> Hint | None:
    """`(1 + 2`."""
    opened = _opened(spot)
    if spot.here.kind != "end" or opened is None or not (_ends_value(spot.before) or spot.before is opened):
        return None
    sign = CLOSING[opened.text]
    place = opened.at + 1
    return Hint(
        f"第 {place} 个字符的 {opened.text} 没有对应的 {sign}",
        f"expected {sign} for the {opened.text} at character {place}",
        (sign,),
    )


def _nothing(spot: Spot) -> Hint | None:
    """An empty source, or one of white space only."""
    if spot.at or spot.here.kind != "end":
        return None
    return Hint("表达式是空的,应为一个值或条件", "expected a value or a condition, but the expression is empty")


def _no_entry(spot: Spot) -> Hint | None:
    """`a.`."""
    if spot.here.text != "." or spot.after.kind != "end":
        return None
    return Hint(". 后面缺少名称", "expected a name after .")


def _bare_range(spot: Spot) -> Hint | None:
    """`x in 1..5`."""
    if spot.here.text != ".." or not _ends_value(spot.before):
        return None
    whole = f"[{spot.before.text}..{spot.after.text or '…'}]"
    return Hint(f"区间要加括号,如 {whole}", f"expected brackets around a range, such as {whole}", (whole,))


def _two_values(spot: Spot) -> Hint | None:
    """`a b`."""
    begins = spot.here.kind in ("number", "text") or spot.here.text in ("{", "@")
    begins = begins or (spot.here.kind == "name" and spot.here.text not in KEYWORDS - {"true", "false", "null", "if"})
    if not begins or not _ends_value(spot.before):
        return None
    return Hint(
        f"{spot.before.text} 和 {spot.here.text} 之间缺少运算符,如 +、= 或 and",
        f"expected an operator such as +, = or and between {spot.before.text} and {spot.here.text}",
    )


def _ends_value(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in KEYWORDS - {"true", "false", "null"} and token.text != "not"
    return token.kind in ("number", "text") or token.text in (")", "]", "}")


def _opened(spot: Spot) -> Token | None:
    """The last bracket before the spot that is still open."""
    stack: list[Token] = []
    for token in spot.tokens[: spot.at]:
        if token.kind != "operator":
            continue
        if token.text in CLOSING:
            stack.append(token)
        elif stack and token.text == CLOSING[stack[-1].text]:
            stack.pop()
    return stack[-1] if stack else None


_RULES: tuple[Callable[[Spot], Hint | None], ...] = (
    _nothing,
    _no_entry,
    _bare_range,
    _thousands,
    _null_test,
    _negation,
    _unequal,
    _braces,
    _joined,
    _function_between,
    _missing_value,
    _unclosed,
)
