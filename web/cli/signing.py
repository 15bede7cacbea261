"""Countersignatures under way, as they are told: who has signed and how, and who has not yet."""

from __future__ import annotations

from collections.abc import Iterable

from engine.countersign import Standing, Vote
from engine.errors import Text
from web.cli.output import Output
from web.telling.naming import Names


def say(output: Output, names: Names, standings: Iterable[Standing]) -> None:
    """One table for each countersignature."""
    for standing in standings:
        step = names.step(standing.element.process, standing.element.id)
        cast = sum(1 for vote in standing.votes if vote.person is not None)
        count = len(standing.votes)
        output.say(
            f"会签 {step.zh}({standing.rule}):已签 {cast}/{count}",
            f"countersignature {step.en} ({standing.rule}): {cast} of {count} have signed",
        )
        rows = [(vote.place + 1, output.text(_who(names, vote)), output.text(_what(vote))) for vote in standing.votes]
        output.table([("", "no"), ("会签人", "signer"), ("意见", "vote")], rows)


def document(standing: Standing) -> dict[str, object]:
    """A countersignature for programs."""
    votes = [
        {
            "person": None if vote.person is None else vote.person.id,
            "on_behalf_of": None if vote.on_behalf_of is None else vote.on_behalf_of.id,
            "approved": vote.approved,
            "task": None if vote.task is None else vote.task.id,
        }
        for vote in standing.votes
    ]
    return {"element": standing.element.id, "rule": standing.rule, "votes": votes}


def _who(names: Names, vote: Vote) -> Text:
    if vote.person is None:
        return Text("", "") if vote.task is None else names.offered(vote.task)
    name = names.person(vote.person)
    if vote.on_behalf_of is None:
        return name
    principal = names.person(vote.on_behalf_of)
    return Text(f"{name.zh}(代 {principal.zh})", f"{name.en} (for {principal.en})")


def _what(vote: Vote) -> Text:
    if vote.approved is None:
        return Text("未签", "not yet")
    return Text("同意", "for") if vote.approved else Text("不同意", "against")
