"""More than the demonstration has, so that no page is seen empty: links, drafts, a parked job, a halted run, tasks for several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from engine import commands, encoding
from engine.value import Context
from engine.words import StreamKind
from jobs.worker import Worker
from storage import people, recovery, schema
from storage.database import Database
from storage.submission import Store
from tests.engine.world import chain, lane, process
from tests.storage.company import english
from tests.web.pages.browser import Browser, Clock, House
from web import settings
from web.app import create_app
from web.cli import company

AT = "/procedures/service-planning"
OTHER = "/procedures/asset-handover"
DIAGRAM = "processes/svc_requirements.bpmn"
MAIL = 'address = "http://zhixing.example"\n[targets.mail]\nurl = "mailto://127.0.0.1:9?from=zhixing@example.com"\n'
"""An operator's file with a way for mails, so that a forgotten password can be replaced."""

MANIFEST = """
key = "%s"
label = "1"
owner = "SMO"
[title]
zh = "%s"
en = "%s"
[roles.SMO]
zh = "服务管理负责人"
en = "Service management"
[roles.SALES]
zh = "市场/销售人员"
en = "Sales"
[rights]
resolve = ["SMO"]
"""
ENDS = '<bpmn:startEvent id="s"/>%s<bpmn:endEvent id="e"/>'
BULK = ENDS % '<bpmn:userTask id="x" name="Approve" zx:form="forms/approve.form" zx:result="approval" zx:bulk="true"/>'
FREE = (
    ENDS % '<bpmn:adHocSubProcess id="x" name="Visit"><bpmn:userTask id="call" name="Call"/>'
    '<bpmn:userTask id="sum" name="Sum up"/><bpmn:completionCondition>sum != null</bpmn:completionCondition>'
    "</bpmn:adHocSubProcess>"
)
HALTED = (
    ENDS % '<bpmn:exclusiveGateway id="x" name="Which way" default="x_a"/><bpmn:userTask id="a" name="Left"/>'
    '<bpmn:userTask id="b" name="Right"/><bpmn:endEvent id="f"/>'
    '<bpmn:sequenceFlow id="fb" sourceRef="x" targetRef="b">'
    '<bpmn:conditionExpression>number("7")</bpmn:conditionExpression></bpmn:sequenceFlow>'
)
SIGNED = (
    ENDS
    % '<bpmn:userTask id="sign" name="Approve order" zx:form="forms/approve.form" zx:result="approval" zx:sign="L1"/>'
)
PAIR = ENDS % '<bpmn:userTask id="a" name="Pack"/><bpmn:userTask id="b" name="Send"/>'
CHOICE = {
    "type": "radio",
    "key": "decision",
    "label": "结论",
    "validate": {"required": True},
    "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}],
}
FORM = {"type": "default", "id": "approve", "components": [CHOICE]}
WORDS = {"title": "Approve", "fields": {"decision": {"label": "Decision", "options": {"yes": "Yes", "no": "No"}}}}


@contextmanager
def house_at(path: Path, now: datetime) -> Iterator[House]:
    """The product on the database of a file, with a way for mails."""
    (path.parent / "zhixing.toml").write_text(MAIL, encoding="utf-8")
    clock, database = Clock(now), Database(f"sqlite:///{path}")
    store = Store(database, clock)
    chosen = settings.read({"ZHIXING_DATA": str(path.parent)}, path.parent / "zhixing.toml")
    yield House(create_app(chosen, store), store, clock)
    database.close()


