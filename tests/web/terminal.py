"""`zhixing` as a person or a script meets it: words in, text and exit code out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from web.cli import main

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "bpmn" / "service-planning"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
FIRST_DAY = date(2026, 12, 1)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command left on the screen."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error as JSON."""
        return json.loads(self.err)["error"]


@dataclass
class Terminal:
    """A folder in which commands are typed."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    def run(self, *words: object, typed: str | None = None) -> Ran:
        """Type a command."""
        environment = {"COLUMNS": "120", **self.variables}
        ran = CliRunner().invoke(main, [str(word) for word in words], input=typed, env=environment)
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert "Traceback" not in ran.output
        return Ran(code=ran.exit_code, out=ran.stdout, err=ran.stderr)

    def ok(self, *words: object, typed: str | None = None) -> str:
        """Type a command that does what it should; what it printed."""
        ran = self.run(*words, typed=typed)
        assert ran.code == 0, ran
        return ran.out

    def json(self, *words: object) -> Any:
        """Type a command that does what it should, with --json behind it; its document."""
        ran = self.run(*words, "--json")
        assert ran.code == 0, ran
        return ran.document

    def staff(self) -> None:
        """Publish the shipped procedure and add people."""
        self.ok("publish", SHIPPED, "--reason", "试用")
        for person in _scenario("straight-through")["people"]:
            roles = [word for role in person["roles"] for word in ("--role", role)]
            self.ok("add-person", person["handle"], person["name"], *roles)

    def start(self) -> tuple[int, int]:
        """A case and its instance."""
        found = self.json("start", "service-planning", "svc_requirements", "--as", "wang")
        return found["case"], found["instance"]

    def task_of(self, handle: str) -> str:
        """The one task in an inbox."""
        (item,) = self.json("inbox", "--as", handle)
        return str(item["task"])


def answers(scenario: str) -> list[dict[str, Any]]:
    """The steps of a shipped scenario that complete tasks, with plain dates for `{"day": n}`."""
    steps = _scenario(scenario)["steps"]
    return [{**step, "data": _plain(step["data"])} for step in steps if step.get("do") == "complete"]


def _scenario(key: str) -> Any:
    return json.loads((SHIPPED / "scenarios" / f"{key}.json").read_text(encoding="utf-8"))


def _plain(found: object) -> Any:
    if isinstance(found, dict):
        if found.keys() in ({"day"}, {"day", "at"}):
            day = (FIRST_DAY + timedelta(days=found["day"])).isoformat()
            return f"{day}T{found['at']}" if "at" in found else day
        return {key: _plain(item) for key, item in found.items()}
    return [_plain(item) for item in found] if isinstance(found, list) else found
