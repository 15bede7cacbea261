"""What a service task asked for: its connector is called, and what came of it becomes a command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine import encoding
from engine.commands import AnswerService, Command
from engine.connector import Declaration
from engine.errors import MalformedValue, Refused
from engine.size import LARGEST
from engine.value import Context, Value
from jobs import calling, lease
from jobs.connector import Call, Connector, ConnectorFailed, Target
from jobs.envelope import envelope
from jobs.lease import Job
from storage import schema
from storage.submission import Store

TRIES = 5

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Services:
    """The connectors of a worker, with the operator's targets."""

    store: Store
    connectors: Mapping[str, Connector]
    targets: Mapping[str, Target]
    declared: Mapping[str, Declaration]

    def answer(self, job: Job) -> AnswerService:
        """The command that answers the request. Raises ConnectorFailed."""
        name = str(job.payload["connector"])
        connector = self.connectors.get(name)
        if connector is None:
            raise ConnectorFailed(f"there is no connector {name}", permanent=True)
        if job.tries > TRIES:
            raise ConnectorFailed(f"the worker was interrupted in each of {job.tries - 1} tries", permanent=True)
        parameters = encoding.from_json(job.payload["parameters"])
        assert isinstance(parameters, Context)
        declared = self.declared.get(name)
        _acceptable(job, declared, parameters)
        result = self._result(job, connector, declared, parameters)
        return AnswerService(envelope=envelope(self.store, job, job.stream), request=job.key, result=result)

    def begin(self, job: Job) -> Job | None:
        """The job with a lease as long as its call may take; None when another worker has it."""
        declared = self.declared.get(str(job.payload.get("connector")))
        if job.kind != "connector" or (declared is not None and declared.limit is None):
            return job  # it writes to this database only: a worker that is killed then leaves nothing behind
        return lease.begin(self.store.database, job, self.store.now())

    def _result(self, job: Job, connector: Connector, declared: Declaration | None, parameters: Context) -> Value:
        call = Call(key=job.key, parameters=parameters, targets=self.targets, to_case=self._to_case(job))
        try:
            found = self._called(connector, declared, call)
            size = len(encoding.encode(found))
        except MalformedValue as error:
            said = f"the connector's result cannot be kept: {error}"
            raise ConnectorFailed(said, permanent=True, code="rubbish") from error
        except ConnectorFailed:
            raise
        except Exception as error:  # one connector's fault must not keep the other jobs waiting
            log.exception("connector %s failed", connector.name)
            raise ConnectorFailed(f"{type(error).__name__}: {error}", permanent=False) from error
        if size > LARGEST:
            raise ConnectorFailed(f"expected a result of at most {LARGEST} bytes", permanent=True, code="rubbish")
        strange = None if declared is None else declared.strange(found)
        if strange is not None:
            raise ConnectorFailed(strange, permanent=True, code="rubbish")
        return found

    def _called(self, connector: Connector, declared: Declaration | None, call: Call) -> Value:
        if declared is None or declared.limit is None:
            return connector.run(call, self.store.database)
        try:
            return calling.within(declared.limit, connector, call, self.store.database)
        except ConnectorFailed as failed:
            if failed.code == "timeout" and not declared.idempotent:
                raise ConnectorFailed(
                    f"{failed}; it may have been done all the same", permanent=True, code="timeout"
                ) from failed
            raise

    def _to_case(self, job: Job) -> Callable[[type[Command], Mapping[str, object]], None]:
        def tell(kind: type[Command], fields: Mapping[str, object]) -> None:
            table = schema.stream.c
            with self.store.database.read() as connection:
                case = connection.execute(select(table.case_no).where(table.stream_no == job.stream)).scalar_one()
            if case is None:
                raise ConnectorFailed("expected an instance in a case", permanent=True)
            try:
                self.store.submit(kind(envelope=envelope(self.store, job, case, ":case"), **fields))
            except Refused as refused:
                raise ConnectorFailed(f"the case refused: {refused}", permanent=True, code="refused") from refused

        return tell


def _acceptable(job: Job, declared: Declaration | None, parameters: Context) -> None:
    """Refuse parameters that are not as declared, and a second try of what could be done twice."""
    if declared is None:
        return
    unfit = declared.unfit(parameters)
    if unfit is not None:
        raise ConnectorFailed(unfit, permanent=True, code="parameters")
    if job.begun and not declared.idempotent:
        said = "the worker was interrupted during the call; it may have been done all the same"
        raise ConnectorFailed(said, permanent=True, code="interrupted")
