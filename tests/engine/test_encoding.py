"""The stored encoding: one sequence of bytes for each value, and no other is read."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import encoding
from engine.encoding import decode, encode
from engine.errors import MalformedValue
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
from tests.engine.value_strategies import NUMBERS, VALUES


def same(one: object, other: object) -> bool:
    """Equal and of the same type all the way down: for Python alone True equals 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Context) and isinstance(other, Context):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, Range) and isinstance(other, Range):
        ends = same(one.low, other.low) and same(one.high, other.high)
        return ends and (one.low_closed, one.high_closed) == (other.low_closed, other.high_closed)
    return one == other


@given(VALUES)
@settings(max_examples=400)
def test_what_is_written_is_read_as_the_same_value_of_the_same_type(value: Value) -> None:
    assert same(decode(encode(value)), value)


DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
@settings(max_examples=400)
@example(2**63)
@example(2**70)
@example({"\uffff": 1, "\U00010000": 2, '\x7f\x00\x1f\u2028"\\/': "\b\f\n\r\t"})
def test_every_document_has_the_bytes_that_the_page_of_formats_promises(document: object) -> None:
    promised = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert encoding.write(document) == promised


def test_a_document_may_be_nested_deeply() -> None:
    document: list[object] = []
    for _ in range(400):
        document = [document]
    assert encoding.write(document) == b"[" * 401 + b"]" * 401


@given(VALUES, VALUES)
@settings(max_examples=300)
@example(True, number(1))
@example(False, number(0))
@example(None, ())
@example((), Context())
@example("1", number(1))
@example(Context({"$n": "1"}), number(1))
@example(Context({"$$n": "1"}), Context({"$n": "1"}))
@example(Time(1, 0, 0), Time(1, 0, 0, 0, 0))
@example(Time(1, 0, 0, 0, 0), Time(1, 0, 0, 0, None, "UTC"))
@example(Date(2026, 1, 1), DateTime(Date(2026, 1, 1), Time(0, 0, 0)))
@example(DaysDuration(0), MonthsDuration(0))
@example(Range(None, number(1)), Range(None, number(1), False))
@example(Person("1"), Ref("person", "1"))
def test_two_values_share_their_bytes_only_when_they_are_the_same(one: Value, other: Value) -> None:
    assert (encode(one) == encode(other)) is same(one, other)


@given(VALUES)
def test_equal_values_share_their_bytes_however_they_were_made(value: Value) -> None:
    again = Context(reversed(list(value.items()))) if isinstance(value, Context) else decode(encode(value))
    assert encode(again) == encode(value)


@given(st.integers(-(10**30), 10**30), st.integers(0, 3))
def test_a_number_with_trailing_zeros_has_the_bytes_of_the_number_without(digits: int, zeros: int) -> None:
    spelled = Decimal(digits).scaleb(-zeros)
    assert encode(spelled) == encode(number(spelled))


@given(NUMBERS)
def test_the_one_text_of_a_number_is_read_as_that_number(found: Decimal) -> None:
    assert number(encoding.format_number(found)) == found


