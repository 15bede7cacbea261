"""Who does a step as the procedure writes it: the lane's role or the candidates instead of it, who may not, how votes decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import feel
from engine.dmn.model import Decision, Table
from engine.errors import Text
from engine.feel.tree import If, ListOf, Literal, Name, Node
from engine.flow.countersign import Mode, Rule
from engine.flow.elements import Element, MultiInstance, Process
from engine.procedure import HOST_FUNCTIONS, Procedure
from web import reading

BY_RULE = Text("按规则确定的人", "whom a rule says")
VOTES = {
    Mode.ALL: Text("全部同意才通过", "approved when everybody is for it"),
    Mode.ANY: Text("一人同意即通过", "approved as soon as one is for it"),
    Mode.VETO: Text("一人反对即不通过", "refused as soon as one is against it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does a step: `roles` by code; `others` besides them come of a rule, and `is_chosen` says that one picks among all.

    `source` is the expression that says so, `decision` the table that it asks.
    """

    roles: tuple[str, ...] = ()
    others: bool = False
    is_chosen: bool = False
    source: str = ""
    decision: str = ""


def of(found: Procedure, element: Element) -> Doing:
    """Who does a step."""
    source = element.extensions.get("candidates", "").strip().removeprefix("=").strip()
    if not source:
        return Doing(roles=() if element.role is None else (element.role,))
    try:
        tree = feel.compile(source, found.visible, HOST_FUNCTIONS).tree
    except feel.FeelError:
        return Doing(others=True, source=source)
    roles, asked = [], []
    for leaf in _leaves(tree):
        if isinstance(leaf, Literal) and leaf.value in found.roles:
            roles.append(str(leaf.value))
        else:
            asked.append(_decision(found, element, leaf))
    decided = next((one for one in asked if one is not None), None)
    roles += [] if decided is None else list(_results(found, decided))
    return Doing(
        roles=tuple(dict.fromkeys(roles)),
        others=bool(asked) and (decided is None or len(asked) > 1),
        is_chosen=isinstance(tree, If) or decided is not None,
        source=source,
        decision="" if decided is None else _drawn(decided),
    )


def named(found: Procedure, doing: Doing) -> Text | None:
    """Who does a step, by the names of the roles; None where nobody is named."""
    names = [found.roles[code].name for code in doing.roles if code in found.roles]
    names += [BY_RULE] if doing.others else []
    return _listed(names) if names else None


def apart(found: Procedure, element: Element) -> Text | None:
    """The steps whose performers may not do this one; None where there are none."""
    keys = element.extensions.get("separateFrom", "").split()
    steps = [key.rpartition(":") for key in keys]
    told = [reading.step(found, process or element.process, name) for process, _colon, name in steps]
    return _listed([Text(f"{no} {name.zh}".strip(), f"{no} {name.en}".strip()) for no, name in told]) if told else None


def votes(element: Element) -> Text | None:
    """How several who do a step decide together: by a vote, or each for themselves; None where one does it."""
    loop = element.loop
    if not isinstance(loop, MultiInstance):
        return None
    rule = Rule.parse(element.extensions.get("countersign", ""))
    if rule is not None and rule.mode is Mode.SHARE:
        share = f"{rule.share * 100:.4f}".rstrip("0").rstrip(".")
        return Text(f"至少 {share}% 同意才通过", f"approved when at least {share}% are for it")
    if rule is not None:
        return VOTES[rule.mode]
    if loop.sequential:
        return Text("每人各办一份,依次进行", "each does it for themselves, one after the other")
    return Text("每人各办一份,同时进行", "each does it for themselves, at the same time")


def _leaves(tree: Node) -> Iterator[Node]:
    """What an expression may come to."""
    match tree:
        case ListOf():
            for item in tree.items:
                yield from _leaves(item)
        case If():
            for _condition, value in tree.branches:
                yield from _leaves(value)
            yield from _leaves(tree.otherwise)
        case _:
            yield tree


def _decision(found: Procedure, element: Element, leaf: Node) -> Decision | None:
    """The decision whose result a leaf is, perhaps one item of it; None where it is anything else."""
    if not isinstance(leaf, Name):
        return None
    loop, name = element.loop, leaf.name
    if isinstance(loop, MultiInstance) and loop.item == name:
        name = (loop.collection or "").strip().removeprefix("=").strip()
    process: Process = found.model.processes[element.process]
    asked = {one.extensions.get("decision") for one in process.elements.values() if one.result == name} - {None}
    models = found.decisions.models.values()
    decisions = (one for model in models for one in model.elements if isinstance(one, Decision))
    return next((one for one in decisions if asked & {one.variable.name, one.key[1]}), None)


def _drawn(decision: Decision) -> str:
    """What the page of decisions calls the place of its table."""
    return decision.expression.decision if isinstance(decision.expression, Table) else decision.key[1]


def _results(found: Procedure, decision: Decision) -> Iterator[str]:
    """The roles among what the rows of a decision table come to."""
    table = decision.expression
    for row in table.rules if isinstance(table, Table) else ():
        for result in row.results:
            code = result.text.strip().strip('"')
            if code in found.roles:
                yield code


def _listed(names: list[Text]) -> Text:
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
