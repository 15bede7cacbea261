"""People are given a role in the case, in place of those who had it; the token goes on when the case has them."""

from __future__ import annotations

from engine.commands import AssignCaseRole
from engine.value import Person, Value
from jobs.connector import Call, ConnectorFailed
from storage.database import Database


class CaseRole:
    """`persons` hold `role` in the case from now on: tasks offered to the role are theirs."""

    name = "case-role"

    def run(self, call: Call, database: Database) -> Value:
        """Who holds which role now. Raises ConnectorFailed when the case refuses it."""
        given = call.parameters["persons"]
        persons = tuple(one for one in given if isinstance(one, Person)) if isinstance(given, tuple) else ()
        if not persons or persons != given:
            raise ConnectorFailed("expected persons, at least one", permanent=True, code="parameters")
        call.to_case(AssignCaseRole, {"role": call.text("role"), "persons": persons})
        return call.parameters


CONNECTOR = CaseRole()
