"""What people and programs enter, converted to values by the type of the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from engine import temporal
from engine.duration import parse_days_duration
from engine.errors import Text
from engine.feel.functions.patterns import pattern
from engine.form_fields import Field, FieldType
from engine.line import EXPECTED, is_line
from engine.value import NANOSECONDS, Date, DateTime, DaysDuration, File, Person, Ref, Time, Value, number

MAX_TEXT = 4_000
MAX_LONG = 100_000
MAX_SEVERAL = 500
SHOWN = 20
MAX_DIGITS = 34
MAX_BITS = 128
MAX_MOMENT = 100
MAX_NAME = 255
MAX_SIZE_DIGITS = 15
MAX_DAYS = 36_525
LONGEST_DURATION = MAX_DAYS * 86_400 * NANOSECONDS
FIRST_YEAR, LAST_YEAR = 1, 9_999
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,13}|[0-9]{1,100})(?:\.[0-9]{1,100})?|[+-]?\.[0-9]{1,100}")
_WITHOUT_SECONDS = re.compile(r"T([0-9]{2}:[0-9]{2})(?![:0-9])")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}")


class Unsuitable(Exception):
    """An entry that the field does not take."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def convert(field: Field, found: object, zone: str) -> Value:
    """The value of an entry. Raises Unsuitable with what is expected."""
    if field.type is FieldType.DATE_TIME:
        return _within(field, _date_time(found, zone), zone)
    return _CONVERTERS[field.type](field, found)


def _text(field: Field, found: object) -> Value:
    longest = field.max_length or (MAX_LONG if field.type is FieldType.LONG else MAX_TEXT)
    if not isinstance(found, str):
        raise Unsuitable("应为文本", "expected text")
    if len(found) > longest:
        raise Unsuitable(
            f"应不超过 {longest} 个字,现有 {len(found)} 个",
            f"expected at most {longest} characters, but found {len(found)}",
        )
    _scalars(found)
    if field.min_length is not None and len(found) < field.min_length:
        raise Unsuitable(f"应至少 {field.min_length} 个字", f"expected at least {field.min_length} characters")
    if field.pattern is not None and pattern(f"^(?:{field.pattern})$").search(found) is None:
        message = field.pattern_message or Text("格式不正确", f"expected text of the form {field.pattern}")
        raise Unsuitable(message.zh, message.en)
    if field.type is not FieldType.LONG and not is_line(found):
        raise Unsuitable(EXPECTED.zh, EXPECTED.en)
    return found


def _scalars(found: str) -> None:
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Unsuitable("文本含有无效字符", "expected whole Unicode characters") from None
    if _CONTROLS.search(found) is not None:
        raise Unsuitable("文本含有不可见的控制字符", "expected text without control characters")


def _number(field: Field, found: object) -> Value:
    value = _exact(found)
    digits = 0 if field.type is FieldType.INT else field.digits
    exponent = value.as_tuple().exponent
    if digits is not None and isinstance(exponent, int) and -exponent > digits:
        if digits == 0:
            raise Unsuitable("应为整数", "expected a whole number")
        raise Unsuitable(f"应不超过 {digits} 位小数", f"expected at most {digits} decimal places")
    return _within(field, value)


def _exact(found: object) -> Decimal:
    """The number that was entered, never a rounded one."""
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        raise Unsuitable("应为数字", "expected a number")
    if isinstance(found, str):
        if not _NUMBER.fullmatch(found.strip()):
            raise Unsuitable("应为数字,如 1234.5 或 1,234.5", "expected a number such as 1234.5 or 1,234.5")
        found = Decimal(found.strip().replace(",", ""))
    elif isinstance(found, int) and found.bit_length() > MAX_BITS:
        raise _too_long()
    try:
        value = number(found)
    except ValueError:
        raise _too_long() from None
    exponent = value.as_tuple().exponent
    if value != found or value.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or -exponent > MAX_DIGITS:
        raise _too_long()
    return value


