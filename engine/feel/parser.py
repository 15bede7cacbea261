"""Source to tree, by recursive descent. It carries the names in scope, because names may hold spaces and signs."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from engine import temporal
from engine.feel import lexer
from engine.feel.errors import FeelError
from engine.feel.lexer import KEYWORDS, Token
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
from engine.value import Value, number

NESTING = 60
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
TYPES = (
    "days and time duration", "years and months duration", "date and time", "number", "string", "boolean", "date",
    "time", "list", "context", "range", "function", "Any", "Null",
)  # fmt: skip


@lru_cache(maxsize=4_096)
def words(name: str) -> tuple[str, ...]:
    """The tokens that a name consists of."""
    return tuple(token.text for token in lexer.tokens(name)[:-1])


@lru_cache(maxsize=512)
def by_first_word(names: frozenset[str]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Names by their first token, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in names:
        try:
            parts = words(name)
        except FeelError:
            continue
        if parts:
            found.setdefault(parts[0], []).append((parts, name))
    return {
        first: tuple(sorted(several, key=lambda item: (-len(item[0]), item[1]))) for first, several in found.items()
    }


class Parser:
    """One source, read from left to right."""

    def __init__(self, source: str, names: frozenset[str], functions: frozenset[str]) -> None:
        self.source = source
        self.tokens = lexer.tokens(source)
        self.at = 0
        self.depth = 0
        self.known = by_first_word(names)
        self.functions = by_first_word(functions)
        self.all_names = names
        self.bound: list[frozenset[str]] = []
        self.filters = 0

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
        self.depth += 1
        if self.depth > NESTING:
            raise self._error(f"嵌套应不超过 {NESTING} 层", f"expected at most {NESTING} levels of nesting")
        try:
            return self._expression()
        finally:
            self.depth -= 1

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
        found = self._and()
        while self.here.text == "or":
            at = self._next().at
            found = Binary("or", found, self._and(), at)
        return found

    def _and(self) -> Node:
        found = self._comparison()
        while self.here.text == "and":
            at = self._next().at
            found = Binary("and", found, self._comparison(), at)
        return found

    def _comparison(self) -> Node:
        found = self._additive()
        while True:
            token = self.here
            if token.kind == "operator" and token.text in COMPARISONS:
                self._next()
                found = Binary(token.text, found, self._additive(), token.at)
            elif token.text == "between" and token.kind == "name":
                self._next()
                low = self._additive()
                self._expect("and")
                found = Between(found, low, self._additive(), token.at)
            elif token.text == "in" and token.kind == "name":
                self._next()
                found = In(found, self._in_tests(), token.at)
            else:
                return found

    def _in_tests(self) -> tuple[Node, ...]:
        if self.here.text != "(":
            return (self._test(),)
        start = self.at
        self._next()
        tests = self._tests()
        if self.here.text == "..":  # (1..5]: a range with an open end, not a list of tests
            self.at = start
            return (self._test(),)
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
            self._next()
            return Test(token.text, self._additive(), token.at)
        return self.expression()

    def _additive(self) -> Node:
        found = self._multiplicative()
        while self.here.kind == "operator" and self.here.text in "+-":
            token = self._next()
            found = Binary(token.text, found, self._multiplicative(), token.at)
        return found

    def _multiplicative(self) -> Node:
        found = self._power()
        while self.here.kind == "operator" and self.here.text in ("*", "/"):
            token = self._next()
            found = Binary(token.text, found, self._power(), token.at)
        return found

    def _power(self) -> Node:
        found = self._negation()
        while self.here.text == "**":
            token = self._next()
            found = Binary("**", found, self._negation(), token.at)
        return found

    def _negation(self) -> Node:
        signs = 0
        at = self.here.at
        while self.here.kind == "operator" and self.here.text == "-":
            self._next()
            signs += 1
        found = self._instance_of()
        for _ in range(min(signs, NESTING)):
            found = Negation(found, at)
        if signs > NESTING:
            raise self._error("负号过多", "expected fewer minus signs")
        return found

    def _instance_of(self) -> Node:
        found = self._postfix()
        while self.here.text == "instance" and self._peek(1).text == "of":
            at = self._next().at
            self._next()
            found = InstanceOf(found, self._type(), at)
        return found

    def _postfix(self) -> Node:
        found = self._primary()
        while self.here.kind == "operator":
            token = self.here
            if token.text == "." and self._peek(1).kind == "name":
                self._next()
                found = Path(found, self._property(), token.at)
            elif token.text == "[":
                self._next()
                self.filters += 1
                condition = self.expression()
                self.filters -= 1
                self._expect("]")
                found = Filter(found, condition, token.at)
            elif token.text == "(":
                found = self._call(found)
            else:
                break
        return found

    # -------------------------------------------------------------- primaries

    def _primary(self) -> Node:
        token = self.here
        if token.kind == "number":
            self._next()
            return Literal(self._number(token), token.at)
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
        function = self._longest(self.functions, followed_by="(")
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
        raise self._unknown(token)

    def _variable(self) -> Name | None:
        for names in reversed(self.bound):
            if (local := self._longest(by_first_word(names))) is not None:
                return Name(local, local=True, at=self.here.at)
        known = self._longest(self.known)
        return None if known is None else Name(known, at=self.here.at)

    def _longest(
        self, names: dict[str, tuple[tuple[tuple[str, ...], str], ...]], followed_by: str | None = None
    ) -> str | None:
        for parts, name in names.get(self.here.text, ()):
            ahead = [token.text for token in self.tokens[self.at : self.at + len(parts)]]
            if tuple(ahead) == parts and (followed_by is None or self._peek(len(parts)).text == followed_by):
                return name
        return None

    def _unknown(self, token: Token) -> FeelError:
        near = get_close_matches(token.text, sorted(self.all_names | {n for b in self.bound for n in b}), n=1)
        if self._peek(1).text == "(":
            near = get_close_matches(token.text, sorted(name for n in self.functions.values() for _, name in n), n=1)
            zh, en = f"没有名为 {token.text} 的函数", f"there is no function named {token.text}"
        else:
            zh, en = (
                f"没有名为 {token.text} 的变量(文本请加双引号)",
                f"there is no name {token.text} here (text needs quotes)",
            )
        if near:
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
        high = self.expression()
        if self.here.text not in ("]", ")", "["):
            raise self._unexpected("] 或 ) 以结束区间", "] or ) to end the range")
        return Interval(low, high, low_closed, self._next().text == "]", at)

    def _context(self) -> Node:
        at = self._next().at
        entries: list[tuple[str, Node]] = []
        self.bound.append(frozenset())
        while not self._takes("}"):
            if entries:
                self._expect(",")
            name = self._key()
            if any(name == other for other, _ in entries):
                raise self._error(f"重复的名称 {name}", f"expected different names, but {name} repeats")
            entries.append((name, self.expression()))
            self.bound[-1] = self.bound[-1] | {name}
        self.bound.pop()
        return ContextOf(tuple(entries), at)

    def _key(self) -> str:
        if self.here.kind == "text":
            name = lexer.unescape(self.source, self._next())
            self._expect(":")
            return name
        return self._words_until(":")

    def _words_until(self, *ends: str) -> str:
        """A new name: the source up to a sign, with single spaces."""
        start = self.here
        parts: list[str] = []
        while self.here.text not in ends:
            if self.here.kind not in ("name", "number") and (not parts or self.here.text not in "+-*/.'"):
                raise self._unexpected(f"名称和 {ends[0]}", f"a name and {ends[0]}")
            parts.append(self._next().text)
        if not parts:
            raise self._unexpected("名称", "a name")
        text = self.source[start.at : self.here.at].strip()
        self._next()
        return " ".join(text.split())

    def _property(self) -> str:
        parts = [self._next().text]
        while self.here.kind == "name" and self.here.text not in KEYWORDS:
            parts.append(self._next().text)
        return " ".join(parts)

    def _at_literal(self) -> Node:
        at = self._next().at
        if self.here.kind != "text":
            raise self._unexpected('@ 后的日期,如 @"2026-03-02"', 'a date after @, such as @"2026-03-02"')
        text = lexer.unescape(self.source, self._next())
        readers = (
            temporal.parse_date_time,
            temporal.parse_date,
            temporal.parse_time,
            temporal.parse_days_duration,
            temporal.parse_months_duration,
        )
        for reader in readers:
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
        at = self._next().at
        condition = self.expression()
        self._expect("then")
        then = self.expression()
        self._expect("else")
        return If(condition, then, self.expression(), at)

    def _iteration(self, kind: str, end: str) -> Node:
        at = self._next().at
        names: list[str] = []
        sources: list[tuple[Node, Node | None]] = []
        self.bound.append(frozenset())
        while True:
            name = self._words_until("in")
            names.append(name)
            sources.append(self._source())
            self.bound[-1] = self.bound[-1] | {name}
            if not self._takes(","):
                break
        self._expect(end)
        if kind == "for":
            self.bound[-1] = self.bound[-1] | {"partial"}
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
            parameters.append(self._parameter())
            types.append(self._type() if self._takes(":") else None)
        if self.here.text == "external":
            raise self._error("不支持外部函数", "expected a FEEL function: external functions are not supported")
        self.bound.append(frozenset(parameters))
        body = self.expression()
        self.bound.pop()
        return FunctionOf(tuple(parameters), body, tuple(types), at)

    def _parameter(self) -> str:
        parts: list[str] = []
        while self.here.kind == "name":
            parts.append(self._next().text)
        if not parts:
            raise self._unexpected("参数名称", "the name of a parameter")
        return " ".join(parts)

    def _type(self) -> Type:
        for name in TYPES:
            if self._follows(words(name)):
                self.at += len(words(name))
                return Type(name, self._type_parts(name))
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

    # -------------------------------------------------------------- tokens

    @property
    def here(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def _peek(self, ahead: int) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self.here
        if token.kind != "end":
            self.at += 1
        return token

    def _follows(self, parts: Iterable[str]) -> bool:
        return all(self._peek(ahead).text == part for ahead, part in enumerate(parts))

    def _takes(self, text: str) -> bool:
        if self.here.text != text or self.here.kind == "text":
            return False
        self._next()
        return True

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise self._unexpected(text, text)

    def _end(self) -> None:
        if self.here.kind != "end":
            raise self._unexpected("表达式结束或一个运算符", "the end or an operator")

    def _unexpected(self, zh: str, en: str) -> FeelError:
        token = self.here
        found_zh, found_en = ("表达式结束", "the end") if token.kind == "end" else (token.text, token.text)
        return lexer.error(
            self.source, token.at, f"此处应为{zh},但为 {found_zh}", f"expected {en}, but found {found_en}"
        )

    def _error(self, zh: str, en: str) -> FeelError:
        return lexer.error(self.source, self.here.at, zh, en)
