"""Tests of the values that transactions share."""

from __future__ import annotations

from storage.shelf import KEPT, Recent


def test_a_value_met_again_as_another_object_leaves_nothing_behind() -> None:
    recent = Recent()
    objects = ["a value " * 3 + str(n) for n in range(100)]
    for value in objects:
        recent.remember(1, "the same digest", value)
    assert [value for value in objects if recent.digest(1, value) is not None] == objects[-1:]
    assert len(recent._digests) == 1


def test_a_value_met_again_counts_as_new() -> None:
    recent = Recent()
    for n in range(KEPT):
        recent.remember(1, f"{n}", f"value {n}")
    recent.remember(1, "0", "value 0 again")
    recent.remember(1, "one more", "one more value")
    assert recent.value(1, "0") == "value 0 again"
    assert recent.value(1, "1") is None
