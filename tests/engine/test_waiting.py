"""What an element waits for is told whole or not at all."""

import pytest

from engine import temporal
from engine.commands import RetryIncident
from tests.engine.world import World, chain, process, trial

MODEL = process(
    '<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="&quot;SALES&quot;" zx:remind="k"/>' + chain("s", "u")
)


def test_a_reminder_that_fails_leaves_no_task_open_beside_the_incident() -> None:
    world = World(trial(MODEL))
    world.hire("amy", "SMO")
    stream = world.start(k="no moment")
    instance = world.instance(stream)
    assert (instance.tasks, instance.timers) == ({}, {})
    (incident,) = instance.incidents.values()
    world.do(RetryIncident, "amy", stream, incident=incident.id, reason="try again")
    assert world.instance(stream).tasks == {}
    assert len(world.instance(stream).incidents) == 1


@pytest.mark.parametrize(
    ("kind", "length", "expected"),
    [
        ("timeCycle", "R/PT0S", "expected a positive duration as the cycle of b"),
        ("timeCycle", "R/-PT1H", "expected a positive duration as the cycle of b"),
        ("timeDuration", "-PT1H", "expected a duration of zero or more from the timer of b"),
    ],
)
def test_a_timer_that_goes_back_or_a_cycle_that_stands_still_is_an_incident(
    kind: str, length: str, expected: str
) -> None:
    timer = f'<bpmn:timerEventDefinition><bpmn:{kind}>"{length}"</bpmn:{kind}></bpmn:timerEventDefinition>'
    model = process(
        '<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="&quot;SMO&quot;"/><bpmn:endEvent id="e"/>'
        f'<bpmn:boundaryEvent id="b" attachedToRef="u" cancelActivity="false">{timer}</bpmn:boundaryEvent>'
        '<bpmn:endEvent id="f"/>' + chain("s", "u", "e") + chain("b", "f")
    )
    world = World(trial(model))
    world.hire("amy", "SMO")
    instance = world.instance(world.start())
    (incident,) = instance.incidents.values()
    assert expected in incident.message_en
    assert instance.timers == {}


ON_CLOCKS = temporal.parse_date_time("2026-03-02T14:00:00@Asia/Shanghai")
"""14:00 at the organisation, whose calendar has this zone."""


@pytest.mark.parametrize("moment", ["2026-03-02T14:00:00", "2026-03-02T14:00:00@Asia/Shanghai", "2026-03-02T06:00:00Z"])
def test_a_moment_without_a_zone_is_on_the_organisations_clocks(moment: str) -> None:
    timer = f'<bpmn:timerEventDefinition><bpmn:timeDate>date and time("{moment}")</bpmn:timeDate></bpmn:timerEventDefinition>'
    said = f"date and time(&quot;{moment}&quot;)"
    model = process(
        f'<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="&quot;SMO&quot;" zx:due="{said}" zx:remind="{said}"/>'
        f'<bpmn:endEvent id="e"/><bpmn:boundaryEvent id="b" attachedToRef="u">{timer}</bpmn:boundaryEvent><bpmn:endEvent id="f"/>'
        + chain("s", "u", "e")
        + chain("b", "f")
    )
    world = World(trial(model))
    world.hire("amy", "SMO")
    instance = world.instance(world.start())
    (task,) = instance.tasks.values()
    found = [task.due, *(timer.due for timer in instance.timers.values())]
    assert len(found) == 3
    assert all(due is not None and temporal.compare(due, ON_CLOCKS) == 0 for due in found)


def test_a_date_is_over_at_its_end_on_the_organisations_clocks() -> None:
    timer = '<bpmn:timerEventDefinition><bpmn:timeDate>date("2026-03-05")</bpmn:timeDate></bpmn:timerEventDefinition>'
    model = process(
        f'<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="t">{timer}</bpmn:intermediateCatchEvent>'
        '<bpmn:endEvent id="e"/>' + chain("s", "t", "e")
    )
    world = World(trial(model))
    (found,) = world.instance(world.start()).timers.values()
    end = temporal.parse_date_time("2026-03-06T00:00:00@Asia/Shanghai")
    before = temporal.parse_date_time("2026-03-05T23:59:58@Asia/Shanghai")
    assert temporal.compare(before, found.due) == -1
    assert temporal.compare(found.due, end) in (-1, 0)


@pytest.mark.parametrize(
    "said", ['"NOBODY"', '["SMO", "smo"]', '"SMO\\u0000"', "for i in 1..300 return string(i)", '""']
)
def test_a_candidate_that_is_no_role_of_the_procedure_is_an_incident(said: str) -> None:
    quoted = said.replace('"', "&quot;")
    model = process(f'<bpmn:startEvent id="s"/><bpmn:userTask id="u" zx:candidates="{quoted}"/>' + chain("s", "u"))
    world = World(trial(model))
    world.hire("amy", "SMO")
    instance = world.instance(world.start())
    (incident,) = instance.incidents.values()
    assert "expected role codes of the procedure from zx:candidates of u" in incident.message_en
    assert incident.message_en.isprintable()
    assert incident.message_zh.isprintable()
    assert instance.tasks == {}


def test_a_message_kept_beyond_the_years_that_are_reckoned_is_an_incident() -> None:
    message = '<bpmn:messageEventDefinition messageRef="called"/>'
    ttl = 'zx:correlation="1" zx:ttl="duration(&quot;P999999999Y&quot;)"'
    model = process(
        f'<bpmn:startEvent id="s"/><bpmn:intermediateThrowEvent id="t" {ttl}>{message}</bpmn:intermediateThrowEvent>'
        '<bpmn:endEvent id="e"/>' + chain("s", "t", "e")
    )
    world = World(trial(model))
    instance = world.instance(world.start())
    (incident,) = instance.incidents.values()
    assert "zx:ttl of t" in incident.message_en
