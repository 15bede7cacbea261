"""How the product runs, by the API as on the operator's pages: listed, tried again, decided with a reason."""

from __future__ import annotations

import pytest

from jobs.worker import Worker
from tests.web.api.program import program
from tests.web.pages.browser import House
from tests.web.pages.trouble import parked, recurring, stuck
from web.cli import company


def _instance(incident: str) -> int:
    return int(incident.split(".")[0])


def test_a_step_that_cannot_go_on_is_listed_and_decided_with_a_reason(house: House) -> None:
    incident, li = stuck(house), program(house, "li")
    (row,) = li.get("/operation/incidents")["items"]
    assert (row["incident"], row["instance"], row["case"], row["process"]) == (
        *(incident, _instance(incident)),
        *(None, "p"),
    )
    assert row["step"] == {"zh": "Which way", "en": "Which way"}
    assert row["text"]["zh"] != row["text"]["en"] != ""
    address = f"/incidents/{incident}/decide"
    for body in ({"flows": ["fb"]}, {"reason": "", "flows": ["fb"]}, {"reason": "按合同", "flows": ["nowhere"]}):
        assert li.refused(422, "POST", address, body)["reason"] == "invalid-data"
    made = li.post(address, {"reason": "按合同", "flows": ["fb"]})
    assert made["stream"] == _instance(incident)
    assert li.get("/operation/incidents")["items"] == []
    state = company.instance_of(house.store, _instance(incident))
    assert [task.element for task in state.tasks.values()] == ["b"]
    li.refused(404, "POST", address, {"reason": "again", "flows": ["fb"]})


def test_it_is_tried_again_and_stays_when_the_reason_is_still_there(house: House) -> None:
    incident, li = stuck(house), program(house, "li")
    address = f"/incidents/{incident}/retry"
    assert li.refused(422, "POST", address, {})["reason"] == "invalid-data"
    li.post(address, {"reason": "再试"})
    (row,) = li.get("/operation/incidents")["items"]
    assert row["incident"] != incident
    assert row["step"]["zh"] == "Which way"


@pytest.mark.parametrize(("handle", "status"), [("admin", 403), ("wang", 404), ("wai", 404)])
def test_whoever_has_no_right_decides_nothing_and_is_told_so_of_what_they_see(
    house: House, handle: str, status: int
) -> None:
    incident, visitor = stuck(house), program(house, handle)
    nothing = f"{_instance(incident)}.999.1"
    for act, more in (("retry", {}), ("decide", {"flows": ["fb"]})):
        problem = visitor.refused(status, "POST", f"/incidents/{incident}/{act}", {"reason": "x", **more})
        assert problem["reason"] == {403: "not-allowed", 404: "not-found"}[status]
        visitor.refused(404, "POST", f"/incidents/{nothing}/{act}", {"reason": "x", **more})
    assert incident in company.instance_of(house.store, _instance(incident)).incidents


def test_a_settled_incident_is_no_longer_there_for_whoever_only_saw_it_in_the_list(house: House) -> None:
    incident = stuck(house)
    program(house, "li").post(f"/incidents/{incident}/decide", {"flows": ["fb"], "reason": "按合同"})
    admin = program(house, "admin")
    assert admin.refused(404, "POST", f"/incidents/{incident}/retry", {"reason": "x"})["reason"] == "not-found"
    assert admin.get("/operation/incidents")["items"] == []


def test_a_parked_job_is_listed_with_its_problem_and_tried_again(house: House) -> None:
    key, admin = parked(house), program(house, "admin")
    (job,) = admin.get("/operation/jobs")["items"]
    assert (job["job"], job["stream"], job["kind"]) == (key, 9, "command")
    assert (job["state"], job["tries"], job["due"]) == ("parked", 1, None)
    assert "没有文件 none" in job["problem"]["zh"]
    assert "none" in job["problem"]["en"] != job["problem"]["zh"]
    assert admin.get("/operation/health")["parked"] == 1
    assert admin.ask("POST", f"/operation/jobs/{key}/retry").status_code == 204
    (job,) = admin.get("/operation/jobs")["items"]
    assert (job["state"], job["tries"]) == ("due", 0)
    admin.refused(404, "POST", f"/operation/jobs/{key}/retry")
    Worker(house.store).run()
    assert [one["state"] for one in admin.get("/operation/jobs")["items"]] == ["parked"]


def test_what_waits_is_listed(house: House) -> None:
    recurring(house)
    admin = program(house, "admin")
    found = {
        name: admin.get(f"/operation/{name}")["items"] for name in ("timers", "messages", "milestones", "versions")
    }
    timer, reminder = found["timers"][0], next(one for one in found["timers"] if one["kind"] == "reminder")
    assert (timer["case"], timer["kind"], timer["due"]) == (11, "escalation", "2026-11-24T07:20:00+00:00")
    assert (reminder["case"], reminder["process"]) == (9, "svc_lifecycle")
    message = found["messages"][0]
    assert (message["case"], message["kind"], message["name"]) == (9, "message", "M90 项目经理更换")
    (milestone,) = found["milestones"]
    assert (milestone["procedure"], milestone["start"], milestone["occurred"]) == ("trial", "tick", 0)
    assert milestone["due"] == "2026-11-25T06:30:00+00:00"
    used = {one["procedure"]: (one["cases"], one["instances"], one["in_force"]) for one in found["versions"]}
    assert used == {"service-planning": (8, 7, True), "trial": (0, 0, True)}
