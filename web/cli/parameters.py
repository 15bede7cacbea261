"""What people type after a command: numbers, ids, days, JSON, folders, files; each refused with a sentence."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NoReturn

import click

from engine import temporal
from engine.errors import Refused, Text
from engine.value import Date
from web.telling import plain

COUNTED = re.compile(r"[1-9][0-9]{0,17}(\.[1-9][0-9]{0,17}){2}")
JOB = re.compile(rf"{COUNTED.pattern}(/[1-9][0-9]{{0,8}})?")
WHOLE = re.compile(r"[1-9][0-9]{0,17}")


class Unsuitable(click.BadParameter):
    """A parameter that cannot be what was asked for."""

    def __init__(self, zh: str, en: str, context: click.Context | None = None) -> None:
        super().__init__(en, context)
        self.text = Text(zh, en)


class Whole(click.ParamType[int]):
    """A number of a stream, case, instance or entry: from 1."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. Raises Unsuitable."""
        if isinstance(value, int):
            return value
        text = str(value)
        if not WHOLE.fullmatch(text):
            _refuse(
                ctx,
                param,
                f"应为从 1 起的整数,但为 {_short(text)}",
                f"a whole number from 1 on, but found {_short(text)}",
            )
        return int(text)


class CountedId(click.ParamType[str]):
    """The id of a task or incident: three numbers such as 4.7.2."""

    name = "id"
    pattern = COUNTED

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id. Raises Unsuitable."""
        text = str(value)
        if not self.pattern.fullmatch(text):
            _refuse(
                ctx,
                param,
                f"应为 4.7.2 这样的编号,但为 {_short(text)}",
                f"an id such as 4.7.2, but found {_short(text)}",
            )
        return text


class JobId(CountedId):
    """The id of a job: that of what made it, and a number when that made several."""

    pattern = JOB


class Day(click.ParamType[Date]):
    """A day such as 2026-11-24."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Date:
        """The day. Raises Unsuitable."""
        if isinstance(value, Date):
            return value
        try:
            return temporal.parse_date(str(value))
        except ValueError:
            shown = _short(str(value))
            _refuse(
                ctx, param, f"应为 2026-11-24 这样的日期,但为 {shown}", f"a day such as 2026-11-24, but found {shown}"
            )


class Json(click.ParamType[object]):
    """A JSON document: typed in, `@FILE` from a file, `-` from standard input."""

    name = "json"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The document with exact numbers. Raises Unsuitable."""
        if not isinstance(value, str):
            return value
        text = value
        if value == "-":
            text = sys.stdin.read()
        elif value.startswith("@"):
            text = read_text(Path(value[1:]), ctx)
        try:
            return plain.read(text)
        except Refused as refused:
            raise Unsuitable(refused.text.zh, refused.text.en, ctx) from refused


class Hex(click.ParamType[bytes]):
    """A head or a public key, 32 bytes in hexadecimal."""

    name = "hex"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """The bytes. Raises Unsuitable."""
        if isinstance(value, bytes):
            return value
        text = str(value)
        if not re.fullmatch(r"([0-9a-f]{2}){32}", text):
            shown = _short(text)
            _refuse(ctx, param, f"应为 64 位十六进制数,但为 {shown}", f"64 hexadecimal digits, but found {shown}")
        return bytes.fromhex(text)


class Folder(click.ParamType[Path]):
    """A folder that is there."""

    name = "folder"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The folder. Raises Unsuitable."""
        path = Path(str(value))
        if not path.is_dir():
            raise Unsuitable(f"没有文件夹 {path}", f"there is no folder {path}", ctx)
        return path


class ExistingFile(click.ParamType[Path]):
    """A file that is there."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The file. Raises Unsuitable."""
        path = Path(str(value))
        if path.is_dir():
            raise Unsuitable(f"{path} 是文件夹,应为文件", f"expected a file, but {path} is a folder", ctx)
        if not path.exists():
            raise Unsuitable(f"没有文件 {path}", f"there is no file {path}", ctx)
        return path


def read_text(path: Path, context: click.Context | None = None) -> str:
    """The text of a file in UTF-8. Raises Unsuitable."""
    found = ExistingFile().convert(path, None, context)
    try:
        return found.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unsuitable(f"{path} 应为 UTF-8 文本", f"expected text in UTF-8, but {path} is not", context) from error


NUMBER, COUNTED_ID, JOB_ID, DAY, JSON, HEX = Whole(), CountedId(), JobId(), Day(), Json(), Hex()
FOLDER, FILE = Folder(), ExistingFile()


def _refuse(context: click.Context | None, param: click.Parameter | None, zh: str, en: str) -> NoReturn:
    name = "" if param is None else param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()
    raise Unsuitable(f"{name} {zh}".strip(), f"expected {name} to be {en}" if name else f"expected {en}", context)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
