"""Another system: a small server on this machine, and a company whose process calls it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from storage.database import Database
from tests.engine.flow.drawing import node
from tests.engine.world import chain, lane
from tests.storage.company import Company


@dataclass
class Receiver:
    """What came in, and what is answered: status, media type, body; `waits` holds the answers back until it is set."""

    port: int = 0
    status: int = 200
    kind: str = "application/json"
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    waits: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?from=zhixing"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server until the end of the block."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the server of the standard library wants
            content = self.rfile.read(int(self.headers["Content-Length"]))
            found.sent.append((dict(self.headers), content))
            if found.waits is not None:
                found.waits.wait()
            self.send_response(found.status)
            for name, value in {
                "Content-Type": found.kind,
                "Content-Length": str(len(found.body)),
                **found.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        if found.waits is not None:
            found.waits.set()
        server.shutdown()
        server.server_close()


def parameters(**values: str) -> str:
    rows = "".join(f'<zx:parameter name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<bpmn:extensionElements>{rows}</bpmn:extensionElements>"


def company(database: Database, connector: str, more: Mapping[str, bytes] | None = None, **values: str) -> Company:
    """A company whose process calls a connector, then has a task."""
    body = (
        '<bpmn:startEvent id="s"/>'
        + node("serviceTask", "call", parameters(**values), **{"zx:connector": connector})
        + node("userTask", "after")
        + '<bpmn:endEvent id="e"/>'
        + chain("s", "call", "after", "e")
    )
    return Company(
        database, body, f'<bpmn:laneSet id="ls">{lane("SALES", "s", "call", "after", "e")}</bpmn:laneSet>', more
    )
