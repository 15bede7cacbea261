"""Who acts, and how a command line submits: the options every command that changes something shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engine.commands import Command, Envelope
from engine.value import Person
from jobs.connector import Target
from jobs.worker import Worker
from storage import people
from storage.attempt import Also, Receipt
from storage.submission import Store
from web.cli import company
from web.cli.command import option
from web.cli.output import Output

Function = TypeVar("Function", bound=Callable[..., Any])


def by_a_person(function: Function) -> Function:
    """`--as HANDLE` and `--id KEY`: somebody does it, and a repeat changes nothing."""
    function = option("--as", "handle", required=True, metavar="HANDLE", zh="办理人的账号。", en="Handle of who acts.")(
        function
    )
    return _repeatable(function)


def by_the_operator(function: Function) -> Function:
    """`--as HANDLE`, or the operator at the machine."""
    zh, en = "办理人的账号;默认为本机操作员。", "Handle of who acts; otherwise the operator at this machine."
    function = option("--as", "handle", metavar="HANDLE", zh=zh, en=en)(function)
    return _repeatable(function)


def _repeatable(function: Function) -> Function:
    zh, en = (
        "命令编号:用同一编号重复执行不会再次生效。",
        "Id of the command: a repeat with the same id changes nothing.",
    )
    made: Function = option("--id", "key", metavar="KEY", zh=zh, en=en)(function)
    return made


@dataclass(kw_only=True)
class Act:
    """One command by one person on an open database, with the follow-up work it makes."""

    store: Store
    actor: Person | None
    key: str | None
    targets: Mapping[str, Target] = field(default_factory=dict)
    jobs: int = field(default=0)

    def envelope(self, stream: int) -> Envelope:
        """The envelope of the command."""
        return company.envelope(self.store, stream, self.actor, self.key)

    def submit(self, build: Callable[[Envelope], Command], stream: int, rule: Also | None = None) -> Receipt:
        """Submit a command and do the work that follows from it at once; `rule` is asked in its transaction."""
        receipt = self.store.submit(build(self.envelope(stream)), (), rule)
        self.jobs = self.work()
        return receipt

    def work(self) -> int:
        """Do what is to be done now; returns how many jobs were."""
        return Worker(self.store, targets=self.targets).run()

    def person(self, handle: str) -> Person:
        """The person with this handle. Raises Refused."""
        return people.known(self.store, handle)


@contextmanager
def act(output: Output, handle: str | None, key: str | None, *, create: bool = False) -> Iterator[Act]:
    """Open the database for one command. Raises Refused for a handle nobody has."""
    with company.opened(output, create=create) as store:
        person = None if handle is None else people.known(store, handle)
        yield Act(store=store, actor=person, key=key and f"cli:{key}", targets=output.settings.targets)
