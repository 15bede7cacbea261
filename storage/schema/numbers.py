"""Sequences of numbers, and which number was given to whom."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.schema.catalogue import metadata

sequence = Table(
    "sequence",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

sequence_given = Table(
    "sequence_given",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("number", BigInteger, nullable=False),
)
