"""What an operator may set: `ZHIXING_*` variables, or the same names in `zhixing.toml`; variables win.

Addresses outside stand in `zhixing.toml` alone, as `[targets.NAME]`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import Text
from jobs.connector import Target
from storage.files import LIMIT, MEGABYTE, REMOTE, Files

FILE = Path("zhixing.toml")
NAMES = (
    "data",
    "database",
    "files",
    "file_limit",
    "seal_key",
    "language",
    "debug",
    "hosts",
    "listen",
    "address",
    "https",
    "proxies",
    "metrics_from",
    "metrics_token",
)
TARGETS = "targets"
PREFIX = "ZHIXING_"
LAST_PORT = 65535
MOST_MEGABYTES = 2_000
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._/-]{0,200})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where data lies, how to speak, whether an internal error shows its trace, and what may be reached outside.

    Pages are served at `listen`, and reached from outside at `address`; `https` says that browsers reach them by TLS,
    through so many `proxies` of ours.
    Bytes of files lie in `files`, each of at most `file_limit` bytes.
    Whoever comes from an address of `metrics_from`, or shows `metrics_token`, may have the figures.
    """

    data: Path
    database: str
    seal_key: Path
    language: str
    debug: bool
    hosts: frozenset[str] | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    listen: str = "127.0.0.1:8000"
    address: str = ""
    https: bool = False
    proxies: int = 0
    metrics_from: str = ""
    metrics_token: str = ""
    files: str = ""
    file_limit: int = LIMIT


def place_of_files(settings: Settings) -> Files | None:
    """Where the settings want the bytes of files; None: beside the database."""
    return Files(settings.files) if settings.files else None


