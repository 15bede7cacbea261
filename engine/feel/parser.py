"""Source to tree, by recursive descent: the levels of operators, loosest first."""

from __future__ import annotations

from collections.abc import Callable, Container

from engine.feel.errors import FeelError
from engine.feel.forms import COMPARISONS, Forms
from engine.feel.tree import Between, Binary, Filter, In, InstanceOf, Negation, Node, Path, Test, Tests

LINKS = 64
AFTER_INTERVAL = frozenset(
    [
        ")",
        "]",
        "}",
        ",",
        ".",
        "..",
        ":",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "*",
        "/",
        "**",
        "and",
        "or",
        "in",
        "between",
        "instance",
        "then",
        "else",
        "return",
        "satisfies",
    ]
)
"""What cannot begin the condition of a filter."""


class Parser(Forms):
    """One source, read from left to right."""

    # -------------------------------------------------------------- entry points

    def whole(self) -> Node:
        """The whole source as one expression."""
        return self._read(self._whole)

    def unary_tests(self) -> Node:
        """The whole source as unary tests: `-`, `not(…)`, or tests with commas between them."""
        return self._read(self._unary_tests)

    def _read(self, how: Callable[[], Node]) -> Node:
        """What a reader finds. A sign that FEEL does not have is told before what it led to."""
        try:
            found = how()
            self._end()
        except FeelError:
            if (mistake := self._mistake()) is not None:
                raise mistake from None
            raise
        return found

    def _whole(self) -> Node:
        return self.expression()

    def _unary_tests(self) -> Node:
        at = self.here.at
        if self._takes("-") and self.here.kind == "end":
            return Tests((), at=at)
        self.at = 0
        if self.here.text == "not" and self._peek(1).text == "(":
            self.at += 2
            found = self._tests()
            self._expect(")")
            if self.here.kind == "end":
                return Tests(found, True, at)
            self.at = 0  # a call of not(…) within a test
        return Tests(self._tests(), False, at)

    # -------------------------------------------------------------- levels, loosest first

    def expression(self) -> Node:
        """Any expression."""
        self._deeper()
        found = self._expression()
        self.depth -= 1
        return found

    def _expression(self) -> Node:
        return self._compound() or self._or()

    def _or(self) -> Node:
        return self._level(self._and, ("or",), "name")

    def _and(self) -> Node:
        return self._level(self._comparison, ("and",), "name")

    def _level(self, operand: Callable[[], Node], operators: Container[str], kind: str = "operator") -> Node:
        """Operands with operators of one level between them; a long chain is one flat node."""
        first, at = operand(), self.here.at
        rest: list[tuple[str, Node]] = []
        while self.here.kind == kind and self.here.text in operators:
            operator = self._next().text
            rest.append((operator, operand()))
        return Binary(first, tuple(rest), at) if rest else first

    def _comparison(self) -> Node:
        found = self._level(self._additive, COMPARISONS)
        for _ in range(LINKS):
            token = self.here
            if token.kind != "name" or token.text not in ("between", "in"):
                return found
            self._next()
            if token.text == "in":
                self._bind("?", {"?": self.infer.of(found)})
                found = In(found, self._in_tests(), token.at)
                self.bound.pop()
            else:
                low = self._additive()
                self._expect("and")
                found = Between(found, low, self._additive(), token.at)
            rest: list[tuple[str, Node]] = []
            while self.here.kind == "operator" and self.here.text in COMPARISONS:
                operator = self._next().text
                rest.append((operator, self._additive()))
            found = Binary(found, tuple(rest), token.at) if rest else found
        raise self._too_long()

    def _in_tests(self) -> tuple[Node, ...]:
        if self.here.text != "(":
            return (self._test(),)
        at = self._next().at
        tests = self._tests()
        if self.here.text == ".." and len(tests) == 1:  # (1..5]: a range with an open end, not a list of tests
            return (self._interval(tests[0], low_closed=False, at=at),)
        self._expect(")")
        return tests

    def _tests(self) -> tuple[Node, ...]:
        found = [self._test()]
        while self._takes(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> Node:
        token = self.here
        if token.kind == "operator" and token.text in COMPARISONS:
            self._deeper()
            self._next()
            test = Test(token.text, self._additive(), token.at)
            self.depth -= 1
            return test
        return self.expression()

    def _additive(self) -> Node:
        return self._level(self._multiplicative, ("+", "-"))

    def _multiplicative(self) -> Node:
        return self._level(self._power, ("*", "/"))

    def _power(self) -> Node:
        return self._level(self._negation, ("**",))

    def _negation(self) -> Node:
        signs = 0
        at = self.here.at
        while self.here.kind == "operator" and self.here.text == "-":
            self._next()
            signs += 1
        if signs > LINKS:
            raise self._error("负号过多", "expected fewer minus signs")
        found = self._instance_of()
        for _ in range(signs):
            found = Negation(found, at)
        return found

    def _instance_of(self) -> Node:
        found = self._postfix()
        for _ in range(LINKS):
            if self.here.text != "instance" or self._peek(1).text != "of":
                return found
            at = self._next().at
            self._next()
            found = InstanceOf(found, self._type(), at)
        raise self._too_long()

    def _postfix(self) -> Node:
        found = self._primary()
        for _ in range(LINKS):
            token = self.here
            if token.text == "." and self._peek(1).kind == "name":
                self._next()
                found = Path(found, self._entry(found), token.at)
            elif token.text == "[" and not self._ends_interval():
                found = self._filtered(found)
            elif token.text == "(":
                found = self._call(found)
            else:
                return found
        raise self._too_long()

    def _ends_interval(self) -> bool:
        """In `[1..5[` the last bracket is no filter: nothing follows that could be a condition."""
        following = self._peek(1)
        return self.intervals > 0 and (following.kind == "end" or following.text in AFTER_INTERVAL)

    def _filtered(self, value: Node) -> Node:
        at = self._next().at
        self._into(value)
        condition = self.expression()
        self._out()
        self._expect("]")
        return Filter(value, condition, at)

    def _too_long(self) -> FeelError:
        return self._error(f"连续的运算应不超过 {LINKS} 个", f"expected at most {LINKS} operations in a row")
