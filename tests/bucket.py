"""Something that speaks S3 on this machine, signatures and all, and can be made to fail where a test wants it to."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEY, SECRET = "a-key", "a-secret-that-only-we-know"
PAGE = 3
"""Objects that one answer lists, so that few files are several pages."""

CUT = 1024 * 1024
"""Bytes after which an answer ends that is not to be whole."""

BEGUN = Path(".nanio", "multipart")
"""Where the server keeps what came in part."""


@dataclass
class Trouble:
    """What is in front of the buckets: it answers 503 to these methods, or cuts what they get."""

    app: Any
    refused: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        method, query = scope["method"], scope["query_string"].decode()
        self.asked.append((method, query))
        if method in self.refused or f"{method} {query.partition('=')[0]}" in self.refused:
            await send({"type": "http.response.start", "status": 503, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, self._cutting(send) if method in self.cut else send)

    def _cutting(self, send: Any) -> Any:
        sent = 0

        async def some(message: Any) -> None:
            nonlocal sent
            sent += len(message.get("body", b""))
            if sent <= CUT:
                await send(message)

        return some


@dataclass(frozen=True)
class Served:
    """The server: where it answers, and where it keeps what."""

    address: str
    folder: Path
    trouble: Trouble


@dataclass(frozen=True)
class Bucket:
    """A bucket of one test."""

    name: str
    server: Served

    @property
    def place(self) -> str:
        """What the setting says."""
        return f"s3://{self.name}/files"

    @property
    def folder(self) -> Path:
        """Its objects below the prefix, as files of this machine."""
        return self.server.folder / self.name / "files"

    @property
    def left(self) -> list[str]:
        """What is kept, and what was begun and is not whole."""
        objects = [path.name for path in self.folder.rglob("*") if path.is_file()]
        return sorted(objects + [path.name for path in (self.server.folder / BEGUN).iterdir()])


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Speak S3 at a free port of this machine."""
    import uvicorn  # here: only few tests need it
    from nanio.app import build_app
    from nanio.auth.credentials import StaticCredentialResolver
    from nanio.config import Settings

    credentials = StaticCredentialResolver({KEY: SECRET})
    trouble = Trouble(build_app(Settings(data_dir=folder, credentials=credentials, max_list_keys=PAGE)))
    server = uvicorn.Server(uvicorn.Config(trouble, "127.0.0.1", 0, log_level="critical", lifespan="off"))
    socket = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{socket.getsockname()[1]}", folder, trouble)
    server.should_exit = True
    thread.join()
    socket.close()


@contextmanager
def bucket(server: Served) -> Iterator[Bucket]:
    """An empty bucket, and no trouble."""
    name = f"zhixing-{uuid.uuid4().hex[:8]}"
    (server.folder / name).mkdir()
    yield Bucket(name, server)
    server.trouble.refused = server.trouble.cut = frozenset()
    server.trouble.asked.clear()
    for path in (server.folder / name, *(server.folder / BEGUN).iterdir()):
        shutil.rmtree(path, ignore_errors=True)


def variables(server: Served) -> dict[str, str]:
    """The usual variables of whoever keeps things in S3."""
    return {
        "AWS_ENDPOINT_URL": server.address,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
