"""Forms on pages: how a schema looks, what was typed into it, and what it comes to."""
