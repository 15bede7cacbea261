"""The ad-hoc sub-process: people start what is in it as they see fit, until its completion condition holds."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.errors import Reason, Refused, Text
from engine.feel import called
from engine.flow.activities import SubProcess
from engine.flow.elements import AdHoc
from engine.flow.host import ExpressionFailed
from engine.flow.token import Token


class AdHocSubProcess(SubProcess):
    """Its `starts` are the activities that nothing leads to: enabled, not started. BPMN 2.0.2 §13.3.5."""

    def work(self, token: Token) -> bool:
        """Open the scope and enable what may be started; after a failure of the condition, ask it again."""
        tokens = token.workflow
        for scope in token.internal_data.get("scopes", {}):
            return self._over(token) and self._left(token, scope)
        tokens.open_scope(token, self.kind)
        tokens.host.enable(token.activity, tuple(name.partition(":")[2] for name in self.starts))
        return False

    def begin(self, token: Token, element: str) -> None:
        """A person starts an activity. Raises Refused when it is not enabled."""
        tokens, name = token.workflow, f"{self.element.process}:{element}"
        (scope,) = token.internal_data.get("scopes", {"": ""})
        if name not in self.starts or not scope:
            raise self._refused("其中没有可开始的活动", "has no activity to be started that is named", element)
        if "over" in token.internal_data:
            raise self._refused("完成条件已成立,不能再开始", "has met its completion condition and starts no", element)
        if self._ad_hoc.sequential and tokens.within(scope):
            raise self._refused("应逐个进行,先完成进行中的活动,再开始", "does one activity at a time, before", element)
        tokens.add(name, scope, TaskState.READY)

    def part_done(self, token: Token, scope: str) -> None:
        """An activity inside is done: ask the completion condition."""
        notes = token.internal_data
        if "failed" in notes or "over" in notes:
            return
        try:
            if self._over(token) and self._ad_hoc.cancel_remaining:
                token.workflow.cancel_all(token.workflow.within(scope))
        except ExpressionFailed as error:
            self.fail(token, error.text)

    def within_done(self, token: Token, scope: str) -> None:
        """Nothing goes on inside: that is the end only if the condition has held."""
        if "over" in token.internal_data:
            super().within_done(token, scope)

    @property
    def _ad_hoc(self) -> AdHoc:
        assert self.element.ad_hoc is not None
        return self.element.ad_hoc

    def _over(self, token: Token) -> bool:
        (scope,) = token.internal_data["scopes"]
        found = token.workflow.host.evaluate(self._ad_hoc.completion_condition or "true", scope)
        if found is not None and not isinstance(found, bool):
            kind, key = called(found), self.element.id
            raise ExpressionFailed(
                Text(
                    f"{key} 的完成条件应得到 true 或 false,但得到{kind.zh}",
                    f"expected true or false from the completion condition of {key}, but found {kind.en}",
                )
            )
        if found is True:
            token.internal_data["over"] = True
            token.workflow.host.enable(token.activity, ())
        return found is True

    def _left(self, token: Token, scope: str) -> bool:
        """On retry, whether nothing is left to wait for."""
        tokens = token.workflow
        if self._ad_hoc.cancel_remaining:
            tokens.cancel_all(tokens.within(scope))
        if tokens.within(scope):
            return False
        self.leave_scope(token, scope)
        return True

    def _refused(self, zh: str, en: str, element: str) -> Refused:
        key = self.element.id
        return Refused(Reason.WRONG_STATE, f"{key} {zh}:{element}", f"the ad-hoc sub-process {key} {en} {element}")
