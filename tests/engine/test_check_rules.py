"""Every rule of the check by one change to a procedure without findings: where it is told, by which rule, in which words."""

import json
import re

import pytest

from engine.check import Finding, Rule, check
from engine.check.files import MOST_BYTES, MOST_FILES
from tests.engine.approval import MAIN, SENDING, files
from tests.engine.world import chain

TOML, MODEL, CALLED = "procedure.toml", "processes/main.bpmn", "processes/sending.bpmn"
WRITE, REVIEW, ENGLISH = "forms/write.form", "forms/review.form", "texts/en.json"
Q = "&quot;"

CASES: dict[str, tuple[str, str, str, str, Rule, str]] = {
    # the case: file, what stands there, what is written instead, element, rule, sentence
    # ------------------------------------------------------------------ names in expressions
    "unknown variable": (MODEL, f">review.decision = {Q}通", f">revue.decision = {Q}通", "f_yes", Rule.EXPRESSION, "revue"),
    "unknown function": (MODEL, "working days after(now", "work days after(now", "write", Rule.EXPRESSION, "work"),
    "unknown setting": (MODEL, "settings.days", "settings.day", "write", Rule.EXPRESSION, "there is no settings.day"),
    "unknown case field": (MODEL, "case.project_no", "case.number", "number", Rule.EXPRESSION, "there is no case.number"),
    "unknown field of a form": (MODEL, f">review.decision = {Q}通", f">review.decison = {Q}通", "f_yes", Rule.EXPRESSION, "there is no review.decison"),
    "unknown result of a service": (MODEL, "number.number", "number.nummer", "inform", Rule.EXPRESSION, "there is no number.nummer"),
    "unknown column": (MODEL, "count(offer.contacts)", "count(offer.contacts.town)", "count", Rule.EXPRESSION, "there is no offer.contacts.town"),
    "nothing of the organisation": (MODEL, "{size: count(offer.contacts)}", "{size: organisation.name}", "count", Rule.EXPRESSION, "there is no organisation.name"),
    "a task where there is none": (MODEL, f">review.decision = {Q}通", f">task.id = {Q}通", "f_yes", Rule.EXPRESSION, "expected no task here"),
    "an unknown variable of a condition": (MODEL, '<bpmn:endEvent id="e"/>', '<bpmn:endEvent id="e"/><bpmn:subProcess id="eh" triggeredByEvent="true"><bpmn:startEvent id="eh_s"><bpmn:conditionalEventDefinition><bpmn:condition>sise = 3</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent><bpmn:endEvent id="eh_e"/><bpmn:sequenceFlow id="eh_f" sourceRef="eh_s" targetRef="eh_e"/></bpmn:subProcess>', "eh_s", Rule.EXPRESSION, "sise"),
    "a moment that cannot be read": (MODEL, "working days after(now, settings.days)", "working days after(now,", "write", Rule.EXPRESSION, "working days after(now,"),
    "a script that is no context": (MODEL, "{size: count(offer.contacts)}", "count(offer.contacts)", "count", Rule.EXPRESSION, "a script to be a context"),
    "an expression without end": (MODEL, "settings.days)", "settings.days)" + " + 0" * 4_000, "write", Rule.EXPRESSION, "at most 10000 characters"),
    # ------------------------------------------------------------------ options
    "an option misspelt": (MODEL, f">review.decision = {Q}退回", f">review.decision = {Q}退货", "f_no", Rule.EXPRESSION, "expected an option of decision"),
    "an option misspelt after not equal": (MODEL, f">review.decision = {Q}退回", f">review.decision != {Q}通過", "f_no", Rule.EXPRESSION, "expected an option of decision"),
    "an option misspelt in a list": (MODEL, f">review.decision = {Q}退回{Q}", f">review.decision in ({Q}退回{Q}, {Q}否{Q})", "f_no", Rule.EXPRESSION, "expected an option of decision"),
    "an option misspelt among several": (MODEL, f">review.decision = {Q}退回{Q}", f">list contains([{Q}否{Q}], review.decision)", "f_no", Rule.EXPRESSION, "expected an option of decision"),
    "an option misspelt in a form": (REVIEW, '=decision = \\"退回\\"', '=decision = \\"退\\"', "opinion", Rule.EXPRESSION, "expected an option of decision"),
    "an unknown setting in a form": (REVIEW, '=decision = \\"退回\\"', "=settings.hours = 1", "opinion", Rule.EXPRESSION, "there is no settings.hours"),
    # ------------------------------------------------------------------ personal values
    "a personal field": (MODEL, "{size: count(offer.contacts)}", "{size: string length(offer.mobile)}", "count", Rule.PERSONAL, "offer.mobile, which is personal"),
    "a personal column": (MODEL, "count(offer.contacts)", "count(offer.contacts.name)", "count", Rule.PERSONAL, "offer.contacts.name, which is personal"),
    "a personal column in a filter": (MODEL, "count(offer.contacts)", f"count(offer.contacts[name = {Q}王{Q}])", "count", Rule.PERSONAL, "offer.contacts.name, which is personal"),
    "a personal column in a loop": (MODEL, "count(offer.contacts)", "count(for c in offer.contacts return c.name)", "count", Rule.PERSONAL, "offer.contacts.name, which is personal"),
    # ------------------------------------------------------------------ names of variables
    "a reserved result": (MODEL, 'zx:result="offer"', 'zx:result="settings"', "write", Rule.VARIABLE, "settings, which is reserved"),
    "a result of the runtime": (MODEL, 'zx:inputs="entry"', 'zx:inputs="loopCounter"', "s", Rule.VARIABLE, "loopCounter, which is reserved"),
    "a reserved name in a script": (MODEL, "{size:", "{now:", "count", Rule.VARIABLE, "now, which is reserved"),
    "a result that FEEL cannot name": (MODEL, 'zx:result="offer"', 'zx:result="1st"', "write", Rule.VARIABLE, "a variable that FEEL can name"),
    "a word of the language": (MODEL, 'zx:inputs="entry"', 'zx:inputs="then"', "s", Rule.VARIABLE, "then, which is reserved"),
    "one result of two shapes": (MODEL, 'zx:form="forms/review.form"', 'zx:form="forms/review.form" zx:result="offer"', "review", Rule.EXPRESSION, "review"),
    # ------------------------------------------------------------------ ways out
    "an answer without a way": (REVIEW, '{"label": "退回", "value": "退回"}', '{"label": "退回", "value": "退回"}, {"label": "不", "value": "不"}', "way", Rule.GATEWAY, "不 is not covered"),
    "no answer at all": (REVIEW, '"validate": {"required": true}', '"validate": {}', "way", Rule.GATEWAY, "there is no default"),
    "conditions of different things": (MODEL, f">review.decision = {Q}退回{Q}", ">offer.urgent", "way", Rule.GATEWAY, "there is no default"),
    "an answer forgotten": (MODEL, f">review.decision = {Q}退回{Q}", f">review.decision = {Q}通过{Q}", "way", Rule.GATEWAY, "退回 is not covered"),
    # ------------------------------------------------------------------ roles
    "an unknown role of a lane": (MODEL, 'zx:role="SALES"', 'zx:role="SELLER"', "lane_SALES", Rule.ROLE, "no role SELLER"),
    "an unknown candidate": (MODEL, f"[{Q}MR{Q}]", f"[{Q}QM{Q}]", "review", Rule.ROLE, "no role QM"),
    "an unknown role of a function": (MODEL, f"[{Q}MR{Q}]", f"persons in role({Q}QM{Q})", "review", Rule.ROLE, "no role QM"),
    "performers of nothing": (MODEL, f"[{Q}MR{Q}]", f"performers({Q}draft{Q})", "review", Rule.ROLE, "there is no draft"),
    "separated from nothing": (MODEL, 'separateFrom="write"', 'separateFrom="write draft"', "review", Rule.ROLE, "draft is none"),
    "separated from itself": (MODEL, 'separateFrom="write"', 'separateFrom="write review"', "review", Rule.ROLE, "review is none"),
    "separated from a service": (MODEL, 'separateFrom="write"', 'separateFrom="write main:number"', "review", Rule.ROLE, "main:number is none"),
    "a task in no lane": (MODEL, "<bpmn:flowNodeRef>write</bpmn:flowNodeRef>", "", "write", Rule.ROLE, "expected the task in a lane"),
    "an unknown escalation class": (MODEL, 'zx:escalation="N"', 'zx:escalation="X"', "write", Rule.ROLE, "but found X"),
    "a mark that is neither": (MODEL, 'zx:escalation="N"', 'zx:escalation="N" zx:external="yes"', "write", Rule.ROLE, "zx:external to be true or false"),
    "one entry for several tasks": (MODEL, 'zx:escalation="N"', 'zx:escalation="N" zx:bulk="true"', "write", Rule.FORM, "one entry counts for several"),
    "a countersignature without a rule": (MODEL, 'zx:escalation="N"', 'zx:escalation="N" zx:countersign="most"', "write", Rule.STRUCTURE, "but found most"),
    # ------------------------------------------------------------------ forms
    "an unknown section": (MODEL, "body:write", "head:write", "write", Rule.FORM, "but found head:write"),
    "an unknown right to a section": (MODEL, "body:write", "body:must", "write", Rule.FORM, "but found body:must"),
    "a section twice": (MODEL, "body:write", "body:write body:read", "write", Rule.FORM, "each section once"),
    "a form that is not there": (MODEL, "forms/review.form", "forms/reviews.form", "review", Rule.FORM, "there is no form"),
    # ------------------------------------------------------------------ calls and messages
    "a call of nothing": (MODEL, 'calledElement="sending"', 'calledElement="sendings"', "inform", Rule.STRUCTURE, "sendings is none"),
    "a circle of calls": (CALLED, '<bpmn:sendTask id="send" messageRef="m2" zx:correlation="reference"/>', '<bpmn:callActivity id="send" calledElement="sending"/>', "send", Rule.CALL, "for ever"),
    "a message without correlation": (CALLED, ' zx:correlation="reference"/><bpmn:receiveTask', "/><bpmn:receiveTask", "send", Rule.MESSAGE, "may reach another case"),
    "a message kept for an unknown time": (CALLED, ' zx:correlation="reference"/><bpmn:receiveTask', ' zx:correlation="reference" zx:ttl="P3D"/><bpmn:receiveTask', "send", Rule.EXPRESSION, "P3D"),
    "a case that is neither": (MODEL, '<bpmn:startEvent id="s"', '<bpmn:startEvent id="s" zx:case="new"', "s", Rule.MESSAGE, "zx:case to be new, on the message start event"),
    "a message that nobody awaits": (CALLED, '<bpmn:receiveTask id="wait" messageRef="m2" zx:correlation="reference"/>', '<bpmn:task id="wait"/>', "send", Rule.MESSAGE, "there is none"),
    # ------------------------------------------------------------------ documents
    "an unknown document": (MODEL, "offer:write", "quote:write", "write", Rule.DOCUMENT, "but found quote"),
    "an unknown act": (MODEL, "offer:write", "offer:sign", "write", Rule.DOCUMENT, "document:write or document:review"),
    "a document without an act": (MODEL, "offer:issue", "offer", "number", Rule.DOCUMENT, "document:write or document:review"),
    "an issue by a person": (MODEL, "offer:write", "offer:issue", "write", Rule.DOCUMENT, "document:issue on a service"),
    "a review by the author": (MODEL, ' zx:separateFrom="write"', "", "review", Rule.DOCUMENT, "zx:separateFrom lacks main:write"),
    "a review without an outcome": (MODEL, f' zx:approved="review.decision = {Q}通过{Q}"', "", "review", Rule.DOCUMENT, "zx:approved to say"),
    "a signature that nobody executes": (MODEL, 'zx:escalation="N"', 'zx:escalation="N" zx:sign="L2"', "write", Rule.STRUCTURE, "expected zx:sign to be L1: L2 (certificates"),
    "a signature by nobody": (MODEL, 'zx:escalation="N"', 'zx:escalation="N" zx:sign="L1" zx:external="true"', "write", Rule.FORM, "a contact has no account to prove themselves by"),
    "an approval of nothing": (MODEL, ' zx:document="offer:write"', ' zx:approved="true"', "write", Rule.DOCUMENT, "zx:approved on a review or countersignature only"),
    # ------------------------------------------------------------------ connectors
    "an unknown connector": (MODEL, "number-sequence", "e-mail", "number", Rule.CONNECTOR, "one of case-role, notify, number-sequence, record-to-case, webhook"),
    "a pattern that is missing": (MODEL, 'name="pattern"', 'name="patern"', "number", Rule.CONNECTOR, "a parameter pattern"),
    "a field without a parameter": (MODEL, 'name="project"', 'name="projekt"', "number", Rule.CONNECTOR, "a parameter project"),
    "a parameter without a field": (MODEL, "{project}-", "", "number", Rule.CONNECTOR, "expected no parameter project"),
    "a pattern without a number": (MODEL, "{seq3}", "", "number", Rule.CONNECTOR, "a pattern with {seq}"),
    # ------------------------------------------------------------------ the manifest
    "a key with capitals": (TOML, 'key = "approval"', 'key = "Approval!"', "key", Rule.MANIFEST, "small letters"),
    "an unknown table": (TOML, "[title]", "[titles]\nzh = 1\n[title]", "titles", Rule.MANIFEST, "the manifest has no titles"),
    "an unknown entry": (TOML, 'default = 2,', 'default = 2, unit = "d",', "settings.days", Rule.MANIFEST, "expected no unit"),
    "an unknown right": (TOML, "waive =", "forgive =", "rights.forgive", Rule.MANIFEST, "but found forgive"),
    "a right of an unknown role": (TOML, 'waive = ["MR"]', 'waive = ["QM"]', "rights.waive", Rule.MANIFEST, "no role QM"),
    "a right of nobody": (TOML, 'waive = ["MR"]', "waive = []", "rights.waive", Rule.MANIFEST, "a role with the right waive"),
    "an owner who is no role": (TOML, 'owner = "SMO"', 'owner = "BOSS"', "owner", Rule.MANIFEST, "no role BOSS"),
    "a default of another type": (TOML, "default = 2", 'default = "two"', "settings.days", Rule.MANIFEST, "a default of type int"),
    "an unknown type of a setting": (TOML, 'type = "int"', 'type = "hours"', "settings.days", Rule.MANIFEST, "but found hours"),
    "an unknown type of case data": (TOML, 'type = "text"', 'type = "string"', "case.project_no", Rule.MANIFEST, "but found string"),
    "case data named like its id": (TOML, "project_no =", "id =", "case.id", Rule.MANIFEST, "not reserved"),
    "a role with a space": (TOML, "MR = {", '"M R" = {', "roles.M R", Rule.MANIFEST, "a name of letters"),
    "a name of two lines": (TOML, 'en = "Sales"', 'en = "Sales\\nTeam"', "roles.SALES", Rule.MANIFEST, "expected one line of text"),
    "a name that reads otherwise": (TOML, 'en = "Sales"', 'en = "\u202eselaS"', "roles.SALES", Rule.MANIFEST, "expected one line of text"),
    "a blank English name": (TOML, 'en = "Sales"', 'en = " "', "roles.SALES", Rule.MANIFEST, "a name in en"),
    "a role without English": (TOML, ', en = "Sales"', "", "", Rule.UNREADABLE, "expected text at en"),
    "an escalation to nobody": (TOML, 'to = ["SMO"]', 'to = ["XX"]', "escalation.N", Rule.MANIFEST, "no role XX"),
    "an escalation without days": (TOML, "after = 0", 'after = "0"', "escalation.N", Rule.MANIFEST, "expected steps"),
    # ------------------------------------------------------------------ texts
    "no English for a field": (ENGLISH, '"title": {"label": "Title"}, ', "", "forms.write", Rule.TEXT, "expected English for title"),
    "no English for an option": (ENGLISH, ', "退回": "Returned"', "", "forms.review.decision", Rule.TEXT, "expected English for 退回"),
    "no English for a section": (ENGLISH, '"body": "Body"', "", "forms.write", Rule.TEXT, "expected English for body"),
    "no English for an element": (MODEL, '<bpmn:endEvent id="e"', '<bpmn:endEvent id="e" name="结束"', "e", Rule.TEXT, "expected English for name"),
    "English for nothing": (ENGLISH, '"elements": {}', '"elements": {"gone": {"name": "Gone"}}', "gone", Rule.TEXT, "an element for the text"),
    "English for a field that is gone": (ENGLISH, '"opinion": {"label": "Opinion"}', '"opinion": {"label": "Opinion"}, "x": {"label": "X"}', "forms.review.x", Rule.TEXT, "an element for the text"),
    "English for values of no case datum": (ENGLISH, '"elements": {}', '"elements": {}, "values": {"gone": {"甲": "A"}}', "values.gone", Rule.TEXT, "an element for the text of values.gone"),
    "blank English for a value": (ENGLISH, '"elements": {}', '"elements": {}, "values": {"project_no": {"甲": " "}}', "values.project_no", Rule.TEXT, "expected English for 甲"),
    "English for values that is no object": (ENGLISH, '"elements": {}', '"elements": {}, "values": {"project_no": "A"}', "values.project_no", Rule.TEXT, "a JSON object for values.project_no"),
    "English for a message that is gone": (ENGLISH, '"elements": {', '"messages": {"M9": "M9"}, "elements": {', "messages.M9", Rule.TEXT, "an element for the text"),
    "blank English": (ENGLISH, '"label": "Title"', '"label": " "', "forms.write.title", Rule.TEXT, "expected English for label"),
    "texts that are no JSON": (ENGLISH, '{"elements"', '["elements"', "", Rule.TEXT, "a JSON object"),
}  # fmt: skip


