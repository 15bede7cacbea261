"""Any BPMN file, tried in memory: started, its tasks answered from a file or at the prompt, its events printed."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import click

from engine import check as checks
from engine import procedure as procedures
from engine.check import Finding
from engine.errors import Fault, Reason, Refused
from engine.events import Event
from engine.instance import Instance
from engine.procedure import Procedure
from engine.task import Task
from web.cli import trial
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output, harmless
from web.cli.parameters import FILE, JSON, Unsuitable, read_text
from web.telling import plain
from web.telling.naming import Names


@command("run-model", zh="不用数据库,在内存中试运行任意 BPMN 文件。")
@click.argument("path", type=FILE)
@option("--process", metavar="ID", zh="流程的 id,默认为第一个。", en="Id of the process; the first one by default.")
@option("--answers", type=FILE, zh="JSON 文件:按元素 id 给出答案。", en="A JSON file with the answers by element id.")
@option("--input", "values", type=JSON, default="{}", metavar="JSON", zh="启动时的变量。", en="Variables at the start.")
@option("--ask/--no-ask", default=None, zh="没有答案时是否询问。", en="Ask for answers that the file does not give.")
@click.pass_obj
def run_model(
    output: Output, path: Path, process: str | None, answers: Path | None, values: object, ask: bool | None
) -> None:
    """Try a BPMN file in memory, without a database."""
    procedure = _procedure(path)
    wanted = _process(procedure, path, process)
    given = {} if answers is None else plain.read(read_text(answers))
    if not isinstance(given, dict):
        raise Refused(Reason.INVALID_DATA, "答案应为 JSON 对象", "expected the answers to be a JSON object")
    asks = sys.stdin.isatty() and not output.json if ask is None else ask
    printer = Printer(output)
    asker = Asker(output, procedure) if asks else None
    tried = trial.Trial(procedure, given, _nobody if asker is None else asker.ask, printer.heard)
    instance = tried.run(wanted, values)
    _tell(output, procedure, instance, stopped=tried.steps >= trial.STEPS)
    output.result(
        {
            "status": instance.status,
            "ends": list(instance.ends),
            "waiting": sorted({task.element for task in instance.tasks.values()}),
            "incidents": [{"zh": i.message_zh, "en": i.message_en} for i in instance.incidents.values()],
            "variables": {n: plain.shown(v) for s in instance.scopes.values() for n, v in s.variables.items()},
            "events": printer.printed,
        }
    )


def _procedure(path: Path) -> Procedure:
    """The procedure around the file. Raises Failed when it holds what this release does not execute."""
    files = trial.files_around(path)
    findings = [f for f in checks.check(files) if f.rule not in checks.ONLY_TO_PUBLISH]
    if findings:
        raise Failed(
            Exit.FINDINGS,
            f"{path.name} 不能执行,有 {len(findings)} 处问题",
            f"{path.name} cannot be run; findings: {len(findings)}",
            [Fault(" ".join(filter(None, (_where(path, f), f.element, str(f.rule)))), f.text) for f in findings],
        )
    return trial.for_everybody(procedures.load(files))


def _where(path: Path, finding: Finding) -> str:
    """The file as it was named to us, or as it is called in its procedure."""
    return str(path) if finding.file == f"processes/{path.name}" else finding.file


def _process(procedure: Procedure, path: Path, wanted: str | None) -> str:
    processes = list(procedure.model.processes)
    if not processes:
        raise Refused(Reason.INVALID_MODEL, f"{path.name} 中没有流程", f"expected a process in {path.name}")
    if wanted is not None and wanted not in processes:
        there = ", ".join(processes)
        raise Refused(Reason.NOT_FOUND, f"没有流程 {wanted};有 {there}", f"there is no process {wanted}, but {there}")
    return wanted or processes[0]


def _nobody(_element: str, _task: Task | None) -> None:
    """Nobody answers."""


class Asker:
    """Asks at the prompt; standard error, so that the output stays what was asked for."""

    def __init__(self, output: Output, procedure: Procedure) -> None:
        self.output, self.procedure = output, procedure
        self.is_over = False

    def ask(self, element: str, task: Task | None) -> object:
        """The answer, or None when there are no more."""
        if self.is_over:
            return None
        if task is not None:
            self._describe(task)
        while True:
            try:
                text = click.prompt(f"{element} (JSON)", default="{}", err=True)
                return JSON.convert(text, None, None)
            except Unsuitable as unsuitable:
                click.echo(self.output.text(unsuitable.text), err=True)
            except click.Abort:
                self.is_over = True
                return None

    def _describe(self, task: Task) -> None:
        names = Names(self.procedure, {}, self.output.zone)
        click.echo(harmless(self.output.text(names.step(task.process, task.element))), err=True)
        form = self.procedure.form(self.procedure.model.element(task.process, task.element))
        for field in () if form is None else form.fields:
            needed = "*" if field.required else ""
            options = " ".join(value for value, _ in field.options)
            click.echo(harmless(f"  {field.key}{needed}: {field.type} {options}".rstrip()), err=True)


class Printer:
    """Prints events as they come, and keeps them."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.printed: list[dict[str, object]] = []

    def heard(self, event: Event) -> None:
        """Print an event."""
        told = {field.name: _shown(getattr(event, field.name)) for field in fields(event)}
        self.printed.append({"event": type(event).__name__, **told})
        line = "  ".join(f"{key}={found}" for key, found in told.items() if found not in (None, [], {}))
        self.output.say(f"{type(event).__name__:18} {line}", f"{type(event).__name__:18} {line}")


def _shown(found: object) -> object:
    if isinstance(found, tuple) and found and isinstance(found[0], str):
        return list(found)
    try:
        return plain.shown(found)  # type: ignore[arg-type]  # fields that are no values fall through
    except (TypeError, AttributeError):
        return str(found)


def _tell(output: Output, procedure: Procedure, instance: Instance, *, stopped: bool) -> None:
    names = Names(procedure, {}, output.zone)
    waiting = [names.step(task.process, task.element) for task in instance.tasks.values()]
    if stopped:
        output.say(f"{trial.STEPS} 步之后停止。", f"Stopped after {trial.STEPS} steps.", style="bold")
    elif waiting:
        zh, en = "、".join(text.zh for text in waiting), ", ".join(text.en for text in waiting)
        output.say(f"等待办理:{zh}", f"Waiting for: {en}", style="bold")
    elif instance.ends:
        ends = names.ends(instance.ends)
        output.say(f"结束于:{ends.zh}", f"Ended at: {ends.en}", style="bold")
    else:
        output.say("没有可以继续的步骤。", "Nothing can go on.", style="bold")


COMMANDS = (run_model,)
