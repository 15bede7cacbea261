"""A small procedure without findings: an offer is written, checked by another, numbered, sent; a call, a message, a script."""

import json

from tests.engine.world import HEAD, chain

MANIFEST = """
key = "approval"
label = "A/0"
owner = "SMO"
[title]
zh = "审批"
en = "Approval"
[rights]
publish = ["SMO"]
waive = ["MR"]
[roles]
SALES = { zh = "销售", en = "Sales" }
SMO = { zh = "服务管理负责人", en = "Service management" }
MR = { zh = "管理者代表", en = "Management representative" }
[settings]
days = { type = "int", default = 2, zh = "天数", en = "Days" }
limit = { type = "money", default = "1000.00", zh = "限额", en = "Limit" }
[case]
project_no = { type = "text", zh = "项目编号", en = "Project number" }
[documents]
offer = { zh = "报价", en = "Offer" }
[escalation.N]
zh = "一般"
en = "Normal"
before = ["1 wd"]
steps = [{ after = 0, to = ["SMO"] }]
"""

WRITE = {
    "type": "default",
    "id": "write",
    "components": [
        {
            "type": "group",
            "id": "body",
            "label": "内容",
            "properties": {"section": "body"},
            "components": [
                {"type": "textfield", "id": "f1", "key": "title", "label": "标题", "validate": {"required": True}},
                {"type": "checkbox", "id": "f2", "key": "urgent", "label": "紧急", "validate": {"required": True}},
                {"type": "textfield", "id": "f3", "key": "mobile", "label": "电话", "properties": {"personal": "true"}},
                {
                    "type": "dynamiclist",
                    "id": "f4",
                    "path": "contacts",
                    "label": "联系人",
                    "components": [
                        {"type": "textfield", "id": "f5", "key": "duty", "label": "职务"},
                        {
                            "type": "textfield",
                            "id": "f6",
                            "key": "name",
                            "label": "姓名",
                            "properties": {"personal": "true"},
                        },
                    ],
                },
            ],
        }
    ],
}

REVIEW = {
    "type": "default",
    "id": "review",
    "components": [
        {
            "type": "select",
            "id": "f1",
            "key": "decision",
            "label": "结论",
            "values": [{"label": "通过", "value": "通过"}, {"label": "退回", "value": "退回"}],
            "validate": {"required": True},
        },
        {
            "type": "textarea",
            "id": "f2",
            "key": "opinion",
            "label": "意见",
            "properties": {"requiredWhen": '=decision = "退回"'},
        },
    ],
}


def lane(role: str, *elements: str) -> str:
    """A lane of a role."""
    inner = "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in elements)
    return f'<bpmn:lane id="lane_{role}" zx:role="{role}">{inner}</bpmn:lane>'


def condition(key: str, source: str, target: str, expression: str) -> str:
    """A sequence flow with a condition."""
    return (
        f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">'
        f"<bpmn:conditionExpression>{expression}</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )


def extension(tag: str, **named: str) -> str:
    """zx elements within extensionElements."""
    inner = "".join(f'<zx:{tag} name="{name}" value="{value}"/>' for name, value in named.items())
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


MAIN = (
    f'{HEAD}<bpmn:message id="m" name="sent"/><bpmn:process id="main" isExecutable="true">'
    f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write", "inform")}{lane("SMO", "review", "way")}</bpmn:laneSet>'
    '<bpmn:startEvent id="s" zx:inputs="entry"/>'
    '<bpmn:userTask id="write" zx:form="forms/write.form" zx:result="offer" zx:section="body:write" '
    'zx:due="working days after(now, settings.days)" zx:escalation="N" zx:document="offer:write"/>'
    '<bpmn:userTask id="review" zx:form="forms/review.form" zx:document="offer:review" zx:separateFrom="write" '
    'zx:approved="review.decision = &quot;通过&quot;" zx:candidates="if offer.urgent then [&quot;SMO&quot;] else '
    '[&quot;MR&quot;]"/>'
    '<bpmn:exclusiveGateway id="way"/>'
    '<bpmn:serviceTask id="number" zx:connector="number-sequence" zx:document="offer:issue">'
    + extension("parameter", pattern="&quot;{project}-{yyyy}{seq3}&quot;", project="case.project_no", year="now.year")
    + "</bpmn:serviceTask>"
    '<bpmn:scriptTask id="count" scriptFormat="feel"><bpmn:script>{size: count(offer.contacts)}</bpmn:script>'
    "</bpmn:scriptTask>"
    '<bpmn:callActivity id="inform" calledElement="sending">'
    + extension("input", reference="number.number")
    + '</bpmn:callActivity><bpmn:endEvent id="e"/>'
    + chain("s", "write", "review", "way")
    + condition("f_yes", "way", "number", "review.decision = &quot;通过&quot;")
    + condition("f_no", "way", "write", "review.decision = &quot;退回&quot;")
    + chain("number", "count", "inform", "e")
    + "</bpmn:process></bpmn:definitions>"
)

SENDING = (
    f'{HEAD}<bpmn:message id="m2" name="sent"/><bpmn:process id="sending" isExecutable="true">'
    '<bpmn:startEvent id="s2" zx:inputs="reference"/>'
    '<bpmn:sendTask id="send" messageRef="m2" zx:correlation="reference"/>'
    '<bpmn:receiveTask id="wait" messageRef="m2" zx:correlation="reference"/>'
    f'<bpmn:endEvent id="e2"/>{chain("s2", "send", "wait", "e2")}'
    "</bpmn:process></bpmn:definitions>"
)

ENGLISH = {
    "elements": {},
    "forms": {
        "write": {
            "title": "Write",
            "sections": {"body": "Body"},
            "fields": {
                "title": {"label": "Title"},
                "urgent": {"label": "Urgent"},
                "mobile": {"label": "Mobile"},
                "contacts": {"label": "Contacts"},
                "contacts.duty": {"label": "Duty"},
                "contacts.name": {"label": "Name"},
            },
        },
        "review": {
            "title": "Review",
            "fields": {
                "decision": {"label": "Decision", "options": {"通过": "Passed", "退回": "Returned"}},
                "opinion": {"label": "Opinion"},
            },
        },
    },
}


def files() -> dict[str, bytes]:
    """The files of the procedure."""
    return {
        "procedure.toml": MANIFEST.encode(),
        "processes/main.bpmn": MAIN.encode(),
        "processes/sending.bpmn": SENDING.encode(),
        "forms/write.form": json.dumps(WRITE, ensure_ascii=False).encode(),
        "forms/review.form": json.dumps(REVIEW, ensure_ascii=False).encode(),
        "texts/en.json": json.dumps(ENGLISH, ensure_ascii=False).encode(),
    }