def test_the_procedure_that_the_cases_change_has_no_findings() -> None:
    assert check(files()) == []


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_where_it_is(case: str) -> None:
    file, old, new, element, rule, sentence = CASES[case]
    draft = files()
    source = draft[file].decode()
    assert old in source
    findings = check({**draft, file: source.replace(old, new, 1).encode()})
    where = [f for f in findings if (f.element, f.rule) == (element, rule) and sentence in f.text.en]
    assert where, findings
    assert all(f.text.zh and f.text.zh != f.text.en for f in findings)


def test_one_entry_of_two_types_is_told() -> None:
    draft = files()
    other = json.loads(draft[REVIEW])
    other["components"][0] |= {"type": "textfield", "key": "title"}
    other["components"][0].pop("values")
    other["components"][1] |= {"type": "number", "key": "urgent"}
    other["components"][1].pop("properties")
    draft["forms/other.form"] = json.dumps(other).encode()
    draft[CALLED] = draft[CALLED].replace(
        b'<bpmn:sendTask id="send" messageRef="m2" zx:correlation="reference"/>',
        b'<bpmn:userTask id="send" zx:form="forms/other.form" zx:result="offer" zx:candidates="&quot;MR&quot;"/>',
    )
    told = [f.text.en for f in check(draft) if f.rule is Rule.VARIABLE]
    assert told == ["expected offer.urgent of one type, but forms say bool, dec"] * 2


