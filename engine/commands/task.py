"""What people ask for with a task."""

from __future__ import annotations

from dataclasses import dataclass

from engine.commands.command import Command
from engine.value import Context, Person
from engine.words import ReturnMode, SignPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTask(Command):
    """Take a task from the inbox of a role as one's own."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask(Command):
    """Look at a task for the first time; from now on the one before can no longer withdraw it."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTask(Command):
    """Put a claimed task back into the inbox of its role."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteTask(Command):
    """Hand in the task's form; `data` holds the checked values by field key."""

    task: str
    data: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTask(Command):
    """Give the task to another person for good."""

    task: str
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignTasks(Command):
    """Ask again whose the open tasks are, as a role of the case (`role`) or who stands in its data (`field`) has changed."""

    role: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateTask(Command):
    """Ask another person to work on the task; it comes back to the one who asked."""

    task: str
    to: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTask(Command):
    """Hand a delegated task back to its owner with an opinion."""

    task: str
    opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeTask(Command):
    """Ask whoever holds the task to hurry."""

    task: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTask(Command):
    """Let persons know of a task for their information."""

    task: str
    to: tuple[Person, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveSeparation(Command):
    """Allow one person to do one task in spite of the separation of duties."""

    task: str
    person: Person
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTask(Command):
    """Send the work back to an earlier task; `target` is its element, perhaps `process:element`.

    `element[2]` is the second item of the multi-instance that the task itself is an item of.

    Step by step everything behind it is done again; straight, only it is, and the work comes back here.
    """

    task: str
    target: str
    mode: ReturnMode
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTask(Command):
    """Take a task back that one has completed, while nobody has opened what follows."""

    task: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSigner(Command):
    """Let other persons give their opinion on the task, one after the other, before or after its holder."""

    task: str
    persons: tuple[Person, ...]
    place: SignPlace
    reason: str
