"""Passwords: argon2id, and rules that a person can follow; codes for the day a telephone is lost."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for one another."""

RECOVERY_CODES = 8

hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """The password is the one kept. Takes as long when there is none, so that nobody learns who has an account."""
    try:
        return hasher.verify(kept or _nobodys(), password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(kept: str) -> bool:
    """The hash was made with weaker parameters than those of today."""
    return hasher.check_needs_rehash(kept)


def one_time() -> str:
    """A password to be read out once: four groups of four, about 78 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def recovery_codes() -> tuple[str, ...]:
    """Codes for the day the telephone is lost, each good once: three groups of four, about 59 bits."""
    return tuple(
        "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    )
