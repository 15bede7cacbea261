"""A decision table of many rules and ten conditions of gateways: FEEL as we carry it out, and Python as stock does.

Stock is asked the same in its own words: cells and conditions are Python. It tests rule by rule up to the first that
matches, and reads each cell anew each time; ours looks all rules up, and refuses a second hit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

from benchmarks.report import Report, Scale
from benchmarks.stopwatch import Contender, Spread, race
from engine import dmn, feel
from engine.errors import Text
from engine.value import Context, Date, Value, number

RULES = {Scale.FULL: 1_000, Scale.QUICK: 1_000, Scale.TINY: 20}
ROUNDS = {Scale.FULL: 30, Scale.QUICK: 8, Scale.TINY: 2}
ASKED = 10
"""Inputs of one run; their rules lie evenly over the table."""
GROUPS = 50
"""Different texts; the rules of one text differ in their intervals."""
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FIRST_DAY = date(2026, 1, 1)
COLUMNS = (("group", "string"), ("amount", "number"), ("urgent", "boolean"), ("day", "date"))

DATA: dict[str, Any] = {
    "amount": 60_000,
    "days": 12,
    "urgent": True,
    "level": "A",
    "form": {"decision": "同意", "result": "合格", "score": 87},
    "items": [{"price": 20, "count": 3}, {"price": 5, "count": 10}, {"price": 700, "count": 1}],
}
CONDITIONS = (
    ('form.decision = "同意"', 'form["decision"] == "同意"'),
    ('form.decision = "退回"', 'form["decision"] == "退回"'),
    ("amount >= 50000", "amount >= 50000"),
    ("amount >= 50000 and days < 30", "amount >= 50000 and days < 30"),
    ('urgent or level = "A"', 'urgent or level == "A"'),
    ('level in ("A", "B")', 'level in ("A", "B")'),
    ("form.score in [60..90)", '60 <= form["score"] < 90'),
    ('not(urgent) and form.result = "合格"', 'not urgent and form["result"] == "合格"'),
    ("count(items[price > 10]) > 1", 'len([item for item in items if item["price"] > 10]) > 1'),
    (
        "sum(for item in items return item.price * item.count) > 500",
        'sum(item["price"] * item["count"] for item in items) > 500',
    ),
)
"""FEEL, and the same in Python."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule: a text, an interval of numbers, a truth or none, an interval of days; no two rules meet."""

    at: int

    @property
    def low(self) -> int:
        """Where its numbers begin."""
        return self.at // GROUPS * 100

    @property
    def days(self) -> tuple[date, date]:
        """Its first and its last day."""
        first = FIRST_DAY + timedelta(days=self.at % 28)
        return first, first + timedelta(days=300)

    def feel(self) -> tuple[str, ...]:
        """Its cells in FEEL."""
        first, last = self.days
        urgent = "true" if self.at % 2 else "-"
        amount = f"[{self.low}..{self.low + 100})"
        return f'"c{self.at % GROUPS}"', amount, urgent, f'[date("{first}")..date("{last}")]'

    def python(self) -> tuple[str, ...]:
        """Its cells as stock reads them."""
        first, last = (f"date({day.year}, {day.month}, {day.day})" for day in self.days)
        urgent = "True" if self.at % 2 else "-"
        return f'"c{self.at % GROUPS}"', f"{self.low} <= ? < {self.low + 100}", urgent, f"{first} <= ? <= {last}"

    def data(self) -> dict[str, Any]:
        """An input that meets it."""
        return {
            "group": f"c{self.at % GROUPS}",
            "amount": self.low + 50,
            "urgent": True,
            "day": FIRST_DAY + timedelta(60),
        }


def model(rows: list[tuple[str, ...]], *, required: bool) -> str:
    """The table as a file; stock reads no requirements."""
    inputs = "".join(
        f'<input id="c_{name}"><inputExpression id="e_{name}" typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in COLUMNS
    )
    rules = ""
    for at, cells in enumerate(rows):
        entries = "".join(
            f'<inputEntry id="i{at}_{n}"><text>{escape(cell)}</text></inputEntry>' for n, cell in enumerate(cells)
        )
        rules += f'<rule id="r{at}">{entries}<outputEntry id="o{at}"><text>{at}</text></outputEntry></rule>'
    data = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
        for name, kind in COLUMNS
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>' for name, _ in COLUMNS
    )
    table = f'<decisionTable id="t">{inputs}<output id="o" name="rule" typeRef="number"/>{rules}</decisionTable>'
    body = (
        f'{data}<decision id="d" name="d">{needs}{table}</decision>'
        if required
        else f'<decision id="d">{table}</decision>'
    )
    return f'<definitions xmlns="{DMN}" id="m" name="m" namespace="urn:benchmark">{body}</definitions>'


def feel_value(found: Any) -> Value:
    """Data of Python as values of FEEL."""
    match found:
        case bool() | str():
            return found
        case int():
            return number(found)
        case date():
            return Date(found.year, found.month, found.day)
        case list():
            return tuple(feel_value(item) for item in found)
        case _:
            return Context({name: feel_value(entry) for name, entry in found.items()})