def test_two_elements_of_one_id_cannot_share_an_english_text() -> None:
    draft = files()
    draft[MODEL] = draft[MODEL].replace(b'<bpmn:endEvent id="e"', '<bpmn:endEvent id="e" name="完成"'.encode())
    draft[CALLED] = (
        draft[CALLED]
        .replace(b'"e2"', b'"e"')
        .replace(b'<bpmn:endEvent id="e"', '<bpmn:endEvent id="e" name="已送"'.encode())
    )
    draft[ENGLISH] = draft[ENGLISH].replace(b'"elements": {}', b'"elements": {"e": {"name": "Done"}}')
    (finding,) = check(draft)
    assert (finding.element, finding.rule) == ("e", Rule.TEXT)
    same = {**draft, CALLED: draft[CALLED].replace("已送".encode(), "完成".encode())}
    assert check(same) == []


def test_a_form_that_no_task_uses_is_told() -> None:
    draft = {**files(), "forms/more.form": files()[REVIEW]}
    assert ("forms/more.form", Rule.FORM) in {(f.file, f.rule) for f in check(draft)}


def test_a_circle_through_two_processes_is_told_unless_somebody_waits_in_it() -> None:
    draft = files()
    send = '<bpmn:sendTask id="send" messageRef="m2" zx:correlation="reference"/>'
    draft[CALLED] = SENDING.replace(send, '<bpmn:callActivity id="send" calledElement="main"/>').encode()
    assert Rule.CALL not in {f.rule for f in check(draft)}
    draft[MODEL] = (
        MAIN.replace('sourceRef="s" targetRef="write"', 'sourceRef="s" targetRef="inform"')
        .replace('id="inform_e" sourceRef="inform" targetRef="e"', 'id="inform_e" sourceRef="inform" targetRef="write"')
        .replace('sourceRef="count" targetRef="inform"', 'sourceRef="count" targetRef="e"')
        .encode()
    )
    assert {f.element for f in check(draft) if f.rule is Rule.CALL} == {"inform", "send"}


