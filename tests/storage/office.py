"""A company whose process begins with the clock, and what its milestones have come to."""

from __future__ import annotations

from datetime import datetime
from random import Random

from sqlalchemy import select

from engine import temporal
from engine.commands import Command, Envelope, PublishVersion, SetCaseData, WaiveMilestone
from engine.milestone import Milestone
from engine.value import Context, Value
from engine.words import StreamKind
from jobs import clock
from jobs.worker import Worker
from storage import schema, verification
from storage.database import Database
from storage.milestones import happened, listed
from storage.moments import NEVER, moment
from storage.rebuild import rebuild
from tests.engine.world import MANIFEST, chain, lane, process
from tests.storage.company import Company, english

CASE = """
[case.ends]
type = "date"
zh = "结束"
en = "End"
[case.level]
type = "text"
zh = "级别"
en = "Level"
[settings.days_before]
type = "int"
default = 90
min = 1
zh = "提前天数"
en = "Days before"
"""
BEFORE_END = 'if case.ends = null then null else date and time(case.ends, time("09:00:00")) - duration("P90D")'
BY_SETTING = (
    'if case.ends = null then null else date and time(case.ends, time("09:00:00")) '
    '- duration("P" + string(settings.days_before) + "D")'
)
DAILY = 'duration("P1D")'


def timed(body: str, kind: str = "timeDate", extensions: str = "") -> tuple[str, str]:
    """A process that begins with the clock and waits for one person; and its lane."""
    model = (
        f'<bpmn:startEvent id="tick" {extensions}><bpmn:timerEventDefinition><bpmn:{kind}>{body}</bpmn:{kind}>'
        '</bpmn:timerEventDefinition></bpmn:startEvent><bpmn:userTask id="write"/><bpmn:endEvent id="e"/>'
        + chain("tick", "write", "e")
    )
    return model.replace("&", "&amp;"), f'<bpmn:laneSet id="ls">{lane("SALES", "tick", "write", "e")}</bpmn:laneSet>'


class Office(Company):
    """A company whose process begins with the clock."""

    def __init__(self, database: Database, body: str, kind: str = "timeDate", extensions: str = "") -> None:
        model, lanes = timed(body, kind, extensions)
        more = {"procedure.toml": (MANIFEST + CASE).encode()}
        super().__init__(database, model, lanes, more)

    def ask(self, command: type[Command], stream: int, who: str | None = "chen", **fields: object) -> None:
        """Submit a command."""
        key = f"k{next(self.numbers)}"
        actor = None if who is None else self.people[who]
        self.store.submit(command(envelope=Envelope(id=key, stream=stream, at=self.now, actor=actor), **fields))  # type: ignore[call-arg]  # fields of the command

    def case(self, **data: Value) -> int:
        """A new case with data."""
        case = self.open_case()
        if data:
            self.ask(SetCaseData, case, None, data=Context(data))
        return case

    def revise(
        self, body: str, kind: str = "timeDate", extensions: str = "", effective: datetime | None = None
    ) -> None:
        """Another version of the procedure in force, at once or from a moment on."""
        model, lanes = timed(body, kind, extensions)
        source = process(model, lanes=lanes)
        files = {
            "procedure.toml": (MANIFEST + CASE).encode(),
            "processes/p.bpmn": source,
            "texts/en.json": english(source),
        }
        self.procedure = self.store.procedures.keep(files)
        with self.database.read() as connection:
            stream = connection.execute(select(schema.publication.c.stream_no)).scalar_one()
        self.ask(
            PublishVersion,
            stream,
            "chen",
            procedure="trial",
            version=self.procedure.digest,
            label="A/1",
            reason="改进",
            effective=effective,
        )

    @property
    def drawn(self) -> str:
        """The elements of the process in force."""
        source = self.procedure.files["processes/p.bpmn"].decode()
        return source[source.index("<bpmn:startEvent") : source.index("</bpmn:process>")]

    def waive_any(self, random: Random) -> None:
        """Somebody with the right waives the next moment of one milestone."""
        with self.database.read() as connection:
            found = [one for one in listed(connection, None, None, 0, 1_000) if one.due != NEVER]
            if not found:
                return
            stream = random.choice(found).stream
            row = connection.execute(select(schema.stream).where(schema.stream.c.stream_no == stream)).one()
            milestone = self.store.states.at(connection, StreamKind.MILESTONE, stream, row.revision)
        assert isinstance(milestone, Milestone)
        self.ask(WaiveMilestone, stream, "mr", planned=milestone.due, reason="不需要")

    def tick(self) -> int:
        """The clock and the worker, until nothing is left."""
        occurred = clock.tick(self.store)
        Worker(self.store).run()
        return occurred

    def rows(self) -> list[tuple[int | None, str, str, str | None]]:
        """Case, key, status and due moment of each milestone, on the organisation's clocks."""
        with self.database.read() as connection:
            found = listed(connection, None, None, 0, 1_000)
        return [(one.case, one.key, one.status, local(one.due)) for one in found]

    def stream(self) -> int:
        """The stream of the only milestone."""
        with self.database.read() as connection:
            (found,) = listed(connection, None, None, 0, 1_000)
        return found.stream

    def history(self, stream: int | None = None) -> list[tuple[str, str]]:
        """Outcome and planned moment of what happened, oldest first."""
        with self.database.read() as connection:
            found = happened(connection, self.stream() if stream is None else stream, 1_000)
        return [(one.outcome, local(one.planned) or "") for one in reversed(found)]

    def started(self) -> list[tuple[int | None, Value]]:
        """Case and `tick` of every instance."""
        with self.database.read() as connection:
            rows = connection.execute(select(schema.instance).order_by(schema.instance.c.stream_no)).all()
        found = [(row.case_no, self.instance(row.stream_no)) for row in rows]
        return [(case, next(iter(one.scopes.values())).variables["tick"]) for case, one in found]

    def proven(self) -> bool:
        """Everything is as the journal says: re-execution, rows, and a rebuild."""
        again = Company.again(self).store
        report = verification.verify(again)
        assert report.findings == []
        assert rebuild(again, windows=True).differences == []
        return True


def local(micros_: int) -> str | None:
    """A moment on the clocks of Shanghai; None for never."""
    if micros_ == NEVER:
        return None
    found = temporal.in_zone(temporal.from_datetime(moment(micros_)), "Asia/Shanghai")
    return temporal.format_date_time(found).partition("@")[0]


def day(text: str) -> Value:
    return temporal.parse_date(text)


def at(text: str) -> datetime:
    return temporal.to_datetime(temporal.parse_date_time(f"{text}@Asia/Shanghai"))
