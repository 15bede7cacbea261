"""DMN files written from a few words, for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from engine import dmn
from engine.value import Context, Value, number

DMN_1_5 = "https://www.omg.org/spec/DMN/20230324/MODEL/"
SPACE = "urn:trial"


def model(*parts: str, space: str = SPACE, standard: str = DMN_1_5, more: str = "") -> bytes:
    return f'<definitions xmlns="{standard}" id="d" name="m" namespace="{space}" {more}>{"".join(parts)}</definitions>'.encode()


def library(*parts: str, functions: frozenset[str] = frozenset()) -> dmn.Library:
    return dmn.Library([dmn.read(model(*parts), "trial.dmn")], functions)


def libraries(*files: bytes) -> dmn.Library:
    return dmn.Library([dmn.read(data, f"{at}.dmn") for at, data in enumerate(files)])


def variable(name: str, kind: str | None = None) -> str:
    return f"<variable name={quoteattr(name)}{typed(kind)}/>"


def typed(kind: str | None) -> str:
    return "" if kind is None else f" typeRef={quoteattr(kind)}"


def given(name: str, kind: str | None = None, id: str | None = None) -> str:
    return f"<inputData id={quoteattr(id or name)} name={quoteattr(name)}>{variable(name, kind)}</inputData>"


def literal(text: str, kind: str | None = None) -> str:
    return f"<literalExpression{typed(kind)}><text>{escape(text)}</text></literalExpression>"


def needs(kind: str, href: str) -> str:
    what = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    return f"<{what}><{kind} href={quoteattr(href if '#' in href else '#' + href)}/></{what}>"


def decision(
    name: str,
    logic: str,
    *,
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    knowledge: Sequence[str] = (),
    kind: str | None = None,
    id: str | None = None,
) -> str:
    required = [needs("requiredInput", href) for href in inputs]
    required += [needs("requiredDecision", href) for href in decisions]
    required += [needs("requiredKnowledge", href) for href in knowledge]
    head = f"<decision id={quoteattr(id or name)} name={quoteattr(name)}>"
    return f"{head}{variable(name, kind)}{''.join(required)}{logic}</decision>"


def knowledge(
    name: str,
    parameters: Mapping[str, str | None],
    body: str,
    *,
    needed: Sequence[str] = (),
    kind: str | None = None,
    attributes: str = "",
) -> str:
    formal = "".join(f"<formalParameter name={quoteattr(p)}{typed(t)}/>" for p, t in parameters.items())
    required = "".join(needs("requiredKnowledge", href) for href in needed)
    logic = f"<encapsulatedLogic{typed(kind)} {attributes}>{formal}{body}</encapsulatedLogic>"
    head = f"<businessKnowledgeModel id={quoteattr(name)} name={quoteattr(name)}>"
    return f"{head}{variable(name)}{logic}{required}</businessKnowledgeModel>"


def service(
    name: str,
    outputs: Sequence[str],
    *,
    inputs: Sequence[str] = (),
    decisions: Sequence[str] = (),
    kind: str | None = None,
) -> str:
    parts = [f'<outputDecision href="#{href}"/>' for href in outputs]
    parts += [f'<inputDecision href="#{href}"/>' for href in decisions]
    parts += [f'<inputData href="#{href}"/>' for href in inputs]
    return f"<decisionService id={quoteattr(name)} name={quoteattr(name)}>{variable(name, kind)}{''.join(parts)}</decisionService>"


def column(text: str, kind: str | None = None, *, label: str = "", values: str | None = None) -> str:
    allowed = "" if values is None else f"<inputValues><text>{escape(values)}</text></inputValues>"
    shown = f" label={quoteattr(label)}" if label else ""
    return f"<input{shown}><inputExpression{typed(kind)}><text>{escape(text)}</text></inputExpression>{allowed}</input>"


def output(name: str = "", kind: str | None = None, *, values: str | None = None, default: str | None = None) -> str:
    allowed = "" if values is None else f"<outputValues><text>{escape(values)}</text></outputValues>"
    other = "" if default is None else f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
    named = f" name={quoteattr(name)}" if name else ""
    return f"<output{named}{typed(kind)}>{allowed}{other}</output>"


def table(
    columns: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    policy: str = "UNIQUE",
    more: str = "",
    remarks: Sequence[str] = (),
) -> str:
    written = ""
    for at, (tests, results) in enumerate(rules):
        cells = "".join(
            f'<inputEntry id="r{at + 1}i{n + 1}"><text>{escape(t)}</text></inputEntry>' for n, t in enumerate(tests)
        )
        cells += "".join(
            f'<outputEntry id="r{at + 1}o{n + 1}"><text>{escape(t)}</text></outputEntry>' for n, t in enumerate(results)
        )
        if at < len(remarks):
            cells += f"<annotationEntry><text>{escape(remarks[at])}</text></annotationEntry>"
        written += f'<rule id="r{at + 1}">{cells}</rule>'
    head = f'<decisionTable id="t" hitPolicy="{policy}" {more}>'
    return f"{head}{''.join(columns)}{''.join(outputs)}{written}</decisionTable>"


def value(found: object) -> Value:
    """Numbers, texts, lists and dictionaries of Python as values of FEEL."""
    match found:
        case bool() | None | str():
            return found
        case int() | float():
            return number(str(found))
        case list():
            return tuple(value(item) for item in found)
        case dict():
            return Context({name: value(item) for name, item in found.items()})
        case _:
            return found  # type: ignore[return-value]  # a value already


def made(found: dmn.Library, name: str, budget: dmn.Traced | None = None, /, **inputs: object) -> Value:
    """The value of a decision or service with inputs by name."""
    element = found.find(name)
    assert element is not None
    keys = {}
    for input_name, input_value in inputs.items():
        wanted = found.find(input_name)
        assert wanted is not None
        keys[wanted.key] = value(input_value)
    return found.evaluate(element.key, keys, budget=budget)
