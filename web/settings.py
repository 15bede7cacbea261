"""What an operator may set: `ZHIXING_*` variables, or the same names in `zhixing.toml`; variables win."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import Text

FILE = Path("zhixing.toml")
NAMES = ("data", "database", "seal_key", "language", "debug")
PREFIX = "ZHIXING_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where data lies, how to speak, and whether an internal error shows its trace."""

    data: Path
    database: str
    seal_key: Path
    language: str
    debug: bool


class UnsuitableSetting(ValueError):
    """A variable or the file says something that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def read(environment: Mapping[str, str] = os.environ, file: str | PathLike[str] = FILE) -> Settings:
    """The settings in force. Raises UnsuitableSetting."""
    found = {**_written(Path(file)), **_variables(environment)}
    data = Path(found.get("data", "var")).expanduser()
    return Settings(
        data=data,
        database=_database(found.get("database", f"sqlite:///{data}/zhixing.db")),
        seal_key=Path(found.get("seal_key", str(data / "seal.key"))).expanduser(),
        language=_one_of("language", found.get("language", "zh"), ("zh", "en")),
        debug=_one_of("debug", found.get("debug", "0"), ("0", "1")) == "1",
    )


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    found = {key.removeprefix(PREFIX).lower(): text for key, text in environment.items() if key.startswith(PREFIX)}
    for name in found:
        _known(name, f"{PREFIX}{name.upper()}", [f"{PREFIX}{known.upper()}" for known in NAMES])
    return {name: text for name, text in found.items() if text}


def _written(file: Path) -> dict[str, str]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UnsuitableSetting(
            f"无法读取设置文件 {file}:{error.strerror}", f"expected a settings file, but {file}: {error.strerror}"
        ) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise UnsuitableSetting(
            f"{file} 应为 UTF-8 的 TOML:{error}", f"expected TOML in {file}, but {error}"
        ) from error
    for name, value in found.items():
        _known(name, f"{file}: {name}", list(NAMES))
        if not isinstance(value, str):
            raise UnsuitableSetting(
                f"{file} 的 {name} 应为文本", f"expected text at {name} in {file}, but found {type(value).__name__}"
            )
    return found


def _known(name: str, shown: str, known: list[str]) -> None:
    if name not in NAMES:
        raise UnsuitableSetting(
            f"没有设置项 {shown};可用的有 {'、'.join(known)}",
            f"there is no setting {shown}; there are {', '.join(known)}",
        )


def _one_of(name: str, found: str, allowed: tuple[str, ...]) -> str:
    if found not in allowed:
        variable = f"{PREFIX}{name.upper()}"
        raise UnsuitableSetting(
            f"{variable} 应为 {' 或 '.join(allowed)},但为 {found!r}",
            f"expected {variable} to be {' or '.join(allowed)}, but found {found!r}",
        )
    return found


def _database(found: str) -> str:
    """The URL with its driver. SQLite in memory is refused: readers and the writer have connections of their own."""
    try:
        url = make_url(found)
    except ArgumentError:
        url = None
    if url is not None and url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    usable = url is not None and (
        url.drivername == "postgresql+psycopg"
        or (url.drivername == "sqlite" and url.database not in (None, "", ":memory:"))
    )
    if url is None or not usable:
        raise UnsuitableSetting(
            f"{PREFIX}DATABASE 应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库名",
            f"expected {PREFIX}DATABASE to be sqlite:///file or postgresql+psycopg://user@host/name",
        )
    return url.render_as_string(hide_password=False)
