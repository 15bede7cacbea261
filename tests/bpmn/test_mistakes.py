"""Mistakes that a process owner makes with an editor: each is found, at its place, in both languages."""

from __future__ import annotations

import pytest

from engine import check
from engine.check import Rule
from tests.bpmn.shipped import DIAGRAM, DIAGRAMS, FILES

TOML = "procedure.toml"
CONTRACT, LIFECYCLE = DIAGRAMS["P02"], DIAGRAMS["P00"]
FLOW = '<bpmn:sequenceFlow id="F01"'
SECOND_START = (
    '<bpmn:startEvent id="Start_again" name="再次提出"><bpmn:outgoing>F00</bpmn:outgoing></bpmn:startEvent>'
    f'<bpmn:sequenceFlow id="F00" sourceRef="Start_again" targetRef="T01_01" />{FLOW}'
)
MISTAKES = {
    # the mistake: file, what stands there, what is written instead, where it is told, by which rule
    "the default of the first gateway is lost": (DIAGRAM, ' default="F02"', "", "F02", Rule.STRUCTURE),
    "a default that is no flow": (DIAGRAM, 'default="F02"', 'default="F99"', "G_entry", Rule.STRUCTURE),
    "a default of another gateway": (DIAGRAM, 'default="F02"', 'default="F07"', "G_entry", Rule.STRUCTURE),
    "a misspelt variable": (DIAGRAM, ">review.decision", ">revue.decision", "F13", Rule.EXPRESSION),
    "a misspelt function": (DIAGRAM, "working days after(now, settings.accept", "workdays after(now, settings.accept", "T01_02", Rule.EXPRESSION),
    "a bracket left open": (DIAGRAM, "settings.accept_days)", "settings.accept_days", "T01_02", Rule.EXPRESSION),
    "an unknown role of a lane": (DIAGRAM, 'zx:role="PRE"', 'zx:role="PRES"', "T01_03", Rule.ROLE),
    "a role taken out of the manifest": (TOML, "\nPRE = {", "\nPRX = {", "T01_03", Rule.ROLE),
    "separated from a task that is gone": (DIAGRAM, "T01_04 T01_09", "T01_04 T01_19", "T01_05", Rule.ROLE),
    "a form that is gone": (DIAGRAM, "forms/T01_07.form", "forms/T01_77.form", "T01_07", Rule.FORM),
    "a misspelt section": (DIAGRAM, "revision:required", "revison:required", "T01_09", Rule.FORM),
    "an unknown right": (DIAGRAM, "revision:required", "revision:must", "T01_09", Rule.FORM),
    "a flow to nowhere": (DIAGRAM, 'targetRef="T01_09"', 'targetRef="T01_99"', "", Rule.UNREADABLE),
    "an id used twice": (DIAGRAM, 'id="F06"', 'id="F05"', "F05", Rule.IDENTIFIER),
    "an extension that does not exist": (DIAGRAM, 'zx:clause="8.2.2"', 'zx:claus="8.2.2"', "T01_01", Rule.UNSUPPORTED),
    "an unknown connector": (DIAGRAM, '"number-sequence"', '"numbers"', "T01_06", Rule.CONNECTOR),
    "an element in two lanes": (DIAGRAM, "<bpmn:flowNodeRef>T01_09<", "<bpmn:flowNodeRef>T01_03</bpmn:flowNodeRef><bpmn:flowNodeRef>T01_09<", "Lane_L1", Rule.STRUCTURE),
    "a lane with an element that is gone": (DIAGRAM, "<bpmn:flowNodeRef>T01_09<", "<bpmn:flowNodeRef>T01_33</bpmn:flowNodeRef><bpmn:flowNodeRef>T01_09<", "Lane_L1", Rule.STRUCTURE),
    "a diagram that does not run": (DIAGRAM, 'isExecutable="true"', 'isExecutable="false"', "svc_requirements", Rule.STRUCTURE),
    "a role without English": (TOML, ', en = "General manager"', "", "", Rule.UNREADABLE),
    "a bracket missing in the manifest": (TOML, "[roles]", "[roles", "", Rule.UNREADABLE),
    "a field renamed in the form only": ("forms/T01_05.form", '"key": "decision"', '"key": "result"', "opinion", Rule.FORM),
    "two fields of one name": ("forms/T01_07.form", '"key": "proof"', '"key": "sent_on"', "sent_on", Rule.FORM),
    "a component that is not supported": ("forms/T01_07.form", '"filepicker"', '"iframe"', "proof", Rule.FORM),
    "a rule on personal information": ("forms/T01_08.form", 'requiredWhen": "=result != ', 'requiredWhen": "=confirmed_by != ', "confirmed_by", Rule.FORM),
    "a decision that is gone": (CONTRACT, '"contract_reviewers"', '"contract_reviewer"', "R02_01", Rule.DECISION),
    "a misspelt input of a decision": ("decisions/contract_reviewers.dmn", ">&gt;= 法务评审金额", ">&gt;= 法务评审金", "Rule_5_2", Rule.DECISION),
    "a process that is not called so": (LIFECYCLE, 'calledElement="svc_contract"', 'calledElement="svc_contracts"', "CA_P02", Rule.STRUCTURE),
    "data that a case does not have": (LIFECYCLE, 'name="closing_reason"', 'name="closing_reasons"', "S00_03", Rule.CONNECTOR),
    "a message that may reach another case": (LIFECYCLE, ' zx:correlation="case.id"', "", "B_early", Rule.MESSAGE),
    "reviewers that nobody determines": (CONTRACT, 'zx:collection="reviewers"', 'zx:collection="reviewer_roles"', "T02_03", Rule.EXPRESSION),
    "an answer that the form does not have": (LIFECYCLE, 'taking_over.accept = &quot;接收&quot;', 'taking_over.accept = &quot;接受&quot;', "F0_43", Rule.EXPRESSION),
    "a rule that is no expression": ("forms/T01_08.form", "=result = ", "=result == ", "remarks", Rule.FORM),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_at_its_place(name: str) -> None:
    file, old, new, element, rule = MISTAKES[name]
    draft = FILES[file].decode()
    assert old in draft
    findings = check.check({**FILES, file: draft.replace(old, new, 1).encode()})
    assert (element, rule) in {(f.element, f.rule) for f in findings}
    assert all(f.text.zh and f.text.en for f in findings)


def test_a_form_that_is_deleted_is_missed() -> None:
    findings = check.check({path: data for path, data in FILES.items() if path != "forms/T01_04.form"})
    assert {f.element for f in findings if f.rule is Rule.FORM} >= {"T01_04", "T01_09"}


def test_a_second_start_is_found() -> None:
    draft = FILES[DIAGRAM].decode().replace(FLOW, SECOND_START, 1)
    findings = check.check({**FILES, DIAGRAM: draft.encode()})
    assert [f.element for f in findings if f.rule is Rule.STRUCTURE] == ["svc_requirements"]
