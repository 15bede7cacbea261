"""The command line `zhixing`: for operators, for scripts (`--json`, exit codes), and to try things."""

from __future__ import annotations

import click
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import EngineError, Refused
from web import settings as settings_of
from web.cli import cases, demo, journal_commands, procedure_commands, run_model, upkeep
from web.cli.output import Exit, Output


class Group(click.Group):
    """A group whose refusals become sentences and exit codes, never stack traces."""

    def invoke(self, context: click.Context) -> object:
        """Run a command; say what is wrong in one place."""
        try:
            return super().invoke(context)
        except Refused as refused:
            _output(context).refused(refused)
        except EngineError as error:
            _output(context).fail(Exit.REFUSED, str(error), str(error))
        except (ValueError, OSError) as error:
            _output(context).fail(Exit.USAGE, str(error), str(error))
        except SQLAlchemyError as error:
            text = str(error).splitlines()[0]
            _output(context).fail(Exit.USAGE, f"数据库无法使用:{text}", f"the database cannot be used: {text}")


@click.group(cls=Group)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of sentences.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="zh or en; ZHIXING_LANGUAGE otherwise.")
@click.version_option(package_name="zhixing", message="%(version)s", version="0.1.0")
@click.pass_context
def main(context: click.Context, as_json: bool, language: str | None) -> None:
    """Zhixing 知行: written procedures that run, and prove it."""
    settings = settings_of.read()
    context.obj = Output(json=as_json, language=language or settings.language, settings=settings)


def _output(context: click.Context) -> Output:
    found = context.obj
    return found if isinstance(found, Output) else Output()


for command in (
    *procedure_commands.COMMANDS,
    *cases.COMMANDS,
    *journal_commands.COMMANDS,
    *upkeep.COMMANDS,
    run_model.run_model,
    demo.demo,
):
    main.add_command(command)
