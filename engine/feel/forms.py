"""The forms of FEEL that are no operators: literals, brackets, contexts, calls, `if`, iterations, functions."""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.feel import lexer
from engine.feel.inference import ANY
from engine.feel.known import Known
from engine.feel.lexer import Token
from engine.feel.tree import (
    BuiltIn,
    Call,
    ContextOf,
    FunctionOf,
    If,
    Interval,
    Iteration,
    ListOf,
    Literal,
    Node,
    Type,
)
from engine.feel.type_names import TypeNames
from engine.temporal import READERS as MOMENTS
from engine.value import Value, number

SOURCES = 16
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
WITH_ITEMS = frozenset({"sort", "list replace"})
"""Functions whose last argument is a function of the first one's items."""


class Forms(TypeNames, ABC):
    """A source read form by form; the levels of operators are the parser's."""

    def __init__(self, source: str, known: Known) -> None:
        super().__init__(source, known)
        self.intervals = 0
        self.hint = ANY

    @abstractmethod
    def expression(self) -> Node:
        """Any expression, one level deeper."""

    @abstractmethod
    def _test(self) -> Node:
        """An expression, or a comparison with what is tested."""

    # -------------------------------------------------------------- primaries

    def _primary(self) -> Node:
        """A value, a name, a bracket, or a compound form."""
        token = self.here
        if token.kind == "number":
            found = self._number(token)
            self._next()
            return Literal(found, token.at)
        if token.kind == "text":
            self._next()
            return Literal(lexer.unescape(self.source, token), token.at)
        if token.kind == "name":
            return self._compound() or self._named()
        match token.text:
            case "(":
                return self._parenthesis()
            case "[":
                return self._bracket()
            case "]":
                self._next()
                return self._interval(self.expression(), low_closed=False, at=token.at)
            case "{":
                return self._context()
            case "@":
                return self._at_literal()
            case _:
                raise self._unexpected("一个值、名称或括号", "a value, a name or a bracket")

    def _number(self, token: Token) -> Value:
        try:
            return number(token.text)
        except ValueError:
            raise self._error("数字超出范围", "expected a number of at most 34 digits within ±1E6144") from None

    def _parenthesis(self) -> Node:
        at = self._next().at
        token = self.here
        if token.kind == "operator" and token.text in COMPARISONS:  # (< 5) is a range
            test = self._test()
            self._expect(")")
            return test
        found = self.expression()
        if self.here.text == "..":
            return self._interval(found, low_closed=False, at=at)
        self._expect(")")
        return found

    def _bracket(self) -> Node:
        at = self._next().at
        if self._takes("]"):
            return ListOf((), at)
        found = [self._test()]
        if self.here.text == "..":
            return self._interval(found[0], low_closed=True, at=at)
        while self._takes(","):
            found.append(self._test())
        self._expect("]")
        return ListOf(tuple(found), at)

    def _interval(self, low: Node, *, low_closed: bool, at: int) -> Node:
        self._expect("..")
        self.intervals += 1
        high = self.expression()
        self.intervals -= 1
        if self.here.text not in ("]", ")", "["):
            raise self._unexpected("] 或 ) 以结束区间", "] or ) to end the range")
        return Interval(low, high, low_closed, self._next().text == "]", at)

    def _context(self) -> Node:
        at = self._next().at
        entries: dict[str, Node] = {}
        self._bind()
        while not self._takes("}"):
            if entries:
                self._expect(",")
            start = self.here.at
            name = self._key()
            if name in entries:
                raise lexer.error(
                    self.source,
                    start,
                    f"名称 {name} 重复,各项的名称应不同",
                    f"expected different names, but {name} repeats",
                )
            entries[name] = self.expression()
            self._add(name, self.infer.of(entries[name]))
        self.bound.pop()
        return ContextOf(tuple(entries.items()), at)

    def _key(self) -> str:
        if self.here.kind == "text":
            name = lexer.unescape(self.source, self._next())
            self._expect(":")
            return name
        return self._words_until(":")

    def _at_literal(self) -> Node:
        at = self._next().at
        if self.here.kind != "text":
            raise self._unexpected('@ 后的日期,如 @"2026-03-02"', 'a date after @, such as @"2026-03-02"')
        text = lexer.unescape(self.source, self._next())
        for reader in MOMENTS:
            try:
                return Literal(reader(text), at)
            except ValueError:
                continue
        raise lexer.error(
            self.source,
            at,
            f"不存在的日期或时长 {text!r}",
            f"expected a date, time or duration that exists, but found {text!r}",
        )

    # -------------------------------------------------------------- compound forms

    def _compound(self) -> Node | None:
        """A form that begins with a word of its own and reaches as far as it can."""
        if self.here.kind != "name":
            return None
        match self.here.text:
            case "if":
                return self._if()
            case "for":
                return self._iteration("for", "return")
            case "some" | "every" as kind if self._peek(1).kind == "name" and self._variable() is None:
                return self._iteration(kind, "satisfies")
            case "function" if self._peek(1).text == "(":
                return self._function()
            case _:
                return None

    def _call(self, function: Node) -> Node:
        at = self._next().at
        arguments: list[Node] = []
        names: list[str] = []
        while not self._takes(")"):
            if arguments:
                self._expect(",")
            if (name := self._argument_name()) is not None:
                names.append(name)
            takes_items = arguments and isinstance(function, BuiltIn) and function.name in WITH_ITEMS
            self.hint = self.infer.element(self.infer.of(arguments[0])) if takes_items else ANY
            arguments.append(self._test())
        self.hint = ANY
        if names and len(names) != len(arguments):
            raise self._error("参数应全部写名称或全部不写", "expected all arguments with names, or none")
        return Call(function, tuple(arguments), tuple(names), at)

    def _argument_name(self) -> str | None:
        ahead = 0
        while self._peek(ahead).kind == "name":
            ahead += 1
        if not ahead or self._peek(ahead).text != ":":
            return None
        return self._words_until(":")

    def _if(self) -> Node:
        at = self.here.at
        branches: list[tuple[Node, Node]] = []
        while self.here.text == "if":
            self._next()
            condition = self.expression()
            self._expect("then")
            branches.append((condition, self.expression()))
            self._expect("else")
        return If(tuple(branches), self.expression(), at)

    def _iteration(self, kind: str, end: str) -> Node:
        at = self._next().at
        names: list[str] = []
        sources: list[tuple[Node, Node | None]] = []
        self._bind()
        while True:
            name = self._words_until("in")
            names.append(name)
            sources.append(self._source())
            self._add(name, self._run_through(*sources[-1]))
            if not self._takes(","):
                break
            if len(names) == SOURCES:
                raise self._error(f"循环变量应不超过 {SOURCES} 个", f"expected at most {SOURCES} names to run through")
        self._expect(end)
        if kind == "for":
            self._add("partial", ANY)
        body = self.expression()
        self.bound.pop()
        return Iteration(kind, tuple(names), tuple(sources), body, at)

    def _source(self) -> tuple[Node, Node | None]:
        low = self.expression()
        if isinstance(low, Interval):
            return low, None
        return (low, self.expression()) if self._takes("..") else (low, None)

    def _run_through(self, low: Node, high: Node | None) -> Type:
        """The type of what a name runs through."""
        found = self.infer.resolved(self.infer.of(low))
        if found.name == "range":
            return found.parts[0][1] if found.parts else ANY
        return found if high is not None else self.infer.element(found)

    def _function(self) -> Node:
        at = self._next().at
        self._expect("(")
        parameters: list[str] = []
        types: list[Type | None] = []
        while not self._takes(")"):
            if parameters:
                self._expect(",")
            parameters.append(self._new_name(")", ",", ":"))
            types.append(self._type() if self._takes(":") else None)
        hint, self.hint = self.hint, ANY
        self._bind(parameters, {name: wanted or hint for name, wanted in zip(parameters, types, strict=True)})
        external = self._takes("external")
        body = self.expression()
        self.bound.pop()
        return FunctionOf(tuple(parameters), body, tuple(types), external, at)