def furnish(house: House) -> dict[str, str]:
    """Make it all; the parts of addresses that are known only then."""
    li, wang = house.signed_in("li"), house.signed_in("wang")
    found = {name: _task(house, name) for name in ("T01_01", "T01_03", "T01_05", "T01_08")}
    found["T02_03"] = _first(house.signed_in("feng"))
    found |= _runs(house)
    found |= _links(house, wang, found["T01_08"])
    _handed_in(li, found["T01_05"], **{"data.decision": "通过"})
    found["next"] = _handed_in(wang, found["pack"])
    _act(wang, found["delegated"], "delegate", to=people.known(house.store, "sun").id, reason="请协助")
    _drafts(house, li)
    li.post("/account/tokens/", {"name": "报表", "scope": "read", "days": "30"}, at="/account/tokens/")
    found["person"] = people.known(house.store, "qian").id
    found["renew"] = recovery.give(house.store.database, people.known(house.store, "gu"), house.store.now())
    _park(house)
    return found


def _task(house: House, element: str) -> str:
    tasks = schema.task.c
    with house.store.database.read() as connection:
        query = select(tasks.task).where(tasks.element == element, tasks.closed_at.is_(None)).order_by(tasks.task)
        return str(connection.execute(query).scalars().first())


def _first(visitor: Browser) -> str:
    """The task that stands first in an inbox."""
    found = re.search(r'href="/tasks/([\d.]+)"', visitor.page("/"))
    assert found is not None
    return found[1]


def _runs(house: House) -> dict[str, str]:
    """Tasks that several may be done at once, one that people begin, and a run that cannot go on."""
    notes = _publish(house, "notes", "批注", "Notes", BULK + chain("s", "x", "e"))
    for number in range(4):
        _start(house, notes, f"notes:{number}")
    visits = _publish(house, "visits", "客户回访", "Visits", FREE + chain("s", "x", "e"))
    stream = _start(house, visits, "visits:1")
    (activity,) = company.instance_of(house.store, stream).activities
    envelope = company.envelope(house.store, stream, people.known(house.store, "wang"), "furnish:call")
    house.store.submit(commands.StartActivity(envelope=envelope, activity=activity, element="call"))
    _start(
        house,
        _publish(house, "routes", "路线", "Routes", HALTED + chain("s", "x", "a", "e") + chain("b", "f")),
        "routes:1",
    )
    _start(house, _publish(house, "parcels", "寄送", "Parcels", PAIR + chain("s", "a", "b", "e")), "parcels:1")
    _start(house, _publish(house, "orders", "采购", "Orders", SIGNED + chain("s", "sign", "e")), "orders:1")
    Worker(house.store).run()
    with house.store.database.read() as connection:
        tasks = schema.task.c
        query = select(tasks.task).where(tasks.element == "x", tasks.closed_at.is_(None)).order_by(tasks.task)
        several = [str(found) for found in connection.execute(query).scalars()]
    assert len(several) == 4
    several_of = "&".join(f"task={one}" for one in several[:3])
    singles = {"call": _task(house, "call"), "pack": _task(house, "a"), "sign": _task(house, "sign")}
    return {**singles, "several": several_of, "delegated": several[3]}


def _publish(house: House, key: str, zh: str, en: str, body: str) -> str:
    """A small procedure put in force; the digest of its version."""
    own = [one for one in ("s", "x", "a", "b", "e", "f", "sign") if f' id="{one}"' in body]
    model = process(body, lanes=f'<bpmn:laneSet id="ls">{lane("SALES", *own)}</bpmn:laneSet>', key=key)
    model = model.replace(f'id="{key}" '.encode(), f'id="{key}" name="{en}" '.encode())
    words = json.loads(english(model))
    words["elements"][key] = {"name": en}
    files = {
        "procedure.toml": (MANIFEST % (key, zh, en)).encode(),
        f"processes/{key}.bpmn": model,
    }
    if "forms/approve.form" in body:
        words["forms"] = {"approve": WORDS}
        files["forms/approve.form"] = json.dumps(FORM).encode()
    files["texts/en.json"] = json.dumps(words).encode()
    version = house.store.procedures.keep(files).digest

    def build(stream: int) -> commands.PublishVersion:
        envelope = company.envelope(house.store, stream, None, f"furnish:{key}")
        return commands.PublishVersion(envelope=envelope, procedure=key, version=version, label="1", reason="试用")

    house.store.open_stream(StreamKind.PROCEDURE, f"furnish:{key}", build)
    return version


