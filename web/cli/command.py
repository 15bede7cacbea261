"""A command of `zhixing`: it takes `--json` and `--language` before and after its name, and fails with a sentence."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import click

from engine.errors import Text
from web import settings as settings_of
from web.cli import failures
from web.cli.output import Exit, Output, Unread
from web.settings import UnsuitableSetting

Function = TypeVar("Function", bound=Callable[..., Any])
LANGUAGES = ("zh", "en")


class Command(click.Command):
    """One command, described in both languages: `zh`, and its docstring."""

    def __init__(self, *arguments: Any, zh: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.zh = zh
        self.params += [_json_option(), _language_option()]

    def get_short_help_str(self, limit: int = 45) -> str:
        """The line in the list of commands."""
        if begin(click.get_current_context()).language == "zh":
            return self.zh
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The text of `--help`."""
        english, self.help = self.help, self.zh if begin(ctx).language == "zh" else self.help
        super().format_help_text(ctx, formatter)
        self.help = english


class Option(click.Option):
    """An option described in both languages."""

    def __init__(self, *arguments: Any, zh: str, en: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.texts = Text(zh, en)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of `--help`."""
        self.help = begin(ctx).text(self.texts)
        return super().get_help_record(ctx)


class Group(click.Group):
    """All commands; whatever goes wrong in one becomes a sentence and an exit code."""

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; click would end a broken pipe with a code that means something else here."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Unread from error

    def main(self, args: Sequence[str] | None = None, *_: Any, **options: Any) -> Any:
        """Run a command and end the process with its code."""
        given = list(sys.argv[1:] if args is None else args)
        options |= {"standalone_mode": False, "prog_name": "zhixing"}
        _writable()
        try:
            found = super().main(given, **options)
            sys.stdout.flush()
            code = found if isinstance(found, int) else Exit.OK
        except (Unread, BrokenPipeError):
            code = _unread()
        except (Exception, KeyboardInterrupt) as error:
            code = _failed(error, given)
        sys.exit(int(code))


def starting(function: Function) -> Function:
    """The options of the group itself."""
    for option in (_language_option(), _json_option()):
        function.__click_params__ = [*getattr(function, "__click_params__", []), option]  # type: ignore[attr-defined]
    return function


command = partial(click.command, cls=Command)
"""Declares a command; `zh` describes it in Chinese, its docstring in English."""

option = partial(click.option, cls=Option)
"""Declares an option of a command; `zh` and `en` describe it."""


def begin(context: click.Context) -> Output:
    """What the commands of this call print with."""
    found = context.find_object(Output)
    if found is None:
        settings = settings_of.read()
        found = context.find_root().obj = Output(settings=settings, language=settings.language)
    return found


def _json_option() -> click.Option:
    def chosen(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            begin(context).json = True

    zh, en = "输出一份 JSON。", "Print one JSON document instead of sentences."
    return Option(["--json"], is_flag=True, is_eager=True, expose_value=False, callback=chosen, zh=zh, en=en)


def _language_option() -> click.Option:
    def chosen(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            begin(context).language = value

    kind, zh, en = (
        click.Choice(LANGUAGES),
        "显示语言,默认按 ZHIXING_LANGUAGE。",
        "Language; otherwise ZHIXING_LANGUAGE.",
    )
    return Option(["--language"], type=kind, is_eager=True, expose_value=False, callback=chosen, zh=zh, en=en)


def _failed(error: BaseException, given: Sequence[str]) -> Exit:
    failure = failures.failure_of(error)
    output = _output(given)
    output.fail(failure)
    if failure.code is Exit.INTERNAL and output.settings.debug:
        traceback.print_exception(error)
    return failure.code


def _output(given: Sequence[str]) -> Output:
    """What to print an error with: made anew, since reading the command line may be what failed."""
    try:
        settings = settings_of.read()
    except UnsuitableSetting:
        settings = settings_of.read({}, os.devnull)
    chosen = [b for a, b in zip(given, [*given[1:], ""], strict=True) if a == "--language" and b in LANGUAGES]
    chosen += [a.removeprefix("--language=") for a in given if a.startswith("--language=")]
    language = chosen[-1] if chosen and chosen[-1] in LANGUAGES else settings.language
    return Output(settings=settings, language=language, json="--json" in given)


def _writable() -> None:
    """What was done must not end as a mistake of ours because its sentence cannot be written."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # until the process ends
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _unread() -> Exit:
    """Nobody reads any more: keep the interpreter from complaining about it at its end."""
    with open(os.devnull, "w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
    return Exit.BROKEN_PIPE
