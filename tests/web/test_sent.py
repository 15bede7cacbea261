"""Messages from outside by command: once under one id, kept until somebody waits, refused when nobody ever will."""

from tests.web.terminal import Terminal
from tests.web.test_instances import parcels

__all__ = ["parcels"]
ARRIVED = ("send-message", "parcel arrived", "--correlation", '"A-1"')


def started(parcels: Terminal) -> tuple[int, int]:
    found = parcels.json("start", "parcel", "parcel", "--as", "gao", "--input", '{"number": "A-1"}')
    return found["case"], found["instance"]


def test_a_message_is_delivered_to_its_case_once(parcels: Terminal) -> None:
    case, instance = started(parcels)
    first = parcels.json(*ARRIVED, "--case", case, "--id", "erp-17", "--payload", '{"pattern": "P-{seq3}"}')
    assert (first["repeated"], first["waits"]) == (False, False)
    assert parcels.json("show", instance)["status"] == "completed"
    again = parcels.json(*ARRIVED, "--case", case, "--id", "erp-17", "--payload", '{"pattern": "P-{seq3}"}')
    assert again == {"message": first["message"], "repeated": True, "waits": False}
    assert "此前已转入" in parcels.ok(*ARRIVED, "--case", case, "--id", "erp-17")


def test_a_message_that_nobody_awaits_yet_is_kept_and_told(parcels: Terminal) -> None:
    case, instance = started(parcels)
    other = ("send-message", "parcel arrived", "--case", case, "--correlation", '"A-2"')
    assert "尚无接收方" in parcels.ok(*other)
    assert [job["state"] for job in parcels.json("jobs")] == ["awaited"]
    assert parcels.json("show", instance)["status"] == "running"
    assert "nobody awaits it yet" in parcels.ok(*other, "--language", "en")


def test_what_makes_no_sense_is_refused(parcels: Terminal) -> None:
    case, _ = started(parcels)
    for words, code, said in (
        (("send-message", "parcel lost", "--case", case), 1, "parcel lost is none"),
        (ARRIVED, 2, "either --case or --procedure"),
        ((*ARRIVED, "--case", case, "--procedure", "parcel"), 2, "either --case or --procedure"),
        ((*ARRIVED, "--procedure", "letters"), 1, "no version of letters is in force"),
        ((*ARRIVED, "--case", case, "--payload", "[1]"), 1, "expected a JSON object"),
        (("send-message", "x", "--case", case, "--correlation", "1 +"), 2, "JSON"),
        ((*ARRIVED, "--case", 99), 1, "there is nothing with number 99"),
    ):
        ran = parcels.run(*words, "--language", "en")
        assert (ran.code, said in ran.err) == (code, True), ran