SPELLINGS = [
    (b'{"$n":"1.0"}', "a trailing zero"),
    (b'{"$n":"+1"}', "a plus sign"),
    (b'{"$n":"-0"}', "a negative zero"),
    (b'{"$n":"00"}', "a leading zero"),
    (b'{"$n":".5"}', "no digit before the point"),
    (b'{"$n":"1e3"}', "an exponent of a short number"),
    (b'{"$n":"1E40"}', "an exponent without its sign"),
    (b'{"$n":"1.0E+40"}', "a trailing zero before the exponent"),
    (b'{"$n":" 1"}', "white space in a number"),
    (b'{"$n":"1_000"}', "an underscore in a number"),
    ('{"$n":"１"}'.encode(), "a full-width digit"),
    (b'{"$n":"' + b"1" * 35 + b'"}', "35 digits"),
    (b'{"$n":"NaN"}', "NaN"),
    (b'{"$n":"sNaN"}', "signalling NaN"),
    (b'{"$n":"Infinity"}', "infinity"),
    (b'{"$n":"1E+6145"}', "a number too great"),
    (b'{"$n":"1E-6177"}', "a number too small"),
    (b'{"$n":1}', "a bare number inside"),
    (b"1", "a bare number"),
    (b"1.5", "a bare fraction"),
    (b"NaN", "a bare NaN"),
    (b"-Infinity", "a bare infinity"),
    (b" null", "white space before"),
    (b"null\n", "white space after"),
    (b'{"a": null}', "white space within"),
    (b'["a", "b"]', "white space in a list"),
    (b'{"b":null,"a":null}', "keys out of order"),
    (b'{"a":null,"a":null}', "a key twice"),
    (b'{"$n":"1","$n":"2"}', "a kind twice"),
    (b'"\\u0041"', "an escape that needs none"),
    (b'"\\/"', "an escaped slash"),
    (b'"\\u000a"', "the long escape of a new line"),
    (b'"\\u001F"', "an escape in capitals"),
    (b'"\\u4e2d"', "an escaped Chinese character"),
    (b'"\\ud83d\\ude00"', "an escaped pair of surrogates"),
    (b'"\\ud83d"', "an escaped lone surrogate"),
    (b'"\xed\xa0\xbd"', "an encoded lone surrogate"),
    (b'"\xc1\x81"', "an overlong encoding"),
    (b'"\x01"', "a bare control character"),
    (b"\xef\xbb\xbfnull", "a byte order mark"),
    (b"", "nothing"),
    (b"null null", "two values"),
    (b'{"$unknown":"1"}', "an unknown kind"),
    (b'{"$n":"1","a":null}', "a kind beside a key"),
    (b'{"$n":null}', "no text for a number"),
    (b'{"$date":"2026-02-30"}', "a date that does not exist"),
    (b'{"$date":"02026-01-01"}', "a year with a leading zero"),
    (b'{"$date":"-0000-01-01"}', "a negative year 0"),
    (b'{"$date":"+2026-01-01"}', "a year with a plus sign"),
    (b'{"$date":"1000000000-01-01"}', "a year too great"),
    (b'{"$time":"24:00:00"}', "an hour too great"),
    (b'{"$time":"09:00:00.50"}', "a fraction with a trailing zero"),
    (b'{"$time":"09:00:00.1234567891"}', "ten digits of a second"),
    (b'{"$time":"09:00:00+00:00"}', "UTC as an offset"),
    (b'{"$time":"09:00:00-00:00"}', "UTC as a negative offset"),
    (b'{"$time":"09:00:00+08:00:00"}', "seconds of an offset that are 0"),
    (b'{"$time":"09:00:00Z@UTC"}', "offset and zone"),
    (b'{"$time":"09:00:00@Mars/Olympus"}', "an unknown zone"),
    (b'{"$at":"2026-01-01 09:00:00"}', "a blank for T"),
    (b'{"$days":"PT24H"}', "24 hours for a day"),
    (b'{"$days":"P0D"}', "another nothing"),
    (b'{"$days":"-PT0S"}', "a negative nothing"),
    (b'{"$days":"P"}', "no duration"),
    (b'{"$days":"P1000000000000000000D"}', "too many days"),
    (b'{"$days":"P999999999999999999DT99H"}', "too many days in parts"),
    (b'{"$months":"P12M"}', "12 months for a year"),
    (b'{"$months":"P0Y"}', "another nothing"),
    (b'{"$range":["",{"$n":"1"},null,")"]}', "no bracket"),
    (b'{"$range":["[(",{"$n":"1"},null,")"]}', "two brackets"),
    (b'{"$range":[["["],{"$n":"1"},null,")"]}', "a bracket in a list"),
    (b'{"$file":["a","b","c","01"]}', "a size with a leading zero"),
    (b'{"$file":["a","b","c","-1"]}', "a negative size"),
    ('{"$file":["a","b","c","１"]}'.encode(), "a size in full-width digits"),
    (b'{"$personal":["a",true,"c"]}', "a boolean for present"),
    (b'{"$personal":["a","maybe","c"]}', "another word for present"),
    (b'{"$ref":["a"]}', "half a reference"),
    (b'{"$person":["a"]}', "a list for a person"),
]


@pytest.mark.parametrize("data", [data for data, _ in SPELLINGS], ids=[name for _, name in SPELLINGS])
def test_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedValue):
        decode(data)


@given(VALUES, st.data())
@settings(max_examples=200)
def test_a_changed_byte_gives_another_value_or_none(value: Value, data: st.DataObject) -> None:
    written = bytearray(encode(value))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    try:
        found = decode(bytes(written))
    except MalformedValue:
        return
    assert not same(found, value)
    assert encode(found) == bytes(written)


@given(VALUES)
@settings(max_examples=100)
def test_a_looser_json_writer_is_refused_unless_it_writes_the_same(value: Value) -> None:
    written = encode(value)
    loose = json.dumps(json.loads(written), ensure_ascii=True).encode()
    if loose == written:
        assert same(decode(loose), value)
    else:
        with pytest.raises(MalformedValue):
            decode(loose)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_malformed(data: bytes) -> None:
    try:
        found = decode(data)
    except MalformedValue:
        return
    assert encode(found) == data


