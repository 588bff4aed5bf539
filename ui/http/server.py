"""Serve the app: on a socket that is surely ours, with a word when ready, and a quiet end."""

import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from index.errors import InputError
from rag.settings import Settings
from ui.http.keys import accepted_keys
from ui.http.middleware import is_loopback

# Browsers hold event streams open as long as the page is; they must not hold up the end.
_GOODBYE_S = 2
_NO_ADDRESS = "--host {} is not an address of this machine."


def require_keys(settings: Settings) -> None:
    """Refuse to serve the network without keys.

    Raises:
        InputError: others can reach the host and there is no key, or a key is invalid.
    """
    if not accepted_keys(settings) and not is_loopback(settings.host):
        raise InputError(
            f"Without keys only this machine may ask, so --host {settings.host} is refused. Set "
            "PRESSMARK_API_KEYS to one or more keys, or leave --host out."
        )


def open_socket(host: str, port: int) -> socket.socket:
    """Take the address before any slow work.

    Args:
        host: an address or name of this machine.
        port: the port; 0 picks a free one.

    Raises:
        InputError: the address is not free; the message names it and what to do.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InputError(_NO_ADDRESS.format(host)) from error
    family, kind, protocol, _, address = found
    taken = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # on Windows the same option lets two servers share a port
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        taken.close()
        raise InputError(_refusal(error, host, port)) from error
    return taken


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return _NO_ADDRESS.format(host)
    hint = "choose another with --port, or --port 0 for any that is free."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use, perhaps by another server of ours; {hint}"
    return f"Port {port} on {host} cannot be used ({error.strerror}); {hint}"


def address_of(taken: socket.socket, host: str) -> str:
    """The URL under which a browser on this machine reaches the socket."""
    port = taken.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def serve(app: ASGIApp, taken: list[socket.socket], ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, then end without a word.

    Args:
        app: what to serve.
        taken: bound sockets, see `open_socket`.
        ready: called once the server answers requests, and not before.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    _Server(config, ready).run(sockets=taken)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end the process as Ctrl-C does, so that files and locks close."""
    former = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at the first signal, at once at the second; uvicorn would raise them once more."""
        self.force_exit = self.should_exit
        self.should_exit = True
