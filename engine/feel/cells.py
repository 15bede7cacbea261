"""Rules on the cells of decision tables: what is read as something else than people mean."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.findings import Review
from engine.feel.tree import Binary, BuiltIn, Literal, Node, Tests, Type

PADDED = re.compile(r"0[0-9]+")


def reviewed(review: Review, cell: Tests, tested: Type) -> None:
    """Every rule on the tests of a cell."""
    _padded(review, cell)
    for test in cell.tests:
        if isinstance(test, BuiltIn):
            _function(review, test)
        _alternatives(review, test)
        if tested.name in ("number", "Any"):
            _difference(review, test)


def _padded(review: Review, cell: Tests) -> None:
    """`1,000` is two numbers, and 2026-03-02 a difference: both show by a number that begins with 0."""
    padded = [token for token in review.tokens.values() if token.kind == "number" and PADDED.fullmatch(token.text)]
    if padded:
        zh = f'数字 {padded[0].text} 以 0 开头:千位不写分隔符,如 1000;日期写作 @"2026-03-02"'
        en = f"expected no number that begins with 0, but found {padded[0].text}: thousands are written 1000, "
        review.tell(cell, zh, f'{en}dates @"2026-03-02"', at=padded[0].at)


def _function(review: Review, test: Node) -> None:
    shown = review.shown(test)
    zh = f"{shown} 是函数:应写括号,文本请加双引号,什么都可以写作 -"
    en = (
        f"expected a condition, but {shown} is a function: brackets follow it, text needs quotes, anything is written -"
    )
    review.tell(test, zh, en)


def _alternatives(review: Review, test: Node) -> None:
    match test:
        case Binary(first=Literal(value=Decimal() | str()) as first, rest=rest) if all(
            operator == "or" and isinstance(other, Literal) for operator, other in rest
        ):
            shown = ", ".join(review.shown(value) for value in (first, *(other for _, other in rest)))
            zh, en = f"几个值之一写作 {shown}", f"expected commas between values of which one may match: {shown}"
            review.tell(test, zh, en, shown)
        case _:
            pass


def _difference(review: Review, test: Node) -> None:
    match test:
        case Binary(first=Literal(value=Decimal() as low), rest=(("-", Literal(value=Decimal() as high)),)) if (
            low < high
        ):
            shown = f"[{review.shown(test.first)}..{review.shown(test.rest[0][1])}]"
            zh = f"{review.shown(test)} 是减法;区间写作 {shown}"
            en = f"expected a range such as {shown}, but {review.shown(test)} is a difference"
            review.tell(test, zh, en, shown)
        case _:
            pass
