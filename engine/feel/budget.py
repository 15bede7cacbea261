"""What one evaluation may use. Counted, so that the outcome never depends on the machine's speed."""

from __future__ import annotations

from engine.errors import Text
from engine.feel.errors import FeelError
from engine.feel.notes import MOST, Note
from engine.value import Value

STEPS = 2_000_000
CALLS = 64
HEIGHT = 150
"""Levels of one expression's tree."""
STACKED = 1_200
"""Levels of the trees of all calls that are open at once."""
DEPTH = 64
TEXT = 1_000_000
ITEMS = 100_000
RESULT_TEXT = 4_000_000
RESULT_ITEMS = 200_000
CHARACTERS_A_STEP = 1_024
ITEMS_A_STEP = 16


class Budget:
    """Steps and depth used so far, and notes about operations that yielded null.

    A step is about what one node of the tree costs; long texts and lists cost more, and each pattern once.
    `now` is the time of the command, for scopes that do not hold it themselves.
    """

    __slots__ = ("calls", "height", "kept", "now", "patterns", "steps")

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        self.calls = 0
        self.height = 0
        self.kept: list[Note] = []
        self.now: Value = None
        self.patterns: set[tuple[str, str]] = set()

    def spend(self, steps: int = 1) -> None:
        """Count work. Raises FeelError when there is none left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelError("表达式的计算步数超出限制", "expected an expression with fewer steps")

    def enter(self, height: int) -> None:
        """Count a call within a call, with the height of the body. Raises FeelError when they nest too deep."""
        self.calls += 1
        self.height += height
        if self.calls > CALLS:
            raise FeelError(f"函数嵌套调用应不超过 {CALLS} 层", f"expected at most {CALLS} nested calls")
        if self.height > STACKED:
            raise FeelError("嵌套调用的函数过于复杂", "expected nested calls of simpler functions")

    def leave(self, height: int) -> None:
        """The call is over."""
        self.calls -= 1
        self.height -= height

    def touch(self, value: object) -> None:
        """Count what it costs to go through a value once."""
        if type(value) is str:
            self.spend(len(value) // CHARACTERS_A_STEP)
        elif isinstance(value, tuple | dict):
            self.spend(len(value) // ITEMS_A_STEP)

    def sized(self, text: int = 0, items: int = 0) -> None:
        """Refuse texts and lists beyond bounds; both count as steps too."""
        if text > TEXT or items > ITEMS:
            raise FeelError("表达式产生的文本或列表过大", "expected a smaller text or list")
        self.spend(text // CHARACTERS_A_STEP + items // ITEMS_A_STEP)

    def note(self, reason: Text, *parts: object, met: tuple[Value, ...] = ()) -> None:
        """Say why something is null, with the values that were met; the first few are kept, not yet in words."""
        if len(self.kept) < MOST:
            self.kept.append(Note(reason, parts, tuple(map(type, met))))

    @property
    def notes(self) -> tuple[Text, ...]:
        """Why something is null, each reason once."""
        return tuple(dict.fromkeys(note.text for note in self.kept))
