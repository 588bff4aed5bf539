"""A language model on this machine that copies a sentence from the first passage, slowly."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

THINKS_S = 2.0
_WRITES_S = 0.05
_PASSAGE = re.compile(r"<passage-(\w+)>\n(.+?)\n</passage-\1>", re.DOTALL)
_SENTENCE = re.compile(r"[^.]+\.")


class _Model(BaseHTTPRequestHandler):
    """Answers in the form of OpenAI's API, as a stream if that is wanted."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        time.sleep(THINKS_S)
        prompt = asked["messages"][-1]["content"]
        sentence = _SENTENCE.findall(_PASSAGE.findall(prompt)[0][1])[0].strip()
        words = [*f"{sentence[:-1]} [1].".split(" ")]
        self.send_response(200)
        if not asked.get("stream"):
            body = json.dumps(_reply({"message": {"content": " ".join(words)}}, "stop")).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in words:
            self._event(_reply({"delta": {"content": f"{word} "}}, None))
            time.sleep(_WRITES_S)
        self._event(_reply({"delta": {}}, "stop"))
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


def _reply(choice: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "slow",
        "choices": [{"index": 0, "finish_reason": finish, **choice}],
    }


class _Many(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def slow_model() -> Iterator[str]:
    """Serve it on a free port of this machine.

    Yields:
        the base URL of its API.
    """
    server = _Many(("127.0.0.1", 0), _Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
