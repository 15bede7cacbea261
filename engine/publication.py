"""The stream of a procedure: which versions were put in force, from when, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.commands import Command, PublishVersion
from engine.errors import Reason, Refused, UnknownKind
from engine.events import Event, VersionPublished
from engine.flow import NORMALISER
from engine.organisation import Organisation, known
from engine.procedure import Procedure
from engine.remark import reason_given
from engine.value import Person
from engine.words import Channel

SELF = "publish-own"
"""The right to publish what one wrote oneself: nobody has it unless the procedure says so, as small companies may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version in force from a moment on; holders of the roles `publishers` may publish the next."""

    digest: str
    label: str
    normaliser: int
    publishers: tuple[str, ...]
    published_at: datetime
    reason: str
    authors: tuple[Person, ...] = ()
    effective: datetime | None = None
    self_publishers: tuple[str, ...] = ()
    waiver: str | None = None

    @property
    def since(self) -> datetime:
        """The moment from which new cases run on it."""
        return self.effective or self.published_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Publications:
    """All versions of one procedure, in the order in which they were published.

    The later publication counts: whatever is published replaces what was to come into force at its moment or after it.
    """

    stream: int
    revision: int = 0
    procedure: str = ""
    versions: tuple[Version, ...] = ()

    def in_force(self, at: datetime) -> Version | None:
        """The version that a case begun at the moment runs on."""
        return next((version for version in reversed(self.versions) if version.since <= at), None)

    def planned(self, at: datetime) -> tuple[Version, ...]:
        """The versions that come into force after the moment, the next one first."""
        found: list[Version] = []
        for version in reversed(self.versions):
            if version.since <= at:
                break
            if not found or version.since < found[-1].since:
                found.append(version)
        return tuple(reversed(found))


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
    reason_given(command.reason)
    _may_publish(procedure, publications, command, organisation)
    _differs(publications, command)
    return (
        VersionPublished(
            procedure=command.procedure,
            version=command.version,
            label=command.label,
            normaliser=NORMALISER,
            publishers=procedure.may("publish"),
            reason=command.reason,
            authors=_known(command.authors, organisation),
            effective=command.effective,
            self_publishers=_self_publishers(procedure),
            waiver=command.waiver,
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
        authors=event.authors,
        effective=event.effective,
        self_publishers=event.self_publishers,
        waiver=event.waiver,
    )
    return replace(publications, procedure=event.procedure, versions=(*publications.versions, version))


def _may_publish(
    procedure: Procedure, publications: Publications, command: PublishVersion, organisation: Organisation
) -> None:
    """By the rules in force: what is published may not say who publishes it, except the first time."""
    actor, at = command.envelope.actor, command.envelope.at
    if actor is None and command.envelope.channel is Channel.CLI and not publications.versions:
        return  # the operator at the machine itself: nobody may be there yet
    current = publications.in_force(at) or next(iter(publications.versions), None)
    roles = procedure.may("publish") if current is None else current.publishers
    if actor is None or not organisation.acts(actor, roles, at):
        wanted = "、".join(roles)
        raise Refused(
            Reason.NOT_ALLOWED,
            f"发布应由 {wanted} 进行",
            f"expected a holder of {', '.join(roles)} to publish",
        )
    acting = organisation.counting(actor, roles, at)
    waivers = _self_publishers(procedure) if current is None else current.self_publishers
    _apart(command, acting & set(command.authors), organisation.acts(actor, waivers, at))


def _apart(command: PublishVersion, clash: set[Person], may_waive: bool) -> None:
    """Refuse an author, unless the procedure lets them publish their own and they say why."""
    if command.waiver is not None:
        reason_given(command.waiver)
    if not clash and command.waiver is not None:
        raise Refused(
            Reason.INVALID_DATA,
            "发布人没有写过这个版本,不需要豁免",
            "expected no waiver, as whoever publishes did not write of this version",
        )
    if clash and not (may_waive and command.waiver is not None):
        zh = ",并写明豁免的理由" if may_waive else ""
        en = ", or a reason for the waiver" if may_waive else ""
        raise Refused(
            Reason.SEPARATION_OF_DUTIES,
            f"发布应由没有改过这份草稿的人进行{zh}",
            f"expected somebody to publish who did not change this draft{en}",
        )


def _differs(publications: Publications, command: PublishVersion) -> None:
    """Refuse what changes nothing, and a moment that has passed."""
    at, effective = command.envelope.at, command.effective
    if effective is not None and effective.tzinfo is None:
        raise Refused(
            Reason.INVALID_DATA, "生效时刻应带时区", "expected a moment with a time zone to come into force at"
        )
    if effective is not None and effective < at:
        raise Refused(
            Reason.INVALID_DATA,
            "生效时刻应不早于现在",
            "expected a moment to come into force at that has not passed",
        )
    current = publications.in_force(at)
    if current is not None and current.digest == command.version and not publications.planned(at):
        raise Refused(Reason.WRONG_STATE, "该版本已经生效", "this version is already in force")


def _known(authors: tuple[Person, ...], organisation: Organisation) -> tuple[Person, ...]:
    """The authors, each once; who was erased meanwhile has still written."""
    return tuple(dict.fromkeys(one if one in organisation.erased else known(organisation, one) for one in authors))


def _self_publishers(procedure: Procedure) -> tuple[str, ...]:
    return procedure.rights.get(SELF, ())
