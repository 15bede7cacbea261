"""Links for contacts outside: given, and answered."""
