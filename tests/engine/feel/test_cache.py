"""Compiled expressions are shared: kept apart by names, bounded, and safe among threads."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from engine import feel
from engine.feel import cache
from engine.feel.known import Known
from engine.value import Value, number


def test_the_cache_keeps_sources_apart_by_names_and_functions() -> None:
    assert feel.compile("a b", frozenset({"a b"})).evaluate({"a b": "one"}) == "one"
    with pytest.raises(feel.FeelError):
        feel.compile("a b", frozenset({"a", "b"}))
    with pytest.raises(feel.FeelError):
        feel.compile("f(1)", frozenset())
    with_function = feel.compile("f(1)", frozenset(), frozenset({"f"}))
    host = {"f": feel.HostFunction(("x",), lambda x: x)}
    assert with_function.evaluate({}, functions=host) == number(1)
    with pytest.raises(feel.FeelError, match="not available"):
        with_function.evaluate({})


def test_the_cache_has_a_bound_whatever_is_compiled() -> None:
    small: cache.Cache[str] = cache.Cache(lambda source, known: source.upper(), room=10_000)
    for place in range(1_000):
        assert small.get(f"source {place} " + "x" * (place % 50), Known()).startswith("SOURCE")
    assert small.used <= 10_000
    assert len(small.kept) <= 50
    assert small.get("y" * 9_900, Known()) == "Y" * 9_900
    assert len(small.kept) == 1


def test_what_cannot_be_read_is_not_kept() -> None:
    before = len(feel.WHOLE.kept)
    for _ in range(3):
        with pytest.raises(feel.FeelError):
            feel.compile("1 + + unreadable")
    assert len(feel.WHOLE.kept) == before


def test_threads_share_one_expression() -> None:
    found: list[Value] = []

    def work() -> None:
        for place in range(50):
            expression = feel.compile(f"{{x: {place % 7}, r: for i in 1..x + 1 return i + x}}.r")
            found.append((number(place % 7), expression.evaluate({})))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 400
    for row in found:
        assert isinstance(row, tuple)
        x, result = row
        assert isinstance(x, Decimal)
        assert result == tuple(number(i) + x for i in range(1, int(x) + 2))
