"""Signing in, and a forgotten password."""
