"""The page of a signed task: the password asked for once more, what a wrong one costs, and that nothing of it is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from storage import drafts, people, schema, second_factor, verification
from tests.web.pages import approvals, signed
from tests.web.pages.browser import Browser, House
from tests.web.pages.test_several import _send as _several
from web import telephone_codes
from web.cli.showcase import PASSWORD
from web.proving import OF_HANDLE

QUIET = {"HX-Request": "true", "HX-Target": "dialog-signature-fault"}
YES = {"data.decision": "yes", "data.opinion": "按计划采购"}
WRONG = "密码或动态码不正确"
SAID = "签名（已再次验证身份）"


@pytest.fixture
def orders(house: House, tmp_path: Path) -> list[str]:
    """Two approvals that wait."""
    return signed.approvals(house.store, tmp_path / "orders")


def _sign(visitor: Browser, task: str, given: str, **more: str) -> TestResponse:
    """Hand in by the dialog; the command is a new one."""
    sent = {**YES, "password": given, **{key.replace("__", "."): value for key, value in more.items()}}
    return visitor.post(f"/tasks/{task}/complete", sent, at="/account/", headers=QUIET)


def _account(house: House, handle: str) -> tuple[int, int]:
    """Wrong passwords in a row, and until when the account is locked."""
    table = schema.account.c
    query = select(table.failures, table.locked_until).where(table.person == people.known(house.store, handle).id)
    with house.store.database.read() as connection:
        row = connection.execute(query).one()
    return row.failures, row.locked_until


def _everything(house: House) -> bytes:
    """Whatever the database holds but the hashes of passwords, as bytes."""
    found = []
    with house.store.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)).all():
                found.append(repr(tuple(row)).encode())
    return b"\n".join(found)


def _open(house: House, task: str) -> bool:
    with house.store.database.read() as connection:
        return connection.execute(select(schema.task.c.closed_at).where(schema.task.c.task == task)).scalar() is None


def _telephone(house: House, handle: str) -> str:
    """Somebody's second step, and its present code."""
    secret, person = telephone_codes.new_secret(), people.known(house.store, handle)
    second_factor.propose(house.store.database, person, secret)
    step = telephone_codes.step_at(house.clock.now)
    assert second_factor.confirm(house.store.database, person, secret, step - 2, ["abcd-efgh-jkmn"])
    return telephone_codes.code(secret, step)


