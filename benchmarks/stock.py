"""Stock SpiffWorkflow as its documentation has it: load its own JSON, do one task, save its JSON, commit.

It gets every advantage that costs nothing: the model is parsed once, the driver is used without a layer between, and
nothing but the instance is written. As an extra contender its registry keeps the specification out of the JSON too.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.engine import make_url

Data = dict[str, Any]
DEPTH = 960
"""Finished tasks in a row beyond which stock no longer sees its own tasks: its iterator stops at a depth of 1,000."""


class Stock:
    """One model with instances in memory."""

    def __init__(self, bpmn: bytes, process: str = "p", *, keeps_specification: bool = False) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn))
        self.spec = parser.get_spec(process)
        self.inner = parser.get_subprocess_specs(process)
        registry = BpmnWorkflowSerializer.configure()
        if keeps_specification:
            kept = {spec.name: spec for spec in (self.spec, *self.inner.values())}
            registry.register(BpmnProcessSpec, lambda spec: {"name": spec.name}, lambda found: kept[found["name"]])
        self.serializer = BpmnWorkflowSerializer(registry)

    def start(self, data: Data) -> BpmnWorkflow:
        """A new instance with data, up to its first task."""
        workflow = BpmnWorkflow(self.spec, self.inner)
        workflow.task_tree.data.update(data)
        workflow.do_engine_steps()
        workflow.refresh_timers()
        return workflow

    def turn(self, workflow: BpmnWorkflow, form: Data) -> None:
        """One person completes the task `work`, and the engine goes on."""
        (task,) = [t for t in workflow.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.name == "work"]
        task.data.update(form)
        task.run()
        workflow.do_engine_steps()
        workflow.refresh_timers()

    def write(self, workflow: BpmnWorkflow) -> str:
        """The instance as its serializer's JSON."""
        return str(self.serializer.serialize_json(workflow))

    def read(self, document: str) -> BpmnWorkflow:
        """The instance of this JSON."""
        return self.serializer.deserialize_json(document)

    def with_history(self, finished: int, data: Data, form: Data) -> str:
        """An instance with so many finished tasks, as JSON."""
        workflow = self.start(data)
        while finished_tasks(workflow) < finished:
            self.turn(workflow, form)
        return self.write(workflow)


def finished_tasks(workflow: BpmnWorkflow) -> int:
    """How many tasks are finished, gateways, scripts and those of sub-processes included."""
    parts = (workflow, *workflow.subprocesses.values())
    return sum(1 for part in parts for task in part.tasks.values() if task.has_state(TaskState.FINISHED_MASK))


class Table:
    """One row with the JSON of one instance, on SQLite or PostgreSQL, as durable as ours."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.connection: Any = sqlite3.connect(str(self.url.database), isolation_level=None)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=FULL")
            self.begin, self.mark = "BEGIN IMMEDIATE", "?"
        else:
            plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(plain, autocommit=True)
            self.begin, self.mark = "BEGIN", "%s"
        self.connection.execute("CREATE TABLE stock (number INTEGER PRIMARY KEY, document TEXT NOT NULL)")
        self.connection.execute("INSERT INTO stock VALUES (1, '')")

    def put(self, document: str) -> None:
        """Write the instance in a transaction of its own."""
        self.connection.execute(self.begin)
        self.connection.execute(f"UPDATE stock SET document = {self.mark} WHERE number = 1", (document,))
        self.connection.execute("COMMIT")

    def step(self, stock: Stock, form: Data) -> None:
        """Load, complete one task, save, commit: one transaction, the row locked."""
        lock = "" if self.is_sqlite else " FOR UPDATE"
        self.connection.execute(self.begin)
        (document,) = self.connection.execute(f"SELECT document FROM stock WHERE number = 1{lock}").fetchone()
        workflow = stock.read(document)
        stock.turn(workflow, form)
        document = stock.write(workflow)
        self.connection.execute(f"UPDATE stock SET document = {self.mark} WHERE number = 1", (document,))
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
