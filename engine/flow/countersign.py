"""The countersigned task: a multi-instance of which each item is one person's vote, and a rule decides on all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.flow.several import Several
from engine.flow.token import Token
from engine.value import Context, Value

SHARE = re.compile(r"share:(0(?:\.\d{1,4})?|1(?:\.0{1,4})?)")


class Mode(StrEnum):
    """Which votes are needed."""

    ALL = "all"
    SHARE = "share"
    ANY = "any"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Rule:
    """How votes decide: `share` is the part of all votes that must be positive."""

    mode: Mode
    share: Decimal = Decimal(1)

    @classmethod
    def parse(cls, text: str) -> Rule | None:
        """The rule of `zx:countersign`; None for anything but all, share:0.67, any, veto."""
        found = SHARE.fullmatch(text)
        if found is not None:
            share = Decimal(found[1])
            return cls(Mode.SHARE, share) if share > 0 else None
        return cls(Mode(text)) if text in (Mode.ALL, Mode.ANY, Mode.VETO) else None

    def approves(self, positive: int, count: int) -> bool:
        """So many positive votes of all are enough; nobody's vote approves nothing."""
        if count == 0:
            return False
        return positive > 0 if self.mode is Mode.ANY else positive >= self.share * count

    def decided(self, positive: int, negative: int, count: int) -> bool:
        """The votes still missing need not be waited for. All are asked where the rule is `all`."""
        match self.mode:
            case Mode.ALL:
                return False
            case Mode.VETO:
                return negative > 0
            case _:
                return self.approves(positive, count) or not self.approves(count - negative, count)


class Countersigned(Several):
    """A multi-instance user task with `zx:countersign`: ends when the votes decide, and yields what they decided."""

    @property
    def rule(self) -> Rule:
        """The rule of the model; one that cannot be read asks everybody."""
        return Rule.parse(self.element.extensions["countersign"]) or Rule(Mode.ALL)

    def _earlier(self, value: Value) -> Value:
        return value.get("data") if isinstance(value, Context) else value

    def _complete(self, token: Token, count: int, begun: int) -> bool:
        positive, negative = _counted(token.workflow.host.items(token.activity))
        return self.rule.decided(positive, negative, count)

    def _finish(self, token: Token) -> bool:
        host, count = token.workflow.host, int(token.internal_data["count"])
        votes = host.items(token.activity)
        positive, _ = _counted(votes)
        missing = (None for _ in range(count - len(votes)))
        approved = self.rule.approves(positive, count)
        host.assign(token.scope, self.element.result, Context({"approved": approved, "votes": (*votes, *missing)}))
        return True


def _counted(votes: tuple[Value, ...]) -> tuple[int, int]:
    """How many votes are positive, and how many are not."""
    cast = [vote.get("approved") is True for vote in votes if isinstance(vote, Context)]
    return sum(cast), len(cast) - sum(cast)