def test_the_page_asks_in_a_dialog_and_without_scripts_beside_the_button(house: House, orders: list[str]) -> None:
    page = house.signed_in("yi").page(f"/tasks/{orders[0]}")
    assert 'data-signs="dialog-signature"' in page
    dialog = re.search(r'<dialog class="ask" id="dialog-signature".*?</dialog>', page, re.DOTALL)
    assert dialog is not None
    for wanted in ("签名确认", "签署“批准”", "提交就是您的签名", 'type="password"', "签名并提交", "取消"):
        assert wanted in dialog[0], wanted
    (plain,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert 'name="password"' in plain
    assert "动态码" not in dialog[0]
    assert "提交时再次验证身份" in page
    other = house.signed_in("zhao").page("/")
    assert "dialog-signature" not in other


def test_with_the_password_it_is_handed_in_and_everybody_reads_that_it_was_signed(
    house: House, orders: list[str]
) -> None:
    yi = house.signed_in("yi")
    answer = _sign(yi, orders[0], PASSWORD)
    assert answer.status_code == 200
    assert "/tasks/" in answer.headers["HX-Redirect"]
    page = yi.page(f"/tasks/{orders[0]}")
    assert f"完成 批准，{SAID}" in page
    assert "signed (identity confirmed again)" in yi.page(f"/tasks/{orders[0]}?language=en")
    assert verification.verify(house.store).findings == []


def test_without_scripts_the_field_beside_the_button_does_and_what_was_typed_stays(
    house: House, orders: list[str]
) -> None:
    yi, address = house.signed_in("yi"), f"/tasks/{orders[0]}"
    for given, said in (("", "请填写密码或动态码"), ("falsch-falsch", WRONG)):
        answer = yi.post(f"{address}/complete", {**YES, "password": given}, at=address)
        assert answer.status_code == 422
        fault = re.search(r'id="sign-plain-password-fault">(.*?)</div>', answer.text, re.DOTALL)
        assert fault is not None
        assert said in fault[1]
        assert "按计划采购" in answer.text
        assert "falsch" not in answer.text
    assert yi.post(f"{address}/complete", {**YES, "password": PASSWORD}, at=address).status_code == 302
    assert not _open(house, orders[0])


def test_a_wrong_one_is_told_at_its_field_and_nothing_is_handed_in_or_lost(house: House, orders: list[str]) -> None:
    yi, person = house.signed_in("yi"), people.known(house.store, "yi")
    yi.post(f"/tasks/{orders[0]}/draft", YES, at="/account/", headers={"HX-Request": "true"})
    for given, said in (("falsch-falsch", WRONG), ("", "请填写密码或动态码"), ("123456", WRONG)):
        answer = _sign(yi, orders[0], given)
        assert (answer.status_code, answer.headers["X-About"], answer.headers["X-In-Place"]) == (403, "password", "1")
        assert said in answer.text
    assert _open(house, orders[0])
    assert _account(house, "yi")[0] == 2
    kept = drafts.read(house.store.database, orders[0], person)
    assert kept is not None
    assert (kept["opinion"], "password" in kept) == ("按计划采购", False)
    assert _sign(yi, orders[0], PASSWORD).status_code == 200
    assert _account(house, "yi")[0] == 0


def test_what_is_wrong_in_the_form_comes_first_and_costs_no_try(house: House, orders: list[str]) -> None:
    answer = _sign(house.signed_in("yi"), orders[0], "falsch-falsch", data__decision="")
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#work")
    assert 'id="wrongs"' in answer.text
    assert _account(house, "yi")[0] == 0


def test_five_wrong_ones_lock_the_account_here_and_at_the_sign_in(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    assert house.browser().sign_in("yi", "falsch-falsch").status_code == 422
    for _ in range(4):
        assert WRONG in _sign(yi, orders[0], "falsch-falsch").text
    answer = _sign(yi, orders[0], PASSWORD)
    assert (answer.status_code, "账号已锁定" in answer.text) == (403, True)
    assert house.browser().sign_in("yi").status_code == 422
    assert _open(house, orders[0])
    house.clock.now += timedelta(minutes=16)
    assert _sign(yi, orders[0], PASSWORD).status_code == 200


def test_tries_are_bounded_together_with_those_of_the_sign_in_and_right_ones_do_not_count(
    house: House, orders: list[str]
) -> None:
    yi, other = house.signed_in("yi"), house.browser()
    assert _sign(yi, orders[0], PASSWORD).status_code == 200
    for _ in range(OF_HANDLE - 1):  # one was the sign-in itself
        assert other.sign_in("yi", "").status_code == 422  # an empty one is no try
    for number in range(OF_HANDLE - 1):
        _sign(yi, orders[1], f"falsch-{number}")
        with house.store.database.write() as connection:
            connection.execute(schema.account.update().values(failures=0, locked_until=0))
    answer = _sign(yi, orders[1], PASSWORD)
    assert (answer.status_code, "尝试次数太多" in answer.text) == (403, True)
    assert other.sign_in("yi").status_code == 429


def test_a_code_does_as_well_once_and_a_recovery_code_does_not(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    code = _telephone(house, "yi")
    assert "您的密码，或手机上的动态码" in yi.page(f"/tasks/{orders[0]}")
    assert _sign(yi, orders[0], "abcd-efgh-jkmn").status_code == 403
    assert _sign(yi, orders[0], f"{code[:3]} {code[3:]}").status_code == 200
    assert WRONG in _sign(yi, orders[1], code).text
    assert _sign(yi, orders[1], PASSWORD).status_code == 200


def test_a_session_that_ended_signs_nothing(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    proof = yi.proof("/account/")
    house.clock.now += timedelta(hours=13)
    answer = yi.send(f"/tasks/{orders[0]}/complete", {**YES, **proof, "password": PASSWORD}, headers=QUIET)
    assert answer.status_code == 401
    assert _open(house, orders[0])
    assert _account(house, "yi") == (0, 0)


def test_nothing_of_a_password_is_kept_or_logged(
    house: House, orders: list[str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    yi = house.signed_in("yi")
    for given in ("geheim-und-falsch", PASSWORD):
        answer = _sign(yi, orders[0], given)
        assert given not in answer.text
    kept = _everything(house)
    assert orders[0].encode() in kept
    for given in ("geheim-und-falsch", PASSWORD):
        assert given.encode() not in kept
        assert given not in caplog.text + "".join(capsys.readouterr())


def test_the_same_form_sent_twice_is_one_command_and_one_code(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    code = _telephone(house, "yi")
    answers = [_sign(yi, orders[0], code, command="ab" * 16).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert _account(house, "yi")[0] == 0


def test_a_vote_and_an_opinion_are_signed_and_handing_back_is_not(house: House, orders: list[str]) -> None:
    yi, er, zhao = (house.signed_in(name) for name in ("yi", "er", "zhao"))
    to = people.known(house.store, "zhao").id
    bare = {"HX-Request": "true"}
    add = {"to": to, "place": "before", "reason": "请先看"}
    assert yi.post(f"/tasks/{orders[0]}/do/sign", add, at="/account/", headers=bare).status_code == 200
    assert "意见须签名" in zhao.page(f"/tasks/{orders[0]}")
    resolve = f"/tasks/{orders[0]}/do/resolve"
    answer = zhao.post(resolve, {"opinion": "可以"}, at="/account/", headers=bare)
    assert (answer.status_code, answer.headers["X-About"]) == (403, "password")
    given = {"opinion": "可以", "password": PASSWORD}
    assert zhao.post(resolve, given, at="/account/", headers=bare).status_code == 200
    assert f"{SAID}" in yi.page(f"/tasks/{orders[0]}")
    ask = {"to": to, "reason": "请协助"}
    assert yi.post(f"/tasks/{orders[1]}/do/delegate", ask, at="/account/", headers=bare).status_code == 200
    page = zhao.page(f"/tasks/{orders[1]}")
    assert "意见须签名" not in page
    back = zhao.post(f"/tasks/{orders[1]}/do/resolve", {"opinion": "看过"}, at="/account/", headers=bare)
    assert back.status_code == 200
    assert _sign(yi, orders[0], PASSWORD).status_code == 200
    for vote in approvals.waiting(house.store, "Vote"):
        assert {_sign(one, vote, "").status_code for one in (yi, er)} <= {403, 404}
        done = [one for one in (yi, er) if _open(house, vote) and _sign(one, vote, PASSWORD).status_code == 200]
        assert len(done) == 1
    assert approvals.waiting(house.store, "Vote") == []


def test_several_at_once_says_why_not(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    assert "data-bulk=" not in yi.page("/")
    page = yi.page("/inbox/several/?" + "&".join(f"task={one}" for one in orders))
    assert page.count("须签名，只能逐项办理") == 2
    status, said = _several(yi, "complete", orders, data__decision="yes")
    assert (status, said.count("这一步须签名")) == (200, 2)
    assert all(_open(house, one) for one in orders)


def test_in_english_it_is_english(house: House, orders: list[str]) -> None:
    yi = house.signed_in("yi")
    page = yi.page(f"/tasks/{orders[0]}?language=en")
    for wanted in ("Confirm your signature", "You sign “Approve”", "Your password", "Sign and hand in"):
        assert wanted in page, wanted
    answer = yi.post(
        f"/tasks/{orders[0]}/complete?language=en", {**YES, "password": "falsch"}, at="/account/", headers=QUIET
    )
    assert "expected your password or a new code" in answer.text.lower()
