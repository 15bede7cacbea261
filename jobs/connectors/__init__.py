"""What service tasks can ask for: one module a connector, with `CONNECTOR` in it.

`engine/connector.py` declares its parameters, results and time limit.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from jobs.connector import Connector


@cache
def connectors() -> Mapping[str, Connector]:
    """Every connector of this folder by the name a model gives in `zx:connector`."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.CONNECTOR.name: module.CONNECTOR for module in modules}
