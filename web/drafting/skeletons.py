"""What a new file of a draft holds at first: small, sound, and with its English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from engine.label import ENGLISH
from web.drafting import english
from web.translation import lazy

ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,59}")
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: where it stands, how it ends, and the endpoint and icon of its editor."""

    name: str
    folder: str
    ending: str
    endpoint: str
    icon: str

    def path(self, key: str) -> str:
        """The file of that id."""
        return f"{self.folder}/{key}{self.ending}"


KINDS = {
    "process": Kind(
        name=lazy("流程图"), folder="processes", ending=".bpmn", endpoint="studio.diagram", icon="diagram-3"
    ),
    "form": Kind(
        name=lazy("表单"), folder="forms", ending=".form", endpoint="studio_form.one", icon="file-earmark-text"
    ),
    "decision": Kind(
        name=lazy("决策表"), folder="decisions", ending=".dmn", endpoint="studio_decision.one", icon="table"
    ),
}


def kind_of(path: str) -> str:
    """Which kind of file a path is of; nothing for any other."""
    return next(
        (kind for kind, row in KINDS.items() if path.startswith(f"{row.folder}/") and path.endswith(row.ending)), ""
    )


def files(kind: str, key: str, zh: str, en: str, role: tuple[str, str, str], source: bytes) -> dict[str, bytes]:
    """The new file, and the English texts with its own. Raises ValueError where these cannot be read.

    `role` is the code, Chinese and English name of who does the first task of a process.
    """
    texts = english.read(source)
    path = KINDS[kind].path(key)
    if kind == "form":
        made = _form(key, zh)
        _table(texts, "forms")[key] = {"title": en, "fields": {"note": {"label": "Note"}}}
    elif kind == "decision":
        made = _decision(key, zh)
        _table(texts, "decisions")[key] = {zh: en, **WORDS}
    else:
        made = _process(key, zh, role)
        _table(texts, "elements").update(_english(key, zh, en, role))
    return {path: made, ENGLISH: english.written(texts)}


WORDS = {"金额": "Amount", "结果": "Result", "其余情况": "In all other cases"}


def _form(key: str, title: str) -> bytes:
    document = {
        "type": "default",
        "schemaVersion": 18,
        "id": key,
        "components": [
            {"type": "text", "id": "Title", "text": f"# {title}"},
            {"type": "textarea", "id": "Field_note", "key": "note", "label": "说明"},
        ],
    }
    return english.written(document)