def _too_long() -> Unsuitable:
    return Unsuitable(f"应为不超过 {MAX_DIGITS} 位的数字", f"expected a number of at most {MAX_DIGITS} digits")


def _within(field: Field, value: Value, zone: str = "UTC") -> Value:
    low, high = _end(field.type, field.minimum, zone), _end(field.type, field.maximum, zone)
    if low is not None and _less(value, low):
        raise Unsuitable(f"应不小于 {field.minimum}", f"expected at least {field.minimum}")
    if high is not None and _less(high, value):
        raise Unsuitable(f"应不大于 {field.maximum}", f"expected at most {field.maximum}")
    return value


def is_end(kind: FieldType, text: str) -> bool:
    """The text can be the least or greatest value of fields of that type."""
    try:
        return kind in _ENDS and _end(kind, text, "UTC") is not None
    except (ValueError, Unsuitable):
        return False


_ENDS = frozenset({FieldType.INT, FieldType.DEC, FieldType.MONEY, FieldType.PCT, FieldType.DATE, FieldType.DATE_TIME})


def _end(kind: FieldType, text: str | None, zone: str) -> Value:
    if text is None:
        return None
    if kind is FieldType.DATE:
        return temporal.parse_date(text)
    return _date_time(text, zone) if kind is FieldType.DATE_TIME else number(text)


def _less(one: Value, other: Value) -> bool:
    if isinstance(one, DateTime) and isinstance(other, DateTime):
        return (temporal.compare(one, other) or 0) < 0
    return one < other  # type: ignore[operator]  # both numbers or both dates


def _date(field: Field, found: object) -> Value:
    try:
        value = found if isinstance(found, Date) else temporal.parse_date(_short(found))
    except ValueError:
        raise Unsuitable("应为日期,如 2026-03-02", "expected a date such as 2026-03-02") from None
    return _within(field, _usual(value))


def _date_time(found: object, zone: str) -> DateTime:
    try:
        value = found if isinstance(found, DateTime) else _read_moment(_short(found))
    except ValueError:
        raise Unsuitable(
            "应为日期时间,如 2026-03-02T09:30", "expected a date and time such as 2026-03-02T09:30"
        ) from None
    _usual(value.date)
    clock = value.time
    if clock.offset is None and clock.zone is None:
        return DateTime(value.date, Time(clock.hour, clock.minute, clock.second, clock.nanosecond, zone=zone))
    return value


def _short(found: object) -> str:
    return found.strip() if isinstance(found, str) and len(found) <= MAX_MOMENT else ""


