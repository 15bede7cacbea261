"""Numbers, days and moments as Chinese users write them, read and written back; amounts in capital characters."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from engine import temporal
from engine.duration import days_duration, format_days_duration
from engine.form import Field, FieldType
from engine.value import NANOSECONDS, Date, DateTime, DaysDuration

NUMBERS = frozenset({FieldType.INT, FieldType.DEC, FieldType.MONEY, FieldType.PCT})
DAYS = frozenset({FieldType.DATE, FieldType.DATE_TIME})
LONGEST = 100
"""Characters of a number or day that are looked at; a longer text is left as it is."""

_AMOUNT = re.compile(r"(?P<sign>[+-]?)[¥$€]?(?P<digits>[\d,]*\.?\d*)(?P<unit>万|亿)?(?:元|圆|%)?")
_UNITS = {"万": 4, "亿": 8, None: 0}
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)\s*(\d{1,2})(?:[-/.]|月)\s*(\d{1,2})日?")
_SHORT_DAY = re.compile(r"(\d{1,2})(?:[-/]|月)\s*(\d{1,2})日?")
_TIGHT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(上午|下午|晚上)?\s*(\d{1,2})(?:[:点时])\s*(\d{1,2})?分?(?::(\d{1,2}))?")
NOON = 12

MINUTE, HOUR, DAY = 60 * NANOSECONDS, 3_600 * NANOSECONDS, 86_400 * NANOSECONDS
LENGTHS = (
    (DAY, "天", "day", "days"),
    (HOUR, "小时", "hour", "hours"),
    (MINUTE, "分钟", "minute", "minutes"),
    (NANOSECONDS, "秒", "second", "seconds"),
)
"""Units of durations, the longest first: nanoseconds, Chinese, English of one and of several."""
_UNITS_OF_TIME = {
    7 * DAY: "周 星期 weeks week w",
    DAY: "天 日 days day d",
    HOUR: "个小时 小时 个钟头 钟头 时 hours hour h",
    MINUTE: "分钟 分 minutes minute min m",
    NANOSECONDS: "秒钟 秒 seconds second s",
}
_LASTING = {word: length for length, words in _UNITS_OF_TIME.items() for word in words.split()}
_LASTS = re.compile(
    rf"(?P<count>半|[0-9]{{1,12}}(?:\.[0-9]{{1,6}})?)(?P<unit>{'|'.join(sorted(_LASTING, key=len, reverse=True))})"
)

FIGURES = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "兆")
MOST_CAPITAL = Decimal(10) ** 16


def entered(field: Field, text: str, year: int) -> str:
    """The text as the form's check reads it; what is not understood is left as it was written."""
    if len(text) > LONGEST:
        return text
    if field.type in NUMBERS:
        return _number(text)
    if field.type in DAYS:
        return _moment(text, year, with_time=field.type is FieldType.DATE_TIME)
    return _duration(text) if field.type is FieldType.DURATION else text


def number(found: Decimal) -> str:
    """A number with its thousands apart."""
    return f"{found:,f}"


def amount(found: Decimal) -> str:
    """An amount of money with at least two decimal places."""
    exponent = found.as_tuple().exponent
    return f"{found:,.2f}" if isinstance(exponent, int) and exponent > -2 else f"{found:,f}"


def day(found: Date) -> str:
    """A day as a control holds it."""
    return temporal.format_date(found)


def moment(found: DateTime, zone: str) -> str:
    """A moment as a control holds it, on the organisation's clocks."""
    here = temporal.in_zone(found, zone)
    return f"{temporal.format_date(here.date)} {here.time.hour:02}:{here.time.minute:02}"


def lasting(found: DaysDuration, *, english: bool) -> str:
    """A duration in days, hours, minutes and seconds, as a control holds it and people read it."""
    if not found.nanoseconds:
        return "0 minutes" if english else "0 分钟"
    rest, parts = abs(found.nanoseconds), []
    for length, chinese, one, several in LENGTHS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {(one if count == 1 else several) if english else chinese}")
    if rest:  # parts of a second
        return format_days_duration(found)
    return ("-" if found.nanoseconds < 0 else "") + " ".join(parts)


def capital(found: Decimal) -> str:
    """An amount of yuan in capital characters, as Chinese vouchers have it; nothing for what is too large or negative."""
    if not 0 < found < MOST_CAPITAL or found != found.quantize(Decimal("0.01")):
        return ""
    cents = int(found * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not fen:
        return f"{words}整"
    words += f"{FIGURES[jiao]}角" if jiao else ("零" if yuan else "")
    return words + (f"{FIGURES[fen]}分" if fen else "整")


def _whole(yuan: int) -> str:
    """A whole number in groups of four figures; a gap of zeros is said once."""
    words, gap = "", False
    groups = [yuan // 10_000**place % 10_000 for place in range(len(GROUPS))]
    for place in reversed(range(len(GROUPS))):
        group = groups[place]
        if not group:
            gap = gap or bool(words)
            continue
        gap = gap or (bool(words) and group < 1000)
        words += ("零" if gap and words else "") + _group(group) + GROUPS[place]
        gap = False
    return words


def _group(found: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        figure = found // 10**place % 10
        if figure:
            words += ("零" if gap and words else "") + FIGURES[figure] + PLACES[place]
            gap = False
        else:
            gap = True
    return words


def _duration(text: str) -> str:
    """`2 天 4 小时`, `半天`, `1.5h` as ISO 8601 has them; what is not understood is left."""
    plain = re.sub(r"[\s,、零]|\band\b", "", unicodedata.normalize("NFKC", text)).casefold()
    total, place = Decimal(0), 0
    while (found := _LASTS.match(plain, place)) is not None:
        count = Decimal("0.5") if found["count"] == "半" else Decimal(found["count"])
        total, place = total + count * _LASTING[found["unit"]], found.end()
    if not place or place < len(plain) or total != total.to_integral_value():
        return text
    try:
        return format_days_duration(days_duration(int(total)))
    except ValueError:
        return text


def _number(text: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("。", ".").replace("、", ",")
    found = _AMOUNT.fullmatch(plain)
    if found is None or not any(sign.isdigit() for sign in found["digits"]):
        return text
    if found["unit"] is None:
        return found["sign"] + found["digits"]
    try:
        value = Decimal(found["digits"].replace(",", "")).scaleb(_UNITS[found["unit"]])
    except InvalidOperation:
        return text
    return f"{found['sign']}{value:f}"


def _moment(text: str, year: int, *, with_time: bool) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.match(plain) or _TIGHT_DAY.match(plain)
    numbers = found.groups() if found else None
    if found is None and (found := _SHORT_DAY.match(plain)) is not None:
        numbers = (str(year), *found.groups())
    if found is None or numbers is None:
        return text
    date = f"{numbers[0]}-{int(numbers[1]):02}-{int(numbers[2]):02}"
    rest = plain[found.end() :].removeprefix("T").strip()
    if not with_time:
        return text if rest else date
    clock = _clock(rest)
    return text if clock is None else f"{date}T{clock.removesuffix(':00') if clock.count(':') > 1 else clock}"


def _clock(text: str) -> str | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    half, hour, minute, second = found[1], int(found[2]), int(found[3] or 0), int(found[4] or 0)
    if half in ("下午", "晚上") and hour < NOON:
        hour += NOON
    return f"{hour:02}:{minute:02}:{second:02}"
