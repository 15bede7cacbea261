"""Publishing: who puts the next version in force, and in which stream."""

from __future__ import annotations

import pytest

from engine.commands import PublishVersion
from engine.errors import Reason, Refused
from engine.publication import Publications
from engine.words import StreamKind
from tests.engine.test_work import BODY, LANES
from tests.engine.world import MANIFEST, World, process, trial

BY_SALES = MANIFEST.replace("[rights]", '[rights]\npublish = ["SALES"]')


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("owner", "SMO")
    return found


def publish(world: World, stream: int, manifest: str, who: str | None) -> Publications:
    found = trial(process(BODY, lanes=LANES), manifest)
    world.journal.procedures[found.digest] = found
    world.do(PublishVersion, who, stream, procedure=found.key, version=found.digest, label=found.label, reason="修订")
    state = world.journal.states[stream]
    assert isinstance(state, Publications)
    return state


def refused(world: World, stream: int, manifest: str, who: str | None) -> Reason:
    before = world.journal.states[stream]
    with pytest.raises(Refused) as refusal:
        publish(world, stream, manifest, who)
    assert world.journal.states[stream] == before
    return refusal.value.reason


def test_no_version_says_who_publishes_it_except_the_first(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    assert refused(world, stream, MANIFEST, "wang") is Reason.NOT_ALLOWED
    assert len(publish(world, stream, MANIFEST, "owner").versions) == 1
    assert refused(world, stream, BY_SALES, "wang") is Reason.NOT_ALLOWED
    found = publish(world, stream, BY_SALES, "owner").in_force
    assert found is not None
    assert found.publishers == ("SALES",)
    assert refused(world, stream, MANIFEST, "owner") is Reason.NOT_ALLOWED
    assert len(publish(world, stream, MANIFEST, "wang").versions) == 3


def test_the_operator_publishes_whatever_the_version_in_force_says(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, BY_SALES, None)
    assert len(publish(world, stream, MANIFEST, None).versions) == 2


def test_a_stream_has_the_versions_of_one_procedure_only(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, "owner")
    other = MANIFEST.replace('key = "trial"', 'key = "other"')
    assert refused(world, stream, other, "owner") is Reason.WRONG_STATE
    assert refused(world, stream, other, None) is Reason.WRONG_STATE
