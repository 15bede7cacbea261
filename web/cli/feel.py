"""An expression of FEEL, tried: its value, why it is null, and where the mistake is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.cells import cell_len

from engine import feel, temporal
from engine.errors import Fault, Text
from engine.feel.printer import write_value
from engine.feel.types import type_of
from engine.value import Value
from web.cli import company
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output, harmless
from web.cli.parameters import JSON, read_text
from web.telling import plain

WIDTH = 100
BEFORE = 60
"""Of a long line so much is shown, and so much of it before the mistake."""
Types = frozenset[tuple[str, feel.Type]]


class Names(click.ParamType[Mapping[str, Value]]):
    """The names an expression sees: a JSON file, or JSON as everywhere else."""

    name = "context"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Mapping[str, Value]:
        """The values by name. Raises Unsuitable and Refused."""
        text = str(value)
        if text[:1] in ("{", "[", "@", "-"):
            return plain.context(JSON.convert(text, param, ctx))
        return plain.context(plain.read(read_text(Path(text), ctx)))


@command("feel", zh="试算一个 FEEL 表达式。", context_settings={"ignore_unknown_options": True})
@click.argument("expression")
@option(
    "--context",
    "names",
    type=Names(),
    default="{}",
    metavar="FILE",
    zh="变量的 JSON 文件。",
    en="A JSON file with the variables.",
)
@option(
    "--unary",
    metavar="VALUE",
    zh="作为决策表单元格,检验这个值(FEEL)。",
    en="Test this value (FEEL), as a cell of a decision table does.",
)
@click.pass_obj
def run(output: Output, expression: str, names: Mapping[str, Value], unary: str | None) -> None:
    """Try an expression of FEEL."""
    now = temporal.in_zone(temporal.from_datetime(company.right_now()), output.zone)
    scope: dict[str, Value] = {"now": now, **names}
    if unary is not None:
        scope["?"] = _evaluated(output, unary, scope, feel.Budget())
    budget = feel.Budget()
    found = _evaluated(output, expression, scope, budget, unary=unary is not None)
    output.say(write_value(found), write_value(found), "bold")
    findings = feel.check(expression, frozenset(scope), variables=_types(scope), unary=unary is not None)
    for finding in findings:
        output.say(f"注意:{finding.text.zh}", f"note: {finding.text.en}")
        for line in _picture(expression, finding):
            output.verbatim(line)
    for note in budget.notes:
        output.say(f"注意:{note.zh}", f"note: {note.en}")
    output.result(
        {
            "value": plain.shown(found),
            "feel": write_value(found),
            "notes": [{"zh": note.zh, "en": note.en} for note in budget.notes],
            "findings": [_document(finding) for finding in findings],
        }
    )


def _evaluated(
    output: Output, source: str, scope: Mapping[str, Value], budget: feel.Budget, *, unary: bool = False
) -> Value:
    """The value. Raises Failed, with a picture of the place where the source cannot be read."""
    make = feel.compile_unary if unary else feel.compile
    try:
        compiled = make(source, frozenset(scope), variables=_types(scope))
    except feel.FeelError as error:
        zh, en = error.text.zh, error.text.en
        raise Failed(Exit.FINDINGS, zh, en, _faults(output, source, error)) from error
    try:
        return compiled.evaluate(scope, budget=budget)
    except feel.FeelError as error:
        raise Failed(Exit.REFUSED, error.text.zh, error.text.en) from error


def _types(scope: Mapping[str, Value]) -> Types:
    return frozenset((name, type_of(value)) for name, value in scope.items())


def _faults(output: Output, source: str, error: feel.FeelError) -> list[Fault]:
    finding = feel.Finding(text=error.sentence, line=error.line, column=error.column, length=error.length)
    if output.json:
        return [Fault(f"{finding.line}:{finding.column}", finding.text)]
    return [Fault("", Text(line, line)) for line in _picture(source, finding)]


def _picture(source: str, finding: feel.Finding) -> list[str]:
    """The line of the source, and a line that points at the place; signs as wide as the terminal shows them."""
    if not finding.line:
        return []
    line = source.split("\n")[finding.line - 1]
    first = max(0, finding.column - 1 - BEFORE)
    before, marked = line[first : finding.column - 1], line[finding.column - 1 :][: max(1, finding.length)]
    shown = line[first : first + WIDTH]
    marks = "^" * max(1, min(cell_len(harmless(marked)), cell_len(harmless(shown)) - cell_len(harmless(before))))
    return [harmless(shown), " " * cell_len(harmless(before)) + marks]


def _document(finding: feel.Finding) -> dict[str, object]:
    return {
        "line": finding.line,
        "column": finding.column,
        "length": finding.length,
        "zh": finding.text.zh,
        "en": finding.text.en,
        "expected": list(finding.expected),
    }


COMMANDS = (run,)
