"""One task: its form, its acts, its tables, and where it stands."""
