"""The ways in for people: the command line now; pages and API stand on the same two functions of storage."""
