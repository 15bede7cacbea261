"""Drafts of procedures: what they say and change, begun, tried and published; pages and the API offer it."""
