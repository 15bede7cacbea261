"""The words that are stored as they stand: a value is never renamed."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """By which way a command came in."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    CLOCK = "clock"
    WORKER = "worker"
    LINK = "link"


class Proof(StrEnum):
    """What the actor of a command proved themselves by anew, for it alone."""

    PASSWORD = "password"
    CODE = "code"


class ScopeKind(StrEnum):
    """What opened a scope of variables."""

    INSTANCE = "instance"
    SUB_PROCESS = "sub-process"
    CALL = "call"
    ITEM = "item"


class Outcome(StrEnum):
    """How an element was left."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TimerKind(StrEnum):
    """What a timer is for."""

    EVENT = "event"
    REMINDER = "reminder"
    ESCALATION = "escalation"


class StreamKind(StrEnum):
    """What a stream of the journal is about."""

    ORGANISATION = "organisation"
    PROCEDURE = "procedure"
    CASE = "case"
    INSTANCE = "instance"
    MILESTONE = "milestone"


class Status(StrEnum):
    """Where an instance or case stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class Stage(StrEnum):
    """Where an open task stands."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    DELEGATED = "delegated"
    SIGNING = "signing"


class ReturnMode(StrEnum):
    """How the work goes on after what was returned has been corrected."""

    STEP = "step"
    STRAIGHT = "straight"


class SignPlace(StrEnum):
    """When an added signer has their turn: before the holder of the task, or after."""

    BEFORE = "before"
    AFTER = "after"