class UnsuitableSetting(ValueError):
    """A variable or the file says something that cannot be used."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def read(environment: Mapping[str, str] = os.environ, file: str | PathLike[str] = FILE) -> Settings:
    """The settings in force. Raises UnsuitableSetting."""
    tables = _tables(Path(file))
    found = {**_written(Path(file), tables), **_variables(environment)}
    data, hosts = Path(found.get("data", "var")).expanduser(), _hosts(found.get("hosts", ""))
    return Settings(
        data=data,
        database=_database(found.get("database", f"sqlite:///{data}/zhixing.db")),
        seal_key=Path(found.get("seal_key", str(data / "seal.key"))).expanduser(),
        language=_one_of("language", found.get("language", "zh"), ("zh", "en")),
        debug=_one_of("debug", found.get("debug", "0"), ("0", "1")) == "1",
        hosts=hosts,
        targets=_targets(tables.get(TARGETS, {}), Path(file), hosts),
        files=_files(found.get("files", ""), found.get("database", ""), data),
        file_limit=_megabytes(found.get("file_limit", "50")),
        listen=_place(found.get("listen", "127.0.0.1:8000")),
        address=_base(found.get("address", "")),
        https=_one_of("https", found.get("https", "0"), ("0", "1")) == "1",
        metrics_from=_addresses(found.get("metrics_from", "")),
        metrics_token=found.get("metrics_token", ""),
        proxies=int(_one_of("proxies", found.get("proxies", "0"), ("0", "1", "2", "3"))),
    )


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    found = {key.removeprefix(PREFIX).lower(): text for key, text in environment.items() if key.startswith(PREFIX)}
    for name in found:
        _known(name, f"{PREFIX}{name.upper()}", [f"{PREFIX}{known.upper()}" for known in NAMES])
    return {name: text for name, text in found.items() if text}


def _tables(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
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


def _written(file: Path, tables: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tables.items():
        if name == TARGETS:
            continue
        _known(name, f"{file}: {name}", [*NAMES, TARGETS])
        found[name] = _text(value, f"{file}: {name}")
    return found


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise UnsuitableSetting(f"{where} 应为文本", f"expected text at {where}, but found {type(value).__name__}")
    return value


def _hosts(found: str) -> frozenset[str] | None:
    """The hosts that webhooks may reach; None when any host of a target may be."""
    return frozenset(host.strip().lower() for host in found.split(",") if host.strip()) or None


def _targets(found: object, file: Path, hosts: frozenset[str] | None) -> dict[str, Target]:
    tables = found if isinstance(found, dict) else {"": found}
    return {str(name): _target(str(name), row, f"{file}: {TARGETS}.{name}", hosts) for name, row in tables.items()}


def _target(name: str, row: object, where: str, hosts: frozenset[str] | None) -> Target:
    """An address with a name. Addresses and secrets may stand in files of their own: `url_file`, `secret_file`."""
    if not isinstance(row, dict) or not row.keys() <= {"url", "url_file", "secret", "secret_file", "private"}:
        raise UnsuitableSetting(
            f"{where} 应为表,可含 url、url_file、secret、secret_file、private",
            f"expected a table at {where} with url or url_file, secret or secret_file, and private",
        )
    url, secret = _here_or_in_a_file(row, "url", where), _here_or_in_a_file(row, "secret", where)
    private = row.get("private", False)
    if not url or not isinstance(private, bool):
        raise UnsuitableSetting(
            f"{where} 应有 url,private 应为 true 或 false", f"expected a url at {where}, and true or false as private"
        )
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if hosts is not None and url.startswith(("http://", "https://")) and host.lower() not in hosts:
        raise UnsuitableSetting(
            f"{where} 的主机不在 {PREFIX}HOSTS 之列", f"expected the host of {where} to be one of {PREFIX}HOSTS"
        )
    return Target(name=name, url=url, secret=secret, private=private)


def _here_or_in_a_file(row: Mapping[str, object], key: str, where: str) -> str:
    if key in row:
        return _text(row[key], f"{where}.{key}")
    if f"{key}_file" not in row:
        return ""
    path = Path(_text(row[f"{key}_file"], f"{where}.{key}_file")).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise UnsuitableSetting(f"无法读取 {path}({where})", f"expected a file {path} for {where}") from error


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


def _files(found: str, database: str, data: Path) -> str:
    """Where bytes of files lie; empty: beside the file of the database."""
    if found.startswith(REMOTE):
        if not BUCKET.fullmatch(found):
            raise UnsuitableSetting(
                f"{PREFIX}FILES 应为文件夹,或 s3://存储桶/前缀,但为 {found!r}",
                f"expected {PREFIX}FILES to be a folder or s3://bucket/prefix, but found {found!r}",
            )
        return found
    if found:
        return str(Path(found).expanduser())
    return str(data / "files") if database.startswith("postgresql") else ""


def _megabytes(found: str) -> int:
    if not found.isascii() or not found.isdigit() or not 0 < int(found) <= MOST_MEGABYTES:
        raise UnsuitableSetting(
            f"{PREFIX}FILE_LIMIT 应为 1 到 {MOST_MEGABYTES} 的整数(MB),但为 {found!r}",
            f"expected {PREFIX}FILE_LIMIT to be whole megabytes from 1 to {MOST_MEGABYTES}, but found {found!r}",
        )
    return int(found) * MEGABYTE


def _base(found: str) -> str:
    """Where people outside reach the pages, for links in mails; empty when nobody said."""
    parts = urlsplit(found)
    if found and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query):
        raise UnsuitableSetting(
            f"{PREFIX}ADDRESS 应为 https://主机/ 这样的网址,但为 {found!r}",
            f"expected {PREFIX}ADDRESS to be an address such as https://host/, but found {found!r}",
        )
    return found if not found or found.endswith("/") else f"{found}/"


def _place(found: str) -> str:
    """Where pages are served: an address and a port."""
    host, _, port = found.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > LAST_PORT:
        raise UnsuitableSetting(
            f"{PREFIX}LISTEN 应为 地址:端口,但为 {found!r}",
            f"expected {PREFIX}LISTEN to be address:port, but found {found!r}",
        )
    return found


def _addresses(found: str) -> str:
    """Addresses and networks, separated by commas."""
    for one in filter(None, (part.strip() for part in found.split(","))):
        try:
            ip_network(one)
        except ValueError as error:
            raise UnsuitableSetting(
                f"{PREFIX}METRICS_FROM 应为以逗号分隔的地址或网段,但有 {one!r}",
                f"expected {PREFIX}METRICS_FROM to be addresses or networks, but found {one!r}",
            ) from error
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
