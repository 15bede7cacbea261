"""Every table, a file for each matter. Bytes are bytes, never a JSON column; moments are UTC microseconds since 1970."""

from __future__ import annotations

from storage.schema.cases import case, case_role, case_value, case_word, instance, performer
from storage.schema.catalogue import Number, metadata
from storage.schema.files import file_use, personal_file, upload
from storage.schema.invitations import invitation
from storage.schema.journal import disposed, entry, head, large_value, position, received, refusal, stream, unsealed
from storage.schema.milestones import milestone, occurrence
from storage.schema.numbers import sequence, sequence_given
from storage.schema.people import (
    account,
    attempt,
    draft,
    handle,
    mail_address,
    personal,
    preference,
    recovery_code,
    recovery_link,
    second_factor,
    session,
    task_read,
    token,
)
from storage.schema.procedures import (
    publication,
    published,
    version,
    version_file,
    working_author,
    working_copy,
    working_file,
)
from storage.schema.requests import request_key
from storage.schema.tasks import inbox, task, task_copy
from storage.schema.waiting import incident, job, node, reckoning, subscription, timer

__all__ = [
    "NEVER_CHANGED",
    "PROJECTIONS",
    "Number",
    "account",
    "attempt",
    "case",
    "case_role",
    "case_value",
    "case_word",
    "disposed",
    "draft",
    "entry",
    "file_use",
    "handle",
    "head",
    "inbox",
    "incident",
    "instance",
    "invitation",
    "job",
    "large_value",
    "mail_address",
    "metadata",
    "milestone",
    "node",
    "occurrence",
    "performer",
    "personal",
    "personal_file",
    "position",
    "preference",
    "publication",
    "published",
    "received",
    "reckoning",
    "recovery_code",
    "recovery_link",
    "refusal",
    "request_key",
    "second_factor",
    "sequence",
    "sequence_given",
    "session",
    "stream",
    "subscription",
    "task",
    "task_copy",
    "task_read",
    "timer",
    "token",
    "unsealed",
    "upload",
    "version",
    "version_file",
    "working_author",
    "working_copy",
    "working_file",
]

PROJECTIONS = (
    file_use,
    publication,
    published,
    instance,
    case,
    case_role,
    case_value,
    case_word,
    task_copy,
    task,
    inbox,
    timer,
    incident,
    subscription,
    performer,
    milestone,
    occurrence,
    invitation,
)
"""What `rebuild` makes anew from events; jobs are kept, as they say what is still to be done."""

NEVER_CHANGED = ("entry", "refusal", "received", "position", "head", "disposed", "version", "version_file")
"""Tables whose rows database triggers protect; entries of a stream in `disposed` may be deleted."""
