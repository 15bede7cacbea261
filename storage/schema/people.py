"""Who somebody is, how they sign in, and what they chose or read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from storage.schema.catalogue import metadata

personal = Table(
    "personal",
    metadata,
    Column("reference", String(64), primary_key=True),
    Column("salt", LargeBinary),
    Column("content", LargeBinary),
)

handle = Table(
    "handle",
    metadata,
    Column("handle", String(100), primary_key=True),
    Column("person", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("password", String(200)),  # its argon2 hash; without one nobody signs in
    Column("one_time", Boolean, nullable=False, default=False),  # to be changed at the next sign-in
    Column("enabled", Boolean, nullable=False, default=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", BigInteger, nullable=False, default=0),
    Column("language", String(8)),
    Column("theme", String(8), nullable=False, default="system"),
    Column("changed_at", BigInteger, nullable=False, default=0),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the cookie, which is known to the browser alone
    Column("person", String(64), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("address", String(64), nullable=False, default=""),
    Column("agent", String(200), nullable=False, default=""),
)
Index("session_of_person", session.c.person)

token = Table(
    "token",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token, which is known to its program alone
    Column("person", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False, default=0),
    Column("ends_at", BigInteger, nullable=False),
)
Index("token_of_person", token.c.person)

second_factor = Table(
    "second_factor",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("secret", String(64), nullable=False),  # base32; apart from the accounts, and read at sign-in alone
    Column("confirmed", Boolean, nullable=False, default=False),  # a code was given once: from now on it is asked for
    Column("step", BigInteger, nullable=False, default=0),  # of the last code that was taken; it is taken once
    Column("ticket", String(64)),  # SHA-256 of what a browser holds between password and code
    Column("ticket_ends_at", BigInteger, nullable=False, default=0),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("person", "digest"),
)

mail_address = Table(
    "mail_address",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("address", String(254), nullable=False),
)

recovery_link = Table(
    "recovery_link",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the link holds, which is in one mail alone
    Column("person", String(64), nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)
Index("recovery_link_of_person", recovery_link.c.person)

attempt = Table(
    "attempt",
    metadata,
    Column("key", String(200), nullable=False),
    Column("span", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("key", "span"),
)

task_read = Table(
    "task_read",
    metadata,
    Column("task", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("task", "person"),
)

preference = Table(
    "preference",
    metadata,
    Column("person", String(64), nullable=False),
    Column("page", String(32), nullable=False),
    Column("content", String(2000), nullable=False),
    PrimaryKeyConstraint("person", "page"),
)

draft = Table(
    "draft",
    metadata,
    Column("task", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("task", "person"),
)
