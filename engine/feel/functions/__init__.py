"""The built-in functions of FEEL, one module a family of the standard."""

from engine.feel.functions.contexts import CONTEXTS
from engine.feel.functions.conversion import CONVERSIONS
from engine.feel.functions.lists import LISTS
from engine.feel.functions.moments import MOMENTS, properties
from engine.feel.functions.numbers import NUMBERS
from engine.feel.functions.ranges import RANGES
from engine.feel.functions.registry import Function
from engine.feel.functions.statistics import STATISTICS
from engine.feel.functions.text import TEXTS

FUNCTIONS: dict[str, list[Function]] = {
    **CONVERSIONS,
    **NUMBERS,
    **TEXTS,
    **LISTS,
    **STATISTICS,
    **CONTEXTS,
    **MOMENTS,
    **RANGES,
}
"""Every form of every built-in by name."""

__all__ = ["FUNCTIONS", "properties"]
