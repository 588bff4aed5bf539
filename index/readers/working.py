"""Run readers of formats with markup in a process of their own, with limits of memory and time.

A file that makes a parser loop, swell or crash costs one line of the ledger: we end the process,
and the next file gets a new one. The process takes bytes and answers in JSON. It has no key and no
environment of ours, and we check its answer against the form of a `Read`.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Pipe
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

import index
from index.errors import ScanError, UnreadableFileError
from index.readers.base import Read

SECONDS = 120.0
"""Seconds that a file may take by the clock; `index.readers.worker` limits processor time."""
MAX_REPLY_BYTES = 128 * 1024 * 1024
_FILES_EACH = 500
_ROOT = Path(index.__file__).resolve().parent.parent
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
READ = TypeAdapter(Read)


class Reply(BaseModel):
    """What the process answers: what it read, or why it did not, and whether OCR might."""

    read: Read | None = None
    refused: str | None = None
    is_scan: bool = False


class _Process:
    """A process that reads one file after another."""

    def __init__(self) -> None:
        self._ours, theirs = Pipe()
        fd = theirs.fileno()
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
            [sys.executable, "-P", "-B", "-m", "index.readers.worker", str(fd)],
            env={**passed, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self.files = 0

    def read(self, media_type: str, data: bytes, name: str, fields: Mapping[str, str]) -> Reply:
        """Send a file to the process and get what it read.

        Raises:
            UnreadableFileError: the process hit a limit, or crashed, and must be replaced.
        """
        self.files += 1
        try:
            request = {"media_type": media_type, "name": name, "fields": dict(fields)}
            self._ours.send_bytes(json.dumps(request).encode())
            self._ours.send_bytes(data)
            if not self._ours.poll(SECONDS):
                self.end()
                raise UnreadableFileError(f"reading it takes more than {SECONDS:.0f} seconds")
            return Reply.model_validate_json(self._ours.recv_bytes(MAX_REPLY_BYTES))
        except (EOFError, OSError, ValidationError) as error:
            raise UnreadableFileError(self._why_it_ended()) from _Ended(error)

    def end(self) -> None:
        """End the process and wait for it."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._ours.close()

    def _why_it_ended(self) -> str:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            status = None
        self.end()
        if status == -signal.SIGXCPU:
            return "reading it takes too much time; save it as plain text"
        return "its reader broke down on it; save it as plain text"


class _Ended(Exception):
    """Say how a process ended; not an error of the file system, so nobody retries the file."""


_lock = threading.Lock()
_process: _Process | None = None


def read_apart(media_type: str, data: bytes, name: str, fields: Mapping[str, str]) -> Read:
    """Read a file in the other process.

    Raises:
        ScanError: its pages are pictures.
        UnreadableFileError: it is unreadable, or reading it hit a limit.
    """
    global _process
    with _lock:
        if _process is None:
            _process = _Process()
        try:
            reply = _process.read(media_type, data, name, fields)
        except UnreadableFileError:
            _process = None
            raise
        if _process.files >= _FILES_EACH:
            _process.end()
            _process = None
    if reply.is_scan:
        raise ScanError(reply.refused or "its pages are pictures (a scan)")
    if reply.read is None:
        raise UnreadableFileError(reply.refused or "it cannot be read")
    return reply.read


def end_reading() -> None:
    """End the process, if there is one; the next file starts another."""
    global _process
    with _lock:
        if _process is not None:
            _process.end()
            _process = None


atexit.register(end_reading)
