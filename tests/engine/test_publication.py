"""Publishing: who puts the next version in force, from when, and in which stream."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.commands import PublishVersion
from engine.errors import Reason, Refused
from engine.publication import Publications
from engine.value import Person
from engine.words import StreamKind
from tests.engine.test_work import BODY, LANES
from tests.engine.world import MANIFEST, World, process, trial

BY_SALES = MANIFEST.replace("[rights]", '[rights]\npublish = ["SALES"]')
OWN = MANIFEST.replace("[rights]", '[rights]\npublish-own = ["SMO"]')


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("wang", "SALES")
    found.hire("owner", "SMO")
    found.hire("li", "SMO")
    return found


def publish(world: World, stream: int, manifest: str, who: str | None, **more: object) -> Publications:
    found = trial(process(BODY, lanes=LANES), manifest)
    world.journal.procedures[found.digest] = found
    said = {"procedure": found.key, "version": found.digest, "label": found.label, "reason": "修订"}
    world.do(PublishVersion, who, stream, **(said | more))
    state = world.journal.states[stream]
    assert isinstance(state, Publications)
    return state


def refused(world: World, stream: int, manifest: str, who: str | None, **more: object) -> Reason:
    before = world.journal.states[stream]
    with pytest.raises(Refused) as refusal:
        publish(world, stream, manifest, who, **more)
    assert world.journal.states[stream] == before
    return refusal.value.reason


def labelled(label: str, manifest: str = MANIFEST) -> str:
    return manifest.replace('label = "A/0"', f'label = "{label}"')


def now(world: World) -> datetime:
    return world.now


def test_no_version_says_who_publishes_it_except_the_first(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    assert refused(world, stream, MANIFEST, "wang") is Reason.NOT_ALLOWED
    assert len(publish(world, stream, MANIFEST, "owner").versions) == 1
    assert refused(world, stream, BY_SALES, "wang") is Reason.NOT_ALLOWED
    found = publish(world, stream, BY_SALES, "owner").in_force(now(world))
    assert found is not None
    assert found.publishers == ("SALES",)
    assert refused(world, stream, MANIFEST, "owner") is Reason.NOT_ALLOWED
    assert len(publish(world, stream, MANIFEST, "wang").versions) == 3


def test_the_operator_publishes_the_first_version_and_a_person_every_other(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, None)
    assert refused(world, stream, labelled("A/1"), None) is Reason.NOT_ALLOWED
    assert len(publish(world, stream, labelled("A/1"), "owner").versions) == 2


def test_a_stream_has_the_versions_of_one_procedure_only(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, "owner")
    other = MANIFEST.replace('key = "trial"', 'key = "other"')
    assert refused(world, stream, other, "owner") is Reason.WRONG_STATE


@pytest.mark.parametrize("reason", ["", "  ", "长" * 2_001])
def test_a_version_comes_into_force_for_a_reason(world: World, reason: str) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    assert refused(world, stream, MANIFEST, "owner", reason=reason) is Reason.INVALID_DATA


def test_an_author_does_not_publish_and_neither_does_who_acts_for_one(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    wrote = {"authors": (world.people["wang"], world.people["owner"])}
    assert refused(world, stream, MANIFEST, "owner", **wrote) is Reason.SEPARATION_OF_DUTIES
    world.hire("deputy")
    world.deputise("owner", "deputy")
    assert refused(world, stream, MANIFEST, "deputy", **wrote) is Reason.SEPARATION_OF_DUTIES
    world.deputise("wang", "li")  # has a right of their own, and uses that
    (version,) = publish(world, stream, MANIFEST, "li", **wrote).versions
    assert version.authors == (world.people["wang"], world.people["owner"])


def test_authors_are_people_of_the_house(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    assert refused(world, stream, MANIFEST, "owner", authors=(Person("9.9.9"),)) is Reason.NOT_FOUND


def test_who_wrote_it_publishes_it_where_the_procedure_in_force_lets_them_and_says_why(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    wrote = {"authors": (world.people["owner"],)}
    waived = {**wrote, "waiver": "公司只有两人"}
    publish(world, stream, MANIFEST, "owner")
    # the new version may not give itself the right
    assert refused(world, stream, OWN, "owner", **waived) is Reason.SEPARATION_OF_DUTIES
    publish(world, stream, OWN, "li", **wrote)
    assert refused(world, stream, labelled("A/1", OWN), "owner", **wrote) is Reason.SEPARATION_OF_DUTIES
    assert refused(world, stream, labelled("A/1", OWN), "owner", **wrote, waiver=" ") is Reason.INVALID_DATA
    found = publish(world, stream, labelled("A/1", OWN), "owner", **waived).versions[-1]
    assert (found.waiver, found.self_publishers) == ("公司只有两人", ("SMO",))
    # nothing to waive
    assert refused(world, stream, labelled("A/2", OWN), "li", **waived) is Reason.INVALID_DATA


def test_a_version_of_a_later_moment_is_in_force_from_then_on(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, "owner")
    later = now(world) + timedelta(days=30)
    state = publish(world, stream, labelled("A/1"), "owner", effective=later)
    assert [one.label for one in (state.in_force(now(world)), state.in_force(later)) if one] == ["A/0", "A/1"]
    assert [one.label for one in state.planned(now(world))] == ["A/1"]
    assert state.planned(later) == ()
    assert state.in_force(now(world) - timedelta(days=1)) is None


def test_rights_are_those_in_force_not_those_planned(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, "owner", effective=now(world) + timedelta(days=1))
    publish(world, stream, BY_SALES, "owner", effective=now(world) + timedelta(days=30))
    assert refused(world, stream, labelled("A/1"), "wang") is Reason.NOT_ALLOWED
    world.now += timedelta(days=30)
    assert len(publish(world, stream, labelled("A/1"), "wang").versions) == 3


def test_what_is_published_replaces_what_was_planned_for_its_moment_or_later(world: World) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    publish(world, stream, MANIFEST, "owner")
    assert refused(world, stream, MANIFEST, "owner") is Reason.WRONG_STATE
    days = [now(world) + timedelta(days=day) for day in (0, 10, 20, 30)]
    publish(world, stream, labelled("B/0"), "owner", effective=days[2])
    state = publish(world, stream, labelled("C/0"), "owner", effective=days[3])
    assert [one.label for one in state.planned(days[0])] == ["B/0", "C/0"]
    state = publish(world, stream, labelled("D/0"), "owner", effective=days[1])
    assert [one.label for one in state.planned(days[0])] == ["D/0"]
    assert [one.label for one in map(state.in_force, days) if one] == ["A/0", "D/0", "D/0", "D/0"]
    # the version in force, published again, takes back what is planned
    state = publish(world, stream, MANIFEST, "owner")
    assert state.planned(now(world)) == ()
    assert [one.label for one in map(state.in_force, days[1:]) if one] == ["A/0", "A/0", "A/0"]


@pytest.mark.parametrize("effective", [datetime(2020, 1, 1).astimezone(), datetime(2030, 1, 1)])  # noqa: DTZ001  # without a zone
def test_a_moment_to_come_into_force_at_has_not_passed_and_has_a_zone(world: World, effective: datetime) -> None:
    stream = world.journal.new_stream(StreamKind.PROCEDURE)
    assert refused(world, stream, MANIFEST, "owner", effective=effective) is Reason.INVALID_DATA
