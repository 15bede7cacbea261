"""Built-ins on contexts and truth. DMN 1.5 tables 74 and 83."""

from __future__ import annotations

from engine.feel import reasons
from engine.feel.budget import DEPTH, Budget
from engine.feel.functions.registry import Registry, nothing, told
from engine.value import Context, Value

CONTEXTS = Registry()
ENTRY = 4
"""Steps for each entry of a context that is made."""


@CONTEXTS.add("not", "negand")
def negated(budget: Budget, negand: Value) -> Value:
    """True for false, false for true, else null."""
    return not negand if isinstance(negand, bool) else nothing(budget, "not", negand)


@CONTEXTS.add("is defined", "value")
def is_defined(_budget: Budget, value: Value) -> Value:
    """The value is not null."""
    return value is not None


@CONTEXTS.add("get or else", "value", "default")
def get_or_else(_budget: Budget, value: Value, default: Value) -> Value:
    """The value, or the default for null."""
    return default if value is None else value


@CONTEXTS.add("get value", "m", "key")
def get_value(budget: Budget, m: Value, key: Value) -> Value:
    """The entry of that name."""
    if not isinstance(m, Context) or not isinstance(key, str):
        return nothing(budget, "get value", m, key)
    return m[key] if key in m else told(budget, reasons.NO_ENTRY, key)


@CONTEXTS.add("get entries", "m")
def get_entries(budget: Budget, m: Value) -> Value:
    """A list of contexts with key and value."""
    if not isinstance(m, Context):
        return nothing(budget, "get entries", m)
    budget.spend(ENTRY * len(m))
    budget.sized(items=len(m))
    return tuple(Context({"key": key, "value": value}) for key, value in m.items())


@CONTEXTS.add("context", "entries")
def context(budget: Budget, entries: Value) -> Value:
    """The context of a list of contexts with key and value."""
    found: dict[str, Value] = {}
    for entry in entries if isinstance(entries, tuple) else (entries,):
        budget.spend(ENTRY)
        key = entry.get("key") if isinstance(entry, Context) else None
        if not isinstance(entry, Context) or not isinstance(key, str) or "value" not in entry or key in found:
            return nothing(budget, "context", entry)
        found[key] = entry["value"]
    return Context(found)


def put(budget: Budget, found: Value, key: Value, value: Value) -> Value:
    """The context with an entry added or replaced."""
    if not isinstance(found, Context) or not isinstance(key, str):
        return nothing(budget, "context put", found, key)
    budget.spend(1 + len(found) // ENTRY)
    return found.with_entries({key: value})


def put_within(budget: Budget, found: Value, keys: Value, value: Value) -> Value:
    """The context with the entry at the end of a path of names added or replaced."""
    path = keys if isinstance(keys, tuple) else (keys,)
    if not 0 < len(path) <= DEPTH:
        return nothing(budget, "context put", found, keys)
    if len(path) == 1:
        return put(budget, found, path[0], value)
    inner = found.get(path[0]) if isinstance(found, Context) and isinstance(path[0], str) else None
    made = put_within(budget, inner, path[1:], value)
    return None if made is None else put(budget, found, path[0], made)


def put_either(budget: Budget, found: Value, key: Value, value: Value) -> Value:
    """Without names the kind of the second argument tells which of the two is meant."""
    return (put_within if isinstance(key, tuple) else put)(budget, found, key, value)


CONTEXTS.add("context put", "context", "key", "value", by_place=put_either, lists=("key",))(put)
CONTEXTS.add("context put", "context", "keys", "value", by_place=put_either)(put_within)


@CONTEXTS.add("context merge", "contexts")
def context_merge(budget: Budget, contexts: Value) -> Value:
    """The entries of all contexts; later ones win."""
    merged: dict[str, Value] = {}
    for found in contexts if isinstance(contexts, tuple) else (contexts,):
        if not isinstance(found, Context):
            return nothing(budget, "context merge", found)
        budget.spend(1 + len(found) // ENTRY)
        merged |= found
    budget.spend(len(merged) // ENTRY)
    return Context(merged)
