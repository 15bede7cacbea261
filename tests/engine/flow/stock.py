"""Stock SpiffWorkflow running a random model in memory: its own parser, joins, data and Python expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.engine.flow.blocks import Block
from tests.engine.flow.runs import entered

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC).isoformat()


class Stock:
    """One run of stock; tasks are told apart by the order in which they were first seen to wait."""

    HELPERS = frozenset({"Start", "End", "Root"})

    def __init__(self, bpmn: bytes, blocks: dict[str, Block]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(bpmn))
        self.blocks = blocks
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.seen: dict[str, Task] = {}
        self.ever: dict[str, str] = {}
        self._settle()

    def _settle(self) -> None:
        """Run what runs by itself, then note what waits."""
        self.workflow.do_engine_steps()
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()
        waiting = {str(task.id): task for task in self._tasks() if self._waits(task)}
        known = {key: waiting[key] for key in self.seen if key in waiting}
        self.seen = known | waiting
        done = (task for task in self._tasks() if task.state == TaskState.COMPLETED)
        self.ever |= {str(task.id): task.task_spec.bpmn_id for task in done if task.task_spec.bpmn_id is not None}

    def _tasks(self) -> list[Task]:
        found: list[Task] = self.workflow.get_tasks()
        return found

    def _waits(self, task: Task) -> bool:
        spec = task.task_spec
        if isinstance(spec, BoundaryEvent):
            return bool(task.state == TaskState.WAITING)
        return bool(task.state == TaskState.READY and spec.manual)

    @property
    def open(self) -> list[str]:
        """The elements that wait, oldest first."""
        return [task.task_spec.bpmn_id for task in self.seen.values()]

    def finish(self, element: str, decision: Sequence[int]) -> None:
        """The oldest wait of an element is over."""
        task = next(task for task in self.seen.values() if task.task_spec.bpmn_id == element)
        if isinstance(task.task_spec, BoundaryEvent):
            task._set_internal_data(event_value=LONG_AGO)
            self.workflow.refresh_timers()
        else:
            if element in self.blocks:
                task.data[element] = entered(decision, self.blocks[element])
            task.run()
        self._settle()

    @property
    def completed(self) -> Counter[str]:
        """How often each element was completed; stock drops some finished tasks from its tree, so they are kept here."""
        return Counter(self.ever.values())

    @property
    def done(self) -> bool:
        """Stock says that it is over."""
        return bool(self.workflow.is_completed())

    @property
    def values(self) -> dict[str, object]:
        """The data at the end."""
        return dict(self.workflow.data) | dict(self.workflow.last_task.data)
