"""Source to tree, by recursive descent. It carries the names in scope, because names may hold spaces and signs."""

from __future__ import annotations

from collections.abc import Callable, Container
from difflib import get_close_matches

from engine.feel import lexer
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelError
from engine.feel.lexer import KEYWORDS, Token
from engine.feel.names import Names, outside, words
from engine.feel.tree import (
    Between,
    Binary,
    BuiltIn,
    Call,
    ContextOf,
    Filter,
    FunctionOf,
    If,
    In,
    InstanceOf,
    Interval,
    Iteration,
    ListOf,
    Literal,
    Name,
    Negation,
    Node,
    Path,
    Test,
    Tests,
    Type,
)
from engine.temporal import READERS as MOMENTS
from engine.value import Value, number

NESTING = 32
LINKS = 64
SOURCES = 16
SHOWN = 60
AFTER_INTERVAL = frozenset({")", "]", "}", ",", "and", "or", "then", "else", "return", "satisfies", "=", "!="})
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
TYPES = (
    "days and time duration", "years and months duration", "date and time", "number", "string", "boolean", "date",
    "time", "list", "context", "range", "function", "Any", "Null",
)  # fmt: skip


class Parser(Cursor):
    """One source, read from left to right."""

    def __init__(self, source: str, names: frozenset[str], functions: frozenset[str]) -> None:
        super().__init__(source)
        self.depth = 0
        self.known = outside(names)
        self.functions = outside(functions)
        self.bound: list[Names] = []
        self.filters = 0
        self.intervals = 0

    # -------------------------------------------------------------- entry points

    def whole(self) -> Node:
        """The whole source as one expression."""
        found = self.expression()
        self._end()
        return found

    def unary_tests(self) -> Node:
        """The whole source as unary tests: `-`, `not(…)`, or tests with commas between them."""
        at = self.here.at
        if self._takes("-") and self.here.kind == "end":
            return Tests((), at=at)
        self.at = 0
        negated = self.here.text == "not" and self._peek(1).text == "("
        if negated:
            self.at += 2
        found = self._tests()
        if negated:
            self._expect(")")
        self._end()
        return Tests(found, negated, at)

    # -------------------------------------------------------------- levels, loosest first

    def expression(self) -> Node:
        """Any expression."""
        self._deeper()
        found = self._expression()
        self.depth -= 1
        return found

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > NESTING:
            raise self._error(f"嵌套应不超过 {NESTING} 层", f"expected at most {NESTING} levels of nesting")

    def _expression(self) -> Node:
        match self.here.text if self.here.kind == "name" else "":
            case "if":
                return self._if()
            case "for":
                return self._iteration("for", "return")
            case "some" | "every" as kind if self._peek(1).kind == "name":
                return self._iteration(kind, "satisfies")
            case "function" if self._peek(1).text == "(":
                return self._function()
            case _:
                return self._or()

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
                found = In(found, self._in_tests(), token.at)
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
                found = Path(found, self._property(), token.at)
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
        self.filters += 1
        condition = self.expression()
        self.filters -= 1
        self._expect("]")
        return Filter(value, condition, at)

    def _too_long(self) -> FeelError:
        return self._error(f"连续的运算应不超过 {LINKS} 个", f"expected at most {LINKS} operations in a row")

    # -------------------------------------------------------------- primaries

    def _primary(self) -> Node:
        token = self.here
        if token.kind == "number":
            found = self._number(token)
            self._next()
            return Literal(found, token.at)
        if token.kind == "text":
            self._next()
            return Literal(lexer.unescape(self.source, token), token.at)
        if token.kind == "name":
            return self._named()
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

    def _named(self) -> Node:
        token = self.here
        constants: dict[str, Value] = {"true": True, "false": False, "null": None}
        function = self.functions.longest(self.tokens, self.at, followed_by="(")
        variable = self._variable()
        if variable is not None and (function is None or len(words(variable.name)) >= len(words(function))):
            self.at += len(words(variable.name))
            return variable
        if function is not None:
            self.at += len(words(function))
            return BuiltIn(function, token.at)
        if token.text in constants:
            self._next()
            return Literal(constants[token.text], token.at)
        if token.text in KEYWORDS:
            raise self._unexpected("一个值或名称", "a value or a name")
        if self.filters or token.text == "?":
            self._next()
            return Name(token.text, dynamic=True, at=token.at)
        function = self.functions.longest(self.tokens, self.at)
        if function is not None:  # a function as a value
            self.at += len(words(function))
            return BuiltIn(function, token.at)
        raise self._unknown(token)

    def _variable(self) -> Name | None:
        for names in reversed(self.bound):
            if (local := names.longest(self.tokens, self.at)) is not None:
                return Name(local, local=True, at=self.here.at)
        known = self.known.longest(self.tokens, self.at)
        return None if known is None else Name(known, at=self.here.at)

    def _unknown(self, token: Token) -> FeelError:
        if self._peek(1).text == "(":
            zh, en = f"没有名为 {token.text} 的函数", f"there is no function named {token.text}"
            candidates = set(self.functions)
        else:
            zh, en = (
                f"没有名为 {token.text} 的变量(文本请加双引号)",
                f"there is no name {token.text} here (text needs quotes)",
            )
            candidates = {*self.known, *(name for names in self.bound for name in names)}
        if near := get_close_matches(token.text[:SHOWN], sorted(candidates), n=1):
            zh, en = f"{zh},是否为 {near[0]}?", f"{en}; did you mean {near[0]}?"
        return lexer.error(self.source, token.at, zh, en)

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
        self.bound.append(Names())
        while not self._takes("}"):
            if entries:
                self._expect(",")
            start = self.here.at
            name = self._key()
            if name in entries:
                raise lexer.error(
                    self.source, start, f"重复的名称 {name}", f"expected different names, but {name} repeats"
                )
            entries[name] = self.expression()
            self.bound[-1].add(name)
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

    def _call(self, function: Node) -> Node:
        at = self._next().at
        arguments: list[Node] = []
        names: list[str] = []
        while not self._takes(")"):
            if arguments:
                self._expect(",")
            if (name := self._argument_name()) is not None:
                names.append(name)
            arguments.append(self._test())
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
        self.bound.append(Names())
        while True:
            name = self._words_until("in")
            names.append(name)
            sources.append(self._source())
            self.bound[-1].add(name)
            if not self._takes(","):
                break
            if len(names) == SOURCES:
                raise self._error(f"循环变量应不超过 {SOURCES} 个", f"expected at most {SOURCES} names to run through")
        self._expect(end)
        if kind == "for":
            self.bound[-1].add("partial")
        body = self.expression()
        self.bound.pop()
        return Iteration(kind, tuple(names), tuple(sources), body, at)

    def _source(self) -> tuple[Node, Node | None]:
        low = self.expression()
        if isinstance(low, Interval):
            return low, None
        return (low, self.expression()) if self._takes("..") else (low, None)

    def _function(self) -> Node:
        at = self._next().at
        self._expect("(")
        parameters: list[str] = []
        types: list[Type | None] = []
        while not self._takes(")"):
            if parameters:
                self._expect(",")
            parameters.append(self._new_name())
            types.append(self._type() if self._takes(":") else None)
        if self.here.text == "external":
            raise self._error("不支持外部函数", "expected a FEEL function: external functions are not supported")
        self.bound.append(Names(parameters))
        body = self.expression()
        self.bound.pop()
        return FunctionOf(tuple(parameters), body, tuple(types), at)

    def _type(self) -> Type:
        self._deeper()
        for name in TYPES:
            if self._follows(words(name)):
                self.at += len(words(name))
                found = Type(name, self._type_parts(name))
                self.depth -= 1
                return found
        raise self._unexpected("类型名称,如 number", "the name of a type, such as number")

    def _type_parts(self, name: str) -> tuple[tuple[str, Type], ...]:
        if name not in ("list", "range", "context", "function") or not self._takes("<"):
            return ()
        parts: list[tuple[str, Type]] = []
        while not self._takes(">"):
            if parts:
                self._expect(",")
            key = self._words_until(":") if name == "context" else ""
            parts.append((key, self._type()))
        if name == "function":
            self._expect("->")
            parts.append(("->", self._type()))
        return tuple(parts)
