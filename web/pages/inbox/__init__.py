"""The inbox, and several of its tasks at once."""
