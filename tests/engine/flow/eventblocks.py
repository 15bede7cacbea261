"""Random models with events: event sub-processes, errors, escalations, signals, links, event-based gateways.

What is thrown is thrown right after a person's work, when all else is at rest: so no order of tokens decides the result.
"""

from __future__ import annotations

from dataclasses import replace

from tests.engine.flow.blocks import COMPOUND, Block, Draw, Shape

THROWN = ((Shape.RAISE, 8), (Shape.ESCALATE, 3), (Shape.SIGNAL, 3), (Shape.CATCH, 2), (Shape.LINK, 1), (Shape.RACE, 3))
HEARING = (Shape.SIGNAL, Shape.CATCH)
EVERY = "*"


class EventDraw(Draw):
    """Draws one model; `caught` are the error codes that something around catches, the innermost last.

    What begins again with every signal or escalation throws none of its own that could begin it: no run is without end.
    """

    compound: tuple[tuple[Shape, int], ...] = (*COMPOUND, *THROWN)

    def __init__(self, seed: int, room: int = 30) -> None:
        super().__init__(seed, room)
        self.caught: list[frozenset[str]] = []
        self.silent: frozenset[Shape] = frozenset()

    def model(self) -> Block:
        """A process with event sub-processes."""
        return self._level(Shape.SUB, 4, number=0, several=self.random.choice([0, 0, 1, 2]))

    def _compound(self, shape: Shape, depth: int) -> Block:
        match shape:
            case Shape.ESCALATE | Shape.SIGNAL if shape in self.silent:
                return self._simple()
            case Shape.RAISE:
                return self._raise()
            case Shape.ESCALATE:
                return Block(shape, self._number(), code=self.random.choice(["U1", "U2"]))
            case Shape.SIGNAL | Shape.CATCH:
                return Block(shape, self._number(), code=self._signal())
            case Shape.LINK:
                return Block(shape, self._number())
            case Shape.RACE:
                number, branches = self._number(), self._branches(depth)
                return Block(shape, number, branches, triggers=tuple(self._awaited() for _ in branches))
            case Shape.SUB | Shape.CALL:
                return self._level(shape, depth, self._number())
            case _:
                return super()._compound(shape, depth)

    def _activity(
        self, depth: int, shapes: tuple[Shape, ...] = (Shape.USER, Shape.SCRIPT, Shape.SUB, Shape.CALL)
    ) -> Block:
        shape = self.random.choice(shapes)
        number = self._number()
        return Block(shape, number) if shape in (Shape.USER, Shape.SCRIPT) else self._level(shape, depth, number)

    def _level(self, shape: Shape, depth: int, number: int, several: int | None = None) -> Block:
        """A level with up to two event sub-processes: the first part is what it does by itself."""
        triggers, interrupting = self._handled(self.random.choice([0, 1, 1, 2]) if several is None else several)
        errors = _errors(triggers)
        self.caught.append(errors)
        body = self._sequence(depth, at_least=2)
        self.caught.pop()
        handlers = []
        again = sum(trigger.startswith("escalation") for trigger in triggers) > 1
        for trigger, interrupts in zip(triggers, interrupting, strict=True):
            self.caught.append(frozenset() if interrupts else errors)
            handlers.append(self._handler(depth - 1, trigger, interrupts, {Shape.ESCALATE} if again else set()))
            self.caught.pop()
        return Block(shape, number, (body, *handlers), triggers=triggers, interrupting=interrupting)

    def _boundary(self, depth: int) -> Block:
        """An activity with up to two boundary events."""
        number, kind = self._number(), self.random.random()
        triggers: tuple[str, ...]
        interrupting: tuple[bool, ...]
        if kind < 0.25:
            triggers = tuple(self._awaited() for _ in range(self.random.randint(1, 2)))
            interrupting = tuple(self.random.random() < 0.5 for _ in triggers)
        else:
            triggers, interrupting = self._handled(self.random.randint(1, 2))
        self.caught.append(_errors(triggers))
        outside, self.beside = self.beside, True
        if kind < 0.25:
            part = self._activity(depth, (Shape.USER, Shape.USER, Shape.SUB))
        elif kind < 0.4:
            part = self._several(depth)
        elif kind < 0.5:
            part = super()._compound(Shape.STANDARD, depth)
        else:
            part = self._level(self.random.choice([Shape.SUB, Shape.CALL]), depth, self._number())
        self.beside = outside
        self.caught.pop()
        handlers = []
        for trigger, interrupts in zip(triggers, interrupting, strict=True):
            handler = self._handler(depth - 1, trigger, interrupts, set())
            handlers.append(handler if interrupts or trigger == "timer" else self._apart(handler))
        return Block(Shape.BOUNDARY, number, (part, *handlers), triggers=triggers, interrupting=interrupting)

    def _several(self, depth: int) -> Block:
        """Where a signal may end several items in one step, all of them are waited for: who is first decides nothing."""
        found = super()._several(depth)
        hears = any(b.shape in HEARING or any("signal" in t for t in b.triggers) for b in found.walk())
        return replace(found, until=0) if hears else found

    def _handler(self, depth: int, trigger: str, interrupts: bool, silent: set[Shape]) -> Block:
        outside = self.beside, self.silent
        self.beside = True
        if not interrupts and trigger != "timer":
            self.silent = self.silent | silent | {Shape.SIGNAL}
        handler = self._sequence(max(depth, 0))
        self.beside, self.silent = outside
        return handler

    def _apart(self, handler: Block) -> Block:
        """A path that may begin again while it is under way, in a scope of its own for each round."""
        return Block(Shape.SEQUENCE, 0, (Block(Shape.SUB, self._number(), (handler,)),))

    def _raise(self) -> Block:
        codes = sorted(frozenset().union(*self.caught))
        if not codes:
            return self._simple()
        code = self.random.choice(codes)
        return Block(Shape.RAISE, self._number(), code=self.random.choice(["E1", "E2"]) if code == EVERY else code)

    def _handled(self, several: int) -> tuple[tuple[str, ...], tuple[bool, ...]]:
        """Triggers of handlers, no two for one error or escalation, and which of them interrupt."""
        found: dict[str, bool] = {}
        for _ in range(several):
            kind = self.random.choice(["error", "error", "escalation", "signal", "timer"])
            code = {"error": "E", "escalation": "U"}.get(kind)
            trigger = (
                self._awaited(kind) if code is None else f"{kind} {self.random.choice([f'{code}1', f'{code}2', EVERY])}"
            )
            interrupts = kind == "error" or self.random.random() < 0.35
            found.setdefault(trigger, interrupts)
        return tuple(found), tuple(found.values())

    def _awaited(self, kind: str | None = None) -> str:
        kind = kind or self.random.choice(["timer", "signal"])
        return kind if kind == "timer" else f"signal {self._signal()}"

    def _signal(self) -> str:
        return self.random.choice(["S1", "S2"])


def _errors(triggers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(trigger.removeprefix("error ") for trigger in triggers if trigger.startswith("error"))


def draw(seed: int) -> Block:
    """The model of a seed."""
    return EventDraw(seed).model()