def _start(house: House, version: str, key: str) -> int:
    """A run of it that a salesperson began."""

    def build(stream: int) -> commands.StartInstance:
        envelope = company.envelope(house.store, stream, people.known(house.store, "wang"), key)
        named = key.partition(":")[0]
        return commands.StartInstance(envelope=envelope, case=None, version=version, process=named, input=Context())

    return house.store.open_stream(StreamKind.INSTANCE, key, build).stream


def _links(house: House, wang: Browser, task: str) -> dict[str, str]:
    """A link that waits for its customer."""
    at = f"/tasks/{task}/invitation"
    form = {"name": "李想", "organisation": "华东轨道", "days": "14", "way": "self", "message": "请确认"}
    given = re.search(r'id="link" value="[^"]*/confirm/([^"]+)"', wang.post(at, form, at=at).text)
    assert given is not None
    return {"secret": given[1]}


def _handed_in(visitor: Browser, task: str, **form: str) -> str:
    """Where somebody is led who handed in a task."""
    at = f"/tasks/{task}"
    answer = visitor.post(f"{at}/complete", {"command": task.encode().hex().ljust(32, "0"), **form}, at=at)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def _act(visitor: Browser, task: str, act: str, **form: str) -> None:
    answer = visitor.post(f"/tasks/{task}/do/{act}", {"command": "6b" * 16, **form}, at=f"/tasks/{task}")
    assert answer.status_code == 302, answer.text


def _drafts(house: House, li: Browser) -> None:
    """A version for a later day; a draft with changes, which somebody else may publish; a new procedure with something wrong."""
    day = (house.store.now() + timedelta(days=9)).date().isoformat()
    for name, later in (("受理并指派", day), ("受理,再指派", "")):
        assert li.post(f"{AT}/draft/begin", at=AT).status_code == 302
        _save(li, AT, DIAGRAM, 'name="受理与指派"', f'name="{name}"')
        if later:
            _plan(house.signed_in("mei"), later)
    new = {"key": "asset-handover", "zh": "资产交接程序", "en": "Asset handover", "owner": "SMO", "publisher": "MR"}
    assert li.post("/procedures/new/", new, at="/procedures/new/").status_code == 302
    _save(
        li,
        OTHER,
        "processes/asset_handover.bpmn",
        "<bpmn:userTask ",
        '<bpmn:userTask zx:due="working days after(now, " ',
    )


def _save(visitor: Browser, at: str, file: str, old: str, new: str) -> None:
    found: Any = visitor.get(f"{at}/draft/file?file={file}").json
    assert old in found["content"], found["content"]
    content = found["content"].replace(old, new, 1)
    body = {"file": file, "content": content, "revision": found["revision"], "texts": {}}
    proof = {"X-CSRF": found["csrf"]}
    saved = visitor.client.post(f"{at}/draft/file", json=body, headers=proof, base_url=visitor.base)
    assert saved.status_code == 200, saved.text


def _plan(mei: Browser, day: str) -> None:
    mark = re.search(r'name="mark" value="(\d+)"', mei.page(f"{AT}/draft/"))
    assert mark is not None
    form = {"mark": mark[1], "reason": "与销售系统中的说法一致", "when": "later", "day": day, "command": "7c" * 16}
    assert mei.post(f"{AT}/draft/publish", form, at=f"{AT}/draft/").status_code == 302


def _park(house: House) -> None:
    """A job whose follow-up is refused for good: it issues a document that the case does not have."""
    fields = encoding.to_json(Context({"document": "none", "number": "1"}))
    payload = encoding.write({"kind": "IssueDocument", "fields": fields})
    row = {"job": "7.1.99", "stream_no": 7, "revision": 1, "kind": "command", "target": 7, "due": 0}
    with house.store.database.write() as connection:
        connection.execute(insert(schema.job).values(**row, payload=payload))
    Worker(house.store).run()
