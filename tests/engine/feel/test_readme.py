"""The page on FEEL is true: its examples yield what it says, and the package needs no more than it says."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

from engine import feel
from engine.feel.printer import write_value
from engine.value import Context, Date, Value, number

FOLDER = Path(__file__).parents[3] / "engine" / "feel"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = tuple(Context({"key": key, "n": number(n)}) for n, key in enumerate("abc", 1))
SCOPE: dict[str, Value] = {"amount": number(7000), "due": Date(2026, 3, 2), "note": None, "rows": ROWS}
EXAMPLES = re.findall(
    r"^\| `(.+)` \| `(.+)` \|$", PAGE.partition("| source | value |")[2].partition("\n\n")[0], re.MULTILINE
)
VALUE_TYPES = {"engine.errors", "engine.value", "engine.temporal", "engine.duration", "engine.encoding"}


def test_the_examples_in_python_print_what_is_written() -> None:
    examples = doctest.DocTestParser().get_doctest(PAGE, {}, "README.md", "README.md", 0)
    assert len(examples.examples) > 15
    told: list[str] = []
    outcome = doctest.DocTestRunner().run(examples, out=told.append)
    assert outcome.failed == 0, "".join(told)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == PAGE.count("\n| `", PAGE.index("| source |"), PAGE.index("Here `amount`")) >= 14


@pytest.mark.parametrize(("source", "expected"), EXAMPLES)
def test_an_example_yields_what_is_written(source: str, expected: str) -> None:
    assert write_value(feel.evaluate(source, SCOPE)) == expected


def test_every_name_of_the_package_is_on_the_page() -> None:
    assert [name for name in feel.__all__ if not re.search(rf"\b{name}\b", PAGE)] == []


def test_every_module_of_the_package_is_on_the_page_or_in_its_families() -> None:
    missing = [path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__" and f"`{path.stem}" not in PAGE]
    assert missing == []


def test_it_stands_on_the_value_types_alone() -> None:
    used: set[str] = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "engine":
                used |= {f"engine.{name.name}" for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                used.add(node.module)
            elif isinstance(node, ast.Import):
                used |= {name.name for name in node.names}
    ours = {
        ".".join(name.split(".")[:2]) for name in used if name.split(".")[0] in ("engine", "storage", "jobs", "web")
    }
    assert ours - {"engine.feel"} == VALUE_TYPES
