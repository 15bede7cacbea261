"""Every way a command fails, as an exit code and a sentence in both languages; one table, no stack traces."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from engine.errors import EngineError, MalformedValue, Refused, Text, UnknownKind
from storage.files import FilesAway
from web.cli.output import Exit, Failed, Failure
from web.cli.parameters import Unsuitable
from web.settings import UnsuitableSetting

Error = TypeVar("Error", bound=BaseException)


def failure_of(error: BaseException) -> Failure:
    """What to say about an error, and with which code to end."""
    for kind, tell in _TABLE:
        if isinstance(error, kind):
            return tell(error)
    name = type(error).__name__
    return _failure(
        Exit.INTERNAL,
        f"内部错误({name}:{error});ZHIXING_DEBUG=1 显示详情",
        f"internal error ({name}: {error}); ZHIXING_DEBUG=1 shows where",
    )


def _failure(code: Exit, zh: str, en: str) -> Failure:
    return Failure(code=code, text=Text(zh, en))


def _refused(error: Refused) -> Failure:
    return Failure(code=Exit.REFUSED, text=error.text, faults=error.faults)


def _newer(error: UnknownKind | CommandError) -> Failure:
    return _failure(
        Exit.UNAVAILABLE,
        f"数据库由更新的版本写成,本版本无法读取({error})",
        f"the database was written by a newer release than this one ({error})",
    )


def _malformed(error: MalformedValue | EngineError) -> Failure:
    return _failure(Exit.UNAVAILABLE, f"日志无法读取:{error}", f"the journal cannot be read: {error}")


def _misused(error: click.UsageError) -> Failure:
    hint = f"{error.ctx.command_path} --help" if error.ctx is not None else "zhixing --help"
    zh, en = _usage(error)
    return _failure(Exit.USAGE, f"{zh}({hint})", f"{en} ({hint})")


def _usage(error: click.UsageError) -> tuple[str, str]:
    if isinstance(error, Unsuitable):
        return error.text.zh, error.text.en
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param is not None and error.ctx is not None else ""
        return f"缺少 {name}", f"expected {name}, but it is missing"
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        return (
            f"没有选项 {error.option_name}" + (f";是否为 {near}?" if near else ""),
            f"there is no option {error.option_name}" + (f"; did you mean {near}?" if near else ""),
        )
    if isinstance(error, click.NoSuchCommand):
        near = ", ".join(error.possibilities or ())
        return (
            f"没有命令 {error.command_name}" + (f";是否为 {near}?" if near else ""),
            f"there is no command {error.command_name}" + (f"; did you mean {near}?" if near else ""),
        )
    message = error.format_message().rstrip(".")
    return f"用法不对:{message}", message[:1].lower() + message[1:]


def _file(error: OSError) -> Failure:
    name = error.filename if error.filename is not None else ""
    problem = error.strerror or str(error)
    return _failure(
        Exit.UNAVAILABLE, f"文件或文件夹无法使用:{name} {problem}", f"cannot use the file or folder {name}: {problem}"
    )


def _database(error: SQLAlchemyError) -> Failure:
    cause = getattr(error, "orig", None)
    problem = (str(cause) or type(cause).__name__) if cause is not None else str(error)
    problem = problem.splitlines()[0]
    if isinstance(error, DBAPIError) and "locked" in problem:
        return _failure(
            Exit.UNAVAILABLE,
            "数据库正被占用,请稍后再试",
            "the database is in use by somebody else; try again in a moment",
        )
    return _failure(Exit.UNAVAILABLE, f"数据库无法使用:{problem}", f"the database cannot be used: {problem}")


def _away(error: FilesAway) -> Failure:
    return _failure(Exit.UNAVAILABLE, f"{error.text.zh}({error.problem})", f"{error.text.en} ({error.problem})")


def _taken(error: IntegrityError) -> Failure:
    return _failure(
        Exit.REFUSED, "同时有人做了同样的改动,请重试", "somebody made the same change at the same time; try again"
    )


def _interrupted(_: BaseException) -> Failure:
    return _failure(Exit.INTERRUPTED, "已中断;做完的步骤已保存", "interrupted; every step that was done is kept")


def _memory(_: BaseException) -> Failure:
    return _failure(Exit.USAGE, "输入过大或嵌套过深", "the input is too large or nested too deeply")


_TABLE: tuple[tuple[type[BaseException], Callable[..., Failure]], ...] = (
    (Failed, lambda error: error.failure),
    (Refused, _refused),
    (UnknownKind, _newer),
    (CommandError, _newer),
    (EngineError, _malformed),
    (UnsuitableSetting, lambda error: Failure(code=Exit.USAGE, text=error.text)),
    (click.UsageError, _misused),
    (click.ClickException, lambda error: _failure(Exit.USAGE, error.format_message(), error.format_message())),
    (IntegrityError, _taken),
    (OperationalError, _database),
    (SQLAlchemyError, _database),
    (FilesAway, _away),
    (KeyboardInterrupt, _interrupted),
    (click.Abort, _interrupted),
    (EOFError, _interrupted),
    (OSError, _file),
    (RecursionError, _memory),
    (MemoryError, _memory),
)
"""The first that fits; whatever is not listed is a mistake of ours."""
