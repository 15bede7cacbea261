"""Which entries of the variables an expression reads, so that a rule on personal data is found before it runs."""

from __future__ import annotations

import pytest

from engine import feel

NAMES = frozenset({"T01", "case", "n", "contacts", "name", "other"})
PERSONAL = ("T01", "contacts", "name")

READS = [
    "T01.contacts.name",
    "T01.contacts[1].name",
    'T01.contacts[name = "x"]',
    'T01.contacts[item.name = "x"]',
    'count(T01.contacts[kind = "A" and name != null]) > 1',
    "for c in T01.contacts return c.name",
    'some c in T01.contacts satisfies c.name = "x"',
    "{c: T01.contacts, r: c.name}.r",
    "{c: T01}.c.contacts[1].name",
    "(if n = 1 then T01 else case).contacts.name",
    "[T01][1].contacts.name",
    "sublist(T01.contacts, 1, 2).name",
    "concatenate(T01.contacts, T01.contacts)[1].name",
    "sort(T01.contacts, function(a, b) a.name < b.name)",
    "{f: function(c) c.name, r: f(T01.contacts[1])}.r",
    "{f: function(c) c.contacts, r: f(T01)[1].name}.r",
    'get value(T01.contacts[1], "name")',
    "get value(T01.contacts[1], n)",
    "get entries(T01.contacts[1])[1].value",
    "n in (T01.contacts.name)",
    "T01.contacts.name[1] between n and n",
    "-T01.contacts.name",
    "T01.contacts[1].name.length",
    "for c in T01.contacts return {x: c}.x.name",
    "[1, 2][T01.contacts[1].name = item]",
    'T01.contacts in (some c in ? satisfies c.name = "x")',
    'T01.contacts[1] in (?.name = "x")',
]
READS_NOT = [
    "T01.contacts.kind",
    'T01.contacts[1] in (?.kind = "x")',
    "T01.contacts",
    "T01",
    "count(T01.contacts)",
    'count(T01.contacts[kind = "A"])',
    "case.contacts.name",
    "other.name",
    "name",
    "T01.name",
    "for c in case.members return c.name",
    "T01.contacts[1]",
    "{contact: T01.contacts[1]}",
    "sort(T01.contacts, function(a, b) a.kind < b.kind)",
    'get value(T01.contacts[1], "kind")',
]


@pytest.mark.parametrize("source", READS)
def test_an_expression_that_reads_the_entry_is_found(source: str) -> None:
    assert feel.compile(source, NAMES).reads(PERSONAL)


@pytest.mark.parametrize("source", READS_NOT)
def test_an_expression_that_does_not_read_the_entry_is_left_alone(source: str) -> None:
    assert not feel.compile(source, NAMES).reads(PERSONAL)


SHARED = "{t0: T01," + ",".join(f"t{n}: {{a: t{n - 1}, b: t{n - 1}}}" for n in range(1, 25)) + "}"
TWICE = "{t0: {a: T01}, u0: {a: T01}," + ",".join(
    f"t{n}: {{a: t{n - 1}, b: t{n - 1}}}, u{n}: {{a: u{n - 1}, b: u{n - 1}}}" for n in range(1, 25)
)


@pytest.mark.parametrize("source", [f"get entries({SHARED})", TWICE + ", r: [t24, u24]}"], ids=["deep", "wide"])
def test_shapes_that_double_are_given_up_and_count_as_reading_anything(source: str) -> None:
    assert feel.compile(source, NAMES).reads(PERSONAL)
