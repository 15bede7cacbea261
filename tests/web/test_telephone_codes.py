"""Codes of a telephone, by the table of RFC 6238, appendix B, and what is taken for one."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from web import telephone_codes

SECRET = base64.b32encode(b"12345678901234567890").decode()
TABLE = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(("second", "eight"), TABLE)
def test_a_code_is_the_end_of_the_one_in_the_standard(second: int, eight: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    assert telephone_codes.code(SECRET, telephone_codes.step_at(at)) == eight[-6:]


def test_a_clock_may_be_half_a_minute_wrong_and_no_more() -> None:
    step = telephone_codes.step_at(NOW)
    for away in (-1, 0, 1):
        assert telephone_codes.step_of(SECRET, telephone_codes.code(SECRET, step + away), NOW) == step + away
    for away in (-2, 2):
        assert telephone_codes.step_of(SECRET, telephone_codes.code(SECRET, step + away), NOW) is None


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "一二三四五六", "\ud800"])
def test_what_is_no_code_is_none(given: str) -> None:
    assert telephone_codes.step_of(SECRET, given, NOW) is None


def test_secrets_are_as_long_as_they_should_be_and_never_the_same() -> None:
    made = {telephone_codes.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(one)) for one in made} == {telephone_codes.BYTES}


def test_the_link_names_the_account_and_whose_it_is() -> None:
    found = telephone_codes.link(SECRET, "王 芳")
    assert found.startswith("otpauth://totp/Zhixing%3A%E7%8E%8B%20%E8%8A%B3?secret=")
    assert SECRET in found
