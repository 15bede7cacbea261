"""The web product served: pages and jobs in one process, or pages alone beside processes that do the jobs."""

from __future__ import annotations

import dataclasses
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
import waitress

from engine.organisation import ADMINISTRATOR
from engine.value import Person
from jobs.scheduler import Node
from storage import accounts, people
from storage.files import MEGABYTE
from storage.submission import Store
from web import app, logs, passwords
from web.assets import NotBuilt
from web.bounds import ARCHIVE, FORM
from web.cli import company, serving, showcase, too_large
from web.cli.command import command, option
from web.cli.output import Exit, Failed, Output
from web.cli.play import SimulatedClock

SERVER = {"threads": 8, "ident": None, "channel_timeout": 60}
FIRST = ("admin", "系统管理员")
"""Handle and name of the administrator whom the first start makes."""

Listen = option(
    "--listen",
    metavar="ADDRESS:PORT",
    zh="在哪里应答,默认按 ZHIXING_LISTEN。",
    en="Where to answer; otherwise ZHIXING_LISTEN.",
)


@command(zh="启动网页和后台工作,直到停止(Ctrl-C 或 SIGTERM)。")
@Listen
@option(
    "--demo",
    is_flag=True,
    zh="用演示数据:各角色的人员和几个项目。",
    en="With a demonstration: people for every role, some projects.",
)
@click.pass_obj
def serve(output: Output, listen: str | None, demo: bool) -> None:
    """Serve pages and do jobs until stopped (Ctrl-C or SIGTERM)."""
    told = _demonstration(output) if demo else output
    with company.opened(told, create=True) as store:
        _first_start(told, store)
        node = Node(store=store, targets=told.settings.targets, sealing=lambda: serving.seal(store, told))
        logs.configure()  # before anything runs that has something to note
        node.start()
        try:
            with _stoppable() as stopped, _pages(told, store, listen):
                _wait(told, stopped)
        finally:
            node.stop(serving.PATIENCE)


@command("serve-web", zh="只启动网页,直到停止;后台工作由 serve-jobs 办理。")
@Listen
@click.pass_obj
def serve_web(output: Output, listen: str | None) -> None:
    """Serve pages alone until stopped; `serve-jobs` does the jobs."""
    with company.opened(output, create=True) as store:
        _first_start(output, store)
        with _stoppable() as stopped, _pages(output, store, listen):
            _wait(output, stopped)


@contextmanager
def _pages(output: Output, store: Store, listen: str | None) -> Iterator[None]:
    place = listen or output.settings.listen
    try:
        made = app.create_app(output.settings, store)
        # nothing is read beyond the largest form or file; the application sets closer bounds for each page
        most = max(FORM, ARCHIVE, output.settings.file_limit) + MEGABYTE
        found = waitress.create_server(made, listen=place, max_request_body_size=most, **SERVER)
        server: Any = too_large.said_by(found)
    except NotBuilt as error:
        raise Failed(
            Exit.UNAVAILABLE, "网页还没有构建:请运行 make run,或 python web/building.py", str(error)
        ) from error
    except (OSError, ValueError) as error:
        raise Failed(
            Exit.UNAVAILABLE,
            f"无法在 {place} 应答:{error}。可用 ZHIXING_LISTEN=127.0.0.1:8080 另选端口",
            f"cannot answer at {place}: {error}; ZHIXING_LISTEN=127.0.0.1:8080 chooses another port",
        ) from error
    logs.configure()
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    output.say(f"请在浏览器中打开 http://{place}/", f"open http://{place}/ in a browser", style="bold green")
    try:
        yield
    finally:
        server.close()
        server.task_dispatcher.shutdown(timeout=30)


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(output: Output, stopped: threading.Event) -> None:
    stopped.wait()
    output.say("正在停止:手头的办完,其余的交还", "stopping: what is in hand is finished, the rest given back")


def _first_start(output: Output, store: Store) -> None:
    """An administrator with a one-time password, while nobody can sign in who could give others one."""
    administrators = company.organisation_of(store).roles.get(ADMINISTRATOR, ())
    with store.database.read() as connection:
        known = accounts.all_of(connection)
    if any(person.id in known for person in administrators):
        return
    person = administrators[0] if administrators else people.add(store, "first-start", *FIRST, (ADMINISTRATOR,))
    made = passwords.one_time()
    accounts.set_password(store.database, person, passwords.hashed(made), store.now(), one_time=True)
    handle = _handle(store, person)
    output.say(
        f"首次启动:请用账号 {handle} 和一次性密码 {made} 登录(只显示这一次)",
        f"first start: sign in as {handle} with the one-time password {made} (shown this once)",
        style="bold yellow",
    )


def _handle(store: Store, person: Person) -> str:
    with store.database.read() as connection:
        return people.handles(connection)[person.id]


def _demonstration(output: Output) -> Output:
    """The same output with a database of its own, filled when it is not there yet."""
    folder = output.settings.data.absolute() / "demo"
    url = f"sqlite:///{folder}/zhixing.db"
    settings = dataclasses.replace(output.settings, data=folder, database=url, files="", seal_key=folder / "seal.key")
    told = dataclasses.replace(output, settings=settings)
    if not (folder / "ready").exists():
        now = company.right_now()
        output.say("正在准备演示数据……", "preparing the demonstration …")
        with company.opened(told, clock := SimulatedClock(now), create=True) as store:
            showcase.build(store, clock, now, lambda title: output.say(f"  {title}", f"  {title}"))
        (folder / "ready").touch()
    output.say(
        f"演示人员的密码都是 {showcase.PASSWORD}:wang、li、zhao、qian、he、admin 等,各有各的角色。",
        f"everybody's password is {showcase.PASSWORD}: wang (sales), li (service management), zhao (pre-sales), "
        "qian (project manager), he (general manager), admin (administrator) …",
    )
    return told


COMMANDS = (serve, serve_web)
