"""A journal in memory: the second adapter of the port, for models tried out and for tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine import replay
from engine import stream as streams
from engine.case import Case
from engine.commands import Command, OpenCase, PublishVersion, StartInstance
from engine.errors import Reason, Refused
from engine.instance import Instance
from engine.journal import Entry
from engine.organisation import Organisation
from engine.procedure import Procedure
from engine.role import Surroundings
from engine.semantics import SEMANTICS
from engine.stream import ORGANISATION, State, Step
from engine.words import StreamKind


class MemoryJournal:
    """Streams as lists of entries; nothing outlives the process. Implements `engine.journal.Journal`."""

    def __init__(self, *procedures: Procedure) -> None:
        self.procedures = {procedure.digest: procedure for procedure in procedures}
        self.kinds: dict[int, StreamKind] = {ORGANISATION: StreamKind.ORGANISATION}
        self.kept: dict[int, list[Entry]] = {ORGANISATION: []}
        self.states: dict[int, State] = {ORGANISATION: Organisation(stream=ORGANISATION)}
        self.windows: dict[int, bytes] = {}

    def new_stream(self, kind: StreamKind) -> int:
        """The number of a new, still empty stream."""
        number = max(self.kinds) + 1
        self.kinds[number] = kind
        self.kept[number] = []
        self.states[number] = streams.empty(kind, number)
        return number

    def submit(self, command: Command) -> Entry:
        """Execute a command and keep its entry. Raises Refused: then nothing has changed."""
        stream = command.envelope.stream
        if stream not in self.states:
            raise Refused(Reason.NOT_FOUND, f"没有流 {stream}", f"there is no stream {stream}")
        state, window = self.state(stream)
        last = self.kept[stream][-1].at if self.kept[stream] else command.envelope.at
        envelope = replace(command.envelope, at=max(command.envelope.at, last))
        command = replace(command, envelope=envelope)
        step = streams.execute(
            self._procedure_for(command, state), state, window, command, self._surroundings(state, command)
        )
        return self.append(command, step)

    def entries(self, stream: int, *, until: int | None = None) -> Iterator[Entry]:
        """The entries of a stream, oldest first, up to a revision."""
        return (entry for entry in self.kept[stream] if until is None or entry.revision <= until)

    def state(self, stream: int) -> tuple[State, bytes]:
        """The state and window after the last entry."""
        return self.states[stream], self.windows.get(stream, b"")

    def surroundings(self, entry: Entry) -> Surroundings:
        """What the entry's command read of other streams, at the revisions it names."""
        organisation = self._at(ORGANISATION, entry.consulted)
        assert isinstance(organisation, Organisation)
        cases = [self._at(stream, entry.consulted) for stream in entry.consulted if stream != ORGANISATION]
        case = next((found for found in cases if isinstance(found, Case)), None)
        return Surroundings(organisation=organisation, case=case, performers={})

    def procedure(self, version: str) -> Procedure:
        """The version with this digest. Raises Refused when there is none."""
        if version not in self.procedures:
            raise Refused(Reason.NOT_FOUND, f"没有程序版本 {version}", f"there is no procedure version {version}")
        return self.procedures[version]

    def append(self, command: Command, step: Step) -> Entry:
        """Add what a command made."""
        stream = command.envelope.stream
        window = hashlib.sha256(step.window).hexdigest() if isinstance(step.state, Instance) else None
        entry = Entry(
            stream=stream,
            revision=step.state.revision,
            at=command.envelope.at,
            command=command,
            events=step.events,
            window=window,
            consulted=self._consulted(step.state, stream),
            semantics=SEMANTICS,
        )
        self.kept[stream].append(entry)
        self.states[stream], self.windows[stream] = step.state, step.window
        return entry

    def _procedure_for(self, command: Command, state: State) -> Procedure | None:
        if isinstance(command, StartInstance | OpenCase | PublishVersion):
            return self.procedure(command.version)
        if isinstance(state, Instance | Case) and state.version:
            return self.procedure(state.version)
        return None

    def _surroundings(self, state: State, command: Command) -> Surroundings:
        organisation = self.states[ORGANISATION]
        assert isinstance(organisation, Organisation)
        number = command.case if isinstance(command, StartInstance) else getattr(state, "case", None)
        case = self.states.get(number) if isinstance(number, int) else None
        return Surroundings(organisation=organisation, case=case if isinstance(case, Case) else None, performers={})

    def _consulted(self, state: State, stream: int) -> dict[int, int]:
        case = getattr(state, "case", None)
        others = [ORGANISATION, *([case] if isinstance(case, int) else [])]
        return {other: self.states[other].revision for other in others if other != stream}

    def _at(self, stream: int, consulted: Mapping[int, int]) -> State:
        return replay.at(self.kinds[stream], stream, self.kept[stream], consulted.get(stream, 0))
