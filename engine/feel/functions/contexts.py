"""Built-ins on contexts and truth. DMN 1.5 tables 74 and 83."""

from __future__ import annotations

from engine.feel.budget import DEPTH, Budget
from engine.feel.functions.registry import Registry, nothing
from engine.value import Context, Value

CONTEXTS = Registry()


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
    """The entry of that name, or at that path of names."""
    if isinstance(key, tuple):
        for part in key:
            m = m.get(part) if isinstance(m, Context) and isinstance(part, str) else None
        return m
    if not isinstance(m, Context) or not isinstance(key, str):
        return nothing(budget, "get value", m, key)
    return m.get(key)


@CONTEXTS.add("get entries", "m")
def get_entries(budget: Budget, m: Value) -> Value:
    """A list of contexts with key and value."""
    if not isinstance(m, Context):
        return nothing(budget, "get entries", m)
    return tuple(Context({"key": key, "value": value}) for key, value in m.items())


@CONTEXTS.add("context", "entries")
def context(budget: Budget, entries: Value) -> Value:
    """The context of a list of contexts with key and value."""
    found: dict[str, Value] = {}
    for entry in entries if isinstance(entries, tuple) else (entries,):
        key = entry.get("key") if isinstance(entry, Context) else None
        if not isinstance(entry, Context) or not isinstance(key, str) or "value" not in entry or key in found:
            return nothing(budget, "context", entries)
        found[key] = entry["value"]
    return Context(found)


@CONTEXTS.add("context put", "context", "key", "value")
@CONTEXTS.add("context put", "context", "keys", "value")
def context_put(budget: Budget, found: Value, key: Value, value: Value) -> Value:
    """The context with an entry added or replaced; a list of keys is a path."""
    if not isinstance(found, Context):
        return nothing(budget, "context put", found, key)
    if isinstance(key, str):
        return found.with_entries({key: value})
    if not isinstance(key, tuple) or not 0 < len(key) <= DEPTH or not isinstance(key[0], str):
        return nothing(budget, "context put", found, key)
    if len(key) == 1:
        return found.with_entries({key[0]: value})
    inner = context_put(budget, found.get(key[0], Context()), key[1:], value)
    return None if inner is None else found.with_entries({key[0]: inner})


@CONTEXTS.add("context merge", "contexts", spread=True)
def context_merge(budget: Budget, contexts: tuple[Value, ...]) -> Value:
    """The entries of all contexts; later ones win."""
    merged: dict[str, Value] = {}
    for found in contexts:
        if not isinstance(found, Context):
            return nothing(budget, "context merge", found)
        merged |= found
    return Context(merged)
