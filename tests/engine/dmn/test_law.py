"""A law: a compiled table yields what the standard's text says of its rules, read one by one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.duration import parse_duration
from engine.temporal import parse_date
from engine.value import Context, DaysDuration, Value, number
from tests.engine.dmn.drawing import column, decision, library, made, output, table
from tests.engine.dmn.drawing import given as input_data

POLICIES = ("UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
CELLS: dict[str, tuple[str, ...]] = {
    "number": ("0", "1", "2", "2.0", "-1", "1.5", "10"),
    "string": ('"a"', '"b"', '"b "', '""', '"中"'),
    "boolean": ("true", "false"),
    "date": ('date("2026-01-01")', '@"2026-01-02"', '@"2026-03-01"'),
    "days and time duration": ('@"PT1H"', '@"P1D"', 'duration("PT24H")'),
}
VALUES: dict[str, tuple[Value, ...]] = {
    "number": tuple(number(text) for text in ("0", "1", "1.2", "1.5", "2", "-1", "-0.5", "10", "99")),
    "string": ("a", "b", "b ", "", "中", "ab", "z"),
    "boolean": (True, False),
    "date": tuple(parse_date(text) for text in ("2025-12-31", "2026-01-01", "2026-01-02", "2026-02-01", "2026-03-01")),
    "days and time duration": tuple(parse_duration(text) for text in ("PT1H", "P1D", "PT2H", "P2D")),
}
OTHERS: tuple[Value, ...] = (None, (), (number(1), "a"), Context({"a": number(1)}), (number(1),))
RESULTS = ("1", "2", "3", "null", '"x"')


@dataclass(frozen=True)
class Drawn:
    """A table as it is drawn, and what it is asked."""

    kinds: tuple[str | None, ...]
    allowed: tuple[str | None, ...]
    rules: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    policy: str
    aggregation: str | None
    values: str | None
    default: str | None
    outputs: int
    asked: tuple[Value, ...]


@st.composite
def cells_of(draw: st.DrawFn, kind: str) -> str:
    """A cell: anything, constants, intervals, comparisons, what refers to `?`, and each of them negated."""
    constants = st.sampled_from(CELLS[kind])
    one = st.one_of(
        constants,
        constants,
        st.builds("{}{} .. {}{}".format, st.sampled_from("[("), constants, constants, st.sampled_from("])")),
        st.builds("{} {}".format, st.sampled_from(("<", "<=", ">", ">=", "=", "!=")), constants),
        st.just("null"),
        st.builds("? = {}".format, constants),
        st.builds("[{}]".format, constants),
        st.sampled_from([text for texts in CELLS.values() for text in texts]),
    )
    parts = ", ".join(draw(st.lists(one, min_size=1, max_size=3)))
    shape = draw(st.sampled_from(("{}", "{}", "{}", "not({})", "-", "")))
    return shape.format(parts)


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    kinds = tuple(draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=3)))
    outputs = draw(st.integers(1, 2))
    rule = st.tuples(
        st.tuples(*(cells_of(kind) for kind in kinds)), st.tuples(*(st.sampled_from(RESULTS) for _ in range(outputs)))
    )
    policy = draw(st.sampled_from(POLICIES))
    aggregated = policy == "COLLECT" and outputs == 1
    asked = (st.one_of(st.sampled_from(VALUES[kind]), st.sampled_from(OTHERS)) for kind in kinds)
    needs_values = policy in ("PRIORITY", "OUTPUT ORDER")
    values = st.sampled_from(('2, 1, "x"', '"x", 3, 2, 1'))
    return Drawn(
        kinds=tuple(draw(st.sampled_from((kind, None))) for kind in kinds),
        allowed=tuple(draw(st.one_of(st.none(), st.none(), st.none(), cells_of(kind))) for kind in kinds),
        rules=tuple(draw(st.lists(rule, max_size=6))),
        policy=policy,
        aggregation=draw(st.sampled_from((None, "SUM", "COUNT", "MIN", "MAX"))) if aggregated else None,
        values=draw(values if needs_values else st.one_of(st.none(), values)),
        default=draw(st.sampled_from((None, "7"))),
        outputs=outputs,
        asked=tuple(draw(one) for one in asked),
    )


def evaluated(drawn: Drawn) -> Value:
    """What the engine yields."""
    names = [f"i{at}" for at in range(len(drawn.kinds))]
    columns = [column(n, k, values=a) for n, k, a in zip(names, drawn.kinds, drawn.allowed, strict=True)]
    outputs = [output(f"o{at}", values=drawn.values, default=drawn.default) for at in range(drawn.outputs)]
    more = f'aggregation="{drawn.aggregation}"' if drawn.aggregation else ""
    logic = table(columns, outputs, drawn.rules, policy=drawn.policy, more=more)
    found = library(*(input_data(name) for name in names), decision("d", logic, inputs=names))
    assert found.faults == []
    keys = [found.find(name) for name in names]
    inputs = {key.key: value for key, value in zip(keys, drawn.asked, strict=True) if key is not None}
    element = found.find("d")
    assert element is not None
    return found.evaluate(element.key, inputs)


# ------------------------------------------------------------------ the standard's text, rule by rule


def expected(drawn: Drawn) -> Value:
    values = [
        value if kind is None else feel.coerce(value, feel.Type(kind))
        for kind, value in zip(drawn.kinds, drawn.asked, strict=True)
    ]
    for allowed, value in zip(drawn.allowed, values, strict=True):
        if allowed is not None and not meets(allowed, value):
            return None
    hits = [
        tuple(feel.evaluate(text) for text in results)
        for cells, results in drawn.rules
        if all(meets(cell, value) for cell, value in zip(cells, values, strict=True))
    ]
    if not hits:
        if drawn.default is not None:
            return row((number(7),) * drawn.outputs)
        return number(0) if drawn.aggregation == "COUNT" else None
    return by_policy(drawn, hits)


def meets(cell: str, value: Value) -> bool:
    return feel.compile_unary(cell.strip() or "-").evaluate({"?": value}) is True


def by_policy(drawn: Drawn, hits: list[tuple[Value, ...]]) -> Value:
    order = [] if drawn.values is None else list(feel.evaluate(f"[{drawn.values}]"))  # type: ignore[arg-type]
    ranked = sorted(hits, key=lambda hit: [order.index(v) if v in order else len(order) for v in hit])
    chosen = {
        "UNIQUE": hits if len(hits) == 1 else [],
        "ANY": hits[:1] if all(hit == hits[0] for hit in hits) else [],
        "FIRST": hits[:1],
        "PRIORITY": ranked[:1],
        "OUTPUT ORDER": ranked,
    }.get(drawn.policy, hits)
    if any(order and v is not None and v not in order for hit in chosen for v in hit):
        return None
    if drawn.aggregation is not None:
        return aggregated(drawn.aggregation, [hit[0] for hit in chosen])
    if drawn.policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
        return row(chosen[0]) if chosen else None
    return tuple(row(hit) for hit in chosen)


def row(hit: tuple[Value, ...]) -> Value:
    return hit[0] if len(hit) == 1 else Context({f"o{at}": value for at, value in enumerate(hit)})


def aggregated(kind: str, values: list[Value]) -> Value:
    if kind == "COUNT":
        return number(len(values))
    numbers = [value for value in values if isinstance(value, Decimal)]
    texts = [value for value in values if isinstance(value, str)]
    if kind == "SUM":
        return number(sum(numbers)) if len(numbers) == len(values) else None
    best = min if kind == "MIN" else max
    if len(numbers) == len(values):
        return best(numbers)
    return best(texts) if len(texts) == len(values) else None


@settings(max_examples=200, deadline=None)
@given(tables())
def test_a_compiled_table_yields_what_its_rules_say_one_by_one(drawn: Drawn) -> None:
    assert evaluated(drawn) == expected(drawn)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(list(CELLS)), st.booleans())
def test_a_column_lets_through_what_its_cells_say_one_by_one(data: st.DataObject, kind: str, typed: bool) -> None:
    cells = data.draw(st.lists(cells_of(kind), min_size=1, max_size=8))
    rules = [((cell,), (str(at),)) for at, cell in enumerate(cells)]
    logic = table([column("i", kind if typed else None)], [output()], rules, policy="RULE ORDER")
    found = library(input_data("i"), decision("d", logic, inputs=["i"]))
    assert found.faults == []
    for asked in (*(value for values in VALUES.values() for value in values), *OTHERS):
        value = feel.coerce(asked, feel.Type(kind)) if typed else asked
        hits = tuple(number(at) for at, cell in enumerate(cells) if meets(cell, value))
        assert made(found, "d", i=asked) == (hits or None)


def test_the_law_sees_all_kinds_of_values() -> None:
    assert isinstance(VALUES["days and time duration"][0], DaysDuration)
    assert {type(values[0]) for values in VALUES.values()} == {
        Decimal,
        str,
        bool,
        type(parse_date("2026-01-01")),
        DaysDuration,
    }
