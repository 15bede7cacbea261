"""What people and programs enter, converted to values by the type of the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from engine import temporal
from engine.errors import Text
from engine.feel.functions.text import pattern
from engine.form_fields import Field, FieldType
from engine.value import Date, DateTime, File, Person, Ref, Time, Value, number

MAX_TEXT = 4_000
MAX_LONG = 100_000
MAX_SEVERAL = 500


class Unsuitable(Exception):
    """An entry that the field does not take."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def convert(field: Field, found: object, zone: str) -> Value:
    """The value of an entry. Raises Unsuitable with what is expected."""
    if field.type is FieldType.DATE_TIME:
        return _within(field, _date_time(found, zone))
    return _CONVERTERS[field.type](field, found)


def _text(field: Field, found: object) -> Value:
    longest = field.max_length or (MAX_LONG if field.type is FieldType.LONG else MAX_TEXT)
    if not isinstance(found, str):
        raise Unsuitable("应为文本", "expected text")
    _scalars(found)
    if len(found) > longest:
        raise Unsuitable(f"应不超过 {longest} 个字", f"expected at most {longest} characters")
    if field.min_length is not None and len(found) < field.min_length:
        raise Unsuitable(f"应至少 {field.min_length} 个字", f"expected at least {field.min_length} characters")
    if field.pattern is not None and pattern(f"^(?:{field.pattern})$").search(found) is None:
        raise Unsuitable("格式不正确", f"expected text of the form {field.pattern}")
    return found


def _scalars(found: str) -> None:
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Unsuitable("文本含有无效字符", "expected whole Unicode characters") from None


def _number(field: Field, found: object) -> Value:
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        raise Unsuitable("应为数字", "expected a number")
    try:
        value = number(found if not isinstance(found, str) else found.replace(",", "").strip())
    except ValueError:
        raise Unsuitable("应为不超过 34 位的数字", "expected a number of at most 34 digits") from None
    digits = 0 if field.type is FieldType.INT else field.digits
    exponent = value.as_tuple().exponent
    if digits is not None and isinstance(exponent, int) and -exponent > digits:
        if digits == 0:
            raise Unsuitable("应为整数", "expected a whole number")
        raise Unsuitable(f"应不超过 {digits} 位小数", f"expected at most {digits} decimal places")
    return _within(field, value)


def _within(field: Field, value: Value) -> Value:
    low, high = _limit(field, field.minimum), _limit(field, field.maximum)
    if low is not None and _less(value, low):
        raise Unsuitable(f"应不小于 {field.minimum}", f"expected at least {field.minimum}")
    if high is not None and _less(high, value):
        raise Unsuitable(f"应不大于 {field.maximum}", f"expected at most {field.maximum}")
    return value


def _limit(field: Field, text: str | None) -> Value:
    if text is None:
        return None
    if field.type is FieldType.DATE:
        return temporal.parse_date(text)
    return temporal.parse_date_time(text) if field.type is FieldType.DATE_TIME else number(text)


def _less(one: Value, other: Value) -> bool:
    if isinstance(one, DateTime) and isinstance(other, DateTime):
        return (temporal.compare(one, other) or 0) < 0
    return one < other  # type: ignore[operator]  # both numbers or both dates


def _date(field: Field, found: object) -> Value:
    if isinstance(found, Date):
        return _within(field, found)
    try:
        return _within(field, temporal.parse_date(found if isinstance(found, str) else ""))
    except ValueError:
        raise Unsuitable("应为日期,如 2026-03-02", "expected a date such as 2026-03-02") from None


def _date_time(found: object, zone: str) -> DateTime:
    try:
        value = found if isinstance(found, DateTime) else _read_moment(found if isinstance(found, str) else "")
    except ValueError:
        raise Unsuitable(
            "应为日期时间,如 2026-03-02T09:30", "expected a date and time such as 2026-03-02T09:30"
        ) from None
    clock = value.time
    if clock.offset is None and clock.zone is None:
        return DateTime(value.date, Time(clock.hour, clock.minute, clock.second, clock.nanosecond, zone=zone))
    return value


def _read_moment(text: str) -> DateTime:
    plain = text.strip().replace(" ", "T", 1)
    return temporal.parse_date_time(plain if plain.count(":") != 1 else f"{plain}:00")


def _bool(_field: Field, found: object) -> Value:
    if isinstance(found, bool):
        return found
    raise Unsuitable("应为是或否", "expected true or false")


def _enum(field: Field, found: object) -> Value:
    options = [value for value, _ in field.options]
    if isinstance(found, str) and found in options:
        return found
    raise Unsuitable(f"应从 {'、'.join(options)} 中选择", f"expected one of {', '.join(options)}")


def _several(one: Callable[[Field, object], Value]) -> Callable[[Field, object], Value]:
    def convert_all(field: Field, found: object) -> Value:
        if not isinstance(found, list | tuple) or len(found) > MAX_SEVERAL:
            raise Unsuitable("应为列表", f"expected a list of at most {MAX_SEVERAL}")
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
        return found
    if isinstance(found, Mapping) and set(found) == {"kind", "id"}:
        kind, key = found["kind"], found["id"]
        if isinstance(kind, str) and isinstance(key, str) and key and field.kind in (None, kind):
            _scalars(key)
            return Ref(kind, key)
    raise Unsuitable(f"应选择{field.kind or '一项'}", f"expected a reference to a {field.kind or 'thing'}")


def _file(_field: Field, found: object) -> Value:
    if isinstance(found, File):
        return found
    if isinstance(found, Mapping) and set(found) == {"digest", "name", "type", "size"}:
        digest, name, kind, size = found["digest"], found["name"], found["type"], found["size"]
        whole = isinstance(size, int | Decimal) and not isinstance(size, bool) and size == int(size) and size >= 0
        if isinstance(digest, str) and len(digest) == 64 and isinstance(name, str) and isinstance(kind, str) and whole:
            _scalars(name + kind)
            return File(digest, name, kind, int(str(size)))
    raise Unsuitable("应为已上传的文件", "expected an uploaded file")


_CONVERTERS: dict[FieldType, Callable[[Field, object], Value]] = {
    FieldType.TEXT: _text,
    FieldType.LONG: _text,
    FieldType.INT: _number,
    FieldType.DEC: _number,
    FieldType.MONEY: _number,
    FieldType.PCT: _number,
    FieldType.DATE: _date,
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
