"""Which rights of a manifest a role holds; one that the manifest does not name is its owner's."""

from __future__ import annotations

from collections.abc import Iterable

from engine.publication import SELF
from web.rights import RIGHTS

Manifest = dict[str, object]


def of(manifest: Manifest, code: str) -> tuple[str, ...]:
    """The rights of a role."""
    return tuple(right for right in RIGHTS if code in holders(manifest, right))


def holders(manifest: Manifest, right: str) -> list[str]:
    """The roles that hold a right; nobody publishes their own draft unless the manifest says so."""
    table = manifest.get("rights")
    found = table.get(right) if isinstance(table, dict) else None
    if isinstance(found, list):
        return [str(role) for role in found]
    return [] if right == SELF else [str(manifest.get("owner", ""))]


def given(manifest: Manifest, code: str, wanted: Iterable[str]) -> tuple[Manifest, list[str]]:
    """The manifest in which the role has these rights and no others, and the rights that nobody would have."""
    table, keep, unheld = manifest.get("rights"), set(wanted), []
    made: dict[str, object] = dict(table) if isinstance(table, dict) else {}
    for right in RIGHTS:
        held = holders(manifest, right)
        if (right in keep) == (code in held):
            continue
        after = [*held, code] if right in keep else [role for role in held if role != code]
        if after:
            made[right] = after
        elif right == SELF:
            made.pop(right, None)
        else:
            unheld.append(right)
    return {**manifest, "rights": made} if made else {k: v for k, v in manifest.items() if k != "rights"}, unheld


def without(manifest: Manifest, code: str) -> Manifest:
    """The manifest without the role's rights; one that nobody else has is the owner's again."""
    table = manifest.get("rights")
    if not isinstance(table, dict):
        return manifest
    made: dict[str, object] = {}
    for right, held in table.items():
        left = [role for role in held if role != code] if isinstance(held, list) else held
        if left or not held:
            made[right] = left
    return {**manifest, "rights": made} if made else {k: v for k, v in manifest.items() if k != "rights"}