def _usual(day: Date) -> Date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unsuitable(
            f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间", f"expected a year from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return day


def _read_moment(text: str) -> DateTime:
    return temporal.parse_date_time(_WITHOUT_SECONDS.sub(r"T\1:00", text.replace(" ", "T", 1)))


def _duration(_field: Field, found: object) -> Value:
    """Days, hours, minutes and seconds; months are none, as they differ in length."""
    try:
        value = found if isinstance(found, DaysDuration) else parse_days_duration(_short(found))
    except ValueError:
        raise Unsuitable(
            "应为时长,如 2 天 4 小时(P2DT4H)", "expected a duration such as 2 days 4 hours (P2DT4H)"
        ) from None
    if not 0 <= value.nanoseconds <= LONGEST_DURATION:
        raise Unsuitable(f"应为不超过 {MAX_DAYS} 天的时长", f"expected a duration of at most {MAX_DAYS} days")
    return value


def _bool(_field: Field, found: object) -> Value:
    if isinstance(found, bool):
        return found
    raise Unsuitable("应为是或否", "expected true or false")


def _enum(field: Field, found: object) -> Value:
    options = [value for value, _ in field.options]
    if isinstance(found, str) and found in options:
        return found
    shown, more = options[:SHOWN], "…" if len(options) > SHOWN else ""
    raise Unsuitable(f"应从 {'、'.join(shown)}{more} 中选择", f"expected one of {', '.join(shown)}{more}")


def _several(one: Callable[[Field, object], Value]) -> Callable[[Field, object], Value]:
    def convert_all(field: Field, found: object) -> Value:
        if not isinstance(found, list | tuple) or len(found) > MAX_SEVERAL:
            raise Unsuitable(f"应为不超过 {MAX_SEVERAL} 项的列表", f"expected a list of at most {MAX_SEVERAL} items")
        values = tuple(one(field, item) for item in found)
        if len(set(values)) < len(values):
            raise Unsuitable("不应重复", "expected each only once")
        return values

    return convert_all


def _person(_field: Field, found: object) -> Value:
    if isinstance(found, Person):
        return found
    raise Unsuitable("应选择一个人员", "expected a person")


def _ref(field: Field, found: object) -> Value:
    if isinstance(found, Ref) and (field.kind is None or found.kind == field.kind):
        return _in_line(found)
    if isinstance(found, Mapping) and set(found) == {"kind", "id"}:
        kind, key = found["kind"], found["id"]
        short = (
            isinstance(kind, str) and isinstance(key, str) and 0 < len(key) <= MAX_NAME and 0 < len(kind) <= MAX_NAME
        )
        if short and isinstance(kind, str) and isinstance(key, str) and field.kind in (None, kind):
            _scalars(kind + key)
            return _in_line(Ref(kind, key))
    raise Unsuitable(f"应选择{field.kind or '一项'}", f"expected a reference to a {field.kind or 'thing'}")


def _in_line(found: Ref) -> Ref:
    if not is_line(found.kind + found.id):
        raise Unsuitable(EXPECTED.zh, EXPECTED.en)
    return found


def _file(field: Field, found: object) -> Value:
    if isinstance(found, File):
        found = {"digest": found.digest, "name": found.name, "type": found.type, "size": found.size}
    if not isinstance(found, Mapping) or set(found) != {"digest", "name", "type", "size"}:
        raise _no_file()
    digest, name, kind = found["digest"], found["name"], found["type"]
    if not isinstance(digest, str) or not isinstance(name, str) or not isinstance(kind, str):
        raise _no_file()
    if not _DIGEST.fullmatch(digest) or not _NAME.fullmatch(name) or len(kind) > MAX_NAME:
        raise _no_file()
    _scalars(name + kind)
    if field.accept and not accepts(field.accept, name.lower(), kind.lower()):
        shown = "、".join(field.accept)
        raise Unsuitable(f"文件类型应为 {shown}", f"expected a file of the type {', '.join(field.accept)}")
    return File(digest, name, kind, _size(found["size"]))


def _size(found: object) -> int:
    if isinstance(found, Decimal) and found.is_finite() and found == found.to_integral_value():
        found = int(found) if found.adjusted() < MAX_SIZE_DIGITS else None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 10**MAX_SIZE_DIGITS:
        raise _no_file()
    return found


def accepts(accept: Sequence[str], name: str, kind: str) -> bool:
    """The file fits one of `.pdf`, `image/*`, `application/pdf`."""
    return any(
        name.endswith(part)
        if part.startswith(".")
        else kind == part or (part.endswith("/*") and kind.startswith(part[:-1]))
        for part in accept
    )


def _no_file() -> Unsuitable:
    return Unsuitable("应为已上传的文件", "expected an uploaded file")


_CONVERTERS: dict[FieldType, Callable[[Field, object], Value]] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _text,
    FieldType.INT: _number,
    FieldType.DEC: _number,
    FieldType.MONEY: _number,
    FieldType.PCT: _number,
    FieldType.DATE: _date,
    FieldType.DURATION: _duration,
    FieldType.BOOL: _bool,
    FieldType.ENUM: _enum,
    FieldType.ENUMS: _several(_enum),
    FieldType.USER: _person,
    FieldType.USERS: _several(_person),
    FieldType.ORG: _text,
    FieldType.REF: _ref,
    FieldType.FILE: _file,
    FieldType.FILES: _several(_file),
}
