"""Values of an instance become data of its case; the token goes on when the case has them."""

from __future__ import annotations

from engine.commands import SetCaseData
from engine.value import Value
from jobs.connector import Call
from storage.database import Database


class RecordToCase:
    """Every parameter is a field of the case's data, and its new value."""

    name = "record-to-case"

    def run(self, call: Call, database: Database) -> Value:
        """What was recorded. Raises ConnectorFailed when the case refuses it."""
        call.to_case(SetCaseData, {"data": call.parameters})
        return call.parameters


CONNECTOR = RecordToCase()
