"""What one evaluation may use. Counted, so that the outcome never depends on the machine's speed."""

from __future__ import annotations

from engine.feel.errors import FeelError

STEPS = 200_000
DEPTH = 64
TEXT = 1_000_000
ITEMS = 100_000


class Budget:
    """Steps and depth used so far, and the notes about operations that yielded null."""

    __slots__ = ("depth", "notes", "steps")

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        self.depth = 0
        self.notes: list[str] = []

    def spend(self, steps: int = 1) -> None:
        """Count work. Raises FeelError when there is none left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelError("表达式的计算步数超出限制", "expected an expression with fewer steps")

    def deeper(self) -> None:
        """Count a call within a call. Raises FeelError when they nest too deep."""
        self.depth += 1
        if self.depth > DEPTH:
            raise FeelError(f"函数嵌套调用应不超过 {DEPTH} 层", f"expected at most {DEPTH} nested calls")

    def sized(self, text: int = 0, items: int = 0) -> None:
        """Refuse texts and lists beyond bounds; both count as steps too."""
        if text > TEXT or items > ITEMS:
            raise FeelError("表达式产生的文本或列表过大", "expected a smaller text or list")
        self.spend(text // 1_000 + items // 10)

    def note(self, text: str) -> None:
        """Say why something is null; the first few are kept."""
        if len(self.notes) < 20:
            self.notes.append(text)
