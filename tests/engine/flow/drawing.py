"""Models in a few words: elements and flows as strings of XML."""

from __future__ import annotations

from itertools import pairwise

from engine.flow import Model

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zx="urn:zhixing:bpmn:1" id="d" targetNamespace="t">'
)
S = '<bpmn:startEvent id="s"/>'
E = '<bpmn:endEvent id="e"/>'


def node(kind: str, key: str, inner: str = "", **attributes: str) -> str:
    """One flow node; `zx_form` is written zx:form."""
    written = "".join(f' {name.replace("zx_", "zx:")}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{kind} id="{key}"{written}>{inner}</bpmn:{kind}>'


def user(key: str, inner: str = "", **attributes: str) -> str:
    """A user task."""
    return node("userTask", key, inner, **attributes)


def script(key: str, body: str) -> str:
    """A script task."""
    return node("scriptTask", key, f"<bpmn:script>{escape(body)}</bpmn:script>", scriptFormat="feel")


def gateway(kind: str, key: str, **attributes: str) -> str:
    """A gateway: exclusive, parallel or inclusive."""
    return node(f"{kind}Gateway", key, **attributes)


def boundary(
    key: str, host: str, *, interrupting: bool = True, cycle: bool = False, message: str = "", after: str = '"PT1H"'
) -> str:
    """A boundary event: a timer that fires after a time, a cycle, or a message."""
    body = f"<bpmn:timeDuration>{after}</bpmn:timeDuration>"
    if cycle:
        body = '<bpmn:timeCycle>duration("PT1H")</bpmn:timeCycle>'
    inner = f"<bpmn:timerEventDefinition>{body}</bpmn:timerEventDefinition>"
    if message:
        inner = f'<bpmn:messageEventDefinition messageRef="{message}"/>'
    return node("boundaryEvent", key, inner, attachedToRef=host, cancelActivity=str(interrupting).lower())


def several(*, sequential: bool = False, collection: str = "", times: str = "", until: str = "") -> str:
    """Multi-instance characteristics."""
    attributes = f' isSequential="{str(sequential).lower()}"' + (
        f' zx:collection="{collection}" zx:item="x"' if collection else ""
    )
    inner = f"<bpmn:loopCardinality>{times}</bpmn:loopCardinality>" if times else ""
    inner += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    return f"<bpmn:multiInstanceLoopCharacteristics{attributes}>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def flow(source: str, target: str, condition: str | None = None, key: str | None = None) -> str:
    """A sequence flow."""
    inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition is not None else ""
    return f'<bpmn:sequenceFlow id="{key or f"{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def path(*keys: str) -> str:
    """Flows from each element to the next."""
    return "".join(flow(a, b) for a, b in pairwise(keys))


def document(body: str, key: str = "p", more: str = "") -> bytes:
    """A definitions document."""
    return f'{HEAD}<bpmn:process id="{key}" isExecutable="true">{body}</bpmn:process>{more}</bpmn:definitions>'.encode()


def model(body: str, more: str = "") -> Model:
    """A model with one process p, and more processes."""
    return Model.parse({"p.bpmn": document(body, more=more)})


def process(key: str, body: str) -> str:
    """Another process of the same file."""
    return f'<bpmn:process id="{key}" isExecutable="true">{body}</bpmn:process>'


def escape(text: str) -> str:
    """Text in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