def _decision(key: str, name: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{DMN}" id="Definitions_{key}" name={quoteattr(name)} namespace="urn:zhixing:decision:{key}">
  <inputData id="Data_amount" name="amount">
    <variable id="Variable_amount" name="amount" typeRef="number"/>
  </inputData>
  <decision id="{key}" name={quoteattr(name)}>
    <variable id="Variable_{key}" name="{key}"/>
    <informationRequirement id="Requires_amount">
      <requiredInput href="#Data_amount"/>
    </informationRequirement>
    <decisionTable id="Table_{key}" hitPolicy="FIRST">
      <input id="Input_1" label="金额">
        <inputExpression id="Input_1_expression" typeRef="number">
          <text>amount</text>
        </inputExpression>
      </input>
      <output id="Output_1" label="结果" name="result" typeRef="string"/>
      <rule id="Rule_1">
        <description>其余情况</description>
        <inputEntry id="Rule_1_1">
          <text>-</text>
        </inputEntry>
        <outputEntry id="Rule_1_out1">
          <text>"是"</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
""".encode()


def _english(key: str, zh: str, en: str, role: tuple[str, str, str]) -> Mapping[str, Mapping[str, str]]:
    return {
        key: {"name": en},
        f"Participant_{key}": {"name": en},
        f"Lane_{key}_1": {"name": role[2]},
        f"Start_{key}": {"name": "Start"},
        f"Task_{key}_1": {"name": "First task"},
        f"End_{key}": {"name": "Done"},
    }


def _process(key: str, name: str, role: tuple[str, str, str]) -> bytes:
    """A lane with a start, one task and an end, and its drawing."""
    nodes = (
        (f"Start_{key}", "startEvent", "开始", (262, 162, 36, 36)),
        (f"Task_{key}_1", "userTask", "第一个任务", (370, 140, 120, 80)),
        (f"End_{key}", "endEvent", "完成", (562, 162, 36, 36)),
    )
    flows = ((f"Flow_{key}_1", nodes[0], nodes[1]), (f"Flow_{key}_2", nodes[1], nodes[2]))
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
            ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
            f' xmlns:zx="urn:zhixing:bpmn:1" id="Definitions_{key}" targetNamespace="urn:zhixing:process:{key}">',
            f'  <bpmn:collaboration id="Collaboration_{key}">',
            f'    <bpmn:participant id="Participant_{key}" name={quoteattr(name)} processRef="{key}" />',
            "  </bpmn:collaboration>",
            f'  <bpmn:process id="{key}" name={quoteattr(name)} isExecutable="true">',
            f'    <bpmn:laneSet id="Lanes_{key}">',
            f'      <bpmn:lane id="Lane_{key}_1" name={quoteattr(role[1])} zx:role="{escape(role[0])}">',
            *(f"        <bpmn:flowNodeRef>{node[0]}</bpmn:flowNodeRef>" for node in nodes),
            "      </bpmn:lane>",
            "    </bpmn:laneSet>",
            *_drawn(nodes, flows),
            "  </bpmn:process>",
            *_shapes(key, nodes, flows),
            "</bpmn:definitions>",
            "",
        ]
    ).encode()


Node = tuple[str, str, str, tuple[int, int, int, int]]
Flow = tuple[str, Node, Node]


def _drawn(nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> Iterator[str]:
    for key, kind, name, _place in nodes:
        yield f'    <bpmn:{kind} id="{key}" name={quoteattr(name)}>'
        for flow, source, target in flows:
            if target[0] == key:
                yield f"      <bpmn:incoming>{flow}</bpmn:incoming>"
            if source[0] == key:
                yield f"      <bpmn:outgoing>{flow}</bpmn:outgoing>"
        yield f"    </bpmn:{kind}>"
    for flow, source, target in flows:
        yield f'    <bpmn:sequenceFlow id="{flow}" sourceRef="{source[0]}" targetRef="{target[0]}" />'


def _shapes(key: str, nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> Iterator[str]:
    yield f'  <bpmndi:BPMNDiagram id="Diagram_{key}">'
    yield f'    <bpmndi:BPMNPlane id="Plane_{key}" bpmnElement="Collaboration_{key}">'
    yield from _shape(f"Participant_{key}", (160, 80, 620, 200), ' isHorizontal="true"')
    yield from _shape(f"Lane_{key}_1", (190, 80, 590, 200), ' isHorizontal="true"')
    for node in nodes:
        yield from _shape(node[0], node[3])
    for flow, source, target in flows:
        (x, y, width, height), (goal, _y, _width, _height) = source[3], target[3]
        yield f'      <bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}">'
        yield f'        <di:waypoint x="{x + width}" y="{y + height // 2}" /><di:waypoint x="{goal}" y="{y + height // 2}" />'
        yield "      </bpmndi:BPMNEdge>"
    yield "    </bpmndi:BPMNPlane>"
    yield "  </bpmndi:BPMNDiagram>"


def _shape(key: str, place: tuple[int, int, int, int], more: str = "") -> Iterator[str]:
    x, y, width, height = place
    yield f'      <bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}"{more}>'
    yield f'        <dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />'
    yield "      </bpmndi:BPMNShape>"


def _table(texts: dict[str, object], name: str) -> dict[str, object]:
    found = texts.get(name)
    made = dict(found) if isinstance(found, dict) else {}
    texts[name] = made
    return made
