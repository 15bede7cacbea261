"""What every table stands on: the one catalogue, and the type of counted numbers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()
Number = BigInteger().with_variant(Integer(), "sqlite")
