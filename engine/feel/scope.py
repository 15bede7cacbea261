"""The names in scope at a place of a source: those outside, those bound around it, and the entries of filtered items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.feel import lexer
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelError
from engine.feel.inference import ANY, Inference
from engine.feel.known import Known
from engine.feel.lexer import KEYWORDS, Token
from engine.feel.names import Names, near, outside, words
from engine.feel.tree import BuiltIn, Literal, Name, Node, Type
from engine.value import Value

CONSTANTS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


@dataclass(slots=True)
class Bound:
    """Names bound at one place, inside so many filters; `item` when they are the entries of a filter's item."""

    names: Names
    types: dict[str, Type]
    filters: int
    item: bool = False


class Scope(Cursor):
    """A source with the names that may stand where it is being read."""

    def __init__(self, source: str, known: Known) -> None:
        super().__init__(source, outside(known.functions))
        self.type_names = outside(frozenset(name for name, _ in known.types))
        self.infer = Inference(dict(known.types))
        self.bound: list[Bound] = [Bound(outside(known.names), dict(known.variables), 0)]
        self.filters = 0

    def _bind(self, names: Iterable[str] = (), types: Mapping[str, Type] | None = None) -> None:
        self.bound.append(Bound(Names(names), dict(types or {}), self.filters))

    def _add(self, name: str, known: Type) -> None:
        """One more name of those bound last."""
        self.bound[-1].names.add(name)
        self.bound[-1].types[name] = known

    def _into(self, value: Node) -> None:
        """The condition of a filter begins: the entries of the items become names."""
        self.filters += 1
        element = self.infer.element(self.infer.of(value))
        entries = self.infer.entries(element)
        types = self.infer.types_of_entries(element)
        self.bound.append(Bound(entries, {"item": element, **types}, self.filters, item=True))

    def _out(self) -> None:
        self.filters -= 1
        self.bound.pop()

    def _take(self, count: int) -> None:
        self.in_names.update(range(self.at, self.at + count))
        self.at += count

    # -------------------------------------------------------------- names

    def _named(self) -> Node:
        """A name, a function or a constant."""
        token = self.here
        function = self.functions.longest(self.tokens, self.at, followed_by="(")
        variable = self._variable()
        if function == "now" and variable is not None and not variable.local:
            variable = None  # the reserved name is a moment, which nobody calls
        if variable is not None and variable.name in CONSTANTS:
            variable = None  # §10.3.1.3: no name hides true, false and null
        if variable is not None and (function is None or len(words(variable.name)) >= len(words(function))):
            self._take(len(words(variable.name)))
            return variable
        if function is not None:
            self._take(len(words(function)))
            return BuiltIn(function, token.at)
        if token.text in CONSTANTS:
            self._next()
            return Literal(CONSTANTS[token.text], token.at)
        if token.text in KEYWORDS:
            raise self._unexpected("一个值或名称", "a value or a name")
        if self.filters or token.text == "?":
            return self._dynamic()
        function = self.functions.longest(self.tokens, self.at)
        if function is not None:  # a function as a value
            self._take(len(words(function)))
            return BuiltIn(function, token.at)
        raise self._unknown(token)

    def _variable(self) -> Name | None:
        """The longest name that stands here; of equal ones the innermost, but an entry of an item only when no other."""
        best: tuple[int, str, Bound] | None = None
        for bound in reversed(self.bound):
            name = bound.names.longest(self.tokens, self.at)
            if name is None:
                continue
            length = len(words(name))
            if best is None or length > best[0] or (length == best[0] and best[2].item and not bound.item):
                best = (length, name, bound)
        return None if best is None else self._name_of(best[1], best[2])

    def _name_of(self, name: str, bound: Bound) -> Name:
        if bound.item:
            found = Name(name, dynamic=True, at=self.here.at)
        else:
            found = Name(name, bound is not self.bound[0], False, self.filters - bound.filters, self.here.at)
        self.infer.note(found, self._type_of(name, bound))
        return found

    def _type_of(self, name: str, bound: Bound) -> Type:
        """The type of a name; an entry of an item around it comes first, as it does when it is evaluated."""
        for around in reversed(self.bound):
            if around is bound or (around.item and around.filters > bound.filters and name in around.types):
                return around.types.get(name, ANY)
        return ANY

    def _dynamic(self) -> Name:
        found = Name(self.here.text, dynamic=True, at=self.here.at)
        self._next()
        if found.name == "item":
            items = [bound for bound in self.bound if bound.item]
            self.infer.note(found, items[-1].types["item"] if items else ANY)
        return found

    def _entry(self, value: Node) -> str:
        """The name after a dot: the longest entry the value is known to have, else all the words that follow."""
        known = self.infer.entries(self.infer.of(value)).longest(self.tokens, self.at)
        if known is None:
            return self._property()
        self._take(len(words(known)))
        return known

    def _unknown(self, token: Token) -> FeelError:
        if self._peek(1).text == "(":
            zh, en = f"没有名为 {token.text} 的函数", f"there is no function named {token.text}"
            candidates = set(self.functions)
        else:
            zh, en = (
                f"没有名为 {token.text} 的变量(文本请加双引号)",
                f"there is no name {token.text} here (text needs quotes)",
            )
            candidates = {name for bound in self.bound for name in bound.names}
        meant = near(token.text, candidates)
        if meant:
            zh, en = f"{zh},是否为 {meant[0]}?", f"{en}; did you mean {meant[0]}?"
        return lexer.error(
            self.source, token.at, zh, en, length=len(token.text), found=token.text, expected=tuple(meant)
        )

    def _mistake(self) -> FeelError | None:
        """The first sign in the source that FEEL does not have, unless it is part of a name."""
        for at, token in enumerate(self.tokens):
            if token.kind == "mistake" and at not in self.in_names:
                return lexer.mistaken(self.source, token)
        return None
