"""A request that is too large is refused by the server itself, in a sentence, before the application hears of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import waitress

from web.cli import too_large

MOST = 2 * 1024 * 1024


@pytest.fixture
def place() -> Iterator[tuple[tuple[str, int], list[int]]]:
    """Where a server answers, and the lengths of what its application has heard."""
    heard: list[int] = []

    def application(environment: dict[str, Any], respond: Any) -> list[bytes]:
        heard.append(len(environment["wsgi.input"].read()))
        respond("200 OK", [("Content-Type", "text/plain")])
        return [b"heard"]

    made = waitress.create_server(application, listen="127.0.0.1:0", threads=1, max_request_body_size=MOST)
    server = too_large.said_by(made)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield ("127.0.0.1", int(server.effective_port)), heard
    server.close()
    thread.join(10)


def ask(where: tuple[str, int], head: str, body: bytes = b"") -> str:
    with closing(socket.create_connection(where, timeout=30)) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n\r\n".encode() + body)
        found = b""
        while piece := connection.recv(65_536):
            found += piece
    return found.decode()


def test_a_gigabyte_is_refused_by_its_length(place: tuple[tuple[str, int], list[int]]) -> None:
    where, heard = place
    answer = ask(where, f"Content-Length: {2**30}")
    assert answer.startswith("HTTP/1.1 413")
    assert "应不超过 2 MB;没有保存任何部分" in answer
    assert "expected at most 2 MB; nothing of it was kept" in answer
    assert heard == []


def test_a_stream_is_refused_at_the_first_byte_too_many(place: tuple[tuple[str, int], list[int]]) -> None:
    where, heard = place
    piece = b"10000\r\n" + bytes(65_536) + b"\r\n"
    answer = ask(where, "Transfer-Encoding: chunked", piece * (MOST // 65_536))
    assert answer.startswith("HTTP/1.1 413")
    assert "expected at most 2 MB" in answer
    assert heard == []


def test_what_is_small_enough_is_heard(place: tuple[tuple[str, int], list[int]]) -> None:
    where, heard = place
    assert ask(where, "Content-Length: 5", b"hello").endswith("heard")
    assert heard == [5]
