"""A local server that sends exact bytes, as slowly and as wrongly as a test wants."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Script = Callable[["Connection"], None]
"""Answers one request."""


@dataclass
class Connection:
    """One request and the socket to answer it on."""

    socket: socket.socket
    request: dict[str, Any]
    stopping: threading.Event

    @property
    def streamed(self) -> bool:
        """Whether a stream was asked for."""
        return bool(self.request.get("stream"))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self, status: str = "200 OK", kind: str = "application/json", **more: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def respond(self, body: bytes, status: str = "200 OK", **more: Any) -> None:
        self.head(status, Content_Length=str(len(body)), **more)
        self.send(body)

    def event(self, **chunk: Any) -> None:
        """One event of a stream."""
        self.send(f"data: {json.dumps(chunk)}\n\n".encode())

    def pieces(self, *texts: str, finish: str | None = "stop", done: bool = True) -> None:
        """A stream of these texts."""
        self.head(kind="text/event-stream")
        for text in texts:
            self.event(**chunk({"content": text}))
        if finish:
            self.event(**chunk({}, finish))
        if done:
            self.send(b"data: [DONE]\n\n")

    def hang(self) -> None:
        """Say nothing more until the client goes or the test ends."""
        with suppress(OSError):
            self.socket.settimeout(0.05)
            while not self.stopping.is_set():
                with suppress(TimeoutError):
                    if not self.socket.recv(1):
                        return

    def pause(self, seconds: float) -> None:
        """Let time pass, less when the test ends."""
        self.stopping.wait(seconds)


def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """A chunk of a stream as the API gives it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


@dataclass
class RawServer:
    """A running server."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when a script ended: the client has gone, or everything was sent."""


@contextmanager
def raw_server(script: Script) -> Iterator[RawServer]:
    """Serve on a free loopback port; each request is answered by the script."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    stopping = threading.Event()
    server = RawServer(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    threads: list[threading.Thread] = []

    def handle(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            request = _read_request(accepted)
            server.requests.append(request)
            script(Connection(accepted, request["body"], stopping))
        server.gone.set()

    def accept() -> None:
        while not stopping.is_set():
            with suppress(TimeoutError):
                accepted, _ = listener.accept()
                accepted.settimeout(5)
                threads.append(threading.Thread(target=handle, args=(accepted,)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        stopping.set()
        acceptor.join()
        for thread in threads:
            thread.join()
        listener.close()


def _read_request(connection: socket.socket) -> dict[str, Any]:
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return {
        "line": lines[0],
        "headers": headers,
        "body": json.loads(body),
        "at": time.monotonic(),
    }
