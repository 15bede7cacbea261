"""A model of three elements to which the cases of the check add one thing."""

from engine import xml
from engine.flow import unsupported
from tests.engine.world import HEAD, chain

TIMER = "<bpmn:timerEventDefinition><bpmn:{0}>{1}</bpmn:{0}></bpmn:timerEventDefinition>"
HOUR = TIMER.format("timeDuration", 'duration("PT1H")')
MESSAGE = '<bpmn:message id="m" name="M"/>'
LETTER = '<bpmn:messageEventDefinition messageRef="m"/>'
CONDITION = "<bpmn:conditionExpression>true</bpmn:conditionExpression>"
OTHER = 'xmlns:other="urn:other"'
FLOW = '<bpmn:sequenceFlow id="{0}_{1}" sourceRef="{0}" targetRef="{1}"/>'


def model(body: str = "", *, root: str = "", task: str = "", attributes: str = "", before: str = "") -> bytes:
    """A start, a user task, an end; and what is added to them."""
    return (
        f'{HEAD.replace(" id=", f" {before} id=", 1)}{root}<bpmn:process id="p" isExecutable="true">'
        f'<bpmn:startEvent id="s"/><bpmn:userTask id="u" {attributes}>{task}</bpmn:userTask>'
        f'<bpmn:endEvent id="e"/>{chain("s", "u", "e")}{body}</bpmn:process></bpmn:definitions>'
    ).encode()


def found(source: bytes) -> list[tuple[str, str, str]]:
    """Element, rule and English sentence of each finding."""
    findings = list(unsupported.findings(xml.parse(source, "p.bpmn")))
    assert all(text.zh and text.en and text.zh != text.en for _, _, text in findings)
    return [(element, rule, text.en) for element, rule, text in findings]


def beside(body: str) -> str:
    """An element `x` that is reached: beside the user task, from the start."""
    return f'{body}<bpmn:sequenceFlow id="u_x" sourceRef="u" targetRef="x"/>'
