"""Rules on a tree that can be read: comparisons that never hold, entries that are not there, arguments that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.feel import cells
from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.findings import SINGLE, Review
from engine.feel.functions import FUNCTIONS
from engine.feel.functions.registry import Chosen, Function, chosen
from engine.feel.inference import BOOLEAN, PROPERTIES
from engine.feel.names import near
from engine.feel.notes import KINDS
from engine.feel.tree import (
    Between,
    Binary,
    BuiltIn,
    Call,
    Filter,
    If,
    In,
    Interval,
    ListOf,
    Literal,
    Name,
    Node,
    Path,
    Test,
    Tests,
    Type,
    inner,
)
from engine.temporal import READERS
from engine.value import number

LISTED = 8
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
CONVERSIONS: Mapping[str, str] = {
    "date": '"2026-03-02"',
    "time": '"09:30:00"',
    "date and time": '"2026-03-02T09:30:00"',
    "duration": '"P3D"',
    "number": '"12.5"',
}
"""Functions that read a text, each with one that it can read."""
MOMENTS = frozenset(KINDS) & {
    "date", "time", "date and time", "days and time duration", "years and months duration",
}  # fmt: skip


def reviewed(review: Review, tree: Node, tested: Type | None = None) -> None:
    """Every rule on every node; `tested` is the type of what a cell tests."""
    if isinstance(tree, Tests):
        cells.reviewed(review, tree, review.infer.resolved(tested or Type("Any")))
    if isinstance(tree, Tests) and tested is not None:
        _tested(review, tree.tests, review.infer.resolved(tested), "?")
    stack: list[tuple[Node, tuple[Type, ...]]] = [(tree, ())]
    while stack:
        node, items = stack.pop()
        if (rule := _RULES.get(type(node))) is not None:
            rule(review, node)
        if isinstance(node, Name) and node.dynamic:
            _item_entry(review, node, items)
        if isinstance(node, Filter):
            stack.append((node.value, items))
            stack.append((node.condition, (*items, review.infer.item(review.infer.of(node.value)))))
        else:
            stack.extend((part, items) for part in inner(node))


# ------------------------------------------------------------------ operators


def _binary(review: Review, node: Binary) -> None:
    left, known = node.first, review.kind(node.first)
    for operator, right in node.rest:
        if operator in ("and", "or"):
            _logical(review, node, operator, right)
        elif operator in COMPARISONS:
            _compared(review, left, known, right)
            known = BOOLEAN
        else:
            _calculated(review, operator, known, right, left)
            known = review.kind(node) if right is node.rest[-1][1] else Type("Any")
    if node.rest[0][0] in ("and", "or"):
        _logical(review, node, node.rest[0][0], node.first)


def _compared(review: Review, left: Node, known: Type, right: Node) -> None:
    other = review.kind(right)
    if known.name not in SINGLE or other.name not in SINGLE or known.name == other.name:
        return
    if isinstance(left, Literal) and not isinstance(right, Literal):
        left, known, right, other = right, other, left, known
    zh, en, expected = _instead(known, right)
    review.tell(
        right,
        f"{review.shown(left)} 是{KINDS[known.name][0]},{review.shown(right)} 是{KINDS[other.name][0]},比较没有结果{zh}",
        f"{review.shown(left)} is {KINDS[known.name][1]} and {review.shown(right)} is {KINDS[other.name][1]}: "
        f"expected two of one type{en}",
        *expected,
    )


def _instead(wanted: Type, node: Node) -> tuple[str, str, tuple[str, ...]]:
    """What a text was meant to be, where that can be told."""
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return "", "", ()
    text = node.value
    if wanted.name == "number" and _reads(number, text):
        return f";数字不加引号:{text}", f"; a number has no quotes: {text}", (text,)
    if wanted.name in MOMENTS and any(_reads(reader, text) for reader in READERS):
        return f';日期和时长写作 @"{text}"', f'; a date or duration is written @"{text}"', (f'@"{text}"',)
    return "", "", ()


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _calculated(review: Review, operator: str, known: Type, right: Node, left: Node) -> None:
    kinds = {known.name, review.kind(right).name}
    if not kinds <= {"number", "string", "boolean"} or kinds == {"number"} or (kinds == {"string"} and operator == "+"):
        return
    if kinds == {"number", "string"} and operator == "+":
        wrong = left if known.name == "number" else right
        shown = review.shown(wrong)
        review.tell(
            wrong,
            f"文本不能加数字;要连接文本,写作 string({shown})",
            f"a text and a number cannot be added; to join texts write string({shown})",
            f"string({shown})",
        )
        return
    wrong = right if known.name == "number" else left
    kind = KINDS[review.kind(wrong).name] if review.kind(wrong).name in KINDS else KINDS["boolean"]
    review.tell(
        wrong,
        f"{operator} 需要数字,{review.shown(wrong)} 是{kind[0]}",
        f"expected a number for {operator}, but {review.shown(wrong)} is {kind[1]}",
    )


def _logical(review: Review, node: Binary, operator: str, operand: Node) -> None:
    kind = review.kind(operand)
    if kind.name not in KINDS or kind.name == "boolean":
        return
    zh = en = ""
    match node.first:
        case Binary(first=value, rest=(("=", other),)) if operator == "or" and operand is not node.first:
            whole = f"{review.shown(value)} in ({review.shown(other)}, {review.shown(operand)})"
            zh, en = f";几个值之一写作 {whole}", f"; one of several values is written {whole}"
        case _:
            pass
    review.tell(
        operand,
        f"{operator} 的两边应为真假值,{review.shown(operand)} 是{KINDS[kind.name][0]}{zh}",
        f"expected true or false on both sides of {operator}, but {review.shown(operand)} is {KINDS[kind.name][1]}{en}",
    )


def _between(review: Review, node: Between) -> None:
    known = review.kind(node.value)
    for end in (node.low, node.high):
        _compared(review, node.value, known, end)


def _in(review: Review, node: In) -> None:
    _tested(review, node.tests, review.kind(node.value), review.shown(node.value))


def _tested(review: Review, tests: Iterable[Node], known: Type, shown: str) -> None:
    """Tests that cannot hold of a value of a known type."""
    if known.name not in SINGLE:
        return
    for test in tests:
        for part in _operands(test):
            other = review.kind(part)
            condition = part is test and other.name == "boolean" and not isinstance(part, Literal)
            if other.name in SINGLE and other.name != known.name and not condition:
                zh, en, expected = _instead(known, part)
                review.tell(
                    part,
                    f"{shown} 是{KINDS[known.name][0]},{review.shown(part)} 是{KINDS[other.name][0]},比较没有结果{zh}",
                    f"{shown} is {KINDS[known.name][1]} and {review.shown(part)} is {KINDS[other.name][1]}: "
                    f"expected two of one type{en}",
                    *expected,
                )


def _operands(test: Node) -> Iterable[Node]:
    match test:
        case Test():
            return (test.operand,)
        case Interval():
            return (test.low, test.high)
        case ListOf():
            return tuple(part for item in test.items for part in _operands(item))
        case _:
            return (test,)


def _if(review: Review, node: If) -> None:
    for condition, _ in node.branches:
        kind = review.kind(condition)
        if kind.name in KINDS and kind.name != "boolean":
            review.tell(
                condition,
                f"if 的条件应为真假值,{review.shown(condition)} 是{KINDS[kind.name][0]}",
                f"expected a condition after if, but {review.shown(condition)} is {KINDS[kind.name][1]}",
            )


# ------------------------------------------------------------------ entries


def _path(review: Review, node: Path) -> None:
    found = review.infer.item(review.infer.of(node.value))
    if found.name == "context" and found.parts:
        there = [name for name, _ in found.parts]
    elif found.name == "date and time":
        there = [*PROPERTIES["date"], *PROPERTIES["time"]]
    elif found.name in PROPERTIES:
        there = list(PROPERTIES[found.name])
    else:
        return
    if node.name not in there:
        _missing(review, node, review.shown(node.value), node.name, there)


def _item_entry(review: Review, node: Name, items: tuple[Type, ...]) -> None:
    """A name in a filter that no item has: only where all items are known."""
    if node.name in ("item", "?") or not all(item.name == "context" and item.parts for item in items):
        return
    there = [name for item in items for name, _ in item.parts]
    if items and node.name not in there:
        meant = near(node.name, there)
        zh, en = (f",是否为 {meant[0]}?", f"; did you mean {meant[0]}?") if meant else ("", "")
        review.tell(
            node,
            f"列表的项没有 {node.name}{zh}",
            f"the items of the list have no {node.name}{en}",
            *meant,
            missing=True,
        )


def _missing(review: Review, node: Path, where: str, name: str, there: list[str]) -> None:
    meant = near(name, there)
    zh = f",是否为 {meant[0]}?" if meant else f",只有 {'、'.join(there[:LISTED])}"
    en = f"; did you mean {meant[0]}?" if meant else f", only {', '.join(there[:LISTED])}"
    at = review.source.find(name.split()[0], node.at)
    review.tell(node, f"{where} 没有 {name}{zh}", f"{where} has no {name}{en}", *meant, at=at, missing=True)


# ------------------------------------------------------------------ calls


def _call(review: Review, node: Call) -> None:
    if not isinstance(node.function, BuiltIn):
        _hidden(review, node)
        return
    if node.function.name not in FUNCTIONS:
        return
    name, forms = node.function.name, FUNCTIONS[node.function.name]
    call = chosen(forms, len(node.arguments), node.names)
    if call is None:
        _unfitting(review, node, name, forms)
        return
    match node.arguments:
        case (Literal(value=str(text)) as argument,) if name in CONVERSIONS and not _converts(call, text):
            shown = review.shown(argument)
            zh = f"{name} 读不懂 {shown},应写作如 {CONVERSIONS[name]}"
            en = f"expected a text that {name} can read, such as {CONVERSIONS[name]}, but found {shown}"
            review.tell(argument, zh, en)
        case (argument,) if name == "not" and review.kind(argument).name in SINGLE - {"boolean"}:
            zh = f"not 应用于真假值,{review.shown(argument)} 是{KINDS[review.kind(argument).name][0]}"
            en = f"expected true or false in not(…), but {review.shown(argument)} is {KINDS[review.kind(argument).name][1]}"
            review.tell(argument, zh, en)
        case _:
            pass


def _hidden(review: Review, node: Call) -> None:
    """A call of what is no function: often a variable named as one that is built in."""
    kind = review.kind(node.function)
    if kind.name in KINDS and kind.name != "function":
        shown = review.shown(node.function)
        zh = f"{shown} 在此是{KINDS[kind.name][0]},不能调用"
        en = f"expected a function before the brackets, but {shown} is {KINDS[kind.name][1]} here"
        if shown in FUNCTIONS:
            zh, en = f"{zh}:变量遮住了同名的函数,请改名", f"{en}: a variable hides the function; give it another name"
        review.tell(node.function, zh, en)


def _unfitting(review: Review, node: Call, name: str, forms: Iterable[Function]) -> None:
    shapes = [form.signature for form in forms]
    every = {parameter for form in forms for parameter in form.parameters}
    strange = next((given for given in node.names if given not in every), None)
    zh, en = f"应写作 {' 或 '.join(shapes)}", f"expected {' or '.join(shapes)}"
    if any("?" in shape for shape in shapes):
        zh, en = f"{zh}(带 ? 的可以不写)", f"{en} (what has a ? may be left out)"
    if strange is not None:
        zh, en = f"{name} 没有名为 {strange} 的参数;{zh}", f"{name} has no parameter {strange}; {en}"
    else:
        zh, en = f"{name} 的参数不符:{zh}", f"{name} takes other arguments: {en}"
    review.tell(node.function, zh, en, *shapes)


def _converts(call: Chosen, text: str) -> bool:
    try:
        return call(Budget(), (text,)) is not None
    except FeelError:
        return False


_RULES: Mapping[type, Callable[..., None]] = {
    Binary: _binary,
    Between: _between,
    In: _in,
    If: _if,
    Path: _path,
    Call: _call,
}
