"""The envelope of what the worker asks for: its id is made from the job's, so that a second try writes nothing."""

from __future__ import annotations

from engine.commands import Cause, Envelope
from engine.words import Channel
from jobs.lease import Job
from storage.submission import Store


def envelope(store: Store, job: Job, stream: int, part: str = "") -> Envelope:
    """The envelope of a job's command; `part` tells several commands of one job apart."""
    return Envelope(id=key(job, part), stream=stream, at=store.now(), channel=Channel.WORKER, cause=cause(job))


def key(job: Job, part: str = "") -> str:
    """The command id of a job."""
    return f"job:{job.key}{part}"


def cause(job: Job) -> Cause:
    """The entry and the event in it that made the job necessary."""
    return Cause(stream=job.stream, revision=job.revision, n=int(job.key.partition("/")[0].rpartition(".")[2]))
