"""The command line `zhixing`: for operators, for scripts (`--json`, exit codes), and to try things."""

from __future__ import annotations

import click

from web.cli import (
    adhoc,
    attachments,
    case_changes,
    cases,
    decide,
    demo,
    feel,
    history,
    instances,
    invitations,
    messages,
    milestones,
    moves,
    organisation,
    pages,
    procedures,
    proof,
    retention,
    run_model,
    scenario,
    serving,
    tasks,
    tokens,
    upkeep,
)
from web.cli.command import Group, begin, starting

VERSION = "0.1.0"

GROUPS = (
    procedures,
    cases,
    case_changes,
    attachments,
    tasks,
    moves,
    invitations,
    adhoc,
    instances,
    milestones,
    history,
    messages,
    proof,
    organisation,
    retention,
    serving,
    pages,
    tokens,
    upkeep,
    scenario,
    run_model,
    decide,
    feel,
    demo,
)


@click.group(cls=Group)
@starting
@click.version_option(VERSION, message="%(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Zhixing 知行: written procedures that run, and prove it."""
    begin(context)


for group in GROUPS:
    for command in group.COMMANDS:
        main.add_command(command)