def test_a_circle_through_a_link_is_told() -> None:
    draft = files()
    send = '<bpmn:sendTask id="send" messageRef="m2" zx:correlation="reference"/>'
    there = '<bpmn:intermediateThrowEvent id="send"><bpmn:linkEventDefinition name="A"/></bpmn:intermediateThrowEvent>'
    here = '<bpmn:intermediateCatchEvent id="here"><bpmn:linkEventDefinition name="A"/></bpmn:intermediateCatchEvent>'
    again = '<bpmn:callActivity id="again" calledElement="sending"/>' + chain("here", "again")
    draft[CALLED] = SENDING.replace(send, there + here + again).encode()
    assert "again" in {f.element for f in check(draft) if f.rule is Rule.CALL}


def test_a_called_process_begins_without_an_event() -> None:
    draft = files()
    triggered = '<bpmn:messageEventDefinition messageRef="m2"/></bpmn:startEvent>'
    draft[CALLED] = re.sub(r"(<bpmn:startEvent [^>]*)/>", rf"\1>{triggered}", SENDING, count=1).encode()
    assert ("inform", "expected a start event without trigger in sending: a call begins with no event") in {
        (f.element, f.text.en) for f in check(draft)
    }


def test_a_boolean_answer_needs_both_ways_or_a_default() -> None:
    draft = files()
    for condition, covered in (("not(offer.urgent)", True), ("offer.urgent = false", True), ("offer.urgent", False)):
        source = MAIN.replace(f">review.decision = {Q}通过{Q}", ">offer.urgent = true").replace(
            f">review.decision = {Q}退回{Q}", f">{condition}"
        )
        told = {f.element for f in check({**draft, MODEL: source.encode()}) if f.rule is Rule.GATEWAY}
        assert told == (set() if covered else {"way"})


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    "path",
    [
        "../processes/x.bpmn",
        "processes/../../x.bpmn",
        "/processes/x.bpmn",
        "processes//x.bpmn",
        "processes\\x.bpmn",
        "C:/processes/x.bpmn",
        "processes/x\n.bpmn",
        "documents/e\u0301.txt",
        "documents/" + "x" * 200,
        "documents/ x",
        "forms/\ud800.form",
        "PROCESSES/main.bpmn",
        "processes/MAIN.bpmn",
        "decisions/x.txt",
        "notes.txt",
        "",
    ],
)
def test_a_file_stands_where_files_of_a_procedure_stand(path: str) -> None:
    found = [f for f in check({**files(), path: b""}) if f.rule is Rule.FILE]
    assert len(found) >= 1


