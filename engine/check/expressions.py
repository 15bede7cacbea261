"""Expressions: readable, of names that exist, of options that can be chosen, never of personal values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine import feel
from engine.check import known_types
from engine.check.finding import Finding, Rule, at
from engine.check.known_types import Types
from engine.check.shapes import Shape, field_at, personal_paths, place, shapes
from engine.check.sources import Source, sources
from engine.errors import Text
from engine.feel.tree import Binary, BuiltIn, Call, ContextOf, If, In, ListOf, Literal, Name, Node, Test, inner
from engine.form_fields import Field, Form
from engine.form_schema import FUNCTIONS
from engine.procedure import HOST_FUNCTIONS, Procedure

LONGEST = 10_000
SHOWN = 200
RESERVED_ENTRIES: Mapping[str, frozenset[str]] = {
    "instance": frozenset({"id", "process", "version", "started"}),
    "task": frozenset({"id", "element", "created", "repeated", "roles", "by_link"}),
    "organisation": frozenset(),
}
"""What the reserved names have; `case` and `settings` have what the manifest says."""
ROLE_ARGUMENT = {"persons in role": 0, "has role": 1}
At = Callable[[Rule, str, str], Finding]


def findings(procedure: Procedure) -> Iterator[Finding]:
    """What is wrong with the expressions of diagrams and forms."""
    known = shapes(procedure)
    reserved = {
        **RESERVED_ENTRIES,
        "settings": frozenset(procedure.settings),
        "case": frozenset(procedure.case_fields) | {"id"},
    }
    personal = frozenset(personal_paths(known))
    outside = known_types.of_reserved(procedure)
    types = outside | known_types.of_variables(procedure, known)
    for source in sources(procedure):
        yield from _source(procedure, source, known, reserved, personal)
        yield from _meant(procedure, source, types)
    for form in procedure.forms.values():
        yield from _form(form, reserved, outside)


def compiled(procedure: Procedure, source: Source) -> feel.Expression:
    """A source as it will be read when it runs. Raises FeelError."""
    if len(source.text) > LONGEST:
        raise feel.FeelError(
            f"表达式应不超过 {LONGEST} 个字符", f"expected an expression of at most {LONGEST} characters"
        )
    return feel.compile(source.text, procedure.visible | source.names, HOST_FUNCTIONS)


def walk(tree: Node) -> Iterator[Node]:
    """Every node of a tree."""
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(inner(node))


def _source(
    procedure: Procedure,
    source: Source,
    known: Mapping[str, Shape],
    reserved: Mapping[str, frozenset[str]],
    personal: frozenset[tuple[str, ...]],
) -> Iterator[Finding]:
    def told(rule: Rule, zh: str, en: str) -> Finding:
        return at(source.process, source.element, rule, zh, en)

    try:
        expression = compiled(procedure, source)
    except feel.FeelError as error:
        shown = source.text[:SHOWN]
        yield told(Rule.EXPRESSION, f"{shown}:{error.text.zh}", f"{shown}: {error.text.en}")
        return
    tree = expression.tree
    yield from _entries(tree, known, reserved, told)
    yield from _options(tree, lambda node: field_at(known, place(node)), told)
    yield from _arguments(procedure, source, tree, told)
    if not source.task and "task" in expression.names:
        yield told(
            Rule.EXPRESSION, f"{source.what} 中没有 task", f"expected no task here: {source.what} belongs to none"
        )
    if source.what == "script" and not isinstance(tree, ContextOf):
        yield told(Rule.EXPRESSION, "脚本应为上下文,如 {a: 1}", "expected a script to be a context such as {a: 1}")
    if source.what == "candidates":
        yield from _roles(procedure, tree, told)
    for path in sorted(personal):
        if expression.reads(path):
            shown = ".".join(path)
            yield told(
                Rule.PERSONAL,
                f"表达式不得使用个人信息 {shown}",
                f"expected no expression on {shown}, which is personal",
            )


def _meant(procedure: Procedure, source: Source, types: Types) -> Iterator[Finding]:
    """What can be read but not be meant: comparisons that never hold, arguments that do not fit."""
    own = {(name, known_types.OF_RUNTIME[name]) for name in source.names & known_types.OF_RUNTIME.keys()}
    if len(source.text) <= LONGEST:
        for text in _unmeant(source.text, procedure.visible | source.names, HOST_FUNCTIONS, types | own):
            yield at(source.process, source.element, Rule.EXPRESSION, text.zh, text.en)


def _unmeant(text: str, names: frozenset[str], functions: frozenset[str], types: Types) -> Iterator[Text]:
    """Sentences with line and column; what cannot be read and entries that are not there are told elsewhere."""
    for found in feel.check(text, names, functions, variables=types):
        if not found.error and not found.missing:
            shown, where = text[:SHOWN], (found.line, found.column)
            zh = f"{shown}:第 {where[0]} 行第 {where[1]} 列:{found.text.zh}"
            yield Text(zh, f"{shown}: line {where[0]}, column {where[1]}: {found.text.en}")


def _entries(
    tree: Node, known: Mapping[str, Shape], reserved: Mapping[str, frozenset[str]], told: At
) -> Iterator[Finding]:
    for node in walk(tree):
        path = place(node)
        if len(path) < 2:
            continue
        variable, entry = path[0], path[1]
        if variable in reserved:
            missing = len(path) == 2 and entry not in reserved[variable]
        else:
            missing = variable in known and not known[variable].knows(entry)
            table = field_at(known, path[:2]) if len(path) == 3 else None
            missing = (missing and len(path) == 2) or (
                table is not None and bool(table.columns) and field_at(known, path) is None
            )
        if missing:
            yield told(
                Rule.EXPRESSION,
                f"没有 {'.'.join(path)}",
                f"expected something that exists, but there is no {'.'.join(path)}",
            )


def _options(tree: Node, field_of: Callable[[Node], Field | None], told: At) -> Iterator[Finding]:
    for node, text in _compared(tree):
        field = field_of(node)
        if field is None or not field.options:
            continue
        options = [value for value, _ in field.options]
        if text not in options:
            yield told(
                Rule.EXPRESSION,
                f"{field.key} 没有选项“{text}”,只有 {'、'.join(options)}",
                f"expected an option of {field.key} ({', '.join(options)}), but found {text!r}",
            )


def _compared(tree: Node) -> Iterator[tuple[Node, str]]:
    """Every node that is compared with a text, with the text."""
    for node in walk(tree):
        match node:
            case Binary(rest=((("=" | "!="), Literal(value=str(text))),)):
                yield node.first, text
            case Binary(first=Literal(value=str(text)), rest=((("=" | "!="), other),)):
                yield other, text
            case In():
                for text in _texts(node.tests):
                    yield node.value, text
            case Call(function=BuiltIn(name="list contains"), arguments=(value, other)):
                match value, other:
                    case _, Literal(value=str(text)):
                        yield value, text
                    case ListOf(), _:
                        for text in _texts((value,)):
                            yield other, text
            case _:
                pass


def _texts(tests: tuple[Node, ...]) -> Iterator[str]:
    for test in tests:
        match test:
            case Literal(value=str(text)) | Test(operator="=", operand=Literal(value=str(text))):
                yield text
            case ListOf():
                yield from _texts(test.items)
            case _:
                pass


def _arguments(procedure: Procedure, source: Source, tree: Node, told: At) -> Iterator[Finding]:
    for node in walk(tree):
        if not isinstance(node, Call) or not isinstance(node.function, BuiltIn):
            continue
        name = node.function.name
        place_of = ROLE_ARGUMENT.get(name)
        if place_of is not None and len(node.arguments) > place_of:
            yield from _role(procedure, node.arguments[place_of], told)
        elif name == "performers" and node.arguments and isinstance(node.arguments[0], Literal):
            process, _, element = str(node.arguments[0].value).rpartition(":")
            owner = procedure.model.processes.get(process or source.process.id)
            if owner is None or element not in owner.elements:
                yield told(
                    Rule.ROLE, f"没有任务 {element}", f"expected performers of a task, but there is no {element}"
                )


def _roles(procedure: Procedure, tree: Node, told: At) -> Iterator[Finding]:
    """The role codes among what `zx:candidates` may yield."""
    match tree:
        case Literal():
            yield from _role(procedure, tree, told)
        case ListOf():
            for item in tree.items:
                yield from _roles(procedure, item, told)
        case If():
            for _, value in tree.branches:
                yield from _roles(procedure, value, told)
            yield from _roles(procedure, tree.otherwise, told)
        case _:
            pass


def _role(procedure: Procedure, node: Node, told: At) -> Iterator[Finding]:
    if isinstance(node, Literal) and isinstance(node.value, str) and node.value not in procedure.roles:
        yield told(Rule.ROLE, f"程序没有角色 {node.value}", f"the procedure has no role {node.value}")


def _form(form: Form, reserved: Mapping[str, frozenset[str]], outside: Types) -> Iterator[Finding]:
    fields = {field.key: field for field in form.fields}
    for path, field in form.walk():
        columns = {column.key: column for column in field.columns}
        types = outside | _types_within(form, path)

        def told(rule: Rule, zh: str, en: str, path: str = path) -> Finding:
            return Finding(file=form.path, element=path, rule=rule, text=Text(zh, en))

        def field_of(node: Node, columns: Mapping[str, Field] = columns) -> Field | None:
            name = node.name if isinstance(node, Name) else ""
            return columns.get(name, fields.get(name))

        for expression in (field.required_when, field.hidden_when, field.check, field.compute):
            if expression is not None:
                yield from _entries(expression.tree, {}, reserved, told)
                if "." not in path:
                    yield from _options(expression.tree, field_of, told)
                names = frozenset(name for name, _ in types) | expression.names
                for text in _unmeant(expression.source, names, FUNCTIONS, types):
                    yield told(Rule.EXPRESSION, text.zh, text.en)


def _types_within(form: Form, path: str) -> Types:
    """The names of fields as a rule of that field sees them: a column sees its row; a table's own rule is left open."""
    table, _, column = path.partition(".")
    whole = {field.key: field for field in form.fields}
    row = {one.key: one for one in whole[table].columns}
    seen = {**whole, **row} if column else {key: field for key, field in whole.items() if key not in row}
    return known_types.of_fields(seen.values())
