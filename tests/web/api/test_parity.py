"""What pages can do programs can do, too: every route of a page beside the operation of the API that does the same."""

from __future__ import annotations

from tests.web.api.program import PREFIX, Program
from tests.web.pages.browser import House
from web.acting.act import ACTS

BROWSER = "of a browser alone: who signs in with a password, and with which telephone, is no matter of programs"
FORM = "a form or a part of a page: what is read on it stands at the operations beside its neighbours"
OUTSIDE = "of contacts outside, who have no account and so no token: a link leads to a page"
NO_PAGE = "not of the product's pages: for whoever watches or serves it"

CHANGING = {
    "account.appoint": "POST /organisation/deputies",
    "account.dismiss": "DELETE /organisation/deputies/{handle}/{deputy}",
    "account.end_session": "DELETE /me/sessions/{key}, DELETE /me/sessions",
    "account.set_mail": "PUT /me/mail",
    "account.report_absence": "POST /organisation/absences",
    "account.end_absence": "DELETE /organisation/absences/{handle}",
    "people.report_absence": "POST /organisation/absences",
    "people.end_absence": "DELETE /organisation/absences/{handle}",
    "account.look": "PATCH /me/look",
    "case.begin": "POST /cases",
    "case.start": "POST /instances/{instance}/activities",
    "case.wish": "PUT /me/filters/cases",
    "case_closing.close": "POST /cases/{case}/close",
    "case_team.change": "PUT /cases/{case}/roles/{role}, PATCH /cases/{case}/data, POST /messages",
    "file.attach": "POST /files, POST /cases/{case}/files",
    "file.upload": "POST /files",
    "invitation.give": "POST /tasks/{task}/invitation",
    "invitation.revoke": "DELETE /tasks/{task}/invitation",
    "inbox.claim": "POST /tasks/{task}/claim",
    "inbox.read": "PUT /tasks/{task}/read, DELETE /tasks/{task}/read",
    "inbox.release": "POST /tasks/{task}/release",
    "inbox.wish": "PUT /me/filters/inbox",
    "operations.decide": "POST /incidents/{incident}/decide",
    "operations.retry": "POST /incidents/{incident}/retry",
    "operations.retry_job": "POST /operation/jobs/{job}/retry",
    "people.add": "POST /organisation/people, POST /organisation/people/{handle}/password",
    "people.appoint": "POST /organisation/deputies",
    "people.dismiss": "DELETE /organisation/deputies/{handle}/{deputy}",
    "people.enable": "PUT /organisation/people/{handle}/account",
    "people.end_sessions": "DELETE /organisation/people/{handle}/sessions",
    "people.end_two_steps": "DELETE /organisation/people/{handle}/two-steps",
    "people.grant": "PUT /organisation/people/{handle}/roles/{role}",
    "people.reset_password": "POST /organisation/people/{handle}/password",
    "people.set_mail": "PUT /organisation/people/{handle}/mail",
    "people.revoke": "DELETE /organisation/people/{handle}/roles/{role}",
    "several.claim": "POST /inbox/several/claim",
    "several.complete": "POST /inbox/several/complete",
    "several.read": "PUT /tasks/{task}/read",
    "studio.begin": "POST /procedures/{procedure}/draft",
    "studio.change_settings": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio.discard": "DELETE /procedures/{procedure}/draft",
    "studio.publish": "POST /procedures/{procedure}/draft/publish",
    "studio.save": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_decision.attempt": "POST /procedures/{procedure}/draft/try",
    "studio_decision.save": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_file.add": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_file.remove": "DELETE /procedures/{procedure}/draft/files/{path}",
    "studio_file.take": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_form.save": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_row.remove": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_row.restore": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_row.save": "PUT /procedures/{procedure}/draft/files/{path}",
    "studio_start.add": "POST /procedures",
    "task_sheet.take": "POST /tasks/{task}/tables/{field}",
    "task.act": "POST /tasks/{task}/claim, POST /tasks/{task}/release, POST /tasks/{task}/return, "
    "POST /tasks/{task}/transfer, POST /tasks/{task}/delegate, POST /tasks/{task}/signers, POST /tasks/{task}/resolve, "
    "POST /tasks/{task}/urge, POST /tasks/{task}/copy, POST /tasks/{task}/withdraw, POST /instances/{instance}/terminate, "
    "POST /instances/{instance}/activities",
    "task.complete": "POST /tasks/{task}/complete",
    "task.discard": "DELETE /tasks/{task}/draft",
    "task.draft": "PUT /tasks/{task}/draft",
    "task.look": "POST /tasks/{task}/open, PUT /tasks/{task}/read",
    "tokens.make": "POST /me/tokens",
    "tokens.revoke": "DELETE /me/tokens/{key}",
}
READING = {
    "account.mine": "GET /me, GET /me/look, GET /me/mail, GET /me/sessions, GET /organisation/deputies, GET /organisation/absences",
    "case.at": "GET /cases/{case}/at/{revision}, GET /instances/{instance}/at/{revision}",
    "case.drawing": "GET /versions/{version}/files/{path}",
    "case.every": "GET /cases, GET /me/filters/cases",
    "file.every": "GET /cases/{case}/files",
    "case.history": "GET /cases/{case}/history, GET /instances/{instance}/history",
    "case.moment": "GET /cases/{case}/at/{revision}, GET /instances/{instance}/at/{revision}",
    "case.paper": "GET /cases/{case}, GET /tasks/{task}",
    "case.more": "GET /cases",
    "case.new": "GET /procedures/{procedure}",
    "case.one": "GET /cases/{case}, GET /cases/{case}/documents, GET /cases/{case}/files, GET /instances/{instance}",
    "case_closing.form": "GET /cases/{case}",
    "case_team.every": "GET /cases/{case}, GET /organisation/roles",
    "case_team.one": "GET /cases/{case}, GET /organisation/roles",
    "file.one": "GET /files/{digest}",
    "inbox.done": "GET /inbox/done",
    "inbox.more": "GET /inbox",
    "inbox.news": "GET /inbox",
    "inbox.sent": "GET /inbox/sent",
    "inbox.told": "GET /inbox/told",
    "inbox.waiting": "GET /inbox, GET /inbox/counts, GET /me/filters/inbox",
    "invitation.one": "GET /tasks/{task}/invitation",
    "operations.incidents": "GET /operation/incidents",
    "operations.jobs": "GET /operation/jobs",
    "operations.messages": "GET /operation/messages",
    "operations.milestones": "GET /operation/milestones",
    "operations.overview": "GET /operation/health, GET /operation/versions",
    "operations.timers": "GET /operation/timers",
    "people.every": "GET /organisation/people",
    "people.one": "GET /organisation/people/{handle}",
    "procedure.decisions": "GET /versions/{version}/files/{path}",
    "procedure.diagram": "GET /versions/{version}/files/{path}",
    "procedure.every": "GET /procedures",
    "procedure.one": "GET /procedures/{procedure}",
    "procedure.process": "GET /versions/{version}/files/{path}",
    "procedure.rules": "GET /procedures/{procedure}",
    "procedure.versions": "GET /procedures/{procedure}/versions",
    "roles.every": "GET /organisation/roles",
    "several.entry": "GET /tasks/{task}",
    "studio.diagram": "GET /procedures/{procedure}/draft/files/{path}",
    "studio.draft": "GET /procedures/{procedure}/draft",
    "studio.file": "GET /procedures/{procedure}/draft/files/{path}",
    "studio.findings": "GET /procedures/{procedure}/draft/findings",
    "studio.settings": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_decision.file": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_decision.one": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_file.give": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_form.file": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_form.one": "GET /procedures/{procedure}/draft/files/{path}",
    "studio_row.one": "GET /procedures/{procedure}/draft/files/{path}",
    "task_sheet.give": "GET /tasks/{task}/tables/{field}",
    "task.goals": "GET /tasks/{task}/targets",
    "task_reference.offer": "GET /tasks/{task}/references",
    "task.news": "GET /tasks/{task}",
    "task.where": "GET /instances/{instance}, GET /versions/{version}/files/{path}",
    "task.one": "GET /tasks/{task}, GET /tasks/{task}/draft, GET /instances/{instance}/history",
    "tokens.every": "GET /me/tokens",
}
EXCEPTED = {
    **dict.fromkeys(("sign_in.form", "sign_in.enter", "sign_in.give_code", "sign_in.leave"), BROWSER),
    **dict.fromkeys(("account.password", "account.change_password"), BROWSER),
    **dict.fromkeys(("two_steps.mine", "two_steps.begin", "two_steps.confirm", "two_steps.end"), BROWSER),
    **dict.fromkeys(
        (
            "people.new",
            "task.proof",
            "file.proof",
            "studio_file.ask",
            "studio_file.new",
            "studio_form.preview",
            "studio_row.ask",
            "studio_row.new",
            "studio_start.new",
        ),
        FORM,
    ),
    **dict.fromkeys(("recovery.form", "recovery.ask", "recovery.new", "recovery.renew"), BROWSER),
    **dict.fromkeys(("confirm.page", "confirm.check", "confirm.answer", "confirm.proof", "confirm.upload"), OUTSIDE),
    **dict.fromkeys(
        ("design.tokens", "design.logo", "health.live", "health.ready", "metrics.scrape", "static"), NO_PAGE
    ),
}


