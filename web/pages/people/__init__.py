"""People of the organisation: their roles, deputies and absences."""
