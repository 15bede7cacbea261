"""Tokens on the command line."""

from tests.web.terminal import Terminal


def test_a_token_is_made_listed_and_revoked(terminal: Terminal) -> None:
    terminal.ok("add-person", "wang", "王芳")
    made = terminal.json("make-token", "wang", "报表", "--scope", "work", "--days", "7")
    assert made["token"].startswith("zx_")
    (listed,) = terminal.json("tokens", "wang")
    assert (listed["key"], listed["scope"]) == (made["key"], "work")
    shown = terminal.ok("tokens", "wang")
    assert made["key"] in shown
    assert made["token"] not in shown
    terminal.ok("revoke-token", "wang", made["key"])
    assert terminal.json("tokens", "wang") == []
    assert "没有访问令牌" in terminal.ok("tokens", "wang")


def test_a_token_for_nobody_or_without_end_is_refused(terminal: Terminal) -> None:
    terminal.ok("add-person", "wang", "王芳")
    for words in (
        ("make-token", "nobody", "报表"),
        ("make-token", "wang", ""),
        ("make-token", "wang", "报表", "--days", "367"),
        ("revoke-token", "wang", "0" * 16),
    ):
        assert terminal.run(*words).code == 1, words
    assert terminal.run("make-token", "wang", "报表", "--scope", "all").code == 2