@dataclass(kw_only=True)
class OurTable:
    """`Library.evaluate`, with what matched kept."""

    rows: list[Row]
    asked: list[Row]
    found: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = model([row.feel() for row in self.rows], required=True)
        self.library = dmn.Library([dmn.read(text.encode(), "benchmark.dmn")])
        assert not self.library.faults
        space = "urn:benchmark"
        self.inputs = [{(space, name): feel_value(v) for name, v in row.data().items()} for row in self.asked]

    def prepare(self) -> None:
        """Nothing is needed."""
        self.found = []

    def run(self) -> None:
        """Each input once."""
        for inputs in self.inputs:
            self.found.append(self.library.evaluate(("urn:benchmark", "d"), inputs, budget=dmn.Traced()))


@dataclass(kw_only=True)
class StockTable:
    """`DMNEngine.result` with its own script engine."""

    rows: list[Row]
    asked: list[Row]
    found: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        root = etree.fromstring(model([row.python() for row in self.rows], required=False).encode())
        parser = DMNParser(None, root, {"dmn": DMN})
        parser.parse()
        self.engine = DMNEngine(parser.decision.decisionTables[0])
        script = PythonScriptEngine(TaskDataEnvironment({"date": date}))
        workflow = SimpleNamespace(script_engine=script)
        self.tasks = [SimpleNamespace(data=row.data(), workflow=workflow) for row in self.asked]

    def prepare(self) -> None:
        """Nothing is needed."""
        self.found = []

    def run(self) -> None:
        """Each input once."""
        for task in self.tasks:
            self.found.append(number(self.engine.result(task)["rule"]))


@dataclass(kw_only=True)
class OurConditions:
    """`feel.compile` with its cache, and `Expression.evaluate`."""

    found: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scope = {name: feel_value(found) for name, found in DATA.items()}
        self.names = frozenset(self.scope)

    def prepare(self) -> None:
        """Nothing is needed."""
        self.found = []

    def run(self) -> None:
        """Each condition once."""
        for source, _ in CONDITIONS:
            self.found.append(feel.compile(source, self.names).evaluate(self.scope))


@dataclass(kw_only=True)
class StockConditions:
    """`PythonScriptEngine.evaluate`."""

    found: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.script = PythonScriptEngine()
        self.task = SimpleNamespace(data=DATA)

    def prepare(self) -> None:
        """Nothing is needed."""
        self.found = []

    def run(self) -> None:
        """Each condition once."""
        for _, source in CONDITIONS:
            self.found.append(self.script.evaluate(self.task, source))


def measure(scale: Scale) -> Report:
    """The table, then the conditions."""
    report = Report(
        name="decisions",
        title=Text("一次判定(微秒)", "One decision (microseconds)"),
        columns=("", "原生\nstock", "本系统\nours", "原生÷本系统\nstock÷ours"),
    )
    rows = [Row(at) for at in range(RULES[scale])]
    asked = [rows[at] for at in range(len(rows) // ASKED // 2, len(rows), len(rows) // ASKED)]
    tables = StockTable(rows=rows, asked=asked), OurTable(rows=rows, asked=asked)
    found = _race(tables, ROUNDS[scale], 1)
    _line(
        report, "table", Text(f"决策表,{len(rows)} 条规则 × 4 列", f"table, {len(rows)} rules × 4"), found, len(asked)
    )
    ours = found["ours"].median / len(asked) * 1000
    report.target("决策表一次判定(毫秒)", "one decision of the table (ms)", limit=2, found=ours)
    found = _race((StockConditions(), OurConditions()), ROUNDS[scale], 10)
    _line(report, "conditions", Text("网关条件", "a gateway's condition"), found, len(CONDITIONS))
    report.note(
        "原生的单元格和条件是 Python,逐条规则求值到第一条命中;本系统检查全部规则,并保留命中记录。",
        "Stock's cells and conditions are Python, tried rule by rule up to the first that matches; ours judges every rule, "
        "and keeps what matched.",
    )
    return report


def _race(pair: tuple[Any, Any], rounds: int, burst: int) -> dict[str, Spread]:
    """Both in turn; they must have found the same."""
    contenders: dict[str, Contender] = {"stock": pair[0], "ours": pair[1]}
    spreads = race(contenders, rounds=rounds, burst=burst)
    if pair[0].found != pair[1].found:
        raise AssertionError(f"expected equal decisions, but found {pair[0].found} and {pair[1].found}")
    return spreads


def _line(report: Report, name: str, title: Text, found: dict[str, Spread], count: int) -> None:
    stock, ours = (found[key].median / count for key in ("stock", "ours"))
    report.line(f"{title.zh}\n{title.en}", f"{stock * 1e6:,.1f}", f"{ours * 1e6:,.1f}", f"{stock / ours:,.1f}")
    report.figures |= {f"{name}.stock.one_s": stock, f"{name}.ours.one_s": ours}
    for key, spread in found.items():
        report.figures |= spread.figures(f"{name}.{key}")
