"""SpiffWorkflow behind our contract: tokens without data, a window as large as the open work, no Python in a model.

The only folder that knows SpiffWorkflow. `host.py` is all it knows of instances; `step.py` is all they know of it.
"""

from engine.flow.against import came_of, finished_items, levels, movable, move, reopen, returnable, visit, withdraw
from engine.flow.model import NORMALISER, Model
from engine.flow.step import (
    begin,
    cancel,
    caught,
    complete,
    receive,
    retry,
    start,
    throw,
)
from engine.flow.window import finished, size

__all__ = [
    "NORMALISER",
    "Model",
    "begin",
    "came_of",
    "cancel",
    "caught",
    "complete",
    "finished",
    "finished_items",
    "levels",
    "movable",
    "move",
    "receive",
    "reopen",
    "retry",
    "returnable",
    "size",
    "start",
    "throw",
    "visit",
    "withdraw",
]
