"""Expressions in a running instance see its variables, also those that the model does not name."""

from dataclasses import replace

from engine import temporal
from engine.expression import Variables, evaluate
from engine.stream import nobody_around
from engine.value import Person, number
from tests.engine.world import World, chain, process, trial

COUNT = (
    '<bpmn:startEvent id="s"/><bpmn:scriptTask id="count" scriptFormat="feel">'
    "<bpmn:script>{ turns: turns + 1 }</bpmn:script></bpmn:scriptTask>"
    '<bpmn:userTask id="wait"/><bpmn:endEvent id="e"/>' + chain("s", "count", "wait", "e")
)


def test_an_input_that_the_model_does_not_name_is_a_variable_beside_the_others() -> None:
    world = World(trial(process(COUNT)))
    stream = world.start(turns=number(1), remark="unknown to the model")
    (scope,) = world.instance(stream).scopes.values()
    assert scope.variables == {"turns": number(2), "remark": "unknown to the model"}


def test_whoever_did_a_task_here_and_elsewhere_in_the_case_is_named_once() -> None:
    world = World(trial(process(COUNT)))
    one, two = Person("1.2.1"), Person("1.3.1")
    instance = world.instance(world.start(turns=number(1)))
    instance = replace(instance, performers={"p:wait": (one,)})
    around = replace(nobody_around(), performers={"p:wait": (two, one)})
    (scope,) = instance.scopes
    variables = Variables(world.procedure, instance, around, temporal.from_datetime(world.now), scope)
    assert evaluate('performers("wait")', variables) == (one, two)