@pytest.mark.parametrize(
    "data",
    [
        b"1" * 10_000_000,
        b'{"$n":"' + b"1" * 10_000_000 + b'"}',
        b'{"$n":"1e999999"}',
        b'{"$n":"1E+99999999999999999999"}',
        b'{"$date":"' + b"1" * 10_000_000 + b'"}',
        b'{"$days":"P' + b"1" * 10_000_000 + b'D"}',
        b'{"$file":["a","b","c","' + b"1" * 10_000_000 + b'"]}',
        b"[" * 10_000_000,
        b'{"a":' * 100_000,
    ],
    ids=["digits", "number", "exponent", "exponent of 20 digits", "year", "days", "size", "lists", "contexts"],
)
def test_huge_input_is_refused_fast(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(MalformedValue):
        decode(data)
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1" * 35),
        Decimal("1E+7000"),
        Decimal("1E-7000"),
        1,
        1.5,
        b"bytes",
        [1],
        {"a": None},
        {1},
        object(),
        Context({1: "a"}),  # type: ignore[dict-item]  # the wrong type on purpose
        Date(2026, 2, 30),
        Date(10**9, 1, 1),
        Time(24, 0, 0),
        Time(1, 0, 0, 0, 3_600, "Asia/Shanghai"),
        Time(1, 0, 0, 0, None, "Mars/Olympus"),
        DateTime(Date(2026, 13, 1), Time(0, 0, 0)),
        DaysDuration(10**18 * 86_400 * 10**9),
        MonthsDuration(12 * 10**12),
        File("a", "b", "c", -1),
        File("a", "b", "c", True),
        File("a", "b", "c", 10**18),
        Person(1),  # type: ignore[arg-type]  # the wrong type on purpose
        Ref("kind", None),  # type: ignore[arg-type]  # the wrong type on purpose
        "\ud800",
        ("a\udfff",),
        Context({"\ud800": None}),
    ],
    ids=lambda value: ascii(value).partition(" at 0x")[0],
)
def test_what_is_no_value_is_not_written(value: object) -> None:
    with pytest.raises(MalformedValue):
        encode(value)  # type: ignore[arg-type]  # the wrong type on purpose


def test_nesting_is_bounded_alike_for_writing_and_reading() -> None:
    deepest: Value = None
    for _ in range(encoding.DEPTH):
        deepest = (deepest,)
    assert decode(encode(deepest)) == deepest
    with pytest.raises(MalformedValue, match="64 levels"):
        encode((deepest,))
    with pytest.raises(MalformedValue, match="64 levels"):
        decode(b"[" + encode(deepest) + b"]")


@given(st.integers(1, 70))
def test_a_number_at_any_depth_is_written_exactly_when_it_can_be_read(depth: int) -> None:
    value: Value = number(1)
    for _ in range(depth):
        value = Context({"a": value})
    if depth >= encoding.DEPTH:
        with pytest.raises(MalformedValue):
            encode(value)
    else:
        assert decode(encode(value)) == value


@pytest.mark.soak
def test_every_unicode_scalar_comes_back() -> None:
    for code in range(0x110000):
        if not 0xD800 <= code <= 0xDFFF:
            assert decode(encode(chr(code))) == chr(code)


def test_every_unicode_scalar_comes_back_in_one_text() -> None:
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF)
    assert decode(encode(every)) == every
    assert decode(encode(Context({every: every}))) == Context({every: every})


def test_only_what_json_requires_is_escaped() -> None:
    assert encode('"\\\b\f\n\r\t\x00\x1f') == b'"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"'
    assert encode("/\x7f\u2028知😀") == '"/\x7f\u2028知😀"'.encode()


def test_the_table_of_encodings() -> None:
    table: list[tuple[Value, str]] = [
        (None, "null"),
        (True, "true"),
        ("知行", '"知行"'),
        (number("-0.50"), '{"$n":"-0.5"}'),
        (number("1e33"), '{"$n":"' + "1" + "0" * 33 + '"}'),
        (number("1e34"), '{"$n":"1E+34"}'),
        (number("1.5e-8"), '{"$n":"1.5E-8"}'),
        (number("1e-7"), '{"$n":"0.0000001"}'),
        (Date(-12_345, 3, 2), '{"$date":"-12345-03-02"}'),
        (Date(5, 3, 2), '{"$date":"0005-03-02"}'),
        (Time(9, 30, 0, 1), '{"$time":"09:30:00.000000001"}'),
        (Time(9, 30, 0, 0, -(5 * 3_600 + 30 * 60)), '{"$time":"09:30:00-05:30"}'),
        (DateTime(Date(2026, 3, 2), Time(9, 30, 0, 0, 0)), '{"$at":"2026-03-02T09:30:00Z"}'),
        (
            DateTime(Date(2026, 3, 2), Time(9, 0, 0, zone="Asia/Shanghai")),
            '{"$at":"2026-03-02T09:00:00@Asia/Shanghai"}',
        ),
        (DaysDuration(-(86_400 + 3_600) * 10**9 - 1), '{"$days":"-P1DT1H0.000000001S"}'),
        (MonthsDuration(14), '{"$months":"P1Y2M"}'),
        (Range(number(1), None, True, False), '{"$range":["[",{"$n":"1"},null,")"]}'),
        (Person("1.2.3"), '{"$person":"1.2.3"}'),
        (Ref("customer", "7"), '{"$ref":["customer","7"]}'),
        (File("ab", "a.pdf", "application/pdf", 12), '{"$file":["ab","a.pdf","application/pdf","12"]}'),
        (Personal("r", False, "d"), '{"$personal":["r","absent","d"]}'),
        ((None, ()), "[null,[]]"),
        (Context({"b": None, "a": None, "$x": None}), '{"$$x":null,"a":null,"b":null}'),
    ]
    for value, text in table:
        assert encode(value).decode() == text
        assert same(decode(text.encode()), value)
