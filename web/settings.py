"""What an operator may set: `ZHIXING_*` variables, or the same names in `zhixing.toml`; variables win."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where data lies and how to speak."""

    data: Path
    database: str
    seal_key: Path
    language: str


def read(environment: Mapping[str, str] = os.environ, file: Path = Path("zhixing.toml")) -> Settings:
    """The settings in force. Raises ValueError for a language other than zh and en."""
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def setting(name: str, default: str) -> str:
        return environment.get(f"ZHIXING_{name.upper()}") or str(written.get(name, default))

    data = Path(setting("data", "var"))
    language = setting("language", "zh")
    if language not in ("zh", "en"):
        raise ValueError(f"expected ZHIXING_LANGUAGE to be zh or en, but found {language!r}")
    return Settings(
        data=data,
        database=setting("database", f"sqlite:///{data}/zhixing.db"),
        seal_key=Path(setting("seal_key", str(data / "seal.key"))),
        language=language,
    )