def _pages(house: House) -> dict[str, set[str]]:
    """The methods of every endpoint of a page."""
    found: dict[str, set[str]] = {}
    for rule in house.app.url_map.iter_rules():
        if not rule.endpoint.startswith("api_"):
            found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_of_a_page_has_an_operation_or_a_reason(house: House) -> None:
    pages = _pages(house)
    changing = {endpoint for endpoint, methods in pages.items() if "POST" in methods} - EXCEPTED.keys()
    reading = pages.keys() - changing - EXCEPTED.keys()
    assert changing == CHANGING.keys()
    assert reading == READING.keys()
    assert EXCEPTED.keys() <= pages.keys()
    assert len(changing) > 25


def test_the_operations_beside_them_are_there_and_change_or_read(house: House) -> None:
    paths = Program(house, "").get("/openapi.json")["paths"]
    known = {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, found in paths.items()
        for method in found.keys() - {"parameters"}
    }
    for table, reads in ((CHANGING, False), (READING, True)):
        for endpoint, told in table.items():
            for operation in told.split(", "):
                assert operation in known, (endpoint, operation)
                assert operation.startswith("GET") == reads, (endpoint, operation)


def test_every_act_of_a_task_page_has_an_operation(house: House) -> None:
    names = {"sign": "signers", "begin": "activities"}
    told = CHANGING["task.act"].split(", ")
    assert {one.rpartition("/")[2] for one in told} == {names.get(act, act) for act in ACTS}
