"""What holds for every test: no network, no telemetry, nothing of the developer's own settings.

The environment is set when this file is imported, before any test imports the program.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

LOOPBACK = ["127.0.0.1", "::1", "localhost"]

# A developer's keys, endpoints, homes and proxies would make a test pass or fail here only.
for _name in list(os.environ):
    if _name.startswith(("PRESSMARK_", "OPENAI_", "OTEL_")) or _name.lower().endswith("_proxy"):
        del os.environ[_name]

os.environ.update(
    {
        "ANONYMIZED_TELEMETRY": "False",  # Chroma
        "DO_NOT_TRACK": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "OTEL_SDK_DISABLED": "true",
    }
)

if "COVERAGE_PROCESS_START" in os.environ:  # tools/covered.py
    import coverage

    coverage.process_startup()

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import socket_allow_hosts

from rag.settings import Settings

# Nor may a .env in the checkout: it holds keys.
Settings.model_config["env_file"] = None

# A slow machine is no reason to fail; CI tries the same examples every time.
hypothesis_settings.register_profile("here", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")

_look_up = socket.getaddrinfo


def _look_up_here_only(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Refuse to look up a name that only the network knows."""
    name = host.decode() if isinstance(host, bytes) else host
    if name not in (None, "", "0.0.0.0", "::", *LOOPBACK):  # noqa: S104 - nothing is bound here
        raise RuntimeError(f"A test looked up {name}: tests use this machine only.")
    return _look_up(host, *args, **kwargs)


def _stay_on_this_machine() -> None:
    """Let sockets connect to this machine and to nothing else."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    socket.getaddrinfo = _look_up_here_only


_stay_on_this_machine()


def pytest_configure(config: pytest.Config) -> None:
    """What tests start as processes of their own does not count as covered."""
    starts_workers = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    for name in [] if starts_workers else list(os.environ):
        if name.startswith("COVERAGE_"):
            del os.environ[name]


def pytest_sessionfinish() -> None:
    """Keep what was counted, before a process that is slow to end is ended."""
    counting = sys.modules.get("coverage")
    if counting and (current := counting.Coverage.current()):
        current.save()


# pytest-socket opens the network again after each test. This also covers collecting, fixtures that
# live longer than a test, and threads that outlive it.
@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Close the network for a test that is about to start."""
    _stay_on_this_machine()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Keep the network closed after a test."""
    _stay_on_this_machine()


@pytest.fixture(autouse=True)
def pressmark_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of its own for every test, never the developer's."""
    home = tmp_path / "pressmark-home"
    monkeypatch.setenv("PRESSMARK_HOME", str(home))
    return home
