"""Jobs that are left: listed with what went wrong, and tried again by hand."""

from sqlalchemy import insert

from engine import encoding
from engine.value import Context
from storage import schema
from storage.database import Database
from tests.web.terminal import Terminal


def unlucky(terminal: Terminal) -> str:
    """A job whose follow-up is refused for good: it issues a document that the case does not have."""
    case, _ = terminal.start()
    fields = encoding.to_json(Context({"document": "none", "number": "1"}))
    payload = encoding.write({"kind": "IssueDocument", "fields": fields})
    row = {"job": f"{case}.1.99", "stream_no": case, "revision": 1, "kind": "command", "target": case, "due": 0}
    database = Database(f"sqlite:///{terminal.folder}/var/zhixing.db")
    with database.write() as connection:
        connection.execute(insert(schema.job).values(**row, payload=payload))
    database.close()
    return str(row["job"])


def test_nothing_is_left_where_everything_was_done(staffed: Terminal) -> None:
    staffed.start()
    assert "没有未完成的后台工作" in staffed.ok("jobs")
    assert staffed.json("jobs") == []


def test_a_parked_job_is_listed_with_its_problem_and_tried_again_by_hand(staffed: Terminal) -> None:
    key = unlucky(staffed)
    assert [job["state"] for job in staffed.json("jobs")] == ["due"]
    staffed.ok("work")
    (job,) = staffed.json("jobs")
    assert (job["job"], job["state"], job["tries"], job["due"]) == (key, "parked", 1, None)
    assert job["problem"]["zh"] != job["problem"]["en"]
    for language, state in (("zh", "搁置"), ("en", "parked")):
        said = staffed.ok("jobs", "--language", language)
        assert state in said
        assert job["problem"][language][:8] in said
    staffed.ok("retry-job", key)
    assert [(job["state"], job["tries"]) for job in staffed.json("jobs")] == [("due", 0)]
    staffed.ok("work")
    assert [job["state"] for job in staffed.json("jobs")] == ["parked"]


def test_only_a_parked_job_is_tried_again(staffed: Terminal) -> None:
    key = unlucky(staffed)
    for wrong, code in ((key, 1), ("4.7.2", 1), ("nonsense", 2)):
        assert staffed.run("retry-job", wrong).code == code
    assert [job["state"] for job in staffed.json("jobs")] == ["due"]
