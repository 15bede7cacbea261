"""Forms whatever is entered: values that can be kept or sentences; personal values, schemas and rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import encoding
from engine import form as forms
from engine.errors import Refused
from engine.value import NANOSECONDS, DaysDuration, Personal, Value
from tests.engine.test_form import DIGEST, EVERY, check, component, form
from tests.engine.value_strategies import VALUES

ENTRIES = st.recursive(
    st.one_of(
        VALUES,
        st.integers(),
        st.floats(),
        st.decimals(allow_nan=True),
        st.text(st.characters(), max_size=5),
        st.binary(max_size=3),
        st.sampled_from(("2026-03-02", "1,5", "A", "true")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(("name", "n", "double", "kind", "id", "size", "x")), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([field.key for field in EVERY.fields] + ["other"]), ENTRIES, max_size=5))
@settings(max_examples=300)
def test_any_entries_give_values_that_are_kept_or_sentences(data: dict[str, object]) -> None:
    checked = check(EVERY, data)
    if checked.faults:
        assert all(one.path and one.text.zh and one.text.en for one in checked.faults)
    else:
        kept = encoding.encode(checked.values)
        assert encoding.decode(kept) == checked.values
        assert {field.key for field in EVERY.fields} >= checked.values.keys()


def test_personal_values_are_swapped_for_references() -> None:
    found = form(
        component("textfield", "name", properties={"personal": "true"}),
        component(
            "dynamiclist",
            "contacts",
            components=[
                component("textfield", "mobile", properties={"personal": "true"}),
                component("textfield", "kind", properties={"searchable": "true"}),
            ],
        ),
    )
    values = check(found, {"name": "王", "contacts": [{"mobile": "138", "kind": "A"}, {"kind": "B"}]}).values
    swapped: list[tuple[str, Value]] = []

    def make(path: str, value: Value) -> Personal:
        swapped.append((path, value))
        return Personal(f"r{len(swapped)}", True, DIGEST)

    separated = forms.separate_personal(found, values, make)
    assert sorted(swapped) == [("contacts[0].mobile", "138"), ("name", "王")]
    assert b"138" not in encoding.encode(separated)
    assert check(found, dict(separated)).values == separated
    assert forms.separate_personal(found, separated, make) == separated
    assert forms.personal_fields(found) == ("name", "contacts.mobile")
    assert forms.personal_paths(found) == {("name",), ("contacts", "mobile")}
    assert [field.key for _, field in found.walk() if field.searchable] == ["kind"]


def test_a_refused_schema_names_file_and_field() -> None:
    with pytest.raises(Refused) as told:
        form(component("textfield", "a", validate={"required": "yes"}))
    assert told.value.faults[0].path == "forms/F.form#a"


@pytest.mark.parametrize(("entered", "wrong"), [("PT4H", False), ("PT4H0.1S", True), (None, False)])
def test_a_rule_counts_with_a_duration(entered: str | None, wrong: bool) -> None:
    found = form(
        component("textfield", "restore", properties={"type": "dur", "check": '=restore <= duration("PT4H")'}),
        component("expression", "twice", expression="=restore * 2"),
    )
    checked = check(found, {"restore": entered})
    assert [one.path for one in checked.faults] == (["restore"] if wrong else [])
    if entered == "PT4H":
        assert checked.values["twice"] == DaysDuration(28_800 * NANOSECONDS)
