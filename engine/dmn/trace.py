"""What a decision was made of: kept for the audit, in words a reader can check, bounded in size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.dmn.model import Rule, Table
from engine.errors import Text
from engine.feel.budget import Budget
from engine.feel.functions import FUNCTIONS
from engine.value import Context, Personal, Value

TABLES = 1_000
"""Tables of one evaluation that are kept: a table called for each of many items would fill the journal."""
HITS = 20
"""Rules of one table that are told in full."""
CHARACTERS = 200
ITEMS = 20
LEVELS = 3
ROOM = 200_000
"""Characters, about, that one evaluation keeps."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A rule that counts: its number from 1 and its id, its conditions as they are written, its results, its remarks.

    Conditions stand beside the inputs; `-` is a condition that any value meets.
    """

    rule: int
    id: str
    conditions: tuple[str, ...]
    results: tuple[Value, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """One table once evaluated: its inputs by label, the rules that match and those that count (from 1), its value.

    `problem` is empty, or the reason why the table yields nothing, and then `told` says it in words. `hits` tells the
    first HITS of the rules that count; `default` when none matched and the default output was taken. Long texts and
    lists are cut, with a sign.
    """

    table: str
    inputs: tuple[tuple[str, Value], ...]
    matching: tuple[int, ...]
    rules: tuple[int, ...]
    value: Value
    problem: str = ""
    name: str = ""
    decision: str = ""
    hits: tuple[Counted, ...] = ()
    default: bool = False
    told: Text | None = None

    def sentences(self) -> Iterator[Text]:
        """What a person reads: one sentence a rule, such as `规则 3 命中:金额 = 60000(≥ 50000)`."""
        given = [f"{label} = {written(value)}" for label, value in self.inputs]
        if self.told is not None:
            yield _with(self.told, given)
        elif self.default:
            yield _with(Text("没有规则命中,取默认结果", "no rule matches: the default is taken"), given)
        elif not self.rules:
            yield _with(Text("没有规则命中", "no rule matches"), given)
        for hit in self.hits:
            met = [
                one if condition == "-" or one.endswith(f"= {condition}") else f"{one}({condition})"
                for one, condition in zip(given, hit.conditions, strict=True)
            ]
            yield _with(Text(f"规则 {hit.rule} 命中", f"rule {hit.rule} matches"), met)
        if len(self.rules) > len(self.hits):
            more = self.rules[len(self.hits) :]
            yield Text(f"另有 {len(more)} 条规则命中", f"{len(more)} more rules match")


def _with(what: Text, given: list[str]) -> Text:
    if not given:
        return what
    return Text(f"{what.zh}:{';'.join(given)}", f"{what.en}: {'; '.join(given)}")


def written(value: Value) -> str:
    """A value as a text of FEEL; personal data is not shown."""
    if isinstance(value, Personal):
        return "…"
    listed = FUNCTIONS["string"][0].call(Budget(), (value,))
    return str(listed)[1:-1]


class Traced(Budget):
    """A budget that also keeps which rules matched; `left_out` counts the tables that found no room."""

    __slots__ = ("left_out", "matched", "room")

    def __init__(self) -> None:
        super().__init__()
        self.matched: list[Matched] = []
        self.left_out = 0
        self.room = ROOM

    def keep(self, matched: Matched) -> None:
        """Keep one table more, if there is room."""
        if len(self.matched) >= TABLES or self.room <= 0:
            self.left_out += 1
            return
        self.room -= _size(matched.inputs) + _size(matched.value) + sum(_length(hit) for hit in matched.hits)
        self.matched.append(matched)


def told_hit(rule: Rule, number: int, results: tuple[Value, ...]) -> Counted:
    """A rule that counts, cut to what an audit needs."""
    conditions = tuple([_cut(test.text.strip()) or "-" for test in rule.tests])
    remarks = tuple([_cut(remark) for remark in rule.remarks])
    return Counted(number, rule.id, conditions, tuple([brief(result) for result in results]), remarks)


def title(table: Table) -> str:
    """What a person calls a table."""
    return table.name or table.decision


def titled(matched: Matched) -> str:
    """What a person calls the table that was evaluated."""
    return matched.name or matched.decision or matched.table


def brief(value: Value, level: int = 0) -> Value:
    """A value, with long texts and lists cut and a sign where they were."""
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, tuple):
        kept = () if level == LEVELS else tuple([brief(item, level + 1) for item in value[:ITEMS]])
        return kept if len(kept) == len(value) else (*kept, f"… +{len(value) - len(kept)}")
    if isinstance(value, Context):
        names = [] if level == LEVELS else list(value)[:ITEMS]
        found = Context({_cut(name): brief(value[name], level + 1) for name in names})
        return found if len(names) == len(value) else found.with_entries({"…": f"+{len(value) - len(names)}"})
    return value


def _cut(text: str) -> str:
    return text if len(text) <= CHARACTERS else text[:CHARACTERS] + "…"


def _length(hit: Counted) -> int:
    return sum(map(len, hit.conditions)) + sum(map(len, hit.remarks)) + _size(hit.results)


def _size(value: object) -> int:
    """Characters, about, that a value takes when it is written."""
    if isinstance(value, str):
        return len(value) + 8
    if isinstance(value, Context):
        return sum(len(name) + 8 + _size(entry) for name, entry in value.items())
    if isinstance(value, tuple):
        return 8 + sum(_size(item) for item in value)
    return 16
