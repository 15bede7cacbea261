"""The stream of a procedure: which versions were put in force, when and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.commands import Command, PublishVersion
from engine.errors import Reason, Refused, UnknownKind
from engine.events import Event, VersionPublished
from engine.flow import NORMALISER
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.words import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version in force from a moment on; `publishers` are the roles that may publish the next."""

    digest: str
    label: str
    normaliser: int
    publishers: tuple[str, ...]
    published_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publications:
    """All versions of one procedure, oldest first; the last is in force."""

    stream: int
    revision: int = 0
    procedure: str = ""
    versions: tuple[Version, ...] = ()

    @property
    def in_force(self) -> Version | None:
        """The version that a new case runs on."""
        return self.versions[-1] if self.versions else None


def execute(
    procedure: Procedure | None, publications: Publications, command: Command, organisation: Organisation
) -> tuple[Event, ...]:
    """What the command makes happen. Raises Refused."""
    if not isinstance(command, PublishVersion):
        raise UnknownKind(type(command).__name__, command.VERSION)
    if procedure is None or procedure.digest != command.version or procedure.key != command.procedure:
        raise Refused(
            Reason.NOT_FOUND,
            f"没有内容摘要为 {command.version} 的程序 {command.procedure}",
            f"there is no procedure {command.procedure} with digest {command.version}",
        )
    if publications.procedure not in ("", command.procedure):
        raise Refused(
            Reason.WRONG_STATE,
            f"应在程序 {command.procedure} 自己的流中发布,但这是程序 {publications.procedure} 的流",
            f"expected the stream of {command.procedure}, but this one is of {publications.procedure}",
        )
    current = publications.in_force
    # what is published may not say who publishes it, except the first time
    _may_publish(procedure.may("publish") if current is None else current.publishers, command, organisation)
    if current is not None and current.digest == command.version:
        raise Refused(Reason.WRONG_STATE, "该版本已经生效", "this version is already in force")
    return (
        VersionPublished(
            procedure=command.procedure,
            version=command.version,
            label=command.label,
            normaliser=NORMALISER,
            publishers=procedure.may("publish"),
            reason=command.reason,
        ),
    )


def apply(publications: Publications, event: Event, at: datetime) -> Publications:
    """The publications after the event."""
    if not isinstance(event, VersionPublished):
        raise UnknownKind(type(event).__name__, event.VERSION)
    version = Version(
        digest=event.version,
        label=event.label,
        normaliser=event.normaliser,
        publishers=event.publishers,
        published_at=at,
        reason=event.reason,
    )
    return replace(publications, procedure=event.procedure, versions=(*publications.versions, version))


def _may_publish(roles: tuple[str, ...], command: PublishVersion, organisation: Organisation) -> None:
    actor = command.envelope.actor
    if actor is None and command.envelope.channel is Channel.CLI:
        return
    if actor is None or not organisation.acts(actor, roles, command.envelope.at):
        wanted = "、".join(roles)
        raise Refused(
            Reason.NOT_ALLOWED,
            f"发布应由 {wanted} 进行",
            f"expected a holder of {', '.join(roles)} to publish",
        )
