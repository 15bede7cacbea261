"""Every page there is, each in the states in which people meet it: who looks, where, and what proves that it is the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

AT = "/procedures/service-planning"
OTHER = "/procedures/asset-handover"
FORM, TABLE = "forms/T01_02.form", "decisions/contract_reviewers.dmn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One page in one state; parts of the address in braces are known when the house is furnished."""

    name: str
    endpoint: str
    address: str
    shows: str
    who: str = "li"
    status: int = 200
    fill: tuple[tuple[str, str], ...] = ()
    press: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The part of the product that it belongs to."""
        return self.name.partition("-")[0]


NOBODY = ""
DRAWN = ".case-drawing[open] .djs-container svg"


def _seen(name: str, endpoint: str, address: str, shows: str, who: str = "li", **more: Any) -> Sight:
    return Sight(name=name, endpoint=endpoint, address=address, shows=shows, who=who, **more)


SIGHTS = (
    # Before the gate
    _seen("gate-sign-in", "sign_in.form", "/sign-in", "#handle", NOBODY),
    _seen(
        "gate-sign-in-2",
        "sign_in.form",
        "/sign-in",
        ".say-late",
        NOBODY,
        fill=(("#handle", "li"), ("#password", "no")),
        press=("button.btn-primary",),
    ),
    _seen("gate-recovery", "recovery.form", "/recovery/", "#handle", NOBODY),
    _seen(
        "gate-recovery-2",
        "recovery.form",
        "/recovery/",
        ".say",
        NOBODY,
        fill=(("#handle", "nobody"),),
        press=("button.btn-primary",),
    ),
    _seen("gate-recovery-3", "recovery.new", "/recovery/{renew}", "#new", NOBODY),
    _seen("gate-recovery-4", "recovery.new", "/recovery/none", "h1", NOBODY, status=404),
    _seen("gate-confirm", "confirm.page", "/confirm/{secret}", "#agreed", NOBODY),
    _seen("gate-confirm-2", "confirm.page", "/confirm/none", "h1", NOBODY, status=404),
    # The inbox
    _seen("inbox-waiting", "inbox.waiting", "/", ".task-list .task"),
    _seen("inbox-waiting-2", "inbox.waiting", "/", ".empty", "wai"),
    _seen("inbox-waiting-3", "inbox.waiting", "/", "#several:not([hidden])", press=("[data-pick-all]",)),
    _seen("inbox-waiting-4", "inbox.waiting", "/", ".menu-up", press=("summary.whoami",)),
    _seen("inbox-waiting-5", "inbox.waiting", "/", "#help[open]", press=("summary.whoami", "[data-opens=help]")),
    _seen("inbox-done", "inbox.done", "/done", ".task"),
    _seen("inbox-done-2", "inbox.done", "/done", ".empty", "wai"),
    _seen("inbox-done-3", "inbox.done", "/done?q=不存在的", ".empty"),
    _seen("inbox-sent", "inbox.sent", "/sent", ".task", "wang"),
    _seen("inbox-sent-2", "inbox.sent", "/sent", ".empty", "wai"),
    _seen("inbox-told", "inbox.told", "/told", ".task", "wang"),
    _seen("inbox-told-2", "inbox.told", "/told", ".empty", "wai"),
    _seen("inbox-several", "several.entry", "/inbox/several/?{several}", '[name="data.decision"]', "wang"),
    # A task
    _seen("task-one", "task.one", "/tasks/{T02_03}", "#form", "feng"),
    _seen("task-one-2", "task.one", "/tasks/{delegated}", ".job-side", "sun"),
    _seen("task-one-3", "task.one", "/tasks/{T01_03}", ".job-side"),
    _seen("task-one-4", "task.one", "/tasks/{T01_03}", ".job-side", "wai"),
    _seen("task-one-5", "task.one", "/tasks/{T01_05}", ".job-title .status"),
    _seen("task-one-6", "task.one", "{next}", ".undo", "wang"),
    _seen("task-one-7", "task.one", "/tasks/{call}", ".bar", "wang"),
    _seen(
        "task-form",
        "task.one",
        "/tasks/{T01_03}",
        ".menu-bar",
        "zhao",
        press=("#field-devices [data-add]", ".bar summary"),
    ),
    _seen(
        "task-sign",
        "task.one",
        "/tasks/{sign}",
        "#dialog-signature[open]",
        "wang",
        press=("#form .bar .btn-primary",),
    ),
    _seen("task-where", "task.where", "/tasks/{T01_03}", ".where .djs-element.mark-mine", press=(".where > summary",)),
    _seen("task-invitation", "invitation.one", "/tasks/{T01_08}/invitation", "main .card-plain", "wang"),
    # Cases
    _seen("case-every", "case.every", "/cases/", ".case-row"),
    _seen("case-every-2", "case.every", "/cases/?q=不存在的", ".empty"),
    _seen("case-new", "case.new", "/cases/new", "form.card-plain", "wang"),
    _seen("case-one", "case.one", "/cases/7", DRAWN),
    _seen("case-team", "case_team.every", "/cases/7/team/", "main a[href*=team]"),
    _seen("case-close", "case_closing.form", "/cases/3/close", "main form"),
    _seen("case-part", "case_team.one", "/cases/7/team/SID", "main form"),
    _seen("case-history", "case.history", "/cases/7/history", ".case-record-line"),
    _seen("case-files", "file.every", "/cases/7/files", ".attached"),
    _seen("case-at", "case.at", "/cases/7/at", DRAWN),
    _seen("case-at-2", "case.at", "/cases/3/at?place=12", DRAWN),
    # Procedures
    _seen("procedure-every", "procedure.every", "/procedures/", ".procedure-card"),
    _seen("procedure-one", "procedure.one", AT, "h1"),
    _seen("procedure-one-2", "procedure.one", AT, "h1", "wang"),
    _seen("procedure-process", "procedure.process", f"{AT}/processes/svc_requirements", "#drawing[data-ready]"),
    _seen("procedure-process-2", "procedure.process", f"{AT}/processes/svc_lifecycle", "#drawing[data-ready]"),
    _seen("procedure-rules", "procedure.rules", f"{AT}/rules", ".sheet"),
    _seen("procedure-decisions", "procedure.decisions", f"{AT}/decisions", ".sheet"),
    _seen("procedure-versions", "procedure.versions", f"{AT}/versions", "tbody tr"),
    _seen("draft-new", "studio_start.new", "/procedures/new/", "#zh"),
    _seen("draft-draft", "studio.draft", f"{AT}/draft/", "#changes .change"),
    _seen("draft-draft-2", "studio.draft", f"{AT}/draft/", "#reason", "mei"),
    _seen("draft-draft-3", "studio.draft", f"{OTHER}/draft/", ".finding"),
    _seen(
        "draft-diagram",
        "studio.diagram",
        f"{AT}/draft/diagram?file=processes/svc_requirements.bpmn",
        "#studio[data-ready]",
        press=(".djs-element[data-element-id=T01_02] .djs-hit",),
    ),
    _seen("draft-form", "studio_form.one", f"{AT}/draft/form/?file={FORM}", "#editor[data-ready]"),
    _seen("draft-table", "studio_decision.one", f"{AT}/draft/decision/?file={TABLE}", "#editor[data-ready]"),
    _seen("draft-file-new", "studio_file.new", f"{AT}/draft/files/new?kind=process", "#key"),
    _seen("draft-file-new-2", "studio_file.new", f"{AT}/draft/files/new?kind=form", "#key"),
    _seen("draft-file-ask", "studio_file.ask", f"{AT}/draft/files/remove?file={FORM}", "main form button"),
    _seen("draft-settings", "studio.settings", f"{AT}/draft/settings", ".rows-sheet"),
    _seen("draft-row-new", "studio_row.new", f"{AT}/draft/settings/roles/new", "#code"),
    _seen("draft-row-new-2", "studio_row.new", f"{AT}/draft/settings/settings/new", "#code"),
    _seen("draft-row-one", "studio_row.one", f"{AT}/draft/settings/roles/row?code=PM", "#zh"),
    _seen("draft-row-one-2", "studio_row.one", f"{AT}/draft/settings/settings/row?code=accept_days", "#zh"),
    _seen("draft-row-ask", "studio_row.ask", f"{AT}/draft/settings/roles/remove?code=XAUD", "main form button"),
    # Running it
    _seen("operations-overview", "operations.overview", "/operations/", "h1"),
    _seen("operations-incidents", "operations.incidents", "/operations/incidents", "[id^=incident-]"),
    _seen("operations-jobs", "operations.jobs", "/operations/jobs", "tbody tr, .lines li"),
    _seen("operations-timers", "operations.timers", "/operations/timers", "tbody tr, .lines li"),
    _seen("operations-milestones", "operations.milestones", "/operations/milestones", "h1"),
    _seen("operations-messages", "operations.messages", "/operations/messages", "h1"),
    # Oneself, people, roles
    _seen("account-mine", "account.mine", "/account/", "h1"),
    _seen("account-mine-2", "account.mine", "/account/", "h1", "he"),
    _seen("account-password", "account.password", "/account/password", "#now"),
    _seen("account-tokens", "tokens.every", "/account/tokens/", ".lines li"),
    _seen("account-tokens-2", "tokens.every", "/account/tokens/", "h1", "wai"),
    _seen("account-two-steps", "two_steps.mine", "/account/two-steps/", "#now"),
    _seen(
        "account-two-steps-2",
        "two_steps.mine",
        "/account/two-steps/",
        "#secret",
        "gu",
        fill=(("#now", "zhixing-demo"),),
        press=("main form .btn-primary",),
    ),
    _seen("people-every", "people.every", "/people/", ".person", "admin"),
    _seen("people-every-2", "people.every", "/people/?q=nobody-at-all", ".empty", "admin"),
    _seen("people-new", "people.new", "/people/new", "#name", "admin"),
    _seen("people-one", "people.one", "/people/{person}", "#roles-head", "admin"),
    _seen("people-roles", "roles.every", "/roles/", "h1"),
    # What helps whoever builds pages, and what is not there
    _seen("design-tokens", "design.tokens", "/design", ".swatch"),
    _seen("design-failure", "", "/nowhere", "h1", status=404),
    _seen("design-failure-2", "", "/people/", "h1", status=403),
)
"""In the order of the navigation."""

AREAS = tuple(dict.fromkeys(one.area for one in SIGHTS))

NO_PAGES = {
    "case.drawing": "a drawing as XML",
    "case.moment": "leads to case.at",
    "case.more": "a part of case.every",
    "case.paper": "leads to task.one",
    "confirm.proof": "a proof for a script",
    "design.logo": "a picture",
    "file.one": "bytes of a file",
    "file.proof": "a proof for a script",
    "health.live": "for a machine",
    "health.ready": "for a machine",
    "inbox.more": "a part of inbox.waiting",
    "inbox.news": "a part of inbox.waiting",
    "metrics.scrape": "for a machine",
    "procedure.diagram": "a drawing as XML",
    "static": "bytes of a file",
    "studio.file": "a file of a draft as JSON",
    "studio.findings": "findings as JSON",
    "studio_decision.file": "a file of a draft as JSON",
    "studio_file.give": "a draft as an archive",
    "studio_form.file": "a file of a draft as JSON",
    "task.goals": "a part of task.one",
    "task.news": "a part of task.one",
    "task.proof": "a proof for a script",
    "task_reference.offer": "choices of a field",
    "task_sheet.give": "a workbook",
}
"""Addresses that answer no page, each with what they answer."""
