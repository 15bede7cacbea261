"""How the tables came about, one step a release; `upgrade` brings a database to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from engine.errors import Reason, Refused
from storage.database import Database

LOCK = 7_411_003


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Create the tables, or bring them to a revision: whole or not at all, by one process at a time.

    Raises Refused when the tables are those of a later release.
    """
    config = _config()
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _known(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revisions() -> list[str]:
    """The steps that this release knows, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def _known(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in revisions():
        raise Refused(
            Reason.WRONG_STATE,
            f"数据库的表结构版本为 {found},由更新的版本建立",
            f"expected tables of this release or an earlier one, but found {found} of a later one",
        )


def is_current(database: Database) -> bool:
    """The tables are those of this release."""
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()
