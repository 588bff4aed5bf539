"""What Pressmark adds to a language model's own time."""

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from evals.benchmarks.libraries import library_of, settings_of, texts
from evals.benchmarks.made_up import questions
from evals.benchmarks.values import Measured, Plan, at_most
from rag.llm.client import open_chat_model
from rag.types import ClaimReady, Question

TITLE: Final = "What does Pressmark add to a language model's own time?"
SENTENCES: Final = 4
_PAUSE_S: Final = 0.2
"""Between sentences, so that each is checked before the next comes."""
_PASSAGE: Final = re.compile(
    r"^\[(?P<number>\d+)\].*?<passage-\w+>\n(?P<text>.*?)\n</passage-", re.M | re.S
)
_SENTENCE: Final = re.compile(r".+?[.!?](?=\s|$)", re.S)


@dataclass(slots=True)
class _Heard:
    """When the server was asked, and when it had sent each sentence; seconds of the clock."""

    asked: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


def measure(plan: Plan) -> Measured:
    """Ask with a server that writes what the first passages say, one sentence at a time."""
    size = plan.served
    before, checking = list[float](), list[float]()
    with _server() as (address, heard), library_of(plan, size) as quoting:
        settings = settings_of(plan, size).model_copy(
            update={"llm_base_url": f"{address}/v1", "llm_model": "benchmark"}
        )
        with quoting.with_model(open_chat_model(settings), settings) as pressmark:
            for text in questions(max(3, plan.questions // 10), texts(plan), seed=4):
                heard.asked.clear()
                heard.sent.clear()
                began, verified = time.perf_counter(), list[float]()
                for event in pressmark.stream(Question(text)):
                    if isinstance(event, ClaimReady):
                        verified.append(time.perf_counter())
                if heard.asked:
                    before.append((heard.asked[0] - began) * 1000)
                checking += [
                    (at - sent) * 1000 for sent, at in zip(heard.sent, verified, strict=False)
                ]
    rows = (
        at_most("from the question to the model's request", "ms", before, 150.0),
        at_most("from a finished sentence to a verified one", "ms", checking, 40.0),
    )
    said = f"a server on this machine writes {SENTENCES} sentences, {_PAUSE_S:g} s apart"
    return Measured("writing", TITLE, rows, circumstances=said)


def _sentences(prompt: str) -> list[str]:
    """The first sentence of each of the first passages, with its number, as a good model quotes."""
    found = []
    for passage in _PASSAGE.finditer(prompt):
        if sentence := _SENTENCE.match(passage["text"]):
            said = " ".join(sentence[0].split()).rstrip(".!?")
            found.append(f"{said} [{passage['number']}].")
    return found[:SENTENCES]


def _pieces(sentences: Sequence[str]) -> list[str]:
    """Cut what is written after the first word of each next sentence, which ends the one before."""
    if not sentences:
        return []
    words = [sentence.partition(" ") for sentence in sentences]
    ends = [*(f"{first} " for first, _, _ in words[1:]), ""]
    rests = [f"{rest} {end}" for (_, _, rest), end in zip(words, ends, strict=True)]
    return [f"{words[0][0]} {rests[0]}", *rests[1:]]


@contextmanager
def _server() -> Iterator[tuple[str, _Heard]]:
    """Serve a model in OpenAI's shape on this machine."""
    heard = _Heard()

    class Handler(BaseHTTPRequestHandler):
        """Streams sentences of the passages that it is given."""

        def do_POST(self) -> None:
            """Answer a chat completion."""
            heard.asked.append(time.perf_counter())
            length = int(self.headers.get("Content-Length", 0))
            request: dict[str, Any] = json.loads(self.rfile.read(length))
            prompt = "\n".join(str(message["content"]) for message in request["messages"])
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for piece in _pieces(_sentences(prompt)):
                self._send({"delta": {"content": piece}, "finish_reason": None})
                heard.sent.append(time.perf_counter())
                time.sleep(_PAUSE_S)
            self._send({"delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, choice: dict[str, Any]) -> None:
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "benchmark",
                "choices": [{"index": 0, **choice}],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, format: str, *_: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()
