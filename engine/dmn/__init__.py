"""DMN 1.1 to 1.5: decision tables and boxed expressions, as drawn in a file, evaluated on the values of FEEL.

`read` gives the model of a file, `Library` compiles several together and tells what is wrong with them (`faults`) and
what is hardly meant so (`warnings`). A decision yields a value; a `Traced` budget also keeps which rules matched, with
which inputs, in words.
"""

from engine.dmn.finding import Finding
from engine.dmn.library import Library
from engine.dmn.model import Decision, Definitions, InputData, Key, Service
from engine.dmn.parse import read
from engine.dmn.trace import Counted, Matched, Traced, titled

__all__ = [
    "Counted",
    "Decision",
    "Definitions",
    "Finding",
    "InputData",
    "Key",
    "Library",
    "Matched",
    "Service",
    "Traced",
    "read",
    "titled",
]
