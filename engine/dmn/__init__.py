"""DMN 1.1 to 1.5: decision tables and boxed expressions, as drawn in a file, evaluated on the values of FEEL.

`read` gives the model of a file, `Library` compiles several together. A decision yields a value; a `Traced` budget
also keeps which rules matched and with which inputs.
"""

from engine.dmn.library import Library
from engine.dmn.model import Decision, Definitions, InputData, Key, Service
from engine.dmn.parse import read
from engine.dmn.trace import Matched, Traced

__all__ = ["Decision", "Definitions", "InputData", "Key", "Library", "Matched", "Service", "Traced", "read"]
