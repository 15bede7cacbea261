"""What people write beside a command: reasons, opinions, messages."""

from __future__ import annotations

from engine.errors import Reason, Refused

LONGEST = 2_000


def reason_given(reason: str) -> None:
    """Refuse an empty reason, and what `written` refuses."""
    if not reason.strip():
        raise Refused(Reason.INVALID_DATA, "应填写理由", "expected a reason")
    written(reason)


def written(text: str) -> None:
    """Refuse a text that is too long, or that no person can read."""
    if len(text) > LONGEST:
        raise Refused(
            Reason.INVALID_DATA,
            f"文字应不超过 {LONGEST} 个字符,但有 {len(text)} 个",
            f"expected a text of at most {LONGEST} characters, but found {len(text)}",
        )
    if any((sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused(Reason.INVALID_DATA, "文字中不能有控制字符", "expected a text without control characters")