def test_too_many_or_too_large_files_are_refused_before_anything_is_read() -> None:
    many = {f"documents/{place}": b"" for place in range(MOST_FILES)}
    large = {"documents/x": bytes(MOST_BYTES)}
    for more in (many, large):
        (finding,) = check({**files(), **more})
        assert (finding.rule, finding.element) == (Rule.UNREADABLE, "")


# ------------------------------------------------------------------ order


def test_findings_come_in_one_order_whatever_the_order_of_the_files() -> None:
    draft = files()
    draft[MODEL] = MAIN.replace("settings.days", "settings.day").replace("zx:role=", "zx:rolle=").encode()
    forwards = check(draft)
    backwards = check(dict(reversed(draft.items())))
    assert len(forwards) > 3
    assert forwards == backwards == sorted(forwards, key=_place)


def _place(finding: Finding) -> tuple[str, str, str, str]:
    return finding.file, finding.element, finding.rule, finding.text.en


# ------------------------------------------------------------------ what can be read but not be meant

UNMEANT = {
    "a text compared with true or false": (MODEL, f">review.decision = {Q}通过{Q}", ">offer.urgent = 1", "f_yes", "line 1, column 16: offer.urgent is true or false and 1 is a number"),
    "an option compared with a number": (MODEL, f">review.decision = {Q}通过{Q}", ">review.decision = 1", "f_yes", "line 1, column 19: review.decision is a text and 1 is a number"),
    "a setting compared with a text": (MODEL, f">review.decision = {Q}通过{Q}", f">settings.limit &gt; {Q}5{Q}", "f_yes", 'line 1, column 18: settings.limit is a number and "5" is a text'),
    "a case field compared with a number": (MODEL, "{size: count(offer.contacts)}", "{size:\ncase.project_no = 5}", "count", "line 2, column 19: case.project_no is a text and 5 is a number"),
    "the present time compared with a date": (MODEL, f">review.decision = {Q}通过{Q}", f">now &gt; date({Q}2026-01-01{Q})", "f_yes", "now is a date and time and"),
    "a column compared with a number": (MODEL, "count(offer.contacts)", "count(offer.contacts[duty = 1])", "count", "duty is a text and 1 is a number"),
    "too few arguments": (MODEL, "count(offer.contacts)", "substring(offer.title)", "count", "substring takes other arguments"),
    "an argument of another name": (MODEL, "count(offer.contacts)", "count(liste: offer.contacts)", "count", "count has no parameter liste"),
    "a due date with a text added": (MODEL, "working days after(now, settings.days)", "now + offer.title * 2", "write", "expected a number for *, but offer.title is a text"),
    "candidates by a condition that is none": (MODEL, "if offer.urgent", "if offer.title", "review", "expected a condition after if, but offer.title is a text"),
    "an approval that is never true": (MODEL, f'zx:approved="review.decision = {Q}通过{Q}"', 'zx:approved="review.decision = true"', "review", "review.decision is a text and true is true or false"),
    "a parameter that cannot be added": (MODEL, "case.project_no", "case.project_no + 1", "number", "a text and a number cannot be added"),
    "a rule of a form": (REVIEW, '=decision = \\"退回\\"', "=decision = 1", "opinion", "decision is a text and 1 is a number"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNMEANT)
def test_what_can_be_read_but_not_be_meant_is_told_at_its_place(case: str) -> None:
    file, old, new, element, sentence = UNMEANT[case]
    draft = files()
    source = draft[file].decode()
    assert old in source
    findings = check({**draft, file: source.replace(old, new, 1).encode()})
    where = [f for f in findings if f.element == element and f.rule is Rule.EXPRESSION and sentence in f.text.en]
    assert len(where) == 1, findings
    assert ("列:" in where[0].text.zh) is ("column" in where[0].text.en) is True


@pytest.mark.parametrize(
    "condition",
    [
        "offer.mobile = 1",
        "entry &gt; 5 and entry = true",
        "size &gt; 5",
        "number.number = 5",
        "review.decision = null",
        "settings.days &gt; 1 and now &gt; instance.started",
    ],
)
def test_what_may_be_meant_is_not_told(condition: str) -> None:
    source = MAIN.replace(f">review.decision = {Q}通过{Q}", f">{condition}")
    told = {f.rule for f in check({**files(), MODEL: source.encode()}) if f.element == "f_yes"}
    assert Rule.EXPRESSION not in told
