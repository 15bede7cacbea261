"""Without a way for mails there is no recovery: neither a link to it nor a page."""

from __future__ import annotations

from tests.web.pages.browser import House


def test_without_a_target_for_mails_nothing_of_it_is_there(house: House) -> None:
    page = house.browser().page("/sign-in")
    assert "/recovery" not in page
    assert "请系统管理员为您生成一次性密码" in page
    assert house.browser().get("/recovery/").status_code == 404
    assert house.browser().get("/recovery/x").status_code == 404
