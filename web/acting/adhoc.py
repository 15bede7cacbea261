"""What this person may start now inside the ad-hoc sub-processes of a run, or of every run of a case: as the engine would answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine import adhoc
from engine.commands import Envelope, StartActivity
from engine.errors import Refused, Text
from engine.instance import Instance
from engine.role import Surroundings
from engine.step import Progress
from engine.words import Channel
from web import reading
from web.identity import me
from web.sight.dossier import Dossier
from web.telling.naming import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Startable:
    """An activity that may be started, and the ad-hoc sub-process, `inside`, that it is started in."""

    activity: str
    element: str
    inside: str
    name: Text
    within: Text

    @property
    def key(self) -> str:
        """What a form sends of it."""
        return f"{self.activity}/{self.element}"

    @property
    def stream(self) -> int:
        """The run in which it is started."""
        return int(self.activity.split(".")[0])

    def told(self, text: Text) -> Text:
        """A sentence of the engine about it, with names instead of the keys of both."""
        known = {self.element: self.name, self.inside: self.within}
        keys = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, known))})(?!\w)", re.ASCII)
        zh, en = (
            keys.sub(lambda found: known[found[0]].zh, text.zh),
            keys.sub(lambda found: known[found[0]].en, text.en),
        )
        return Text(zh, en)


def startable(progress: Progress, names: Names) -> list[Startable]:
    """What may be started in one run."""
    return [
        Startable(
            activity=step.id,
            element=element,
            inside=step.element,
            name=names.step(step.process, element),
            within=names.step(step.process, step.element),
        )
        for step in progress.instance.activities.values()
        for element in step.enabled
        if _may_start(progress, step.process, element)
    ]


def startable_in(found: Dossier) -> list[Startable]:
    """What may be started in a case as it is now; in one as it was, nothing."""
    return list(_in_case(found)) if found.is_now else []


def _in_case(found: Dossier) -> Iterator[Startable]:
    for instance in found.instances:
        if any(step.enabled for step in instance.activities.values()):
            yield from startable(_progress(found, instance), found.names(instance.stream))


def _progress(found: Dossier, instance: Instance) -> Progress:
    """The run before whoever asks."""
    here = Envelope(
        id="web:looking", stream=instance.stream, at=reading.store().now(), actor=me().person, channel=Channel.WEB
    )
    around = Surroundings(organisation=reading.organisation(found.connection), case=found.case, performers={})
    wish = StartActivity(envelope=here, activity="", element="")
    return Progress(found.procedure(instance.version), instance, wish, around)


def _may_start(progress: Progress, process: str, element: str) -> bool:
    try:
        adhoc.right_to_start(progress, progress.procedure.model.element(process, element).role, element)
    except Refused:
        return False
    return True
