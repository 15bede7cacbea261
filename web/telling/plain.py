"""Plain JSON of people and files to values and back: numbers, texts, lists and objects, dates as ISO text."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from engine import duration, temporal
from engine.errors import Reason, Refused
from engine.value import (
    Context,
    Date,
    DateTime,
    DaysDuration,
    File,
    MonthsDuration,
    Person,
    Personal,
    Range,
    Ref,
    Time,
    Value,
    number,
)


def read(text: str | bytes) -> object:
    """A JSON document with exact numbers. Raises Refused when it is none."""
    try:
        found = json.loads(
            text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
        json.dumps(found, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
        return found
    except UnicodeEncodeError as error:
        raise Refused(
            Reason.INVALID_DATA,
            "JSON 中有不成对的代理字符",
            "expected JSON with whole characters, but found half a surrogate pair",
        ) from error
    except RecursionError as error:
        raise Refused(Reason.INVALID_DATA, "JSON 嵌套过深", "expected JSON that is less deeply nested") from error
    except (ValueError, ArithmeticError) as error:
        raise Refused(Reason.INVALID_DATA, f"应为 JSON:{error}", f"expected a JSON document, but {error}") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def written(document: object) -> str:
    """JSON that people read and may edit."""
    return json.dumps(document, ensure_ascii=False, indent=2, default=str)


def value(found: object) -> Value:
    """The value that plain JSON says; texts stay texts. Raises Refused for what is no value."""
    match found:
        case None | bool() | str() | Person() | Ref():
            return found
        case Decimal() | int():
            return _number(found)
        case list():
            return tuple(value(item) for item in found)
        case dict():
            return Context({str(key): value(item) for key, item in found.items()})
        case _:
            raise Refused(
                Reason.INVALID_DATA, "应为 JSON 值", f"expected a JSON value, but found {type(found).__name__}"
            )


def resolved(found: object, person: Callable[[str], Person]) -> object:
    """`"@handle"` becomes a person (`"@@…"` is a text that begins with @), `{"ref": "kind:id"}` a reference."""
    if isinstance(found, str) and found.startswith("@"):
        return found[1:] if found.startswith("@@") else person(found[1:])
    if isinstance(found, list):
        return [resolved(item, person) for item in found]
    if isinstance(found, dict):
        if set(found) == {"ref"}:
            kind, _, key = str(found["ref"]).partition(":")
            return Ref(kind, key)
        return {str(key): resolved(item, person) for key, item in found.items()}
    return found


def context(found: object) -> Context:
    """The context that a JSON object says. Raises Refused for anything else."""
    made = value(found)
    if not isinstance(made, Context):
        raise Refused(Reason.INVALID_DATA, "应为 JSON 对象", "expected a JSON object")
    return made


def shown(found: Value) -> object:
    """A value as JSON that people read; not the stored encoding, and not to be read back."""
    match found:
        case None | bool() | str():
            return found
        case Decimal():
            return int(found) if found == found.to_integral_value() else str(found)
        case tuple():
            return [shown(item) for item in found]
        case Context():
            return {key: shown(item) for key, item in found.items()}
        case _:
            return _scalar(found)


def _scalar(
    found: Date | Time | DateTime | MonthsDuration | DaysDuration | Range | Person | Ref | File | Personal,
) -> object:
    match found:
        case Date():
            return temporal.format_date(found)
        case Time():
            return temporal.format_time(found)
        case DateTime():
            return temporal.format_date_time(found)
        case DaysDuration():
            return duration.format_days_duration(found)
        case MonthsDuration():
            return duration.format_months_duration(found)
        case Person():
            return f"@{found.id}"
        case Ref():
            return f"{found.kind}:{found.id}"
        case File():
            return found.name
        case Personal():
            return "•••" if found.present else None
        case Range():
            low, high = ("[" if found.low_closed else "("), ("]" if found.high_closed else ")")
            return f"{low}{shown(found.low)}..{shown(found.high)}{high}"


def _number(found: Decimal | int) -> Value:
    try:
        return number(found)
    except ValueError as error:
        raise Refused(Reason.INVALID_DATA, f"数字超出范围:{str(found)[:40]}", str(error)) from error


def _no_number(text: str) -> Decimal:
    raise ValueError(f"{text} is no number")
