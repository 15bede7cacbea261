"""Expressions in a running instance see its variables, also those that the model does not name."""

from engine.value import number
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
