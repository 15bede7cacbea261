"""What a terminal is given: sentences and values, never orders."""

import json
import unicodedata

import pytest

from engine.errors import Fault, Text
from tests.web.terminal import Terminal
from web.cli.output import Exit, Failure, Output, harmless
from web.settings import read

ORDERS = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\u202egnp\u2066.\u200f\r\t"


def test_every_control_character_becomes_a_visible_sign_and_nothing_else_does() -> None:
    for code in range(0x3000):
        sign = chr(code)
        shown = harmless(sign)
        controls = unicodedata.category(sign) == "Cc" or unicodedata.bidirectional(sign) in BIDI
        assert len(shown) == 1
        assert (shown != sign) == (sign != "\n" and (controls or sign in MARKS)), hex(code)
        assert sign == "\n" or unicodedata.category(shown) != "Cc", hex(code)


BIDI = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
MARKS = "\u061c\u200e\u200f\u2028\u2029"


@pytest.mark.parametrize("words", [("case", "3"), ("history", "3"), ("case", "3", "--json")])
def test_no_value_of_a_case_gives_the_terminal_orders(staffed: Terminal, words: tuple[str, ...]) -> None:
    data = json.dumps({"service_type": ORDERS})
    staffed.ok("start", "service-planning", "svc_requirements", "--as", "wang", "--case", data)
    shown = staffed.ok(*words)
    assert "owned" in shown
    assert harmless(shown) == shown


def test_what_a_case_is_called_by_holds_no_orders(staffed: Terminal) -> None:
    data = json.dumps({"project_name": ORDERS})
    told = staffed.run("start", "service-planning", "svc_requirements", "--as", "wang", "--case", data)
    assert told.code == Exit.REFUSED
    assert "一行文字" in told.err
    assert harmless(told.err) == told.err
    assert staffed.json("cases") == []


def test_json_keeps_the_value_and_escapes_it(staffed: Terminal) -> None:
    data = json.dumps({"service_type": ORDERS})
    staffed.ok("start", "service-planning", "svc_requirements", "--as", "wang", "--case", data)
    assert staffed.json("case", 3)["data"]["service_type"] == ORDERS


def test_a_refusal_gives_no_orders_either(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    fault = Fault("", Text(ORDERS, ORDERS))
    Output(settings=read({}, "none.toml")).fail(Failure(code=Exit.REFUSED, text=Text(ORDERS, ORDERS), faults=(fault,)))
    told = capsys.readouterr().err
    assert harmless(told) == told
    assert ": " not in told
    assert list(terminal.folder.iterdir()) == []
