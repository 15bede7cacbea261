"""Codes of six digits that a telephone makes anew every thirty seconds (RFC 6238, HMAC-SHA-1 as all of them know it)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

ISSUER = "Zhixing"
DIGITS, SECONDS = 6, 30
BYTES = 20
"""Of a secret, as RFC 4226 §4 recommends."""

NEIGHBOURS = (0, -1, 1)
"""Steps of time whose codes are taken: clocks of telephones are not exact."""


def new_secret() -> str:
    """A secret for a telephone, in base32."""
    return base64.b32encode(secrets.token_bytes(BYTES)).decode()


def code(secret: str, step: int) -> str:
    """The code of a step of time (RFC 4226 §5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    found = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(found % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    """The step of time."""
    return int(now.timestamp()) // SECONDS


def step_of(secret: str, given: str, now: datetime) -> int | None:
    """The step of time whose code was given, or None; every neighbour is compared, whichever fits."""
    present = step_at(now)
    wanted = given.encode(errors="replace")
    fits = [present + near for near in NEIGHBOURS if hmac.compare_digest(code(secret, present + near).encode(), wanted)]
    return fits[0] if fits else None


def link(secret: str, handle: str) -> str:
    """The address by which a telephone takes the secret."""
    query = urlencode({"secret": secret, "issuer": ISSUER, "digits": DIGITS, "period": SECONDS})
    return f"otpauth://totp/{quote(f'{ISSUER}:{handle}')}?{query}"


def spaced(secret: str) -> str:
    """The secret in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
